"""A frame painted in strips of rows, where it is too large for memory: the same picture, layer by layer.

Every layer's statistics are the whole frame's. Only the half- and quarter-size layers are kept; the two
full-size ones are computed twice, once for their statistics. A strip has as many rows as the widest layer
that it is made of allows, and is as wide as the frame, so that on the sphere it closes by itself. Knows
nothing of styles or of how much memory there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .frame import Frame, Look, Statistics, worn
from .topology import BLOCKS

if TYPE_CHECKING:
    from .reel import ReelNet

STRIP = 1 << 26  # bytes of a strip of the widest layer
_LEAST = 16  # rows

Rows = Callable[[int, int], Tensor]
"""Gives the rows from one (included) to another (not) of a layer, as (batch, channels, rows, width)."""


@dataclass(frozen=True)
class Pass:
    """What a frame is painted with: the look of every norm, its statistics. A strip has `rows` rows."""

    frame: Frame
    rows: int
    norms: tuple[Look, ...]
    statistics: Statistics

    def conv(self, layer: nn.Module, source: Rows, height: int, stride: int = 1) -> Rows:
        """A convolution of a layer of `height` rows."""
        assert isinstance(layer, nn.Conv2d)
        pad = layer.kernel_size[0] // 2

        def rows(first: int, stop: int) -> Tensor:
            x = reflected(source, height, first * stride - pad, (stop - 1) * stride + pad + 1)
            return F.conv2d(self.frame.beside(x, pad), layer.weight, layer.bias, stride)

        return rows

    def norm(self, number: int, source: Rows, height: int) -> Rows:
        """Instance norm of a layer; looks through all of it once, where its statistics are not known."""
        moments = self.statistics.at(number, lambda: self.frame.merged(self._strips(source, height), height))
        return lambda first, stop: worn(source(first, stop), moments, self.norms[number])

    def kept(self, source: Rows, height: int) -> Tensor:
        """A layer computed once and for all."""
        strips = self._strips(source, height)
        _, x = next(strips)
        if x.shape[2] == height:
            return x
        whole = x.new_empty(*x.shape[:2], height, x.shape[3])
        whole[:, :, : x.shape[2]] = x
        for first, x in strips:
            whole[:, :, first : first + x.shape[2]] = x
        return whole

    def changed(self, whole: Tensor, source: Rows) -> Tensor:
        """A layer that is kept, overwritten by `source`, which may look at the rows that it changes alone."""
        for first, x in self._strips(source, whole.shape[2]):
            whole[:, :, first : first + x.shape[2]] = x
        return whole

    def _strips(self, source: Rows, height: int) -> Iterator[tuple[int, Tensor]]:
        """All of a layer, strip by strip."""
        for first in range(0, height, self.rows):
            yield first, source(first, min(height, first + self.rows))


def rows_of_a_strip(pixels: Tensor, channels: int) -> int:
    """How many rows of (B, 3, H, W) pixels, and of every layer of a net, a strip has.

    No row of any layer, with those of the layer before that it is made of, is larger than one of
    2 × `channels` at the full width.
    """
    row = pixels.shape[0] * 2 * channels * pixels.shape[3] * 4
    return max(_LEAST, STRIP // row)


@torch.no_grad()
def paint_in_strips(net: "ReelNet", pixels: Tensor, way: Pass) -> Tensor:
    """What `ReelNet.forward` gives for pixels, (B, 3, H, W) on 0 … 255, in little memory."""
    frame, convs, numbers = way.frame, iter(net.convs), iter(range(len(way.norms)))
    padded = frame.padded(pixels)
    height = frame.full[0]
    half, quarter = height // 2, height // 4

    def normed(source: Rows, height: int) -> Rows:
        return way.norm(next(numbers), source, height)

    def settled(source: Rows, height: int) -> Tensor:
        """A layer that is kept, normed and rectified in its place."""
        x = way.kept(source, height)
        return way.changed(x, relu(normed(stored(x), height)))

    x = way.conv(next(convs), lambda first, stop: net.taken(padded[:, :, first:stop]), height)
    x = relu(normed(x, height))
    held = settled(way.conv(next(convs), x, height, 2), half)
    held = settled(way.conv(next(convs), stored(held), half, 2), quarter)
    for _ in range(BLOCKS):
        y = settled(way.conv(next(convs), stored(held), quarter), quarter)
        z = way.kept(way.conv(next(convs), stored(y), quarter), quarter)
        del y
        held = way.changed(held, added(stored(held), normed(stored(z), quarter)))
        del z
    held = settled(way.conv(next(convs), doubled(stored(held)), half), half)
    x = relu(normed(way.conv(next(convs), doubled(stored(held)), height), height))
    last = way.conv(next(convs), x, height)
    return way.kept(lambda first, stop: net.given(last(first, stop)[..., : frame.width]), frame.height)


def stored(whole: Tensor) -> Rows:
    """The rows of a layer that lies in memory."""
    return lambda first, stop: whole[:, :, first:stop]


def relu(source: Rows) -> Rows:
    """The rows of a layer, not below 0."""
    return lambda first, stop: F.relu(source(first, stop))


def added(one: Rows, other: Rows) -> Rows:
    """The rows of two layers, added."""
    return lambda first, stop: one(first, stop) + other(first, stop)


def doubled(source: Rows) -> Rows:
    """The rows of a layer twice as large, every pixel four times."""

    def rows(first: int, stop: int) -> Tensor:
        low = first // 2
        x = F.interpolate(source(low, (stop + 1) // 2), scale_factor=2.0, mode="nearest")
        return x[:, :, first - 2 * low : stop - 2 * low]

    return rows


def reflected(source: Rows, height: int, first: int, stop: int) -> Tensor:
    """Rows of a layer of `height` rows, also beyond its edges, where they are mirrored."""
    x = source(max(0, first), min(height, stop))
    above, below = max(0, -first), max(0, stop - height)
    return F.pad(x, (0, 0, above, below), mode="reflect") if above or below else x
