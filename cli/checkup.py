"""What `doctor` looks at. Every check says what it found and, where it failed, what to do."""

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import StyleReelError
from ..core.film import read_film
from ..core.layers import merged
from ..core.nets.onnx_file import INSTALL
from .desk import shelf, shelf_folders, style_file


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it works, what it says, what to do if not."""

    what: str
    ok: bool
    says: str
    hint: str = ""


def checkup() -> Iterator[Finding]:
    """All checks, the quick ones first."""
    yield Finding(
        "Python", sys.version_info >= (3, 11), sys.version.split()[0], "Install Python 3.11 or newer."
    )
    seen = _opencv()
    yield seen
    yield from _media()
    yield from _nets() if seen.ok else ()  # which all need it
    yield _onnx()
    yield _writable(Path(tempfile.gettempdir()))


def _opencv() -> Finding:
    try:
        import cv2
    except ImportError as error:
        hint = "On Debian and Ubuntu: apt-get install libgl1 libglib2.0-0."
        return Finding("OpenCV", False, str(error), hint)
    return Finding("OpenCV", True, cv2.__version__)


def _media() -> Iterator[Finding]:
    from ..core.media.about import encoder_of, library_versions
    from ..core.media.decoders import tried_decoders
    from ..core.media.formats import FORMATS
    from ..core.media.hardware import working_hardware

    yield Finding("FFmpeg in PyAV", True, library_versions())
    hint = "Reinstall PyAV: pip install --force-reinstall av."
    for name, form in FORMATS.items():
        encoder = encoder_of(form)
        says = f"{form.title}, by {encoder}" if encoder else f"{form.title}: no encoder"
        yield Finding(f"codec {name}", encoder is not None, says, hint)
    for name, form in FORMATS.items():
        if form.hardware:
            way = working_hardware(form)
            says = f"{form.title} by {way.encoder}" if way else "none works on this machine; the CPU encodes"
            yield Finding(f"hardware {name}", True, says)
    tried = [f"{title} by {kind}" for title, kind in tried_decoders().items() if kind]
    says = ", ".join(tried) or "none works on this machine; the CPU decodes"
    yield Finding("hardware decoding", True, says)


def _nets() -> Iterator[Finding]:
    import torch

    from ..core.nets.files import load_painter
    from ..core.render import pick_device

    cores = os.cpu_count() or 1
    yield Finding("PyTorch", True, f"{torch.__version__} on {pick_device()}, {cores} cores")
    wears = [merged(layers)[0] for layers in read_film(None, shelf()).presets.values()]
    links = {link.style: link for wear in wears for link in wear.links}
    for style, link in sorted(links.items()):
        try:
            load_painter(style_file(style), shelf_folders(), link.trained_weight, link.net)
        except StyleReelError as error:
            yield Finding(f"style {style}", False, error.what, error.hint)
        else:
            yield Finding(f"style {style}", True, "loads")


def _onnx() -> Finding:
    try:
        import onnx
        import onnxruntime
    except ImportError:
        return Finding("ONNX nets", True, f"not installed; {INSTALL} where a preset wears one")
    cuda = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    place = "CUDA and the CPU" if cuda else "the CPU (onnxruntime-gpu in its place knows CUDA)"
    return Finding(
        "ONNX nets", True, f"onnxruntime {onnxruntime.__version__} on {place}, onnx {onnx.__version__}"
    )


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("temporary files", True, str(folder))
    except OSError as error:
        return Finding("temporary files", False, f"{folder}: {error.strerror}", "Make room, or set TMPDIR.")
