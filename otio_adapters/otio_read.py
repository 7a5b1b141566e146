"""Reads `.otio` through OpenTimelineIO: which timelines a file has, and what one of them uses.

Positions and ranges are computed here from the schema's own numbers, as exact frames; OTIO's
`visible_range` and its kin ignore time warps. What one clip uses is `otio_clip`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from opentimelineio.schema import Timeline

from ..core.cut import Cut, Marker, Note, Skipped, Use
from ..core.errors import TimelineError, UsageError
from ..core.paths import PathMap
from ..core.rates import FrameRange
from .otio_clip import Spot, exact_rate, frames_at, marker_of, read_clip, retimed

_SCHEMA_HINT = (
    "Save it with the OpenTimelineIO version that wrote it, for an older schema (Clip.1, Marker.2)."
)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a track's time that can be seen, and what its frames are called in the sequence."""

    shift: int = 0
    seen: FrameRange | None = None

    def inside(self, span: FrameRange) -> tuple[FrameRange, int, int]:
        """A range of the track's time as the sequence's frames as far as it is seen, and how many
        frames are cut off at its two ends."""
        moved = FrameRange(span.first + self.shift, span.stop + self.shift)
        record = moved.clamped(self.seen) if self.seen else moved
        return record, record.first - moved.first, moved.stop - record.stop


def load(path: Path, data: bytes) -> list[Timeline]:
    """The timelines of an `.otio` file. Raises TimelineError where it cannot be read."""
    where = str(path)
    try:
        root = otio.adapters.read_from_string(data.decode("utf-8-sig"), "otio_json")
    except (otio.exceptions.OTIOError, ValueError, TypeError, KeyError, RuntimeError) as error:
        unsupported = isinstance(error, otio.exceptions.UnsupportedSchemaError)
        reason = " ".join(str(error).split()) or type(error).__name__
        hint = _SCHEMA_HINT if unsupported else "Export the timeline again."
        what = f"OpenTimelineIO {otio.__version__} cannot read this file: {reason}"
        raise TimelineError(what, where=where, hint=hint, code="E-SCHEMA") from error
    found = list(root) if isinstance(root, otio.schema.SerializableCollection) else [root]
    timelines = [each for each in found if isinstance(each, Timeline)]
    if not timelines:
        what = (
            f"the file holds a {root.schema_name() if hasattr(root, 'schema_name') else 'value'}, no timeline"
        )
        raise TimelineError(what, where=where, hint="Export the whole timeline.", code="E-SEQ")
    return timelines


def name_of(timeline: Timeline, path: Path) -> str:
    """A timeline's name, or the file's where it has none."""
    return timeline.name or path.stem


def choose(timelines: list[Timeline], path: Path, name: str | None) -> Timeline:
    """The timeline of that name, or the only one. Raises UsageError rather than guess."""
    names = [name_of(timeline, path) for timeline in timelines]
    listed = ", ".join(repr(each) for each in names)
    if name is None:
        if len(timelines) == 1:
            return timelines[0]
        what, hint = (
            f"there are {len(names)} timelines in this file",
            f"Choose one with --sequence: {listed}.",
        )
    elif names.count(name) == 1:
        return timelines[names.index(name)]
    elif name in names:
        what, hint = f"several timelines are called {name!r}", "Give them different names and export again."
    else:
        close = get_close_matches(name, names, 1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {listed}."
        what = f"there is no timeline {name!r}"
    raise UsageError(what, where=str(path), hint=hint, code="E-SEQ")


def video_tracks(timeline: Timeline) -> Iterator[tuple[str, otio.schema.Track]]:
    """The video tracks from the bottom up, as `V1`, `V2`, …"""
    kinds = (child for child in timeline.tracks if isinstance(child, otio.schema.Track))
    video = (track for track in kinds if track.kind == otio.schema.TrackKind.Video)
    for index, track in enumerate(video, 1):
        yield f"V{index}", track


def read(timeline: Timeline, path: Path, paths: PathMap) -> Cut:
    """What a timeline uses. Raises TimelineError where it has no rate or a clip has no length."""
    try:
        return _cut(timeline, path, paths)
    except (otio.exceptions.OTIOError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())
        what = f"timeline {name_of(timeline, path)!r} cannot be read: {reason}"
        raise TimelineError(what, where=str(path), hint="Export it again.", code="E-RATE") from error


def _cut(timeline: Timeline, path: Path, paths: PathMap) -> Cut:
    rate = _rate(timeline)
    start = timeline.global_start_time
    spots = [spot for track in video_tracks(timeline) for spot in _spots(timeline, *track, rate)]
    found = [read_clip(spot, rate, path.parent, paths) for spot in spots if not spot.is_gap]
    clips = [clip for clip, _ in found]
    return Cut(
        path=path,
        sequence=name_of(timeline, path),
        rate=rate,
        frames=max((place.record.stop for place in [*spots, *clips]), default=0),
        uses=tuple(clip for clip in clips if isinstance(clip, Use)),
        start=round(frames_at(start, rate)) if start else 0,
        markers=tuple(_markers(timeline, spots, rate)),
        skipped=tuple(clip for clip in [*clips, *_loose(timeline)] if isinstance(clip, Skipped)),
        notes=tuple([*_disabled(spots), *(note for _, said in found for note in said)]),
    )


def _rate(timeline: Timeline) -> Fraction:
    """The rate most of the video items count in; the start timecode's where it is one of theirs."""
    rates = Counter(
        exact_rate(item.source_range.duration.rate)
        for _, track in video_tracks(timeline)
        for item in track
        if not isinstance(item, otio.schema.Transition) and item.source_range is not None
    )
    stated = exact_rate(timeline.global_start_time.rate) if timeline.global_start_time else None
    if stated and (stated in rates or not rates):
        return stated
    if rates:
        return rates.most_common(1)[0][0]
    for clip in timeline.find_clips():
        return exact_rate(clip.duration().rate)
    raise ValueError("it has no clips, so that its rate is unknown")


def _spots(timeline: Timeline, name: str, track: otio.schema.Track, rate: Fraction) -> Iterator[Spot]:
    """Every clip, gap and nest of a track at its place, with the transitions beside it."""
    window = _window(timeline, track, rate)
    off = not track.enabled
    warped = retimed(track) or retimed(timeline.tracks)
    items, here = list(track), Fraction(0)
    for index, item in enumerate(items):
        if isinstance(item, otio.schema.Transition):
            continue
        length = frames_at(item.duration(), rate)
        record, cut_head, cut_tail = window.inside(FrameRange(round(here), round(here + length)))
        here += length
        yield Spot(
            item=item,
            id=f"{name}/{index + 1}",
            track=name,
            record=record,
            cut_head=cut_head,
            cut_tail=cut_tail,
            before=_transition(items, index, -1),
            after=_transition(items, index, 1),
            track_off=off,
            retimed=warped or retimed(item),
        )


def _window(timeline: Timeline, track: otio.schema.Track, rate: Fraction) -> Window:
    """The ranges of the track and of the stack around it cut off and move what stands on the track."""
    shift, seen = 0, None
    for level in (track, timeline.tracks):
        if level.source_range is None:
            continue
        first = round(frames_at(level.source_range.start_time, rate))
        own = FrameRange(0, round(frames_at(level.source_range.duration, rate)))
        shift -= first
        moved = FrameRange(seen.first - first, seen.stop - first) if seen else own
        seen = moved.clamped(own)
    return Window(shift, seen)


def _transition(items: list, index: int, step: int) -> tuple[otio.schema.Transition, bool] | None:
    """The transition beside an item, and whether a picture stands on its other side."""
    beside, beyond = index + step, index + 2 * step
    if not 0 <= beside < len(items) or not isinstance(items[beside], otio.schema.Transition):
        return None
    meets = 0 <= beyond < len(items) and not isinstance(items[beyond], otio.schema.Gap)
    return items[beside], meets


def _loose(timeline: Timeline) -> Iterator[Skipped]:
    for child in timeline.tracks:
        if not isinstance(child, otio.schema.Track):
            reason = f"unsupported: a {child.schema_name()} that stands on no track"
            yield Skipped(child.name, "-", FrameRange(0, 0), reason)


def _markers(timeline: Timeline, spots: list[Spot], rate: Fraction) -> Iterator[Marker]:
    """Markers of the stack, of tracks and of gaps, in record frames."""
    for marker in timeline.tracks.markers:
        yield marker_of(marker, rate, _window(timeline, otio.schema.Track(), rate).shift)
    for _, track in video_tracks(timeline):
        shift = _window(timeline, track, rate).shift
        yield from (marker_of(marker, rate, shift) for marker in track.markers)
    for spot in spots:
        if spot.is_gap and spot.item.markers:
            origin = spot.item.source_range.start_time if spot.item.source_range else None
            shift = spot.record.first - (round(frames_at(origin, rate)) if origin else 0)
            yield from (marker_of(marker, rate, shift) for marker in spot.item.markers)


def _disabled(spots: list[Spot]) -> Iterator[Note]:
    clips = [spot for spot in spots if not spot.is_gap]
    for name, count in Counter(spot.track for spot in clips if spot.track_off).items():
        yield Note("W-DISABLED", f"track {name} is disabled, its {count} clips are passed by")
    for spot in clips:
        if not spot.track_off and not spot.item.enabled:
            message = f"{spot.item.name} on {spot.track} is disabled"
            yield Note("W-DISABLED", message, spot.record.first)
