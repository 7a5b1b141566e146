"""The tree knows where its elements stand, and refuses what no editor writes."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.errors import TimelineError
from stylereel.otio_adapters.xmeml.tree import parse, patched

WHERE = Path("cut.xml")
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs",)), max_size=8)


@st.composite
def trees(draw, depth=3):
    element = ElementTree.Element(draw(st.sampled_from(["clip", "file", "x.y", "näme"])))
    for key in draw(st.lists(st.sampled_from(["id", "TL.a", "b"]), unique=True)):
        element.set(key, draw(TEXT) + draw(st.sampled_from(["", ">", "/>", "'", '"'])))
    element.text = draw(TEXT)
    if depth:
        element.extend(draw(st.lists(trees(depth - 1), max_size=3)))
    return element


@given(trees(), st.booleans())
def test_every_range_holds_its_own_element(tree, bom):
    data = ElementTree.tostring(tree, encoding="utf-8")
    data = b"\xef\xbb\xbf" * bom + data
    ours = list(parse(WHERE, data).root.walk())
    theirs = list(ElementTree.fromstring(data).iter())
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        alone = ElementTree.fromstring(data[mine.start : mine.end])
        assert ElementTree.tostring(alone) == ElementTree.tostring(_without_tail(other))
        assert mine.attributes == other.attrib
        if not mine.children:
            assert mine.text == (other.text or "")


def _without_tail(element):
    copy = ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8").strip())
    copy.tail = None
    return copy


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
UNKNOWN = b'<!DOCTYPE x SYSTEM "other.dtd"><x>&a;</x>'


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (BOMB, "cut.xml:1", "entity 'a'"),
        (OUTSIDE, "cut.xml:1", "entity 'a'"),
        (UNKNOWN, "cut.xml:1", "entity 'a'"),
        (b"<a>\n  <b></c>\n</a>", "cut.xml:2:8", "mismatched tag"),
        (b"<a>\n<b>", "cut.xml:2", "broken XML"),
        (b"", "cut.xml:1:1", "no element"),
        (b"\x00\x01\x02 not xml", "cut.xml", "broken XML"),
        ("<a/>".encode("utf-16"), "cut.xml", "UTF-16"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', "cut.xml", "ISO-8859-1"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "cut.xml", "klingon|encoding"),
        (b'<?xml version="1.0"?><a>\xe9</a>', "cut.xml:1", "not well-formed"),
        (b"<a>" * 100_000, "cut.xml", "nested"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(data, where, what):
    with pytest.raises(TimelineError, match=what) as caught:
        parse(WHERE, data)
    assert caught.value.where.startswith(where)
    assert caught.value.hint


def test_patches_are_applied_in_place_and_must_not_overlap():
    assert patched(b"0123456789", [(5, 5, b"__"), (8, 10, b""), (0, 2, b"ab")]) == b"ab234__567"
    with pytest.raises(ValueError, match="overlap"):
        patched(b"0123456789", [(0, 4, b""), (3, 5, b"")])
