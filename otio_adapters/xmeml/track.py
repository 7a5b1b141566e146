"""Where the items of an xmeml track stand: edges of -1, transitions, the ranges at the cut points.

Knows record frames and what `in` stands over; knows nothing of media, rates of files or sequences.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Literal

from ...core.cut import Transition
from ...core.rates import FrameRange
from ..premiere.numbers import frames_of
from .tree import Element
from .values import number

ITEMS = ("clipitem", "generatoritem", "transitionitem")
_NUDGE = Fraction(1, 1_000_000)
_LONGEST = 100_000_000  # frames: four days at 240 a second


@dataclass(frozen=True, slots=True)
class Placed:
    """An item of a track: `record` at its cut points, `covered` as far as its in and out reach.

    `trouble` says why its edges cannot be told; its ranges are then a guess for messages.
    """

    item: Element
    id: str
    record: FrameRange
    covered: FrameRange
    head: Transition | None = None
    tail: Transition | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Join:
    start: int
    end: int
    cut: int
    alignment: str
    kind: Literal["dissolve", "fade"] = "dissolve"


@dataclass(frozen=True, slots=True)
class _Edge:
    cut: int
    covered: int
    transition: Transition | None = None


def placed(track: Element, name: str, rate: Fraction, taken: set[str]) -> list[Placed]:
    """The clips and generators of a track, by their place in time. Other tools write them in any order.

    An item's id is its own where it has one that is not in `taken` (which grows), else `V1/3`. An own
    id with a slash would read like a way through nests, and is not taken.
    """
    items = [child for child in track.children if child.tag in ITEMS]
    found = []
    for index, item in enumerate(items):
        if item.tag == "transitionitem":
            continue
        own = item.attributes.get("id", "")
        item_id = own if own and "/" not in own and own not in taken else f"{name}/{index + 1}"
        taken.add(item_id)
        found.append(_place(items, index, item_id, rate))
    return sorted(found, key=lambda place: (place.record.first, place.record.stop))


def _place(items: list[Element], index: int, item_id: str, rate: Fraction) -> Placed:
    item = items[index]
    start, end = number(item, "start"), number(item, "end")
    before = _neighbour(items, index, -1, rate)
    after = _neighbour(items, index, 1, rate)
    head, tail = _head(start, before), _tail(end, after)
    if head is None or tail is None:
        edge = "start" if head is None else "end"
        guess = _guess(_seen(start, before), _seen(end, after))
        why = f"unsupported: its {edge} is {item.value(edge) or 'empty'} and no transition stands beside it"
        return Placed(item, item_id, guess, guess, trouble=why)
    if tail.covered > _LONGEST:
        guess = _guess(head.cut, None)
        return Placed(item, item_id, guess, guess, trouble="unsupported: it ends beyond any sequence")
    if head.covered >= tail.covered:
        guess = _guess(head.cut, tail.cut)
        return Placed(item, item_id, guess, guess, trouble="unsupported: it covers no frame of the sequence")
    if head.cut >= tail.cut:
        head, tail = _squeezed(head, tail)
    record, covered = FrameRange(head.cut, tail.cut), FrameRange(head.covered, tail.covered)
    return Placed(item, item_id, record, covered, head.transition, tail.transition)


def _squeezed(head: _Edge, tail: _Edge) -> tuple[_Edge, _Edge]:
    """The edges of a clip that is all transition: its cut points meet, or have passed each other.

    It keeps one record frame of its own, and is seen as far as before.
    """
    cut = min(max(head.cut, head.covered), tail.covered - 1)
    ends = head.transition or Transition("fade", 0, 0), tail.transition or Transition("fade", 0, 0)
    into = _transition(ends[0].kind, cut - head.covered, max(0, head.cut + ends[0].after - cut))
    out = _transition(ends[1].kind, max(0, cut + 1 - tail.cut + ends[1].before), tail.covered - cut - 1)
    return _Edge(cut, head.covered, into), _Edge(cut + 1, tail.covered, out)


def _seen(position: int | None, join: _Join | None) -> int | None:
    return join.cut if position == -1 and join else position


def _guess(first: int | None, stop: int | None) -> FrameRange:
    first = min(max(0, (first if first is not None else stop) or 0), _LONGEST)
    return FrameRange(first, max(first, min(stop or 0, _LONGEST)))


def _neighbour(items: list[Element], index: int, step: int, rate: Fraction) -> _Join | None:
    """The transition right before or after an item; a fade where no clip stands beyond it."""
    beside, beyond = index + step, index + 2 * step
    if not 0 <= beside < len(items) or items[beside].tag != "transitionitem":
        return None
    join = items[beside]
    start, end = number(join, "start"), number(join, "end")
    if start is None or end is None or not 0 <= start < end <= _LONGEST:
        return None
    alignment = join.value("alignment").lower()
    found = _Join(start, end, _cut_point(join, start, end, alignment, rate), alignment)
    meets = 0 <= beyond < len(items) and _reaches(items[beyond], "end" if step < 0 else "start", found)
    return found if meets and not alignment.endswith("-black") else replace(found, kind="fade")


def _reaches(item: Element, edge: Literal["start", "end"], join: _Join) -> bool:
    return item.tag != "transitionitem" and _is_under(join, edge, number(item, edge))


def _is_under(join: _Join, edge: Literal["start", "end"], position: int | None) -> bool:
    """Whether an edge of a clip lies under a transition.

    A clip that only touches it belongs to it where the cut is there too; else it stands beside it.
    """
    if position is None or position == -1:
        return position == -1
    touched = join.start if edge == "end" else join.end
    return position == join.cut if position == touched else join.start <= position <= join.end


def _cut_point(join: Element, start: int, end: int, alignment: str, rate: Fraction) -> int:
    """Where the cut stands under a transition: `cutPointTicks` count from its start."""
    ticks = number(join, "cutPointTicks")
    if ticks is not None:
        cut = start + floor(frames_of(ticks, rate) + _NUDGE)
        if start <= cut <= end:
            return cut
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else start + (end - start) // 2


def _head(position: int | None, join: _Join | None) -> _Edge | None:
    owned = join is not None and _owns(join, "start", position, "end-black")
    if position is None or position < -1 or (position == -1 and not owned):
        return None
    if join is None or not owned:
        return _Edge(position, position)
    covered = join.start if position == -1 else position
    if join.kind == "fade":
        return _Edge(covered, covered, _transition("fade", 0, join.end - covered))
    return _Edge(join.cut, covered, _transition("dissolve", join.cut - join.start, join.end - join.cut))


def _tail(position: int | None, join: _Join | None) -> _Edge | None:
    owned = join is not None and _owns(join, "end", position, "start-black")
    if position is None or position < -1 or (position == -1 and not owned):
        return None
    if join is None or not owned:
        return _Edge(position, position)
    covered = join.end if position == -1 else position
    if join.kind == "fade":
        return _Edge(covered, covered, _transition("fade", covered - join.start, 0))
    return _Edge(join.cut, covered, _transition("dissolve", join.cut - join.start, join.end - join.cut))


def _owns(join: _Join, edge: Literal["start", "end"], position: int | None, others: str) -> bool:
    """Whether an edge stands under a transition, and not beside one that is its neighbour's alone."""
    return _is_under(join, edge, position) and join.alignment != others


def _transition(kind: Literal["dissolve", "fade"], before: int, after: int) -> Transition | None:
    return Transition(kind, before, after) if before + after > 0 else None
