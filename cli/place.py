"""Where a picture goes that the user asked for. Never imports cv2 or torch."""

from pathlib import Path

from ..core.errors import OutputError, UsageError


def new_png(wished: Path, option: str) -> Path:
    """The same path, where a PNG can be written. Raises UsageError, and OutputError where one is there."""
    if wished.suffix.lower() != ".png":
        raise UsageError("is not the name of a .png", where=f"{option} {wished}")
    if wished.exists():
        raise OutputError("the file is there already", where=str(wished), hint="Choose another name.")
    if not wished.absolute().parent.is_dir():
        raise OutputError("there is no such folder", where=str(wished.parent), hint="Make it first.")
    return wished
