"""Exact frame rates, timecode and half-open frame ranges. Knows nothing of files or timelines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

STANDARD_RATES: tuple[Fraction, ...] = tuple(
    Fraction(rate)
    for rate in (
        "10 12 12.5 15 24000/1001 24 25 30000/1001 30 48000/1001 48 50 "
        "60000/1001 60 90 100 120000/1001 120 240000/1001 240"
    ).split()
)
_TIMECODE = re.compile(r"(\d{1,3})[:;.](\d{2})[:;.](\d{2})([:;.,])(\d{1,3})")


@dataclass(frozen=True, slots=True, order=True)
class FrameRange:
    """Frames `first` … `stop - 1`."""

    first: int
    stop: int

    def __post_init__(self) -> None:
        if self.stop < self.first:
            raise ValueError(f"a frame range cannot run backwards: {self.first} to {self.stop}")

    def __len__(self) -> int:
        return self.stop - self.first

    def __contains__(self, frame: int) -> bool:
        return self.first <= frame < self.stop

    def clamped(self, other: "FrameRange") -> "FrameRange":
        """The part of this range that lies in `other`; empty at its nearer end where none does."""
        first = min(max(self.first, other.first), other.stop)
        return FrameRange(first, max(first, min(self.stop, other.stop)))


def joined(spans: Iterable[FrameRange]) -> list[FrameRange]:
    """Ranges in their order, those that touch put together."""
    runs: list[FrameRange] = []
    for span in sorted(spans):
        if runs and span.first <= runs[-1].stop:
            span = FrameRange(runs[-1].first, max(runs.pop().stop, span.stop))
        runs.append(span)
    return runs


def rate_from_timebase(timebase: int, ntsc: bool) -> Fraction:
    """The rate of an xmeml `<rate>`: the timebase, slowed by 1000/1001 when `ntsc`."""
    if timebase <= 0:
        raise ValueError(f"a timebase must be above 0, not {timebase}")
    return Fraction(timebase * 1000, 1001) if ntsc else Fraction(timebase)


def snap_rate(rate: float | Fraction) -> Fraction:
    """The exact rate that `rate` (frames per second, perhaps rounded: 23.976) stands for.

    Raises ValueError where `rate` is not a positive number.
    """
    if not rate > 0 or rate != rate or rate == float("inf"):
        raise ValueError(f"a frame rate must be a number above 0, not {rate}")
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - Fraction(rate)))
    if abs(nearest - Fraction(rate)) < Fraction(1, 1000) * nearest / 3:
        return nearest
    return Fraction(rate).limit_denominator(1001)


def timebase(rate: Fraction) -> int:
    """The whole frames that timecode counts in a second: 24 for 24000/1001, and one at least."""
    return max(1, int(rate + Fraction(1, 2)))


def can_drop(rate: Fraction) -> bool:
    """Whether drop-frame timecode exists at this rate: 29.97, 59.94 and a true 30 or 60."""
    return timebase(rate) in (30, 60)


def timecode(frame: int, rate: Fraction, drop_frame: bool = False) -> str:
    """Frame count → SMPTE ST 12-1 timecode, `01:00:00:00`, or `01:00:00;00` in drop frame."""
    base = timebase(rate)
    drop_frame = drop_frame and can_drop(rate)
    if drop_frame:
        dropped = base // 15
        minute, ten_minutes = base * 60 - dropped, base * 600 - dropped * 9
        tens, rest = divmod(frame, ten_minutes)
        frame += dropped * 9 * tens + (dropped * ((rest - dropped) // minute) if rest > dropped else 0)
    seconds, frames = divmod(frame, base)
    hours, seconds = divmod(seconds, 3600)
    separator = ";" if drop_frame else ":"
    width = 3 if base > 100 else 2
    return f"{hours % 24:02}:{seconds // 60:02}:{seconds % 60:02}{separator}{frames:0{width}}"


def parse_timecode(text: str, rate: Fraction) -> tuple[int, bool]:
    """Timecode → (frame count, drop frame). Raises ValueError where the text is no timecode at `rate`."""
    match = _TIMECODE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a timecode such as 01:00:00:00")
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    base = timebase(rate)
    drop_frame = match[4] in ";," and can_drop(rate)
    if minutes > 59 or seconds > 59 or frames >= base:
        raise ValueError(f"{text!r} does not exist at {base} frames a second")
    count = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if drop_frame:
        total_minutes = hours * 60 + minutes
        count -= base // 15 * (total_minutes - total_minutes // 10)
    return count, drop_frame
