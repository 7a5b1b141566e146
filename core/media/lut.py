"""A `.cube` file at work: pictures through its tables to a display, and painted pictures back.

A table need not have a way back: where it clips, many codes look alike. So a painted pixel goes back to what
looks like it, and keeps what the display did not show of its source, as long as it does not show it now.
Knows numbers alone: nothing of nets, or of how a file is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import torch
from torch import Tensor

from .cube import Cube, Table
from .lattice import Lattice, fill_inverse

_LEVELS = 255.0
_PIXELS = 1 << 18  # that are worked on at a time
_FADE = 4.0  # how much faster than a painted change, and the fault it makes, what was not seen gives way


class Stage(Protocol):
    """A table with both ways through it, for values (3, N) float32 in red, green, blue."""

    def to(self, device: torch.device) -> Self:
        """The same on another device."""
        ...

    @property
    def reach(self) -> tuple[Tensor, Tensor]:
        """The lowest and the highest value of each channel that it takes, (3, 1) each."""
        ...

    @property
    def span(self) -> tuple[Tensor, Tensor]:
        """The lowest and the highest value of each channel that it gives, a little apart, (3, 1) each."""
        ...

    def shown(self, values: Tensor) -> Tensor:
        """Through the table; what lies beyond its ends is taken for them."""
        ...

    def back(self, values: Tensor) -> Tensor:
        """What comes to these values, within `span`, or near to them; the same for the same, and smooth."""
        ...


@dataclass(frozen=True, eq=False)
class Curves:
    """A curve for each channel, of even steps: `values` (3, size) from `low` to `high`, (3, 1).

    The way back goes along `rising` (3, size), the curves without their turns and, by `sign` (3, 1), rising
    all of them: exact where they have no turns. A flat part goes to its middle, at an end of the curve to the
    edge where it begins.
    """

    values: Tensor
    low: Tensor
    high: Tensor
    rising: Tensor
    sign: Tensor

    @classmethod
    def of(cls, table: Table) -> Self:
        """The curves of a table."""
        values, low, high = _columns(table)
        sign = torch.where(values[:, -1:] < values[:, :1], -1.0, 1.0)
        return cls(values, low, high, (values * sign).cummax(1).values, sign)

    def to(self, device: torch.device) -> Self:
        """See `Stage.to`."""
        parts = (self.values, self.low, self.high, self.rising, self.sign)
        return type(self)(*(part.to(device) for part in parts))

    @property
    def reach(self) -> tuple[Tensor, Tensor]:
        """See `Stage.reach`."""
        return self.low, self.high

    @property
    def span(self) -> tuple[Tensor, Tensor]:
        """See `Stage.span`."""
        low, high = self.values.amin(1, keepdim=True), self.values.amax(1, keepdim=True)
        return low, torch.maximum(high, low + 1e-6)

    def shown(self, values: Tensor) -> Tensor:
        """See `Stage.shown`."""
        top = self.values.shape[1] - 1
        place = ((values - self.low) / (self.high - self.low) * top).clamp_(0, top)
        below = place.floor().clamp_max_(top - 1)
        first, second = (self.values.gather(1, below.long() + step) for step in (0, 1))
        return first + (place - below) * (second - first)

    def back(self, values: Tensor) -> Tensor:
        """See `Stage.back`."""
        wanted = values * self.sign
        left, right = (self._place(wanted, after) for after in (False, True))
        middle = (left + right) / 2
        lowest, highest = self.rising[:, :1], self.rising[:, -1:]
        place = torch.where(wanted >= highest, left, torch.where(wanted <= lowest, right, middle))
        return self.low + place / (self.rising.shape[1] - 1) * (self.high - self.low)

    def _place(self, wanted: Tensor, after: bool) -> Tensor:
        """Where the rising curves come to values, in steps: the first or the last place of a flat part."""
        above = torch.searchsorted(self.rising, wanted, right=after).clamp_(1, self.rising.shape[1] - 1)
        first, second = self.rising.gather(1, above - 1), self.rising.gather(1, above)
        return above - 1 + ((wanted - first) / (second - first).clamp_min(1e-12)).clamp_(0, 1)


@dataclass(frozen=True, eq=False)
class Box:
    """A table of three dimensions, and the lattice that leads back through it."""

    table: Lattice
    inverse: Lattice

    @classmethod
    def of(cls, table: Table) -> Self:
        """The box of a table; takes about a second."""
        values, low, high = _columns(table)
        lattice = Lattice(values, len(table.values), low, high)
        return cls(lattice, fill_inverse(lattice))

    def to(self, device: torch.device) -> Self:
        """See `Stage.to`."""
        return type(self)(self.table.to(device), self.inverse.to(device))

    @property
    def reach(self) -> tuple[Tensor, Tensor]:
        """See `Stage.reach`."""
        return self.table.low, self.table.high

    @property
    def span(self) -> tuple[Tensor, Tensor]:
        """See `Stage.span`."""
        return self.inverse.low, self.inverse.high

    def shown(self, values: Tensor) -> Tensor:
        """See `Stage.shown`."""
        return self.table.at(values)

    def back(self, values: Tensor) -> Tensor:
        """See `Stage.back`."""
        return self.inverse.at(values)


def _columns(table: Table) -> tuple[Tensor, Tensor, Tensor]:
    """A table's values, (3, N), and its ends, (3, 1)."""
    values = torch.from_numpy(table.values).reshape(-1, 3).T.contiguous()
    return values, torch.from_numpy(table.low)[:, None], torch.from_numpy(table.high)[:, None]


@dataclass(frozen=True, eq=False)
class Lut:
    """The tables of a file, worn one after the other, at work on a device. `key` is their numbers' hash.

    Pictures come from any device, and stay there.
    """

    stages: tuple[Stage, ...]
    key: str
    device: torch.device

    @classmethod
    def of(cls, cube: Cube, device: torch.device) -> Self:
        """The LUT of a file."""
        kinds = {2: Curves, 4: Box}
        stages = (kinds[table.values.ndim].of(table).to(device) for table in cube.tables)
        return cls(tuple(stages), cube.key, device)

    def shown(self, picture: Tensor) -> Tensor:
        """A picture, (1, 3, H, W) on the 0 … 255 scale, as a display shows it, on the same scale."""
        return self._by_parts(self._shown, picture)

    def kept(self, painted: Tensor, source: Tensor) -> Tensor:
        """A painted picture back among the codes of its source, both (1, 3, H, W) on the 0 … 255 scale.

        Where it is `shown(source)`, the source comes back.
        """
        return self._by_parts(self._kept, painted, source)

    def _by_parts(self, work: Callable[..., Tensor], *pictures: Tensor) -> Tensor:
        """What is done to columns (3, N) of 0 … 1, done to pictures, some columns at a time."""
        place = pictures[0].device
        parts = zip(*(picture[0].flatten(1).split(_PIXELS, 1) for picture in pictures), strict=True)
        done = [work(*(one.to(self.device) / _LEVELS for one in part)).to(place) for part in parts]
        return torch.cat(done, 1).reshape(pictures[0].shape).mul_(_LEVELS)

    def _shown(self, codes: Tensor) -> Tensor:
        for stage in self.stages:
            codes = stage.shown(codes)
        return _within(codes, self.stages[-1].span)

    def _back(self, colours: Tensor) -> Tensor:
        for stage in reversed(self.stages):
            colours = stage.back(colours)
        return colours

    def _kept(self, painted: Tensor, source: Tensor) -> Tensor:
        seen = self._shown(source) * _LEVELS / _LEVELS  # rounded as a picture is that nobody has painted
        wanted = _within(painted, self.stages[-1].span)
        own, other = self._back(seen), self._back(wanted)
        kept, unseen = source + (other - own), source - own
        wrong, change = (self._apart(one, wanted) for one in (self._shown(kept), seen))
        low, high = self.stages[0].reach
        hidden = _size(unseen / (high - low)).clamp_min_(1e-9)
        gone = (_FADE * torch.minimum(wrong, change) / hidden).clamp_(max=1)
        ends = torch.minimum(low, source), torch.maximum(high, source)
        return _within(kept.sub_(gone * unseen), ends)

    def _apart(self, one: Tensor, other: Tensor) -> Tensor:
        """How far two colours are from each other, (N,), in parts of what the display shows."""
        low, high = self.stages[-1].span
        return _size((one - other) / (high - low))


def _size(vectors: Tensor) -> Tensor:
    """The lengths of vectors (3, N), (N,)."""
    red, green, blue = vectors
    return (red * red).addcmul_(green, green).addcmul_(blue, blue).sqrt_()


def _within(values: Tensor, ends: tuple[Tensor, Tensor]) -> Tensor:
    return torch.minimum(torch.maximum(values, ends[0]), ends[1])
