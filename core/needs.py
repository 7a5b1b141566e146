"""Which frames of its media a clip needs: those that can be seen, a guard, handles, clamped to the media.

Knows frames and what the media has. Knows nothing of looks or weights.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from .conform import frames_in
from .cut import MediaFacts, Note, Use
from .errors import MediaError
from .preset import length_in_frames
from .rates import FrameRange

LONGEST = 2_000_000  # frames of a shot: nine hours at 60 a second
_GUARD = 2  # frames at both ends of a clip that is not played frame for frame: editors round differently


def needed(
    use: Use, handles: str, known: MediaFacts | MediaError, record_rate: Fraction
) -> tuple[FrameRange, list[Note]]:
    """The media frames to render for a clip, empty where the media has none of them; what is odd.

    `handles` count record frames at `record_rate`, so at a speed of 5 they take five times as many.
    """
    wanted, has = use.media_frames, _has(use, known)
    got = wanted.clamped(has)
    notes = [Note(*said, use.record.first) for said in _trouble(use, wanted, got, has)]
    if not len(got):
        return got, notes
    extra = _extra(use, handles, record_rate)
    return FrameRange(got.first - extra, got.stop + extra).clamped(has), notes


def _has(use: Use, known: MediaFacts | MediaError) -> FrameRange:
    if isinstance(known, MediaFacts):
        return FrameRange(0, frames_in(use.media, known))
    return FrameRange(0, max(use.media_frames.stop, 0) + LONGEST)


def _extra(use: Use, handles: str, record_rate: Fraction) -> int:
    if use.media.kind == "still":
        return 0
    record_frames = length_in_frames(handles, record_rate)
    guard = 0 if use.time.plain else _GUARD
    return ceil(record_frames * (abs(use.time.speed) or 1)) + guard


def _trouble(use: Use, wanted: FrameRange, got: FrameRange, has: FrameRange) -> Iterator[tuple[str, str]]:
    own = use.time.frames(FrameRange(0, len(use.record)))
    if own.clamped(has) != own:
        yield "W-PROBE", f"{use.clip} shows frames {_span(own)} of {use.media.name}, which has {_span(has)}"
    elif got != wanted:
        yield "W-HANDLE", _short_handle(use, wanted, got, has)


def _short_handle(use: Use, wanted: FrameRange, got: FrameRange, has: FrameRange) -> str:
    missing = len(wanted) - len(got)
    short = (got.first > wanted.first, got.stop < wanted.stop)
    ends = ("tail", "head") if use.time.direction == -1 else ("head", "tail")
    names = " and ".join(end for end, is_short in zip(ends, short, strict=True) if is_short)
    return (
        f"the transition at the {names} of {use.clip} wants frames {_span(wanted)} of {use.media.name}, "
        f"which has {_span(has)}: {missing} missing"
    )


def _span(frames: FrameRange) -> str:
    """Both ends included, as editors read it."""
    return f"{frames.first}…{frames.stop - 1}" if len(frames) else "none"
