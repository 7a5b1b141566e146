"""A track of styled copies above a track of originals, and the opacity that ramps over them.

Copies keep their edges, transitions, motion and speed; they lose their links, as the originals keep
theirs. Knows tracks and filters; knows nothing of media.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction

from ..premiere.parts import leaf, node
from .edits import Edit, Style, removed, set_text
from .nests import own_elements
from .track import ITEMS, Placed
from .tree import Element
from .values import decimal, enabled, number

Keys = Sequence[tuple[int, float]]
_TARGETED = re.compile(rb'(MZ\.TrackTargeted=")1(?=")')


def thinned(data: bytes, track: Element, kept: Sequence[Placed]) -> Iterator[Edit]:
    """The edits that leave a track its clips `kept`, without links, and their transitions."""
    staying = {place.item.start for place in kept} | _transitions(track, kept)
    for child in track.children:
        if child.tag in ITEMS and child.start not in staying:
            yield removed(data, child)
    for place in kept:
        yield from (removed(data, link) for link in place.item.all("link"))
    if target := _TARGETED.search(data, track.start, track.content):
        yield target.end(1), target.end(), b"0"


def _transitions(track: Element, kept: Sequence[Placed]) -> set[int]:
    """The transitions at the ends of the clips `kept`, where they are theirs."""
    items = [child for child in track.children if child.tag in ITEMS]
    at = {item.start: index for index, item in enumerate(items)}
    found = set()
    for place in kept:
        index = at[place.item.start]
        if place.head and index and items[index - 1].tag == "transitionitem":
            found.add(items[index - 1].start)
        if place.tail and index + 1 < len(items) and items[index + 1].tag == "transitionitem":
            found.add(items[index + 1].start)
    return found


def lifted(body: Element, doubled: Collection[int]) -> Iterator[Edit]:
    """Links of a sequence to video tracks that stand higher now: those `doubled` (from 1) got one above."""
    below = sorted(doubled)
    for element in own_elements(body):
        track = number(element, "trackindex") if element.tag == "link" else None
        if track is not None and element.value("mediatype") == "video":
            yield from set_text(element.find("trackindex"), str(track + bisect_right(below, track - 1)))


def faded(style: Style, item: Element, keys: Keys, by: int) -> Iterator[Edit]:
    """The edits that give a clip item opacity `keys`, on the axis of in and out that moved back `by` frames.

    An opacity that is there already is multiplied, key by key.
    """
    present = next((each for each in item.all("filter") if _is_opacity(each)), None)
    if present is not None:
        keys = multiplied(keys, *_opacity(present, by))
    lines = _opacity_filter(keys)
    if present is not None:
        yield present.start, present.end, style.fitted(lines, present.start)
        return
    behind = [*item.all("filter"), *item.all("file")]
    after = max(behind, key=lambda element: element.end)
    yield after.end, after.end, style.before(after.start) + style.fitted(lines, after.start)


def _is_opacity(filter_: Element) -> bool:
    return filter_.value("effect", "effectid").lower() == "opacity" and enabled(filter_)


def _opacity(filter_: Element, by: int) -> tuple[Keys, float]:
    """The keys of an opacity filter on the new axis, and the per cent it has without any."""
    parameters = filter_.find("effect")
    for parameter in parameters.all("parameter") if parameters else ():
        if parameter.value("parameterid").lower() == "opacity":
            found = [(decimal(key, "when"), decimal(key, "value")) for key in parameter.all("keyframe")]
            keys = sorted(
                (int(when) - by, float(value))
                for when, value in found
                if when is not None and value is not None
            )
            return keys, float(decimal(parameter, "value") or 0)
    return (), 100.0


def multiplied(keys: Keys, others: Keys, constant: float) -> Keys:
    """Per cent of per cent, at every key of both; `constant` holds where there are no `others`."""
    whens = sorted({when for when, _ in (*keys, *others)})
    return [(when, _at(keys, when) * (_at(others, when) if others else constant) / 100) for when in whens]


def _at(keys: Keys, when: int) -> float:
    """The value at a frame: straight lines between keys, the end ones stay."""
    index = bisect_right([key for key, _ in keys], when)
    if index in (0, len(keys)):
        return keys[min(index, len(keys) - 1)][1]
    (start, low), (end, high) = keys[index - 1 : index + 1]
    return low + (high - low) * float(Fraction(when - start, end - start))


def _opacity_filter(keys: Keys) -> list[str]:
    flat = keys[0][1] if len({value for _, value in keys}) == 1 else None
    moving = [] if flat is not None else keys
    parameter = [
        leaf("parameterid", "opacity"),
        leaf("name", "opacity"),
        leaf("valuemin", 0),
        leaf("valuemax", 100),
        leaf("value", _text(keys[0][1])),
        *(
            line
            for when, value in moving
            for line in node("keyframe", [leaf("when", when), leaf("value", _text(value))])
        ),
    ]
    body = [
        leaf("name", "Opacity"),
        leaf("effectid", "opacity"),
        leaf("effectcategory", "motion"),
        leaf("effecttype", "motion"),
        leaf("mediatype", "video"),
        leaf("pproBypass", "false"),
        *node("parameter", parameter, 'authoringApp="PremierePro"'),
    ]
    return node("filter", node("effect", body))


def _text(percent: float) -> str:
    return f"{percent:.3f}".rstrip("0").rstrip(".")
