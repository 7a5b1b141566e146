"""Frames to packets, in one format.

Knows how an encoder is driven, and how ProRes is brought to an odd width. Knows nothing of files.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from av import CodecContext, Packet, VideoFrame
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from .about import encoder_of
from .formats import Format
from .odd_width import one_column_wider, with_width


class Coder:
    """The encoder of a stream; ProRes of an odd width has one of its own, a column wider.

    `count` is how many frames went in.
    """

    def __init__(self, stream: VideoStream, form: Format, rate: Fraction, threads: int = 0) -> None:
        self._stream, self._rate, self.count = stream, rate, 0
        self._pixels = stream.pix_fmt
        self._wider = _wider(stream, form, rate) if stream.width % 2 and form.widened else None
        coder = self._wider or stream.codec_context
        coder.thread_count = threads
        if form.spliced:
            coder.thread_type = "FRAME"

    def coded(self, frames: Iterable[VideoFrame]) -> Iterator[Packet]:
        """The packets of frames, whatever comes of each, and of those that are left."""
        for frame in frames:
            yield from self._packets(frame)
            del frame
        yield from self._packets(None)

    def _packets(self, frame: VideoFrame | None) -> Sequence[Packet]:
        if frame is not None:
            if frame.format.name != self._pixels:
                raise ValueError(f"frames are written as {self._pixels}, not as {frame.format.name}")
            frame.pts, frame.time_base = self.count, 1 / self._rate
            self.count += 1
        if self._wider is None:
            return self._stream.encode(frame)
        return [self._narrower(packet) for packet in self._encoded(frame, self._wider)]

    def _encoded(self, frame: VideoFrame | None, coder: VideoCodecContext) -> list[Packet]:
        if frame is None:
            return coder.encode(None)
        wider = one_column_wider(frame)
        wider.pts, wider.time_base = frame.pts, frame.time_base
        return coder.encode(wider)

    def _narrower(self, packet: Packet) -> Packet:
        narrower = with_width(packet, self._stream.width)
        narrower.stream = self._stream
        return narrower


def _wider(stream: VideoStream, form: Format, rate: Fraction) -> VideoCodecContext:
    coder = CodecContext.create(encoder_of(form, stream.width * stream.height) or form.encoders[-1], "w")
    assert isinstance(coder, VideoCodecContext)
    coder.width, coder.height, coder.pix_fmt = stream.width + 1, stream.height, stream.pix_fmt
    coder.time_base, coder.framerate, coder.options = 1 / rate, rate, dict(form.options)
    like = stream.codec_context
    coder.colorspace, coder.color_range = like.colorspace, like.color_range
    coder.color_trc, coder.color_primaries = like.color_trc, like.color_primaries
    return coder
