"""What a teacher goes by, for a part of its picture: a pupil that is to find the same learns more from less.

Source: Romero et al. 2015, "FitNets: Hints for Thin Deep Nets". Knows arrays; nothing of nets that learn.
"""

from collections.abc import Sequence

import numpy as np

from .sky_lessons import Lesson

STEPS = (32, 16, 8)  # pixels of the pupil's picture from one value of a map to the next, as `Look` has them
_LEAST = 1e-2  # of a channel's deviation: less says nothing


def hints_of(lesson: Lesson, way: np.ndarray, side: int) -> list[np.ndarray]:
    """The maps of a square of so many pixels in a lesson: (C, side / 32, …), (C, side / 16, …), ….

    `way` (2, 3) leads from the square's pixels to the picture's, mirrored at its borders.
    """
    return [
        _seen(held, way, lesson.sky.shape, side, step)
        for held, step in zip(lesson.hints, STEPS, strict=False)
    ]


def spread_of(lessons: Sequence[Lesson]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The mean and the deviation of every channel over all lessons with hints: (C, 1, 1) each, by map."""
    held = [one.hints for one in lessons if one.hints]
    found = []
    for maps in zip(*held, strict=True):
        values = np.concatenate([one.reshape(-1, one.shape[2]) for one in maps]).astype(np.float32)
        found.append((values.mean(0)[:, None, None], values.std(0)[:, None, None] + np.float32(_LEAST)))
    return found


def _seen(held: np.ndarray, way: np.ndarray, shape: tuple[int, ...], side: int, step: int) -> np.ndarray:
    count = side // step
    middles = (np.arange(count) + 0.5) * step - 0.5
    x, y = np.meshgrid(middles, middles)
    across, down = way @ np.stack([x.ravel(), y.ravel(), np.ones(count * count)])
    left, right = _between(_mirrored(across, shape[1]), shape[1], held.shape[1])
    top, low = _between(_mirrored(down, shape[0]), shape[0], held.shape[0])
    part, share = right[:, None], low[:, None]
    above, below = (
        held[row, left] + part * (held[row, left + 1].astype(np.float32) - held[row, left])
        for row in (top, top + 1)
    )
    return (above + share * (below - above)).T.reshape(-1, count, count).astype(np.float32)


def _mirrored(at: np.ndarray, side: int) -> np.ndarray:
    at = np.abs(at)
    return np.where(at > side - 1, 2 * (side - 1) - at, at)


def _between(at: np.ndarray, side: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Where a pixel's middle lies in a map of so many values: the one before it, and how far behind it."""
    place = ((at + 0.5) * count / side - 0.5).clip(0, count - 1)
    before = np.minimum(place.astype(int), count - 2)
    return before, place - before
