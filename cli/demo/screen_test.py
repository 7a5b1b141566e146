"""The screen test that every candidate can be tried on: drawn pictures of what films are hard at.

A face, a slate with text, the dark, bright stone, a sky, a walk filmed with grain, and 360° at dusk.
The same pictures on every machine. Knows nothing of nets or measures.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import cv2
import numpy as np

from ...core.audition.samples import Sample, clip, still
from ...core.training import letters
from .footage import HEIGHT, TAKES, WIDTH, Take, draw_sights
from .portrait import draw_portrait

FRAMES = 24
_RATE, _SIDE = Fraction(24), 256
_SIGHT = 1280, 640
_CLIP = 456, _SIDE
_GRAIN = 2.0  # σ, of 255
_UNDEREXPOSED = 0.6
_CAMPUS, _SQUARE, _CITY, _HILL = TAKES
_PAPER, _CHALK, _BOARD, _RED = (238, 236, 228), (226, 228, 226), (30, 32, 36), (204, 62, 50)


def draw_screen_test(frames: int = FRAMES) -> Iterator[Sample]:
    """The samples, stills first; `frames` is the length of each of the two clips."""
    yield still("face", draw_portrait(_SIDE))
    yield still("text", _slate())
    night = _view(_sight(_HILL), -6, 2, 74, (_SIDE, _SIDE))
    yield still("dark", (night * _UNDEREXPOSED).astype(np.uint8))
    square = list(_middle(_SQUARE, *_SIGHT, frames))
    yield still("light", _view(square[0], 30, 6, 74, (_SIDE, _SIDE)))
    yield still("sky", _view(_sight(_CAMPUS), -16, 22, 78, (_SIDE, _SIDE)))
    grain = np.random.default_rng(1)
    walk = (_view(sight, 6, -6, 92, _CLIP) for sight in square)
    yield clip("motion", (_grained(picture, grain) for picture in walk), _RATE)
    around = _middle(_CITY, WIDTH, HEIGHT, frames, fine=2)
    yield clip("360", (_grained(picture, grain) for picture in around), _RATE, sphere=True)


def draw_scene() -> list[np.ndarray]:
    """A face and a square in daylight, (256, W, 3) uint8 RGB: what thumbnails show."""
    square = next(_middle(_SQUARE, *_SIGHT, 1))
    return [draw_portrait(_SIDE), _view(square, 6, -6, 92, _CLIP)]


def _middle(take: Take, width: int, height: int, frames: int, fine: int = 1) -> Iterator[np.ndarray]:
    first = max(0, (take.frames - frames) // 2)
    return islice(draw_sights(take, width, height, fine), first, first + frames)


def _sight(take: Take) -> np.ndarray:
    return next(_middle(take, *_SIGHT, 1))


def _grained(picture: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The picture as a camera has it."""
    grain = chance.normal(0, _GRAIN, picture.shape)
    return np.clip(np.rint(picture + grain), 0, 255).astype(np.uint8)


def _view(sight: np.ndarray, left: float, up: float, wide: float, size: tuple[int, int]) -> np.ndarray:
    """What a flat camera sees of a sight: turned to the left and up, `wide` across, in degrees."""
    width, height = size
    reach = np.tan(np.radians(wide / 2))
    x = np.linspace(-reach, reach, width, dtype=np.float32)
    y = np.linspace(reach, -reach, height, dtype=np.float32) * (height / width)
    across, above = np.meshgrid(x, y)
    tilt = np.radians(up)
    ahead, above = np.cos(tilt) - np.sin(tilt) * above, np.sin(tilt) + np.cos(tilt) * above
    longitude = np.arctan2(-across, ahead) + np.radians(left)
    latitude = np.arctan2(above, np.hypot(ahead, across))
    rows, columns = sight.shape[:2]
    places = ((0.5 - longitude / (2 * np.pi)) * columns - 0.5, (0.5 - latitude / np.pi) * rows - 0.5)
    over, down = (place.astype(np.float32) for place in places)
    return cv2.remap(sight, over % columns, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)


def _slate() -> np.ndarray:
    """A slate in front of the lens, and a subtitle."""
    picture = np.full((_SIDE, _SIDE, 3), (118, 126, 122), np.uint8)
    picture[:] = (picture * np.linspace(0.7, 1.25, _SIDE)[None, :, None]).astype(np.uint8)
    picture[26:214, 22:234] = _BOARD
    for stripe in range(-1, 9):
        left = 22 + stripe * 28
        corners = np.array([(left, 52), (left + 14, 52), (left + 28, 28), (left + 14, 28)])
        cv2.fillConvexPoly(picture[:, 22:234], corners - (22, 0), _PAPER, cv2.LINE_AA)
    for row, (label, value) in enumerate((("scene", "24 B"), ("take", "3"), ("roll", "A017"))):
        base = 92 + row * 36
        letters.write(picture, label, 34, base, 9, _CHALK, letters.SANS)
        letters.write(picture, value, 92, base, 20, _PAPER, letters.HAND)
        cv2.line(picture, (34, base + 10), (222, base + 10), (92, 96, 100), 1, cv2.LINE_AA)
    letters.write(picture, "The last exam", 34, 200, 13, _RED, letters.BOOK_BOLD)
    line = "I never saw the question."
    left = (_SIDE - letters.width(line, 11, letters.SANS_BOLD)) / 2
    letters.write(picture, line, left + 1, 243, 11, (10, 10, 12), letters.SANS_BOLD)
    letters.write(picture, line, left, 242, 11, (250, 248, 240), letters.SANS_BOLD)
    return picture
