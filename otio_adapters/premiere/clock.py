"""What the clip items of a Premiere document say of time: in, out, ticks, and the graph of their speed.

In and out count record frames on an axis of the clip's own, on which the speed has already been
applied; ticks and the graph's values count the media. Knows nothing of tracks or files.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from .cut import Clip
from .filters import Place, SpeedKey, speed_filter
from .numbers import ticks
from .parts import Source

_ROOM = 10  # frames of the axis beyond keyframed speed


@dataclass(frozen=True, slots=True)
class Clock:
    """The numbers of a clip item. `zero` is where its cut stands on the axis of in and out."""

    zero: int
    first: int
    stop: int
    duration: int
    ticks: tuple[int, int] | None
    remap: tuple[str, ...] = ()


def clock_of(clip: Clip, before: int, after: int, rate: Fraction) -> Clock:
    """The clock of a clip at a sequence's rate that shows so many record frames beyond its cut points."""
    length = _media_frames(clip, rate)
    if clip.ramp:
        return _keyframed(clip, before, after, rate, length)
    if clip.retimed:
        return _retimed(clip, before, after, rate, length)
    own = (clip.rate or rate) / rate
    zero = clip.first + (_an_hour(rate) if _is_still(clip) else 0)
    first, stop = zero - before, zero + clip.stop - clip.start + after
    spans = () if clip.percent_only else (ticks(first, rate), ticks(stop, rate))
    begin = floor(first * own)
    end = begin + ceil((stop - first) * own)
    return Clock(floor(zero * own), begin, end, ceil(length * own), spans or None)


def _retimed(clip: Clip, before: int, after: int, rate: Fraction, length: Fraction) -> Clock:
    speed, span = Fraction(clip.speed), clip.stop - clip.start
    edge = Fraction(clip.first) + (speed < 0)  # backwards the edge behind the frame that is shown
    zero = round((edge if speed >= 0 else edge - length) / speed if speed else edge)
    zero = max(zero, before)
    first, stop = zero - before, zero + span + after
    end = max(stop + 1, ceil(length / abs(speed)) if speed else 0)

    def at(when: int) -> Fraction:
        return edge + (when - zero) * speed

    covered = sorted((at(first), at(stop)))
    whens: dict[int, Place] = {0: "start", first: "in", stop: "out", end: "end"}
    keys = [SpeedKey(when, at(when), flag) for when, flag in sorted(whens.items())]
    spans = None if clip.percent_only else (ticks(covered[0], rate), ticks(covered[1], rate))
    remap = speed_filter(100 * speed, False, floor(length) - 1, [] if clip.percent_only else keys)
    return Clock(zero, first, stop, end, spans, tuple(remap))


def _keyframed(clip: Clip, before: int, after: int, rate: Fraction, length: Fraction) -> Clock:
    """Its ticks are wrong, as Premiere's are: they believe in 100 per cent."""
    keys = [(offset, Fraction(value)) for offset, value in clip.ramp]
    (left, low), (right, high) = keys[0], keys[1]
    opening = (high - low) / (right - left)
    whole = floor((low - left * opening) / opening) if opening > 0 else 0
    zero = max(whole, before, ceil(-left)) + (_ROOM if opening <= 0 else 0)
    (near, last), (far, final) = keys[-2], keys[-1]
    closing = (final - last) / (far - near)
    first, stop = zero - before, zero + clip.stop - clip.start + after
    end = ceil(max(stop, zero + far)) + _ROOM
    graph = [SpeedKey(zero + offset, value, "") for offset, value in keys]
    if zero + left > 0:
        graph.insert(0, SpeedKey(0, low - (zero + left) * opening, "start"))
    graph.append(SpeedKey(end, final + (end - zero - far) * closing, "end"))
    begin = max(Fraction(0), low - (left + before) * opening)
    spans = (ticks(begin, rate), ticks(begin + stop - first, rate))
    return Clock(
        zero, first, stop, end, spans, tuple(speed_filter(Fraction(100), True, floor(length) - 1, graph))
    )


def _media_frames(clip: Clip, rate: Fraction) -> Fraction:
    """How long the media is on the sequence's grid; a still goes on for half a day."""
    return 12 * 3600 * rate if _is_still(clip) else clip.source.frames * rate / clip.source.rate


def _is_still(clip: Clip) -> bool:
    return isinstance(clip.source, Source) and clip.source.still


def _an_hour(rate: Fraction) -> int:
    return floor(3600 * rate)
