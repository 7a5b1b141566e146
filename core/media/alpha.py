"""What a decoded frame holds of a matte: its alpha channel, or its light. Knows nothing of what it is for."""

import numpy as np
from av import VideoFrame

from ..errors import MediaError
from .rgb import is_rgb, rgb_array
from .tags import FULL


def has_alpha(frame: VideoFrame) -> bool:
    """Whether a frame has an alpha channel."""
    return frame.format.name == "pal8" or any(part.is_alpha for part in frame.format.components)


def alpha_of(frame: VideoFrame) -> np.ndarray:
    """The alpha channel, (H, W) float32 on 0 … 1, 1 opaque. Raises MediaError where there is none."""
    if not has_alpha(frame):
        hint = 'channel = "luma" takes the light of it instead.'
        raise MediaError("it has no alpha channel", hint=hint, code="E-DECODE")
    name = frame.format.name
    if "f32" in name:
        return np.nan_to_num(frame.to_ndarray()[..., 3]).clip(0, 1).astype(np.float32)
    if name.startswith("yuva") or name.startswith("gbrap"):
        bits = max(part.bits for part in frame.format.components)
        return _samples(frame, 3, bits)
    deep = max(part.bits for part in frame.format.components) > 8
    layers = frame.to_ndarray(format="rgba64le" if deep else "rgba")
    return (layers[..., 3] / np.float32(65535 if deep else 255)).astype(np.float32)


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
    light = _samples(frame, 0, bits)
    if frame.format.name.startswith("yuvj") or int(frame.color_range) == FULL:
        return light
    top = (1 << bits) - 1
    return ((light * top / (1 << (bits - 8)) - 16) / 219).clip(0, 1).astype(np.float32)


def _samples(frame: VideoFrame, plane: int, bits: int) -> np.ndarray:
    """A plane's codes over their highest."""
    found = frame.planes[plane]
    kind = np.dtype(np.uint8 if bits <= 8 else np.uint16)
    codes = np.frombuffer(found, kind)  # pyright: ignore[reportCallIssue, reportArgumentType]
    lines = codes.reshape(found.height, found.line_size // kind.itemsize)[:, : found.width]
    return (lines / np.float32((1 << bits) - 1)).astype(np.float32)
