"""Finds footage in folders, for timelines that name reels and timecode but no files.

Knows which files are worth opening. Knows nothing of how clips are matched to them.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ..cut import MediaFacts
from ..errors import MediaError
from ..exchange import Footage
from .probe import read_facts

_SUFFIXES = frozenset(
    ".mov .mp4 .m4v .mxf .mkv .avi .mts .m2ts .ts .mpg .mpeg .m2v .webm .wmv .3gp .dv .vob .ogv".split()
)
_SEGMENT = re.compile(r"[0-9a-f]{32}")


def footage_in(
    folders: Sequence[Path], facts: Callable[[Path], MediaFacts] = read_facts
) -> tuple[Footage, ...]:
    """Every film file in `folders` and below them, by folder and path; what cannot be read is passed by.

    Hidden files are passed by too, and so is what StyleReel made: the originals are what is looked
    for. Paths are absolute, so that what is written with them holds in every folder. `facts` reads a
    header. Raises MediaError where a folder cannot be read.
    """
    seen: set[str] = set()
    found = (path for folder in folders for path in _films(_whole(folder), seen))
    return tuple(footage for path in found if (footage := _footage(path, facts)))


def _whole(folder: Path) -> Path:
    """The absolute path of a folder. Links keep their names, except below a `..`."""
    return folder.resolve() if ".." in folder.parts else folder.absolute()


def _films(folder: Path, seen: set[str]) -> Iterator[Path]:
    """The film files below a folder, each real folder once, whatever links lead to it."""
    if not folder.is_dir():
        what = "there is no such folder to look for footage in"
        raise MediaError(what, where=str(folder), hint="Look at --search.", code="E-OFFLINE")
    for place, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        if real in seen:
            continue
        seen.add(real)
        yield from (path for name in sorted(files) if _is_film(path := Path(place, name)))


def _is_film(path: Path) -> bool:
    segment = _SEGMENT.fullmatch(path.stem) and path.parent.name == path.stem[:2]
    return path.suffix.lower() in _SUFFIXES and not path.name.startswith(".") and not segment


def _footage(path: Path, facts: Callable[[Path], MediaFacts]) -> Footage | None:
    try:
        known = facts(path)
    except MediaError:
        return None
    if known.styled_from:
        return None
    return Footage(path, path.name, known.rate, known.frames, known.start, known.drop_frame, known.reel)
