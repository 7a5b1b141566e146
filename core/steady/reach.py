"""How far a steadied frame looks around itself in its source. Numbers alone; knows no pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, log

from ..rates import FrameRange

_FORGOTTEN = 1024  # what is worth less than one part in so many is not there


@dataclass(frozen=True, slots=True)
class Reach:
    """What a steadied frame depends on, on an absolute grid of source frames.

    The history of frame f begins at P·⌊f/P⌋ − P, with the `period` P (0: there is none), so that it is the
    same wherever a shot begins; `radius` frames on either side go into its median.
    """

    period: int
    radius: int

    def __bool__(self) -> bool:
        return bool(self.period or self.radius)

    def around(self, part: FrameRange) -> FrameRange:
        """The source frames from 0 on that the steadied frames of `part` depend on."""
        first = self.period * (part.first // self.period - 1) if self.period else part.first
        return FrameRange(max(0, min(first, part.first) - self.radius), part.stop + self.radius)

    def since(self, part: FrameRange, painted: Callable[[int], bool]) -> FrameRange:
        """The same without what comes before the last frame in front of it that is not painted."""
        around = self.around(part)
        unpainted = (n for n in range(part.first - 1, around.first - 1, -1) if not painted(n))
        return FrameRange(next(unpainted, around.first - 1) + 1, around.stop)


NOWHERE = Reach(0, 0)
"""What a frame depends on that is not steadied: itself."""


def reach(flow: float, flow_median: int) -> Reach:
    """The reach of a flow blend's share, 0 … 0.9, and of a flow median over so many frames (0: none)."""
    return Reach(ceil(log(_FORGOTTEN) / -log(flow)) if flow else 0, flow_median // 2)
