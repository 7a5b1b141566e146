"""When a clip shows each frame of its media: the way back through its time map.

Knows record offsets and media frames; knows nothing of weights.
"""

from bisect import bisect_left
from collections.abc import Iterator
from fractions import Fraction

from .rates import FrameRange
from .timemap import Time, shown

Position = tuple[int | Fraction, ...]
"""The record offsets, not rounded, at which one media frame is seen: once, or each time that it is."""


def positions(time: Time, offsets: FrameRange, frames: FrameRange) -> Iterator[Position]:
    """For each media frame of `frames` the middle of every run of `offsets` that shows it.

    Frames that are skipped by a fast clip, and those of the handles beyond `offsets`, have the
    position that the map, drawn on straight, gives them.
    """
    if time.plain:
        ahead = time.frame(0)
        yield from ((frame - ahead,) for frame in range(frames.first, frames.stop))
        return
    runs: dict[int, list[Fraction]] = {}
    for frame, run in shown(time, offsets):
        runs.setdefault(frame, []).append(Fraction(run.first + run.stop - 1, 2))
    known = sorted(runs)
    for frame in range(frames.first, frames.stop):
        yield tuple(runs[frame]) if frame in runs else (_between(known, runs, frame, time.speed),)


def _between(known: list[int], runs: dict[int, list[Fraction]], frame: int, speed: Fraction) -> Fraction:
    """The position of a frame that is never shown, from its nearest neighbours that are."""
    at = bisect_left(known, frame)
    if 0 < at < len(known):
        before, after = known[at - 1], known[at]
        start, end = runs[before][-1], runs[after][0]
        return start + (end - start) * Fraction(frame - before, after - before)
    near = known[0] if at == 0 else known[-1]
    seen = runs[near][0] if at == 0 else runs[near][-1]
    return seen + (frame - near) / speed if speed else seen
