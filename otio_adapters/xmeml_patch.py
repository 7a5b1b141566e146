"""Gives an xmeml document styled media by patching its bytes: what is not named here stays as it came.

A styled clip item gets a new `<file>`, a new masterclip, and in, out, ticks, keyframes and markers
on the new file's clock. Links, labels, filters, audio and everything else are not touched.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count as count_from
from pathlib import PurePosixPath
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

from ..core.cut import Cut, StyledMedia
from ..core.exchange import Delivery
from ..core.rates import FrameRange
from .pathurls import to_pathurl
from .premiere import ticks
from .premiere_parts import Source, file_element
from .xmeml_clip import file_of
from .xmeml_read import files_of, name_of, top_sequences, video_tracks
from .xmeml_track import Placed, number
from .xmltree import Document, Element, patched

Edit = tuple[int, int, bytes]


def patch(
    document: Document,
    sequence: Element,
    cut: Cut,
    styled: Mapping[str, StyledMedia],
    delivery: Delivery = Delivery(),  # noqa: B008
) -> bytes:
    """The document with the clip items of `sequence` named in `styled` (by id) on their styled media."""
    places = {place.id: place for _, _, found in video_tracks(sequence) for place in found}
    uses = {use.id: use for use in cut.uses}
    firsts = {key: use.time.frame(places[key].covered.first - use.record.first) for key, use in uses.items()}
    order = sorted(styled, key=lambda key: places[key].item.start)
    ids = _NewIds(document, [styled[key] for key in order])
    style, files = _Style(document.data), files_of(document)
    edits: list[Edit] = []
    for key in order:
        media, item = styled[key], places[key].item
        edits += _clip_edits(places[key], firsts[key], media, cut)
        edits += _rename(item.find("masterclipid"), ids.masterclip(media))
        edits.append(_file_edit(item, media, ids, files, style))
    edits += _moved_bodies(document, {places[key].item.start for key in order})
    edits += _named(sequence, styled_name(document, cut.sequence))
    seed = sequence.value("uuid") + repr(sorted(edits))
    edits += _rename(sequence.find("uuid"), str(uuid5(NAMESPACE_URL, seed)))
    return patched(document.data, edits)


def styled_name(document: Document, name: str) -> str:
    """What the styled sequence is called: `name (styled)`, or `name (styled 2)` where that is taken."""
    taken = {name_of(sequence) for sequence in top_sequences(document)}
    names = (f"{name} (styled{f' {count}' if count > 1 else ''})" for count in count_from(1))
    return next(each for each in names if each not in taken)


def _named(sequence: Element, name: str) -> list[Edit]:
    if sequence.find("name") is None:
        inserted = f"<name>{escape(name)}</name>".encode()
        return [(sequence.content, sequence.content, inserted)]
    return _rename(sequence.find("name"), name)


class _NewIds:
    """Hands out file and masterclip ids that the document does not have, one for each styled file."""

    def __init__(self, document: Document, media: Iterable[StyledMedia]) -> None:
        elements = list(document.root.walk())
        files = {element.attributes.get("id", "") for element in elements if element.tag == "file"}
        masters = {element.text.strip() for element in elements if element.tag == "masterclipid"}
        distinct = list(dict.fromkeys(each.editor_path for each in media))
        self._files = dict(zip(distinct, _unused("file", files), strict=False))
        self._masters = dict(zip(distinct, _unused("masterclip", masters), strict=False))
        self._defined: set[str] = set()

    def masterclip(self, media: StyledMedia) -> str:
        return self._masters[media.editor_path]

    def file(self, media: StyledMedia) -> tuple[str, bool]:
        """The file's id, and whether this is its first use."""
        file_id = self._files[media.editor_path]
        first = file_id not in self._defined
        self._defined.add(file_id)
        return file_id, first


def _unused(stem: str, taken: set[str]) -> Iterator[str]:
    numbers = (re.fullmatch(rf"{stem}-(\d{{1,9}})", each) for each in taken)
    last = max((int(match[1]) for match in numbers if match), default=0)
    while True:
        last += 1
        yield f"{stem}-{last}"


class _Style:
    """How the document breaks and indents lines and closes its stubs."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._break = b"\r\n" if b"\r\n" in data else b"\n"
        self.stub_end = b" />" if re.search(rb"<file id=\"[^\"<>]*\" />", data) else b"/>"

    def fitted(self, lines: list[str], at: int) -> bytes:
        """Lines of an element that starts at byte `at`, indented as its surroundings are."""
        line_start = self._data.rfind(b"\n", 0, at) + 1
        indent = self._data[line_start:at]
        if not line_start or indent.strip():
            return "".join(line.lstrip("\t") for line in lines).encode()
        unit = "  " if indent.startswith(b" ") else "\t"
        depths = ((len(line) - len(line.lstrip("\t")), line.lstrip("\t")) for line in lines)
        return (self._break + indent).join((unit * depth + line).encode() for depth, line in depths)


def _rename(element: Element | None, text: str) -> list[Edit]:
    """Sets an element's text; no edit where it says so already or is not there."""
    if element is None or element.text.strip() == text:
        return []
    inside = escape(text).encode()
    if element.content == element.end:  # self-closed: there is no inside to write to
        tag = element.tag.encode()
        return [(element.start, element.end, b"<%b>%b</%b>" % (tag, inside, tag))]
    return [(element.content, element.close, inside)]


def _clip_edits(place: Placed, first: int, media: StyledMedia, cut: Cut) -> Iterator[Edit]:
    """In, out, ticks, duration, markers and keyframes on the clock of the styled file."""
    item, shift = place.item, media.first_frame
    values = {
        "in": first - shift,
        "out": first - shift + len(place.covered),
        "duration": media.frames,
    }
    for tag in ("pproTicksIn", "pproTicksOut"):
        if (old := number(item, tag)) is not None:
            values[tag] = old - ticks(shift, cut.rate)
    for tag, value in values.items():
        if number(item, tag) != value:
            yield from _rename(item.find(tag), str(value))
    for marker in item.all("marker"):
        yield from _marker_edits(marker, shift, media.frames)
    if shift:
        for filter_ in item.all("filter"):
            for element in filter_.walk():
                if element.tag == "when" and (old := number(element)) is not None:
                    yield from _rename(element, str(old - shift))


def _marker_edits(marker: Element, shift: int, frames: int) -> Iterator[Edit]:
    """A clip marker on the new clock; one that stands wholly outside the styled file goes."""
    first, stop = number(marker, "in"), number(marker, "out")
    if first is None or first < 0:
        return
    if stop is None or stop < first:
        stop = first
    span = FrameRange(first - shift, stop - shift)
    if span.first >= frames or span.stop < 0 or (span.stop == 0 and len(span)):
        yield marker.start, marker.end, b""
        return
    kept = span.clamped(FrameRange(0, frames))
    yield from _shifted(marker.find("in"), first, kept.first)
    if stop > first:
        yield from _shifted(marker.find("out"), stop, kept.stop)


def _shifted(element: Element | None, old: int, new: int) -> list[Edit]:
    return _rename(element, str(new)) if new != old else []


def _file_edit(
    item: Element, media: StyledMedia, ids: _NewIds, files: Mapping[str, Element], style: _Style
) -> Edit:
    old, original = item.find("file"), file_of(item, files)
    assert old is not None and original is not None, "a use has a file"
    file_id, first = ids.file(media)
    if not first:
        return old.start, old.end, f'<file id="{file_id}"'.encode() + style.stub_end
    shape = original.find("media", "video", "samplecharacteristics")
    source = Source(
        name=PurePosixPath(media.editor_path).name,
        pathurl=to_pathurl(media.editor_path, like=original.value("pathurl")),
        rate=media.rate,
        frames=media.frames,
        width=media.width,
        height=media.height,
        start=media.start,
        drop_frame=media.drop_frame,
        reel=media.reel,
        pixel_aspect=(shape.value("pixelaspectratio") if shape else "") or "square",
        anamorphic=shape is not None and shape.value("anamorphic").upper() == "TRUE",
    )
    return old.start, old.end, style.fitted(file_element(source, file_id), old.start)


def _moved_bodies(document: Document, replaced: set[int]) -> Iterator[Edit]:
    """Where a file's body goes with a styled clip, its next stub gets it, byte for byte."""
    gone: dict[str, Element] = {}
    left: dict[str, list[Element]] = {}
    for parent in document.root.walk():
        for file in parent.all("file"):
            file_id = file.attributes.get("id", "")
            if parent.start not in replaced:
                left.setdefault(file_id, []).append(file)
            elif file.children:
                gone.setdefault(file_id, file)
    for file_id, body in gone.items():
        users = left.get(file_id, [])
        if users and not any(user.children for user in users):
            yield users[0].start, users[0].end, document.data[body.start : body.end]
