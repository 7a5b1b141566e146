"""Which picture of a matte's file belongs to which frame of the source. Never imports torch.

Knows timecode and rates. Reads no pictures.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from ..cut import MediaFacts, MediaKind, MediaRef
from ..errors import MediaError
from ..media.sequence import numbered
from ..rates import FrameRange, timebase, timecode
from .settings import Region

_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr", ".tga", ".dpx")
Look = Callable[[Path, MediaKind, Fraction], MediaFacts]


@dataclass(frozen=True, slots=True)
class Placement:
    """A matte's file for one source: its frame 0 belongs to frame `first` of the source.

    `pace` is how many of its frames a frame of the source lasts. Where it has none, its first or last
    frame stands; a picture stands for all.
    """

    path: Path
    kind: MediaKind
    rate: Fraction
    facts: MediaFacts
    first: Fraction
    pace: Fraction

    def frame(self, source: int) -> int:
        """The matte's frame for a frame of the source."""
        if self.kind == "still":
            return 0
        return min(max(0, floor((source - self.first) * self.pace)), self.facts.frames - 1)

    @property
    def covers(self) -> FrameRange:
        """The source frames that the matte has a frame of its own for."""
        stop = self.first + self.facts.frames / self.pace
        return FrameRange(-floor(-self.first), -floor(-stop))


def file_of(region: Region, media: MediaRef) -> Path:
    """The path of a matte's file for a source."""
    return Path((region.file or "").replace("{media}", Path(media.name).stem))


def placed(region: Region, media: MediaRef, known: MediaFacts | None, look: Look) -> Placement:
    """Where a matte's file stands on a source, of which `known` is what its header says, if it could be read.

    Both timecodes decide, or `offset`; without either, both begin together. Raises MediaError where
    the file is missing or no matte.
    """
    path = file_of(region, media)
    try:
        kind = _kind(path)
        facts = look(path, kind, media.rate)
    except MediaError as error:
        hint = "A matte's path is relative to the film file; {media} in it is the source's name."
        raise MediaError(f"the matte: {error.what}", where=str(path), hint=hint, code=error.code) from error
    rate = media.rate if kind == "sequence" or facts.variable else facts.rate
    begins = media.start or (known.start if known else None)
    first = Fraction(region.offset or 0)
    if region.offset is None and facts.start is not None and begins is not None:
        first = Fraction(facts.start * timebase(media.rate), timebase(rate)) - begins
    return Placement(path, kind, rate, facts, first, rate / media.rate)


def _kind(path: Path) -> MediaKind:
    if path.suffix.lower() not in _PICTURES:
        return "movie"
    return "sequence" if re.search(r"\d", path.stem) and len(numbered(path)) > 1 else "still"


def misfits(
    placement: Placement, media: MediaRef, known: MediaFacts | None, frames: FrameRange
) -> Iterator[str]:
    """What does not fit between a matte and the source frames of a shot, and what will be done.

    Raises MediaError where the matte has no frame for the shot at all.
    """
    name, facts = placement.path.name, placement.facts
    if known and (facts.width, facts.height) != (known.width, known.height):
        yield (
            f"the matte {name} is {facts.width} x {facts.height}, {media.name} "
            f"{known.width} x {known.height}: it is scaled to it"
        )
    if placement.kind == "still":
        return
    if placement.pace != 1:
        yield (
            f"the matte {name} runs at {float(placement.rate):g} frames per second, {media.name} at "
            f"{float(media.rate):g}: every frame takes the matte of its moment"
        )
    covers = placement.covers
    if not len(covers.clamped(frames)):
        what = (
            f"the matte has no frame for {media.name}: it covers {_span(covers, media)}, "
            f"the shot shows {_span(frames, media)}"
        )
        hint = "offset = N says which frame of the source its first one belongs to."
        raise MediaError(what, where=str(placement.path), hint=hint, code="E-MATTE")
    if frames.first < covers.first:
        yield (
            f"the matte {name} begins at {_place(covers.first, media)} of {media.name}: its first frame "
            f"stands from {_place(frames.first, media)} on"
        )
    if frames.stop > covers.stop:
        yield (
            f"the matte {name} ends before {_place(covers.stop, media)} of {media.name}: its last frame "
            f"stands up to {_place(frames.stop - 1, media)}"
        )


def _place(frame: int, media: MediaRef) -> str:
    return f"frame {frame} ({timecode(max(0, media.start + frame), media.rate, media.drop_frame)})"


def _span(frames: FrameRange, media: MediaRef) -> str:
    return f"{_place(frames.first, media)} to {_place(frames.stop - 1, media)}"
