"""One command at a time in an output folder. The system lets go of the lock when a process ends, however."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import OutputError

_NAME = ".lock"


@contextmanager
def held(folder: Path, name: str = _NAME, doing: str = "rendering into this folder") -> Iterator[None]:
    """Holds the folder, which exists, or what of it `name` stands for.

    Raises OutputError where another process does.
    """
    with _opened(folder, name) as file:
        _lock(file, folder, doing)
        yield


def _opened(folder: Path, name: str) -> IO[bytes]:
    try:
        return (folder / name).open("a+b")
    except OSError as error:
        what = f"the output folder cannot be written: {error.strerror or error}"
        raise OutputError(what, where=str(folder), hint="Choose another folder with --out.") from error


def _lock(file: IO[bytes], folder: Path, doing: str) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        hint = "Wait for it, or choose another folder with --out."
        what = f"another stylereel is {doing}"
        raise OutputError(what, where=os.fspath(folder), hint=hint) from error
