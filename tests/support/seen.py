"""One picture of a timeline: which file, how far in, at which record frame; and the numbers in the files.

What the independent readings of a timeline give (`editor`, `otio_editor`), and what tests compare.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

import av
import cv2
import numpy as np

from support.burnin import read_number

NUDGE = Fraction(1, 1_000_000)  # of a frame: what an editor forgives before it floors


@dataclass(frozen=True, slots=True)
class Position:
    """A moment of media, in seconds from its first frame.

    `behind`: the moment is the edge behind the picture that is shown, as on a falling speed graph.
    """

    seconds: Fraction
    behind: bool = False

    def frame(self, rate: Fraction) -> int:
        """The frame shown, counted at a rate; may lie outside the media."""
        if self.behind:
            return ceil(self.seconds * rate - NUDGE) - 1
        return floor(self.seconds * rate + NUDGE)


@dataclass(frozen=True, slots=True)
class Seen:
    """One file on one track (`V1`, through nests `V2/V1`) at one record frame."""

    track: str
    record: int
    path: str
    position: Position


Numbers = dict[tuple[str, int], tuple[int, ...]]
"""By track and record frame the burnt-in numbers seen there: two within a dissolve."""


@dataclass(frozen=True)
class Film:
    """A media file as a stranger decodes it: the number on every frame, and when each begins.

    Times are seconds from the first frame. A picture has one number and no end.
    """

    numbers: tuple[int, ...]
    times: tuple[Fraction, ...]

    def at(self, position: Position, plays: Fraction | None, grid: Fraction) -> int:
        """The number shown: of frame after frame at `plays` a second, where the file is even or told so,
        else by sample and hold on the timeline's `grid`."""
        if len(self.numbers) == 1:
            return self.numbers[0]
        rate = plays or self.rate
        if rate is None:
            moment = position.frame(grid) / grid + Fraction(1, 1000)
            found = bisect_right(self.times, moment) - 1
        else:
            found = position.frame(rate)
        return self.numbers[min(max(found, 0), len(self.numbers) - 1)]

    @property
    def rate(self) -> Fraction | None:
        """The even rate of the file, None where it has none."""
        steps = {after - before for before, after in pairwise(self.times)}
        return 1 / steps.pop() if len(steps) == 1 else None


@cache
def film(path: str) -> Film:
    """Decodes a file from its top, without a seek; each one once."""
    if Path(path).suffix.lower() in (".png", ".tif", ".jpg", ".exr"):
        paths = sorted(map(str, Path(path).parent.glob(Path(path).name))) if "*" in path else [path]
        return Film(tuple(map(_picture, paths)), tuple(map(Fraction, range(len(paths)))))
    numbers, times = [], []
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = Fraction(stream.time_base.numerator, stream.time_base.denominator)
        for frame in container.decode(stream):
            numbers.append(read_number(np.asarray(frame.to_ndarray(format="rgb24"))))
            times.append(frame.pts * base)
    return Film(tuple(numbers), tuple(time - times[0] for time in times))


def _picture(path: str) -> int:
    if path.endswith(".exr"):
        return read_number(_exr(path))
    picture = cv2.imread(path, cv2.IMREAD_COLOR)
    assert picture is not None, path
    return read_number(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _exr(path: str) -> np.ndarray:
    """The light of an OpenEXR picture, which OpenCV does not read, roughly as a display shows it."""
    with av.open(path) as container:
        light = next(container.decode(video=0)).to_ndarray()
    return light.clip(0, 1) ** (1 / 2.2) * 255


def all_pictures(first: str) -> str:
    """The name of an image sequence by its first picture's: `shot_0086.png` → `shot_*.png`."""
    return re.sub(r"\d+(?=\.\w+$)", "*", first)


def numbers_of(seen: Iterable[Seen], grid: Fraction, plays: dict[str, Fraction] | None = None) -> Numbers:
    """The numbers that a timeline shows; `plays` has files that are interpreted at another rate."""
    found: dict[tuple[str, int], list[int]] = {}
    for one in seen:
        plain = grid if "*" in one.path else None  # pictures play as fast as the timeline
        number = film(one.path).at(one.position, (plays or {}).get(one.path, plain), grid)
        found.setdefault((one.track, one.record), []).append(number)
    return {place: tuple(sorted(numbers)) for place, numbers in found.items()}


def differences(before: Numbers, after: Numbers) -> list[tuple[str, int, object, object]]:
    """Every place where two timelines differ: track, record frame, what the first and the second shows."""
    return [
        (*place, before.get(place), after.get(place))
        for place in sorted(before.keys() | after.keys())
        if before.get(place) != after.get(place)
    ]
