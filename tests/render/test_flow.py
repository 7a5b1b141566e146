"""Where things were in another frame: how exactly it is found, and on pictures of which size."""

import cv2
import numpy as np
import pytest
from stylereel.core.steady import follow as following
from stylereel.core.steady.flow import at_half_size, still_place
from stylereel.core.steady.follow import follow


def turned(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A picture turned by a degree, a fiftieth smaller and moved, and where its pixels were."""
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 1.0, 1.02)
    turn[:, 2] += (2.3, -1.7)
    place = cv2.transform(still_place(height, width), turn)
    return cv2.remap(picture, place, None, cv2.INTER_LANCZOS4), place


@pytest.mark.parametrize("grain", [1.0, 1.5, 2.0, 3.0])
def test_motion_is_followed_to_a_fifteenth_of_a_pixel(grain):
    noise = np.random.default_rng(3).normal(size=(360, 640)).astype(np.float32)
    texture = cv2.GaussianBlur(noise, (0, 0), grain)
    before = (128 + 40 * texture / texture.std()).clip(0, 255).astype(np.uint8)
    after, place = turned(before)
    step = follow(before, after)
    inner = (slice(40, -40),) * 2
    assert step and step.back.seen[inner].mean() > 0.99
    assert np.linalg.norm(step.back.place - place, axis=-1)[inner].mean() < 1 / 15


@pytest.mark.parametrize(
    ("size", "searched"),
    [
        ((20, 90), (16, 45)),
        ((1080, 1920), (540, 960)),
        ((2160, 3840), (540, 960)),
        ((4096, 8192), (1024, 2048)),
    ],
)
def test_it_is_searched_at_half_size_and_at_a_quarter_from_4k_on(size, searched):
    shapes = []

    def moved(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        shapes.extend((one.shape, other.shape))
        return np.ones((*one.shape, 2), np.float32)

    picture = np.zeros(size, np.uint8)
    found = at_half_size(moved)(picture, picture)
    assert shapes == [searched] * 2
    assert found.shape == (*size, 2)
    assert found[0, 0].tolist() == pytest.approx([size[1] / searched[1], size[0] / searched[0]])


def test_flow_that_does_not_come_back_is_followed_where_both_its_ends_look_alike(monkeypatch):
    """The upper half moves by three pixels, and another thing has come into it; the lower is flat."""
    chance = np.random.default_rng(5)
    before, other = (chance.integers(0, 256, (96, 96), np.uint8) for _ in range(2))
    before[48:] = 128
    after = np.roll(before, -3, 1)
    after[10:30, 40:60] = other[10:30, 40:60]

    def there_and_away(one: np.ndarray, _: np.ndarray) -> np.ndarray:
        return np.full((*one.shape, 2), (3, 0) if np.array_equal(one, after) else (40, 0), np.float32)

    monkeypatch.setattr(following, "_SEARCH", there_and_away)
    step = follow(before, after)
    assert step
    seen, way = step.back.seen, step.back.place - still_place(96, 96)
    assert seen[2:46, 2:36].all() and (way[2:46, 2:36] == (3, 0)).all()
    assert seen[50:].all() and not way[50:].any()
    assert not seen[13:27, 43:57].any() and not seen[2:46, 93:].any()
