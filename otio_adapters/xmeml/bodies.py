"""Files and sequences in full where a document uses them first, and as stubs behind: the last pass.

Editors write a file or a nested sequence in full at its first use, and its id alone afterwards. Where
clips were given other media, or sequences were copied, this is set right again: bodies are moved byte
for byte. Knows nothing of what is in them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from .edits import Edit, piece
from .tree import Document, Element

Key = tuple[str, str]
_TAGS = ("file", "sequence")


def settled(
    root: Document, parts: Iterable[Document], original: Document, stub: Callable[[str, str], bytes]
) -> bytes:
    """The bytes of `root` with every file and sequence in full at its first use, in document order.

    `parts`, each one sequence, stand for every other body of theirs. What `root` does not define either is
    taken from `original`. What `original` itself defines several times stays so.
    """
    return _Settling(root, list(parts), original, stub).data()


class _Settling:
    def __init__(
        self, root: Document, parts: list[Document], original: Document, stub: Callable[[str, str], bytes]
    ) -> None:
        self._root, self._stub = root, stub
        self._bodies: dict[Key, tuple[Document, Element]] = {}
        self._printed = {_key(part.root): (part, part.root) for part in parts}
        self._bodies |= self._printed
        originals = list(_full(original.root))
        self._repeated = {key for key, count in Counter(map(_key, originals)).items() if count > 1}
        for element in originals:  # of several, the first is what stubs mean
            if _key(element) in self._repeated:
                self._bodies.setdefault(_key(element), (original, element))
        for document in (*parts, root, original):
            for element in _full(document.root):
                self._bodies.setdefault(_key(element), (document, element))
        self._defined: set[Key] = set()

    def data(self) -> bytes:
        edits = self._edits(self._root, self._root.root)
        return piece(self._root.data, 0, len(self._root.data), edits)

    def _edits(self, document: Document, within: Element) -> Iterator[Edit]:
        for reference in _references(within):
            text = self._at(document, reference)
            if text is not None:
                yield reference.start, reference.end, text

    def _at(self, document: Document, reference: Element) -> bytes | None:
        """What stands at a reference; None where it may stay as it is."""
        key = _key(reference)
        if key not in self._bodies:
            return self._whole(document, reference) if reference.children else None
        if key not in self._defined:
            self._defined.add(key)
            own = reference.children and key not in self._printed
            return self._whole(*(document, reference) if own else self._bodies[key])
        if not reference.children:
            return None
        return self._whole(document, reference) if key in self._repeated else self._stub(*key)

    def _whole(self, document: Document, element: Element) -> bytes:
        return piece(document.data, element.start, element.end, self._edits(document, element))


def _key(element: Element) -> Key:
    return element.tag, element.attributes.get("id", "")


def _full(root: Element) -> Iterator[Element]:
    return (each for each in root.walk() if each.tag in _TAGS and each.children and _key(each)[1])


def _references(within: Element) -> Iterator[Element]:
    """The files and sequences in an element, in the document's order, but none that is in another."""
    waiting = list(reversed(within.children))
    while waiting:
        element = waiting.pop()
        if element.tag in _TAGS:
            yield element
        else:
            waiting.extend(reversed(element.children))
