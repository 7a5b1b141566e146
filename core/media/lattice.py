"""Tables of three dimensions: looked up within tetrahedra, and an inverse for those that need not have one.

Knows numbers alone: codes and colours, float32, in red, green, blue. Runs on every device.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

_LEAST = 1e-4  # what is taken for no slope at all, squared
_FAR = 1 / 16  # of the box's width: how far a step of a new inverse may go
_STAGES = ((5, 0.5), (9, 0.2), (17, 0.05), (33, 0.02), (33, 0.0))  # its size, and how plain the table is
_ROUNDS = 16  # of steps at each stage


@dataclass(frozen=True, eq=False)
class Lattice:
    """Colours (3, size³) at the even nodes of a box from `low` to `high`, (3, 1) each; red runs fastest."""

    colours: Tensor
    size: int
    low: Tensor
    high: Tensor

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        return type(self)(self.colours.to(device), self.size, self.low.to(device), self.high.to(device))

    @property
    def span(self) -> tuple[Tensor, Tensor]:
        """The lowest and the highest value of each channel, a little apart, (3, 1) each."""
        low, high = self.colours.amin(1, keepdim=True), self.colours.amax(1, keepdim=True)
        return low, torch.maximum(high, low + 1e-6)

    def at(self, codes: Tensor) -> Tensor:
        """The colours of codes, (3, N) both; beyond the box, those at its faces."""
        corners, shares, _ = self._tetrahedra(codes)
        largest, middle, smallest = shares
        weights = (1 - largest, largest - middle, middle - smallest, smallest)
        found = []
        for channel in self.colours:
            one = channel.index_select(0, corners[0]) * weights[0]
            for corner, weight in zip(corners[1:], weights[1:], strict=True):
                one.addcmul_(channel.index_select(0, corner), weight)
            found.append(one)
        return torch.stack(found)

    def pulled(self, codes: Tensor, wanted: Tensor, pull: Tensor) -> Tensor:
        """Codes a step of Newton's nearer to the wanted colours, within the box, all (3, N).

        Where no way leads there, they follow a `pull`.
        """
        corners, shares, order = self._tetrahedra(codes)
        found = [self.colours[:, corner] for corner in corners]
        edges = [after - before for before, after in pairwise(found)]
        width = self.high - self.low
        along = (pull / width).gather(0, order)
        missing, slopes = wanted - found[0], [edge * (self.size - 1) for edge in edges]  # over the whole box
        for edge, slope, share, way in zip(edges, slopes, shares, along, strict=True):
            missing = missing - share * edge - way * slope
        weights = _solved(slopes, missing)
        step = torch.stack([(slope * weights).sum(0) for slope in slopes])
        step = torch.zeros_like(step).scatter(0, order, step) + pull / width
        short = _FAR / step.square().sum(0).sqrt_().clamp_min(_FAR)
        return torch.minimum(torch.maximum(codes + step * short * width, self.low), self.high)

    def _tetrahedra(self, codes: Tensor) -> tuple[Sequence[Tensor], Sequence[Tensor], Tensor]:
        """Where codes lie: the four corners of their tetrahedra, (N,) each; how far along the edges between
        them, (N,) each, falling; and the channels that these go along (3, N)."""
        top, size = self.size - 1, self.size
        place = ((codes - self.low) / (self.high - self.low) * top).clamp_(0, top)
        below = place.floor().clamp_max_(top - 1)
        share = red, green, blue = (place - below).unbind()
        ways = red >= green, red >= blue, green >= blue
        largest, smallest = torch.maximum(red, green).maximum(blue), torch.minimum(red, green).minimum(blue)
        first = torch.where(ways[0] & ways[1], 0, torch.where(ways[2], 1, 2))
        last = torch.where(ways[1] & ways[2], 2, torch.where(ways[0], 1, 0))
        steps = torch.tensor([1, size, size**2], device=codes.device)
        origin = (below[0] + below[1] * size + below[2] * size**2).long()
        opposite = origin + (1 + size + size**2)
        corners = origin, origin + steps[first], opposite - steps[last], opposite
        middle = sum(share) - largest - smallest
        return corners, (largest, middle, smallest), torch.stack([first, 3 - first - last, last])


def _solved(slopes: Sequence[Tensor], wanted: Tensor) -> Tensor:
    """w of (Σ s·sᵀ + _LEAST) w = wanted, (3, N) all, by elimination, which is stable however flat it is."""
    rows = [[sum(s[i] * s[j] for s in slopes) for j in range(i + 1)] for i in range(3)]
    a, d, f = (rows[at][at] + _LEAST for at in range(3))
    b, c, e = rows[1][0], rows[2][0], rows[2][1]
    x, y, z = wanted
    ba, ca = b / a, c / a
    d, e, y = d - ba * b, e - ca * b, y - ba * x
    ed = e / d
    z = (z - ca * x - ed * y) / (f - ca * c - ed * e)
    y = (y - e * z) / d
    return torch.stack([(x - b * y - c * z) / a, y, z])


def fill_inverse(table: Lattice) -> Lattice:
    """A lattice of codes by colour: what looks like it, or comes nearest; smooth where that is not one code.

    Coarse to fine, and from a plain slope to the table itself: each node steps to its colour, and where
    nothing leads there, to its neighbours' middle.
    """
    low, high = table.span
    table = replace(table, colours=(table.colours - low) / (high - low))
    plain, before = _plain(table), _STAGES[0][0]
    codes = table.low + _nodes(before) * (table.high - table.low)
    for size, share in _STAGES:
        if size != before:
            finer = F.interpolate(_volume(codes), (size,) * 3, mode="trilinear", align_corners=True)
            codes = finer[0].flatten(1)
        bent = replace(table, colours=torch.lerp(table.colours, plain, share))
        wanted, before = _nodes(size), size
        for _ in range(_ROUNDS):
            codes = bent.pulled(codes, wanted, _middles(codes) - codes)
    return Lattice(codes.contiguous(), before, low, high)


def _plain(table: Lattice) -> Tensor:
    """The straight slope that is nearest to a table, at its nodes: it leads on where the table is flat."""
    nodes = F.pad(_nodes(table.size).T, (0, 1), value=1.0).double()
    slope = torch.linalg.solve(nodes.T @ nodes, nodes.T @ table.colours.T.double())
    return (nodes @ slope).T.float()


def _nodes(size: int) -> Tensor:
    """The nodes of a lattice as shares of its box, (3, size³)."""
    steps = torch.linspace(0, 1, size)
    blue, green, red = torch.meshgrid(steps, steps, steps, indexing="ij")
    return torch.stack([red, green, blue]).flatten(1)


def _volume(codes: Tensor) -> Tensor:
    """(3, size³) as (1, 3, size, size, size)."""
    size = round(codes.shape[1] ** (1 / 3))
    return codes.reshape(1, 3, size, size, size)


def _middles(codes: Tensor) -> Tensor:
    """The mean of each node and its neighbours, (3, size³)."""
    volume = F.pad(_volume(codes), (1,) * 6, mode="replicate")
    return F.avg_pool3d(volume, 3, stride=1)[0].flatten(1)
