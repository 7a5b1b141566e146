"""Which pixels of a frame can be followed into the frame beside it, and where a film is cut.

Knows two source frames. Knows nothing of painted ones.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ..bands import bands
from .flow import (
    Motion,
    at_half_size,
    filtered,
    inside,
    inverse_search,
    motion_between,
    motions_between,
    still_place,
    warped,
)

_SEARCH = at_half_size(inverse_search(cv2.DISOPTICAL_FLOW_PRESET_FAST, finest=0))
_WINDOW = 5  # pixels: over which two frames are compared
_UNLIKE = 20.0  # levels of 255: what looks more different than this is not the same thing
_STRANGE = 25.0  # levels: what looks more different is not blended, even where flow comes back
_ALIKE = 15.0  # levels: what looks no more different is blended, even where flow does not come back
_AS_GOOD = 1.0  # level by which a still pixel may fit worse than a moved one
_FEW, _SOME, _OTHER_LIGHT = 0.25, 0.6, 0.6  # shares of pixels followed, and of a histogram in common


@dataclass(frozen=True, slots=True)
class Step:
    """From one frame to the next: where the later one's pixels were (`back`), and the other way round.

    That way is known where it was asked for.
    """

    back: Motion
    forth: Motion | None = None


@dataclass(frozen=True)
class Link:
    """Two source frames in a row, as `follow` takes them. The step between is found when asked for.

    It lies in five times the memory that the two frames do.
    """

    before: np.ndarray
    after: np.ndarray
    sphere: bool = False
    both: bool = False

    @cached_property
    def step(self) -> Step | None:
        """What `follow` finds."""
        return follow(self.before, self.after, sphere=self.sphere, both=self.both)


def follow(before: np.ndarray, after: np.ndarray, *, sphere: bool = False, both: bool = False) -> Step | None:
    """The step between two source frames, as `flow.grey` gives them, (H, W) uint8 each; None at a cut.

    `both` ways or the way back alone. Flow where it agrees both ways, or where its two ends look alike all
    the same; else, as in the dark and in flat colours, nothing moved if the frames are alike there. Never
    where the two ends look different.
    """
    if both:
        found, returning = motions_between(_SEARCH, after, before, sphere=sphere)
    else:
        found, returning = motion_between(_SEARCH, after, before, sphere=sphere), None
    back, sure = _fitting(after, before, found, sphere)
    if sure < _FEW or (sure < _SOME and _in_common(before, after) < _OTHER_LIGHT):
        return None
    return Step(back, _fitting(before, after, returning, sphere)[0] if returning else None)


def _fitting(now: np.ndarray, then: np.ndarray, found: Motion, sphere: bool) -> tuple[Motion, float]:
    """What is blended along which motion, and the share of pixels that were followed for sure."""
    moved = _unlike(now, warped(then, found.place, cv2.INTER_LINEAR, sphere=sphere), sphere)
    unmoved = _unlike(now, then, sphere)
    seen, sure = np.empty(now.shape, bool), 0
    height, width = now.shape
    for rows in (band.rows for band in bands(height, width)):
        still_fits = unmoved[rows] <= moved[rows] + _AS_GOOD
        stays = still_fits & ~found.perhaps[rows]
        alike = (moved[rows] <= _ALIKE) & inside(found.place[rows], height, width, sphere)
        np.copyto(found.place[rows], still_place(height, width, rows), where=stays[..., None])
        unlike = np.where(stays, unmoved[rows], moved[rows])
        seen[rows] = (stays | alike | found.perhaps[rows]) & (unlike <= _STRANGE)
        unlike = np.where(found.seen[rows], moved[rows], np.where(still_fits, unmoved[rows], np.inf))
        sure += np.count_nonzero(unlike <= _UNLIKE)
    return Motion(found.place, seen, seen), sure / now.size


def _unlike(one: np.ndarray, other: np.ndarray, sphere: bool) -> np.ndarray:
    apart = cv2.absdiff(one, other).astype(np.float32)
    return filtered(apart, lambda picture: cv2.blur(picture, (_WINDOW, _WINDOW)), sphere=sphere)


def _in_common(one: np.ndarray, other: np.ndarray) -> float:
    """The share of two grey pictures' histograms that they have in common."""
    counts = [np.histogram(picture, 32, (0, 256))[0] / picture.size for picture in (one, other)]
    return float(np.minimum(*counts).sum())
