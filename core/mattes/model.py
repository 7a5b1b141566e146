"""Mattes by any segmentation net: ONNX with a few words about it, or torchvision's by name.

Knows how a picture goes in and which classes of what comes out are inside. Knows one picture at a time.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..errors import StyleError
from ..layers import is_style_path
from ..nets.onnx_file import Plug, read_segmenter
from ..nets.onnx_net import open_session
from .content import class_number
from .refine import scaled_to
from .settings import Region
from .sky import small

LONGEST = 512  # pixels of the longer side that a net of any size looks at
_MEAN, _DEVIATION = np.array((0.485, 0.456, 0.406), np.float32), np.array((0.229, 0.224, 0.225), np.float32)

Eye = Callable[[np.ndarray], np.ndarray]


def open_model(region: Region, device: torch.device) -> tuple[Eye, int]:
    """What sees the classes of a matte's net in a picture (h, w, 3) on 0 … 255, as (h, w) on 0 … 1.

    And what it wants the picture's sides to be multiples of. Raises StyleError where the net cannot be
    loaded or gives no classes.
    """
    name = region.model or ""
    if not is_style_path(name):
        return _torchvision(region, device), 1
    path = Path(name)
    plug = read_segmenter(path)
    session = open_session(path, device)
    size = region.size or "multiple of 32"
    step = int(size.removeprefix("multiple of ")) if size.startswith("multiple") else 1
    return lambda picture: _onnx(region, path, plug, session, picture), step


def _onnx(region: Region, path: Path, plug: Plug, session: Any, picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    values = _ranged(_asked(region, plug, picture), region)
    values = (values[..., ::-1] if region.order == "bgr" else values).astype(plug.kind)
    values = values[None] if plug.colours_last else values.transpose(2, 0, 1)[None]
    try:
        found = session.run(None, {plug.name: np.ascontiguousarray(values)})[0]
    except Exception as error:  # onnxruntime's own have no common base
        reason = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
        hint = 'If it needs certain sizes, declare them: size = "multiple of 32", or "256x256".'
        raise StyleError(f"fails on a picture: {reason}", where=str(path), hint=hint) from error
    asked = values.shape[1:3] if plug.colours_last else values.shape[2:]
    matte = _classes(np.asarray(found, np.float32), asked, region, str(path))
    return scaled_to(matte, width, height, False)


def _asked(region: Region, plug: Plug, picture: np.ndarray) -> np.ndarray:
    """The picture at the size that the file or the preset names, or as it comes."""
    width, height = plug.width, plug.height
    if region.size and "x" in region.size:
        width, height = (int(side) for side in region.size.split("x"))
    size = width or picture.shape[1], height or picture.shape[0]
    return np.dstack(
        [scaled_to(plane.astype(np.float32), *size, False) for plane in np.moveaxis(picture, 2, 0)]
    )


def _ranged(picture: np.ndarray, region: Region) -> np.ndarray:
    unit = picture.clip(0, 255) / np.float32(255)
    return {
        "0..255": lambda: unit * 255,
        "0..1": lambda: unit,
        "-1..1": lambda: unit * 2 - 1,
        "imagenet": lambda: (unit - _MEAN) / _DEVIATION,
    }[region.range or "imagenet"]()


def _classes(found: np.ndarray, asked: tuple[int, ...], region: Region, where: str) -> np.ndarray:
    """What a net found in a picture so high and wide as one matte on 0 … 1, at the size that it gave."""
    shape = " x ".join(map(str, found.shape))
    layers = found[0] if found.ndim == 4 and len(found) == 1 else found if found.ndim == 3 else None
    if layers is None or not layers.size:
        raise StyleError(f"gives {shape}, which are no classes of a picture", where=where)
    if _bent(layers.shape[:2], asked) < _bent(layers.shape[1:], asked):
        layers = layers.transpose(2, 0, 1)  # classes last
    if not np.isfinite(layers).all():
        raise StyleError("gives values that are no numbers", where=where)
    if len(layers) > 1 and not region.classes:
        raise StyleError(f"gives {len(layers)} classes: which are inside?", where=where, hint="classes = [1]")
    wanted = [at for at in region.classes if isinstance(at, int)] or [0]
    if max(wanted) >= len(layers):
        what = f"has the classes 0 … {len(layers) - 1}, not {', '.join(map(str, region.classes))}"
        raise StyleError(what, where=where)
    return _likely(layers, region, where)[wanted].sum(0).clip(0, 1).astype(np.float32)


def _bent(sides: tuple[int, ...], asked: tuple[int, ...]) -> float:
    """How much a picture of so many rows and columns would have to be squeezed one way."""
    high, wide = sides[0] / asked[0], sides[1] / asked[1]
    return max(high, wide) / min(high, wide)


def _likely(layers: np.ndarray, region: Region, where: str) -> np.ndarray:
    how = region.values or ("softmax" if len(layers) > 1 else "none")
    if how == "softmax":
        powers = np.exp(layers - layers.max(0))
        return powers / powers.sum(0)
    if how == "sigmoid":
        return 1 / (1 + np.exp(-layers.clip(-60, 60)))
    if layers.min() < -0.05 or layers.max() > 1.05:
        what = f"gives values from {layers.min():.3g} to {layers.max():.3g}, which are no shares"
        raise StyleError(what, where=where, hint='values = "sigmoid", or "softmax" for several classes.')
    return layers


def _torchvision(region: Region, device: torch.device) -> Eye:
    from torchvision import models  # not for everyone, and slow to load

    name = str(region.model)
    try:
        weights = models.get_model_weights(name).DEFAULT  # pyright: ignore[reportAttributeAccessIssue]
        net = models.get_model(name, weights=weights).eval().to(device)
    except Exception as error:  # whatever a download may raise
        hint = "torchvision fetches its weights once; without a network put them into its cache."
        raise StyleError(f"torchvision cannot load it: {error}", where=name, hint=hint) from error
    numbers = [class_number(one, name) for one in region.classes]
    told = region.model_copy(update={"classes": numbers, "range": "imagenet", "values": "softmax"})

    @torch.inference_mode()
    def see(picture: np.ndarray) -> np.ndarray:
        values = torch.from_numpy(_ranged(picture.astype(np.float32), told).transpose(2, 0, 1)[None].copy())
        found = net(values.to(device))["out"].float().cpu().numpy()
        return scaled_to(
            _classes(found, picture.shape[:2], told, name), picture.shape[1], len(picture), False
        )

    return see


def model_picture(picture: np.ndarray, step: int) -> np.ndarray:
    """A picture as small as a net of any size gets it."""
    return small(picture, LONGEST, step)
