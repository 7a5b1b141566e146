"""RGB and grey frames as arrays of their own numbers, without a scaler that might touch them.

Knows pixel formats alone: nothing of files, colours or nets.
"""

import re

import numpy as np
from av import VideoFrame

_DIRECT = re.compile(r"(rgb|bgr)(24|48[lb]e)|gbrp((9|1[0246]|f32)[lb]e)?|gray((9|1[0246]|f32)[lb]e)?")
_SHUFFLED = re.compile(r"[rgb]{3}0|0[rgb]{3}|mono[wb]")  # a change of order alone brings them to rgb24
_FLOATS = re.compile(r"(gbra?p|gray)f32[lb]e")
_NAMES = {
    np.uint8: ("rgb24", "rgba"),
    np.uint16: ("rgb48le", "rgba64le"),
    np.float32: ("gbrpf32le", "gbrapf32le"),
}
_ALPHA = re.compile(r"(argb|rgba|abgr|bgra)|(rgba|bgra)64[lb]e|ya(8|16[lb]e)|gbrap((1[0246]|f32)[lb]e)?|pal8")


def is_rgb(frame: VideoFrame) -> bool:
    """Whether `rgb_array` can read a frame: RGB or full-range grey, of 8 to 16 bits or float."""
    name = frame.format.name
    limited = name.startswith("gray") and int(frame.color_range) == 1
    return not limited and bool(_DIRECT.fullmatch(name) or _SHUFFLED.fullmatch(name))


def rgb_array(frame: VideoFrame) -> np.ndarray:
    """An RGB or grey frame as height x width x 3: uint8 where it has 8 bits, else uint16 to 65535.

    8 and 16 bits are exact; 9 to 14 are spread over 16, floats are cut to 0 … 1 and rounded.
    """
    name = frame.format.name
    if _SHUFFLED.fullmatch(name):
        return frame.to_ndarray(format="rgb24")
    values = _widened(frame.to_ndarray(), name)
    if values.ndim == 2:
        return np.repeat(values[..., None], 3, axis=2)
    return np.ascontiguousarray(values[..., ::-1]) if name.startswith("bgr") else values


def is_float(frame: VideoFrame) -> bool:
    """Whether `float_array` can read a frame: RGB or grey of floats, with alpha or without."""
    return bool(_FLOATS.fullmatch(frame.format.name))


def float_array(frame: VideoFrame) -> np.ndarray:
    """A frame of floats as they are, height x width x 3, or 4 with alpha, float32; what is no number is 0."""
    values = np.nan_to_num(frame.to_ndarray().astype(np.float32, copy=False))
    return np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values


def has_alpha(frame: VideoFrame) -> bool:
    """Whether a frame has an alpha channel, or a palette, which has an alpha for every colour."""
    return frame.format.name == "pal8" or any(component.is_alpha for component in frame.format.components)


def is_rgb_with_alpha(frame: VideoFrame) -> bool:
    """Whether `rgba_array` can read a frame: RGB or grey with alpha, or a palette."""
    return bool(_ALPHA.fullmatch(frame.format.name))


def rgba_array(frame: VideoFrame) -> np.ndarray:
    """An RGB or grey frame with alpha as height x width x 4: uint8 where it has 8 bits, else uint16."""
    name = frame.format.name
    if name.startswith("gbrap"):
        return _widened(frame.to_ndarray(), name)
    deep = max(component.bits for component in frame.format.components) > 8
    return frame.to_ndarray(format="rgba64le" if deep else "rgba")


def whole_array(frame: VideoFrame) -> np.ndarray:
    """A frame as `rgba_array` gives it where it has alpha, else as `rgb_array` does."""
    return rgba_array(frame) if is_rgb_with_alpha(frame) else rgb_array(frame)


def without_alpha(frame: VideoFrame) -> VideoFrame:
    """The frame as RGB without its alpha channel, where that is opaque all over; else as it is."""
    if not is_rgb_with_alpha(frame):
        return frame
    layers = rgba_array(frame)
    opaque = 255 if layers.dtype == np.uint8 else 65535
    if layers[..., 3].min() < opaque:
        return frame
    layers = float_array(frame) if is_float(frame) else layers
    return rgb_frame(np.ascontiguousarray(layers[..., :3]))


def with_opaque(pixels: np.ndarray) -> np.ndarray:
    """An array as `rgb_array` or `float_array` gives it, with an alpha that is opaque all over."""
    opaque = 1 if pixels.dtype == np.float32 else np.iinfo(pixels.dtype).max
    return np.dstack([pixels, np.full(pixels.shape[:2], opaque, pixels.dtype)])


def rgb_frame(pixels: np.ndarray) -> VideoFrame:
    """An array as those above give it, as a frame: rgb24, rgb48le, gbrpf32le, or with alpha."""
    return VideoFrame.from_ndarray(pixels, format=_NAMES[pixels.dtype.type][pixels.shape[2] - 3])


def _widened(values: np.ndarray, name: str) -> np.ndarray:
    if values.dtype == np.float32:
        return (np.nan_to_num(values).clip(0, 1) * 65535).round().astype(np.uint16)
    bits = re.search(r"(9|1[024])[lb]e$", name)
    if not bits:
        return values
    top = (1 << int(bits[1])) - 1
    return ((values.astype(np.uint32) * 65535 + top // 2) // top).astype(np.uint16)
