"""How steady a clip is, and how sharp it stayed. Knows pictures in memory; nothing of nets or files."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from torch import Tensor

from .flow import Motion, Search, as_array, grey, inverse_search, luma, motions_between, warped


def motions(
    frames: Sequence[Tensor],
    *,
    sphere: bool = False,
    search: Search = inverse_search(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM, finest=1),  # noqa: B008 (a function)
) -> list[Motion]:
    """The motion of a source, for every frame but the first."""
    greys = [grey(as_array(frame)) for frame in frames]
    return [motions_between(search, after, before, sphere=sphere)[0] for before, after in pairwise(greys)]


def warping_error(frames: Sequence[Tensor], moved: Sequence[Motion], *, sphere: bool = False) -> float:
    """The rms difference of each frame and the frame before, moved along `moved`; in levels of 255.

    Where a pixel was hidden before it does not count. Clipped to 0 … 255, warped bicubically.
    Source: Lai et al. 2018, "Learning Blind Video Temporal Consistency".
    """
    total, count = 0.0, 0
    pictures = (as_array(frame.clamp(0, 255)) for frame in frames)
    for (before, after), link in zip(pairwise(pictures), moved, strict=True):
        expected = warped(before, link.place, cv2.INTER_CUBIC, sphere=sphere)
        wrong = (after - expected)[link.seen]
        total, count = total + float(np.square(wrong, dtype=np.float64).sum()), count + wrong.size
    return (total / max(count, 1)) ** 0.5


def sharpness(frames: Sequence[Tensor]) -> float:
    """The mean gradient of the luma of frames (Scharr's), in levels of 255 a pixel."""
    return sum(float(_gradient(luma(as_array(frame))).mean()) for frame in frames) / len(frames)


def _gradient(grey: np.ndarray) -> np.ndarray:
    across, down = (cv2.Scharr(grey, cv2.CV_32F, *axis) / 32 for axis in ((1, 0), (0, 1)))
    return np.hypot(across, down)
