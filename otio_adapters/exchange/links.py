"""Which file of found footage a clip means that names no path: by reel, timecode and name.

Timecode is a count of frames: 01:00:00:00 of an EDL at 24 is that of a file at 23.976. Knows no
folders and no documents.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from pathlib import PurePosixPath

from ...core.exchange import Footage
from ...core.rates import timebase

_NAMED = 3  # candidates that a message names


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a clip says of its media: names, reel, and from where to where it uses it, in timecode
    frames at `rate`."""

    names: tuple[str, ...]
    reel: str
    first: Fraction
    stop: Fraction
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Linked:
    """The file that is meant. `start` is its first frame as the clip counts frames, at `rate`."""

    footage: Footage
    start: int
    rate: Fraction


@dataclass(frozen=True)
class Shelf:
    """Footage, to be asked by reel and by name."""

    footage: tuple[Footage, ...]
    by_reel: dict[str, list[Footage]] = field(default_factory=dict)
    by_name: dict[str, list[Footage]] = field(default_factory=dict)
    by_path: dict[str, Footage] = field(default_factory=dict)


@lru_cache(maxsize=8)
def shelf_of(footage: tuple[Footage, ...]) -> Shelf:
    """The same footage in order; two files at one path are one."""
    shelf = Shelf(footage)
    for one in footage:
        if str(one.path) in shelf.by_path:
            continue
        shelf.by_path[str(one.path)] = one
        if one.reel:
            shelf.by_reel.setdefault(one.reel.casefold(), []).append(one)
        for name in {one.name.casefold(), _stem(one.name)}:
            shelf.by_name.setdefault(name, []).append(one)
    return shelf


def find(wanted: Wanted, footage: tuple[Footage, ...]) -> Linked | str:
    """The one file that fits, or why there is none.

    A reel is compared with the files' reels and names, and the timecode must lie in the file. A
    name is enough where the range fits the file, by its timecode or counted from its first frame.
    """
    shelf = shelf_of(footage)
    reel = wanted.reel.casefold()
    reels = [*shelf.by_reel.get(reel, ()), *shelf.by_name.get(reel, ())] if reel else []
    named = [one for name in wanted.names for one in shelf.by_name.get(name.casefold(), ())]
    stems = [one for name in wanted.names for one in shelf.by_name.get(_stem(name), ())]
    by_reel = _fitting(reels, wanted, timecode_only=True)
    by_name = _fitting(named, wanted) or _fitting(stems, wanted)
    both = [one for one in by_reel if any(one.footage is other.footage for other in by_name)]
    for found in (both, by_reel, by_name):
        if len(found) == 1:
            return found[0]
        if found:
            return f"several files could be its media: {_names(one.footage for one in found)}"
    if near := _once([*reels, *named, *stems]):
        return f"its range lies outside of {_names(near)}"
    called = wanted.reel or next((name for name in wanted.names if name), "")
    return (
        f"no file that was searched is called {called!r}" if called else "it names neither a reel nor a file"
    )


def placed(one: Footage, wanted: Wanted, timecode_only: bool = False) -> Linked | None:
    """A file as the clip counts its frames, or None where the range does not lie in it."""
    alike = timebase(one.rate) == timebase(wanted.rate)
    rate = wanted.rate if alike else one.rate
    factor = Fraction(timebase(one.rate), timebase(wanted.rate))
    first, stop = floor(wanted.first * factor), ceil(wanted.stop * factor)
    if one.start is not None and one.start <= first and stop <= one.start + one.frames:
        return Linked(one, one.start, rate)
    return Linked(one, 0, rate) if not timecode_only and first >= 0 and stop <= one.frames else None


def _fitting(candidates: Iterable[Footage], wanted: Wanted, timecode_only: bool = False) -> list[Linked]:
    return [linked for one in _once(candidates) if (linked := placed(one, wanted, timecode_only))]


def _once(found: Iterable[Footage]) -> list[Footage]:
    return list({str(one.path): one for one in found}.values())


def _names(found: Iterable[Footage]) -> str:
    paths = [str(one.path) for one in found]
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


def _stem(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).stem.casefold()
