"""What speaks against a style picture, though it can be trained on, and what to do about it.

Each doubt is a measure of the picture with a limit that good pictures keep. Never imports torch,
knows nothing of nets.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from .pictures import STYLE_SIDE, read_picture

_PASTE = "--prepare cut-and-paste covers it with its richest parts"
_CONTRAST = 20.0  # standard deviation on 0 … 255
_BLOCK, _EMPTY = 16, 4.0  # pixels; standard deviation of a block with nothing in it
_VOID = 0.5  # of the picture
_NEAR, _ALIKE = 24.0, 0.7  # in RGB: one colour to the eye; of the picture
_SHARP = 0.4  # paintings have 0.7 and more, enlarged to twice their size 0.36 and less
_BLOCKED = 1.6  # steps between JPEG's blocks of 8 over those inside them


def doubts(path: Path, pixels: np.ndarray) -> Iterator[str]:
    """Sentences about a picture that will make a weak style; none for a good one.

    `pixels` is what is learnt from, (H, W, 3) uint8 RGB at short side 256 or less; `path` is where it
    came from. Raises StyleError where that cannot be read.
    """
    whole = read_picture(path)
    height, width = pixels.shape[:2]
    if min(height, width) < STYLE_SIDE:
        yield f"it is small, {width}×{height} pixels: one of 256 or more on the short side has strokes"
    elif sharpness(pixels) < _SHARP:
        yield "it is blurred or was enlarged, so that its strokes have no edges: find a sharper one"
    if (found := float(pixels.std())) < _CONTRAST:
        yield f"it is flat (contrast {found:.0f} of 255): the film will be grey; raise its contrast first"
    elif (found := emptiness(pixels)) > _VOID:
        yield f"{found:.0%} of it is empty, and so the film will be: {_PASTE}, --crop takes a part"
    elif (found := one_colour(pixels)) > _ALIKE:
        yield f"{found:.0%} of it is one colour, and so the film will be: {_PASTE}"
    if min(whole.shape[:2]) < 3 * STYLE_SIDE and (found := blockiness(whole)) > _BLOCKED:
        yield f"JPEG's blocks show in it ({found:.1f} times the steps inside them): find a better copy"


def sharpness(pixels: np.ndarray) -> float:
    """The finest detail, of one or two pixels, over that twice as large: 0.7 … 1.3 in good pictures.

    A picture that was enlarged or is out of focus has detail of the larger kind alone.
    """
    height, width = (length // 4 * 4 for length in pixels.shape[:2])
    grey = cv2.cvtColor(np.ascontiguousarray(pixels[:height, :width]), cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine, coarse = _without(grey, 2), _without(grey, 4)
    return float((grey - fine).std() / max(1e-6, (fine - coarse).std()))


def _without(grey: np.ndarray, size: int) -> np.ndarray:
    """A picture without the detail that is smaller than `size` pixels; both sides are multiples of it."""
    small = cv2.resize(grey, None, fx=1 / size, fy=1 / size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, grey.shape[::-1], interpolation=cv2.INTER_CUBIC)


def emptiness(pixels: np.ndarray) -> float:
    """The share of a picture's blocks of 16 × 16 pixels that have nothing in them."""
    rows, columns = (length // _BLOCK for length in pixels.shape[:2])
    whole = pixels[: rows * _BLOCK, : columns * _BLOCK].astype(np.float32)
    blocks = whole.reshape(rows, _BLOCK, columns, _BLOCK, 3)
    return float((blocks.std((1, 3)).max(2) < _EMPTY).mean())


def one_colour(pixels: np.ndarray) -> float:
    """The share of a picture's pixels that look like its commonest colour."""
    flat = pixels.reshape(-1, 3)
    _, owner, counts = np.unique(flat >> 4, axis=0, return_inverse=True, return_counts=True)
    common = flat[owner.reshape(-1) == counts.argmax()].mean(0)
    return float((np.linalg.norm(flat - common, axis=1) < _NEAR).mean())


def blockiness(pixels: np.ndarray) -> float:
    """Steps over JPEG's grid of 8 pixels, relative to those within it; 1 where no blocks show."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ratios = []
    for way in (grey, grey.T):
        steps = np.abs(np.diff(way, axis=1)).mean(0)
        over = np.arange(len(steps)) % 8 == 7
        ratios.append(float(steps[over].mean() / max(1e-6, steps[~over].mean())) if over.any() else 1.0)
    return max(ratios)
