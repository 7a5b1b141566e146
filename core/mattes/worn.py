"""A matte as a shot wears it, from the frames' numbers to painters that keep to it.

Knows mattes and their sides. Knows nothing of segments or of how frames are read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from ..nets.dialled import Painter
from .matting import Matting, Sight
from .sides import Sides


@dataclass(frozen=True)
class WornMatte:
    """The matte of a shot. `key` is the hash of all that it depends on besides the source.

    `open` makes it ready; `tell` hears, at the end, how sky was seen in it.
    """

    key: str
    sides: Sides
    open: Callable[[], Matting]
    tell: Callable[[Sight], None] = lambda sight: None


@dataclass(frozen=True)
class OpenMatte:
    """A matte at work."""

    matting: Matting
    sides: Sides

    def over(self, painter: Painter, number: int, pixels: Tensor) -> Painter:
        """What paints source frame `number`, whose picture this is, where the matte says."""
        return _Masked(painter, self.sides, self.matting.at(number, pixels))


@contextmanager
def opened(matte: WornMatte | None) -> Iterator[OpenMatte | None]:
    """The matte at work, its files closed at the end; None where a shot wears none."""
    if matte is None:
        yield None
        return
    with matte.open() as matting:
        yield OpenMatte(matting, matte.sides)
        matte.tell(matting.sight)


@dataclass(frozen=True)
class _Masked:
    painter: Painter
    sides: Sides
    matte: Tensor

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        painted = self.sides.painted(self.painter, pixels, style_weight, self.matte, sphere=sphere)
        return self.sides.worn(pixels, painted, style_weight, self.matte)

    def on(self, device: torch.device) -> Self:
        return replace(self, painter=self.painter.on(device))
