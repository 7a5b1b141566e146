"""Larger or smaller strokes: painted at another size, brought back along the source's own edges.

Knows nothing of nets: a painter around a painter.
"""

from dataclasses import dataclass, replace
from math import ceil, gcd
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

from .dialled import Painter

_RADIUS = 2  # pixels of the working size
_EVEN = 16.0  # variance on 0 … 255 below which the source is taken for flat
_LEAST = 16  # pixels of a side that a net takes
_AROUND = 8  # pixels of the working size that go on beyond an edge, at least


@dataclass(frozen=True)
class StrokeScale(Painter):
    """Strokes `scale` times as large as the painter's own, in pixels of the frame.

    What painting changed at the working size, P - S, is brought back by a guided filter (He, Sun & Tang
    2010; He & Sun 2015 for the larger size): changes that go along with the source follow its edges at full
    size, the others, strokes, are interpolated. So what is changed by nothing stays as it is, bit for bit.
    """

    painter: Painter
    scale: float

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`."""
        height, width = pixels.shape[-2:]
        size = (working_length(height, self.scale), working_length(width, self.scale))
        if size == (height, width):
            return self.painter.full(pixels, style_weight, sphere=sphere)
        small = resized(pixels, size, sphere)
        change = self.painter.full(small, style_weight, sphere=sphere) - small
        return pixels + brought_back(change, small, pixels, sphere)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return self.painter.share(style_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(self, painter=self.painter.on(device))


def working_length(length: int, scale: float) -> int:
    """A side of the working size: a multiple of 4 where it is another one than the frame's."""
    return length if scale == 1 else max(_LEAST, 4 * round(length / scale / 4))


def brought_back(change: Tensor, small: Tensor, pixels: Tensor, sphere: bool) -> Tensor:
    """A change of the picture `small`, (B, 3, h, w), at the size of `pixels`, along the edges of these."""
    slope, base = fitted(change, small, sphere)
    stroke = change - slope * small - base
    size = (pixels.shape[2], pixels.shape[3])
    if size[0] < small.shape[2]:
        return resized(change, size, sphere)
    return resized(stroke + base, size, sphere) + resized(slope, size, sphere) * pixels


def fitted(values: Tensor, guide: Tensor, sphere: bool) -> tuple[Tensor, Tensor]:
    """The guided filter's slope and base: values ≈ slope · guide + base around every pixel, by channel."""
    mean, mean_guide = around(values, sphere), around(guide, sphere)
    together = around((values - mean) * (guide - mean_guide), sphere)
    spread = around((guide - mean_guide) ** 2, sphere)
    slope = together / (spread + _EVEN)
    return around(slope, sphere), around(mean - slope * mean_guide, sphere)


def around(x: Tensor, sphere: bool) -> Tensor:
    """The mean of every pixel's neighbourhood, (2 r + 1)²; on the sphere it goes over the edge."""
    r = _RADIUS
    x = F.pad(F.pad(x, (r, r, 0, 0), mode="circular" if sphere else "reflect"), (0, 0, r, r), mode="reflect")
    return F.avg_pool2d(x, 2 * r + 1, 1)


def resized(pixels: Tensor, size: tuple[int, int], sphere: bool) -> Tensor:
    """(B, C, H, W) at another size, (height, width), by bicubic interpolation with no aliasing."""
    if not sphere:
        return _resized(pixels, size)
    before, after = pixels.shape[3], size[1]
    grain = gcd(before, after)  # of them so many steps fit round both sizes
    steps = min(grain, ceil(_AROUND * grain / min(before, after)))
    edge, other = steps * (before // grain), steps * (after // grain)
    round_ = torch.cat([pixels[..., before - edge :], pixels, pixels[..., :edge]], 3)
    return _resized(round_, (size[0], after + 2 * other))[..., other : other + after]


def _resized(pixels: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(pixels, size, mode="bicubic", antialias=True, align_corners=False)
