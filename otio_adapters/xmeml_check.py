"""What must resolve in an xmeml document: links to clip items, stubs to files. Reads, never writes."""

from ..core.cut import Cut
from .compare import expect
from .xmltree import Document


def check(cut: Cut, before: Document, after: Document) -> None:
    """Raises VerifyError where `after`, made of `before`, has a reference that newly leads nowhere."""
    expect(cut, "references", dangling(after) - dangling(before), set())


def dangling(document: Document) -> set[str]:
    """References that lead nowhere, and files used before they are defined, each as a phrase."""
    clips: set[str] = set()
    links: set[str] = set()
    defined: set[str] = set()
    found: set[str] = set()
    for element in document.root.walk():
        own = element.attributes.get("id", "")
        if element.tag in ("clipitem", "generatoritem"):
            clips.add(own)
        elif element.tag == "linkclipref":
            links.add(element.text.strip())
        elif element.tag == "file" and element.children:
            defined.add(own)
        elif element.tag == "file" and own not in defined:
            found.add(f"file {own!r} is used where it has not been defined")
    return found | {f"a link leads to clip item {link!r}, which is not there" for link in links - clips}
