"""What a net finds frame by frame, kept steady along the picture's motion: an average that forgets.

Its memory belongs to frames of the source: with the period P, that for frame f begins at P·⌊f/P⌋ - P, so
that a frame's matte is the same wherever a shot begins. What was hidden before, and a cut inside the media,
forgets at once. Knows small pictures and mattes; nothing of nets or of refining.
"""

from collections.abc import Callable
from math import ceil, log

import cv2
import numpy as np

from ..steady.flow import grey, warped
from ..steady.follow import Step, follow

_KEPT = 0.7  # of the frame before
PERIOD = ceil(log(1024) / -log(_KEPT))  # frames after which less than a 1024th of one is left

Found = tuple[np.ndarray, np.ndarray]
"""A small picture, (h, w, 3) float32 on 0 … 255, and its matte, (h, w) float32."""


class Steady:
    """Mattes of a source's frames, best asked for in their order.

    `find` gives what is seen in frame `n`: in its picture, or, where none is at hand, in the source's; None
    where that cannot be read.
    """

    def __init__(self, find: Callable[[int, np.ndarray | None], Found | None], sphere: bool) -> None:
        self._find, self._sphere = find, sphere
        self._at = -1  # the last frame that was taken in
        self._last: np.ndarray | None = None  # its small picture, grey
        self._memories: dict[int, np.ndarray] = {}  # by the frame that they begin at

    def at(self, number: int, picture: np.ndarray) -> np.ndarray:
        """The steady matte of frame `number`, whose picture this is."""
        begin = _begin(number)
        if begin not in self._memories or self._at > number:
            self._at, self._last, self._memories = begin - 1, None, {}
        for frame in range(self._at + 1, number + 1):
            self._take(frame, picture if frame == number else None, begin)
        return self._memories[begin]

    def _take(self, frame: int, picture: np.ndarray | None, oldest: int) -> None:
        self._at = frame
        if (found := self._find(frame, picture)) is None:
            return
        seen, own = found
        light = grey(seen)
        step = follow(self._last, light, sphere=self._sphere) if self._last is not None else None
        begins = range(oldest, frame + 1, PERIOD)
        self._memories = {begin: self._onward(self._memories.get(begin), own, step) for begin in begins}
        self._last = light

    def _onward(self, before: np.ndarray | None, own: np.ndarray, step: Step | None) -> np.ndarray:
        if before is None or step is None:
            return own
        moved = warped(before, step.back.place, cv2.INTER_LINEAR, sphere=self._sphere)
        return own + step.back.seen * np.float32(_KEPT) * (moved - own)


def _begin(number: int) -> int:
    """The frame at which the memory for frame `number` begins."""
    return max(0, number // PERIOD * PERIOD - PERIOD)
