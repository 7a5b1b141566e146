"""Which bodies a styled document needs: one for each way in which a sequence is styled where it is used.

A nested sequence stands once in a document however often it is used. Uses that are styled alike, or
do not show what the others style, go on sharing it; others get a copy. Knows sequences and who shows
which; knows nothing of what styling a clip means.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .read import bodies_of, nested_body, video_tracks
from .track import Placed
from .tree import Document, Element
from .wishes import Wish

Wishes = Mapping[str, Wish | None]
"""By the path of a clip within a sequence, what it is to become; None where it is to stay."""


@dataclass(slots=True, eq=False)
class Version:
    """A sequence's body as it is to be: `wishes` for its clips and for those of the nests in it.

    `styled` says whether anything in it changes; only such a version can be a copy (`copied`), which
    needs an id and a name of its own. `nested` has the version of each nest in it, by the start of its
    clip item.
    """

    body: Element
    wishes: dict[str, Wish | None]
    styled: bool
    copied: bool = False
    nested: dict[int, "Version"] = field(default_factory=dict)
    identity: str = ""
    name: str = ""

    def takes(self, wishes: Wishes) -> bool:
        """Whether a use with these wishes can share it; if so, it does from now on."""
        if not self.styled:
            return not any(wishes.values())
        if any(self.wishes.get(path, wish) != wish for path, wish in wishes.items()):
            return False
        self.wishes.update(wishes)
        return True


def versions(document: Document, sequence: Element, wishes: Wishes) -> list[Version]:
    """All versions that are needed of `sequence` and of what is nested in it, `sequence`'s own first."""
    bodies = bodies_of(document)
    nests = _nests(sequence, bodies)
    kept = used_elsewhere(document, sequence)
    found: dict[int, list[Version]] = {start: [] for start in nests}
    found[sequence.start] = [Version(sequence, dict(wishes), styled=True)]
    for body, inside in nests.values():  # outer ones first, so that all versions of this one are known
        _choose_copies(found[body.start], body.start in kept)
        for version in found[body.start]:
            paths = sorted(version.wishes)
            for place, inner in inside:
                if not version.styled:
                    kept.add(inner.start)
                    continue
                part = {path: version.wishes[f"{place.id}/{path}"] for path in _within(paths, place.id)}
                version.nested[place.item.start] = _version(found[inner.start], inner, part, kept)
    return [version for each in found.values() for version in each]


def _choose_copies(shared: list[Version], kept: bool) -> None:
    """The first styled version takes the body's own place, unless the body must stay as it is."""
    taken = kept or not all(version.styled for version in shared)
    for version in shared:
        version.copied = version.styled and taken
        taken = taken or version.styled


def _version(shared: list[Version], body: Element, wishes: Wishes, kept: set[int]) -> Version:
    """The version of a body that has these wishes, a new one where none can take them."""
    if body.start in kept and all(version.styled for version in shared):
        shared.insert(0, Version(body, {}, styled=False))
    for version in shared:
        if version.takes(wishes):
            return version
    shared.append(Version(body, dict(wishes), any(wishes.values())))
    return shared[-1]


def _within(paths: list[str], place: str) -> Iterator[str]:
    """What the sorted `paths` have within a nest, counted from it."""
    start = bisect_left(paths, f"{place}/")
    for path in paths[start:]:
        if not path.startswith(f"{place}/"):
            return
        yield path[len(place) + 1 :]


def _nests(
    sequence: Element, bodies: Mapping[str, Element]
) -> dict[int, tuple[Element, list[tuple[Placed, Element]]]]:
    """Every body that can be seen in a sequence, with the nests in it; outer ones before inner ones."""
    found: dict[int, tuple[Element, list[tuple[Placed, Element]]]] = {}

    def visit(body: Element) -> None:
        if body.start in found:
            return
        found[body.start] = (body, [])
        inside = [
            (place, inner)
            for _, _, places in video_tracks(body)
            for place in places
            if (inner := nested_body(place.item, bodies))
        ]
        for _, inner in inside:
            visit(inner)
        del found[body.start]
        found[body.start] = (body, inside)

    visit(sequence)
    return dict(reversed(found.items()))


def used_elsewhere(document: Document, sequence: Element) -> set[int]:
    """Where the bodies start that must stay as they are for others.

    They stand for themselves or are nested in what is not in `sequence`, or the document defines their
    id several times.
    """
    bodies = bodies_of(document)
    tops = [_body(element, bodies) for element in _tops(document.root)]
    waiting = [body for body in tops if body and body.start != sequence.start]
    found: set[int] = set()
    while waiting:
        body = waiting.pop()
        if body.start not in found:
            found.add(body.start)
            waiting += [inner for element in _tops(body) if (inner := _body(element, bodies))]
    full = [each for each in document.root.walk() if each.tag == "sequence" and each.children]
    count = Counter(each.attributes.get("id", "") for each in full)
    repeated = {each.start for each in full if each.attributes.get("id") and count[each.attributes["id"]] > 1}
    return found | repeated


def _body(element: Element, bodies: Mapping[str, Element]) -> Element | None:
    return element if element.children else bodies.get(element.attributes.get("id", ""))


def top_references(document: Document, sequence: Element) -> list[Element]:
    """Where a sequence stands on its own: in full, or its id alone."""
    bodies = bodies_of(document)
    return [each for each in _tops(document.root) if _body(each, bodies) is sequence]


def own_elements(body: Element) -> Iterator[Element]:
    """All elements in a sequence, in the document's order, but none of a sequence that is nested in it."""
    waiting = list(reversed(body.children))
    while waiting:
        element = waiting.pop()
        yield element
        if element.tag != "sequence":
            waiting.extend(reversed(element.children))


def _tops(within: Element) -> Iterator[Element]:
    """The sequences in an element, and not those in them."""
    return (element for element in own_elements(within) if element.tag == "sequence")
