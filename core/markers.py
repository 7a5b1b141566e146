"""Which markers hold for which clips.

A range marker on the sequence holds the clips whose midpoint it contains, a point marker the clip
under it (the topmost one), a clip's own marker that clip where it lies in the part that is used.
Knows nothing of what a marker's name or comment means.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .cut import Cut, Marker, Use
from .rates import FrameRange


@dataclass(frozen=True, slots=True)
class Held:
    """A marker that holds for some clip; `record` is the record frame at which it is seen."""

    marker: Marker
    on_clip: bool
    record: int


def sequence_marks(cut: Cut) -> list[Held]:
    """The sequence's own markers, the shortest first: the narrower one says more about a clip."""
    marks = (Held(marker, False, marker.span.first) for marker in cut.markers)
    return sorted(marks, key=lambda held: (len(held.marker.span), held.record))


def held_markers(cut: Cut) -> dict[str, tuple[Held, ...]]:
    """For every use, by its id, the markers that hold for it: its own in their order, then the sequence's."""
    held: dict[str, list[Held]] = {use.id: list(_own(use)) for use in cut.uses}
    middles = sorted(cut.uses, key=_doubled_middle)
    keys = [_doubled_middle(use) for use in middles]
    tracks = _tracks(cut.uses)
    for mark in sequence_marks(cut):
        span = mark.marker.span
        if len(span):
            found = middles[bisect_left(keys, 2 * span.first) : bisect_left(keys, 2 * span.stop)]
        else:
            found = list(_topmost(tracks, span.first))
        for use in found:
            held[use.id].append(mark)
    return {use_id: tuple(marks) for use_id, marks in held.items()}


def track_order(track: str) -> tuple[int, str]:
    """Sorts `V1`, `V2`, … `V10` from the bottom up."""
    digits = "".join(filter(str.isdigit, track))
    return (int(digits) if digits else 0, track)


def lies_in(marker: Marker, frames: FrameRange) -> bool:
    """Whether some of a marker, or the point that it is, lies in `frames`."""
    last = max(marker.span.first, marker.span.stop - 1)
    return marker.span.first < frames.stop and frames.first <= last


def _doubled_middle(use: Use) -> int:
    return use.record.first + use.record.stop


def _own(use: Use) -> Iterator[Held]:
    used = use.media_frames
    for marker in sorted(use.markers, key=lambda marker: marker.span.first):
        if lies_in(marker, used):
            yield Held(marker, True, _first_shown(use, marker))


def _first_shown(use: Use, marker: Marker) -> int:
    """The record frame on which a clip first shows what its marker holds."""
    span = FrameRange(marker.span.first, max(marker.span.first + 1, marker.span.stop))
    if use.time.plain:
        record = use.record.first + span.first - use.time.frame(0)
        return min(max(record, use.visible.first), use.visible.stop - 1)
    offsets = range(use.offsets.first, use.offsets.stop)
    return use.record.first + next((at for at in offsets if use.time.frame(at) in span), offsets[0])


def _tracks(uses: Sequence[Use]) -> Mapping[str, tuple[list[int], list[Use]]]:
    """Per track, the topmost first, its clips in order and the frames they start at."""
    tracks: dict[str, list[Use]] = {}
    for use in uses:
        tracks.setdefault(use.track, []).append(use)
    ordered = {}
    for track in sorted(tracks, key=track_order, reverse=True):
        row = sorted(tracks[track], key=lambda use: use.record.first)
        ordered[track] = ([use.record.first for use in row], row)
    return ordered


def _topmost(tracks: Mapping[str, tuple[list[int], list[Use]]], record: int) -> Iterator[Use]:
    for starts, row in tracks.values():
        at = bisect_right(starts, record) - 1
        if at >= 0 and record in row[at].record:
            yield row[at]
            return
