"""What one item of an OTIO track uses: its media and time map, or why it stays on its original.

Knows OTIO's clips, effects and transitions; knows nothing of tracks, nests or timelines.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio

from ...core.cut import Nest, Note, Skipped, Transition, Use
from ...core.rates import FrameRange
from ...core.timemap import TimeMap
from ..xmeml.values import Passed
from .media import Found, Places, media_of
from .times import frames_at, marker_of, nearest
from .warp import later_effects, line, speed_of, unknown_effect

_LONGEST = 2_000_000  # record frames: nine hours at 60 a second
_FASTEST = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """An item of a track: `record` between its own ends, which take `length` record frames not rounded.

    `before` and `after` are the transitions beside it, and whether a picture stands beyond them.
    """

    item: otio.core.Item
    id: str
    track: str
    record: FrameRange
    length: Fraction
    before: tuple[otio.schema.Transition, bool] | None = None
    after: tuple[otio.schema.Transition, bool] | None = None
    track_off: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether nothing stands here."""
        return isinstance(self.item, otio.schema.Gap)


@dataclass(frozen=True, slots=True)
class Edges:
    """Where an item can be seen: a fade beside a gap begins `lead` frames before the item does."""

    record: FrameRange
    head: Transition | None
    tail: Transition | None
    lead: int


def read_clip(place: Place, rate: Fraction, places: Places) -> tuple[Use | Skipped, list[Note]]:
    """One item as a use, or as skipped with the reason, and what is to be noted of it."""
    item, at = place.item, place.record.first
    try:
        speed = playing_speed(place)
        if not isinstance(item, otio.schema.Clip):
            raise Passed(f"unsupported: a {item.schema_name()} with nothing in it")
        found = _media(item, rate, places)
        use = _use(place, rate, found, speed)
    except Passed as passed:
        return skipped(place, passed)
    doubt = f"{found.doubt}; its range is counted from the first frame"
    notes = [Note("W-PROBE", doubt, at)] if found.doubt and not use.media.unplaced else []
    notes += [
        Note("W-CLIPFX", f"{use.clip}: {name} acts after the style", at) for name in later_effects(item)
    ]
    return use, notes


def skipped(place: Place, passed: Passed) -> tuple[Skipped, list[Note]]:
    """An item that stays on its original, with the note that this is worth."""
    found = Skipped(place.item.name, place.track, place.record, str(passed))
    if not passed.code:
        return found, []
    named = place.item.name or f"a clip on {place.track}"
    return found, [Note(passed.code, f"{named}: {passed.advice or passed}", place.record.first)]


def playing_speed(place: Place) -> Fraction:
    """The speed at which an item is played. Raises Passed where it is not, or nobody knows how."""
    if place.track_off:
        raise Passed("disabled: its track is off")
    if not place.item.enabled:
        raise Passed("disabled")
    if not len(place.record):
        raise Passed("it covers no frame of the sequence")
    if len(place.record) > _LONGEST:
        raise Passed(f"unsupported: it is {len(place.record)} frames long", "E-RATE")
    speed = speed_of(place.item)
    if speed is None:
        name = unknown_effect(place.item)
        advice = (
            f"{name} changes its speed in a way this file does not tell; render and replace it in the editor"
        )
        raise Passed(f"unsupported: the time effect {name}", "E-TIMEEFFECT", advice)
    if abs(speed) > _FASTEST:
        raise Passed(f"unsupported: it plays at {float(speed) * 100:.0f} %", "E-RATE")
    return speed


def edges_of(place: Place, rate: Fraction) -> Edges:
    """The range and the transitions of an item at its cut points."""
    head, lead = _head(place, rate)
    tail, trail = _tail(place, rate)
    return Edges(FrameRange(place.record.first - lead, place.record.stop + trail), head, tail, lead)


def nest_of(place: Place, rate: Fraction, inner_rate: Fraction, begins: Fraction | None = None) -> Nest:
    """An item that holds others, as a nest of their own frames at `inner_rate`. Raises Passed.

    It begins at its own range, or at its frame `begins` where that is known better.
    """
    speed, edges, item = playing_speed(place), edges_of(place, rate), place.item
    if begins is None:
        begins = frames_at(item.source_range.start_time, inner_rate) if item.source_range else Fraction(0)
    time = line(begins, place.length, speed * inner_rate / rate)
    return Nest(
        id=place.id,
        track=place.track,
        clip=item.name or item.schema_name(),
        record=edges.record,
        time=time.later(-edges.lead),
        head=edges.head,
        tail=edges.tail,
        markers=tuple(marker_of(marker, inner_rate) for marker in item.markers),
    )


def _media(clip: otio.schema.Clip, rate: Fraction, places: Places) -> Found:
    try:
        return media_of(clip, rate, places)
    except ValueError as error:
        raise Passed(f"unsupported: of its media, {error}", "E-RATE") from error


def _use(place: Place, rate: Fraction, found: Found, speed: Fraction) -> Use:
    clip, edges = place.item, edges_of(place, rate)
    media = replace(found.media, unplaced=bool(found.doubt) and found.media.kind == "movie")
    if media.kind == "still":
        time = TimeMap(Fraction(0), Fraction(0))
    else:
        time = line(found.begins, place.length, speed * media.rate / rate).later(-edges.lead)
    return Use(
        id=place.id,
        track=place.track,
        clip=clip.name or media.name,
        record=edges.record,
        time=time,
        media=media,
        head=edges.head,
        tail=edges.tail,
        label=getattr(getattr(clip, "color", None), "name", "") or "",
        markers=tuple(marker_of(marker, media.rate, -media.start) for marker in clip.markers),
    )


def _offsets(transition: otio.schema.Transition, rate: Fraction) -> tuple[int, int]:
    before, after = (nearest(frames_at(t, rate)) for t in (transition.in_offset, transition.out_offset))
    return max(0, before), max(0, after)


def _head(place: Place, rate: Fraction) -> tuple[Transition | None, int]:
    """The transition at the head, and by how many frames a fade begins before the item does."""
    before, after = _offsets(place.before[0], rate) if place.before else (0, 0)
    if place.before is None or not before + after:
        return None, 0
    lead = min(before, max(0, place.record.first))  # nothing is seen before the first frame
    if place.before[1]:
        return (Transition("dissolve", lead, after), 0) if lead + after else (None, 0)
    return (Transition("fade", 0, lead + after), lead) if lead + after else (None, 0)


def _tail(place: Place, rate: Fraction) -> tuple[Transition | None, int]:
    """The transition at the tail, and by how many frames a fade ends after the item does."""
    before, after = _offsets(place.after[0], rate) if place.after else (0, 0)
    if place.after is None or not before + after:
        return None, 0
    if place.after[1]:
        return Transition("dissolve", before, after), 0
    return Transition("fade", before + after, 0), after
