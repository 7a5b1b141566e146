"""A clip item that shows a nested sequence: where the nest stands, and what is seen through it.

Reads no sequence itself: what stands in the nest comes as a cut of its own.
"""

from dataclasses import replace
from fractions import Fraction

from ..core.cut import Cut, Nest, Note, Skipped, Use
from ..core.nests import seen_through
from ..core.rates import FrameRange
from ..core.timemap import Time
from .xmeml_clip import check_place, markers_of, skipped
from .xmeml_clock import own_frame, time_of
from .xmeml_effects import later_effects
from .xmeml_track import Placed
from .xmeml_values import Passed

_EMPTY = "a nested sequence that shows no clip here"


def read_nest(
    place: Placed, track: str, inner: Cut, grid: Fraction
) -> tuple[list[Use], list[Skipped], list[Note]]:
    """What a nest shows of the sequence `inner` in one whose rate is `grid`."""
    try:
        check_place(place)
        nest, notes = nest_of(place, track, inner, grid)
    except Passed as passed:
        one, notes = skipped(place, track, passed)
        return [], [one], notes
    name = nest.clip
    uses, passed_by, inside = seen_through(nest, _in_sight(nest, inner))
    if effects := ", ".join(later_effects(place.item)):
        message = f"{name}: {effects} will act on the styled pictures of this nest"
        notes = [*notes, Note("W-NESTFX", message, place.record.first)]
    if not uses and not passed_by:
        passed_by = [Skipped(name, track, place.record, _EMPTY)]
    return uses, passed_by, [*notes, *inside]


def nest_of(place: Placed, track: str, inner: Cut, grid: Fraction) -> tuple[Nest, list[Note]]:
    """Where a nest of the sequence `inner` stands, and what is to be noted of its clocks.

    Raises Passed where its numbers cannot be meant.
    """
    time, notes = time_of(place, grid)
    scale = inner.rate / grid
    nest = Nest(
        id=place.id,
        track=track,
        clip=place.item.value("name") or inner.sequence,
        record=place.record,
        time=_from_its_start(time if scale == 1 else time.scaled(scale), place, inner),
        head=place.head,
        tail=place.tail,
        markers=markers_of(place.item, own_frame(place.item, grid) * scale),
    )
    return nest, notes


def _from_its_start(time: Time, place: Placed, inner: Cut) -> Time:
    """The time map of a nest whose in may count from the nest's own start timecode."""
    shown = time.frames(FrameRange(0, len(place.record)))
    beyond = shown.first >= inner.frames and inner.start <= shown.first < inner.start + inner.frames
    return time.moved(-inner.start) if beyond and inner.start else time


def _in_sight(nest: Nest, inner: Cut) -> Cut:
    """The nested sequence without the clips that the nest's window does not reach at all."""
    first = nest.record.first
    window = nest.time.frames(FrameRange(nest.visible.first - first, nest.visible.stop - first))
    if window.first <= 0 and window.stop >= inner.frames:
        return inner
    uses = tuple(
        use for use in inner.uses if use.visible.first < window.stop and use.visible.stop > window.first
    )
    return replace(inner, uses=uses)
