"""What each clip item of an xmeml document is to become, told in its own sequence's frames.

Follows a use through its nests to the clip item that stands for it. Knows where items stand; knows
nothing of bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...core.cut import Cut, MediaRef, Nest, StyledMedia, Use
from ...core.errors import TimelineError
from ...core.exchange import Delivery
from ...core.paths import PathMap
from .read import bodies_of, nested_body, read, video_tracks
from .seen import nest_of
from .track import Placed
from .tree import Document, Element
from .values import rate_of

Fade = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """The styled media of a clip item in place of `source`.

    `fade` has opacity over it: record frames of its sequence from where its `in` stands, per cent.
    Baked media begins `ahead` of them before `in`.
    """

    media: StyledMedia
    source: MediaRef
    fade: Fade = ()
    ahead: int = 0


def wishes_of(
    document: Document, sequence: Element, cut: Cut, styled: Mapping[str, StyledMedia], delivery: Delivery
) -> dict[str, Wish | None]:
    """By the use's id what becomes of each clip of `cut`, which was read from `sequence`; None is nothing.

    Raises TimelineError where baked media cannot stand in a nest, which shows it at another speed.
    """
    ways = _Ways(document, sequence)
    return {use.id: _wish(use, styled.get(use.id), delivery, ways) for use in cut.uses}


def _wish(use: Use, media: StyledMedia | None, delivery: Delivery, ways: "_Ways") -> Wish | None:
    if media is None:
        return None
    wish = Wish(media, use.media)
    fade = delivery.opacity.get(use.id, ()) if delivery.manner == "live" else ()
    if not fade and not media.baked:
        return wish
    way = ways.to(use.id)
    if media.baked:
        return replace(wish, ahead=way.item.covered.first - way.inside(_baked_from(use, way, ways)))
    first = way.item.covered.first
    keys = {way.inside(use.record.first + offset) - first: percent for offset, percent in fade}
    return replace(wish, fade=tuple(sorted(keys.items())))


def _baked_from(use: Use, way: "_Way", ways: "_Ways") -> int:
    first = use.visible.first
    plain = all(nest.time.plain for nest in way.nests)
    if not plain or way.inside(first) > way.item.covered.first:
        what = f"{use.clip} is baked, and the nest it stands in shows only a part of it or changes its speed"
        hint = "Render without --bake-retime, or take the nest apart in Premiere."
        raise TimelineError(what, where=ways.where, hint=hint)
    return first


@dataclass(frozen=True, slots=True)
class _Way:
    """The nests around a clip item, the outer one first, and the item."""

    nests: tuple[Nest, ...]
    item: Placed

    def inside(self, record: int) -> int:
        """A record frame of the outermost sequence as one of the item's own."""
        for nest in self.nests:
            record = nest.time.frame(record - nest.record.first)
        return record


class _Ways:
    """Finds the clip item that a use's id leads to."""

    def __init__(self, document: Document, sequence: Element) -> None:
        self.where = str(document.path)
        self._document, self._sequence, self._bodies = document, sequence, bodies_of(document)
        self._places: dict[int, dict[str, Placed]] = {}
        self._cuts: dict[int, Cut] = {}

    def to(self, use_id: str) -> _Way:
        """The way to a use, which the sequence has."""
        nests: list[Nest] = []
        body, rest = self._sequence, use_id
        while (place := self._in(body).get(rest)) is None:
            name = next(name for name in _beginnings(rest) if name in self._in(body))
            place = self._in(body)[name]
            inner, grid = nested_body(place.item, self._bodies), rate_of(body)
            assert inner is not None and grid is not None, "the cut was read through it"
            nests.append(nest_of(place, "", self._cut(inner), grid)[0])
            body, rest = inner, rest[len(name) + 1 :]
        return _Way(tuple(nests), place)

    def _in(self, body: Element) -> dict[str, Placed]:
        if body.start not in self._places:
            places = (place for _, _, found in video_tracks(body) for place in found)
            self._places[body.start] = {place.id: place for place in places}
        return self._places[body.start]

    def _cut(self, body: Element) -> Cut:
        if body.start not in self._cuts:
            self._cuts[body.start] = read(self._document, body, PathMap())
        return self._cuts[body.start]


def _beginnings(path: str) -> Iterator[str]:
    """`a`, `a/b`, … of a path `a/b/c`."""
    parts = path.split("/")
    return ("/".join(parts[:end]) for end in range(1, len(parts)))
