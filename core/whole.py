"""Small files that are written whole or not at all, and a hash of what files hold.

Knows nothing of what is in them.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from .errors import OutputError

_BLOCK = 1 << 20  # bytes


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


def content_hash(files: Iterable[Path]) -> str:
    """32 hex digits of all that is in files, one behind the other."""
    digest = blake2b(digest_size=16)
    for path in files:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()
