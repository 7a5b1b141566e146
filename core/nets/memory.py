"""How much memory is free for a frame, on every device. Knows nothing of nets."""

import os
import sys
from pathlib import Path

import torch

_UNKNOWN = 4 << 30  # bytes, where the system does not say
_SHARE = 0.7  # of what is free: decoded frames and the encoder need some too


def fits(needed: int, device: torch.device) -> bool:
    """Whether so many bytes are at hand on a device."""
    return needed <= _SHARE * free_bytes(device)


def free_bytes(device: torch.device) -> int:
    """About how many bytes may still be taken on a device."""
    if device.type == "cuda":
        own = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + own
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return min(_free_here(), _left_in_group())


def _free_here() -> int:
    """What this machine has left."""
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
    import ctypes

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
