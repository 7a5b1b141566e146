"""Where in a file's own time each of its frames lies: from the header, its two ends, or one packet scan.

All times are ticks of the stream's time base. Knows nothing of decoding.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise
from math import floor

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from ..rates import snap_rate

_TABLE_SLACK = Fraction(1, 50)  # of a frame; a header's table is exact but for its rounding
_LATE_SECONDS = Fraction(1, 1000)
_SCAN_SLACK = Fraction(1, 4)  # MKV rounds to a millisecond, TS jitters
_TOP, _REORDERED = 64, 16  # packets of the top, and the latest of them, among which some may be missing
_TAIL_SECONDS = 2

Shown = tuple[int, int]
"""When a frame begins, and how long its packet says that it lasts, in ticks."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Frame `i` stands at `start + i * step`, to within half a step. `even` is False where the
    frames are unevenly spaced (variable frame rate): then there is no such line."""

    rate: Fraction
    frames: int
    start: Fraction
    step: Fraction
    even: bool = True

    def time(self, index: int) -> Fraction:
        """When frame `index` is shown."""
        return self.start + index * self.step

    @property
    def slack(self) -> Fraction:
        """How far from `time` a frame may stand."""
        return self.step / 2


@dataclass(frozen=True, slots=True)
class HeldClock:
    """Unevenly spaced frames on an even grid of `rate`: each moment shows the last one that has begun.

    `times` are those of all frames in order, `step` the ticks from one moment to the next, and `early`
    the ticks that a frame may come too late: files round to a millisecond.
    """

    rate: Fraction
    frames: int
    times: tuple[int, ...]
    step: Fraction
    early: Fraction

    @property
    def start(self) -> Fraction:
        """When the first frame is shown."""
        return Fraction(self.times[0])

    def time(self, index: int) -> Fraction:
        """When the frame that moment `index` shows begins."""
        moment = self.start + index * self.step + self.early
        return Fraction(self.times[bisect_right(self.times, moment) - 1])

    @property
    def slack(self) -> Fraction:
        """How far from `time` a frame may stand: it is known to the tick."""
        return Fraction(1, 2)


def header_clock(stream: VideoStream) -> Clock | None:
    """The clock that the header gives, or None where it has neither a sample table nor a count.

    The table (MOV, MP4, AVI) holds decoding times: good for spacing and counting, not for the start. An AVI
    has no other times, so that its first packet alone tells when its first frame is shown.
    """
    entries, kind = list(stream.index_entries), stream.container.format.name
    if stream.frames and entries and ("mov" in kind or (kind == "avi" and len(entries) >= stream.frames)):
        shown = sum(not entry.is_discard for entry in entries)
        times = sorted(entry.timestamp for entry in entries)
        start = _first_shown(stream) if kind == "avi" else stream.start_time
        return _clock(stream, times, shown, start or 0, _TABLE_SLACK)
    rate = _nominal_rate(stream)
    ticks = stream.time_base and rate and stream.time_base * rate == 1
    if stream.duration and rate and ticks and kind.startswith("mxf"):  # a tick a frame
        return Clock(snap_rate(rate), stream.duration, Fraction(stream.start_time or 0), Fraction(1))
    return None


def sampled_clock(container: InputContainer, stream: VideoStream) -> Clock | None:
    """The clock of a stream without a table (TS, MKV, fragmented MP4), from the packets at its two ends.

    `container` must be freshly opened. Exact where the frames are even all through, which only
    `scanned_clock` knows; None where the packets carry no times.
    """
    top = _shown(container, stream, _TOP)
    times = [time for time, _ in (top if len(top) <= _REORDERED else top[:-_REORDERED])]
    if not times:
        return None
    clock = _clock(stream, times, len(times), times[0], _SCAN_SLACK)
    last = _last_shown(container, stream)
    last = max(last[0] if last else 0, times[-1])
    place = (last - times[0]) * (stream.time_base or 1) * clock.rate
    even = clock.even and abs(place - round(place)) <= _SCAN_SLACK
    return replace(clock, frames=round(place) + 1, even=even)


def scanned_clock(container: InputContainer, stream: VideoStream) -> Clock:
    """The clock after reading every packet of a freshly opened container; it is at its end then."""
    times = [time for time, _ in _whole(_stored(container, stream))]
    return _clock(stream, times, len(times), times[0] if times else 0, _SCAN_SLACK)


def held_clock(container: InputContainer, stream: VideoStream, rate: Fraction) -> HeldClock | None:
    """The clock of unevenly spaced frames at a rate, after reading every packet of a freshly opened
    container; None where it has no frame."""
    shown = _shown(container, stream)
    if not shown:
        return None
    tick = stream.time_base or Fraction(1)
    seconds = (sum(shown[-1]) - shown[0][0]) * tick
    times = tuple(time for time, _ in shown)
    return HeldClock(rate, held_frames(seconds, rate), times, 1 / (rate * tick), _LATE_SECONDS / tick)


def played_seconds(container: InputContainer, stream: VideoStream, first: int) -> Fraction:
    """How long unevenly spaced frames play from the first one, shown at tick `first`, to the last one's end.

    Reads the packets of the last two seconds; the container is at its end then. The header alone
    tells when frames are decoded, which is some frames early.
    """
    last = _last_shown(container, stream)
    end = sum(last) if last else first + (stream.duration or 0)
    return (end - first) * (stream.time_base or Fraction(1))


def held_frames(seconds: Fraction, rate: Fraction) -> int:
    """The whole frames of a grid of `rate` in so many seconds; one at least."""
    return max(1, floor(seconds * rate + Fraction(1, 10_000)))


def _first_shown(stream: VideoStream) -> int | None:
    """When the first frame of a file is shown; read beside what its container has open."""
    with av.open(stream.container.name, metadata_errors="replace") as container:
        own = container.streams[stream.index]
        assert isinstance(own, VideoStream)
        shown = _shown(container, own, _REORDERED)
    return shown[0][0] if shown else None


def _last_shown(container: InputContainer, stream: VideoStream) -> Shown | None:
    """The last frame."""
    tick = stream.time_base or Fraction(1)
    length = stream.duration or int((container.duration or 0) / (1_000_000 * tick))
    near = (stream.start_time or 0) + length - int(_TAIL_SECONDS / tick)
    container.seek(max(near, stream.start_time or 0), stream=stream, backward=True)
    return max(_whole(_stored(container, stream), _REORDERED), default=None)


def _shown(container: InputContainer, stream: VideoStream, most: int | None = None) -> list[Shown]:
    """The frames of the next `most` packets, by time."""
    return sorted(_stored(container, stream, most))


def _stored(container: InputContainer, stream: VideoStream, most: int | None = None) -> list[Shown]:
    """The same in the order that they are stored in."""
    packets = (packet for packet in container.demux(stream) if packet.size and not packet.is_discard)
    return [(one.pts, one.duration or 0) for one in islice(packets, most) if one.pts is not None]


def _whole(stored: list[Shown], first: int = 0) -> list[Shown]:
    """Frames by time, given as they are stored; of a film that was cut off those in front of its first gap.

    With B frames a frame is stored before some that are shown earlier. Where these were cut off, it stands
    behind a gap of whole frames, and is no more part of the film. Gaps before frame `first` do not count.
    """
    shown = sorted(stored)
    times = [time for time, _ in shown[first:]]
    if shown == stored or _evenly(times, _SCAN_SLACK):
        return shown
    for count in range(len(times) - 1, max(len(times) - _REORDERED, _REORDERED), -1):
        if _evenly(times[:count], _SCAN_SLACK):
            return shown[: first + count] if _goes_on(times, count) else shown
    return shown


def _goes_on(times: list[int], count: int) -> bool:
    """Whether times from `count` on lie, with gaps, on the grid of those before, and near them."""
    step = Fraction(times[count - 1] - times[0], count - 1)
    if not step:
        return False
    places = [(time - times[count - 1]) / step for time in times[count:]]
    return places[-1] <= _REORDERED and all(abs(at - round(at)) <= _SCAN_SLACK for at in places)


def _clock(stream: VideoStream, times: list[int], frames: int, start: int, slack: Fraction) -> Clock:
    span = times[-1] - times[0] if times else 0
    rate = _rate(stream, span, len(times))
    if not span:
        step = 1 / (rate * (stream.time_base or 1))
        return Clock(rate, frames, Fraction(start), step)
    step = Fraction(span, len(times) - 1)
    return Clock(rate, frames, Fraction(start), step, _evenly(times, slack))


def _evenly(times: list[int], slack: Fraction) -> bool:
    """Whether times lie a step apart, to a share of it or two ticks."""
    gaps = [after - before for before, after in pairwise(times)] or [0]
    step = Fraction(sum(gaps), len(gaps))
    return max(gaps) - min(gaps) <= min(max(2, slack * step), step / 2)


def _nominal_rate(stream: VideoStream) -> Fraction | None:
    return stream.guessed_rate or stream.average_rate or stream.base_rate or None


def _rate(stream: VideoStream, span: int, count: int) -> Fraction:
    """What the header says, unless the times say something else for certain."""
    nominal = _nominal_rate(stream)
    if not span:
        return snap_rate(nominal or 25)
    measured = (count - 1) / (span * (stream.time_base or Fraction(1)))
    doubt = Fraction(2, span) + Fraction(1, 10_000)
    if nominal and abs(nominal / measured - 1) <= doubt:
        return snap_rate(nominal)
    return snap_rate(measured)
