"""The decoders that are part of this machine's graphics card, and whether they give the processor's pictures.

H.264, HEVC and VP9 are defined to the bit: who decodes them right gives the same numbers. FFmpeg lists
decoders that there is no hardware for, and not every hardware takes every film; so they are tried on the film
itself. Knows nothing of which frame is wanted.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from av import VideoFrame
from av.error import FFmpegError
from av.video.stream import VideoStream

from ..errors import MediaError
from .files import open_media, picture_stream
from .layouts import planar, plane_codes

_TO_THE_BIT = {"h264", "hevc", "vp9"}
_KINDS = ("cuda", "videotoolbox", "d3d11va", "qsv", "vaapi")
_TRIAL = 12  # frames
_TRIALS: dict[str, tuple[str, dict[str, str]]] = {
    "H.264": ("libx264", {"bf": "2"}),
    "HEVC": ("libx265", {"bf": "2", "x265-params": "log-level=none"}),
    "VP9": ("libvpx-vp9", {}),
}


def working_decoder(path: Path) -> str:
    """The hardware, as FFmpeg calls it (`cuda`), that gives the same pictures of a film; "" where there is
    none, or nothing can be read.
    """
    try:
        stat = path.stat()
    except OSError:
        return ""
    return _working_as_it_is(path, stat.st_size, stat.st_mtime_ns)


def tried_decoders() -> dict[str, str]:
    """The hardware that decodes here, by the codec's title, each tried with a few pictures."""
    with TemporaryDirectory() as folder:
        return {title: _tried(Path(folder) / f"{title}.mkv", *how) for title, how in _TRIALS.items()}


@lru_cache(maxsize=64)
def _working_as_it_is(path: Path, size: int, changed: int) -> str:
    """Tried once for the many shots that may come from one file."""
    try:
        with open_media(path) as container:
            codec = picture_stream(container, path).codec
        can = {config.device_type.name for config in codec.hardware_configs or () if config.is_supported}
        if codec.name not in _TO_THE_BIT:
            return ""
        return next((kind for kind in _KINDS if kind in can and _gives_the_same(path, kind)), "")
    except (FFmpegError, OSError, MediaError):
        return ""  # whoever reads it says what is wrong


def _gives_the_same(path: Path, kind: str) -> bool:
    """Whether a kind of hardware decodes a film's first frames, and to the processor's numbers."""
    try:
        pairs = zip(_first(path, kind), _first(path), strict=True)
        same = [_same(planar(one), planar(other)) for one, other in pairs]
    except (FFmpegError, OSError, ValueError, RuntimeError):
        return False
    return bool(same) and all(same)


def _first(path: Path, kind: str = "") -> Iterator[VideoFrame]:
    with open_media(path, kind) as container:
        yield from islice(container.decode(picture_stream(container, path)), _TRIAL)


def _same(one: VideoFrame, other: VideoFrame) -> bool:
    if (one.pts, _shape(one)) != (other.pts, _shape(other)):
        return False
    bits = one.format.components[0].bits
    return all(
        np.array_equal(plane_codes(plane, bits), plane_codes(beside, bits))
        for plane, beside in zip(one.planes, other.planes, strict=True)
    )


def _shape(frame: VideoFrame) -> tuple[str, int, int, int]:
    """What tells how a frame's numbers are meant; FFmpeg's `yuvj` is but a name for full range."""
    return frame.format.name.replace("yuvj", "yuv"), frame.width, frame.height, int(frame.color_range)


def _tried(path: Path, encoder: str, options: dict[str, str]) -> str:
    if encoder not in av.codecs_available:
        return ""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=25, options=options)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(_TRIAL):
            picture = np.full((540, 640), 16 + 8 * number, np.uint8)
            picture[::7, ::5] = 200
            frame = VideoFrame.from_ndarray(picture, format="yuv420p")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return working_decoder(path)
