"""How a frame goes through the layers of the reel net: padding, statistics, γ and β.

Knows edges, the sphere and which pixels count. Knows nothing of the order of layers or of style files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_EPSILON = 1e-5

Moments = tuple[Tensor, Tensor]
"""Mean and variance of a layer, each (batch or 1, channels, 1, 1) float32."""
Look = tuple[Tensor, Tensor]
"""γ and β of one norm, each (batch or 1, channels, 1, 1)."""


@dataclass(frozen=True, slots=True)
class Affine:
    """γ and β of all norms in the order they are met, each (batch, `ReelNet.affine_size`) float32."""

    gamma: Tensor
    beta: Tensor


class Statistics:
    """The moments of all norms: the first picture that is painted with them gives them, every later one
    is painted with the same. So a part of a frame, or another view of it, gets the whole frame's colours.
    """

    def __init__(self) -> None:
        self._held: list[Moments] = []

    def at(self, norm: int, measure: Callable[[], Moments]) -> Moments:
        """The moments at a norm, counted from 0: those that are held, else what `measure` gives."""
        if norm == len(self._held):
            self._held.append(measure())
        return self._held[norm]


@dataclass(frozen=True)
class Frame:
    """How one picture is padded and which of its pixels count in the statistics.

    On the sphere left and right edge are neighbours, and rows count by the cosine of their latitude.
    `together` a batch is several views of one moment, such as two eyes, which share their statistics.
    """

    height: int
    width: int
    sphere: bool = False
    together: bool = False

    @property
    def full(self) -> tuple[int, int]:
        """Height and width of the padded picture."""
        return self.height + -self.height % 4, self.width + -self.width % 4

    def padded(self, pixels: Tensor) -> Tensor:
        """The picture with sides that 4 divides."""
        below, right = -self.height % 4, -self.width % 4
        if below:
            pixels = F.pad(pixels, (0, 0, 0, below), mode="reflect")
        if right:
            pixels = F.pad(pixels, (0, right, 0, 0), mode="circular" if self.sphere else "reflect")
        return pixels

    def beside(self, x: Tensor, pad: int) -> Tensor:
        """A layer, or rows of it, with `pad` columns more on both sides."""
        return F.pad(x, (pad, pad, 0, 0), mode="circular" if self.sphere else "reflect") if pad else x

    def conv(self, layer: nn.Module, x: Tensor, stride: int = 1) -> Tensor:
        """One convolution of a whole layer: reflection, or circular padding from left to right."""
        assert isinstance(layer, nn.Conv2d)
        pad = layer.kernel_size[0] // 2
        if self.sphere:
            x = F.pad(self.beside(x, pad), (0, 0, pad, pad), mode="reflect")
        else:
            x = F.pad(x, (pad,) * 4, mode="reflect")
        return F.conv2d(x, layer.weight, layer.bias, stride)

    def moments(self, x: Tensor) -> Moments:
        """The moments of a whole layer, over the pixels that count, in float32."""
        return self._moments(x, *self._counted(x.shape[2], x.shape[3], x.device))

    def merged(self, parts: Iterable[tuple[int, Tensor]], height: int) -> Moments:
        """The moments of a layer of `height` rows that comes in parts: their first row, and their rows.

        Merged one by one after Chan, Golub & LeVeque 1979, so that float32 is enough.
        """
        whole: Moments | None = None
        seen = 0.0
        for first, x in parts:
            rows, columns = self._counted(height, x.shape[3], x.device)
            rows = rows[first : first + x.shape[2]]
            share = float(rows.sum())
            if share == 0:
                continue
            mean, variance = self._moments(x, rows / share, columns)
            seen += share
            if whole is None:
                whole = mean, variance
                continue
            part, apart = share / seen, mean - whole[0]
            spread = whole[1] + part * (variance - whole[1]) + part * (1 - part) * apart**2
            whole = whole[0] + part * apart, spread
        assert whole is not None, "a picture has a row"
        return whole

    def _moments(self, x: Tensor, rows: Tensor, columns: Tensor) -> Moments:
        """Of rows and columns by their weights, which add up to 1 each."""
        if not self.sphere and self.full == (self.height, self.width):
            dims = (0, 2, 3) if self.together else (2, 3)
            variance, mean = torch.var_mean(x.float(), dim=dims, correction=0, keepdim=True)
            return mean, variance
        mean = self._mean(x, rows, columns)
        return mean, self._mean((x - mean) ** 2, rows, columns)

    def _mean(self, x: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        mean = ((x.float() @ columns) @ rows)[:, :, None, None]
        return mean.mean(0, keepdim=True) if self.together else mean

    def _counted(self, height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """The weights of a layer's rows and columns, each adding up to 1."""
        step = self.full[0] // height
        rows = (torch.arange(height, device=device) < -(-self.height // step)).float()
        columns = (torch.arange(width, device=device) < -(-self.width // step)).float()
        if self.sphere:
            centres = (torch.arange(height, device=device) + 0.5) * step / self.height
            rows = rows * torch.sin(centres.clamp(max=1) * torch.pi)
        return rows / rows.sum(), columns / columns.sum()


def worn(x: Tensor, moments: Moments, look: Look) -> Tensor:
    """A layer normed with its moments, with γ and β."""
    (mean, variance), (gamma, beta) = moments, look
    scale = gamma * (variance + _EPSILON).rsqrt()
    return x * scale.to(x.dtype) + (beta - mean * scale).to(x.dtype)
