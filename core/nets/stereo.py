"""Both eyes of a stereo frame as pictures of their own. Knows nothing of nets: a painter around a painter."""

from dataclasses import dataclass, replace
from typing import Literal, Self

import torch
from torch import Tensor

from .dialled import Painter

Eyes = Literal["top-bottom", "side-by-side"]


@dataclass(frozen=True)
class Stereo(Painter):
    """Paints the two halves of a frame beside each other: no stroke runs from one eye into the other.

    On the sphere each half is a sphere. The painter gets both at once, so that a net whose statistics can
    be reached paints them with the same ones.
    """

    painter: Painter
    eyes: Eyes

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`; the halves are as large as each other, which the plan sees to."""
        side = 2 if self.eyes == "top-bottom" else 3
        both = torch.cat(pixels.chunk(2, side))
        return torch.cat(self.painter.full(both, style_weight, sphere=sphere).chunk(2), side)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return self.painter.share(style_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(self, painter=self.painter.on(device))
