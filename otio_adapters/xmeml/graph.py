"""Moves the graph of a clip's speed to media that begins elsewhere. Knows keyframes and nothing else.

`when` counts on the axis of in and out, `value` frames of the grid in the media. Values move by what
the media begins later. What lies outside the new media gives way to a key at its edge, on the same line,
so that no record frame shows another moment; the axis begins there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from ..premiere.filters import decimal as text_of
from .edits import Edit, removed, set_text
from .speed import remap_of, speed_effect
from .tree import Element
from .values import decimal, number

_ALIKE = Fraction(1, 1000)  # relative: slopes that differ by their rounding alone
_ANCHORS = ("speedkfstart", "speedkfend")


@dataclass(frozen=True, slots=True)
class Span:
    """What the new media has, on the graph's own values: `low` … `high`, `longer` than the old one."""

    low: Fraction
    high: Fraction
    longer: Fraction | None


@dataclass(frozen=True, slots=True)
class MovedGraph:
    """A graph's edits. In and out move `axis` frames back; its last key moves from `old_end` to `end`."""

    edits: tuple[Edit, ...]
    axis: int
    old_end: Fraction
    end: int


@dataclass(frozen=True, slots=True)
class _Key:
    """A keyframe; `anchor` says that an editor put it where the media begins or ends."""

    when: Fraction
    value: Fraction
    element: Element
    anchor: bool


def moved_graph(data: bytes, item: Element, rest: Fraction, media: Span) -> MovedGraph | None:
    """The graph of a clip item on media that begins `rest` later; None where there is no graph."""
    effect, remap = speed_effect(item), remap_of(item)
    if effect is None or remap is None or not remap.keys:
        return None
    graph = next(each for each in effect.all("parameter") if each.value("parameterid").lower() == "graphdict")
    rest = Fraction(text_of(rest))  # as exact as a document can say it, and alike for every key
    old, doubles = _keys_of(graph, dict(remap.keys))
    first, stop = number(item, "in") or 0, number(item, "out") or 0
    moved = [replace(key, value=key.value - rest) for key in old]
    keys = _anchored(moved, first, media)
    keys = _mirrored(_anchored(_mirrored(keys), -max(first, stop - 1), media))
    if _is_straight(keys) and not _is_straight(moved):  # it would be read as another kind of reverse
        keys = moved
    axis = int(keys[0].when - old[0].when)
    left = {id(key.element) for key in keys}
    gone = doubles + [key.element for key in old if id(key.element) not in left]
    edits = [removed(data, each) for each in gone]
    for key in keys:
        edits += _set(key.element.find("when"), key.when - axis)
        edits += _set(key.element.find("value"), key.value)
    limit = decimal(graph, "valuemax")
    if limit is not None:
        edits += _set(
            graph.find("valuemax"), Fraction(floor(limit + media.longer if media.longer else media.high))
        )
    return MovedGraph(tuple(edits), axis, old[-1].when, ceil(keys[-1].when) - axis)


def _set(element: Element | None, value: Fraction) -> list[Edit]:
    if element is None or decimal(element) == value:
        return []
    return set_text(element, text_of(value))


def _keys_of(graph: Element, meant: Mapping[Fraction, Fraction]) -> tuple[list[_Key], list[Element]]:
    """The keys that are meant, by rising frame, and those that stand at the frame of a later one."""
    found: dict[Fraction, _Key] = {}
    doubles = []
    for element in graph.all("keyframe"):
        when, value = decimal(element, "when"), decimal(element, "value")
        if when is None or value is None or when not in meant:
            continue
        if when in found:
            doubles.append(found[when].element)
        anchor = any(element.value(each).upper() == "TRUE" for each in _ANCHORS)
        found[when] = _Key(when, value, element, anchor)
    return [found[when] for when in sorted(found)], doubles


def _is_straight(keys: Sequence[_Key]) -> bool:
    slopes = [(after.value - key.value) / (after.when - key.when) for key, after in pairwise(keys)]
    return all(abs(each - slopes[0]) <= _ALIKE * abs(slopes[0]) for each in slopes)


def _mirrored(keys: Sequence[_Key]) -> list[_Key]:
    return [replace(key, when=-key.when) for key in reversed(keys)]


def _anchored(keys: list[_Key], at: int, media: Span) -> list[_Key]:
    """The keys from the edge of the media that lies before frame `at`; those beyond it are gone.

    Where the first key is an anchor it goes to that edge, as far as its line leads there.
    """
    under = max([index for index, key in enumerate(keys[:-1]) if key.when <= at], default=0)
    for index in range(under, -1, -1):
        key, following = keys[index], keys[index + 1]
        slope = (following.value - key.value) / (following.when - key.when)
        if index and media.low - abs(slope) <= key.value <= media.high + abs(slope):
            continue
        edge = _edge(key, slope, media)
        if not slope or abs(key.value - edge) <= abs(slope) or not (key.anchor or _outside(key, media)):
            return keys[:]
        when = ceil(key.when + (edge - key.value) / slope)
        when = min(when, ceil(following.when) - 1, at if at > key.when else when)
        if when <= key.when and _outside(key, media):
            return keys[:]
        element = keys[0].element if keys[0].anchor else key.element
        value = key.value + (when - key.when) * slope
        return [_Key(Fraction(when), value, element, keys[0].anchor), *keys[index + 1 :]]
    return keys[:]


def _outside(key: _Key, media: Span) -> bool:
    return not media.low <= key.value <= media.high


def _edge(key: _Key, slope: Fraction, media: Span) -> Fraction:
    """The edge of the media that a line comes from; for a key outside of it the nearer one."""
    if _outside(key, media):
        return media.low if key.value < media.low else media.high
    return media.low if slope > 0 else media.high
