"""A CMX 3600 EDL as an OTIO timeline, through the published adapter.

What the adapter makes of it is put right: speeds as the events tell them, fades at the beginning,
exact rates, and a record that starts at 0 with its timecode as the timeline's start.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import FreezeFrame, Gap, LinearTimeWarp, Timeline, Track, Transition

from ...core.cut import Note
from ...core.errors import TimelineError, UsageError
from ...core.rates import STANDARD_RATES, timebase
from .dialect import OURS
from .edl_events import MARK, Event, Events, read_events, written

_ADAPTER = "cmx_3600"
_RATES = tuple(
    rate for rate in STANDARD_RATES if RationalTime.is_smpte_timecode_rate(float(timebase(rate)))
)  # those whose timecode the adapter counts


@dataclass(frozen=True, slots=True)
class Edl:
    """An EDL as a timeline, and what was odd in it."""

    timeline: Timeline
    notes: tuple[Note, ...]


def read_edl(path: Path, data: bytes, rate: Fraction | None) -> Edl:
    """An EDL as a timeline of its own. Raises UsageError where the rate or the adapter is missing,
    TimelineError where it cannot be read."""
    if _ADAPTER not in otio.adapters.available_adapter_names():
        hint = "pip install 'stylereel[edl]'"
        raise UsageError("reading an EDL needs another package", where=str(path), hint=hint)
    if rate is not None and rate not in _RATES:
        hint = f"EDLs are read at {', '.join(f'{float(each):.6g}' for each in _RATES)}."
        what = "no EDL counts so many frames a second"
        raise UsageError(what, where=f"--rate {float(rate):.6g}", hint=hint, code="E-RATE")
    events, rate = read_events(path, _text(data), rate)
    try:
        timeline = otio.adapters.read_from_string(
            written(events),
            _ADAPTER,
            media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia,
            rate=timebase(rate),
        )
    except Exception as error:  # the adapter raises whatever it hits upon
        reason = " ".join(str(error).split()) or type(error).__name__
        what, hint = f"the EDL adapter cannot read this file: {reason}", "Export the EDL again."
        raise TimelineError(what, where=str(path), hint=hint, code="E-SCHEMA") from error
    return _righted(timeline, events, rate)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\0", "")


def _righted(timeline: Timeline, events: Events, rate: Fraction) -> Edl:
    start = min(event.record[0] for event in events.events)
    for track in timeline.tracks:
        _right_track(track, events, rate, start)
    timeline.global_start_time = RationalTime(start, float(rate))
    timeline.metadata[OURS] = {"dialect": "otio", "drop_frame": events.drop_frame}
    notes = (
        Note("W-TICKS", f"event on line {e.line}: {e.odd}", e.record[0] - start)
        for e in events.events
        if e.odd
    )
    return Edl(timeline, tuple(notes))


def _right_track(track: Track, events: Events, rate: Fraction, start: int) -> None:
    track.source_range = None
    first: Event | None = None
    for item in track:
        if isinstance(item, Transition):
            item.in_offset, item.out_offset = (_at(time, rate) for time in (item.in_offset, item.out_offset))
            continue
        item.source_range = _range_at(item.source_range, rate)
        if not isinstance(item, Gap):
            event = events.events[_index(item)]
            first = first or event
            _right_clip(item, event, rate)
    if first is None:
        return
    if first.kind != "C":
        zero, length = RationalTime(0, float(rate)), RationalTime(first.length, float(rate))
        kind = "SMPTE_Wipe" if first.kind.startswith("W") else "SMPTE_Dissolve"
        track.insert(0, Transition(transition_type=kind, in_offset=zero, out_offset=length))
    if first.record[0] > start:
        gap = TimeRange(RationalTime(0, float(rate)), RationalTime(first.record[0] - start, float(rate)))
        track.insert(0, Gap(source_range=gap))


def _index(clip: otio.schema.Clip) -> int:
    """The place of a clip's event in the list, from the comment that said it; the comment goes."""
    noted = clip.metadata["cmx_3600"]
    mark = next(line for line in noted["comments"] if line.startswith(MARK))
    noted["comments"] = [line for line in noted["comments"] if line != mark]
    if not noted["comments"]:
        del noted["comments"]
    return int(mark.removeprefix(MARK))


def _right_clip(clip: otio.schema.Clip, event: Event, rate: Fraction) -> None:
    if event.speed != 1:
        frozen = not event.speed
        clip.effects.append(FreezeFrame() if frozen else LinearTimeWarp(time_scalar=float(event.speed)))
        clip.name = clip.name.removesuffix(" FF") if frozen else clip.name
    reference = clip.media_reference
    if reference is not None and reference.available_range is not None:
        reference.available_range = _range_at(reference.available_range, rate)
    if reference is not None and isinstance(reference, otio.schema.ImageSequenceReference):
        reference.rate = float(rate)
    for marker in clip.markers:
        first = marker.marked_range.start_time.value
        if not event.source[0] <= first < event.source[1] and event.record[0] <= first < event.record[1]:
            first = event.source[0] + (first - event.record[0]) * float(event.speed)
        marker.marked_range = TimeRange(RationalTime(first, float(rate)), RationalTime(0, float(rate)))


def _range_at(span: TimeRange, rate: Fraction) -> TimeRange:
    return TimeRange(_at(span.start_time, rate), _at(span.duration, rate))


def _at(time: RationalTime, rate: Fraction) -> RationalTime:
    """The same count of frames at the exact rate."""
    return RationalTime(time.value, float(rate))
