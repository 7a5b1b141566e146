"""The demo's four sources as streams of frames: a slow turn of the camera, clouds, a walker, a counter.

Knows nothing of files, codecs or the cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ...core.training import letters
from .places import PLACES
from .walker import Walk, draw_walker
from .world import draw_clouds, draw_place, floats

WIDTH, HEIGHT = 512, 256
_FINE = 2  # drawn at twice the size, then brought down


@dataclass(frozen=True, slots=True)
class Take:
    """A source of the demo: a place, its length in frames, the camera's turn over it in degrees."""

    place: str
    frames: int
    turn: float
    walk: Walk
    facing: float = 0.0  # degrees to the left of the front at the first frame


TAKES = (
    Take("campus", 96, 34, Walk((4.6, -3.0), (2.3, 1.5), (196, 52, 48)), facing=-8),
    Take("square", 96, -40, Walk((2.2, 2.0), (2.9, -2.4), (36, 110, 170)), facing=14),
    Take("city", 84, 30, Walk((2.6, -2.4), (3.2, 1.3), (230, 120, 40), light=0.85), facing=-10),
    Take("hill", 84, -26, Walk((4.0, 2.4), (2.6, -1.4), (200, 60, 90), light=0.62), facing=4),
)


def draw_take(take: Take) -> Iterator[np.ndarray]:
    """The frames of a take: uint8 RGB, HEIGHT x WIDTH x 3, equirectangular, without a seam."""
    for frame, picture in enumerate(draw_sights(take, WIDTH, HEIGHT, _FINE)):
        _count(picture, f"{take.place} {frame:03}")
        yield picture


def draw_sights(take: Take, width: int, height: int, fine: int = 1) -> Iterator[np.ndarray]:
    """A take's frames, height x width x 3, without a counter; drawn `fine` times as large, then reduced."""
    place = PLACES[take.place]()
    size, (width, height) = (width, height), (width * fine, height * fine)
    sight, sky = draw_place(place, width, height)
    horizon = height // 2
    clouds = draw_clouds(place, width, height)[:horizon, :, None]
    still, upper = (sight * 255).astype(np.uint8), sight[:horizon] * 255
    whiter = (floats(place.cloud_colour) * 255 - upper) * sky[:horizon, :, None] * np.float32(0.88)
    for frame in range(take.frames):
        share = frame / (take.frames - 1)
        picture = still.copy()
        picture[:horizon] = upper + whiter * np.roll(clouds, frame // 2, axis=1)
        draw_walker(picture, take.walk, share)
        yaw = round((take.facing + take.turn * (share - 0.5)) / 360 * width)
        yield cv2.resize(np.roll(picture, yaw, axis=1), size, interpolation=cv2.INTER_AREA)


def _count(picture: np.ndarray, text: str) -> None:
    """Burns a small counter into the lower left corner."""
    wide = round(letters.width(text, 8, letters.MONO))
    picture[HEIGHT - 16 : HEIGHT - 2, 3 : wide + 9] //= 3
    letters.write(picture, text, 6, HEIGHT - 5, 8, (235, 235, 225), letters.MONO)
