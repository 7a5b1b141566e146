"""What the media libraries of this machine are and can do."""

from fractions import Fraction

import av
from av import logging
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from .formats import Format


def encoder_of(form: Format) -> str | None:
    """The best encoder of a format that FFmpeg has here, or None."""
    return next((name for name in form.encoders if name in av.codecs_available), None)


_HARDWARE = ("nvenc", "videotoolbox", "qsv", "amf", "vaapi")


def hardware_encoders() -> list[str]:
    """The hardware encoders that open on this machine (`hevc_nvenc`); FFmpeg lists others too."""
    names = (f"{codec}_{maker}" for codec in ("h264", "hevc", "prores") for maker in _HARDWARE)
    return [name for name in names if name in av.codecs_available and _opens(name)]


def _opens(name: str) -> bool:
    """Whether an encoder takes a picture."""
    level = logging.get_level()
    logging.set_level(logging.PANIC)  # it says at length what it lacks
    try:
        coder = av.CodecContext.create(name, "w")
        assert isinstance(coder, VideoCodecContext)
        coder.width, coder.height, coder.pix_fmt = 256, 144, "nv12"
        coder.time_base = Fraction(1, 25)
        coder.open()
    except (FFmpegError, ValueError):
        return False
    finally:
        logging.set_level(level)
    return True


def library_versions() -> str:
    """PyAV and the FFmpeg libraries it was built with: `18.1.0 (libavcodec 62.11.100, …)`."""
    parts = (f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items())
    return f"{av.__version__} ({', '.join(parts)})"
