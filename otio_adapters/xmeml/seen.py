"""A clip item that shows a nested sequence: where the nest stands, and what is seen through it.

Reads no sequence itself: what stands in the nest comes as a cut of its own.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from ...core.cut import Cut, Nest, Note, Skipped, Use
from ...core.errors import TimelineError
from ...core.nests import seen_through
from ...core.rates import FrameRange
from ...core.timemap import Time
from .clip import check_place, markers_of, skipped
from .clock import own_frame, time_of
from .effects import later_effects
from .track import Placed
from .values import Passed

UNTANGLE = "Take the nests apart in Premiere and export again."
_EMPTY = "a nested sequence that shows no clip here"


@dataclass(frozen=True, slots=True)
class Inside:
    """A nested sequence, and from which to which of its frames each of its clips and of those that were
    passed by is seen: a nest that is cut into a thousand pieces asks a thousand times."""

    cut: Cut
    uses: tuple[tuple[int, int], ...]
    skipped: tuple[tuple[int, int], ...]


def inside_of(cut: Cut) -> Inside:
    """A sequence as nests ask for it."""
    uses = tuple((seen.first, seen.stop) for seen in (use.visible for use in cut.uses))
    return Inside(cut, uses, tuple((one.record.first, one.record.stop) for one in cut.skipped))


@dataclass(slots=True)
class Patience:
    """How much may still be looked for in nests; every look is one, and one more for each nest within."""

    left: int

    def look(self, cut: Cut) -> None:
        """Raises TimelineError where nests have multiplied beyond all patience."""
        self.left -= len(cut.skipped) + len(cut.notes) + sum(1 + len(use.nests) for use in cut.uses)
        if self.left < 0:
            what = f"nests in nests show more clips than anyone can cut, at {cut.sequence!r}"
            raise TimelineError(what, where=str(cut.path), hint=UNTANGLE, code="E-SEQ")


def read_nest(
    place: Placed, track: str, inside: Inside, grid: Fraction, patience: Patience
) -> tuple[list[Use], list[Skipped], list[Note]]:
    """What a nest shows of the sequence inside it, in one whose rate is `grid`.

    Raises TimelineError where there is more in it than there is `patience`.
    """
    inner = inside.cut
    try:
        check_place(place)
        nest, notes = nest_of(place, track, inner, grid)
    except Passed as passed:
        one, notes = skipped(place, track, passed)
        return [], [one], notes
    name = nest.clip
    in_sight = _in_sight(nest, inside)
    patience.look(in_sight)
    uses, passed_by, said = seen_through(nest, in_sight)
    if effects := ", ".join(later_effects(place.item)):
        message = f"{name}: {effects} will act on the styled pictures of this nest"
        notes = [*notes, Note("W-NESTFX", message, place.record.first)]
    if not uses and not passed_by:
        passed_by = [Skipped(name, track, place.record, _EMPTY)]
    return uses, passed_by, [*notes, *said]


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


def _in_sight(nest: Nest, inside: Inside) -> Cut:
    """The nested sequence without what the nest's window does not reach at all."""
    cut, first = inside.cut, nest.record.first
    window = nest.time.frames(FrameRange(nest.visible.first - first, nest.visible.stop - first))
    begin, end = window.first, window.stop
    uses = (
        use for use, (start, stop) in zip(cut.uses, inside.uses, strict=True) if start < end and stop > begin
    )
    skipped = zip(cut.skipped, inside.skipped, strict=True)
    return replace(
        cut,
        uses=tuple(uses),
        skipped=tuple(one for one, (start, stop) in skipped if start < end and stop >= begin),
        notes=tuple(note for note in cut.notes if note.record is None or begin <= note.record < end),
    )
