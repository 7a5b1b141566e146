"""Clips of a nested sequence as they are seen through it, in the frames of the sequence around it.

Positions are cut to what the nest shows, speeds multiply, a reversed nest turns its clips around.
Knows nothing of documents: readers give what stands in a nest, and where the nest itself stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from .cut import Cut, Marker, Nest, Note, Skipped, Transition, Use
from .markers import held_markers, lies_in
from .rates import FrameRange
from .timemap import Through, Time, TimeMap


def seen_through(nest: Nest, inner: Cut) -> tuple[list[Use], list[Skipped], list[Note]]:
    """What a nest shows of the sequence `inner`, in the frames and with the ids of the one around it.

    Markers of the nest and of the nested sequence become markers of the clips they hold. What the
    nest does not show is left out.
    """
    marked = _marked(inner, nest)
    uses = [seen for use in inner.uses if (seen := _seen(nest, use, marked[use.id]))]
    skipped = []
    for one in inner.skipped:
        if record := _record(nest, one.record):
            skipped.append(Skipped(one.clip, f"{nest.track}/{one.track}", record, one.reason))
    return uses, skipped, list(_notes(nest, inner.notes))


def _seen(nest: Nest, use: Use, markers: Sequence[Marker]) -> Use | None:
    visible = _shows(nest, use.visible, nest.visible)
    if visible is None:
        return None
    record = _shows(nest, use.record, nest.record) or _shows(nest, use.record, nest.visible) or visible
    visible = FrameRange(min(visible.first, record.first), max(visible.stop, record.stop))
    return replace(
        use,
        id=f"{nest.id}/{use.id}",
        track=f"{nest.track}/{use.track}",
        record=record,
        time=_time(nest, use, record.first - nest.record.first),
        head=_head(nest, use, record, record.first - visible.first),
        tail=_tail(nest, use, record, visible.stop - record.stop),
        markers=(*markers, *use.markers),
        nests=(nest.clip, *use.nests),
    )


def _shows(nest: Nest, span: FrameRange, within: FrameRange) -> FrameRange | None:
    """The record frames of `within` from the first to the last on which the nest shows some of `span`."""
    found = _offsets(nest.time, span, within.first - nest.record.first, within.stop - nest.record.first)
    return FrameRange(found.first + nest.record.first, found.stop + nest.record.first) if found else None


def _offsets(time: Time, span: FrameRange, start: int, stop: int) -> FrameRange | None:
    offsets = range(start, stop)
    way = time.direction
    if way is None:
        inside = [offset for offset in offsets if time.frame(offset) in span]
        return FrameRange(inside[0], inside[-1] + 1) if inside else None
    if way < 0:
        begin = bisect_left(offsets, -span.stop + 1, key=lambda offset: -time.frame(offset))
        end = bisect_right(offsets, -span.first, key=lambda offset: -time.frame(offset))
    else:
        begin = bisect_left(offsets, span.first, key=time.frame)
        end = bisect_left(offsets, span.stop, key=time.frame)
    return FrameRange(start + begin, start + end) if begin < end else None


def _time(nest: Nest, use: Use, later: int) -> Time:
    outer = nest.time.later(later)
    if isinstance(outer, TimeMap) and outer.plain:  # frame for frame
        return use.time.later(outer.frame(0) - use.record.first)
    return Through(outer, use.time, use.record.first, use.offsets)


def _head(nest: Nest, use: Use, record: FrameRange, before: int) -> Transition | None:
    if record.first <= nest.record.first and (nest.head or record.first < nest.record.first):
        return _joined(nest.head, before, nest.head.after if nest.head else 0)
    own, edge = (use.tail, use.record.stop) if nest.time.direction == -1 else (use.head, use.record.first)
    return _own(nest, own, edge, record, before, is_head=True)


def _tail(nest: Nest, use: Use, record: FrameRange, after: int) -> Transition | None:
    if record.stop >= nest.record.stop and (nest.tail or record.stop > nest.record.stop):
        return _joined(nest.tail, nest.tail.before if nest.tail else 0, after)
    own, edge = (use.head, use.record.first) if nest.time.direction == -1 else (use.tail, use.record.stop)
    return _own(nest, own, edge, record, after, is_head=False)


def _own(
    nest: Nest, own: Transition | None, edge: int, record: FrameRange, outside: int, is_head: bool
) -> Transition | None:
    """A transition within the nest, as long as the nest shows it at its speed.

    What lies `outside` the clip's cut is one even where the clip has none at this end: a nest that
    turns back shows its tail at its head.
    """
    inside = _shows(nest, FrameRange(edge - own.before, edge + own.after), record) if own else None
    meets = inside and (inside.first == record.first if is_head else inside.stop == record.stop)
    length = len(inside) if inside and meets else 0
    return _joined(own, *((outside, length) if is_head else (length, outside)))


def _joined(like: Transition | None, before: int, after: int) -> Transition | None:
    kind = like.kind if like else "dissolve"
    return Transition(kind, before, after) if before + after else None


def _record(nest: Nest, span: FrameRange) -> FrameRange | None:
    wide = span if len(span) else FrameRange(span.first, span.first + 1)
    return _shows(nest, wide, nest.visible)


def _notes(nest: Nest, notes: Iterable[Note]) -> Iterator[Note]:
    for note in notes:
        if note.record is None:
            yield note
        elif record := _record(nest, FrameRange(note.record, note.record + 1)):
            yield Note(note.code, f"in {nest.clip}: {note.message}", record.first)


def _marked(inner: Cut, nest: Nest) -> dict[str, list[Marker]]:
    """By the clip's id, the markers that hold it from without, put on its first visible frame."""
    shown = nest.time.frames(FrameRange(0, max(1, len(nest.record))))
    own = [marker for marker in nest.markers if lies_in(marker, shown)]
    held = held_markers(inner)
    found = {}
    for use in inner.uses:
        outside = [*own, *(mark.marker for mark in held[use.id] if not mark.on_clip)]
        found[use.id] = [_put(marker, use, shown) for marker in outside]
    return found


def _put(marker: Marker, use: Use, shown: FrameRange) -> Marker:
    first = use.visible.clamped(shown).first - use.record.first
    frame = use.time.frame(first)
    return replace(marker, span=FrameRange(frame, frame))
