"""Which picture of a matte's file belongs to which frame of the source. Never imports torch.

Knows timecode and rates. Reads no pictures.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from ..cut import MediaFacts, MediaKind, MediaRef
from ..errors import MediaError
from ..media.alpha import NO_ALPHA, TAKE_LIGHT
from ..media.sequence import numbered
from ..numbering import run_from, split_number
from ..rates import FrameRange, parse_timecode, timebase, timecode
from .settings import Region

_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".exr", ".tga", ".dpx")
Look = Callable[[Path, MediaKind, Fraction], MediaFacts]


@dataclass(frozen=True, slots=True)
class Placement:
    """A matte's file for one source: its frame 0 belongs to frame `first` of the source.

    `pace` is how many of its frames a frame of the source lasts. Where it has none, its first or last
    frame stands; a picture stands for all. `doubt` is what is to be said of where it stands.
    """

    path: Path
    kind: MediaKind
    rate: Fraction
    facts: MediaFacts
    first: Fraction
    pace: Fraction
    doubt: str = ""

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


@dataclass(frozen=True, slots=True)
class _Clock:
    """How the frames of a file are counted: from `start`, None where it has no timecode."""

    rate: Fraction
    start: int | None
    drops: bool

    @property
    def said(self) -> Fraction:
        """The seconds that the timecode of the first frame says, whatever time has passed at its rate."""
        count = self.start or 0
        if self.drops:
            count, _ = parse_timecode(timecode(count, self.rate, True).replace(";", ":"), self.rate)
        return Fraction(count, timebase(self.rate))


def file_of(region: Region, media: MediaRef) -> Path:
    """The path of a matte's file for a source."""
    return Path((region.file or "").replace("{media}", Path(media.name).stem))


def placed(region: Region, media: MediaRef, known: MediaFacts | None, look: Look) -> Placement:
    """Where a matte's file stands on a source, of which `known` is what its header says, if it could be read.

    `offset` decides, or what both timecodes say, or the numbers of pictures that are frames of the source's
    timecode; else both begin together. Raises MediaError E-MATTE where the file is missing or no matte.
    """
    path, source = file_of(region, media), _source_clock(media, known)
    try:
        kind, doubt = _kind(path)
        facts = look(path, kind, source.rate)
        if kind == "movie" and facts.trouble:
            raise MediaError(facts.trouble.rstrip("."), hint="Export it as ProRes.")
        if kind == "movie" and region.channel == "alpha" and not facts.alpha:
            raise MediaError(NO_ALPHA, hint=TAKE_LIGHT)
    except MediaError as error:
        looked_for = "A matte's path is relative to the film file; {media} in it is the source's name."
        hint = error.hint if path.is_file() else looked_for
        raise MediaError(f"the matte: {error.what}", where=str(path), hint=hint, code="E-MATTE") from error
    rate = source.rate if kind == "sequence" or facts.variable else facts.rate
    first = Fraction(region.offset or 0)
    if region.offset is None and kind == "movie":
        first = _by_timecode(_Clock(rate, facts.start, facts.drop_frame), source)
    elif region.offset is None and kind == "sequence" and known:
        first, doubt = _by_number(path, facts, source, known)
    return Placement(path, kind, rate, facts, first, rate / source.rate, doubt)


def _source_clock(media: MediaRef, known: MediaFacts | None) -> _Clock:
    """How a source's frames are counted: as its file does, where the timeline plays it at another rate."""
    if known and not known.variable and known.rate != media.rate:
        return _Clock(known.rate, known.start, known.drop_frame)
    if media.start or known is None:
        return _Clock(media.rate, media.start or None, media.drop_frame)
    return _Clock(media.rate, known.start, known.drop_frame)


def _by_timecode(matte: _Clock, source: _Clock) -> Fraction:
    if matte.start is None or source.start is None:
        return Fraction(0)
    if (matte.rate, matte.drops) == (source.rate, source.drops):
        return Fraction(matte.start - source.start)
    return (matte.said - source.said) * timebase(source.rate)


def _by_number(path: Path, facts: MediaFacts, source: _Clock, known: MediaFacts) -> tuple[Fraction, str]:
    """By the number of the first picture, where the source has timecode and frames of these numbers."""
    parts = split_number(path.stem)
    number, start = int(parts[1]) if parts else 0, source.start or 0
    if start and number < start + known.frames and start < number + facts.frames:
        return Fraction(number - start), ""
    if facts.frames == known.frames:
        return Fraction(0), ""
    doubt = (
        f"the matte {path.name} has {facts.frames} pictures, its source {known.frames} frames: its first "
        "picture is taken for the source's first frame, where offset says nothing else"
    )
    return Fraction(0), doubt


def _kind(path: Path) -> tuple[MediaKind, str]:
    """What a file is, and a doubt of it."""
    if path.suffix.lower() not in _PICTURES:
        return "movie", ""
    if split_number(path.stem) is None:
        return "still", ""
    try:
        return ("sequence" if len(numbered(path)) > 1 else "still"), ""
    except MediaError as error:
        if not path.is_file() or run_from(path, 2)[1].is_file():
            raise
        return "still", f"the matte {path.name} stands for every frame: {error.what}"


def misfits(
    placement: Placement, media: MediaRef, known: MediaFacts | None, frames: FrameRange
) -> Iterator[str]:
    """What does not fit between a matte and the source frames of a shot, and what will be done.

    Raises MediaError where the matte has no frame for the shot at all.
    """
    name, facts = placement.path.name, placement.facts
    if placement.doubt:
        yield placement.doubt
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
            f"{float(placement.rate / placement.pace):g}: every frame takes the matte of its moment"
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
