"""The painted brightness with the source's own colours. Knows nothing of nets: a painter around a painter."""

from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from .dialled import Painter

_LUMA = (0.2126, 0.7152, 0.0722)  # of R, G, B: Rec. 709


@dataclass(frozen=True)
class KeepColour(Painter):
    """Luminance-only transfer: `kept` 0 … 1 of the source's chroma in place of the painted one.

    Gatys, Bethge, Hertzmann & Shechtman 2016, "Preserving Color in Neural Artistic Style Transfer",
    with Rec. 709's luma for YIQ's. Where the source's colour does not fit the painted brightness, it is
    paler: no value leaves the range that source and painting span, at least 0 … 255.
    """

    painter: Painter
    kept: float

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`."""
        return with_colour_of(pixels, self.painter.full(pixels, style_weight, sphere=sphere), self.kept)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return self.painter.share(style_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(self, painter=self.painter.on(device))


def with_colour_of(source: Tensor, painted: Tensor, share: float) -> Tensor:
    """The painted picture, (1, 3, H, W), with a share 0 … 1 of the source's chroma in place of its own."""
    bright = _luma(painted)
    chroma = torch.lerp(painted - bright, source - _luma(source), share)
    low = torch.minimum(source, painted).amin(1, keepdim=True).clamp(max=0)
    high = torch.maximum(source, painted).amax(1, keepdim=True).clamp(min=255)
    room = torch.where(chroma > 0, high - bright, bright - low) / chroma.abs().clamp(min=1e-6)
    return bright + chroma * room.amin(1, keepdim=True).clamp(0, 1)


def _luma(pixels: Tensor) -> Tensor:
    weights = torch.tensor(_LUMA, dtype=pixels.dtype, device=pixels.device)
    return (pixels * weights[:, None, None]).sum(1, keepdim=True)
