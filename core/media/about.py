"""What the media libraries of this machine are and can do."""

import av

ENCODERS = ("prores_aw", "prores_ks")  # the first is four times as fast


def encoder_name() -> str | None:
    """The ProRes encoder that FFmpeg has here, or None."""
    return next((name for name in ENCODERS if name in av.codecs_available), None)


def library_versions() -> str:
    """PyAV and the FFmpeg libraries it was built with: `18.1.0 (libavcodec 62.11.100, …)`."""
    parts = (f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items())
    return f"{av.__version__} ({', '.join(parts)})"
