"""Several painters in a row: what one gives, the next one paints. Knows nothing of files or presets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from ..dial import scaled, to_dial
from .dialled import Painter, blend


@dataclass(frozen=True)
class Linked:
    """A painter, and the style weight above 0 that it has when the chain plays at its full one."""

    painter: Painter
    style_weight: float


@dataclass(frozen=True)
class Chain(Painter):
    """A painter of several. Its style weight is the first one's; the others follow along the dial.

    Its share is that of the link that paints most; the others have less in proportion.
    """

    links: tuple[Linked, ...]

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`; a link that comes to the strongest weight stays there."""
        most = self.share(style_weight)
        for painter, weight in self._playing(style_weight):
            painted = painter.full(pixels, weight, sphere=sphere)
            pixels = blend(pixels, painted, painter.share(weight) / most)
        return pixels

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return max(painter.share(weight) for painter, weight in self._playing(style_weight))

    def _playing(self, style_weight: float) -> Iterator[tuple[Painter, float]]:
        """Every link's painter and the style weight that it has now."""
        factor = to_dial(style_weight) / to_dial(self.links[0].style_weight)
        yield self.links[0].painter, style_weight
        for link in self.links[1:]:
            yield link.painter, scaled(link.style_weight, factor)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(
            self, links=tuple(replace(link, painter=link.painter.on(device)) for link in self.links)
        )


def in_a_row(links: Sequence[Linked]) -> Painter:
    """The painter of one or several links: a single one is itself."""
    return links[0].painter if len(links) == 1 else Chain(tuple(links))
