"""OpenTimelineIO's times as exact numbers: rates snapped to the true ones, frames as fractions.

Floating-point times are off by parts of a thousandth of a frame; what is that close to a whole frame
is taken as it.
"""

from fractions import Fraction
from functools import lru_cache
from math import floor

from opentimelineio.opentime import RationalTime
from opentimelineio.schema import Marker as OtioMarker

from ...core.cut import Marker
from ...core.rates import FrameRange, snap_rate, timebase

LONGEST = 100_000_000  # frames: four days at 240 a second
_FASTEST = 1000  # frames a second; clocks of samples and ticks run faster
_FASTEST_CLOCK = 1_000_000
_CLOSE = Fraction(1, 1000)  # of a frame


def exact_rate(rate: float) -> Fraction:
    """The exact rate that a frame rate stands for. Raises ValueError where it makes no sense."""
    exact = _clock(rate)
    if not exact <= _FASTEST:
        raise ValueError(f"a rate of {rate:g} frames a second makes no sense")
    return exact


def is_frame_rate(rate: float) -> bool:
    """Whether a rate is one of pictures, and not a clock of seconds, samples or ticks."""
    try:
        return 4 <= _clock(rate) <= 480
    except ValueError:
        return False


def frames_at(time: RationalTime, rate: Fraction) -> Fraction:
    """A time in frames at `rate`, not rounded. Raises ValueError where no timeline can hold it."""
    own, value = _clock(time.rate), time.value
    if own == rate and value.is_integer() and abs(value) <= LONGEST:
        return Fraction(int(value))
    frames = Fraction(value) / own * rate
    if abs(frames) > LONGEST:
        raise ValueError(f"{value:g} at {time.rate:g} is beyond any timeline")
    whole = floor(frames + Fraction(1, 2))
    return Fraction(whole) if abs(frames - whole) < _CLOSE else frames


def counted_at(time: RationalTime, rate: Fraction) -> Fraction:
    """A timecode as a count of frames: 01:00:00:00 is the same count at 24 as at 23.976."""
    own = _clock(time.rate)
    return frames_at(time, rate) if timebase(own) != timebase(rate) else frames_at(time, own)


def clock_at(count: Fraction | int, rate: Fraction, clock: Fraction) -> Fraction:
    """A timecode that is `count` frames at `rate`, as a time on a clip's clock, in frames at `rate`.

    hh:mm:ss:ff reads alike at both timebases, though an hour of it takes 3603.6 seconds at 23.976.
    """
    return Fraction(count) * timebase(clock) / timebase(rate) * rate / clock


def nearest(frames: Fraction) -> int:
    """The whole frame nearest to a position; the later one of two."""
    return floor(frames + Fraction(1, 2))


def time_of(frames: Fraction | int, rate: Fraction, like: float | None = None) -> RationalTime:
    """Frames as a time, at the number that the document writes for this rate where `like` is one."""
    written = like if like is not None and _stands_for(like, rate) else float(rate)
    return RationalTime(float(frames), written)


def marker_of(marker: OtioMarker, rate: Fraction, shift: Fraction | int = 0) -> Marker:
    """A marker in frames at `rate`, moved by `shift` frames."""
    first = nearest(frames_at(marker.marked_range.start_time, rate) + shift)
    length = max(0, nearest(frames_at(marker.marked_range.duration, rate)))
    colour = str(marker.color or "green").lower()
    return Marker(marker.name, marker.comment or "", FrameRange(first, first + length), colour)


def _stands_for(number: float, rate: Fraction) -> bool:
    try:
        return exact_rate(number) == rate
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _clock(rate: float) -> Fraction:
    exact = snap_rate(rate)
    if not 1 <= exact <= _FASTEST_CLOCK:
        raise ValueError(f"a rate of {rate:g} a second makes no sense")
    return exact
