"""A matte as a shot wears it: opened for a run of frames, closed at its end.

Knows mattes and their sides. Knows nothing of segments or of how frames are read and painted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from torch import Tensor

from ..media.reader import VideoFrame
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


Share = Callable[[int, VideoFrame, Tensor], Tensor]
"""A source frame's number, it and its picture → how much of each pixel wears the preset, (1, 1, H, W)."""


@contextmanager
def opened(matte: WornMatte | None) -> Iterator[Share | None]:
    """The matte at work, its files closed at the end; None where a shot wears none."""
    if matte is None:
        yield None
        return
    with matte.open() as matting:
        try:
            yield lambda *seen: matte.sides.share(matting.of(*seen))
        finally:
            matte.tell(matting.sight)
