"""Exact frames of a media file, at random or in sequence.

Every landing of a seek is verified by the decoded frame's own time; where it lies behind the target,
the seek is repeated from farther back, at last from the top. Interlaced frames come progressive, and
all in planes. Knows nothing of colours.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from av import VideoFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from ..errors import MediaError
from .clock import Clock, HeldClock, header_clock, held_clock, scanned_clock
from .decoders import working_decoder
from .fields import deinterlaced
from .files import FORGETFUL, decoding, open_media, picture_stream, pixel_aspect_of
from .intact import intact
from .layouts import planar

_AHEAD = 48  # frames that are quicker decoded through than sought
_BACK = 12  # frames of the first step back from a failed landing
_NEAR = 3  # frames
_DECODING = 1 << 29  # bytes, for the frames that threads decode at once
_MOST_THREADS = 16


class FrameReader:
    """An open film file. `clock` has its rate and its count, `pixel_aspect` a pixel's width over height,
    `size` the width and height of its frames as they are stored.

    Unevenly spaced frames are read at `rate`, each moment showing the last frame that has begun; evenly
    spaced ones are counted as they are. With `hardware` the graphics card decodes, where it gives the same
    pictures; it does not tell all damage. For one thread at a time. Raises MediaError: E-OFFLINE where
    the file is missing, E-DECODE where it cannot be read, or is uneven and there is no `rate`.
    """

    def __init__(self, path: Path, rate: Fraction | None = None, *, hardware: bool = False) -> None:
        self.path = path
        self._near: dict[int, VideoFrame] = {}
        with decoding(path):
            self._decoder = working_decoder(path) if hardware else ""
            self._open()
            self.clock: Clock | HeldClock = self._found_clock(rate)
        self.pixel_aspect: Fraction = self._upright_aspect()
        self.size = self._stream.width, self._stream.height

    def _upright_aspect(self) -> Fraction:
        aspect = pixel_aspect_of(self._stream)
        return 1 / aspect if aspect != 1 and self.read(0).rotation % 180 else aspect

    def _found_clock(self, rate: Fraction | None) -> Clock | HeldClock:
        clock = header_clock(self._stream) or _scan(self.path)
        if clock.even:
            return clock
        held = _held(self.path, rate) if rate else None
        if held is None:
            self.close()
            hint = "Give a rate to read it at, or convert it to a constant rate."
            raise self._error("its frames are unevenly spaced (variable frame rate)", hint)
        return held

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._container.close()

    def moment(self, index: int) -> Fraction:
        """When frame `index` begins, in seconds of the file's own time; its sound counts by the same."""
        return (self.clock.start + index * self.clock.step) * (self._stream.time_base or 1)

    def read(self, index: int) -> VideoFrame:
        """Frame `index`, counted from 0; MediaError E-DECODE where it is missing or damaged."""
        frame = self._stored(index)
        if not frame.interlaced_frame:
            return planar(frame)
        before, after = self._beside(index - 1), self._beside(index + 1)
        return planar(deinterlaced(before, frame, after))

    def _beside(self, index: int) -> VideoFrame | None:
        """A frame that helps another; None where there is none, or none like it."""
        try:
            return self._stored(index)
        except MediaError:
            return None

    def _stored(self, index: int) -> VideoFrame:
        """Frame `index` as it is in the file; of fields the last few are at hand, to be read in one go."""
        if index not in self._near:
            frame = self._found(index)
            near = self._near if frame.interlaced_frame else {}
            self._near = {at: one for at, one in near.items() if abs(at - index) < _NEAR} | {index: frame}
        return self._near[index]

    def _found(self, index: int) -> VideoFrame:
        if not 0 <= index < self.clock.frames:
            hint = "Relink the clip to the file it was cut from."
            raise self._error(f"frame {index} does not exist: it has {self.clock.frames} frames", hint)
        target = self.clock.time(index)
        with decoding(self.path, f"frame {index} cannot be decoded"):
            frame = self._by_hardware(target) or self._ahead(target) or self._sought(target)
        if frame is None:
            hint = "Copy the file again from its camera original, or export it again."
            raise self._error(f"frame {index} is damaged or missing, or built on one that is", hint)
        return frame

    def _by_hardware(self, target: Fraction) -> VideoFrame | None:
        """The frame at `target` by hardware; where that fails, the processor takes over for good."""
        if not self._decoder:
            return None
        with suppress(FFmpegError):
            if frame := self._ahead(target) or self._sought(target):
                return frame
        self._decoder = ""
        self._land(None)
        return None

    def _open(self) -> None:
        self._container: InputContainer = open_media(self.path, self._decoder)
        self._stream: VideoStream = picture_stream(self._container, self.path)
        self._stream.thread_type = "AUTO"
        self._stream.codec_context.thread_count = 1 if self._decoder else _threads(self._stream)
        self._decoded = intact(self._container, self._stream)
        self._last: VideoFrame | None = None  # the newest frame of `_decoded`
        if self._stream.format.name == "pal8":  # its palette comes with the first packet alone
            self._decoded = chain([*islice(self._decoded, 1)], self._decoded)

    def _ahead(self, target: Fraction) -> VideoFrame | None:
        """The frame at `target` where it is the newest one or shortly after it."""
        if self._last is None:
            return None
        distance = target - _pts(self._last)
        if abs(distance) < self.clock.slack:
            return self._last
        return self._run(target) if 0 < distance < _AHEAD * self.clock.step else None

    def _sought(self, target: Fraction) -> VideoFrame | None:
        for landing in self._landings(target):
            if self._land(landing) and (found := self._run(target)):
                return found
        return None

    def _landings(self, target: Fraction) -> Iterator[Fraction | None]:
        """Where to start from: the target, ever farther before it, and at last the top (None)."""
        back = Fraction(0)
        while target - back > self.clock.start:
            yield target - back
            back = max(3 * back, _BACK * self.clock.step)
        yield None

    def _land(self, landing: Fraction | None) -> bool:
        """Start decoding at a place; False where the file cannot be sought there."""
        if landing is None:
            self._container.close()
            self._open()
            return True
        try:
            self._container.seek(int(landing), stream=self._stream, backward=True)
        except FFmpegError:
            return False
        self._decoded = intact(self._container, self._stream)
        return True

    def _run(self, target: Fraction) -> VideoFrame | None:
        """Decode on until the frame at `target`; None where it does not come."""
        tolerance = self.clock.slack
        for frame in self._decoded:
            self._last = frame
            if _pts(frame) > target - tolerance:
                return frame if _pts(frame) < target + tolerance else None
        self._last = None
        return None

    def _error(self, what: str, hint: str) -> MediaError:
        return MediaError(what, where=str(self.path), hint=hint, code="E-DECODE")


def _threads(stream: VideoStream) -> int:
    """How many threads decode a stream: one a core, as long as their frames are no burden."""
    if stream.codec.name in FORGETFUL:
        return 1
    pixels = stream.width * stream.height
    return max(1, min(os.cpu_count() or 1, _MOST_THREADS, _DECODING // max(1, 4 * pixels)))


def _scan(path: Path) -> Clock:
    stat = path.stat()
    return _scanned_as_it_is(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _scanned_as_it_is(path: Path, size: int, changed: int) -> Clock:
    """Scanned once for the many shots that may come from one file."""
    with open_media(path) as container:
        return scanned_clock(container, picture_stream(container, path))


def _held(path: Path, rate: Fraction) -> HeldClock | None:
    stat = path.stat()
    return _held_as_it_is(path, rate, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=8)
def _held_as_it_is(path: Path, rate: Fraction, size: int, changed: int) -> HeldClock | None:
    """Scanned once, as above."""
    with open_media(path) as container:
        return held_clock(container, picture_stream(container, path), rate)


def _pts(frame: VideoFrame) -> int:
    assert frame.pts is not None  # `intact` sees to it
    return frame.pts
