"""What is sure of a soft matte spreads over what looks alike, and no farther."""

import numpy as np
import pytest
from stylereel.core.mattes.spread import spread

HEIGHT, WIDTH = 48, 64


def halves() -> np.ndarray:
    """A light sky over a dark ground, with some grain, (H, W, 3) uint8."""
    picture = np.full((HEIGHT, WIDTH, 3), (120, 160, 220), np.float32)
    picture[HEIGHT // 2 :] = (60, 70, 40)
    return (picture + np.random.default_rng(1).normal(0, 1, picture.shape)).clip(0, 255).astype(np.uint8)


def doubtful(seed: int = 0) -> np.ndarray:
    """A matte that is undecided but for some pixels: most of the sky's are right, as most of the ground's."""
    chance = np.random.default_rng(seed)
    matte = chance.uniform(0.3, 0.7, (HEIGHT, WIDTH)).astype(np.float32)
    sure, wrong = chance.random((2, HEIGHT, WIDTH)) < np.array((0.03, 0.2))[:, None, None]
    truth = np.arange(HEIGHT)[:, None] < HEIGHT // 2
    return np.where(sure, np.where(wrong, ~truth, truth), matte).astype(np.float32)


def test_what_is_sure_decides_for_its_whole_region():
    soft = doubtful()
    found = spread(soft, halves(), False)
    assert found.dtype == np.float32 and found.shape == soft.shape
    assert found[: HEIGHT // 2].min() > 0.6 and found[HEIGHT // 2 :].max() < 0.4
    assert (soft[: HEIGHT // 2] < 0.5).mean() > 0.3  # by itself it says little


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_an_even_matte_stays(value):
    even = np.full((HEIGHT, WIDTH), value, np.float32)
    assert np.abs(spread(even, halves(), True) - value).max() < 1e-5


def test_what_is_right_stays():
    truth = np.repeat((np.arange(HEIGHT) < HEIGHT // 2).astype(np.float32)[:, None], WIDTH, 1)
    assert np.abs(spread(truth, halves(), False) - truth).max() < 0.02


def test_nothing_crosses_an_edge_but_on_the_sphere_at_left_and_right():
    """Three upright stripes, of which the outer two look alike: on the sphere they are one."""
    picture = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    picture[:, 20:44] = 20
    soft = np.full((HEIGHT, WIDTH), 0.5, np.float32)
    soft[:, :4], soft[:, 30] = 1, 0
    flat, closed = (spread(soft, picture, sphere) for sphere in (False, True))
    assert flat[:, :20].min() > 0.9 and flat[:, 20:44].max() < 0.2
    assert flat[:, 44:].max() < 0.6 and closed[:, 44:].min() > 0.9


@pytest.mark.parametrize("by", [1, 17, WIDTH // 2])
def test_it_rolls_with_the_sphere(by):
    soft, picture = doubtful(), halves()
    rolled = spread(np.roll(soft, by, 1), np.roll(picture, by, 1), True)
    assert np.abs(np.roll(rolled, -by, 1) - spread(soft, picture, True)).max() < 0.01


def test_what_is_found_is_the_least_of_its_sum():
    """It has settled: no change, small or smooth, makes the sum of pulls smaller."""
    chance = np.random.default_rng(4)
    picture, soft = chance.integers(0, 60, (12, 16, 3), np.uint8), doubtful()[18:30, :16]
    found = spread(soft, picture, False)
    best = _pull(found, soft, picture)
    for size in (0.01, 0.1):
        for other in (found + size * chance.normal(size=found.shape), found + size * (soft - found)):
            assert _pull(other, soft, picture) > best
    assert best < _pull(soft, soft, picture)


def _pull(x: np.ndarray, soft: np.ndarray, picture: np.ndarray) -> float:
    """The sum in its docstring, pair by pair."""
    import cv2

    light = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    total = float(((np.abs(2 * soft - 1) ** 6 + 0.01) * (x - soft) ** 2).sum())
    height, width = x.shape
    for row in range(height):
        for column in range(width):
            for down, right in ((1, 0), (0, 1)):
                if row + down < height and column + right < width:
                    apart = float(((light[row, column] - light[row + down, column + right]) ** 2).sum())
                    tie = 500 * (np.exp(-apart / 4) + 1e-4)
                    total += tie * float(x[row, column] - x[row + down, column + right]) ** 2
    return total
