"""A track, or a timeline's stack, seen through its own range and speed; and where uses then stand.

Such a range works as a nest does that takes the whole of its sequence, but for the names of things.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.schema import Stack, Track

from ...core.cut import Cut, Marker, Nest, Note, Skipped, Use
from ...core.nests import seen_through
from ...core.rates import FrameRange
from ..xmeml.values import Passed
from .clip import Place, nest_of, skipped
from .dialect import Spoken
from .times import frames_at, marker_of, nearest
from .warp import later_effects


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a use stands in its document: its item's place, and the nests around it, the outer first."""

    place: Place
    nests: tuple[Nest, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A timeline as a cut, where each of its uses stands in the document, and the dialect of its speeds."""

    cut: Cut
    standings: dict[str, Standing]
    dialect: Spoken = "otio"


def within(nest: Nest, inner: Read, uses: Iterable[Use]) -> dict[str, Standing]:
    """Where the uses that a nest shows stand, from where they stand inside it."""
    standings = {}
    for use in uses:
        own = inner.standings[use.id.removeprefix(f"{nest.id}/")]
        standings[use.id] = Standing(own.place, (nest, *own.nests))
    return standings


def edl_start_of(tracks: Stack, rate: Fraction) -> Fraction | None:
    """The earliest record timecode that the published EDL adapter hid in the ranges of tracks, if it did.

    It writes the range of a track as beginning as far before 0 as its record begins behind.
    """
    hidden = [start for each in tracks if isinstance(each, Track) and (start := _hidden(each, rate))]
    return min(hidden, default=None)


def _hidden(track: Track, rate: Fraction) -> Fraction | None:
    span = track.source_range
    if span is None or not span.start_time.value < 0 or span.duration != track.available_range().duration:
        return None
    start, length = -frames_at(span.start_time, rate), frames_at(span.duration, rate)
    return start if start >= length else None


def trimmed(level: Stack | Track, found: Read, edl_start: Fraction | None = None) -> Read:
    """A track, or a timeline's stack, as it is seen through its own range and speed, with its own markers.

    `edl_start` is what `edl_start_of` found.
    """
    cut = found.cut
    markers = (*(marker_of(marker, cut.rate) for marker in level.markers), *cut.markers)
    effects = (
        f"{level.name or level.schema_name()}: {name} acts after the style" for name in later_effects(level)
    )
    notes = (*cut.notes, *(Note("W-NESTFX", message) for message in effects))
    found = Read(replace(cut, markers=markers, notes=notes), found.standings)
    timed = any(isinstance(effect, otio.schema.TimeEffect) for effect in level.effects)
    off = isinstance(level, Stack) and not level.enabled  # of a track that is off each clip has its word
    if level.source_range is None and not timed and not off:
        return found
    hidden = _hidden(level, cut.rate) if isinstance(level, Track) else None
    return _through(level, found, hidden - edl_start if hidden and edl_start else None)


def _through(level: Stack | Track, found: Read, later: Fraction | None) -> Read:
    """The level's clips in its own range; of an EDL's track, `later` frames behind the first one's."""
    cut, span = found.cut, level.source_range
    length = frames_at(span.duration, cut.rate) if span else Fraction(cut.frames)
    length += later or 0
    place = Place(level, "", "", FrameRange(0, max(0, nearest(length))), length)
    try:
        nest = replace(nest_of(place, cut.rate, cut.rate, None if later is None else -later), markers=())
    except Passed as passed:
        left = (Skipped(use.clip, use.track, use.record, str(passed)) for use in cut.uses)
        notes = (*cut.notes, *skipped(place, passed)[1])
        return Read(replace(cut, uses=(), skipped=(*cut.skipped, *left), notes=notes), {})
    uses, left, notes = seen_through(nest, replace(cut, markers=()))
    if cut.uses and not uses and not left:
        left = [replace(_out(use), track=f"/{use.track}") for use in cut.uses]
    seen = replace(
        cut,
        frames=len(place.record),
        uses=tuple(_unwrapped(use) for use in uses),
        markers=tuple(_moved(marker, nest) for marker in cut.markers),
        skipped=tuple(replace(one, track=one.track.removeprefix("/")) for one in left),
        notes=tuple(replace(note, message=note.message.removeprefix(f"in {nest.clip}: ")) for note in notes),
    )
    standings = within(nest, found, uses)
    return Read(seen, {key.removeprefix("/"): standing for key, standing in standings.items()})


def _out(use: Use) -> Skipped:
    return Skipped(use.clip, use.track, FrameRange(0, 0), "the range of its track lies elsewhere")


def _unwrapped(use: Use) -> Use:
    """A use as its own level names it, and not as one seen through a nest."""
    return replace(use, id=use.id.removeprefix("/"), track=use.track.removeprefix("/"), nests=use.nests[1:])


def _moved(marker: Marker, nest: Nest) -> Marker:
    first, speed = nest.time.frame(0), nest.time.speed
    if not speed:
        return replace(marker, span=FrameRange(0, 0))
    ends = sorted(nearest((frame - first) / speed) for frame in (marker.span.first, marker.span.stop))
    return replace(marker, span=FrameRange(*ends))
