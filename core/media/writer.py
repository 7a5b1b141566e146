"""Styled frames to ProRes 422 HQ: segments while rendering, then one file joined by packet copy.

Every file is written beside its place, verified there and moved in whole. Knows nothing of where the
frames come from, nor of how colours are made: it carries the tags of the first frame.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import av
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.stream import VideoStream

from ..errors import VerifyError
from ..rates import FrameRange, timecode
from .about import ENCODERS, encoder_name
from .files import decoding, open_media, picture_stream, publishing
from .spherical import mark_sphere
from .verify import Slate, verify_count, verify_file

_HQ = {"profile": "3", "vendor": "apl0"}
_PIXELS = "yuv422p10le"


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `frames` of a segment file, counted from its own first frame."""

    path: Path
    frames: FrameRange


def write_segment(
    path: Path,
    frames: Iterable[VideoFrame],
    rate: Fraction,
    *,
    pixel_aspect: Fraction = Fraction(1),
    threads: int = 0,
) -> int:
    """Encode `frames` (tagged yuv422p10le, as `repaint` makes them) to a ProRes 422 HQ .mov; how many.

    The first frame gives size and colour tags; `threads` is 0 for one a core. Raises OutputError
    where the file cannot be written, VerifyError where it does not hold every frame, and whatever
    `frames` raises; in every case nothing half-written stays.
    """
    with publishing(path) as part:
        count = _encode(part, iter(frames), rate, pixel_aspect, threads)
        verify_count(part, count, place=path)
    return count


def join_segments(pieces: Sequence[Piece], path: Path, slate: Slate) -> None:
    """Copy the packets of `pieces`, in order, into one .mov that keeps what `slate` promises.

    Verified before it is published. Raises OutputError where it cannot be written, VerifyError where
    pieces and promise differ, MediaError where a piece cannot be read.
    """
    if (held := sum(len(piece.frames) for piece in pieces)) != slate.frames or not held:
        raise VerifyError(f"{held} frames are to be joined, {slate.frames} were promised", where=str(path))
    with publishing(path) as part:
        options = {"movie_timescale": str(slate.rate.numerator), "movflags": "use_metadata_tags"}
        with av.open(f"file:{part}", "w", format="mov", options=options) as container:
            container.metadata.update(slate.metadata)
            stream = _copied_stream(container, pieces[0].path, slate)
            for index, packet in enumerate(_packets(pieces)):
                packet.stream, packet.time_base = stream, 1 / slate.rate
                packet.pts = packet.dts = index
                packet.duration = 1
                container.mux(packet)
        if slate.sphere:
            mark_sphere(part, slate.stereo)
        verify_file(part, slate, place=path)


def _encode(
    part: Path, frames: Iterator[VideoFrame], rate: Fraction, pixel_aspect: Fraction, threads: int
) -> int:
    first = next(frames, None)
    if first is None:
        raise ValueError("a segment needs a frame at least")
    with av.open(f"file:{part}", "w", format="mov") as container:
        stream = _prores_stream(container, rate, first.width, first.height, pixel_aspect)
        _tag(stream, first.colorspace, first.color_range, first.color_trc, first.color_primaries)
        stream.thread_count, stream.thread_type = threads, "FRAME"
        count = 0
        for frame in chain([first], frames):
            if frame.format.name != _PIXELS:
                raise ValueError(f"frames are written as {_PIXELS}, not as {frame.format.name}")
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        container.mux(stream.encode())
    return count


def _prores_stream(
    container: OutputContainer, rate: Fraction, width: int, height: int, pixel_aspect: Fraction
) -> VideoStream:
    stream = container.add_stream(encoder_name() or ENCODERS[-1], rate=rate, options=_HQ)
    assert isinstance(stream, VideoStream)
    stream.width, stream.height, stream.pix_fmt = width, height, _PIXELS
    stream.codec_context.time_base = 1 / rate
    stream.codec_context.sample_aspect_ratio = pixel_aspect
    return stream


def _tag(stream: VideoStream, matrix: int, value_range: int, transfer: int, primaries: int) -> None:
    context = stream.codec_context
    context.colorspace, context.color_range = matrix, value_range
    context.color_trc, context.color_primaries = transfer, primaries


def _copied_stream(container: OutputContainer, model: Path, slate: Slate) -> VideoStream:
    """A stream like that of `model`. Not made with `add_stream_from_template`: that loses the timecode."""
    with decoding(model), open_media(model) as source:
        like = picture_stream(source, model)
        stream = _prores_stream(container, slate.rate, like.width, like.height, slate.pixel_aspect)
        _tag(stream, like.colorspace, like.color_range, like.color_trc, like.color_primaries)
    stream.metadata["timecode"] = timecode(slate.start, slate.rate, slate.drop_frame)
    if slate.reel:
        stream.metadata["reel_name"] = slate.reel
    return stream


def _packets(pieces: Sequence[Piece]) -> Iterator[Packet]:
    for piece in pieces:
        found = 0
        for packet in _piece_packets(piece):
            found += 1
            yield packet
        if found != len(piece.frames):
            what = f"it holds {found} of the {len(piece.frames)} frames that are to be copied from it"
            raise VerifyError(what, where=str(piece.path), hint="Delete the segment and render again.")


def _piece_packets(piece: Piece) -> Iterator[Packet]:
    """The packets of a piece's frames; ProRes has one packet a frame, in order."""
    with decoding(piece.path), open_media(piece.path) as container:
        packets = (packet for packet in container.demux(picture_stream(container, piece.path)) if packet.size)
        yield from islice(packets, piece.frames.first, piece.frames.stop)
