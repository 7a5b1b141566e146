"""Crossfaded audio of xmeml: where its cuts stand.

Under a crossfade Premiere writes no transition item and no edge of -1: the clips overlap in record time,
their in and out hold the handles, and their ticks the frames between the cut points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from ...core.cut import Transition
from ...core.rates import FrameRange
from ..premiere.numbers import frames_of
from .track import Placed
from .values import number


@dataclass(frozen=True, slots=True)
class _Heard:
    """An item between its cut points, and the frames of crossfades that its in and out hold besides."""

    place: Placed
    before: int = 0
    after: int = 0


def crossfaded(places: Sequence[Placed], rate: Fraction) -> list[Placed]:
    """The items of an audio track, those that are crossfaded at their cut points with the transition."""
    heard = [_heard(place, rate) for place in places]
    found = list(places)
    for at, (left, right) in enumerate(pairwise(heard)):
        meets = left.place.record.stop == right.place.record.first
        if meets and (left.after or right.before):
            joint = Transition("dissolve", right.before, left.after)
            found[at] = replace(left.place, head=found[at].head, tail=joint)
            found[at + 1] = replace(right.place, head=joint)
    return found


def _heard(place: Placed, rate: Fraction) -> _Heard:
    item = place.item
    first, stop = number(item, "in"), number(item, "out")
    begin, end = number(item, "pproTicksIn"), number(item, "pproTicksOut")
    plain = not (place.head or place.tail or place.trouble or item.find("filter"))
    if not plain or first is None or stop is None or begin is None or end is None:
        return _Heard(place)
    low, high = frames_of(begin, rate), frames_of(end, rate)
    before, after = low - first, stop - high
    whole = low.denominator == high.denominator == 1 and low < high
    if not whole or min(before, after) < 0 or stop - first != len(place.record):
        return _Heard(place)
    record = FrameRange(place.record.first, place.record.first + int(high - low))
    return _Heard(replace(place, record=record, covered=record), int(before), int(after))
