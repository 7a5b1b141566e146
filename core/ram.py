"""The memory of this machine: how much is free for the process, and keeping what it has freed.

A frame of film takes and frees hundreds of megabytes. glibc hands such blocks back to the system every time,
which clears them when they are taken anew: a third to a half of the time in which a processor paints.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

_UNKNOWN = 4 << 30  # bytes, where the system does not say
_ROOMY = 8 << 30
_MMAP_MAX, _TRIM_THRESHOLD, _ARENA_MAX = -4, -1, -8  # parameters of mallopt(3)
_NEVER = (1 << 31) - 1


class _Counts(ctypes.Structure):
    """What mallinfo2(3) tells; `free` is what the process has freed and holds."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in (*"abcdefgh", "free", "top"))


def free_here() -> int:
    """About how many bytes this process may still take: of the machine, of its container, and of its own."""
    return min(_free_of_machine(), _left_in_group()) + _held()


def keep_memory() -> None:
    """From now on freed memory stays with this process, on one heap, for its next frame.

    On Linux with glibc, and where there is plenty: kept memory is used less tightly. Else nothing changes.
    """
    keep = _of_glibc("mallopt")
    if keep and _of_glibc("mallinfo2") and free_here() >= _ROOMY:
        keep(_ARENA_MAX, 1)
        keep(_MMAP_MAX, 0)
        keep(_TRIM_THRESHOLD, _NEVER)


def _held() -> int:
    tell = _of_glibc("mallinfo2")
    if tell is None:
        return 0
    tell.restype = _Counts
    return int(tell().free)


def _of_glibc(name: str) -> Any:
    """A function of the C library; None where it has none of that name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def _free_of_machine() -> int:
    if sys.platform == "win32":
        return _free_on_windows()
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return _UNKNOWN
    except OSError:  # a Mac, which only says how much it has in all
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _left_in_group(folder: Path = Path("/sys/fs/cgroup")) -> int:
    """What the container that this runs in may still take; without one, or without a limit, no end."""
    try:
        limit, used = ((folder / f"memory.{name}").read_text().strip() for name in ("max", "current"))
        return max(0, int(limit) - int(used) + _given_back(folder))
    except (OSError, ValueError):
        return sys.maxsize


def _given_back(folder: Path) -> int:
    """What of the memory in use holds files that are not read now, and is given back when asked for."""
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("inactive_file ")), 0)


def _free_on_windows() -> int:
    assert sys.platform == "win32"

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "c", "d", "e", "f", "g")),
        )

    status = Status(length=ctypes.sizeof(Status))
    asked = ctypes.WinDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status))
    return int(status.free) if asked else _UNKNOWN
