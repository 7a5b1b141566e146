"""What the media libraries of this machine are and can do."""

import av

from .formats import Format

_LARGE = 1 << 24  # pixels of a frame: prores_aw wants 16 bytes for each of them, times its threads


def encoder_of(form: Format, pixels: int = 0) -> str | None:
    """The best encoder of a format for frames of so many pixels that FFmpeg has here, or None."""
    names = reversed(form.encoders) if pixels > _LARGE else form.encoders
    return next((name for name in names if name in av.codecs_available), None)


def library_versions() -> str:
    """PyAV and the FFmpeg libraries it was built with: `18.1.0 (libavcodec 62.11.100, …)`."""
    parts = (f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items())
    return f"{av.__version__} ({', '.join(parts)})"
