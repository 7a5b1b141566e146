"""Reads Premiere's XML (xmeml): which sequences there are, and what one of them uses.

Knows the document as a whole; what a clip item says is `xmeml_clip`, where it stands `xmeml_track`.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from ..core.cut import Cut, Note, Skipped, Use
from ..core.errors import TimelineError, UsageError
from ..core.paths import PathMap
from .xmeml_clip import Surroundings, enabled, markers_of, rate_of, read_clip, timecode_of
from .xmeml_track import Placed, number, placed
from .xmltree import Document, Element, parse


def load(path: Path, data: bytes) -> Document:
    """The document of an xmeml file. Raises TimelineError where it is not one."""
    document = parse(path, data)
    if document.root.tag != "xmeml":
        what = f"this is <{document.root.tag}>, not the <xmeml> that Premiere exports"
        raise TimelineError(what, where=str(path), hint="In Premiere: File > Export > Final Cut Pro XML.")
    return document


def files_of(document: Document) -> dict[str, Element]:
    """Every file id → the first element that defines it in full."""
    found: dict[str, Element] = {}
    for element in document.root.walk():
        if element.tag == "file" and element.children:
            found.setdefault(element.attributes.get("id", ""), element)
    return found


def bodies_of(document: Document) -> dict[str, Element]:
    """Every sequence id → the first element that has the sequence in full, nested ones too."""
    found: dict[str, Element] = {}
    for element in document.root.walk():
        if element.tag == "sequence" and element.children:
            found.setdefault(element.attributes.get("id", ""), element)
    return found


def nested_body(item: Element, bodies: Mapping[str, Element]) -> Element | None:
    """The sequence in full that a clip item shows, wherever the document has it; None where there is none."""
    nested = item.find("sequence")
    if nested is None or nested.children:
        return nested
    return bodies.get(nested.attributes.get("id", ""))


def top_sequences(document: Document) -> list[Element]:
    """The sequences that stand on their own, in full; what only stands in another's clips is a nest."""
    bodies = bodies_of(document)
    found: dict[int, Element] = {}
    for element in _outside_clips(document.root):
        body = element if element.children else bodies.get(element.attributes.get("id", ""))
        if body is not None:
            found.setdefault(body.start, body)
    return list(found.values())


def _outside_clips(root: Element) -> Iterator[Element]:
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.tag == "sequence":
            yield element
        elif element.tag != "clipitem":
            waiting.extend(reversed(element.children))


def name_of(sequence: Element) -> str:
    """A sequence's name, or its id where it has none."""
    return sequence.value("name") or sequence.attributes.get("id", "") or "(no name)"


def choose(document: Document, name: str | None) -> Element:
    """The sequence of that name, or the only one.

    Raises UsageError rather than guess between several, and TimelineError where there is none.
    """
    found = top_sequences(document)
    names = [name_of(sequence) for sequence in found]
    where = str(document.path)
    if not found:
        what, hint = "there is no sequence in this file", "Select a sequence in Premiere and export it again."
        raise TimelineError(what, where=where, hint=hint, code="E-SEQ")
    listed = ", ".join(repr(each) for each in names)
    if name is None and len(found) > 1:
        hint = f"Choose one with --sequence: {listed}."
        what = f"there are {len(found)} sequences in this file"
        raise UsageError(what, where=where, hint=hint, code="E-SEQ")
    if name is None:
        return found[0]
    if names.count(name) == 1:
        return found[names.index(name)]
    if name in names:
        hint = "Give them different names in Premiere and export again."
        raise UsageError(f"several sequences are called {name!r}", where=where, hint=hint, code="E-SEQ")
    close = get_close_matches(name, names, 1)
    hint = f"Did you mean {close[0]!r}?" if close else f"There are: {listed}."
    raise UsageError(f"there is no sequence {name!r}", where=where, hint=hint, code="E-SEQ")


def video_tracks(sequence: Element) -> Iterator[tuple[str, Element, list[Placed]]]:
    """The video tracks from the bottom up: name (`V1`), element and the items placed on it."""
    rate = rate_of(sequence)
    video = sequence.find("media", "video")
    taken: set[str] = set()
    if video is None or rate is None:
        return
    for index, track in enumerate(video.all("track"), 1):
        yield f"V{index}", track, placed(track, f"V{index}", rate, taken)


def read(document: Document, sequence: Element, paths: PathMap) -> Cut:
    """What a sequence uses. Raises TimelineError where it has no rate or no picture."""
    where, name = str(document.path), name_of(sequence)
    rate = rate_of(sequence)
    if rate is None:
        raise TimelineError(f"sequence {name!r} has no rate that makes sense", where=where, code="E-RATE")
    if sequence.find("media", "video") is None:
        hint = "Only a part of a sequence was saved: export it whole from Premiere."
        raise TimelineError(f"sequence {name!r} has no video tracks", where=where, hint=hint, code="E-SEQ")
    around = Surroundings(rate, files_of(document), paths)
    clips: list[Use | Skipped] = []
    notes: list[Note] = []
    for track, element, places in video_tracks(sequence):
        found, said = _read_track(track, element, places, around)
        clips += found
        notes += said
    start, drop_frame = timecode_of(sequence, rate)
    return Cut(
        path=document.path,
        sequence=name,
        rate=rate,
        frames=max([number(sequence, "duration") or 0, *(clip.record.stop for clip in clips)]),
        uses=tuple(clip for clip in clips if isinstance(clip, Use)),
        start=start,
        drop_frame=drop_frame,
        markers=markers_of(sequence),
        skipped=tuple(clip for clip in clips if isinstance(clip, Skipped)),
        notes=tuple(notes),
    )


def _read_track(
    track: str, element: Element, places: list[Placed], around: Surroundings
) -> tuple[list[Use | Skipped], list[Note]]:
    if not enabled(element):
        notes = [Note("W-DISABLED", f"track {track} is disabled, its {len(places)} clips are passed by")]
        off = [Skipped(p.item.value("name"), track, p.record, "disabled: its track is off") for p in places]
        return list(off), notes if places else []
    clips: list[Use | Skipped] = []
    notes = []
    for place in places:
        clip, said = read_clip(place, track, around)
        clips.append(clip)
        notes += said
        if isinstance(clip, Skipped) and clip.reason == "disabled":
            notes.append(Note("W-DISABLED", f"{clip.clip} on {track} is disabled", place.record.first))
    return clips, notes
