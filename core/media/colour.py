"""Frames to RGB tensors, and a painted picture back into the frame it came from. Exact in luma.

Works on the planes themselves: swscale's path to and from 10 bits is biased and takes an untagged
picture for BT.601. What a frame's codes mean is decided in `tags`. Knows nothing of files or nets.
"""

import numpy as np
import torch
from av import VideoFrame
from av.video.plane import VideoPlane

from ..errors import MediaError
from .rgb import is_rgb, rgb_array
from .tags import LUMA_WEIGHTS, Colour, colour_of, unsupported_pixels

_WHITE = 255.0
_STEPS = 257.0  # of 16 bits in one of 8
_LOWEST, _HIGHEST = 4, 1019  # the codes that a 10-bit video signal may use


def to_rgb(frame: VideoFrame, device: torch.device | str = "cpu") -> torch.Tensor:
    """A decoded frame as float32 RGB, 1 x 3 x H x W on the 0 … 255 scale, upright.

    Non-linear as the source is, and not clipped: what is brighter than white or more colourful than
    RGB holds survives. Raises MediaError where the pixels are none that `unsupported_pixels` accepts.
    """
    colour = _supported(frame)
    if is_rgb(frame):
        return _upright(_from_array(rgb_array(frame)).to(device), frame)
    luma, chroma = _normalised(frame, colour, device)
    u, v = _wider(_taller(chroma, frame.height), frame.width).split(1, dim=1)
    kr, kb = LUMA_WEIGHTS[colour.matrix]
    red, blue = luma + 2 * (1 - kr) * v, luma + 2 * (1 - kb) * u
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return _upright(torch.cat([red, green, blue], dim=1).mul_(_WHITE), frame)


def repaint(frame: VideoFrame, rgb: torch.Tensor, styled: torch.Tensor) -> VideoFrame:
    """The frame to be written: `frame`'s own planes plus what `styled` changes of `rgb`.

    `rgb` is `to_rgb(frame)` and `styled` the painted picture, both 1 x 3 x H x W, 0 … 255. Comes back
    upright, as tagged yuv422p10le of limited range (ProRes knows no other). Where the two are equal, luma
    is the source's, and so is chroma where it was 4:2:0 or 4:2:2. Of an RGB frame, `styled` is all that
    counts.
    """
    colour = _supported(frame)
    written = Colour(colour.matrix, False, colour.transfer, colour.primaries)
    if is_rgb(frame):
        planes = _luma_chroma(styled / _WHITE, colour.matrix)
        return _frame(planes[:, :1], _narrower(planes[:, 1:], planes.shape[3]), written)
    luma, chroma = _upright_planes(frame, colour, styled.device)
    if styled is not rgb:
        change = _luma_chroma((styled - rgb) / _WHITE, colour.matrix)
        luma, chroma = luma + change[:, :1], chroma + _narrower(change[:, 1:], luma.shape[3])
    return _frame(luma, chroma, written)


def to_array(picture: torch.Tensor) -> np.ndarray:
    """A picture, 1 x 3 x H x W on 0 … 255, as uint16 RGB, H x W x 3: what had 8 or 16 bits is exact."""
    values = picture[0].permute(1, 2, 0).cpu() * _STEPS
    return values.round_().clamp_(0, 65535).numpy().astype(np.uint16)


def _from_array(pixels: np.ndarray) -> torch.Tensor:
    """RGB as `rgb_array` gives it → 1 x 3 x H x W on 0 … 255."""
    values = torch.from_numpy(pixels.astype(np.float32)).permute(2, 0, 1)[None].contiguous()
    return values if pixels.dtype == np.uint8 else values.div_(_STEPS)


def _supported(frame: VideoFrame) -> Colour:
    if reason := unsupported_pixels(frame):
        raise MediaError(reason.rstrip("."), hint="Convert the media to ProRes 422.", code="E-DECODE")
    return colour_of(frame)


def _normalised(
    frame: VideoFrame, colour: Colour, device: torch.device | str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Luma 0 … 1 as 1 x 1 x H x W and chroma ±0.5 as 1 x 2 x h x w, at the size it is stored."""
    bits = frame.format.components[0].bits
    luma, u, v = (_samples(plane, bits).to(device) for plane in frame.planes[:3])
    chroma = torch.stack([u, v])[None]
    middle, unit = 1 << (bits - 1), 1 << (bits - 8)
    if colour.full_range:
        top = (1 << bits) - 1
        return luma[None, None] / top, (chroma - middle) / top
    return (luma[None, None] - 16 * unit) / (219 * unit), (chroma - middle) / (224 * unit)


def _upright(picture: torch.Tensor, frame: VideoFrame) -> torch.Tensor:
    """A stored picture, ... x H x W, turned as its frame is to be shown."""
    return torch.rot90(picture, frame.rotation // 90, (2, 3)) if frame.rotation else picture


def _upright_planes(
    frame: VideoFrame, colour: Colour, device: torch.device | str
) -> tuple[torch.Tensor, torch.Tensor]:
    """Luma, and chroma at half its columns and all its lines, upright."""
    luma, chroma = _normalised(frame, colour, device)
    chroma, half = _taller(chroma, frame.height), -(-frame.width // 2)
    if frame.rotation:
        luma, chroma = (_upright(one, frame) for one in (luma, _wider(chroma, frame.width)))
    elif chroma.shape[3] < half:
        chroma = _wider(chroma, half)
    return luma, _narrower(chroma, luma.shape[3])


def _samples(plane: VideoPlane, bits: int) -> torch.Tensor:
    """A plane's codes as float32, h x w, without the padding at the end of its lines."""
    kind = np.dtype(np.uint8 if bits <= 8 else np.uint16)
    codes = np.frombuffer(plane, kind)  # pyright: ignore[reportCallIssue, reportArgumentType]
    lines = codes.reshape(plane.height, plane.line_size // kind.itemsize)
    return torch.from_numpy(lines[:, : plane.width].astype(np.float32))


def _taller(chroma: torch.Tensor, height: int) -> torch.Tensor:
    """Chroma at `height` lines; the stored lines lie midway between two of the picture's."""
    if chroma.shape[2] == height:
        return chroma
    chroma = _taller(chroma, -(-height // 2)) if chroma.shape[2] < height // 2 else chroma
    above = torch.cat([chroma[:, :, :1], chroma[:, :, :-1]], dim=2)
    below = torch.cat([chroma[:, :, 1:], chroma[:, :, -1:]], dim=2)
    pairs = torch.stack([0.75 * chroma + 0.25 * above, 0.75 * chroma + 0.25 * below], dim=3)
    return pairs.flatten(2, 3)[:, :, :height]


def _wider(chroma: torch.Tensor, width: int) -> torch.Tensor:
    """Chroma at `width` columns; the stored ones lie on the picture's even columns."""
    if chroma.shape[3] == width:
        return chroma
    chroma = _wider(chroma, -(-width // 2)) if chroma.shape[3] < width // 2 else chroma
    right = torch.cat([chroma[..., 1:], chroma[..., -1:]], dim=3)
    return torch.stack([chroma, 0.5 * (chroma + right)], dim=4).flatten(3, 4)[..., :width]


def _narrower(chroma: torch.Tensor, width: int) -> torch.Tensor:
    """Chroma at half of `width` columns, filtered 1-2-1 around the even ones."""
    if chroma.shape[3] != width:
        return chroma
    if width % 2:
        chroma = torch.cat([chroma, chroma[..., -1:]], dim=3)
    left = torch.cat([chroma[..., :1], chroma[..., 1:-1:2]], dim=3)
    return 0.25 * left + 0.5 * chroma[..., 0::2] + 0.25 * chroma[..., 1::2]


def _luma_chroma(rgb: torch.Tensor, matrix: int) -> torch.Tensor:
    """RGB, 1 x 3 x H x W, to luma and two colour differences on the same scale."""
    kr, kb = LUMA_WEIGHTS[matrix]
    red, green, blue = rgb.split(1, dim=1)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    return torch.cat([luma, (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))], dim=1)


def _frame(luma: torch.Tensor, chroma: torch.Tensor, colour: Colour) -> VideoFrame:
    frame = VideoFrame(luma.shape[3], luma.shape[2], "yuv422p10le")
    _fill(frame.planes[0], luma[0, 0] * 876 + 64)
    _fill(frame.planes[1], chroma[0, 0] * 896 + 512)
    _fill(frame.planes[2], chroma[0, 1] * 896 + 512)
    colour.tag(frame)
    return frame


def _fill(plane: VideoPlane, codes: torch.Tensor) -> None:
    lines = np.zeros((plane.height, plane.line_size // 2), np.uint16)
    lines[:, : plane.width] = codes.round().clamp_(_LOWEST, _HIGHEST).cpu().numpy()
    plane.update(lines.tobytes())
