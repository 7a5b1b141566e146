"""Which of the two dialects of `LinearTimeWarp` a timeline speaks, from what else it says.

What was noted with styled media decides, then Premiere's own mark. Then the media: a range that overruns
its file in one dialect alone speaks for the other. Then the tracks that nothing retimes: where clips
behind a retimed one end together with theirs, the dialect is right.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Literal

import opentimelineio as otio

from ...core.exchange import Reading
from .times import frames_at
from .warp import length_of, speed_of

Spoken = Literal["otio", "premiere"]
PREMIERE = "PremierePro_OTIO"
OURS = "stylereel"  # the metadata of this program; a timeline with it is in OpenTimelineIO's dialect


def dialect_of(timeline: otio.schema.Timeline, rate: Fraction, reading: Reading) -> tuple[Spoken, bool]:
    """The dialect, and whether it is certain. Nothing is uncertain where no speed is changed."""
    if reading.dialect != "auto":
        return reading.dialect, True
    warped = [] if OURS in timeline.metadata else list(_warped(timeline))
    if not warped:
        return "otio", True
    if noted := _noted(timeline):
        return noted, True
    if any(PREMIERE in metadata for metadata in _metadata(timeline, warped)):
        return "premiere", True
    found: set[Spoken] = {said for item in warped if (said := _from_media(item, rate))}
    said = found.pop() if len(found) == 1 else _from_tracks(timeline, rate)
    return (said, True) if said else ("otio", False)


def _noted(timeline: otio.schema.Timeline) -> Spoken | None:
    """What we noted with styled media: trimmed as it is, its ranges are no evidence any more."""
    for clip in timeline.find_clips():
        told = clip.media_reference.metadata.get(OURS) if clip.media_reference else None
        noted = told.get("dialect") if told is not None and hasattr(told, "get") else None
        if noted in ("otio", "premiere"):
            return "premiere" if noted == "premiere" else "otio"
    return None


def _warped(timeline: otio.schema.Timeline) -> Iterator[otio.core.Item]:
    return (item for item in timeline.find_children(descended_from_type=otio.core.Item) if _is_warped(item))


def _is_warped(item: otio.core.Item) -> bool:
    return len(item.effects) > 0 and abs(speed_of(item) or 1) != 1


def _metadata(timeline: otio.schema.Timeline, warped: list[otio.core.Item]) -> Iterator[Mapping]:
    yield timeline.metadata
    yield timeline.tracks.metadata
    yield from (track.metadata for track in timeline.tracks)
    for item in warped:
        yield item.metadata
        yield from (effect.metadata for effect in item.effects)
        if isinstance(item, otio.schema.Clip) and item.media_reference:
            yield item.media_reference.metadata


def _from_media(item: otio.core.Item, rate: Fraction) -> Spoken | None:
    reference = item.media_reference if isinstance(item, otio.schema.Clip) else None
    if item.source_range is None or reference is None or reference.available_range is None:
        return None
    has, used = reference.available_range, item.source_range
    room = frames_at(has.end_time_exclusive(), rate) - frames_at(used.start_time, rate) + 1
    length, speed = frames_at(used.duration, rate), abs(speed_of(item) or 1)
    if length <= room < length * speed and length >= speed:  # of less than a frame nobody speaks
        return "premiere"
    return "otio" if length * speed <= room < length else None


def _from_tracks(timeline: otio.schema.Timeline, rate: Fraction) -> Spoken | None:
    tracks = [track for track in timeline.tracks if isinstance(track, otio.schema.Track)]
    steady = [track for track in tracks if not any(_is_warped(item) for item in _items(track))]
    known = {round(edge) for track in steady for edge in _edges(track, rate, premiere=False)}
    matches = {"otio": 0, "premiere": 0}
    for track in (track for track in tracks if track not in steady):
        edges = [{round(edge) for edge in _edges(track, rate, premiere)} for premiere in (False, True)]
        matches["otio"] += len((edges[0] - edges[1]) & known)
        matches["premiere"] += len((edges[1] - edges[0]) & known)
    if matches["otio"] == matches["premiere"]:
        return None
    return "otio" if matches["otio"] > matches["premiere"] else "premiere"


def _items(track: otio.schema.Track) -> Iterator[otio.core.Item]:
    return (item for item in track if isinstance(item, otio.core.Item))


def _edges(track: otio.schema.Track, rate: Fraction, premiere: bool) -> Iterator[Fraction]:
    """Where the items of a track end, gaps apart."""
    here = Fraction(0)
    for item in _items(track):
        before, here = here, here + length_of(item, rate, premiere)
        if not isinstance(item, otio.schema.Gap):
            yield from (before, here)
