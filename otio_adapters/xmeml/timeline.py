"""Premiere's XML as an OpenTimelineIO timeline: tracks, transitions, nests in full. Nothing is lost on
the way that OpenTimelineIO can hold; what it cannot is in `metadata["stylereel"]`.

Knows where things stand. What one clip is, is `otio_clip`; relinking never goes this way: there
the editor's own document is patched.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ...core.cut import Transition
from ...core.errors import StyleReelError, TimelineError
from .clip import markers_of
from .otio_audio import crossfaded
from .otio_clip import Around, Played, clip_of, dress, how_played
from .otio_meta import marker, time, told, track_metadata
from .read import bodies_of, choose, files_of, load, name_of, nested_body, top_sequences
from .track import Placed, placed
from .tree import Document, Element
from .values import enabled, number, rate_of, timecode_of

_KINDS = {"video": otio.schema.TrackKind.Video, "audio": otio.schema.TrackKind.Audio}
_MOST = 200_000  # items: more are nests in nests that nobody cut
_DEEPEST = 60  # nests: OpenTimelineIO walks them on the machine's stack


def read_from_file(filepath: str, sequence: str | None = None) -> otio.core.SerializableObject:
    """For OpenTimelineIO: the timelines of a file, or the one called `sequence`. Raises OTIOError."""
    try:
        return read(Path(filepath).read_bytes(), Path(filepath), sequence)
    except OSError as error:
        raise otio.exceptions.OTIOError(f"{filepath}: {error.strerror or error}") from error
    except StyleReelError as error:
        raise otio.exceptions.OTIOError(str(error)) from error


def read_from_string(input_str: str, sequence: str | None = None) -> otio.core.SerializableObject:
    """For OpenTimelineIO: the timelines of a document, or the one called `sequence`. Raises OTIOError."""
    try:
        return read(input_str.encode("utf-8"), Path("timeline.xml"), sequence)
    except StyleReelError as error:
        raise otio.exceptions.OTIOError(str(error)) from error


def read(
    data: bytes, path: Path, sequence: str | None = None
) -> otio.schema.Timeline | otio.schema.SerializableCollection:
    """The one timeline of a document, or a collection of all where it has several that stand on their own.

    Raises TimelineError where it is no xmeml or has no sequence, UsageError for an unknown `sequence`.
    """
    document = load(path, data)
    tops = top_sequences(document)
    if sequence is not None or len(tops) < 2:
        return timeline_of(document, choose(document, sequence))
    timelines = [timeline_of(document, each) for each in tops]
    return otio.schema.SerializableCollection(name=path.stem, children=timelines)


def timeline_of(document: Document, sequence: Element) -> otio.schema.Timeline:
    """A sequence as a timeline. Raises TimelineError where it has no rate or a nest contains itself."""
    rate, where = rate_of(sequence), str(document.path)
    if rate is None:
        what = f"sequence {name_of(sequence)!r} has no rate that makes sense"
        raise TimelineError(what, where=where, hint="Export it again.", code="E-RATE")
    if sequence.find("media", "video") is None and sequence.find("media", "audio") is None:
        what = f"sequence {name_of(sequence)!r} has no tracks"
        hint = "Only a part of a sequence was saved: export it whole from Premiere."
        raise TimelineError(what, where=where, hint=hint, code="E-SEQ")
    start, _ = timecode_of(sequence, rate)
    timeline = otio.schema.Timeline(name=name_of(sequence), global_start_time=time(start, rate))
    builder = _Builder(where, files_of(document), bodies_of(document))
    timeline.tracks = builder.stack(sequence, rate, tuple(_KINDS))
    timeline.tracks.name = "tracks"
    timeline.metadata.update(_sequence_metadata(sequence, rate))
    return timeline


def _sequence_metadata(sequence: Element, rate: Fraction) -> dict[str, Any]:
    picture = sequence.find("media", "video", "format", "samplecharacteristics")
    return told(
        id=sequence.attributes.get("id", ""),
        uuid=sequence.value("uuid"),
        rate=str(rate),
        duration=number(sequence, "duration"),
        drop_frame=timecode_of(sequence, rate)[1],
        width=number(picture, "width") if picture else None,
        height=number(picture, "height") if picture else None,
        label=sequence.value("labels", "label2"),
    )


@dataclass
class _Builder:
    """Builds stacks, each nested body once for each kind of track; uses of it are copies."""

    where: str
    files: Mapping[str, Element]
    bodies: Mapping[str, Element]
    _known: dict[tuple[int, str], tuple[otio.schema.Stack, int]] = field(default_factory=dict)
    _around: dict[Fraction, Around] = field(default_factory=dict)
    _open: list[int] = field(default_factory=list)
    _items: int = 0

    def stack(self, sequence: Element, rate: Fraction, kinds: tuple[str, ...]) -> otio.schema.Stack:
        """The tracks of a sequence, of these kinds, from the bottom up, and its markers."""
        if sequence.start in self._open or len(self._open) >= _DEEPEST:
            how = (
                "contains itself" if sequence.start in self._open else f"is nested more than {_DEEPEST} deep"
            )
            hint = "Untangle the nests in Premiere and export again."
            what = f"sequence {name_of(sequence)!r} {how}"
            raise TimelineError(what, where=self.where, hint=hint, code="E-SEQ")
        self._open.append(sequence.start)
        stack = otio.schema.Stack(name=name_of(sequence))
        taken: set[str] = set()
        for kind in kinds:
            media = sequence.find("media", kind)
            for index, track in enumerate(media.all("track") if media else (), 1):
                name = f"{kind[0].upper()}{index}"
                stack.append(self._track(track, kind, name, placed(track, name, rate, taken), rate))
        stack.markers.extend(marker(each, Fraction(0), rate) for each in markers_of(sequence))
        self._open.pop()
        return stack

    def _track(
        self, element: Element, kind: str, name: str, places: list[Placed], rate: Fraction
    ) -> otio.schema.Track:
        track = otio.schema.Track(name=name, kind=_KINDS[kind])
        track.enabled = enabled(element)
        standing, left_out = _untangled(crossfaded(places, rate) if kind == "audio" else places)
        before: Placed | None = None
        for place in standing:
            track.extend(_between(before, place, rate))
            track.append(self._item(place, kind, rate))
            before = place
        if before and before.tail:
            track.append(_transition(before.tail, rate))
        track.metadata.update(track_metadata(element, left_out))
        return track

    def _item(self, place: Placed, kind: str, rate: Fraction) -> otio.core.Item:
        self._count(1)
        body = nested_body(place.item, self.bodies)
        if body:
            return self._nest(place, body, kind, rate)
        return clip_of(place, self._around.setdefault(rate, Around(rate, self.files)))

    def _nest(self, place: Placed, body: Element, kind: str, rate: Fraction) -> otio.schema.Stack:
        """A nested sequence in full; on an audio track with its audio alone, else with its pictures."""
        inside = rate_of(body)
        stack = self._copied(body, inside, kind) if inside else otio.schema.Stack()
        stack.name = place.item.value("name") or name_of(body)
        played = how_played(place, rate)
        dress(stack, place, _from_its_start(played, place, body, rate), Fraction(0), rate)
        stack.metadata["stylereel"]["nested"] = _sequence_metadata(body, inside or rate)["stylereel"]
        return stack

    def _copied(self, body: Element, rate: Fraction, kind: str) -> otio.schema.Stack:
        key = body.start, kind
        if key not in self._known:
            before = self._items
            self._known[key] = self.stack(body, rate, (kind,)), 0
            self._known[key] = self._known[key][0], self._items - before
        else:
            self._count(self._known[key][1])
        return deepcopy(self._known[key][0])

    def _count(self, items: int) -> None:
        self._items += items
        if self._items > _MOST:
            what = f"nests in nests hold more than {_MOST:,} clips"
            hint = "Untangle the nests in Premiere and export again."
            raise TimelineError(what, where=self.where, hint=hint, code="E-SEQ")


def _untangled(places: Sequence[Placed]) -> tuple[list[Placed], list[dict[str, Any]]]:
    """Items that stand one behind the other, and what is told of those that cannot."""
    standing: list[Placed] = []
    left_out: list[dict[str, Any]] = []
    for place in places:
        if place.trouble or (standing and place.record.first < standing[-1].record.stop):
            why = place.trouble or "it stands over the clip before it"
            left_out.append({"id": place.id, "name": place.item.value("name"), "why": why})
        else:
            standing.append(place)
    return standing, left_out


def _between(before: Placed | None, place: Placed, rate: Fraction) -> Iterator[otio.core.Composable]:
    """The gap and the transitions between two items, or before the first one.

    A fade goes to nothing: where a clip follows at once, a gap without length stands for that.
    """
    here = before.record.stop if before else 0
    tail, head = before.tail if before else None, place.head
    apart = place.record.first > here
    if tail and head and tail == head and tail.kind == "dissolve" and not apart:
        yield _transition(tail, rate)
        return
    if tail:
        yield _transition(tail, rate)
    if apart or (before and (tail or head)):
        yield otio.schema.Gap(duration=time(place.record.first - here, rate))
    if head:
        yield _transition(head, rate)


def _transition(of: Transition, rate: Fraction) -> otio.schema.Transition:
    return otio.schema.Transition(
        name=of.kind,
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=time(of.before, rate),
        out_offset=time(of.after, rate),
        metadata=told(kind=of.kind),
    )


def _from_its_start(played: Played, place: Placed, body: Element, rate: Fraction) -> Played:
    """How a nest is played, counted from its first frame: in may count from its own start timecode."""
    inside = rate_of(body) or rate
    start, frames = timecode_of(body, inside)[0] * rate / inside, number(body, "duration") or 0
    length = frames * rate / inside
    if not start or played.first < length or not start <= played.first < start + length:
        return played
    return Played(played.first - start, played.effects, played.more)
