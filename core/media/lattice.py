"""Tables of three dimensions: looked up within tetrahedra, and an inverse for those that need not have one.

Knows numbers alone: codes and colours as (N, 3) float32 in red, green, blue. Runs on every device.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor

_LEAST = 1e-4  # what is taken for no slope at all, squared
_FAR, _SHORT = (
    1 / 16,
    1 / 64,
)  # of the box's width: how far a step may go, in a new inverse and in a found one
_STAGES = (
    (5, 0.5),
    (9, 0.2),
    (17, 0.05),
    (33, 0.02),
    (33, 0.0),
)  # of an inverse: its size, how plain the table is
_ROUNDS = 16  # of steps at each stage


@dataclass(frozen=True, eq=False)
class Lattice:
    """Colours (size³, 3) at the even nodes of a box from `low` to `high`, (3,) each; red runs fastest."""

    colours: Tensor
    size: int
    low: Tensor
    high: Tensor

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        return type(self)(self.colours.to(device), self.size, self.low.to(device), self.high.to(device))

    @property
    def span(self) -> tuple[Tensor, Tensor]:
        """The lowest and the highest value of each channel, a little apart, (3,) each."""
        low, high = self.colours.amin(0), self.colours.amax(0)
        return low, torch.maximum(high, low + 1e-6)

    def at(self, codes: Tensor) -> Tensor:
        """The colours of codes, (N, 3) both; beyond the box, those at its faces."""
        first, *edges, share, _ = self._tetrahedra(codes)
        for number, edge in enumerate(edges):
            first = first + share[:, number : number + 1] * edge
        return first

    def nearer(self, codes: Tensor, wanted: Tensor) -> Tensor:
        """Codes whose colours are nearer to the wanted ones by a short step; what gets no nearer stays."""
        colours, step = self._step(codes, wanted, None)
        moved = self._moved(codes, step, _SHORT)
        before, after = ((wanted - found).norm(dim=1, keepdim=True) for found in (colours, self.at(moved)))
        return torch.where(after < before, moved, codes)

    def pulled(self, codes: Tensor, wanted: Tensor, pull: Tensor) -> Tensor:
        """Codes a step nearer to the wanted colours; where none leads there, they follow a `pull` (N, 3)."""
        return self._moved(codes, self._step(codes, wanted, pull)[1], _FAR)

    def _moved(self, codes: Tensor, step: Tensor, most: float) -> Tensor:
        """Codes after a step, (N, 3) in widths of the box, of which no more than `most` is gone."""
        size = step.norm(dim=1, keepdim=True)
        width = self.high - self.low
        return (codes + step * width * (most / size.clamp_min(most))).clamp(self.low, self.high)

    def _step(self, codes: Tensor, wanted: Tensor, pull: Tensor | None) -> tuple[Tensor, Tensor]:
        """The colours of codes, and the shortest step of Newton's from there to the wanted ones."""
        colours, *edges, share, order = self._tetrahedra(codes)
        for number, edge in enumerate(edges):
            colours = colours + share[:, number : number + 1] * edge
        missing = wanted - colours
        slopes = [edge * (self.size - 1) for edge in edges]  # over the whole box
        if pull is not None:
            pull = pull / (self.high - self.low)
            along = pull.gather(1, order)
            missing = missing - sum(along[:, at : at + 1] * slope for at, slope in enumerate(slopes))
        weights = _solved(slopes, missing)
        step = torch.stack([(slope * weights).sum(1) for slope in slopes], 1)
        step = torch.zeros_like(step).scatter(1, order, step)
        return colours, step if pull is None else step + pull

    def _tetrahedra(self, codes: Tensor) -> tuple[Tensor, ...]:
        """Where codes lie: the colour of a first corner, the three ways to the next ones; how far along each
        way (N, 3), and the channel that it goes along (N, 3)."""
        top = self.size - 1
        place = ((codes - self.low) / (self.high - self.low) * top).clamp(0, top)
        corner = place.floor().clamp_max(top - 1)
        share, order = (place - corner).sort(dim=1, descending=True)
        steps = codes.new_tensor([1, self.size, self.size**2], dtype=torch.long)
        index = (corner.long() * steps).sum(1)
        ways, colour = [], self.colours[index]
        first = colour
        for number in range(3):
            index = index + steps[order[:, number]]
            following = self.colours[index]
            ways.append(following - colour)
            colour = following
        return first, *ways, share, order


def _solved(slopes: Sequence[Tensor], wanted: Tensor) -> Tensor:
    """w of (Σ s·sᵀ + _LEAST) w = wanted, (N, 3) all, by elimination, which is stable however flat it is."""
    rows = [[sum(s[:, i] * s[:, j] for s in slopes) for j in range(i + 1)] for i in range(3)]
    a, d, f = (rows[at][at] + _LEAST for at in range(3))
    b, c, e = rows[1][0], rows[2][0], rows[2][1]
    x, y, z = wanted.unbind(1)
    ba, ca = b / a, c / a
    d, e, y = d - ba * b, e - ca * b, y - ba * x
    ed = e / d
    z = (z - ca * x - ed * y) / (f - ca * c - ed * e)
    y = (y - e * z) / d
    return torch.stack([(x - b * y - c * z) / a, y, z], 1)


def fill_inverse(
    table: Lattice, stages: Sequence[tuple[int, float]] = _STAGES, rounds: int = _ROUNDS
) -> Lattice:
    """A lattice of codes by colour: what looks like it, or comes nearest; smooth where that is not one code.

    Coarse to fine, and from a plain slope to the table itself: each node steps to its colour, and where
    nothing leads there, to its neighbours' middle.
    """
    low, high = table.span
    plain = _plain(table)
    codes, before = table.low + _nodes(_STAGES[0][0]) * (table.high - table.low), 0
    for size, share in stages:
        if before and size != before:
            codes = _grid(
                F.interpolate(_volume(codes, before), (size,) * 3, mode="trilinear", align_corners=True)
            )
        bent = replace(table, colours=torch.lerp(table.colours, plain, share))
        wanted, before = low + _nodes(size) * (high - low), size
        for _ in range(rounds):
            codes = bent.pulled(codes, wanted, _middles(codes, size) - codes)
    return Lattice(codes.contiguous(), before, low, high)


def _plain(table: Lattice) -> Tensor:
    """The straight slope that is nearest to a table, at its nodes: it leads on where the table is flat."""
    nodes = F.pad(_nodes(table.size), (0, 1), value=1.0).double()
    colours = table.colours.double()
    slope = torch.linalg.solve(nodes.T @ nodes, nodes.T @ colours)
    return (nodes @ slope).float()


def _nodes(size: int) -> Tensor:
    """The nodes of a lattice as shares of its box, (size³, 3)."""
    steps = torch.linspace(0, 1, size)
    blue, green, red = torch.meshgrid(steps, steps, steps, indexing="ij")
    return torch.stack([red, green, blue], -1).reshape(-1, 3)


def _grid(volume: Tensor) -> Tensor:
    """(1, 3, B, G, R) as (B·G·R, 3)."""
    return volume[0].permute(1, 2, 3, 0).reshape(-1, 3)


def _volume(codes: Tensor, size: int) -> Tensor:
    """(B·G·R, 3) as (1, 3, B, G, R)."""
    return codes.reshape(size, size, size, 3).permute(3, 0, 1, 2)[None]


def _middles(codes: Tensor, size: int) -> Tensor:
    """The mean of each node and its neighbours."""
    volume = F.pad(_volume(codes, size), (1,) * 6, mode="replicate")
    return _grid(F.avg_pool3d(volume, 3, stride=1))
