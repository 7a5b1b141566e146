"""New ids and names that a document does not have. Knows what elements of xmeml carry ids."""

import re
from itertools import count as count_from

from .edits import unused
from .nests import used_elsewhere
from .read import bodies_of, choose, name_of
from .tree import Document, Element

_STYLED = re.compile(r" \(styled(?: \d+)?\)$")
CLIPS = ("clipitem", "generatoritem")


def styled_name(document: Document, name: str) -> str:
    """What the styled one of a document's sequence `name` is called: `name (styled)`, or `(styled 2)`
    where that is taken. A name that ends so already is not given that again."""
    sequence = choose(document, name)
    return Names(document).styled(sequence, stays=sequence.start in used_elsewhere(document, sequence))


class Names:
    """Gives styled sequences names that no other has."""

    def __init__(self, document: Document) -> None:
        self._old = [(name_of(body), body) for body in bodies_of(document).values()]
        self._given: set[str] = set()

    def styled(self, sequence: Element, stays: bool) -> str:
        """A name for the styled one of a sequence, which may take its old one's where that does not stay."""
        taken = self._given | {name for name, body in self._old if stays or body is not sequence}
        base = _STYLED.sub("", name_of(sequence))
        names = (f"{base} (styled{f' {count}' if count > 1 else ''})" for count in count_from(1))
        name = next(each for each in names if each not in taken)
        self._given.add(name)
        return name


class Ids:
    """Hands out ids; one file and one masterclip for each key."""

    def __init__(self, document: Document) -> None:
        found: dict[str, set[str]] = {
            "file": set(),
            "masterclip": set(),
            "clipitem": set(),
            "sequence": set(),
        }
        for element in document.root.walk():
            if element.tag == "masterclipid":
                found["masterclip"].add(element.text.strip())
            elif own := element.attributes.get("id"):
                kind = "clipitem" if element.tag in CLIPS else element.tag
                found.setdefault(kind, set()).add(own)
        self._new = {stem: unused(stem, taken) for stem, taken in found.items()}
        self._known: dict[tuple[str, object], str] = {}

    def clip(self) -> str:
        """An id for one more clip item."""
        return next(self._new["clipitem"])

    def sequence(self) -> str:
        """An id for one more sequence."""
        return next(self._new["sequence"])

    def masterclip(self, key: object) -> str:
        """The masterclip id of a styled file or a copied sequence."""
        return self._of("masterclip", key)[0]

    def file(self, key: object) -> tuple[str, bool]:
        """The id of a styled file, and whether it is asked for the first time."""
        return self._of("file", key)

    def _of(self, stem: str, key: object) -> tuple[str, bool]:
        first = (stem, key) not in self._known
        if first:
            self._known[stem, key] = next(self._new[stem])
        return self._known[stem, key], first
