"""Reads Premiere's XML (xmeml): which sequences there are, and what one of them uses.

Knows the document as a whole and follows its nests; what a clip item says is `clip`, what is
seen through one `seen`, where it stands `track`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from ...core.cut import Cut, Note, Skipped, Use
from ...core.errors import TimelineError, UsageError
from ...core.paths import PathMap
from .clip import Surroundings, markers_of, read_clip, skipped
from .seen import UNTANGLE, Inside, Patience, inside_of, read_nest
from .track import Placed, placed
from .tree import Document, Element, parse
from .values import FARTHEST, Passed, enabled, number, rate_of, timecode_of

_DEEPEST = 60  # sequences within sequences
_MOST = 100_000  # looks at clips through nests


def load(path: Path, data: bytes) -> Document:
    """The document of an xmeml file. Raises TimelineError where it is not one."""
    document = parse(path, data)
    if document.root.tag != "xmeml":
        what = f"this is <{document.root.tag}>, not the <xmeml> that Premiere exports"
        raise TimelineError(what, where=str(path), hint="In Premiere: File > Export > Final Cut Pro XML.")
    return document


def files_of(document: Document) -> dict[str, Element]:
    """Every file id → the first element that defines it in full."""
    return _bodies(document, "file")


def bodies_of(document: Document) -> dict[str, Element]:
    """Every sequence id → the first element that has the sequence in full, nested ones too."""
    return _bodies(document, "sequence")


def _bodies(document: Document, tag: str) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for element in document.identified:
        if element.tag == tag and element.children:
            found.setdefault(element.attributes["id"], element)
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
    """What a sequence uses, through all nests.

    Raises TimelineError where it has no rate or no picture, where a nest contains itself, or where
    nests in nests show more clips than anyone can cut.
    """
    where, name = str(document.path), name_of(sequence)
    if rate_of(sequence) is None:
        raise TimelineError(f"sequence {name!r} has no rate that makes sense", where=where, code="E-RATE")
    if sequence.find("media", "video") is None:
        hint = "Only a part of a sequence was saved: export it whole from Premiere."
        raise TimelineError(f"sequence {name!r} has no video tracks", where=where, hint=hint, code="E-SEQ")
    return _Reader(document, paths).cut(sequence)


@dataclass(slots=True)
class _Found:
    """What has been read of a sequence so far."""

    uses: list[Use] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, uses: Iterable[Use], skipped: Iterable[Skipped], notes: Iterable[Note]) -> None:
        self.uses.extend(uses)
        self.skipped.extend(skipped)
        self.notes.extend(notes)


class _Reader:
    """Reads the sequences of one document, a nested one once however often it is used."""

    def __init__(self, document: Document, paths: PathMap) -> None:
        self._path, self._paths = document.path, paths
        self._files, self._bodies = files_of(document), bodies_of(document)
        self._around: dict[Fraction, Surroundings] = {}
        self._read: dict[int, Inside] = {}
        self._open: dict[int, str] = {}
        self._patience = Patience(_MOST)

    def cut(self, sequence: Element) -> Cut:
        """A sequence that has a rate, in its own frames."""
        self._enter(sequence)
        cut = self._cut(sequence)
        del self._open[sequence.start]
        return cut

    def _inside(self, body: Element) -> Inside:
        if body.start not in self._read:
            self._read[body.start] = inside_of(self.cut(body))
        return self._read[body.start]

    def _enter(self, sequence: Element) -> None:
        name = name_of(sequence)
        if sequence.start in self._open:
            what = f"sequence {name!r} contains itself: {' > '.join((*self._open.values(), name))}"
            raise TimelineError(what, where=str(self._path), hint=UNTANGLE, code="E-SEQ")
        if len(self._open) > _DEEPEST:
            what = f"sequences are nested more than {_DEEPEST} deep, at {name!r}"
            raise TimelineError(what, where=str(self._path), hint=UNTANGLE, code="E-SEQ")
        self._open[sequence.start] = name

    def _cut(self, sequence: Element) -> Cut:
        rate = rate_of(sequence)
        assert rate is not None, "it was asked for before"
        found, around = _Found(), self._surroundings(rate)
        for track, element, places in video_tracks(sequence):
            if enabled(element):
                for place in places:
                    self._item(place, track, around, found)
            elif places:
                _switched_off(track, name_of(sequence) if len(self._open) > 1 else "", places, found)
        start, drop_frame = timecode_of(sequence, rate)
        length = number(sequence, "duration") or 0
        ends = (clip.record.stop for clip in (*found.uses, *found.skipped))
        return Cut(
            path=self._path,
            sequence=name_of(sequence),
            rate=rate,
            frames=max([length if length <= FARTHEST else 0, *ends]),
            uses=tuple(found.uses),
            start=start,
            drop_frame=drop_frame,
            markers=markers_of(sequence),
            skipped=tuple(found.skipped),
            notes=tuple(dict.fromkeys(found.notes)),
            picture=_picture(sequence),
        )

    def _surroundings(self, rate: Fraction) -> Surroundings:
        return self._around.setdefault(rate, Surroundings(rate, self._files, self._paths))

    def _item(self, place: Placed, track: str, around: Surroundings, found: _Found) -> None:
        nested = place.item.find("sequence") if enabled(place.item) else None
        if nested is None:
            clip, notes = read_clip(place, track, around)
            found.add(*(([clip], []) if isinstance(clip, Use) else ([], [clip])), notes)
            return
        body = nested_body(place.item, self._bodies)
        if body is None or rate_of(body) is None:
            what = "is defined nowhere in the document" if body is None else "has no rate that makes sense"
            what = f"its sequence {nested.attributes.get('id', '')!r} {what}"
            passed = Passed(f"unsupported: {what}", "E-SEQ", f"{what}; export it again from Premiere")
            one, notes = skipped(place, track, passed)
            found.add([], [one], notes)
            return
        found.add(*read_nest(place, track, self._inside(body), around.rate, self._patience))


def _picture(sequence: Element) -> tuple[int, int] | None:
    """Width and height of a sequence's picture, where it says so."""
    found = sequence.find("media", "video", "format", "samplecharacteristics")
    width, height = (number(found, side) if found else None for side in ("width", "height"))
    return (width, height) if width and height else None


def _switched_off(track: str, sequence: str, places: list[Placed], found: _Found) -> None:
    of = f" of {sequence}" if sequence else ""
    message = f"track {track}{of} is disabled, its {len(places)} clips are passed by"
    found.notes.append(Note("W-DISABLED", message))
    found.skipped.extend(
        Skipped(place.item.value("name"), track, place.record, "disabled: its track is off")
        for place in places
    )
