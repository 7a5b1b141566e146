"""Small EDLs and footage for tests, written by hand."""

from fractions import Fraction
from pathlib import Path

from stylereel.core.exchange import Footage
from stylereel.core.rates import parse_timecode

FILM = Fraction(24000, 1001)


def edl(*lines: str) -> bytes:
    return "\n".join(["TITLE: One", "FCM: NON-DROP FRAME", *lines, ""]).encode()


def event(number: int, reel: str, kind: str, *times: str, channel: str = "V") -> str:
    return f"{number:03}  {reel:8} {channel}     {kind:6} {' '.join(times)}"


def footage(name: str, start: str | None, frames: int, reel: str = "") -> Footage:
    count = parse_timecode(start, FILM)[0] if start else None
    return Footage(Path("/mnt/cards") / name, Path(name).name, FILM, frames, count, False, reel)
