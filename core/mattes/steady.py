"""What a net finds frame by frame, kept steady along the picture's motion: an average that forgets.

Its memory belongs to frames of the source: for frame f it begins at P·⌊f/P⌋ - P, so that a frame's matte
is the same wherever a shot begins. What was hidden before, and a cut inside the media, forgets at once.
Knows small pictures and mattes; nothing of nets or of refining.
"""

from collections.abc import Callable
from math import ceil, log

import cv2
import numpy as np

_KEPT = 0.7  # of the frame before
PERIOD = ceil(log(1024) / -log(_KEPT))  # frames after which less than a 1024th of one is left
_WRAPPED = 32  # columns laid on at both sides of a sphere, so that motion crosses its edge

Found = tuple[np.ndarray, np.ndarray]
"""Luma (h, w) uint8 and matte (h, w) float32 of a frame."""


class Steady:
    """Mattes of consecutive frames; `find` gives what is seen in frame `n`, its picture or none at hand."""

    def __init__(self, find: Callable[[int, np.ndarray | None], Found], sphere: bool) -> None:
        self._find, self._sphere = find, sphere
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._found: dict[int, Found] = {}
        self._ways: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        self._last: tuple[int, int, np.ndarray] | None = None  # where its memory begins, frame, matte

    def at(self, number: int, picture: np.ndarray) -> np.ndarray:
        """The steady matte of frame `number`, whose picture this is."""
        begin = max(0, number // PERIOD * PERIOD - PERIOD)
        self._forget(begin)
        self._seen(number, picture)
        last = self._last
        if last is None or last[0] != begin or not last[1] <= number:
            last = begin, begin, self._seen(begin)[1]
        matte = last[2]
        for frame in range(last[1] + 1, number + 1):
            matte = self._next(matte, frame)
        self._last = begin, number, matte
        return matte

    def _seen(self, number: int, picture: np.ndarray | None = None) -> Found:
        if number not in self._found:
            self._found[number] = self._find(number, picture)
        return self._found[number]

    def _next(self, before: np.ndarray, number: int) -> np.ndarray:
        place, known = self._way(number)
        moved = cv2.remap(before, place, np.array(()), cv2.INTER_LINEAR, borderMode=self._border)
        own = self._seen(number)[1]
        return own + known * np.float32(_KEPT) * (moved - own)

    @property
    def _border(self) -> int:
        return cv2.BORDER_WRAP if self._sphere else cv2.BORDER_REPLICATE

    def _way(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of a frame was in the frame before, (h, w, 2), and whether it was seen, 0 or 1.

        Dense inverse search (Kroeger et al. 2016), checked forward and backward (Sundaram et al. 2010).
        """
        if number in self._ways:
            return self._ways[number]
        pad = ((0, 0), (_WRAPPED, _WRAPPED)) if self._sphere else ((0, 0), (0, 0))
        before, after = (np.pad(self._seen(n)[0], pad, mode="wrap") for n in (number - 1, number))
        nothing = np.zeros((*after.shape, 2), np.float32)
        back = self._search.calc(after, before, nothing.copy())
        forth = self._search.calc(before, after, nothing.copy())
        height, width = after.shape
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
        place = grid + back
        returned = cv2.remap(forth, place, np.array(()), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        length = (back**2).sum(-1) + (returned**2).sum(-1)
        same = ((back + returned) ** 2).sum(-1) <= 0.01 * length + 0.5
        light = cv2.remap(before, place, np.array(()), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        same &= cv2.absdiff(light, after) < 40
        inner = slice(pad[1][0], width - pad[1][1])
        found = place[:, inner] - np.array((pad[1][0], 0), np.float32)
        height, width = found.shape[:2]
        inside = (found[..., 1] >= -0.5) & (found[..., 1] <= height - 0.5)
        if not self._sphere:
            inside &= (found[..., 0] >= -0.5) & (found[..., 0] <= width - 0.5)
        self._ways[number] = np.ascontiguousarray(found), (same[:, inner] & inside).astype(np.float32)
        return self._ways[number]

    def _forget(self, begin: int) -> None:
        """Keeps what the memory of this frame and of the next ones needs."""
        for held in (self._found, self._ways):
            for number in [number for number in held if not begin - 1 <= number <= begin + 2 * PERIOD]:
                del held[number]
