"""Which media frame a clip item shows when: its two clocks and its speed as one time map.

In and out count on the clip's own rate and after the speed, ticks count the media, a graph leads from
the one to the other. Ticks win over in and out, a graph wins over both. Media frames are counted on
the sequence's grid. Knows nothing of files but the rate that a document says one plays at.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

from ...core.cut import Note
from ...core.rates import FrameRange
from ...core.timemap import Graph, Time, TimeMap
from ..premiere.numbers import TICKS_PER_SECOND
from .speed import FASTEST, Key, Remap, is_frozen, remap_of
from .track import Placed
from .tree import Element
from .values import FARTHEST, Passed, is_cut_off, number, rate_of

_NUDGE = Fraction(1, 1_000_000)
_MOST = 5_000_000  # frames of its media that a clip needs: a day at 60 a second
_ALIKE = Fraction(1, 1000)  # relative: slopes of one graph that differ by their rounding alone
_ROUNDED = Fraction(1, 5000)  # relative: how far a per cent may be from the speed it was written for


@dataclass(frozen=True, slots=True)
class _Axis:
    """A clip item's numbers in frames of the sequence's grid.

    `own` is the length of one frame of in and out, `offset` where a subclip begins in its media,
    `loose` how far two spans may differ by being rounded to frames of the clip or of its file.
    """

    first: Fraction
    stop: Fraction
    ticks: tuple[Fraction, Fraction] | None
    own: Fraction
    offset: Fraction
    loose: Fraction


def time_of(place: Placed, grid: Fraction, plays: Fraction | None = None) -> tuple[Time, list[Note]]:
    """The time map of a clip item, counted at `grid`, the sequence's rate, and what is to be noted of it.

    `plays` is the rate at which its file's own frames play. Raises Passed where its numbers cannot be meant.
    """
    ahead, remap = place.record.first - place.covered.first, remap_of(place.item)
    if remap is None and (first := _plain(place, grid)) is not None:
        return TimeMap(Fraction(first + ahead)), []
    axis, notes = _axis(place.item, grid, plays), []
    if is_frozen(place.item) or (remap and not remap.keys and remap.speed == 0):
        time: Time = TimeMap(_frozen(place.item, axis, grid), Fraction(0))
    elif remap and remap.keys:
        time = _graphed(axis, remap.keys, len(place.covered), ahead)
    else:
        time, notes = _straight(place, axis, remap, ahead)
    if abs(time.speed) > FASTEST:
        raise Passed(f"unsupported: a speed of {float(100 * time.speed):g} per cent")
    needed = time.frames(FrameRange(-ahead, len(place.covered) - ahead))
    if max(-needed.first, needed.stop) > FARTHEST or len(needed) > _MOST:
        raise Passed("unsupported: it runs through more frames than any media has")
    return time, notes


def _plain(place: Placed, grid: Fraction) -> int | None:
    """The media frame of a clip's in, where all its numbers are whole and agree; most clips are like that."""
    item, span = place.item, len(place.covered)
    first, stop = number(item, "in"), number(item, "out")
    if first is None or stop != first + span or not 0 <= first <= FARTHEST or own_frame(item, grid) != 1:
        return None
    begin, end = number(item, "pproTicksIn"), number(item, "pproTicksOut")
    agree = begin is None or end is None or (_frames(begin, grid) == first and _frames(end, grid) == stop)
    return None if not agree or is_frozen(item) or item.find("subclipinfo") else first


def own_frame(item: Element, grid: Fraction) -> Fraction:
    """How many frames of the sequence one frame of a clip item's in, out and markers lasts."""
    rate = rate_of(item)
    return Fraction(1) if rate is None or rate == grid or is_cut_off(rate) else grid / rate


def _axis(item: Element, grid: Fraction, plays: Fraction | None) -> _Axis:
    own = own_frame(item, grid)
    first, stop = number(item, "in"), number(item, "out")
    if first is None or stop is None:
        raise Passed("unsupported: its in or out is not a whole number of frames")
    loose = max(Fraction(1), own, grid / plays if plays else Fraction(0))
    offset = (number(item, "subclipinfo", "startoffset") or 0) * own
    begin, end = number(item, "pproTicksIn"), number(item, "pproTicksOut")
    ticks = None
    if begin is not None and end is not None and begin != end:
        ticks = _frames(min(begin, end), grid), _frames(max(begin, end), grid)
    elif first == stop == -1:
        raise Passed("unsupported: its in and out are not set")
    return _Axis(first * own, stop * own, ticks, own, offset, loose)


def _frames(ticks: int, grid: Fraction) -> Fraction:
    """The frames that so many ticks are, whole where only their own rounding keeps them from being so."""
    frame = TICKS_PER_SECOND * grid.denominator
    whole, rest = divmod(ticks * grid.numerator, frame)
    if min(rest, frame - rest) * _NUDGE.denominator < frame:
        return Fraction(whole + (2 * rest > frame))
    return Fraction(ticks * grid.numerator, frame)


def _within(axis: _Axis, position: Fraction, said: Fraction) -> Fraction:
    """A position in the media where it may be meant within a subclip, as `said` is."""
    inside = abs(position - said) <= abs(position - said - axis.offset)
    return position + axis.offset if inside else position


def _frozen(item: Element, axis: _Axis, grid: Fraction) -> Fraction:
    chosen, begin = number(item, "stillframeoffset"), number(item, "pproTicksIn")
    if chosen:
        return chosen * axis.own
    position = axis.first if begin is None else _frames(begin, grid)
    return _within(axis, position, axis.first)


def _graphed(axis: _Axis, keys: tuple[Key, ...], span: int, ahead: int) -> Time:
    """The graph from the cut on: a straight line where it is one as far as the clip is seen."""
    cut = axis.first + ahead
    moved = tuple((when * axis.own - cut, value + axis.offset) for when, value in keys)
    graph = Graph(moved)
    slopes = [(high - low) / (end - start) for (start, low), (end, high) in pairwise(moved)]
    borders = [moved[1][0]] + [start for start, _ in moved[1:-1]]
    first = max((at for at, start in enumerate(borders) if at and start <= -ahead), default=0)
    edge = span - ahead - 1  # the last frame seen; a key on it matters where the graph falls to it or from it
    falls = [min(pair) < 0 for pair in pairwise([slopes[0], *slopes])]
    last = max(
        (at for at, start in enumerate(borders) if at and (start < edge or (start == edge and falls[at]))),
        default=0,
    )
    if any(slope != slopes[first] for slope in slopes[first : last + 1]):
        return graph
    slope, (start, low) = slopes[first], moved[first]
    position = low - start * slope
    if slope >= 0:
        return TimeMap(position, slope)
    straight = all(abs(each - slope) <= _ALIKE * -slope for each in slopes)
    return TimeMap(_shown_before(position), slope) if straight else graph


def _shown_before(edge: Fraction) -> Fraction:
    """The frame that a reversed clip shows first, which lies before the edge it starts from."""
    return Fraction(ceil(edge - _NUDGE) - 1)


def _straight(place: Placed, axis: _Axis, remap: Remap | None, ahead: int) -> tuple[Time, list[Note]]:
    """Constant speed, told by a per cent or by what fills what."""
    span = len(place.covered)
    speed = _speed(axis, remap.speed if remap else None, span)
    retimed = speed if remap and remap.speed is not None else Fraction(1)
    said = axis.first * retimed, axis.stop * retimed
    low, high = axis.ticks or said
    if remap and remap.reverse:
        edge = _within(axis, high, said[1]) - ahead * speed
        return TimeMap(_shown_before(edge), -speed), [] if axis.ticks else [_undecided(place)]
    first = _within(axis, low, said[0]) + ahead * speed
    agree = axis.ticks is None or _agree(axis, axis.ticks, speed)
    return TimeMap(first, speed), [] if agree else [_disagreement(place)]


def _speed(axis: _Axis, wanted: Fraction | None, span: int) -> Fraction:
    """Media frames per record frame, without a sign. `wanted` is what a filter says, rounded perhaps."""
    low, high = axis.ticks or (axis.first, axis.stop)
    filled = high - low
    if wanted is None:
        if filled <= 0:
            raise Passed("unsupported: its out does not lie behind its in")
        return Fraction(1) if abs(filled - span) <= axis.loose + _NUDGE else filled / span
    if axis.ticks is None:
        return wanted
    if abs(filled - wanted * span) > axis.loose + 2 * wanted:
        return filled / span
    if (wanted * 10_000).denominator == 1 or axis.stop <= axis.first:
        return wanted
    exact = min((filled / (axis.stop - axis.first), filled / span), key=lambda each: abs(each - wanted))
    return exact if abs(exact - wanted) <= _ROUNDED * wanted else wanted


def _agree(axis: _Axis, ticks: tuple[Fraction, Fraction], speed: Fraction) -> bool:
    """Whether in and out say what the ticks say to less than a frame, of the media's or retimed ones."""
    whole = Fraction(0) if axis.own == 1 else axis.own  # out is rounded once more with the clip's length
    for factor in (Fraction(1), speed):
        inside = axis.loose * max(Fraction(1), factor)
        away = ticks[0] - axis.first * factor, ticks[1] - axis.stop * factor
        for offset in {Fraction(0), axis.offset}:
            if abs(away[0] - offset) < inside and abs(away[1] - offset) < inside + whole:
                return True
    return False


def _disagreement(place: Placed) -> Note:
    message = f"{place.item.value('name')}: in and out do not say what the ticks say; the ticks are taken"
    return Note("W-TICKS", message, place.record.first)


def _undecided(place: Placed) -> Note:
    name = place.item.value("name")
    message = f"{name} runs backwards, and its in and out may count from either end: from the start is taken"
    return Note("W-DIALECT", message, place.record.first)
