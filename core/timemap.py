"""From a clip's record frames to frames of its media. Knows nothing of clips or files.

A time map is a straight line, a graph of keyframes, or what is seen of one through a nest. Offsets
count record frames from the cut (negative in the head handle), frames count from 0 in the file. A
frame is the floor of its position, which reproduces a real editor's render; it may lie outside the
media.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import ceil, floor
from typing import Literal

from .rates import FrameRange

Direction = Literal[-1, 0, 1] | None
_NUDGE = Fraction(1, 1_000_000)  # what a real NLE forgives before it floors to the frame below


@dataclass(frozen=True, slots=True)
class TimeMap:
    """A straight line: record offset `i` shows the media frame `floor(first + i * step)`.

    `step` is media frames per record frame: 1 for a plain clip, below 0 for a reversed one, 0 for a
    freeze. In reverse `first` is the first frame shown, not the edge behind it.
    """

    first: Fraction
    step: Fraction = Fraction(1)
    _whole: int | None = field(init=False, repr=False, compare=False)  # where a plain clip begins

    def __post_init__(self) -> None:
        object.__setattr__(self, "_whole", floor(self.first + _NUDGE) if self.step == 1 else None)

    @property
    def plain(self) -> bool:
        """Whether every record frame shows a media frame of its own, in order."""
        return self._whole is not None

    @property
    def speed(self) -> Fraction:
        """Media frames per record frame, on average."""
        return self.step

    @property
    def direction(self) -> Direction:
        """Whether frames only rise (1), only fall (-1), stay (0), or turn (None)."""
        return 0 if not self.step else 1 if self.step > 0 else -1

    def frame(self, offset: int) -> int:
        """The media frame shown at a record offset; may lie outside the media."""
        if self._whole is not None:
            return self._whole + offset
        return floor(self.first + offset * self.step + _NUDGE)

    def frames(self, offsets: FrameRange) -> FrameRange:
        """The media frames that a range of record offsets needs."""
        if not len(offsets):
            return FrameRange(self.frame(offsets.first), self.frame(offsets.first))
        ends = self.frame(offsets.first), self.frame(offsets.stop - 1)
        return FrameRange(min(ends), max(ends) + 1)

    def scaled(self, factor: Fraction) -> "TimeMap":
        """The same map counted in media frames `factor` times as many."""
        return TimeMap(self.first * factor, self.step * factor)

    def moved(self, frames: Fraction | int) -> "TimeMap":
        """The same map on a file that begins so many media frames earlier."""
        return TimeMap(self.first + frames, self.step)

    def later(self, offsets: int) -> "TimeMap":
        """The same map counted from a record frame so many later."""
        return TimeMap(self.first + offsets * self.step, self.step)


@dataclass(frozen=True)
class Graph:
    """Keyframed speed: straight lines between `keys`, (record offset, media frame) by rising offset.

    Goes on along its first and last line beyond them. Where it runs backwards a key's value is the
    edge behind the frame shown: 10 shows 9.
    """

    keys: tuple[tuple[Fraction, Fraction], ...]

    def __post_init__(self) -> None:
        if len(self.keys) < 2 or any(after[0] <= before[0] for before, after in pairwise(self.keys)):
            raise ValueError("a graph needs two keys at least, at rising offsets")

    @cached_property
    def _offsets(self) -> list[Fraction]:
        return [offset for offset, _ in self.keys]

    @property
    def plain(self) -> bool:
        """Never: it is there to change the speed."""
        return False

    @property
    def speed(self) -> Fraction:
        """Media frames per record frame, on average."""
        (start, first), (end, last) = self.keys[0], self.keys[-1]
        return (last - first) / (end - start)

    @property
    def direction(self) -> Direction:
        """Whether frames only rise (1), only fall (-1), stay (0), or turn (None)."""
        ways = {(last > first) - (last < first) for (_, first), (_, last) in pairwise(self.keys)}
        return None if {1, -1} <= ways else 1 if 1 in ways else -1 if -1 in ways else 0

    def frame(self, offset: int) -> int:
        """The media frame shown at a record offset; may lie outside the media."""
        at = min(max(bisect_right(self._offsets, offset) - 1, 0), len(self.keys) - 2)
        (start, first), (end, last) = self.keys[at : at + 2]
        position = first + (offset - start) * (last - first) / (end - start)
        return ceil(position - _NUDGE) - 1 if last < first else floor(position + _NUDGE)

    def frames(self, offsets: FrameRange) -> FrameRange:
        """The media frames that a range of record offsets needs."""
        if not len(offsets):
            return FrameRange(self.frame(offsets.first), self.frame(offsets.first))
        turns = {beside for offset in self._offsets for beside in (floor(offset), ceil(offset))}
        turns |= {turn - 1 for turn in turns}
        places = {offsets.first, offsets.stop - 1, *(turn for turn in turns if turn in offsets)}
        seen = [self.frame(place) for place in places]
        return FrameRange(min(seen), max(seen) + 1)

    def scaled(self, factor: Fraction) -> "Graph":
        """The same map counted in media frames `factor` times as many."""
        return Graph(tuple((offset, frame * factor) for offset, frame in self.keys))

    def moved(self, frames: Fraction | int) -> "Graph":
        """The same map on a file that begins so many media frames earlier."""
        return Graph(tuple((offset, frame + frames) for offset, frame in self.keys))

    def later(self, offsets: int) -> "Graph":
        """The same map counted from a record frame so many later."""
        return Graph(tuple((offset - offsets, frame) for offset, frame in self.keys))


@dataclass(frozen=True, slots=True)
class Through:
    """A map seen through a nest: `outer` leads to whole frames of the nest, as an editor renders it.

    `cut` is where the clip's own cut stands in the nest; beyond `seen`, its offsets from there on
    which it can be seen, its end frames stay.
    """

    outer: "Time"
    inner: "Time"
    cut: int
    seen: FrameRange

    @property
    def plain(self) -> bool:
        """Never: what is seen through a nest that plays frame for frame has its own map, moved."""
        return False

    @property
    def speed(self) -> Fraction:
        """Media frames per record frame, on average."""
        return self.outer.speed * self.inner.speed

    @property
    def direction(self) -> Direction:
        """Whether frames only rise (1), only fall (-1), stay (0), or turn (None)."""
        ways = self.outer.direction, self.inner.direction
        if 0 in ways:
            return 0
        return None if None in ways else 1 if ways[0] == ways[1] else -1

    def frame(self, offset: int) -> int:
        """The media frame shown at a record offset; may lie outside the media."""
        inside = self.outer.frame(offset) - self.cut
        return self.inner.frame(min(max(inside, self.seen.first), self.seen.stop - 1))

    def frames(self, offsets: FrameRange) -> FrameRange:
        """The media frames that a range of record offsets needs."""
        inside = self.outer.frames(offsets)
        first = min(max(inside.first - self.cut, self.seen.first), self.seen.stop - 1)
        return self.inner.frames(
            FrameRange(first, max(first + 1, min(inside.stop - self.cut, self.seen.stop)))
        )

    def scaled(self, factor: Fraction) -> "Through":
        """The same map counted in media frames `factor` times as many."""
        return Through(self.outer, self.inner.scaled(factor), self.cut, self.seen)

    def moved(self, frames: Fraction | int) -> "Through":
        """The same map on a file that begins so many media frames earlier."""
        return Through(self.outer, self.inner.moved(frames), self.cut, self.seen)

    def later(self, offsets: int) -> "Through":
        """The same map counted from a record frame so many later."""
        return Through(self.outer.later(offsets), self.inner, self.cut, self.seen)


Time = TimeMap | Graph | Through


def shown(time: Time, offsets: FrameRange) -> Iterator[tuple[int, FrameRange]]:
    """Every run of record offsets that shows one and the same media frame, in record order."""
    begin, last = offsets.first, None
    for offset in range(offsets.first, offsets.stop):
        frame = time.frame(offset)
        if last is not None and frame != last:
            yield last, FrameRange(begin, offset)
            begin = offset
        last = frame
    if last is not None:
        yield last, FrameRange(begin, offsets.stop)
