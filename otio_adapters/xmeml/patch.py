"""Gives an xmeml document styled media by patching its bytes: what is not named here stays as it came.

A styled clip item gets a new `<file>`, a new masterclip and the new file's clock, in its place or as a
copy on a new track above. Nested sequences are patched where they stand, or copied where another use
of them is styled otherwise. Links, labels, filters, audio and everything else are not touched.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from xml.sax.saxutils import escape

from ...core.cut import Cut, StyledMedia
from ...core.exchange import Delivery
from ...core.rates import FrameRange
from .bodies import settled
from .clock import own_frame
from .edits import Edit, Style, new_uuid, piece, set_id, set_text
from .file import styled_file
from .media import file_of
from .names import CLIPS, Ids, Names, styled_name
from .nests import Version, own_elements, top_references, versions
from .read import bodies_of, files_of, nested_body, video_tracks
from .shift import Clock, Shift, shifted, unmoved, unwound
from .stack import faded, lifted, thinned
from .track import Placed
from .tree import Document, Element, parse, patched
from .values import rate_of
from .wishes import Wish, wishes_of

__all__ = ["patch", "styled_name"]


def patch(
    document: Document,
    sequence: Element,
    cut: Cut,
    styled: Mapping[str, StyledMedia],
    delivery: Delivery = Delivery(),  # noqa: B008
) -> bytes:
    """The document with the clips of `sequence` named in `styled` (by their uses' ids) on styled media.

    `cut` is what was read from `sequence`. Raises TimelineError where baked media cannot stand in a nest.
    """
    wishes = wishes_of(document, sequence, cut, styled, delivery)
    return _Press(document, sequence, wishes, stacked=delivery.manner != "replace").printed()


class _Press:
    """Prints the sequences of one document as they are wished."""

    def __init__(
        self, document: Document, sequence: Element, wishes: Mapping[str, Wish | None], stacked: bool
    ) -> None:
        self._document, self._data, self._stacked = document, document.data, stacked
        self._bodies, self._files = bodies_of(document), files_of(document)
        self._style, self._ids = Style(document.data), Ids(document)
        self._versions = [each for each in versions(document, sequence, wishes) if each.styled]
        names = Names(document)
        for version in self._versions:
            own = version.body.attributes.get("id", "")
            version.name = names.styled(version.body, stays=version.copied)
            version.identity = self._ids.sequence() if version.copied and own else own

    def printed(self) -> bytes:
        """The whole document."""
        top, *nested = self._versions
        texts = [self._text(version) for version in (top, *nested) if version is top or version.identity]
        if top.copied:
            stub = self._style.stub("sequence", top.identity)
            edits = [(each.start, each.end, stub) for each in top_references(self._document, top.body)]
        else:
            edits = [(top.body.start, top.body.end, texts.pop(0))]
        path = self._document.path
        parts = [parse(path, text) for text in texts]
        root = parse(path, patched(self._data, edits))
        return settled(root, parts, self._document, self._style.stub)

    def _text(self, version: Version) -> bytes:
        """A sequence as it is to be; sequences nested in it that have an id are stubs."""
        body = version.body
        edits = [*self._media(version), *self._references(version), *self._named(version)]
        if version.copied:
            edits += self._reborn(body, version.identity)
        seed = new_uuid(body.value("uuid"), repr(sorted(edits)).encode())
        return piece(self._data, body.start, body.end, edits + set_text(body.find("uuid"), seed))

    def _named(self, version: Version) -> list[Edit]:
        body = version.body
        if body.find("name") is None:
            return [(body.content, body.content, f"<name>{escape(version.name)}</name>".encode())]
        return set_text(body.find("name"), version.name)

    def _reborn(self, body: Element, identity: str) -> Iterator[Edit]:
        """A copy's own id, and new ids for its clip items wherever they are named."""
        if identity:
            yield set_id(self._data, body, identity)
        elements = list(own_elements(body))
        fresh: dict[str, str] = {}
        for element in elements:
            if element.tag in CLIPS and (old := element.attributes.get("id")):
                new = self._ids.clip()
                fresh.setdefault(old, new)
                yield set_id(self._data, element, new)
        for element in elements:
            if element.tag == "linkclipref" and element.text.strip() in fresh:
                yield from set_text(element, fresh[element.text.strip()])

    def _media(self, version: Version) -> Iterator[Edit]:
        """The styled clips of a sequence, in their places or on tracks above."""
        grid = rate_of(version.body)
        assert grid is not None, "a sequence without a rate has no uses"
        doubled = []
        for number, (_, track, places) in enumerate(video_tracks(version.body), 1):
            wished = [(place, wish) for place in places if (wish := version.wishes.get(place.id))]
            wished.sort(key=lambda pair: pair[0].item.start)
            if wished and self._stacked:
                doubled.append(number)
                copy = self._doubled(track, wished, grid)
                yield track.end, track.end, self._style.before(track.start) + copy
            elif wished:
                for place, wish in wished:
                    yield from self._clip(place, wish, grid)
        yield from lifted(version.body, doubled)

    def _doubled(self, track: Element, wished: list[tuple[Placed, Wish]], grid: Fraction) -> bytes:
        """A track with styled copies of some of its clips and nothing else."""
        edits = list(thinned(self._data, track, [place for place, _ in wished]))
        for place, wish in wished:
            edits += self._clip(place, wish, grid)
            if place.item.attributes.get("id"):
                edits.append(set_id(self._data, place.item, self._ids.clip()))
        return piece(self._data, track.start, track.end, edits)

    def _clip(self, place: Placed, wish: Wish, grid: Fraction) -> Iterator[Edit]:
        item, media = place.item, wish.media
        original, old = file_of(item, self._files), item.find("file")
        assert original is not None and old is not None, "a use has a file"
        clock = self._clock(place, wish, grid)
        fade = self._fade(item, wish, clock, grid)
        yield from (edit for edit in clock.edits if not any(a <= edit[0] < b for a, b, _ in fade))
        yield from fade
        yield from set_text(item.find("masterclipid"), self._ids.masterclip(media.editor_path))
        file_id, first = self._ids.file(media.editor_path)
        if first:
            text = styled_file(self._data, self._style, original, media, file_id, old.start)
        else:
            text = self._style.stub("file", file_id)
        yield old.start, old.end, text

    def _fade(self, item: Element, wish: Wish, clock: Clock, grid: Fraction) -> list[Edit]:
        own = own_frame(item, grid)
        keys = [(clock.first + round(offset / own), percent) for offset, percent in wish.fade]
        return list(faded(self._style, item, keys, unmoved(item).first - clock.first)) if keys else []

    def _clock(self, place: Placed, wish: Wish, grid: Fraction) -> Clock:
        media, source = wish.media, wish.source
        length = media.frames * grid / media.rate
        if media.baked:
            frames = FrameRange(wish.ahead, wish.ahead + len(place.covered))
            return unwound(self._data, place.item, frames, length, grid)
        was = source.frames * grid / (source.plays or source.rate) if source.frames else None
        shift = Shift(media.first_frame * grid / media.rate, length, was)
        if media.kind == "still" or shift.nothing:
            return unmoved(place.item)
        return shifted(self._data, place, shift, grid)

    def _references(self, version: Version) -> Iterator[Edit]:
        """What stands where clip items, audio ones too, show a nested sequence."""
        items = [each for each in own_elements(version.body) if each.tag in CLIPS]
        known = {each.attributes.get("id"): each for each in items}
        for item in items:
            reference, nest = item.find("sequence"), self._nest(item, version, known)
            if reference is None or nest is None or not nest.styled:
                continue
            if nest.copied:
                yield from set_text(item.find("masterclipid"), self._ids.masterclip(id(nest)))
            if not nest.identity:
                yield reference.start, reference.end, self._text(nest)
            elif reference.children or reference.attributes["id"] != nest.identity:
                yield reference.start, reference.end, self._style.stub("sequence", nest.identity)

    def _nest(self, item: Element, version: Version, items: Mapping[str | None, Element]) -> Version | None:
        """The version that a clip item shows: its own, for sound that of the picture it is linked with."""
        if item.start in version.nested:
            return version.nested[item.start]
        body = nested_body(item, self._bodies)
        if body is None:
            return None
        links = [items.get(link.value("linkclipref")) for link in item.all("link")]
        linked = [version.nested[each.start] for each in links if each and each.start in version.nested]
        return next((each for each in (*linked, *version.nested.values()) if each.body is body), None)
