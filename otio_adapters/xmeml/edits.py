"""Edits of an xmeml document's bytes: texts, ids, indentation, one piece of it with edits applied.

Knows bytes, elements and how a document breaks its lines; knows nothing of clips or media.
"""

import re
from collections.abc import Iterable, Iterator
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from .tree import Element, patched

Edit = tuple[int, int, bytes]
_WHITE = b" \t\r\n"
_ID = re.compile(rb"""(\sid\s*=\s*)("[^"]*"|'[^']*')""")


def set_text(element: Element | None, text: str) -> list[Edit]:
    """Sets an element's text; no edit where it says so already or is not there."""
    if element is None or element.text.strip() == text:
        return []
    inside = escape(text).encode()
    if element.content == element.end:  # self-closed: there is no inside to write to
        tag = element.tag.encode()
        return [(element.start, element.end, b"<%b>%b</%b>" % (tag, inside, tag))]
    return [(element.content, element.close, inside)]


def set_id(data: bytes, element: Element, new: str) -> Edit:
    """Sets the `id` in an element's start tag, which must have one."""
    match = _ID.search(data, element.start, element.content)
    assert match, "an element with an id has it in its start tag"
    return match.start(2), match.end(2), quoteattr(new).encode()


def removed(data: bytes, element: Element) -> Edit:
    """Takes an element out, with the white space in front of it."""
    start = element.start
    while start and data[start - 1 : start] in (b" ", b"\t", b"\r", b"\n"):
        start -= 1
    return start, element.end, b""


def piece(data: bytes, start: int, end: int, edits: Iterable[Edit]) -> bytes:
    """The bytes `start` … `end` of a document with edits, given in the document's bytes, applied."""
    return patched(data[start:end], ((first - start, last - start, text) for first, last, text in edits))


def new_uuid(old: str, content: bytes) -> str:
    """A uuid for a sequence that was patched: the same for the same content."""
    return str(uuid5(NAMESPACE_URL, old + content.hex()))


def unused(stem: str, taken: Iterable[str]) -> Iterator[str]:
    """Ids `stem-N` behind the last one that is taken."""
    numbers = (re.fullmatch(rf"{stem}-(\d{{1,9}})", each) for each in taken)
    last = max((int(match[1]) for match in numbers if match), default=0)
    while True:
        last += 1
        yield f"{stem}-{last}"


class Style:
    """How a document breaks and indents lines and closes its stubs."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._break = b"\r\n" if b"\r\n" in data else b"\n"
        self._stub_end = b" />" if re.search(rb"<(?:file|sequence) id=\"[^\"<>]*\" />", data) else b"/>"

    def stub(self, tag: str, identity: str) -> bytes:
        """A reference to what is defined elsewhere: `<file id="file-1"/>`."""
        return f"<{tag} id={quoteattr(identity)}".encode() + self._stub_end

    def indent(self, at: int) -> bytes | None:
        """What stands before byte `at` on its line; None where that is not white space alone."""
        line_start = self._data.rfind(b"\n", 0, at) + 1
        indent = self._data[line_start:at]
        return None if not line_start or indent.strip(_WHITE) else indent

    def fitted(self, lines: Iterable[str], at: int) -> bytes:
        """Lines of an element that starts at byte `at`, indented as its surroundings are."""
        indent = self.indent(at)
        if indent is None:
            return "".join(line.lstrip("\t") for line in lines).encode()
        unit = "  " if indent.startswith(b" ") else "\t"
        depths = ((len(line) - len(line.lstrip("\t")), line.lstrip("\t")) for line in lines)
        return (self._break + indent).join((unit * depth + line).encode() for depth, line in depths)

    def before(self, at: int) -> bytes:
        """The line break and indentation before byte `at`; empty where it begins no line."""
        indent = self.indent(at)
        return b"" if indent is None else self._break + indent
