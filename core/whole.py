"""Small files, written whole or not at all. Knows nothing of what is in them."""

import os
from contextlib import suppress
from pathlib import Path

from .errors import OutputError


def write_whole(path: Path, content: bytes, name: str = "the file") -> None:
    """Writes beside the place, syncs, and moves the file in; folders are made.

    Raises OutputError, which calls the file `name`; then what was at `path` is still there.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        what = f"{name} cannot be written: {error.strerror or error}"
        hint = "Make room there, or choose another folder; what is finished is kept."
        raise OutputError(what, where=str(path), hint=hint) from error
