"""The rows of what an `.otio` can hold, built with OpenTimelineIO over media with burnt-in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from math import ceil

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    FreezeFrame,
    Gap,
    ImageSequenceReference,
    LinearTimeWarp,
    Stack,
    Timeline,
    Track,
    Transition,
)
from stylereel.otio_adapters.premiere.parts import Source

from support.editor import path_of
from support.hard_cuts import FORWARD, RATES, Footage
from support.otio_editor import Warp

_BLENDS = ((4, 6), (0, 5), (6, 0), None, (3, 3), (1, 8))
Item = Clip | Stack | Track | Gap | Transition


@dataclass(frozen=True)
class Reel:
    """How clips are written: frames a second of the timeline, and the dialect of their time warps."""

    grid: Fraction
    warp: Warp = "otio"

    def clip(self, source: Source, first: int, frames: int, speed: Fraction | int = 1) -> Clip:
        """A clip of so many record frames that shows the media's frame `first`, then on at `speed`."""
        rate = source.rate
        media = ExternalReference(path_of(source.pathurl), span(source.start, source.frames, rate))
        return Clip(source.name, media, self._range(source.start + first, frames, Fraction(speed), rate),
                    effects=warps(speed))  # fmt: skip

    def nest(self, inner: Track | Stack, first: int, frames: int, speed: Fraction | int = 1) -> Stack:
        """A nest of so many record frames that shows the nest's frame `first`, then on at `speed`."""
        layers = [inner.deepcopy()] if isinstance(inner, Track) else [each.deepcopy() for each in inner]
        return Stack(
            "nest", layers, self._range(first, frames, Fraction(speed), self.grid), effects=warps(speed)
        )

    def _range(self, first: int, frames: int, speed: Fraction, rate: Fraction) -> TimeRange:
        taken = ceil(frames * abs(speed) * rate / self.grid)
        start = first - taken + 1 if speed < 0 else first
        premiere = self.warp == "premiere" and speed not in (0, 1)
        length = RationalTime(taken, float(rate)) if premiere else RationalTime(frames, float(self.grid))
        return TimeRange(RationalTime(start, float(rate)), length)

    def gap(self, frames: int) -> Gap:
        """Nothing for so many record frames."""
        return Gap(source_range=span(0, frames, self.grid))

    def blend(self, before: int, after: int) -> Transition:
        """A dissolve over the cut."""
        offsets = (RationalTime(each, float(self.grid)) for each in (before, after))
        return Transition("", "SMPTE_Dissolve", *offsets)

    def blended(self, items: Iterable[Item]) -> Track:
        """A track on which five of six cuts are dissolves."""
        found: list[Item] = []
        for item, shape in zip(items, cycle(_BLENDS), strict=False):
            found += [item, self.blend(*shape)] if shape else [item]
        if isinstance(found[-1], Transition):
            found.pop()
        return Track("row", found, kind="Video")


def warps(speed: Fraction | int) -> list[LinearTimeWarp]:
    """The effects that make a speed."""
    if speed == 1:
        return []
    return [FreezeFrame()] if speed == 0 else [LinearTimeWarp(time_scalar=float(speed))]


def span(first: int, frames: int, rate: Fraction) -> TimeRange:
    """A range of frames."""
    return TimeRange(RationalTime(first, float(rate)), RationalTime(frames, float(rate)))


def speeds(reel: Reel, sources: Sequence[Source], values: Sequence[Fraction], frames: int) -> Track:
    """A clip at each speed, from the sources in turn."""
    clips = []
    for speed, source in zip(values, cycle(sources), strict=False):
        spare = ceil(9 * abs(speed) * source.rate / reel.grid) + 1
        taken = ceil(frames * abs(speed) * source.rate / reel.grid)
        clips.append(reel.clip(source, spare if speed >= 0 else spare + taken, frames, speed))
    return reel.blended(clips)


def joins(reel: Reel, source: Source, other: Source) -> Track:
    """Transitions: at both ends of a short clip, from one side, longer than the media at both its ends."""
    clip, blend = reel.clip, reel.blend
    items = [
        reel.gap(4), blend(0, 6), clip(source, 30, 20),
        blend(5, 5), clip(other, 40, 10), blend(5, 7), clip(source, 100, 20),
        blend(0, 9), clip(other, 10, 20),
        blend(7, 0), clip(source, source.frames - 20, 18), blend(3, 6), clip(other, 2, 20), reel.gap(3),
        clip(source, 3, 12), blend(6, 6), clip(other, 1, 20), blend(9, 0), reel.gap(5),
    ]  # fmt: skip
    return Track("joins", items, kind="Video")


def nests(reel: Reel, source: Source, other: Source) -> list[Track]:
    """Nests in nests, one used several times, at other speeds, dissolved into one another."""
    inner = reel.blended([reel.clip(source, 20, 50), reel.clip(other, 33, 40, 2), reel.clip(source, 100, 30)])
    high = Track("high", [reel.gap(10), reel.clip(other, 150, 30)], kind="Video")
    both = Stack("both", [inner, high])
    row = reel.blended(
        [reel.nest(both, 0, 60), reel.nest(both, 33, 40), reel.nest(inner, 20, 30, 2),
         reel.nest(both, 15, 40, Fraction(1, 2)), reel.nest(inner, 90, 40, -1), reel.nest(both, 10, 20)]
    )  # fmt: skip
    deep = reel.blended([reel.nest(row, 0, 80), reel.nest(row, 45, 40), reel.nest(row, 160, 60, -1)])
    return [row, deep]


def pictures(reel: Reel, still: Source, sequence: Source) -> Track:
    """A still and an image sequence."""
    path = path_of(still.pathurl)
    card = Clip("card", ExternalReference(path, span(0, 1, reel.grid)), span(0, 20, reel.grid))
    folder, _, name = path_of(sequence.pathurl).rpartition("/")
    stem, _, digits = name.removesuffix(".png").rpartition("_")
    reference = ImageSequenceReference(
        f"file://{folder}/", f"{stem}_", ".png", start_frame=int(digits), frame_zero_padding=len(digits),
        rate=float(reel.grid), available_range=span(0, sequence.frames, reel.grid),
    )  # fmt: skip
    moving = Clip("moving", reference, span(10, 30, reel.grid))
    return Track("pictures", [card, reel.gap(5), moving], kind="Video")


def timeline(reel: Reel, tracks: Iterable[Track], start: int = 90000) -> bytes:
    """The document."""
    found = Timeline("Reel", global_start_time=RationalTime(start, float(reel.grid)))
    found.tracks.extend(tracks)
    return otio.adapters.write_to_string(found, "otio_json").encode()


ALL_SPEEDS = (*FORWARD, *(-speed for speed in FORWARD), Fraction(-1), Fraction(0))


def everything(footage: Footage, reel: Reel) -> list[Track]:
    """Every row of the specification, a track for each."""
    rate = reel.grid
    first, second = footage.movie(1, rate), footage.movie(2, rate, codec="prores")
    others = [footage.movie(number, each) for number, each in enumerate(RATES, 3) if each != rate]
    mixed = [reel.clip(other, 9 + 7 * number, 40) for number, other in enumerate(others)]
    return [
        speeds(reel, (first, second), ALL_SPEEDS, 20),
        speeds(reel, others, [Fraction(2), Fraction(-1), Fraction("0.5"), Fraction(1)] * 2, 20),
        joins(reel, first, second),
        reel.blended(mixed),
        *nests(reel, first, second),
        pictures(reel, footage.still(11), footage.pictures(12, rate)),
    ]
