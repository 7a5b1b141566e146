"""What a painted picture is judged by, in numbers. Knows nothing of candidates, limits or words.

A picture is (1, 3, H, W) float32 on 0 … 255, a net's painted one not clipped. Every measure says
what it is, its unit, what is good, and where it comes from; `flicker` has those of time.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..training.crops import as_tensor
from ..training.losses import CONTENT_LAYERS, Vgg, content_loss, grams, style_loss
from ..training.pictures import STYLE_SIDE, style_picture

NOISE = 3.0  # σ on 0 … 255: the grain of a clean camera
LUMA = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709
_BESIDE = 8  # pairs of columns on either side of the edge
_EDGE_BLUR, _WINDOW = 1.5, 4.0  # σ in pixels at short side 256
_FLAT = 0.25  # squared levels a pixel: edges as weak as grain

Paint = Callable[[Tensor], Tensor]


def square(pixels: Tensor, side: int = STYLE_SIDE) -> Tensor:
    """The middle of a picture, (1, 3, side, side), its short side brought to `side` by area."""
    height, width = pixels.shape[-2:]
    if min(height, width) != side:
        size = round(width * side / min(height, width)), round(height * side / min(height, width))
        shrunk = cv2.resize(as_array(pixels), size, interpolation=cv2.INTER_AREA)
        pixels = as_tensor(np.ascontiguousarray(shrunk))[None].to(pixels.device)
        height, width = pixels.shape[-2:]
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[..., top : top + side, left : left + side]


def as_array(pixels: Tensor) -> np.ndarray:
    """A picture as (H, W, 3) float32 on 0 … 255, not clipped."""
    return pixels[0].permute(1, 2, 0).float().cpu().numpy()


def manner(vgg: Vgg, picture: Path, device: torch.device) -> list[Tensor]:
    """The Gram matrices of a style picture at short side 256 (by area, uncropped): what D goes to.

    Raises StyleError where it cannot be one.
    """
    with torch.inference_mode():
        return grams(vgg(as_tensor(style_picture(picture))[None].to(device)))


@torch.inference_mode()
def gram_distance(vgg: Vgg, target: list[Tensor], pictures: Sequence[Tensor]) -> float:
    """The sum over relu1_1, 2_1, 3_1, 4_1 of VGG-19 of ‖G − G*‖² / ‖G*‖², averaged over pictures.

    G are a picture's Gram matrices (clipped to 0 … 255), G* the `target`. Source: the style loss of
    Gatys, Ecker & Bethge 2016, made relative.
    """
    return sum(float(style_loss(vgg(one.clamp(0, 255)), target)) for one in pictures) / len(pictures)


def style_distance(
    vgg: Vgg, target: list[Tensor], painted: Sequence[Tensor], untouched: Sequence[Tensor]
) -> float:
    """Style distance D: how far painted pictures are from a style, 1 as far as the untouched, 0 its manner.

    `gram_distance` over that of the untouched pictures. Comparable for pictures of 256 × 256 (`square`)
    and the Gram matrices of `manner` alone.
    """
    return gram_distance(vgg, target, painted) / gram_distance(vgg, target, untouched)


@torch.inference_mode()
def content_distance(vgg: Vgg, painted: Sequence[Tensor], untouched: Sequence[Tensor]) -> float:
    """Content distance: mean squared difference at relu3_1 of VGG-19, in thousands, averaged over pictures.

    0 is the source; it has no upper end. Source: the content loss of Johnson, Alahi & Fei-Fei 2016.
    """
    pairs = zip(painted, untouched, strict=True)
    distances = [
        float(content_loss(vgg(after.clamp(0, 255), CONTENT_LAYERS), vgg(before, CONTENT_LAYERS)))
        for after, before in pairs
    ]
    return sum(distances) / len(distances)


@torch.inference_mode()
def noise_gain(paint: Paint, pictures: Iterable[Tensor], seed: int = 1) -> float:
    """Noise gain: how much of new grain a net hands on, 1 all of it as it was, above 1 it boils.

    The rms difference of the painted pictures, not clipped, with and without Gaussian noise of σ = 3,
    over the noise's own rms; averaged over the pictures. Always the same noise for a `seed`.
    """
    chance = torch.Generator().manual_seed(seed)
    gains = []
    for picture in pictures:
        noise = (NOISE * torch.randn(picture.shape, generator=chance)).to(picture.device)
        gains.append(_rms(paint(picture + noise) - paint(picture)) / _rms(noise))
    return sum(gains) / len(gains)


def seam(pixels: Tensor) -> float:
    """Seam: the step over the edge where a 360 picture closes, relative to steps beside it; 1 is none.

    The mean difference of the last and the first column over the mean difference of neighbouring
    columns up to 8 on either side of that edge, of the picture clipped to 0 … 255; steps below half a
    level count as half a level.
    """
    columns = pixels.clamp(0, 255)
    near = torch.cat([columns[..., -_BESIDE - 1 :], columns[..., : _BESIDE + 1]], -1)
    steps = near.diff(dim=-1).abs().mean((0, 1, 2))
    edge, beside = float(steps[_BESIDE]), steps[torch.arange(len(steps)) != _BESIDE]
    return max(edge, 0.5) / max(float(beside.mean()), 0.5)


def content_kept(painted: Tensor, untouched: Tensor) -> float:
    """Content kept: how much of the source's drawing can still be read, 0 none … 1 all of it.

    The correlation, in windows of σ = 4 pixels, of the two pictures' edge strengths (gradient magnitude
    of luma, blurred by σ = 1.5), averaged with the source's own edge contrast as weight, floored at 0:
    where the source has outlines, are there outlines in the same places? Contrast, colour and what is
    painted into flat areas do not count; a noisy grid over everything does. Meant for a short side of
    about 256. Source: the structure term of SSIM (Wang et al. 2004), on edges as in Chen, Yang & Xie 2006.
    """
    ours, theirs = _edges(painted), _edges(untouched)
    mean_ours, mean_theirs = _window(ours), _window(theirs)
    spread = _window(ours * ours) - mean_ours**2, _window(theirs * theirs) - mean_theirs**2
    both = _window(ours * theirs) - mean_ours * mean_theirs
    own, source = (np.maximum(part, 0) for part in spread)
    structure = (both + _FLAT) / (np.sqrt(own * source) + _FLAT)
    weight = np.sqrt(source) + 1e-6
    return max(0.0, float((structure * weight).sum() / weight.sum()))


def luma(pixels: Tensor) -> np.ndarray:
    """(H, W) float32 on 0 … 255, clipped."""
    weights = torch.tensor(LUMA, device=pixels.device).view(1, 3, 1, 1)
    return (pixels.clamp(0, 255) * weights).sum(1)[0].float().cpu().numpy()


def _edges(pixels: Tensor) -> np.ndarray:
    """Gradient magnitude of luma, in levels a pixel."""
    grey = cv2.GaussianBlur(luma(pixels), (0, 0), _EDGE_BLUR)
    across, down = (cv2.Scharr(grey, cv2.CV_32F, *axis) / 32 for axis in ((1, 0), (0, 1)))
    return np.hypot(across, down)


def _window(values: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), _WINDOW)


def _rms(values: Tensor) -> float:
    return float(F.mse_loss(values, torch.zeros_like(values)).sqrt())
