"""What a matte depends on besides the source's pixels, as one hash, and what does not fit.

Knows files and their headers. Decodes no frame of a movie, never imports torch.
"""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..cut import MediaFacts, MediaRef
from ..errors import StyleError
from ..faults import did_you_mean
from ..layers import is_style_path
from ..nets.onnx_file import content_key, read_segmenter
from ..nets.shelf import sha256
from ..preset import Matte
from ..rates import FrameRange
from .placement import Look, misfits, placed
from .settings import Region

SKY_NET = Path(__file__).with_name("sky.safetensors")
_SKY_LOOK = 2  # goes up with every change of what is made of the net's answer
_FILE_LOOK = 3  # … of what is taken from a file
TORCHVISION = (
    "lraspp_mobilenet_v3_large",
    "deeplabv3_mobilenet_v3_large",
    "deeplabv3_resnet50",
    "deeplabv3_resnet101",
    "fcn_resnet50",
    "fcn_resnet101",
)
CLASSES = tuple(  # Pascal VOC's, which all of them have
    "__background__ aeroplane bicycle bird boat bottle bus car cat chair cow diningtable dog horse motorbike "
    "person pottedplant sheep sofa train tvmonitor".split()
)


@dataclass(frozen=True, slots=True)
class MatteContent:
    """The hash of all that a matte's pixels depend on besides the source's, and what is to be said of it."""

    key: str
    says: tuple[str, ...] = ()


def matte_content(
    matte: Matte, media: MediaRef, known: MediaFacts | None, frames: FrameRange, look: Look
) -> MatteContent:
    """What a matte is for some frames of a source; `look` reads the header of a matte's file.

    Raises MediaError where a file of it is missing or has no frame for any of them, StyleError where
    a net cannot be used.
    """
    said: list[str] = []

    def content(part: Region) -> list[Any]:
        own = part.model_dump(exclude={"file", "model", "of", "apply", "inside", "outside", "stabilise"})
        if part.kind == "sky":
            return [own, _sky_key(), _SKY_LOOK]
        if part.kind == "model":
            return [own, model_key(part)]
        if part.kind == "file":
            placement = placed(part, media, known, look)
            said.extend(misfits(placement, media, known, frames))
            stands = f"{placement.kind} from {placement.first} at {placement.pace}"
            return [own, placement.facts.fingerprint, stands, _FILE_LOOK]
        return [own, *map(content, part.of)]

    told = matte.model_dump(
        exclude={"file": True, "model": True, "of": True, "inside": {"style"}, "outside": {"style"}}
    )
    text = json.dumps([told, content(matte)], sort_keys=True)
    return MatteContent(blake2b(text.encode(), digest_size=16).hexdigest(), tuple(dict.fromkeys(said)))


@cache
def _sky_key() -> str:
    return sha256(SKY_NET)


def class_number(wanted: int | str, where: str) -> int:
    """The number of a class of torchvision's nets. Raises StyleError where they have none of that name."""
    if isinstance(wanted, str) and wanted not in CLASSES:
        raise StyleError(f'has no class "{wanted}"{did_you_mean(wanted, CLASSES)}', where=where)
    if isinstance(wanted, int) and wanted >= len(CLASSES):
        raise StyleError(f"has the classes 0 … {len(CLASSES) - 1}, not {wanted}", where=where)
    return wanted if isinstance(wanted, int) else CLASSES.index(wanted)


def model_key(part: Region) -> str:
    """The hash of a matte's net. Raises StyleError where it is none, or is not declared."""
    name = part.model or ""
    if is_style_path(name):
        if part.range is None:
            hint = 'range = "imagenet", or "0..1", "-1..1", "0..255": as the net was trained.'
            raise StyleError("range is missing: no file says which values a net takes", where=name, hint=hint)
        if not name.lower().endswith(".onnx"):
            hint = "Export it by torch.onnx.export."
            raise StyleError("a matte's net comes as ONNX, or by torchvision's name", where=name, hint=hint)
        if called := [one for one in part.classes if isinstance(one, str)]:
            what = f"has no names for its classes: {', '.join(called)}"
            raise StyleError(
                what, where=name, hint="Give their numbers, from 0: classes = [1], for instance."
            )
        read_segmenter(Path(name))
        return content_key(Path(name))
    if name not in TORCHVISION:
        known = did_you_mean(name, TORCHVISION)
        raise StyleError(f'torchvision has no segmentation net "{name}"{known}', where="matte.model")
    if not part.classes:
        hint = 'classes = ["person"], for instance.'
        raise StyleError("classes is missing: which of its classes are inside?", where=name, hint=hint)
    for one in part.classes:
        class_number(one, name)
    return f"torchvision {version('torchvision')} {name}"
