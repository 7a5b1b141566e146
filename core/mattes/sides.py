"""A frame painted on one side of a matte, and on the other the original, another weight or another style.

Knows painters and mattes as tensors. Knows nothing of where mattes come from.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..dial import scaled, to_dial
from ..nets.dialled import Painter, Style, paint_both


@dataclass(frozen=True)
class OtherSide:
    """What the side wears that the preset is not worn on. Without a painter it is the preset's own."""

    painter: Painter | None
    style_weight: float


@dataclass(frozen=True)
class Sides:
    """How the two sides of a matte are painted: `inside` whether the preset is worn inside it.

    `style_weight` is the preset's full one, which the other side's follows along the dial.
    """

    inside: bool
    style_weight: float
    other: OtherSide | None = None

    def painted(
        self, painter: Painter, pixels: Tensor, style_weight: float, matte: Tensor, *, sphere: bool = False
    ) -> Tensor:
        """See `Painter.paint`: the whole frame, or both sides where both are painted.

        `matte` is (1, 1, H, W) on 0 … 1, 1 inside. What this gives may be steadied before `worn`.
        """
        share, weight = self._share(matte, pixels), self._other_weight(style_weight)
        if self.other is None or not weight:
            return painter.paint(pixels, style_weight, sphere=sphere) if bool(share.any()) else pixels
        beside = self.other.painter or painter
        if isinstance(painter, Style) and isinstance(beside, Style) and _one_base(painter, beside):
            return paint_both(pixels, (beside, weight), (painter, style_weight), share, sphere=sphere)
        ground = beside.paint(pixels, weight, sphere=sphere)
        return composite(ground, painter.paint(pixels, style_weight, sphere=sphere), share)

    def worn(self, pixels: Tensor, painted: Tensor, style_weight: float, matte: Tensor) -> Tensor:
        """The painted frame where the matte wears it; the original's very bits where it wears nothing."""
        if self._other_weight(style_weight):
            return painted
        return composite(pixels, painted, self._share(matte, pixels))

    def _share(self, matte: Tensor, like: Tensor) -> Tensor:
        matte = matte.to(like)
        return matte if self.inside else 1 - matte

    def _other_weight(self, style_weight: float) -> float:
        full = to_dial(self.style_weight)
        if self.other is None or not full:
            return 0.0
        return scaled(self.other.style_weight, to_dial(style_weight) / full)


def composite(below: Tensor, above: Tensor, share: Tensor) -> Tensor:
    """A picture with another over it where a share, (1, 1, H, W) on 0 … 1, says; exact at 0 and at 1."""
    mixed = torch.where(share == 1, above, below + share * (above - below))
    return torch.where(share == 0, below, mixed)


def _one_base(a: Style, b: Style) -> bool:
    return a.net is b.net or (bool(a.base) and a.base == b.base)
