"""One clip on styled media held against the same clip on its original: its moments and its markers.

Knows uses and styled media; knows nothing of cuts, tracks or documents.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ..core.cut import Marker, StyledMedia, Use
from ..core.rates import FrameRange
from ..core.timemap import Through, Time, TimeMap

_CLOSE = Fraction(2, 1_000_000)  # of a frame: ticks are finer, decimals of a graph far finer
_EVERY = 2000  # offsets of a clip that are all looked at; beyond, as many are spread out


@dataclass
class Difference(Exception):
    """What a clip says otherwise than it was promised."""

    what: str
    found: object
    wanted: object


def check_time(old: Use, new: Use, media: StyledMedia, copied: bool = False) -> None:
    """Raises Difference where a record frame shows another moment of the source than it showed.

    A copy may be cut elsewhere, beside what was not copied. Maps that run backwards begin on a whole
    frame at their cut, so that copies of such ones are held to whole frames.
    """
    time = new.time.later(old.record.first - new.record.first)
    if media.kind == "still":
        _expect("its frames", time, old.time)
        return
    if media.baked:
        shown = time.scaled(media.rate / new.media.rate)
        for offset in _offsets(time, old.offsets):
            _expect(f"frame {offset}", shown.frame(offset), offset - old.offsets.first)
        return
    exact = _shape(old.time) == _shape(time) or not (_falls(old.time) or _falls(time))
    tolerance = _tolerance(old, media, exact, copied)
    for offset in _offsets(old.time, old.offsets):
        found = _position(time, offset, exact) * media.rate / new.media.rate
        wanted = _position(old.time, offset, exact) * media.rate / old.media.rate
        if abs(found + media.first_frame - wanted) >= tolerance:
            raise Difference(f"frame {offset}", float(found + media.first_frame), float(wanted))


def _tolerance(old: Use, media: StyledMedia, exact: bool, copied: bool) -> Fraction:
    frame = media.rate / old.media.rate
    if exact:
        return frame if copied and _falls(old.time) else _CLOSE
    whole = (media.first_frame / frame).denominator == 1
    return _CLOSE if whole else max(Fraction(1), frame) + _CLOSE


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Difference(what, found, wanted)


def _offsets(time: Time, visible: FrameRange) -> Iterator[int]:
    """The record offsets to look at: two say all of a line."""
    last = visible.stop - 1
    if isinstance(time, TimeMap):
        yield from {visible.first, last}
        return
    near = min(visible.stop, visible.first + _EVERY)
    yield from range(visible.first, near)
    yield from range(near, visible.stop, max(1, len(visible) // _EVERY))
    yield last


def _shape(time: Time) -> tuple[type, ...]:
    """What a map is made of. Falling ones of two shapes round two edges, and are held to whole frames."""
    return (Through, *_shape(time.inner)) if isinstance(time, Through) else (type(time),)


def _falls(time: Time) -> bool:
    """Whether its media runs backwards on a straight line, whatever nests do."""
    return _falls(time.inner) if isinstance(time, Through) else isinstance(time, TimeMap) and time.step < 0


def _position(time: Time, offset: int, exact: bool) -> Fraction:
    """The position in the media, not rounded where it is to be `exact`."""
    if isinstance(time, Through):
        inside = time.outer.frame(offset) - time.cut
        return _position(time.inner, min(max(inside, time.seen.first), time.seen.stop - 1), exact)
    if not exact:
        return Fraction(time.frame(offset))
    if isinstance(time, TimeMap):
        return time.first + offset * time.step
    at = min(max(bisect_right(time.keys, offset, key=lambda key: key[0]) - 1, 0), len(time.keys) - 2)
    (start, first), (end, last) = time.keys[at : at + 2]
    return first + (offset - start) * (last - first) / (end - start)


def check_markers(old: Use, new: Use, media: StyledMedia) -> None:
    """Raises Difference where a marker is on another moment, or is gone though its moment is there."""
    if media.baked:
        return
    scale, shift = new.media.rate / old.media.rate, media.first_frame * new.media.rate / media.rate
    length, left = media.frames * new.media.rate / media.rate, list(new.markers)
    for marker in old.markers:
        first, stop = (edge * scale - (0 if media.kind == "still" else shift) for edge in _edges(marker))
        there = (
            bool(left) and _is(left[0], marker) and abs(left[0].span.first - max(0, first)) <= _loose(scale)
        )
        if there:
            left.pop(0)
        elif media.kind == "still" or (first < length - _loose(scale) and stop > _loose(scale)):
            raise Difference("its markers", new.markers, old.markers)
    _expect("its markers", left, [])


def _edges(marker: Marker) -> tuple[int, int]:
    return marker.span.first, marker.span.stop


def _loose(scale: Fraction) -> int:
    """A marker stands on whole frames of its clip's rate, which may be coarser than the media's."""
    return 1 + ceil(scale)


def _is(one: Marker, other: Marker) -> bool:
    return (one.name, one.comment, one.colour) == (other.name, other.comment, other.colour)
