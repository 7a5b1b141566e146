"""Moves the clock of a clip item from one media file to another that begins elsewhere in the same source.

In, out, ticks, the speed graph, keyframes, subclip and markers, so that every record frame goes on
showing the moment of the source that it showed. Lengths are counted in frames of the grid, the
sequence's rate. Knows numbers of a clip item; knows nothing of files, tracks or nests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from ...core.rates import FrameRange
from ..premiere.numbers import frames_of, ticks
from .clock import own_frame
from .edits import Edit, removed, set_text
from .grain import axis_speed
from .graph import Span, moved_graph
from .speed import is_frozen, remap_of, speed_effect
from .track import Placed
from .tree import Element
from .values import number

_TICKS = ("pproTicksIn", "pproTicksOut")


@dataclass(frozen=True, slots=True)
class Shift:
    """The new media begins `begins` after the old one (before it, below 0) and lasts `length`.

    `was` is the old one's length, None where nobody knows it.
    """

    begins: Fraction
    length: Fraction
    was: Fraction | None

    @property
    def nothing(self) -> bool:
        """Whether both are the same stretch of their source, so that no clock moves."""
        return not self.begins and self.was is not None and abs(self.length - self.was) < 1


@dataclass(frozen=True, slots=True)
class Clock:
    """The edits of a clip item's clock, and where its `in` stands then."""

    edits: tuple[Edit, ...]
    first: int


def unmoved(item: Element) -> Clock:
    """The clock of a clip item as it is."""
    return Clock((), number(item, "in") or 0)


def shifted(data: bytes, place: Placed, shift: Shift, grid: Fraction) -> Clock:
    """A clip item on the new media's clock. Ticks and graph stay exact.

    A clip of which a nest shows only a part loses at its head what the new media does not have.
    """
    item = place.item
    own = own_frame(item, grid)
    taken = _of_subclip(item, shift, own)
    rest = shift.begins - taken * own  # what in, out, ticks and the graph move by
    old_in, before = number(item, "in") or 0, _before(item, own, taken)
    longer = shift.length - shift.was if shift.was is not None else None
    graph = moved_graph(data, item, rest, Span(-before, shift.length - before, longer))
    new_in = old_in - graph.axis if graph else _in(item, rest, own, grid)
    lasts_as_graph = graph and graph.old_end == number(item, "duration")
    duration = graph.end if graph and lasts_as_graph else _duration(item, shift, own)
    values = {"in": new_in, "out": new_in + (number(item, "out") or 0) - old_in, "duration": duration}
    whole = round(shift.begins / own)
    if is_frozen(item) and (chosen := number(item, "stillframeoffset")):
        values["stillframeoffset"] = max(0, chosen - whole)
    values |= _ticks(item, shift, rest, own, grid)
    if new_in < 0 <= old_in and not graph:
        values |= _later(place, values, own, grid)
    edits = [*_texts(item, values), *(graph.edits if graph else ())]
    edits += _subclip_edits(item, shift, taken, own)
    edits += _keyframes(item, old_in - new_in)
    for marker in item.all("marker"):
        edits += _marker(data, marker, whole, ceil(shift.length / own))
    return Clock(tuple(edits), new_in)


def unwound(data: bytes, item: Element, frames: FrameRange, length: Fraction, grid: Fraction) -> Clock:
    """A clip item that plays the frames `frames` of new media, which lasts `length`, as they come.

    Its speed and its freeze go: the new media has them in its pictures.
    """
    own, old_in = own_frame(item, grid), number(item, "in") or 0
    first, stop = round(frames.first / own), ceil(frames.stop / own)
    values = {"in": first, "out": stop, "duration": round(length / own)}
    values |= dict(zip(_TICKS, (ticks(frames.first, grid), ticks(frames.stop, grid)), strict=True))
    edits = list(_texts(item, values))
    effect = speed_effect(item)
    edits += [removed(data, each) for each in item.all("filter") if effect and each.find("effect") is effect]
    edits += [removed(data, each) for tag in ("stillframe", "stillframeoffset") for each in item.all(tag)]
    edits += _keyframes(item, old_in - first)
    for marker in item.all("marker"):
        edits += _marker(data, marker, old_in - first, round(length / own))
    return Clock(tuple(edits), first)


def _texts(item: Element, values: dict[str, int]) -> Iterator[Edit]:
    for tag, value in values.items():
        if number(item, tag) != value:
            yield from set_text(item.find(tag), str(value))


def _in(item: Element, rest: Fraction, own: Fraction, grid: Fraction) -> int:
    """In moves along; where ticks say otherwise than in, it follows them."""
    frame, spans, remap = own * axis_speed(item), _spans(item), remap_of(item)
    free = number(item, "subclipinfo", "startoffset") or is_frozen(item) or (remap and remap.reverse)
    if spans and not free:
        return round((frames_of(min(spans.values()), grid) - rest) / frame)
    return (number(item, "in") or 0) - round(rest / frame)


def _spans(item: Element) -> dict[str, int]:
    """The ticks of a clip item that has both."""
    found = {tag: value for tag in _TICKS if (value := number(item, tag)) is not None}
    return found if len(found) == 2 else {}


def _ticks(item: Element, shift: Shift, rest: Fraction, own: Fraction, grid: Fraction) -> dict[str, int]:
    """Ticks count within a subclip or in all of the media, whichever in agrees with."""
    spans = _spans(item)
    if not spans:
        return {}
    offset = (number(item, "subclipinfo", "startoffset") or 0) * own
    beyond = frames_of(min(spans.values()), grid) - (number(item, "in") or 0) * own * axis_speed(item)
    by = rest if abs(beyond) <= abs(beyond - offset) else shift.begins
    return {tag: old - ticks(by, grid) for tag, old in spans.items()}


def _later(place: Placed, values: Mapping[str, int], own: Fraction, grid: Fraction) -> dict[str, int]:
    """What begins a clip later by what its in lies before the media, where nothing hangs on its start."""
    start, remap, late = number(place.item, "start"), remap_of(place.item), -values["in"]
    turned = is_frozen(place.item) or (remap is not None and remap.reverse)
    if place.head or start is None or start < 0 or turned or (own != 1 and late * own % 1):
        return {}
    found, frame = {"in": 0, "start": start + int(late * own)}, own * axis_speed(place.item)
    if _TICKS[0] in values:
        if abs(frames_of(values[_TICKS[0]], grid) + late * frame) > frame:
            return {}  # in and ticks do not speak of the same speed
        found[_TICKS[0]] = values[_TICKS[0]] + ticks(late * frame, grid)
    return found


def _duration(item: Element, shift: Shift, own: Fraction) -> int:
    return round(shift.length / own / axis_speed(item))


def _before(item: Element, own: Fraction, taken: int) -> Fraction:
    """Where a subclip begins in the new media."""
    return ((number(item, "subclipinfo", "startoffset") or 0) - taken) * own


def _of_subclip(item: Element, shift: Shift, own: Fraction) -> int:
    """How much of the shift a subclip's own offset can take, in frames of the clip."""
    offset = number(item, "subclipinfo", "startoffset")
    return min(round(shift.begins / own), offset) if offset else 0


def _subclip_edits(item: Element, shift: Shift, taken: int, own: Fraction) -> Iterator[Edit]:
    subclip = item.find("subclipinfo")
    if subclip is None:
        return
    offset, behind = number(subclip, "startoffset"), number(subclip, "endoffset")
    if offset and taken:
        yield from set_text(subclip.find("startoffset"), str(offset - taken))
    if behind and shift.was is not None:
        cut_off = round((shift.was - shift.begins - shift.length) / own)
        if cut_off:
            yield from set_text(subclip.find("endoffset"), str(max(0, behind - cut_off)))


def _keyframes(item: Element, by: int) -> Iterator[Edit]:
    """The keyframes of all filters but the speed's, `by` frames earlier on the axis of in and out."""
    speed = speed_effect(item)
    for filter_ in item.all("filter") if by else ():
        if speed is not None and filter_.find("effect") is speed:
            continue
        for element in filter_.walk():
            if element.tag == "when" and (old := number(element)) is not None:
                yield from set_text(element, str(old - by))


def _marker(data: bytes, marker: Element, shift: int, frames: int) -> Iterator[Edit]:
    """A clip marker on the new clock; one that stands wholly outside the new media goes."""
    first, stop = number(marker, "in"), number(marker, "out")
    if first is None or first < 0:
        return
    if stop is None or stop < first:
        stop = first
    span = FrameRange(first - shift, stop - shift)
    if span.first >= frames or span.stop < 0 or (span.stop == 0 and len(span)):
        yield removed(data, marker)
        return
    kept = span.clamped(FrameRange(0, frames))
    if kept.first != first:
        yield from set_text(marker.find("in"), str(kept.first))
    if stop > first and kept.stop != stop:
        yield from set_text(marker.find("out"), str(kept.stop))
