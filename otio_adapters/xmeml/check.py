"""What must resolve in an xmeml document: links to clip items, stubs to files and nested sequences.

Reads, never writes.
"""

from ...core.cut import Cut
from ..compare import expect
from .tree import Document

_BODIES = ("file", "sequence")


def check(cut: Cut, before: Document, after: Document) -> None:
    """Raises VerifyError where `after`, made of `before`, has a reference that newly leads nowhere."""
    expect(cut, "references", dangling(after) - dangling(before), set())


def dangling(document: Document) -> set[str]:
    """As phrases: references that lead nowhere, what is used before it is defined, ids of two clips."""
    clips: set[str] = set()
    links: set[str] = set()
    defined: set[tuple[str, str]] = set()
    found: set[str] = set()
    for element in document.root.walk():
        own = element.attributes.get("id", "")
        if element.tag in ("clipitem", "generatoritem"):
            if own in clips:
                found.add(f"two clip items have the id {own!r}")
            clips |= {own} if own else set()
        elif element.tag == "linkclipref":
            links.add(element.text.strip())
        elif element.tag in _BODIES and element.children:
            defined.add((element.tag, own))
        elif element.tag in _BODIES and (element.tag, own) not in defined:
            found.add(f"{element.tag} {own!r} is used where it has not been defined")
    return found | {f"a link leads to clip item {link!r}, which is not there" for link in links - clips}
