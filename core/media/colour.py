"""Frames to RGB tensors, and a painted picture back into the frame it came from. Exact in luma.

Works on the planes themselves, in bands of rows: swscale's path to and from 10 bits is biased and takes an
untagged picture for BT.601. What a frame's codes mean is decided in `tags`. Knows nothing of files or nets.
"""

import re
from dataclasses import replace

import numpy as np
import torch
from av import VideoFrame
from av.video.plane import VideoPlane

from ..bands import Band, bands, halved, whole
from ..errors import MediaError
from .alpha import alpha_of
from .chroma import fitted
from .formats import PRORES, Format, with_alpha
from .layouts import planar_name, plane_codes
from .light import light_of_signal
from .rgb import float_array, has_alpha, is_float, is_rgb, is_rgb_with_alpha, rgb_array, rgba_array
from .tags import GBR, LUMA_WEIGHTS, Colour, colour_of, rgb_transfer, unsupported_pixels

_WHITE = 255.0
_STEPS = 257.0  # of 16 bits in one of 8
_SAME, _ANOTHER = 2 / 255, 24 / 255  # how far from the source's a colour is still it, or nothing of it
_LOWEST, _HIGHEST = 4, 1019  # the codes that a 10-bit video signal may use


def to_rgb(frame: VideoFrame) -> torch.Tensor:
    """A decoded frame as float32 RGB, 1 x 3 x H x W on the 0 … 255 scale, upright.

    Non-linear as the source is, and not clipped: what is brighter than white or more colourful than
    RGB holds survives. Raises MediaError where the pixels are none that `unsupported_pixels` accepts.
    """
    colour = _supported(frame)
    if is_float(frame):
        return _upright(_from_array(float_array(frame)[..., :3]), frame)
    if is_rgb_with_alpha(frame):
        return _upright(_from_array(rgba_array(frame)[..., :3]), frame)
    if is_rgb(frame):
        return _upright(_from_array(rgb_array(frame)), frame)
    picture = torch.empty(1, 3, frame.height, frame.width)
    for band in bands(frame.height, frame.width):
        picture[:, :, band.rows] = _rgb_of(frame, colour, band)[:, :, band.own]
    return _upright(picture, frame)


def _rgb_of(frame: VideoFrame, colour: Colour, band: Band) -> torch.Tensor:
    """What a band sees of a frame of luma and chroma, as `to_rgb` gives it."""
    luma, chroma = _normalised(frame, colour, band)
    size = band.height, frame.width
    u, v = fitted(chroma, size, size).split(1, dim=1)
    kr, kb = LUMA_WEIGHTS[colour.matrix]
    red, blue = luma + 2 * (1 - kr) * v, luma + 2 * (1 - kb) * u
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return torch.cat([red, green, blue], dim=1).mul_(_WHITE)


def repaint(frame: VideoFrame, rgb: torch.Tensor, styled: torch.Tensor, form: Format = PRORES) -> VideoFrame:
    """The frame to be written: `frame`'s own planes plus what `styled` changes of `rgb`, for a format.

    `rgb` is `to_rgb(frame)` and `styled` the painted picture, both 1 x 3 x H x W, 0 … 255. Comes back
    upright, tagged, in the format's pixels. Where the two are equal, luma is the source's, and so is chroma
    where it is stored alike; where they are not, nothing of the source is in it. Of an RGB frame, or for a
    format of RGB, `styled` is all that counts. Alpha is the source's.
    """
    colour = _supported(frame)
    pixels = _pixels(frame, form)
    alpha = _alpha(frame) if form.alpha else None
    if is_float(frame) and "f32" not in pixels:
        styled = styled.clamp(0, _WHITE)  # what is brighter would leave its hue
    if pixels.startswith(("gbr", "rgb")):
        written = VideoFrame.from_ndarray(
            _rgb_values(styled, alpha, pixels, glows=is_float(frame)), format=pixels
        )
        replace(colour, matrix=GBR, full_range=True, transfer=rgb_transfer(frame, colour)).tag(written)
        return written
    matrix = colour.matrix if not form.matrices or colour.matrix in form.matrices else form.matrices[0]
    written = VideoFrame(styled.shape[3], styled.shape[2], pixels)
    full_range = colour.full_range and form.full_range and not is_rgb(frame)
    for band in [whole(written.height)] if frame.rotation else bands(written.height, written.width):
        before = rgb[:, :, band.seen]
        after = before if styled is rgb else styled[:, :, band.seen]
        luma, chroma = _written_planes(frame, colour, band, before, after, written, matrix)
        _fill_planes(written, band, luma, chroma, full_range, every_code=form.archive)
    if alpha is not None:
        top = (1 << written.format.components[3].bits) - 1
        _fill(written.planes[3], slice(None), alpha[0, 0] * top, 0, top)
    replace(colour, matrix=matrix, full_range=full_range).tag(written)
    return written


def to_array(picture: torch.Tensor, frame: VideoFrame | None = None) -> np.ndarray:
    """A picture, 1 x 3 x H x W on 0 … 255, as uint16 RGB, H x W x 3: what had 8 or 16 bits is exact.

    Where the `frame` that it is painted from has alpha, that is the fourth layer.
    """
    return _rgb_values(picture, _alpha(frame) if frame else None, "rgb48le")


def _from_array(pixels: np.ndarray) -> torch.Tensor:
    """RGB as `rgb_array` or `float_array` gives it → 1 x 3 x H x W on 0 … 255."""
    values = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1), np.float32))[None]
    if pixels.dtype == np.float32:
        return values.mul_(_WHITE)
    return values if pixels.dtype == np.uint8 else values.div_(_STEPS)


def _alpha(frame: VideoFrame) -> torch.Tensor | None:
    """Alpha on 0 … 1, 1 x 1 x H x W upright; None where there is none."""
    if not has_alpha(frame):
        return None
    return _upright(torch.from_numpy(alpha_of(frame))[None, None], frame)


def _supported(frame: VideoFrame) -> Colour:
    if reason := unsupported_pixels(frame):
        raise MediaError(reason.rstrip("."), hint="Convert the media to ProRes 422.", code="E-DECODE")
    return colour_of(frame)


def _normalised(frame: VideoFrame, colour: Colour, band: Band) -> tuple[torch.Tensor, torch.Tensor]:
    """What a band sees: luma 0 … 1 as 1 x 1 x H x W, chroma ±0.5 as 1 x 2 x h x w, as large as stored."""
    bits = frame.format.components[0].bits
    middle, unit = 1 << (bits - 1), 1 << (bits - 8)
    luma, *colours = (
        torch.from_numpy(plane_codes(plane, bits, halved(band.seen, frame.height, plane.height)))
        for plane in frame.planes[:3]
    )
    chroma = torch.stack(colours or [torch.full_like(luma, middle)] * 2)[None]  # grey as film is has none
    if colour.full_range:
        top = (1 << bits) - 1
        return luma[None, None] / top, (chroma - middle) / top
    return (luma[None, None] - 16 * unit) / (219 * unit), (chroma - middle) / (224 * unit)


def _upright(picture: torch.Tensor, frame: VideoFrame) -> torch.Tensor:
    """A stored picture, ... x H x W, turned as its frame is to be shown."""
    return torch.rot90(picture, frame.rotation // 90, (2, 3)) if frame.rotation else picture


def _written_planes(
    frame: VideoFrame,
    colour: Colour,
    band: Band,
    rgb: torch.Tensor,
    styled: torch.Tensor,
    written: VideoFrame,
    matrix: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Luma 0 … 1 and chroma ±0.5 of what a band sees, chroma at the size that it is written in."""
    rows = halved(band.seen, written.height, written.planes[1].height)
    size, seen = (rows.stop - rows.start, written.planes[1].width), (band.height, written.width)
    if is_rgb(frame) or is_rgb_with_alpha(frame) or matrix != colour.matrix:
        planes = _luma_chroma(styled / _WHITE, matrix)
        return planes[:, :1], fitted(planes[:, 1:], seen, size)
    luma, chroma = _normalised(frame, colour, band if not frame.rotation else whole(frame.height))
    if frame.rotation:
        lying = frame.height, frame.width
        luma, chroma = (_upright(one, frame) for one in (luma, fitted(chroma, lying, lying)))
    chroma = fitted(chroma, seen, size)
    return (luma, chroma) if styled is rgb else _changed(luma, chroma, rgb / _WHITE, styled / _WHITE, matrix)


def _pixels(frame: VideoFrame, form: Format) -> str:
    """The pixel format that a frame is written in."""
    rgb = is_rgb(frame) or is_rgb_with_alpha(frame)
    own = re.sub("^yuv[aj]", "yuv", planar_name(frame.format.name)).replace("gray", "yuv444p")
    found = form.pixels or ("gbrp16le" if rgb else own)
    if not (form.alpha and has_alpha(frame)):
        return found
    found = with_alpha(found)
    return found if form.pixels else found.replace("p12", "p16")  # which FFmpeg 5 and 6 do not decode


def _luma_chroma(rgb: torch.Tensor, matrix: int) -> torch.Tensor:
    """RGB, 1 x 3 x H x W, to luma and two colour differences on the same scale."""
    kr, kb = LUMA_WEIGHTS[matrix]
    red, green, blue = rgb.split(1, dim=1)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    return torch.cat([luma, (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))], dim=1)


def _rgb_values(
    picture: torch.Tensor, alpha: torch.Tensor | None, pixels: str, *, glows: bool = False
) -> np.ndarray:
    """A picture and its alpha, H x W x 3 or 4: 16 bits, or light that is multiplied by it, as EXR has it.

    Where a picture of light `glows`, what lies where alpha is 0 is no hidden colour, and stays.
    """
    height, width = picture.shape[2:]
    layers = 3 if alpha is None else 4
    found = np.empty((height, width, layers), np.float32 if "f32" in pixels else np.uint16)
    for band in bands(height, width):
        parts = [picture[0, :, band.rows] / _WHITE, *([] if alpha is None else [alpha[0, :, band.rows]])]
        values = torch.cat(parts).permute(1, 2, 0)
        if "f32" not in pixels:
            found[band.rows] = (values * 65535).round_().clamp_(0, 65535).numpy()
            continue
        colours, veil = values[..., :3].numpy(), values[..., 3:].numpy()
        found[band.rows, :, :3] = light_of_signal(colours)
        if veil.size:
            found[band.rows, :, :3] *= np.where(veil == 0, 1, veil) if glows else veil
            found[band.rows, :, 3:] = veil
    return found


def _changed(
    luma: torch.Tensor, chroma: torch.Tensor, rgb: torch.Tensor, styled: torch.Tensor, matrix: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Stored luma and chroma with what `styled` changes of `rgb`, both on 0 … 1.

    Chroma loses detail on its way to RGB and back. Where nothing changes it gets that again, and less the
    more there is of another picture, in which the source's edges would stand as coloured fringes.
    """
    whole, size = ((one.shape[2], one.shape[3]) for one in (rgb, chroma))
    change = _luma_chroma(styled - rgb, matrix)
    lost = chroma - fitted(_luma_chroma(rgb, matrix)[:, 1:], whole, size)
    away = (styled - rgb).abs().amax(1, keepdim=True)
    painted = fitted(((away - _SAME) / (_ANOTHER - _SAME)).clamp(0, 1), whole, size)
    return luma + change[:, :1], chroma + fitted(change[:, 1:], whole, size) - painted * lost


def _fill_planes(
    frame: VideoFrame,
    band: Band,
    luma: torch.Tensor,
    chroma: torch.Tensor,
    full_range: bool,
    *,
    every_code: bool,
) -> None:
    """Codes of a band of luma 0 … 1 and chroma ±0.5; not `every_code` is one of a video signal."""
    bits = frame.format.components[0].bits
    unit, top = 1 << (bits - 8), (1 << bits) - 1
    black, white, spread = (0, top, top) if full_range else (16 * unit, 219 * unit, 224 * unit)
    ends = (_LOWEST, _HIGHEST) if bits == 10 and not (full_range or every_code) else (0, top)
    _fill(frame.planes[0], band.rows, luma[0, 0, band.own] * white + black, *ends)
    rows, seen = (halved(part, frame.height, frame.planes[1].height) for part in (band.rows, band.seen))
    own = slice(rows.start - seen.start, rows.stop - seen.start)
    for plane, difference in zip(frame.planes[1:3], chroma[0, :, own], strict=True):
        _fill(plane, rows, difference * spread + 128 * unit, *ends)


def _fill(plane: VideoPlane, rows: slice, codes: torch.Tensor, lowest: int, highest: int) -> None:
    kind = np.dtype(np.uint8 if highest <= 255 else np.uint16)
    held = np.frombuffer(plane, kind)  # pyright: ignore[reportCallIssue, reportArgumentType]
    lines = held.reshape(plane.height, plane.line_size // kind.itemsize)[rows]
    lines[:, : plane.width] = codes.round().clamp_(lowest, highest).numpy()
    lines[:, plane.width :] = 0
