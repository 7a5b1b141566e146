"""XML as a light tree that knows where every element stands in the bytes. Knows no format.

One pass of expat: the tree serves reading, the byte ranges serve patching, and what is not patched
stays byte for byte. Documents that declare entities are refused: an editor writes none, and they
are how a small file fills the memory or reads other files.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from ...core.errors import TimelineError

_START_TAG = re.compile(rb"<[^\"'>]*(?:\"[^\"]*\"[^\"'>]*|'[^']*'[^\"'>]*)*>")
_SLASH = ord("/")
_DEEPEST = 400
_HINT = "Export it again: File > Export > Final Cut Pro XML."


@dataclass(slots=True, eq=False)
class Element:
    """An element; its bytes are `start` … `end`, what stands between its tags `content` … `close`.

    A self-closed element has no content: all but `start` are equal. `text` is what stands before its
    first child.
    """

    tag: str
    attributes: dict[str, str]
    start: int
    content: int
    close: int = 0
    end: int = 0
    text: str = ""
    children: Sequence["Element"] = ()

    def find(self, *path: str) -> "Element | None":
        """The first child of that tag, and so on down the path."""
        here = self
        for tag in path:
            for child in here.children:
                if child.tag == tag:
                    here = child
                    break
            else:
                return None
        return here

    def all(self, tag: str) -> Iterator["Element"]:
        """The children of that tag."""
        return (child for child in self.children if child.tag == tag)

    def value(self, *path: str) -> str:
        """The text at the end of a path, without white space around it; empty where there is none."""
        found = self.find(*path)
        return found.text.strip() if found else ""

    def walk(self) -> Iterator["Element"]:
        """This element and all within it, in the document's order."""
        waiting: list[Element] = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed file: its bytes, its tree, and the elements with an `id` in the order of the document."""

    path: Path
    data: bytes
    root: Element
    identified: tuple[Element, ...] = ()


def parse(path: Path, data: bytes) -> Document:
    """The tree of an XML file in UTF-8, with or without a BOM.

    Raises TimelineError, with line and column, where it is broken, in another encoding, declares
    entities or is nested absurdly deep.
    """
    builder = _Builder(path, data)
    return Document(path, data, builder.build(), tuple(builder.identified))


def patched(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """`data` with each (start, stop, replacement) applied; the ranges must not overlap."""
    parts, here = [], 0
    for start, stop, replacement in sorted(edits, key=lambda edit: edit[:2]):
        if start < here:
            raise ValueError(f"two edits overlap at byte {start}")
        parts += [data[here:start], replacement]
        here = stop
    return b"".join([*parts, data[here:]])


class _Builder:
    def __init__(self, path: Path, data: bytes) -> None:
        self._path, self._data = path, data
        self._open: list[tuple[Element, list[Element]]] = []
        self._root: Element | None = None
        self.identified: list[Element] = []
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        self._handle_elements()

    def build(self) -> Element:
        if self._data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self._refuse("the file is in UTF-16, and only UTF-8 can be patched", "Save it again as UTF-8.")
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            where = f"{self._path}:{error.lineno}:{error.offset + 1}"
            reason = expat.ErrorString(error.code)
            raise TimelineError(f"this is broken XML: {reason}", where=where, hint=_HINT) from error
        assert self._root is not None, "expat accepts no document without an element"
        return self._root

    def _refuse(self, what: str, hint: str = _HINT) -> NoReturn:
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        raise TimelineError(what, where=f"{self._path}:{line}:{column + 1}", hint=hint)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            self._refuse(
                f"the file is in {encoding}, and only UTF-8 can be patched", "Save it again as UTF-8."
            )

    def _entity(self, name: str, *declaration: object) -> None:
        self._refuse(f"the file declares or uses the entity {name!r}; entities are not read")

    def _handle_elements(self) -> None:
        """Sets what is called for every element; closures, since a long cut has a million of them."""
        data, parser, waiting, tag_end = self._data, self._parser, self._open, _START_TAG.match
        identified = self.identified

        def start(tag: str, attributes: dict[str, str]) -> None:
            begin = parser.CurrentByteIndex
            if attributes:
                match = tag_end(data, begin)
                assert match, "expat found a start tag here"
                element = Element(tag, attributes, begin, match.end())
                if "id" in attributes:
                    identified.append(element)
            else:
                element = Element(tag, attributes, begin, data.index(b">", begin) + 1)
            if len(waiting) >= _DEEPEST:
                self._refuse(f"elements are nested more than {_DEEPEST} deep")
            if waiting:
                waiting[-1][1].append(element)
            else:
                self._root = element
            waiting.append((element, []))

        def end(tag: str) -> None:
            element, children = waiting.pop()
            if children:  # most have none, and so many empty lists would slow everything down
                element.children = children
            if data[element.content - 2] == _SLASH:
                element.close = element.end = element.content
            else:
                element.close = parser.CurrentByteIndex
                element.end = data.index(b">", element.close) + 1

        def text(text: str) -> None:
            if waiting:
                element, children = waiting[-1]
                if not children:
                    element.text += text

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
