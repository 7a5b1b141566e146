"""What one OTIO timeline uses: its layers walked from the bottom up, nests to any depth.

Each nest is read in its own frames and then seen through the place it stands at; so is a track with
a range or a speed of its own. Knows no file formats; what one clip uses is `clip`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from opentimelineio.schema import Stack, Timeline, Track

from ...core.cut import Cut, Marker, Note, Skipped, Use
from ...core.errors import TimelineError
from ...core.exchange import Reading
from ...core.nests import seen_through
from ...core.rates import FrameRange
from ..xmeml.values import Passed
from .clip import Place, nest_of, read_clip, skipped
from .dialect import OURS, dialect_of
from .layers import Layer, foreign_tracks, layers_of, nest_rate, places_of, timeline_rate
from .media import Places, called, named_media
from .times import LONGEST, counted_at, frames_at, marker_of, nearest
from .trim import Read, Standing, edl_start_of, trimmed, within
from .warp import later_effects

_DIALECT = (
    "it cannot be told how the speed changes of this timeline count their ranges; they are read as "
    "OpenTimelineIO's own. If they come from Premiere: --retime-dialect premiere"
)


@dataclass(frozen=True, slots=True)
class _Around:
    path: Path
    places: Places
    premiere: bool
    edl_start: Fraction | None


def read(timeline: Timeline, name: str, path: Path, places: Places, reading: Reading) -> Read:
    """What a timeline uses, also of the footage that was searched, which gets its editor's paths.

    Raises TimelineError where it has no rate or a clip has no length.
    """
    try:
        return _read(timeline, name, path, places, reading)
    except RecursionError as error:
        hint = "Is a sequence nested in itself?"
        what = f"timeline {name!r} is nested too deep to be read"
        raise TimelineError(what, where=str(path), hint=hint, code="E-SEQ") from error
    except (otio.exceptions.OTIOError, ValueError, OverflowError, NotImplementedError) as error:
        reason = " ".join(str(error).split())
        what = f"timeline {name!r} cannot be read: {reason}"
        raise TimelineError(what, where=str(path), hint="Export it again.", code="E-RATE") from error


def _read(timeline: Timeline, name: str, path: Path, places: Places, reading: Reading) -> Read:
    if timeline.tracks is None:
        raise ValueError("it has no tracks")
    if reading.footage:
        own = places.paths.seen_from(named_media(timeline))
        reading = replace(reading, footage=called(reading.footage, own))
        places = replace(places, footage=reading.footage)
    rate, start = timeline_rate(timeline), timeline.global_start_time
    dialect, certain = dialect_of(timeline, rate, reading)
    edl_start = edl_start_of(timeline.tracks, rate)
    around = _Around(path, places, dialect == "premiere", edl_start)
    found = trimmed(timeline.tracks, _nested(timeline.tracks, rate, around))
    doubt = () if certain else (Note("W-DIALECT", _DIALECT),)
    cut = replace(
        found.cut,
        sequence=name,
        start=nearest(counted_at(start, rate) if start else edl_start or Fraction(0)),
        notes=(*doubt, *found.cut.notes),
        picture=_picture(timeline),
        reading=reading,
    )
    return Read(cut, found.standings, dialect)


def _picture(timeline: Timeline) -> tuple[int, int] | None:
    """Width and height, where the timeline comes from Premiere's XML by our adapter; else none says so."""
    told = timeline.metadata.get(OURS)
    sides = [told.get(side) for side in ("width", "height")] if told is not None else []
    known = len(sides) == 2 and all(isinstance(side, int) and side > 0 for side in sides)
    return (sides[0], sides[1]) if known else None


def _nested(nest: Stack | Track, rate: Fraction, around: _Around) -> Read:
    """What stands in a stack, or in a track that stands for one, in its own frames."""
    read = [_layer(layer, layer.whole is nest, rate, around) for layer in layers_of(nest)]
    loose = (one for track in foreign_tracks(nest) for one in _foreign(track))
    cut = Cut(
        path=around.path,
        sequence=nest.name,
        rate=rate,
        frames=max((one.cut.frames for one in read), default=0),
        uses=tuple(use for one in read for use in one.cut.uses),
        markers=tuple(marker for one in read for marker in one.cut.markers),
        skipped=(*(each for one in read for each in one.cut.skipped), *loose),
        notes=tuple(note for one in read for note in one.cut.notes),
    )
    return Read(cut, {key: standing for one in read for key, standing in one.standings.items()})


def _layer(layer: Layer, is_nest: bool, rate: Fraction, around: _Around) -> Read:
    """One layer; where a track itself is the nest, its range, speed and markers are the nest's."""
    places = list(places_of(layer, rate, around.premiere))
    if places and places[-1].record.stop > LONGEST:
        raise ValueError(f"its layer {layer.name} is {places[-1].record.stop} frames long")
    uses: list[Use] = []
    passed: list[Skipped] = []
    notes = list(_disabled(places))
    standings: dict[str, Standing] = {}
    for place in (place for place in places if not place.is_gap):
        if isinstance(place.item, Stack | Track):
            seen, left, said, inside = _seen(place, rate, around)
            standings |= inside
        else:
            clip, said = read_clip(place, rate, around.places)
            seen, left = ([clip], []) if isinstance(clip, Use) else ([], [clip])
            standings |= {use.id: Standing(place) for use in seen}
        uses += seen
        passed += left
        notes += said
    cut = Cut(
        path=around.path,
        sequence=layer.name,
        rate=rate,
        frames=max((one.record.stop for one in (*places, *uses)), default=0),
        uses=tuple(uses),
        markers=tuple(_gap_markers(places, rate)),
        skipped=tuple(passed),
        notes=tuple(notes),
    )
    found = Read(cut, standings)
    return found if layer.track is None or is_nest else trimmed(layer.track, found, around.edl_start)


Seen = tuple[list[Use], list[Skipped], list[Note], dict[str, Standing]]


def _seen(place: Place, rate: Fraction, around: _Around) -> Seen:
    """What a nest on a track shows of what stands in it."""
    item = place.item
    assert isinstance(item, Stack | Track)
    inner_rate = nest_rate(item, rate)
    try:
        nest = nest_of(place, rate, inner_rate)
    except Passed as passed:
        left, notes = skipped(place, passed)
        return [], [left], notes, {}
    inner = _nested(item, inner_rate, around)
    uses, left, notes = seen_through(nest, inner.cut)
    if (inner.cut.uses or inner.cut.skipped) and not uses and not left:
        reason = "a nest that shows nothing of what stands in it: its range lies elsewhere"
        left = [Skipped(nest.clip, place.track, place.record, reason)]
    effects = later_effects(item)
    at = place.record.first
    notes += [Note("W-NESTFX", f"{nest.clip}: {name} acts after the style", at) for name in effects]
    return uses, left, notes, within(nest, inner, uses)


def _foreign(track: Track) -> Iterator[Skipped]:
    for clip in track.find_clips():
        yield Skipped(clip.name, "-", FrameRange(0, 0), f"unsupported: its track is of kind {track.kind!r}")


def _gap_markers(places: list[Place], rate: Fraction) -> Iterator[Marker]:
    """Markers of gaps, in the frames of their layer."""
    for place in places:
        if place.is_gap and place.item.markers:
            origin = place.item.source_range.start_time if place.item.source_range else None
            shift = place.record.first - (frames_at(origin, rate) if origin else 0)
            yield from (marker_of(marker, rate, shift) for marker in place.item.markers)


def _disabled(places: list[Place]) -> Iterator[Note]:
    clips = [place for place in places if not place.is_gap]
    for name, count in Counter(place.track for place in clips if place.track_off).items():
        yield Note("W-DISABLED", f"track {name} is disabled, its {count} clips are passed by")
    for place in clips:
        if not place.track_off and not place.item.enabled:
            message = f"{place.item.name} on {place.track} is disabled"
            yield Note("W-DISABLED", message, place.record.first)
