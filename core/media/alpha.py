"""What a decoded frame holds of a matte: its alpha channel, or its light. Knows nothing of what it is for."""

import numpy as np
from av import VideoFrame

from ..errors import MediaError
from .layouts import plane_codes
from .rgb import float_array, has_alpha, is_float, is_rgb, rgb_array, rgba_array
from .tags import FULL

NO_ALPHA, TAKE_LIGHT = "it has no alpha channel", 'channel = "luma" takes the light of it instead.'


def alpha_of(frame: VideoFrame) -> np.ndarray:
    """The alpha channel, (H, W) float32 on 0 … 1, 1 opaque. Raises MediaError where there is none."""
    if not has_alpha(frame):
        raise MediaError(NO_ALPHA, hint=TAKE_LIGHT, code="E-DECODE")
    if frame.format.name.startswith("yuva"):
        bits = frame.format.components[3].bits
        return plane_codes(frame.planes[3], bits) / np.float32((1 << bits) - 1)
    if is_float(frame):
        return float_array(frame)[..., 3].clip(0, 1)
    layers = rgba_array(frame)
    return layers[..., 3] / np.float32(np.iinfo(layers.dtype).max)


def light_of(frame: VideoFrame) -> np.ndarray:
    """Luma, (H, W) float32 on 0 … 1: black is 0 and white 1, whatever the codes' range.

    Raises MediaError where the pixels are of a kind that is not read.
    """
    if is_rgb(frame) or (has_alpha(frame) and not frame.format.name.startswith("yuva")):
        pixels = rgb_array(frame) if is_rgb(frame) else frame.to_ndarray(format="rgb24")
        top = 255 if pixels.dtype == np.uint8 else 65535
        return (pixels.astype(np.float32) @ np.array((0.2126, 0.7152, 0.0722), np.float32) / top).clip(0, 1)
    if not frame.format.name.startswith(("yuv", "gray")):
        what = f"its pixels are {frame.format.name}, which no matte is read from"
        raise MediaError(what, hint="Export it as ProRes or PNG.", code="E-DECODE")
    bits = frame.format.components[0].bits
    light = plane_codes(frame.planes[0], bits)
    if frame.format.name.startswith("yuvj") or int(frame.color_range) == FULL:
        return light / np.float32((1 << bits) - 1)
    return ((light / (1 << (bits - 8)) - 16) / 219).clip(0, 1)
