"""Styled frames to film files: segments while rendering, then one file of them, or a folder of pictures.

Segments of one format are joined by packet copy, a packet of numbered pictures being the file of one; what
cannot be joined so (H.264, HEVC) is encoded once from lossless segments. Everything is written beside its
place, verified there and moved in whole. Knows nothing of where the frames come from, nor of how colours are
made: it carries the tags of the first frame.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice
from pathlib import Path

import av
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.stream import VideoStream

from ..errors import MediaError, OutputError, VerifyError
from ..manifest import STYLED_TAG, note_source
from ..numbering import run_from
from ..rates import FrameRange, timecode
from .about import encoder_of
from .coder import Coder
from .ffv1 import is_whole
from .files import (
    MXF_COMMENT,
    PIXEL_ASPECT,
    decoding,
    open_media,
    picture_stream,
    publishing,
    publishing_folder,
)
from .formats import NUMBERED, PRORES, Format, Hardware, with_alpha
from .hardware import encodes, looks_like, own_tags
from .layouts import laid_out
from .mxf import say_aspect
from .profile import with_profile
from .sequence import numbered
from .sound import Sound, SoundTracks
from .spherical import mark_sphere
from .tags import Tags
from .verify import Slate, end_frames, verify_file, verify_segment

_DELAY = 2  # frames by which encoders reorder
_REDO = "Delete the segment and render again."


@dataclass(frozen=True, slots=True)
class Piece:
    """Frames `frames`, from 0, of a segment file, or of numbered pictures that `path` is the first of."""

    path: Path
    frames: FrameRange


def write_segment(
    path: Path,
    frames: Iterable[VideoFrame],
    rate: Fraction,
    *,
    pixel_aspect: Fraction = Fraction(1),
    threads: int = 0,
    form: Format = PRORES,
) -> int:
    """Encode `frames` (tagged, in the format's pixels, as `repaint` makes them) to a file; how many.

    The first frame gives size and colour tags; `threads` is 0 for one a core. Raises OutputError
    where the file cannot be written, VerifyError where it does not hold every frame and the tags, and
    whatever `frames` raises; in every case nothing half-written stays.
    """
    with publishing(path) as part:
        count, asked = _encode(part, iter(frames), rate, pixel_aspect, threads, form)
        verify_segment(part, count, asked, form, place=path)
    return count


def join_segments(
    pieces: Sequence[Piece],
    path: Path,
    slate: Slate,
    sound: Sound | None = None,
    hardware: bool = False,
) -> Hardware | None:
    """Make one file of `pieces`, in order, that keeps what `slate` promises, in its format, with a sound.

    Of numbered pictures `path` is the first, its folder is made, and no sound goes with them. Verified before
    it is published. With `hardware` what is encoded is by the first of the format's that does it right, which
    is given back, else by the processor. Raises OutputError where it cannot be written, VerifyError where
    pieces and promise differ, MediaError where a piece cannot be read.
    """
    if (held := sum(len(piece.frames) for piece in pieces)) != slate.frames or not held:
        raise VerifyError(f"{held} frames are to be joined, {slate.frames} were promised", where=str(path))
    if slate.form.numbered:
        _join_pictures(pieces, path, slate)
        return None
    for way in filter(encodes, slate.form.hardware if hardware else ()):
        with suppress(OutputError, VerifyError, MediaError):  # another may do it, or the processor
            _join_film(pieces, path, replace(slate, form=slate.form.encoded_by(way)), sound, way)
            return way
    _join_film(pieces, path, slate, sound)
    return None


def _join_pictures(pieces: Sequence[Piece], path: Path, slate: Slate) -> None:
    with publishing_folder(path.parent) as folder:
        first = folder / path.name
        for place, packet in zip(run_from(first, slate.frames), _packets(pieces), strict=True):
            place.write_bytes(_profiled(bytes(packet), slate.profile, path.with_name(place.name)))
        if note := slate.metadata.get(STYLED_TAG):
            note_source(first, note)
        verify_file(first, slate, place=path)


def _profiled(picture: bytes, profile: bytes, place: Path) -> bytes:
    try:
        return with_profile(picture, profile) if profile else picture
    except ValueError as error:
        hint = "Render the shot again."
        raise VerifyError(f"cannot be joined: {error}", where=str(place), hint=hint) from error


def _join_film(
    pieces: Sequence[Piece], path: Path, slate: Slate, sound: Sound | None, way: Hardware | None = None
) -> None:
    with publishing(path) as part:
        with _output(part, path.suffix, slate.rate) as container:
            container.metadata.update(_head(slate))
            stream = _promised_stream(container, pieces[0].path, slate)
            if slate.form.spliced:
                packets = _copied(stream, pieces, slate.rate)
            else:
                packets = Coder(stream, slate.form, slate.rate).coded(_given(pieces, stream.pix_fmt))
            with SoundTracks(container, sound, path.suffix) as tracks:
                for count, packet in enumerate(packets, 1):
                    container.mux(packet)
                    container.mux([*tracks.until(count / slate.rate)])
                for packet in tracks.rest():
                    container.mux(packet)
        if slate.sphere:
            mark_sphere(part, slate.stereo)
        if path.suffix == ".mxf" and slate.pixel_aspect not in (None, 1):
            say_aspect(part, slate.pixel_aspect)
        verify_file(part, slate, place=path)
        if way and not _is_faithful(part, pieces, slate.form):
            raise VerifyError(f"{way.encoder} wrote other pictures than it was given", where=str(path))


def _is_faithful(part: Path, pieces: Sequence[Piece], form: Format) -> bool:
    """Whether the first and the last picture of a film are those of its pieces, and their colours said."""
    ends = ((pieces[0], pieces[0].frames.first), (pieces[-1], pieces[-1].frames.stop - 1))
    given = [*_pictures([Piece(piece.path, FrameRange(at, at + 1)) for piece, at in ends])]
    wanted = Tags.of(given[0]).within(form.says)
    return all(map(looks_like, end_frames(part), given)) and own_tags(part) == wanted


def _head(slate: Slate) -> dict[str, str]:
    """The metadata of a whole film; an MXF has its reel there too, and other names for what is ours."""
    if slate.form.suffix != ".mxf":
        return {**slate.metadata}
    reel = {"reel_name": slate.reel} if slate.reel else {}
    return {MXF_COMMENT + key: value for key, value in slate.metadata.items()} | reel


def _output(part: Path, suffix: str, rate: Fraction) -> OutputContainer:
    if suffix == ".mkv":
        return av.open(f"file:{part}", "w", format="matroska")
    if suffix == ".mxf":
        return av.open(f"file:{part}", "w", format="mxf")
    options = {"movie_timescale": str(rate.numerator), "movflags": "use_metadata_tags"}
    return av.open(f"file:{part}", "w", format=suffix[1:], options=options)


def _encode(
    part: Path,
    frames: Iterator[VideoFrame],
    rate: Fraction,
    pixel_aspect: Fraction,
    threads: int,
    form: Format,
) -> tuple[int, Tags]:
    """Writes a file of frames alone; how many there were, and what the first one says of its colours."""
    first = next(frames, None)
    if first is None:
        raise ValueError("a segment needs a frame at least")
    with _output(part, form.suffix, rate) as container:
        asked = Tags.of(first)
        coder = Coder(_stream(container, form, rate, first, pixel_aspect), form, rate, threads)
        led = map(partial(_in_own_words, form), _led([first], frames))
        del first  # the film goes on without it
        for packet in coder.coded(led):
            container.mux(packet)
    return coder.count, asked


def _led(held: list[VideoFrame], frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """The frame that is held, which no longer is then, and the others."""
    yield held.pop()
    yield from frames


def _in_own_words(form: Format, frame: VideoFrame) -> VideoFrame:
    """The frame, without the tags that pictures of a format have no words for: encoders write others."""
    own = Tags.of(frame).within(form.own)
    frame.color_trc, frame.color_primaries = own.transfer, own.primaries
    return frame


def _stream(
    container: OutputContainer,
    form: Format,
    rate: Fraction,
    like: VideoFrame | VideoStream,
    pixel_aspect: Fraction,
) -> VideoStream:
    """A stream of the size and the colours of a frame or another stream, as far as the format says them."""
    width = like.width
    encoder = form.encoders[-1] if width % 2 and form.widened else encoder_of(form, width * like.height)
    if encoder is None:
        raise OutputError(f"this machine's FFmpeg has no encoder for {form.title}", hint="See `doctor`.")
    stream = container.add_stream(encoder, rate=rate, options=dict(form.options))
    assert isinstance(stream, VideoStream)
    name = like.format.name if isinstance(like, VideoFrame) else like.pix_fmt
    stream.width, stream.height, stream.pix_fmt = width, like.height, _encodable(name, form)
    context = stream.codec_context
    context.time_base = 1 / rate
    context.sample_aspect_ratio = pixel_aspect if form.says_aspect else Fraction(1)
    if form.suffix == ".mkv" and pixel_aspect != 1:
        stream.metadata[PIXEL_ASPECT] = f"{pixel_aspect.numerator}/{pixel_aspect.denominator}"
    if form.tag:
        context.codec_tag = form.tag
    said = Tags.of(like).within(form.says)
    context.colorspace, context.color_range = like.colorspace, like.color_range
    context.color_trc, context.color_primaries = said.transfer, said.primaries
    return stream


def _promised_stream(container: OutputContainer, like: Path, slate: Slate) -> VideoStream:
    """A stream like a segment's, with timecode and reel, which `add_stream_from_template` would lose."""
    with decoding(like), open_media(like) as source:
        given = picture_stream(source, like)
        form, aspect = _in_order(slate.form, slate.frames), slate.pixel_aspect or Fraction(1)
        stream = _stream(container, form, slate.rate, given, aspect)
    stream.metadata["timecode"] = timecode(slate.start, slate.rate, slate.drop_frame)
    if slate.reel:
        stream.metadata["reel_name"] = slate.reel
    return stream


def _in_order(form: Format, frames: int) -> Format:
    """The format, of the shortest films without reordered frames: x265 gives those random times."""
    if form.spliced or frames > _DELAY:
        return form
    return replace(form, options={**form.options, "bf": "0"})


def _copied(stream: VideoStream, pieces: Sequence[Piece], rate: Fraction) -> Iterator[Packet]:
    """The packets of the pieces, as they are."""
    for index, packet in enumerate(_packets(pieces)):
        packet.stream, packet.time_base = stream, 1 / rate
        packet.pts = packet.dts = index
        packet.duration = 1
        yield packet


def _encodable(pixels: str | None, form: Format) -> str:
    """The pixels that are encoded, with alpha where `pixels` have it."""
    if not form.pixels or not pixels:
        return pixels or form.pixels
    return with_alpha(form.pixels) if pixels.startswith(("yuva", "gbrap", "rgba")) else form.pixels


def _given(pieces: Sequence[Piece], pixels: str | None) -> Iterator[VideoFrame]:
    """The pictures of the pieces' frames, laid out as an encoder takes them."""
    for frame in _pictures(pieces):
        yield laid_out(frame, pixels) if pixels and frame.format.name != pixels else frame


def _pictures(pieces: Sequence[Piece]) -> Iterator[VideoFrame]:
    """The pictures of the pieces' frames."""
    for packet in _packets(pieces):
        yield from packet.decode()


def _packets(pieces: Sequence[Piece]) -> Iterator[Packet]:
    """The packets of the pieces' frames; in segments, every frame has one of its own, in order."""
    for piece in pieces:
        found = 0
        for packet in _piece_packets(piece):
            found += 1
            yield packet
        if found != len(piece.frames):
            what = f"it holds {found} of the {len(piece.frames)} frames that are to be copied from it"
            raise VerifyError(what, where=str(piece.path), hint=_REDO)


def _piece_packets(piece: Piece) -> Iterator[Packet]:
    if piece.path.suffix in NUMBERED:
        for path in numbered(piece.path)[piece.frames.first : piece.frames.stop]:
            with decoding(path):
                yield Packet(path.read_bytes())
        return
    with decoding(piece.path), open_media(piece.path) as container:
        stream = picture_stream(container, piece.path)
        first, stop = piece.frames.first, piece.frames.stop
        packets = (packet for packet in container.demux(stream) if packet.size)
        for at, packet in enumerate(islice(packets, first, stop), first):
            if stream.codec.name == "ffv1" and not is_whole(bytes(packet)):
                raise VerifyError(f"its frame {at} is damaged", where=str(piece.path), hint=_REDO)
            yield packet
