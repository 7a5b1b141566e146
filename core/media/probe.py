"""What a media file says of itself: rate, length, size, timecode, reel, and a fingerprint.

Reads the header and decodes one frame (a frame alone tells rotation and interlacing); never scans
the file, never imports torch. Knows nothing of timelines.
"""

from collections.abc import Iterator
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

from av import VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from ..cut import MediaFacts
from ..errors import MediaError
from ..rates import parse_timecode, snap_rate
from .clock import Clock, header_clock
from .files import decoding, open_media, picture_stream
from .tags import unsupported_pixels

STYLED_TAG = "com.stylereel.source"  # metadata of the files that StyleReel writes
_BLOCK = 1 << 15  # bytes
_BLOCKS = 128


def read_facts(path: Path) -> MediaFacts:
    """What the header of a media file says.

    `trouble` is set, and the numbers are the header's best guess, where this version cannot render
    the file frame for frame. Raises MediaError: E-OFFLINE where the file is missing, E-DECODE where
    it is no media, or has no video stream or no frame.
    """
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        clock = header_clock(stream)
        frame = next(container.decode(stream), None)
        if frame is None or (clock and not clock.frames):
            raise MediaError("it has no frames", where=str(path), hint="Relink the clip.", code="E-DECODE")
        rate = clock.rate if clock else snap_rate(stream.guessed_rate or stream.average_rate or 25)
        start, drop_frame = _timecode(container, stream, rate)
        return MediaFacts(
            rate=rate,
            frames=clock.frames if clock else _guessed_frames(container, rate),
            width=frame.width,
            height=frame.height,
            fingerprint=fingerprint(path),
            start=start,
            drop_frame=drop_frame,
            reel=metadata_of(container, stream, "reel_name"),
            codec=stream.codec.canonical_name,
            trouble=" ".join(_troubles(container, clock, frame)),
        )


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


def _troubles(container: InputContainer, clock: Clock | None, frame: VideoFrame) -> Iterator[str]:
    if STYLED_TAG in container.metadata:
        yield "It is styled already: StyleReel wrote it; start from the timeline over the originals."
    if container.format.name == "image2" or container.format.name.endswith("_pipe"):
        yield "It is a still picture."
    if clock is None:
        yield "Its header does not say how many frames it has; copy its streams into a plain .mov or .mp4."
    elif not clock.even:
        yield "Its frames are unevenly spaced (variable frame rate); convert it to a constant rate."
    if frame.interlaced_frame:
        yield "It is interlaced; deinterlace it first."
    if frame.rotation:
        yield f"Its picture is rotated by {frame.rotation} degrees; convert it to an upright one."
    if frame.width % 2:
        yield f"Its width of {frame.width} is odd, which ProRes 422 cannot hold."
    if pixels := unsupported_pixels(frame):
        yield pixels


def _guessed_frames(container: InputContainer, rate: Fraction) -> int:
    return round((container.duration or 0) * rate / 1_000_000)


def _timecode(container: InputContainer, stream: VideoStream, rate: Fraction) -> tuple[int | None, bool]:
    try:
        return parse_timecode(metadata_of(container, stream, "timecode"), rate)
    except ValueError:
        return None, False


def metadata_of(container: InputContainer, stream: VideoStream, key: str) -> str:
    """A value of the video stream, else of a timecode track, else of the whole file."""
    tracks = [track for track in container.streams if track.type == "data"]
    return next((found for holder in (stream, *tracks, container) if (found := holder.metadata.get(key))), "")
