"""The two sides of a matte: where a preset is worn, and the original, another weight or another style.

Each side is painted by itself. In one pass, with γ and β by pixel, both would share the norms' statistics,
and neither would be the picture that its preset gives (with wave at 1e9 and 5e10 by 21 of 255 on average).
Knows painters and mattes as tensors. Knows nothing of where mattes come from.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..dial import scaled, to_dial
from ..nets.dialled import Painter


@dataclass(frozen=True)
class OtherSide:
    """What the side wears that the preset is not worn on. Without a painter it is the preset's own."""

    painter: Painter | None
    style_weight: float


@dataclass(frozen=True)
class Sides:
    """How the two sides of a matte are painted: `inside` whether the preset is worn inside it.

    `style_weight` is the preset's full one, which the other side's follows along the dial; without an
    `other` that side stays the original.
    """

    inside: bool
    style_weight: float
    other: OtherSide | None = None

    def beside(self, painter: Painter, style_weight: float) -> tuple[Painter, float]:
        """What the other side wears, if it wears anything, where the preset's is worn at a weight."""
        assert self.other, "a side that stays the original is not painted"
        factor = to_dial(style_weight) / to_dial(self.style_weight)
        return self.other.painter or painter, scaled(self.other.style_weight, factor)

    def share(self, matte: Tensor) -> Tensor:
        """How much of each pixel wears the preset, of a matte on 0 … 1, 1 inside."""
        return matte if self.inside else 1 - matte


def composite(below: Tensor, above: Tensor, share: Tensor) -> Tensor:
    """A picture with another over it where a share, (1, 1, H, W) on 0 … 1, says; exact at 0 and at 1."""
    mixed = torch.where(share == 1, above, below + share * (above - below))
    return torch.where(share == 0, below, mixed)
