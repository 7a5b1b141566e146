"""The reel net: picture → painted picture. Knows nothing of style files, weights of the dial or video.

Topology: Johnson, Alahi & Fei-Fei 2016 as `pytorch/examples` has it (reflection padding, two strided
convolutions, five residual blocks, nearest-neighbour upsampling, instance norm), with the affine
parameters of the fifteen norms handed in at every call: conditional instance norm, Dumoulin et al. 2016.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .topology import BLOCKS, conv_shapes, norm_widths

_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Affine:
    """γ and β of all norms in the order they are met, each (batch, `ReelNet.affine_size`) float32."""

    gamma: Tensor
    beta: Tensor


@dataclass(frozen=True, slots=True)
class Inside:
    """Other γ and β inside a matte, (batch, 1, H, W) on 0 … 1; between 0 and 1 they are mixed linearly."""

    affine: Affine
    matte: Tensor


class ReelNet(nn.Module):
    """Sixteen convolutions and fifteen norms without parameters of their own.

    `channels` is the width of the outermost layers: 8, 16 or 32. `squashed` nets (ours) scale their
    input and bound their output smoothly; the others (checkpoints of `pytorch/examples`) take and
    give 0 … 255 as they are.
    """

    def __init__(self, channels: int = 16, squashed: bool = True) -> None:
        super().__init__()
        self.channels, self.squashed = channels, squashed
        self.norm_widths = norm_widths(channels)
        self.convs = nn.ModuleList(nn.Conv2d(*shape) for shape in conv_shapes(channels))

    @property
    def affine_size(self) -> int:
        """How many γ (and as many β) the norms take together."""
        return sum(self.norm_widths)

    def forward(
        self, pixels: Tensor, affine: Affine, *, sphere: bool = False, inside: Inside | None = None
    ) -> Tensor:
        """Paints (B, 3, H, W) float pixels on the scale 0 … 255; any size from 16 × 16.

        On the sphere (equirectangular) left and right edge are neighbours, and statistics weigh each
        row by the cosine of its latitude; the picture commutes with rolls by multiples of 4.
        Sizes that 4 does not divide are padded, outside the statistics, and cropped back. `inside` a
        matte γ and β are others, in the same pass and with the statistics of the whole frame, so that
        strokes go on over its border.
        """
        height, width = pixels.shape[-2:]
        frame = _Frame(height, width, sphere, inside.matte if inside else None)
        x = frame.padded(pixels.clamp(0, 255))
        x = (x - 127.5) / 64 if self.squashed else x
        norms = zip(
            *(self._norms(one) for one in ((affine, inside.affine) if inside else (affine,))), strict=True
        )
        convs = iter(self.convs)
        for stride in (1, 2, 2):
            x = F.relu(frame.norm(frame.conv(next(convs), x, stride), *next(norms)))
        for _ in range(BLOCKS):
            y = F.relu(frame.norm(frame.conv(next(convs), x), *next(norms)))
            x = x + frame.norm(frame.conv(next(convs), y), *next(norms))
        for _ in range(2):
            x = frame.conv(next(convs), F.interpolate(x, scale_factor=2.0, mode="nearest"))
            x = F.relu(frame.norm(x, *next(norms)))
        x = frame.conv(next(convs), x)[..., :height, :width].float()
        return 127.5 + 140 * torch.tanh(x / 3) if self.squashed else x

    def _norms(self, affine: Affine) -> Iterator[tuple[Tensor, Tensor]]:
        parts = (part.split(self.norm_widths, dim=1) for part in (affine.gamma, affine.beta))
        for gamma, beta in zip(*parts, strict=True):
            yield gamma[:, :, None, None], beta[:, :, None, None]


class _Frame:
    """How one frame is padded and which of its pixels count in the statistics."""

    def __init__(self, height: int, width: int, sphere: bool, matte: Tensor | None = None) -> None:
        self.height, self.width, self.sphere = height, width, sphere
        self.matte = None if matte is None else self.padded(matte.float())
        self.plain = not sphere and height % 4 == 0 and width % 4 == 0

    def padded(self, pixels: Tensor) -> Tensor:
        """The frame with sides that 4 divides."""
        below, right = -self.height % 4, -self.width % 4
        if below:
            pixels = F.pad(pixels, (0, 0, 0, below), mode="reflect")
        return (
            F.pad(pixels, (0, right, 0, 0), mode="circular" if self.sphere else "reflect")
            if right
            else pixels
        )

    def conv(self, layer: nn.Module, x: Tensor, stride: int = 1) -> Tensor:
        """One convolution with reflection, or circular padding from left to right on the sphere."""
        assert isinstance(layer, nn.Conv2d)
        pad = layer.kernel_size[0] // 2
        if self.sphere:
            x = F.pad(F.pad(x, (pad, pad, 0, 0), mode="circular"), (0, 0, pad, pad), mode="reflect")
        else:
            x = F.pad(x, (pad,) * 4, mode="reflect")
        return F.conv2d(x, layer.weight, layer.bias, stride)

    def norm(self, x: Tensor, *looks: tuple[Tensor, Tensor]) -> Tensor:
        """Instance norm over the pixels that count, with γ and β; the second are those inside the matte.

        Statistics are in float32. What is linear in γ and β is mixed itself, exact at both ends.
        """
        if self.plain:
            mean, variance = _moments(x)
        else:
            rows, columns = self._weights(x)
            mean = _weighted(x, rows, columns)
            variance = _weighted((x - mean) ** 2, rows, columns)
        seen = [self._worn(x, mean, variance, *look) for look in looks]
        return seen[0] if self.matte is None else torch.lerp(seen[0], seen[1], self._matte_like(x))

    @staticmethod
    def _worn(x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
        scale = gamma * (variance + _EPSILON).rsqrt()
        return x * scale.to(x.dtype) + (beta - mean * scale).to(x.dtype)

    def _matte_like(self, x: Tensor) -> Tensor:
        """The matte at the size of a layer, by area."""
        assert self.matte is not None
        return F.avg_pool2d(self.matte, self.matte.shape[2] // x.shape[2]).to(x.dtype)

    def _weights(self, x: Tensor) -> tuple[Tensor, Tensor]:
        height, width = x.shape[-2:]
        step = round((self.height + -self.height % 4) / height)
        rows = (torch.arange(height, device=x.device) < -(-self.height // step)).float()
        columns = (torch.arange(width, device=x.device) < -(-self.width // step)).float()
        if self.sphere:
            centres = (torch.arange(height, device=x.device) + 0.5) * step / self.height
            rows = rows * torch.sin(centres.clamp(max=1) * torch.pi)
        return rows / rows.sum(), columns / columns.sum()


def _moments(x: Tensor) -> tuple[Tensor, Tensor]:
    variance, mean = torch.var_mean(x.float(), dim=(2, 3), correction=0, keepdim=True)
    return mean, variance


def _weighted(x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    return ((x.float() @ columns) @ rows)[:, :, None, None]
