"""What candidates are tried on: stills and short clips, ready to be painted and measured.

Knows pictures in memory; nothing of files, timelines or styles.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
import torch
from torch import Tensor

from ..steady.flow import Motion
from ..steady.measure import motions
from ..training.crops import as_tensor
from ..training.pictures import STYLE_SIDE
from .flash import HEADSET, SCREEN, Flashes, measure_flashes
from .measures import as_array

_EVEN = 3.0  # the step over the edge of a 360 picture, at most, relative to steps beside it


@dataclass(frozen=True)
class Sample:
    """A still (one frame) or consecutive frames of a clip, (1, 3, H, W) float32 on 0 … 255.

    `rate` is a clip's, in frames a second, `moved` its motion, `flashes` its own; a `sphere` closes at its
    left and right.
    """

    name: str
    frames: tuple[Tensor, ...]
    rate: Fraction = Fraction(0)
    sphere: bool = False
    moved: tuple[Motion, ...] = ()
    flashes: Flashes | None = None

    @property
    def middle(self) -> Tensor:
        """The frame that stands for the sample."""
        return self.frames[len(self.frames) // 2]

    @property
    def is_clip(self) -> bool:
        """Whether time can be measured on it."""
        return len(self.frames) > 1

    def on(self, device: torch.device) -> "Sample":
        """The same with its frames on another device."""
        return replace(self, frames=tuple(frame.to(device) for frame in self.frames))


def still(name: str, picture: np.ndarray, *, sphere: bool = False) -> Sample:
    """A sample of one picture, (H, W, 3) RGB on 0 … 255, brought to short side 256."""
    return Sample(name, (_as_frame(picture),), sphere=sphere)


def clip(name: str, pictures: Iterable[np.ndarray], rate: Fraction, *, sphere: bool = False) -> Sample:
    """A sample of consecutive pictures, (H, W, 3) RGB on 0 … 255, brought to short side 256."""
    frames = tuple(map(_as_frame, pictures))
    if len(frames) < 2:
        return Sample(name, frames, sphere=sphere)
    moved = tuple(motions(frames, sphere=sphere))
    return Sample(name, frames, rate, sphere, moved, flashes_of(frames, rate, sphere))


def flashes_of(frames: Iterable[Tensor], rate: Fraction, sphere: bool) -> Flashes:
    """The flashes of a clip: in a headset where it is a sphere, else on a screen."""
    return measure_flashes(map(as_array, frames), rate, HEADSET if sphere else SCREEN)


def closes(picture: np.ndarray) -> bool:
    """Whether a picture, (H, W, 3), looks like 360° all around: twice as wide as high, its edges alike."""
    height, width = picture.shape[:2]
    if width != 2 * height:
        return False
    columns = picture.astype(np.float32)
    near = np.concatenate([columns[:, -9:], columns[:, :9]], 1)
    steps = np.abs(np.diff(near, axis=1)).mean((0, 2))
    return bool(steps[8] <= _EVEN * max(1.0, float(np.delete(steps, 8).mean())))


def _as_frame(picture: np.ndarray) -> Tensor:
    scale = STYLE_SIDE / min(picture.shape[:2])
    if scale != 1:
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        height, width = (round(length * scale) for length in picture.shape[:2])
        picture = cv2.resize(picture, (width, height), interpolation=kind)
    return as_tensor(np.ascontiguousarray(picture))[None]
