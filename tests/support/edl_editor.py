"""What an editor would show of a CMX 3600 EDL: cuts, dissolves and speeds, read on its own.

Record timecode counts from the first event's. Tapes are looked up by reel: (path, first frame's timecode).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from support.seen import Position, Seen

_EVENT = re.compile(
    r"(?P<number>\d+)\s+(?P<reel>\S+)\s+V\s+(?P<kind>[CD])(?:\s+(?P<length>\d{3}))?\s+"
    r"(?P<source>\S+)\s+(?P<source_out>\S+)\s+(?P<record>\S+)\s+(?P<record_out>\S+)"
)
_SPEED = re.compile(r"M2\s+(?P<reel>\S+)\s+(?P<speed>-?[\d.]+)\s+(?P<source>\S+)")


@dataclass
class _Event:
    reel: str
    source: int
    record: int
    stop: int
    dissolve: int
    speed: Fraction = Fraction(1)


def shown(text: str, rate: Fraction, tapes: Mapping[str, tuple[str, int]]) -> Iterator[Seen]:
    """Everything that the video track shows. Under the head of a dissolve the clip before it goes on."""
    events = list(_events(text, round(rate)))
    zero = events[0].record
    for index, event in enumerate(events):
        after = events[index + 1].dissolve if index + 1 < len(events) else 0
        for record in range(event.record, event.stop + after if event.reel != "BL" else event.record):
            path, start = tapes[event.reel]
            offset = event.source - start + (record - event.record) * event.speed
            yield Seen("V1", record - zero, path, Position(offset / rate))


def _events(text: str, base: int) -> Iterator[_Event]:
    events: list[_Event] = []
    for line in text.splitlines():
        if match := _EVENT.match(line):
            event = _Event(
                match["reel"],
                _count(match["source"], base),
                _count(match["record"], base),
                _count(match["record_out"], base),
                int(match["length"] or 0),
            )
            if event.record < event.stop:
                events.append(event)
        elif (match := _SPEED.match(line)) and events:
            events[-1].speed = Fraction(match["speed"]) / base
    yield from events


def _count(timecode: str, base: int) -> int:
    hours, minutes, seconds, frames = map(int, re.split("[:;]", timecode))
    return ((hours * 60 + minutes) * 60 + seconds) * base + frames
