"""The events of a CMX 3600 EDL, read line by line, and written again so that the adapter reads them right.

The published adapter refuses a fade at the beginning, lists sorted by source, drop-frame timecode
and rates such as 23.976, drops the outgoing clip of some dissolves, and loses reverse at full speed.
Here every position becomes a plain frame count and every event one of its own. Knows no OTIO.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from ...core.errors import TimelineError, UsageError
from ...core.rates import can_drop, parse_timecode, timebase

_TIMECODE = r"(\d+(?:[:;.]\d{2}){2}[:;.,]\d{2,3}|\d{1,9})"
_EVENT = re.compile(
    r"(?P<number>\d+)\s+(?P<reel>\S.*?)\s+(?P<channel>\S+)\s+(?P<kind>C|D|W\d{1,3}|K\s?[BO]?)"
    r"(?:\s+(?P<length>\d{1,6}))?" + r"\s+".join(["", *([_TIMECODE] * 4)])
)
_MOTION = re.compile(r"M2\s+(?P<reel>\S.*?)\s+(?P<speed>[+-]?\d{1,6}(?:\.\d{0,6})?)\s+\S+")
_SIDE = re.compile(r"\*?\s*(FROM|TO) (?=CLIP|FILE)")
_BLACK = ("BL", "BLACK")
MARK = "STYLEREEL EVENT"
_DAY_HOURS = 24
_LONGEST = 100_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event: where it is in its source and in the record, in frames. `kind` is `C`, or a transition's
    of `length` frames at its head; `speed` is in source frames per record frame."""

    line: int
    reel: str
    channel: str
    kind: str
    length: int
    source: tuple[int, int]
    record: tuple[int, int]
    speed: Fraction = Fraction(1)
    odd: str = ""
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Events:
    """What an EDL holds, by record time. `drop_frame` says whether it counts so."""

    title: str
    drop_frame: bool
    events: list[Event] = field(default_factory=list)


def read_events(path: Path, text: str, rate: Fraction | None) -> tuple[Events, Fraction]:
    """The events of an EDL and the rate they count in.

    Raises UsageError where nothing tells the rate, TimelineError where a line makes no sense.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    drops = any(line.upper().startswith("FCM") and "NON" not in line.upper() for _, line in lines)
    rate = rate or (Fraction(30000, 1001) if drops else None)
    if rate is None:
        hint = "Say it with --rate: 24, 25, 23.976 …"
        raise UsageError("an EDL does not say how many frames a second has", where=str(path), hint=hint)
    found = _grouped(path, lines, rate, drops)
    if not found:
        raise TimelineError(
            "there is no event in this EDL", where=str(path), hint="Export it again.", code="E-SEQ"
        )
    title = next((line[6:].strip() for _, line in lines if line.upper().startswith("TITLE:")), "")
    ordered = sorted(found, key=lambda event: event.record[0])
    return Events(title, drops and can_drop(rate), [_checked(event, rate) for event in ordered]), rate


def written(events: Events) -> str:
    """The same events as an EDL for the adapter; each says its place in the list in a comment.

    A transition becomes the adapter's pair of lines, unless nothing stands before it on its channel.
    """
    lines = [f"TITLE: {events.title}"]
    begun: set[str] = set()
    for index, event in enumerate(events.events):
        length = event.record[1] - event.record[0]
        numbers = event.source[0], event.source[0] + length, *event.record
        times = " ".join(f"{number}" for number in numbers)
        head = f"{index + 1:06} {event.reel.replace(' ', '_')} {event.channel}"
        if event.kind != "C" and event.channel in begun:
            zero = f"{event.source[0]} {event.source[0]} {event.record[0]} {event.record[0]}"
            lines += [f"{head} C {zero}", f"{head} {event.kind} {event.length:03} {times}"]
        else:
            lines.append(f"{head} C {times}")
        begun.add(event.channel)
        lines += [*event.comments, f"* {MARK} {index}"]
    return "\n".join(lines) + "\n"


def _grouped(path: Path, lines: list[tuple[int, str]], rate: Fraction, drops: bool) -> list[Event]:
    found: list[Event] = []
    for number, line in lines:
        if line[0].isdigit():
            match = _EVENT.fullmatch(line)
            if match is None:
                what = f"line {number} is no event of a CMX 3600 EDL: {line[:80]!r}"
                raise TimelineError(what, where=str(path), hint="Export the EDL again.", code="E-SCHEMA")
            found.append(_event(path, number, match, rate, drops))
        elif found and not line.upper().startswith(("TITLE:", "FCM", "SPLIT")):
            found[-1] = replace(found[-1], comments=(*found[-1].comments, line))
    return [event for event in _shared(found) if event.record[1] > event.record[0]]


def _event(path: Path, number: int, match: re.Match[str], rate: Fraction, drops: bool) -> Event:
    frames = []
    for text in match.groups()[-4:]:
        frames.append(_frames(path, number, text, rate, drops))
    source, record = (frames[0], frames[1]), (frames[2], frames[3])
    if record[1] < record[0]:  # over midnight
        record = record[0], record[1] + _DAY_HOURS * 3600 * timebase(rate)
    if max(*source, *record) > _LONGEST:
        raise TimelineError(f"line {number} is beyond any timeline", where=str(path), code="E-SCHEMA")
    kind = match["kind"].replace(" ", "")
    kind = f"W{int(kind[1:]):03}" if kind.startswith("W") else kind
    length = int(match["length"] or 0) if kind[0] in "DW" else 0  # a key is laid over, it begins at once
    return Event(number, match["reel"], match["channel"], kind if length else "C", length, source, record)


def _frames(path: Path, line: int, text: str, rate: Fraction, drops: bool) -> int:
    if text.isdigit():
        return int(text)
    if drops and not re.search("[;,]", text):
        text = ";".join((text[: -len(text.rsplit(":", 1)[-1]) - 1], text.rsplit(":", 1)[-1]))
    try:
        return parse_timecode(text, rate)[0]
    except ValueError as error:
        what = f"line {line}: {error}"
        hint = "Is --rate what the EDL was made at?"
        raise TimelineError(what, where=str(path), hint=hint, code="E-RATE") from error


def _shared(events: list[Event]) -> Iterator[Event]:
    """Every event with its own comments: the lines of a dissolve and of a split edit share theirs."""
    for index, event in enumerate(events):
        follows = events[index + 1] if index + 1 < len(events) else None
        pair = follows is not None and not event.comments and follows.line <= event.line + 2
        if pair and follows and follows.kind != "C" and follows.channel == event.channel:
            yield replace(event, comments=tuple(line for line in follows.comments if _side(line) == "FROM"))
        elif pair and follows and follows.channel != event.channel:
            yield replace(event, comments=follows.comments)
        elif event.kind != "C" and any(_side(line) == "TO" for line in event.comments):
            kept = (line for line in event.comments if _side(line) != "FROM")
            yield replace(event, comments=tuple(_SIDE.sub("* FROM ", line) for line in kept))
        else:
            yield event


def _side(comment: str) -> str:
    match = _SIDE.match(comment)
    return match[1] if match else ""


def _checked(event: Event, rate: Fraction) -> Event:
    """The event at the speed that its comments tell, and with a word on lengths that disagree."""
    first, stop = event.source
    if stop < first:
        event = replace(event, source=(stop, first))
    motions = [match for line in event.comments if (match := _MOTION.match(line))]
    own = [match for match in motions if match["reel"].split()[0] == event.reel] or motions
    frozen = any("FREEZE FRAME" in line.upper() for line in event.comments)
    rest = tuple(
        line for line in event.comments if not _MOTION.match(line) and "FREEZE FRAME" not in line.upper()
    )
    if own or frozen:
        speed = Fraction(own[-1]["speed"]) / timebase(rate) if own and not frozen else Fraction(0)
        return replace(event, speed=speed, comments=rest)
    takes, lasts = abs(stop - first), event.record[1] - event.record[0]
    if takes != lasts and event.reel not in _BLACK:
        odd = f"it takes {takes} frames of its source for {lasts} and names no speed; it plays at full speed"
        return replace(event, odd=odd)
    return event
