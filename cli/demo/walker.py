"""A figure that walks through a place, drawn onto the sight of a 360° camera.

Knows the camera's projection (see `world`), nothing of places or files.
"""

from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin

import cv2
import numpy as np

from .world import EYE

Colour = tuple[int, int, int]
_SKIN, _HAIR, _TROUSERS, _SHOES, _SCARF = (
    (222, 170, 132),
    (62, 40, 30),
    (44, 56, 96),
    (40, 30, 30),
    (240, 190, 50),
)
_STRIDE = 0.72  # metres a step


@dataclass(frozen=True, slots=True)
class Walk:
    """From one place on the ground to another, in metres (x to the front, y to the left)."""

    start: tuple[float, float]
    stop: tuple[float, float]
    coat: Colour
    light: float = 1.0  # how bright the figure is lit

    def at(self, share: float) -> tuple[float, float]:
        """Where the figure is after a share (0 … 1) of the way."""
        (x0, y0), (x1, y1) = self.start, self.stop
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share


def draw_walker(sight: np.ndarray, walk: Walk, share: float) -> None:
    """Draws the figure onto a sight, uint8 RGB, in place; across the seam as well."""
    width = sight.shape[1]
    x, y = walk.at(share)
    distance, gone = hypot(x, y), hypot(x - walk.start[0], y - walk.start[1])
    middle = (0.5 - atan2(y, x) / (2 * pi)) * width
    metre = width / (2 * pi * distance)  # pixels
    for turn in (-width, 0, width):
        if -2 * metre < middle + turn < width + 2 * metre:
            _Figure(sight, walk, middle + turn, metre, distance).draw(gone / _STRIDE * pi)


class _Figure:
    """One drawing of the walker; positions are metres sideways and metres above the ground."""

    def __init__(self, sight: np.ndarray, walk: Walk, middle: float, metre: float, distance: float) -> None:
        self.sight, self.walk, self.middle, self.metre, self.distance = sight, walk, middle, metre, distance

    def draw(self, phase: float) -> None:
        swing, bob = sin(phase), 0.03 * abs(cos(phase))
        heading = self._heading()
        self._shadow()
        for side in (-1, 1):
            step = side * swing * heading
            knee = (0.16 * step + 0.05 * heading, 0.46 + bob)
            foot = (0.34 * step, 0.06 + 0.1 * max(0.0, -side * cos(phase)))
            self._limb([(0.05 * side, 0.88 + bob), knee, foot], 0.16, _TROUSERS)
            self._limb([foot, (foot[0] + 0.12 * heading, foot[1] - 0.02)], 0.11, _SHOES)
        self._limb([(-0.14 * heading, 1.3 + bob), (-0.16 * heading, 1.02 + bob)], 0.26, _HAIR)
        self._limb([(0, 0.9 + bob), (0.02 * heading, 1.34 + bob)], 0.36, self.walk.coat)
        hand = (-0.3 * swing * heading, 0.86 + bob)
        self._limb(
            [(0.02 * heading, 1.34 + bob), (-0.14 * swing * heading, 1.1 + bob), hand], 0.12, self._lit_coat()
        )
        self._limb([(-0.04 * heading, 1.46 + bob), (-0.3 * heading, 1.4 + bob + 0.05 * swing)], 0.1, _SCARF)
        self._limb([(0.05 * heading, 1.64 + bob)] * 2, 0.25, _SKIN)
        self._limb([(-0.04 * heading, 1.7 + bob), (0.05 * heading, 1.74 + bob)], 0.17, _HAIR)

    def _heading(self) -> float:
        """1 where it is seen to walk to the right, -1 to the left, less when nearly towards us."""
        (x0, y0), (x1, y1) = self.walk.start, self.walk.stop
        turn = x0 * (y1 - y0) - y0 * (x1 - x0)
        return -turn / (hypot(x1 - x0, y1 - y0) * max(hypot(x0, y0), hypot(x1, y1), 1e-6)) or 1.0

    def _lit_coat(self) -> Colour:
        red, green, blue = self.walk.coat
        return int(red * 0.78), int(green * 0.78), int(blue * 0.78)

    def _pixel(self, sideways: float, up: float) -> tuple[int, int]:
        row = (0.5 - atan2(up - EYE, self.distance) / pi) * self.sight.shape[0]
        return round((self.middle + sideways * self.metre) * 16), round(row * 16)

    def _limb(self, points: list[tuple[float, float]], thick: float, colour: Colour) -> None:
        path = np.array([self._pixel(*point) for point in points], np.int32)
        red, green, blue = (int(part * self.walk.light) for part in colour)
        cv2.polylines(
            self.sight, [path], False, (red, green, blue), max(1, round(thick * self.metre)), cv2.LINE_AA, 4
        )

    def _shadow(self) -> None:
        x, y = self._pixel(0, 0)
        axes = (
            round(0.42 * self.metre),
            max(1, round(0.42 * self.metre * EYE / hypot(EYE, self.distance) * 0.6)),
        )
        mask = np.zeros(self.sight.shape[:2], np.uint8)
        cv2.ellipse(mask, (x >> 4, y >> 4), axes, 0, 0, 360, 255, -1, cv2.LINE_AA)
        rows = slice(max(0, (y >> 4) - axes[1] - 2), (y >> 4) + axes[1] + 3)
        part = self.sight[rows]
        part[:] = (part * (1 - mask[rows, :, None] / 255 * 0.45)).astype(np.uint8)
