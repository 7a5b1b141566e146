"""What the media libraries of this machine are and can do."""

import av

from .formats import Format


def encoder_of(form: Format) -> str | None:
    """The best encoder of a format that FFmpeg has here, or None."""
    return next((name for name in form.encoders if name in av.codecs_available), None)


def library_versions() -> str:
    """PyAV and the FFmpeg libraries it was built with: `18.1.0 (libavcodec 62.11.100, …)`."""
    parts = (f"{name} {'.'.join(map(str, numbers))}" for name, numbers in av.library_versions.items())
    return f"{av.__version__} ({', '.join(parts)})"
