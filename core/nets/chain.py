"""Several painters in a row: what one gives, the next one paints. Knows nothing of files or presets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from ..dial import scaled, to_dial
from .dialled import Painter


@dataclass(frozen=True)
class Linked:
    """A painter, and the style weight above 0 that it has when the chain plays at its full one."""

    painter: Painter
    style_weight: float


@dataclass(frozen=True)
class Chain:
    """A painter of several. Its style weight is the first one's; the others follow along the dial."""

    links: tuple[Linked, ...]

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.paint`; a link that comes to the strongest weight stays there."""
        factor = to_dial(style_weight) / to_dial(self.links[0].style_weight)
        if factor == 0:
            return pixels
        weights = [style_weight, *(scaled(link.style_weight, factor) for link in self.links[1:])]
        for link, weight in zip(self.links, weights, strict=True):
            pixels = link.painter.paint(pixels, weight, sphere=sphere)
        return pixels

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(
            self, links=tuple(replace(link, painter=link.painter.on(device)) for link in self.links)
        )


def in_a_row(links: Sequence[Linked]) -> Painter:
    """The painter of one or several links: a single one is itself."""
    return links[0].painter if len(links) == 1 else Chain(tuple(links))
