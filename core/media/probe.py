"""What a media file says of itself: rate, length, size, timecode, reel, sphere, and a fingerprint.

Reads the header, of a file without a table also the packets at its two ends, and decodes one frame (a
frame alone tells rotation and interlacing); never scans the file, never imports torch. Knows nothing of
timelines.
"""

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from hashlib import blake2b
from itertools import islice, pairwise
from pathlib import Path

from av import VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from ..cut import MediaFacts, MediaKind
from ..errors import MediaError
from ..manifest import STYLED_TAG, noted_source
from ..rates import parse_timecode, snap_rate
from .clock import Clock, header_clock, played_seconds, sampled_clock
from .files import MXF_COMMENT, decoding, open_media, picture_stream
from .pictures import decoded_picture, note_of, picture_trouble, shows_through
from .profile import colour_profile, profile_name
from .rgb import has_alpha
from .sequence import numbered
from .spherical import closes, projection_in, projection_of, stereo_of
from .tags import HDR, mirrored, unsupported_pixels, upright_size

_BLOCK = 1 << 15  # bytes
_END = 1 << 20  # bytes
_BLOCKS = 128
_PICTURE_BLOCK = 1 << 12
_PICTURE = 1 << 20
_SOME = 24  # frames, which any order of B frames shows in
_LEAST = 16  # pixels of the shorter side
_PICTURE_RATE = Fraction(25)  # of pictures whose timeline names none


def read_facts(path: Path, kind: MediaKind = "movie", rate: Fraction | None = None) -> MediaFacts:
    """What the header of a media file says.

    `rate` is that of numbered pictures, of which `path` is the first. `trouble` is set, and the
    numbers are the header's best guess, where this version cannot render the file frame for frame.
    Raises MediaError: E-OFFLINE where the file is missing, E-DECODE where it is no media, or has no
    video stream or no frame.
    """
    if kind == "movie":
        return _movie_facts(path)
    return _picture_facts(path, numbered(path) if kind == "sequence" else None, rate or _PICTURE_RATE)


def _movie_facts(path: Path) -> MediaFacts:
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        clock = header_clock(stream) or _sampled(path)
        frame = next(container.decode(stream), None)
        if frame is None or (clock and not clock.frames):
            raise MediaError("it has no frames", where=str(path), hint="Relink the clip.", code="E-DECODE")
        rate = clock.rate if clock else snap_rate(stream.guessed_rate or stream.average_rate or 25)
        frames = clock.frames if clock else _guessed_frames(container, rate)
        width, height = upright_size(frame)
        variable = clock is not None and not clock.even
        start, drop_frame = _timecode(container, stream, rate)
        return MediaFacts(
            rate=rate,
            frames=frames,
            width=width,
            height=height,
            fingerprint=fingerprint(path),
            start=start,
            drop_frame=drop_frame,
            reel=metadata_of(container, stream, "reel_name"),
            codec=stream.codec.canonical_name,
            trouble=" ".join(_troubles(container, stream, clock, frame)),
            variable=variable,
            seconds=played_seconds(container, stream, frame.pts or 0) if variable else frames / rate,
            styled_from=metadata_of(container, stream, STYLED_TAG) or noted_source(path),
            projection=projection_of(frame) if _speaks(stream) else "",
            stereo=stereo_of(frame) if _speaks(stream) else "mono",
            closes=closes(frame),
            interlaced=bool(frame.interlaced_frame),
            alpha=has_alpha(frame),
            hdr=int(frame.color_trc) in HDR,
            sounds=len(container.streams.audio),
        )


def _sampled(path: Path) -> Clock | None:
    with open_media(path) as container:
        return sampled_clock(container, picture_stream(container, path))


def _picture_facts(path: Path, run: Sequence[Path] | None, rate: Fraction) -> MediaFacts:
    """The facts of a still, or of the numbered pictures of `run`."""
    frame = decoded_picture(path)
    frames = len(run) if run else 1
    with decoding(path):
        content = _prints(run) if run else fingerprint(path)
        projection = projection_in(_ends(path))
    return MediaFacts(
        rate=rate,
        frames=frames,
        width=upright_size(frame)[0],
        height=upright_size(frame)[1],
        fingerprint=content,
        codec=path.suffix.lower().lstrip("."),
        trouble=" ".join(filter(None, _picture_troubles(frame, still=not run))),
        seconds=frames / rate,
        styled_from=note_of(frame) or noted_source(path),
        projection=projection,
        closes=closes(frame),
        alpha=shows_through(frame),
        hdr=int(frame.color_trc) in HDR,
        profile=profile_name(colour_profile(path)),
    )


def _ends(path: Path) -> bytes:
    """The first and the last megabyte of a file, where XMP lies."""
    with path.open("rb") as file:
        head = file.read(_END)
        file.seek(max(len(head), path.stat().st_size - _END))
        return head + file.read(_END)


def _picture_troubles(frame: VideoFrame, *, still: bool) -> Iterator[str]:
    yield picture_trouble(frame)
    if still and int(frame.color_trc) in HDR:
        yield "It is HDR (PQ or HLG), which a styled still would not say any more."
    yield from _too_small(frame)


def fingerprint(path: Path) -> str:
    """32 hex digits that follow the file's content: its size and samples evenly from its top to its end.

    A change is noticed in a file of up to 4 MiB, and wherever it is longer than a 127th of the file.
    """
    size = path.stat().st_size
    digest = blake2b(str(size).encode(), digest_size=16)
    with path.open("rb", buffering=0) as file:
        if size <= _BLOCKS * _BLOCK:
            digest.update(file.readall())
            return digest.hexdigest()
        for block in range(_BLOCKS):
            file.seek((size - _BLOCK) * block // (_BLOCKS - 1))
            digest.update(file.read(_BLOCK))
    return digest.hexdigest()


def _prints(run: Sequence[Path]) -> str:
    """One fingerprint of many pictures: of each its size and all of it; of a large one, which would take
    long, a block of its top, middle and end, and the second in which it was changed: a stroke of
    retouching leaves an uncompressed picture as large as it was.
    """
    digest = blake2b(digest_size=16)
    for path in run:
        with path.open("rb", buffering=0) as file:
            stat = os.fstat(file.fileno())
            size = stat.st_size
            digest.update(f"{size} ".encode())
            if size <= _PICTURE:
                digest.update(file.readall())
                continue
            digest.update(f"{stat.st_mtime_ns // 1_000_000_000} ".encode())
            for place in (0, (size - _PICTURE_BLOCK) // 2, size - _PICTURE_BLOCK):
                file.seek(max(0, place))
                digest.update(file.read(_PICTURE_BLOCK))
    return digest.hexdigest()


def _troubles(
    container: InputContainer, stream: VideoStream, clock: Clock | None, frame: VideoFrame
) -> Iterator[str]:
    if container.format.name == "image2" or container.format.name.endswith("_pipe"):
        yield "It is a still picture."
    if clock is None:
        yield "Its packets carry no times, so no frame can be found; copy it into a .mov or .mp4."
    elif _disordered(container, stream, frame):
        yield "Its times do not say in which order its frames are shown; convert it to ProRes or DNxHR."
    if frame.rotation % 90:
        yield f"Its picture is rotated by {frame.rotation} degrees; convert it to an upright one."
    if _speaks(stream) and mirrored(frame):
        yield "Its picture is to be shown mirrored; convert it to an upright one."
    if stream.metadata.get("alpha_mode") == "1" and not has_alpha(frame):
        yield "It has an alpha channel (of WebM) that is not read; convert it to ProRes 4444."
    if pixels := unsupported_pixels(frame):
        yield pixels
    yield from _too_small(frame)


def _speaks(stream: VideoStream) -> bool:
    """Whether what lies beside a frame's pixels may be asked for: the name of a PNG's colour profile is there
    too, which PyAV frees once more than there is of it, and the process dies."""
    return stream.codec.canonical_name not in ("png", "apng")


def _disordered(container: InputContainer, stream: VideoStream, first: VideoFrame) -> bool:
    """Whether frames come in another order than their times: an AVI has none of its own, and some MXFs.

    What the decoder gives is in order. Looks at the frames behind the first one, where any are held back.
    """
    if container.format.name not in ("avi", "mxf") or not stream.codec_context.has_b_frames:
        return False
    shown = (frame.pts or 0 for frame in islice(container.decode(stream), _SOME))
    return any(before >= after for before, after in pairwise((first.pts or 0, *shown)))


def _too_small(frame: VideoFrame) -> Iterator[str]:
    if min(frame.width, frame.height) < _LEAST:
        yield f"It is {frame.width} x {frame.height}; nets need {_LEAST} x {_LEAST} pixels or more."


def _guessed_frames(container: InputContainer, rate: Fraction) -> int:
    return round((container.duration or 0) * rate / 1_000_000)


def _timecode(container: InputContainer, stream: VideoStream, rate: Fraction) -> tuple[int | None, bool]:
    try:
        return parse_timecode(metadata_of(container, stream, "timecode"), rate)
    except ValueError:
        return None, False


def metadata_of(container: InputContainer, stream: VideoStream, key: str) -> str:
    """A value of the video stream, else of a timecode track, else of the whole file; Matroska has its keys
    in capitals, MXF those of others as comments."""
    tracks = [track for track in container.streams if track.type == "data"]
    holders = (holder.metadata for holder in (stream, *tracks, container))
    names = (key, key.upper(), MXF_COMMENT + key)
    return next((found for kept in holders for name in names if (found := kept.get(name))), "")
