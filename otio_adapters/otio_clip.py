"""What one item of an OTIO track uses: its media and time map, or why it stays on its original.

Knows OTIO's clips, references, effects and transitions; knows nothing of tracks or timelines.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath

import opentimelineio as otio

from ..core.cut import Marker, MediaRef, Note, Skipped, Transition, Use
from ..core.paths import PathMap, is_windows
from ..core.rates import FrameRange, snap_rate
from ..core.timemap import TimeMap
from .pathurls import on_disk, to_path
from .xmeml_clip import STILLS

_LONGEST = 100_000_000  # frames: four days at 240 a second
_CLOSE = Fraction(1, 100)  # of a frame: what floating-point times may be off


@dataclass(frozen=True, slots=True)
class Spot:
    """An item of a track: `record` as far as the sequence shows it, less than the item has by
    `cut_head` and `cut_tail` frames where a range of the track cuts it off.

    `before` and `after` are the transitions beside it, and whether a picture stands beyond them.
    """

    item: otio.core.Item
    id: str
    track: str
    record: FrameRange
    cut_head: int
    cut_tail: int
    before: tuple[otio.schema.Transition, bool] | None
    after: tuple[otio.schema.Transition, bool] | None
    track_off: bool
    retimed: bool

    @property
    def is_gap(self) -> bool:
        """Whether nothing stands here."""
        return isinstance(self.item, otio.schema.Gap)


class _Passed(Exception):
    """Why a clip stays on its original."""


def frames_at(time: otio.opentime.RationalTime, rate: Fraction) -> Fraction:
    """A time in frames at `rate`, not rounded; rates such as 23.976 are taken as the exact one.

    Raises ValueError where the time is not one that a timeline can hold.
    """
    frames = Fraction(time.value) / exact_rate(time.rate) * rate
    if abs(frames) > _LONGEST:
        raise ValueError(f"{time.value:g} at {time.rate:g} is beyond any timeline")
    return frames


def exact_rate(rate: float) -> Fraction:
    """The exact rate that `rate` stands for. Raises ValueError where it makes no sense."""
    exact = snap_rate(rate)
    if not 1 <= exact <= 1000:
        raise ValueError(f"a rate of {rate:g} frames a second makes no sense")
    return exact


def retimed(item: otio.core.Item) -> bool:
    """Whether a time effect changes what is shown when."""
    effects = (effect for effect in item.effects if isinstance(effect, otio.schema.TimeEffect))
    return any(getattr(effect, "time_scalar", None) != 1 for effect in effects)


def marker_of(marker: otio.schema.Marker, rate: Fraction, shift: int) -> Marker:
    """A marker, `shift` frames later."""
    first = round(frames_at(marker.marked_range.start_time, rate)) + shift
    length = max(0, round(frames_at(marker.marked_range.duration, rate)))
    colour = str(marker.color or "green").lower()
    return Marker(marker.name, marker.comment or "", FrameRange(first, first + length), colour)


def read_clip(spot: Spot, rate: Fraction, folder: Path, paths: PathMap) -> tuple[Use | Skipped, list[Note]]:
    """One item as a use, or as skipped with the reason, and what is to be noted of it.

    `folder` is where the `.otio` stands: relative media paths start there.
    """
    try:
        clip = _plain_clip(spot)
        media, notes = _media(clip, spot, rate, folder, paths)
        first = _first_frame(clip, media, rate) + spot.cut_head
    except _Passed as passed:
        return Skipped(spot.item.name, spot.track, spot.record, str(passed)), []
    head, lead = _head(spot, rate)
    tail, trail = _tail(spot, rate)
    use = Use(
        id=spot.id,
        track=spot.track,
        clip=clip.name or media.name,
        record=FrameRange(spot.record.first - lead, spot.record.stop + trail),
        time=TimeMap(Fraction(first - lead)),
        media=media,
        head=head,
        tail=tail,
        label=getattr(getattr(clip, "color", None), "name", "") or "",
        markers=tuple(marker_of(marker, rate, -media.start) for marker in clip.markers),
    )
    return use, notes


def _plain_clip(spot: Spot) -> otio.schema.Clip:
    """The item as a clip that plays forward at full speed from a file."""
    item = spot.item
    if spot.track_off:
        raise _Passed("disabled: its track is off")
    if not item.enabled:
        raise _Passed("disabled")
    if not isinstance(item, otio.schema.Clip):
        raise _Passed(f"unsupported: a nested {item.schema_name().lower()}")
    if spot.retimed:
        raise _Passed("unsupported: a speed change")
    if not len(spot.record):
        raise _Passed("cut off by the range of its track")
    reference = item.media_reference
    if isinstance(reference, otio.schema.ImageSequenceReference):
        raise _Passed("unsupported: an image sequence")
    if isinstance(reference, otio.schema.GeneratorReference):
        raise _Passed("a generator: it has no media file")
    if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
        raise _Passed("the timeline names no media file for it")
    return item


def _media(
    clip: otio.schema.Clip, spot: Spot, rate: Fraction, folder: Path, paths: PathMap
) -> tuple[MediaRef, list[Note]]:
    reference = clip.media_reference
    url, available = reference.target_url, reference.available_range
    editor_path = to_path(url)
    if "://" in editor_path:
        raise _Passed(f"unsupported: its media is not a file: {url}")
    if PurePosixPath(editor_path).suffix.lower() in STILLS:
        raise _Passed("a still image")
    start, frames, notes = 0, None, []
    if available is None:
        message = (
            f"{clip.name} does not say where its media begins; its range is counted from the first frame"
        )
        notes = [Note("W-PROBE", message, spot.record.first)]
    else:
        _check_rate("its media", available.duration.rate, rate)
        start = _whole(frames_at(available.start_time, rate))
        frames = round(frames_at(available.duration, rate)) or None
    absolute = is_windows(editor_path) or editor_path.startswith("/")
    local = paths.to_local(editor_path) if absolute else folder / editor_path
    name = reference.name or PurePosixPath(editor_path).name
    return MediaRef(name, editor_path, on_disk(local), rate, start=start, frames=frames), notes


def _check_rate(what: str, found: float, rate: Fraction) -> None:
    try:
        exact = exact_rate(found)
    except ValueError as error:
        raise _Passed(f"unsupported: {what} runs at a rate that makes no sense") from error
    if exact != rate:
        raise _Passed(f"unsupported: {what} runs at {exact} in a sequence at {rate}")


def _whole(frames: Fraction) -> int:
    if abs(frames - round(frames)) > _CLOSE:
        raise _Passed("unsupported: it starts between two frames")
    return round(frames)


def _first_frame(clip: otio.schema.Clip, media: MediaRef, rate: Fraction) -> int:
    """The media frame that the clip begins on, counted from 0 in the file."""
    if clip.source_range is None:
        return 0
    _check_rate("the clip", clip.source_range.duration.rate, rate)
    first = _whole(frames_at(clip.source_range.start_time, rate)) - media.start
    if first < 0:
        raise _Passed("unsupported: it begins before its media does")
    return first


def _offsets(transition: otio.schema.Transition, rate: Fraction) -> tuple[int, int]:
    before, after = (round(frames_at(t, rate)) for t in (transition.in_offset, transition.out_offset))
    return max(0, before), max(0, after)


def _head(spot: Spot, rate: Fraction) -> tuple[Transition | None, int]:
    """The transition at the head, and by how many frames a fade begins before the item does."""
    if spot.before is None or spot.cut_head:
        return None, 0
    before, after = _offsets(spot.before[0], rate)
    if not before + after:
        return None, 0
    if spot.before[1]:
        return Transition("dissolve", before, after), 0
    lead = min(before, max(0, spot.record.first))
    return Transition("fade", 0, lead + after), lead


def _tail(spot: Spot, rate: Fraction) -> tuple[Transition | None, int]:
    """The transition at the tail, and by how many frames a fade ends after the item does."""
    if spot.after is None or spot.cut_tail:
        return None, 0
    before, after = _offsets(spot.after[0], rate)
    if not before + after:
        return None, 0
    if spot.after[1]:
        return Transition("dissolve", before, after), 0
    return Transition("fade", before + after, 0), after
