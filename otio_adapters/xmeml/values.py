"""Numbers, rates and timecodes as xmeml writes them. Knows nothing of clips or tracks.

Documents hold anything where a number should be; what makes no sense is None, never an error.
"""

import re
from fractions import Fraction
from functools import cache

from ...core.rates import parse_timecode, rate_from_timebase
from .tree import Element

FARTHEST = 1_000_000_000  # frames from the beginning of any media or sequence: 48 days at 240 a second
_WHOLE = re.compile(r"([+-]?[0-9]{1,18})(?:\.0*)?")  # ticks of 45 days; anything longer is nonsense
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,2})?")
_SLOWED = frozenset((10, 12, 15, 24, 30, 48, 60, 90, 120, 240))  # what 1000/1001 is applied to


class Passed(Exception):
    """Why a clip stays on its original, and under which code that is noted, if it is."""

    def __init__(self, reason: str, code: str = "", advice: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code, self.advice = reason, code, advice


def number(element: Element, *path: str) -> int | None:
    """The whole number at the end of a path (`13`, `13.0`), or None where there is none that is sane."""
    match = _WHOLE.fullmatch(element.value(*path))
    return int(match[1]) if match else None


def decimal(element: Element, *path: str) -> Fraction | None:
    """The number at the end of a path (`37.5`), exactly, or None where there is none that is sane."""
    text = element.value(*path)
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def enabled(element: Element) -> bool:
    """Whether a clip, a track or a filter is switched on."""
    return element.value("enabled").upper() != "FALSE"


def rate_of(element: Element | None) -> Fraction | None:
    """The rate of an element's `<rate>`, or None where it has none that makes sense."""
    timebase = number(element, "rate", "timebase") if element else None
    if element is None or timebase is None or not 0 < timebase <= 1000:
        return None
    return _rate(timebase, element.value("rate", "ntsc").upper() == "TRUE")


@cache
def _rate(timebase: int, ntsc: bool) -> Fraction:
    return rate_from_timebase(timebase, ntsc)


def is_cut_off(rate: Fraction) -> bool:
    """Whether a rate is what is left of 14.985, 29.97 or 59.94 without its decimals: 14, 29, 59.

    It stands on media that has no even rate, or whose rate was not understood.
    """
    return rate.denominator == 1 and rate + 1 in _SLOWED


def meant_rate(element: Element) -> Fraction | None:
    """The rate an element's frames are counted at: `rate_of`, and 30000/1001 where that is 29."""
    rate = rate_of(element)
    return (rate + 1) * Fraction(1000, 1001) if rate and is_cut_off(rate) else rate


def timecode_of(element: Element, rate: Fraction) -> tuple[int, bool]:
    """`<timecode>` → (frame count at `rate`, drop frame); 0 where there is none."""
    start, drop_frame = told_timecode(element, rate)
    return start or 0, bool(drop_frame)


def told_timecode(element: Element, rate: Fraction) -> tuple[int | None, bool | None]:
    """`<timecode>` → (frame count at `rate`, drop frame), each None where nothing says it."""
    text, form = element.value("timecode", "string"), element.value("timecode", "displayformat").upper()
    drop_frame = form == "DF" if form else None
    try:
        return parse_timecode(text.replace(":", ";") if drop_frame else text, rate)
    except ValueError:
        frame = number(element, "timecode", "frame")
        return (frame if frame is not None and 0 <= frame <= FARTHEST else None), drop_frame
