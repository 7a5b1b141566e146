"""The frames of a stream that came whole, and are built on none that did not.

A decoder shows a damaged frame, or goes on without it, and what is built on it looks whole to it. Pictures
are built on those decoded before them, since the last key frame; they come out in order of time. Knows
packets and frames; nothing of which frame is wanted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from av import Packet, VideoFrame
from av.container import InputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from .units import spare_check, unit_check

_NONE_BUILT_ON_B = {"mpeg1video", "mpeg2video", "mpeg4", "msmpeg4v3", "vc1", "wmv3"}


def intact(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Whole frames with a time, from where the container stands, in order of time.

    What is damaged is passed by, and so is what may be built on it: all that is decoded behind it up to the
    next key frame, unless it says itself that nothing is built on it.
    """
    sieve = _Sieve(stream)
    for packet in container.demux(stream):
        sieve.expect(packet)
        try:
            frames = packet.decode()
        except ValueError:  # PyAV's InvalidDataError
            sieve.lose()
            continue
        for frame in frames:
            if frame.pts is not None:
                yield from sieve.sift(frame, frame.pts)
    yield from sieve.rest()


@dataclass(frozen=True, slots=True)
class _Expected:
    """A packet whose frame may still come out: its place in decoding order, and what it shows of itself."""

    number: int
    hurt: bool
    spare: bool


@dataclass
class _Sieve:
    """Holds frames until all that were decoded before them are known to be whole.

    Frames that were decoded from number `since` on may be built on a damaged one; a whole key frame ends
    that, where it was decoded behind number `until`, the last one that may be the damaged one itself.
    """

    stream: VideoStream
    count: int = 0
    newest: int = -1
    since: int | None = None
    until: int = -1
    expected: dict[int, _Expected] = field(default_factory=dict)
    held: list[tuple[int, VideoFrame]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._is_hurt, self._is_spare = unit_check(self.stream), spare_check(self.stream)
        self._codec = self.stream.codec.name

    def expect(self, packet: Packet) -> None:
        """A packet goes into the decoder."""
        if packet.pts is not None and packet.size:
            hurt, spare = self._is_hurt(packet), self._is_spare(packet)
            self.expected[packet.pts] = _Expected(self.count, hurt, spare)
        self.count += 1

    def lose(self) -> None:
        """A packet could not be decoded: with threads it is this one or one of those before it."""
        self._spoil(self.newest + 1, self.count - 1)

    def sift(self, frame: VideoFrame, time: int) -> Iterator[VideoFrame]:
        """A frame came out of the decoder; those that are known to be whole now."""
        own = self.expected.get(time) or _Expected(self.newest + 1, False, False)
        self.expected = {at: one for at, one in self.expected.items() if at > time}
        self.newest = max(self.newest, own.number)
        if frame.is_corrupt or own.hurt:
            if not self._spares(frame, own):
                self._spoil(own.number, self.until)
        else:
            if self._is_alone(frame) and own.number > self.until:
                self.since = None
            if self.since is None or own.number < self.since:
                self.held.append((own.number, frame))
        yield from self._known()

    def rest(self) -> Iterator[VideoFrame]:
        """What is held when nothing more comes."""
        return (frame for _, frame in self.held)

    def _spoil(self, first: int, until: int) -> None:
        self.since = since = first if self.since is None else min(first, self.since)
        self.until = until
        self.held = [one for one in self.held if one[0] < since]

    def _spares(self, frame: VideoFrame, own: _Expected) -> bool:
        """Whether nothing is built on a frame."""
        is_b = frame.pict_type == PictureType.B
        return self.stream.codec.intra_only or own.spare or (is_b and self._codec in _NONE_BUILT_ON_B)

    def _is_alone(self, frame: VideoFrame) -> bool:
        """Whether a frame is built on no other, nor any behind it on one before it."""
        return frame.key_frame or self.stream.codec.intra_only or frame.pict_type == PictureType.NONE

    def _known(self) -> Iterator[VideoFrame]:
        awaited = min((one.number for one in self.expected.values()), default=self.count)
        while self.held and self.held[0][0] < awaited:
            yield self.held.pop(0)[1]
