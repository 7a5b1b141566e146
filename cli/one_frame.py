"""The one frame that `try` paints: a picture, or a moment of a film or of a cut.

Knows how it is written on the command line. Knows nothing of what is done to it.
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..core.cut import MediaKind, MediaRef, Use
from ..core.errors import UsageError
from ..core.media.probe import read_facts
from ..core.naming import safe_name
from ..core.rates import parse_timecode, timecode
from ..otio_adapters.timelines import TIMELINES
from .desk import Wishes, open_cut
from .seen import Seen

_HINT = "FILM@12 (a frame, from 0), FILM@01:00:10:05 or CUT@01:00:10:05 say which."
_PLACED = re.compile(r"(.+)@([\d:;.,]+)")
_TIMECODE = re.compile(r"(.*)[:;.,](\d+)")


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a frame comes from: `media` and the frame's number in it; `name` is fit for a file's."""

    name: str
    media: MediaRef
    number: int


def moment(text: str, wishes: Wishes) -> Moment:
    """What `PICTURE`, `FILM@12`, `FILM@TIMECODE` or `CUT@TIMECODE` means.

    `wishes` say how a cut is to be opened. Raises UsageError for what is none of these, MediaError and
    TimelineError for files that cannot be read.
    """
    if Path(text).exists() or not (match := _PLACED.fullmatch(text)):
        return _picture(Path(text), text)
    path, place = Path(match[1]), match[2]
    if path.suffix.lower() in TIMELINES:
        return _of_cut(replace(wishes, cut=path), place, text)
    return _of_film(path, place, text)


def picture_of(found: Moment, look: Seen) -> np.ndarray:
    """The frame as it is seen, (H, W, 3) float32 RGB on 0 … 255 and cut to it. Raises MediaError."""
    display = look.display  # torch: only now, so that what is refused is refused at once
    from ..core.media.source import open_source

    with open_source(found.media) as reader:
        pixels = display.seen(reader.read(found.number))
    return pixels[0].permute(1, 2, 0).clamp(0, 255).contiguous().numpy()


def _picture(path: Path, text: str) -> Moment:
    if path.suffix.lower() in TIMELINES:
        raise UsageError("which frame of the cut?", where=text, hint=_HINT)
    facts = read_facts(path)
    if facts.frames > 1:
        raise UsageError(f"which of the film's {facts.frames} frames?", where=text, hint=_HINT)
    return Moment(safe_name(path.stem), _media(path, facts.rate, "still"), 0)


def _of_film(path: Path, place: str, text: str) -> Moment:
    facts = read_facts(path)
    start = facts.start or 0
    number = _number(place, start, facts.rate, facts.drop_frame, text)
    if not 0 <= number < facts.frames:
        ends = (timecode(start + at, facts.rate, facts.drop_frame) for at in (0, facts.frames - 1))
        what = f"the film has the frames 0 … {facts.frames - 1}, {' … '.join(ends)}"
        raise UsageError(what, where=text, hint="Choose one of them.")
    return Moment(f"{safe_name(path.stem)}_{number}", _media(path, facts.rate, "movie"), number)


def _of_cut(wishes: Wishes, place: str, text: str) -> Moment:
    cut = open_cut(wishes).cut
    record = _number(place, cut.start, cut.rate, cut.drop_frame, text)
    use = max((use for use in cut.uses if record in use.record), key=_height, default=None)
    if use is None:
        ends = (cut.timecode(at) for at in (0, max(0, cut.frames - 1)))
        hint = f"The sequence runs from {' to '.join(ends)}; `stylereel scenes` lists its clips."
        raise UsageError("no clip that can be painted stands there", where=text, hint=hint)
    number = use.time.frame(record - use.record.first) if use.media.kind != "still" else 0
    return Moment(f"{safe_name(wishes.cut.stem)}_{record}", use.media, number)


def _height(use: Use) -> tuple[int, ...]:
    """Where its track lies, the topmost the largest; `V2/V1` is seen through a nest on V2."""
    return tuple(int(re.sub(r"\D", "", part) or 0) for part in use.track.split("/"))


def _number(place: str, start: int, rate: Fraction, drop_frame: bool, text: str) -> int:
    """A frame's number, or a timecode counted from that of frame 0, which drops frames where that does."""
    if place.isdecimal():
        return int(place)
    match = _TIMECODE.fullmatch(place)
    try:
        return (
            parse_timecode(f"{match[1]}{';' if drop_frame else ':'}{match[2]}" if match else place, rate)[0]
            - start
        )
    except ValueError as error:
        raise UsageError(str(error), where=text, hint=_HINT) from error


def _media(path: Path, rate: Fraction, kind: MediaKind) -> MediaRef:
    return MediaRef(path.name, str(path), path, rate, kind=kind)
