"""The media reference to a styled file, on the clock of the original that it replaces."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from ...core.cut import StyledMedia, Use
from ...core.exchange import Delivery
from ...core.numbering import split_number
from ...core.paths import is_windows
from ..pathurls import to_pathurl
from .dialect import OURS, Spoken
from .times import clock_at, exact_rate, frames_at, time_of

_PLAIN_FILE = "file:///"


@dataclass(frozen=True, slots=True)
class Writing:
    """How references are written: the delivery, the timeline's rate and the dialect of its speeds."""

    delivery: Delivery
    rate: Fraction
    dialect: Spoken


def styled_reference(
    clip: otio.schema.Clip, use: Use, styled: StyledMedia, how: Writing
) -> otio.core.MediaReference:
    """A reference to a styled file, or to numbered pictures, that says where it came from.

    Its range begins on the frame that the original's clock gives its first one; that of a baked file
    at 0, in frames of the timeline. The dialect is noted where something has a speed: trimmed media no
    longer tells it.
    """
    old = clip.media_reference
    url = _url_of(old)
    source = url if use.media.kind != "sequence" and url else use.media.editor_path
    trace = {"source": source, "first_frame": styled.first_frame, "shot": styled.shot}
    if _is_timed(clip):
        trace["dialect"] = how.dialect
    target = styled_url(styled.editor_path, url or _PLAIN_FILE, how.delivery)
    has = _available(clip, use, styled, how.rate)
    metadata = {**(old.metadata if old else {}), OURS: trace}
    if styled.kind == "sequence" and has:
        reference = _run_reference(target, has, metadata)
    else:
        reference = otio.schema.ExternalReference(target, has, metadata)
    if old is not None and old.name:
        reference.name = styled.path.name
    return reference


def _run_reference(
    first: str, has: TimeRange, metadata: dict[str, Any]
) -> otio.schema.ImageSequenceReference:
    """A reference to numbered pictures by the URL of the first."""
    folder, slash, name = first.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    parts = split_number(stem)
    assert parts, "numbered pictures have numbers"
    before, digits, after = parts
    return otio.schema.ImageSequenceReference(
        target_url_base=folder + slash,
        name_prefix=before,
        name_suffix=f"{after}{dot}{suffix}",
        start_frame=int(digits),
        frame_zero_padding=len(digits),
        rate=has.duration.rate,
        available_range=has,
        metadata=metadata,
    )


def _is_timed(clip: otio.schema.Clip) -> bool:
    """Whether a clip, or a nest around it, has a speed."""
    item: otio.core.Item | None = clip
    while item is not None and not any(isinstance(fx, otio.schema.TimeEffect) for fx in item.effects):
        item = item.parent()
    return item is not None


def found_reference(clip: otio.schema.Clip, use: Use) -> otio.schema.ExternalReference | None:
    """A reference to the footage that was found for a clip which names none; None where it names one."""
    old = clip.media_reference
    named = _url_of(old) or isinstance(old, otio.schema.ImageSequenceReference)
    if named or use.media.plays is None or use.media.frames is None:
        return None
    rate, like = use.media.plays, _written_rate(clip)
    return otio.schema.ExternalReference(
        target_url=to_pathurl(use.media.editor_path, like=_PLAIN_FILE),
        available_range=TimeRange(
            time_of(_clock_start(clip, use.media.start, rate), rate, like),
            time_of(use.media.frames, rate, like),
        ),
        metadata=dict(old.metadata) if old else {},
    )


def styled_url(path: str, like: str, delivery: Delivery) -> str:
    """A path of the editor's machine as a URL: plain, fully encoded, or in the manner of `like`."""
    if delivery.urls == "path":
        return path
    if delivery.urls == "as-is":
        return to_pathurl(path, like=like)
    text = quote(path, safe="/:")
    if path.startswith("//"):
        return f"file:{text}"
    return f"file:///{text}" if is_windows(path) else f"file://{text}"


def _url_of(reference: otio.core.MediaReference | None) -> str:
    if reference is not None and isinstance(reference, otio.schema.ImageSequenceReference):
        return reference.target_url_base
    if reference is not None and isinstance(reference, otio.schema.ExternalReference):
        return reference.target_url
    return ""


def _available(clip: otio.schema.Clip, use: Use, styled: StyledMedia, rate: Fraction) -> TimeRange | None:
    old = clip.media_reference.available_range if clip.media_reference else None
    if styled.kind == "still":
        return old
    if styled.baked:
        return TimeRange(time_of(0, rate), time_of(styled.frames, rate))
    like = _written_rate(clip)
    if old is not None:
        start = frames_at(old.start_time, styled.rate)
    elif use.media.plays:  # found footage: its clock is that of the clip's timecode
        start = _clock_start(clip, use.media.start, use.media.plays) * styled.rate / use.media.plays
    else:
        start = _unknown_start(clip, styled)
    first, frames = start + styled.first_frame, Fraction(styled.frames)
    return TimeRange(time_of(first, styled.rate, like), time_of(frames, styled.rate, like))


def _unknown_start(clip: otio.schema.Clip, styled: StyledMedia) -> Fraction:
    """The source's timecode or 0: by which of them the clip begins nearer to its styled frames."""
    if clip.source_range is None:
        return Fraction(0)
    begins = frames_at(clip.source_range.start_time, styled.rate)
    timecode = _clock_start(clip, styled.start - styled.first_frame, styled.rate)
    first, last = styled.first_frame, styled.first_frame + styled.frames - 1
    by_timecode, by_frames = (abs(at - min(max(at, first), last)) for at in (begins - timecode, begins))
    return timecode if by_timecode <= by_frames else Fraction(0)


def _clock_start(clip: otio.schema.Clip, start: int, rate: Fraction) -> Fraction:
    """A file's timecode `start`, in frames at `rate`, where the clip's own clock reads the same."""
    span = clip.source_range
    return clock_at(start, rate, exact_rate(span.start_time.rate)) if span else Fraction(start)


def _written_rate(clip: otio.schema.Clip) -> float | None:
    """The number that the document writes for the rate of this clip's media."""
    old = clip.media_reference.available_range if clip.media_reference else None
    known = old or clip.source_range
    return known.duration.rate if known else None
