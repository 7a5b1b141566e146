"""How much a painted clip flickers: what changes between two frames although nothing moved there.

Knows frames as (1, 3, H, W) float32 on 0 … 255; nothing of nets or files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from torch import Tensor

from .measures import as_array, luma

_LEAST = 3.0  # of 255: the error of a clip with the grain of a clean camera, σ = 2, moved on
_WRAPPED = 64  # columns that are laid on at both sides of a 360 picture, so that flow crosses its edge


@dataclass(frozen=True, slots=True)
class Motion:
    """Where each pixel of a frame was in the frame before: `place` (H, W, 2) in pixels, x and y.

    `seen` (H, W) is false where it was hidden, or outside the picture.
    """

    place: np.ndarray
    seen: np.ndarray


def motions(frames: Sequence[Tensor], *, sphere: bool = False) -> list[Motion]:
    """The motion of a source, for every frame but the first.

    Dense inverse search (Kroeger et al. 2016) on luma, checked forward and backward as in Sundaram, Brox
    & Keutzer 2010. On the sphere it goes across the edge where the picture closes.
    """
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    greys = [_wrapped(luma(frame).round().astype(np.uint8), sphere) for frame in frames]
    return [_motion(search, before, after, sphere) for before, after in pairwise(greys)]


def warping_error(frames: Sequence[Tensor], moved: Sequence[Motion], *, sphere: bool = False) -> float:
    """The rms difference of each frame and the frame before, moved along `moved`; in levels of 255.

    Where a pixel was hidden before it does not count. Clipped to 0 … 255, warped bicubically.
    Source: Lai et al. 2018, "Learning Blind Video Temporal Consistency".
    """
    total, count = 0.0, 0
    pictures = (as_array(frame.clamp(0, 255)) for frame in frames)
    for (before, after), motion in zip(pairwise(pictures), moved, strict=True):
        border = cv2.BORDER_WRAP if sphere else cv2.BORDER_REPLICATE
        expected = cv2.remap(before, *_maps(motion.place), cv2.INTER_CUBIC, borderMode=border)
        wrong = (after - expected)[motion.seen]
        total, count = total + float(np.square(wrong, dtype=np.float64).sum()), count + wrong.size
    return (total / max(count, 1)) ** 0.5


def flicker(
    painted: Sequence[Tensor], source: Sequence[Tensor], moved: Sequence[Motion], *, sphere: bool = False
) -> float:
    """Flicker: the warping error of the painted clip over the source's own, each at least 3 levels of 255.

    1 is as steady as the source, or as footage with the grain of a clean camera; from about 2 on paint
    boils visibly.
    """
    ours, own = (max(warping_error(clip, moved, sphere=sphere), _LEAST) for clip in (painted, source))
    return ours / own


def _maps(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ascontiguousarray(place[..., 0]), np.ascontiguousarray(place[..., 1])


def _wrapped(grey: np.ndarray, sphere: bool) -> np.ndarray:
    return np.pad(grey, ((0, 0), (_WRAPPED, _WRAPPED)), mode="wrap") if sphere else grey


def _motion(search: cv2.DISOpticalFlow, before: np.ndarray, after: np.ndarray, sphere: bool) -> Motion:
    height, width = after.shape
    back = search.calc(after, before, np.zeros((height, width, 2), np.float32))
    forth = search.calc(before, after, np.zeros((height, width, 2), np.float32))
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    place = grid + back
    returned = cv2.remap(forth, *_maps(place), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    length = (back**2).sum(-1) + (returned**2).sum(-1)
    seen = ((back + returned) ** 2).sum(-1) <= 0.01 * length + 0.5
    edge = _WRAPPED if sphere else 0
    x, y = place[..., 0], place[..., 1]
    seen &= (y >= 0) & (y <= height - 1) & (sphere | ((x >= 0) & (x <= width - 1)))
    inner = slice(edge, width - edge)
    return Motion(place[:, inner] - np.array((edge, 0), np.float32), seen[:, inner])
