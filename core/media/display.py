"""How a source is shown to nets and mattes, which know display pictures: by a curve, by a LUT, or as it is.

The one way there and back. Knows frames' tags. Knows nothing of nets or mattes.
"""

from dataclasses import dataclass
from typing import Protocol

from av import VideoFrame
from torch import Tensor

from .colour import to_rgb
from .curves import BY_TAG, CURVES
from .lut import Lut


class Transform(Protocol):
    """A way from a source's codes to a display and back, for pictures (1, 3, H, W) on the 0 … 255 scale."""

    def shown(self, picture: Tensor) -> Tensor:
        """A source's picture as a display shows it."""
        ...

    def kept(self, painted: Tensor, source: Tensor) -> Tensor:
        """A display picture among the codes of the source that it was painted over."""
        ...


@dataclass(frozen=True)
class Display:
    """What a preset says of it: a curve by its name, `auto` by each frame's tags, or a LUT in its place."""

    curve: str = "auto"
    lut: Lut | None = None

    def shown(self, frame: VideoFrame, picture: Tensor) -> Tensor:
        """The picture of a frame, (1, 3, H, W) on the 0 … 255 scale, as a display shows it."""
        transform = self._of(frame)
        return transform.shown(picture) if transform else picture

    def seen(self, frame: VideoFrame) -> Tensor:
        """A frame as a display shows it, (1, 3, H, W) on the 0 … 255 scale."""
        return self.shown(frame, to_rgb(frame))

    def kept(self, frame: VideoFrame, painted: Tensor, source: Tensor) -> Tensor:
        """What was painted of `shown(frame, source)`, among the codes of the source."""
        transform = self._of(frame)
        return transform.kept(painted, source) if transform else painted

    def _of(self, frame: VideoFrame) -> Transform | None:
        name = BY_TAG.get(int(frame.color_trc), "") if self.curve == "auto" else self.curve
        return self.lut or CURVES.get(name)
