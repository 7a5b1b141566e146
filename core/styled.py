"""A shot's styled media as it lies on disk: a film, a folder of numbered pictures, or one picture.

Knows where it lies and how it is read. Knows nothing of how it is made.
"""

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from .cut import MediaKind, Shot
from .media.formats import FORMATS
from .media.pictures import still_suffix
from .media.source import Source, open_source
from .numbering import first_picture


def styled_kind(shot: Shot) -> MediaKind:
    """What the styled media of a shot is."""
    if shot.still:
        return "still"
    return "sequence" if FORMATS[shot.codec].numbered else "movie"


def styled_path(shot: Shot, folder: Path, name: str) -> Path:
    """Where a shot's styled media called `name` lies in `folder`: its file, or the first of its pictures.

    Pictures have a folder of that name, and the numbers of the source's timecode.
    """
    return _media_in(_place(shot, folder, name), shot)


def free_styled_path(shot: Shot, folder: Path, name: str) -> Path:
    """The same for new media: the name has a number behind it where something is in the way."""
    return _media_in(free_path(_place(shot, folder, name)), shot)


def free_path(path: Path) -> Path:
    """`path`, or the same with a number behind it where a file that is not in the book is in the way."""
    number, free = 2, path
    while free.exists():
        free, number = path.with_stem(f"{path.stem}_{number}"), number + 1
    return free


def _place(shot: Shot, folder: Path, name: str) -> Path:
    """The one thing in `folder` that the media is."""
    if styled_kind(shot) == "sequence":
        return folder / name
    suffix = still_suffix(shot.media.path) if shot.still else FORMATS[shot.codec].suffix
    return folder / f"{name}{suffix}"


def _media_in(place: Path, shot: Shot) -> Path:
    if styled_kind(shot) != "sequence":
        return place
    return first_picture(place, shot.start, FORMATS[shot.codec].suffix)


def open_styled(shot: Shot, path: Path) -> AbstractContextManager[Source]:
    """The frames of a shot's styled media, counted from 0; raises as `open_source` does."""
    return open_source(replace(shot.media, path=path, rate=shot.rate, kind=styled_kind(shot)))
