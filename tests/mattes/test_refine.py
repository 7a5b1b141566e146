"""Mattes grown, shrunk, cut, feathered, inverted and put to edges: what holds of all of them."""

import numpy as np
import pytest
from stylereel.core.mattes.refine import feathered, guided, refined, scaled_to
from support.mattes import colours, matte

WIDTH, HEIGHT = 96, 64


def disc(x: float = 40, radius: float = 14) -> np.ndarray:
    across, down = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    return (np.hypot(across - x, down - 32) <= radius).astype(np.float32)


def changed(found: np.ndarray, sphere: bool = False, **values: object) -> np.ndarray:
    return refined(found, matte(kind="luma", **values), sphere)


def test_grow_and_shrink_move_the_edge_by_so_many_pixels():
    half = np.zeros((HEIGHT, WIDTH), np.float32)
    half[:, 40:] = 1
    assert (changed(half, grow=5).sum(1) == WIDTH - 35).all()
    assert (changed(half, shrink=5).sum(1) == WIDTH - 45).all()
    assert (changed(disc(), grow=5) >= disc()).all() and (changed(disc(), shrink=5) <= disc()).all()
    dual = 1 - changed(1 - disc(), shrink=5)
    assert np.array_equal(dual, changed(disc(), grow=5))


def test_nothing_is_below_the_ground_line():
    found = changed(np.ones((HEIGHT, WIDTH), np.float32), ground=0.5)
    assert (found[: HEIGHT // 2] == 1).all() and (found[HEIGHT // 2 :] == 0).all()


def test_inverting_comes_last_and_is_exact():
    plain, inverted = changed(disc(), feather=4), changed(disc(), feather=4, invert=True)
    assert np.array_equal(inverted, 1 - plain)


@pytest.mark.parametrize("pixels", [0.5, 3, 9.5])
def test_a_feather_reaches_as_far_as_it_says_and_nothing_changes_beyond(pixels):
    half = np.zeros((HEIGHT, WIDTH), np.float32)
    half[:, 48:] = 1
    soft = feathered(half, pixels, False)
    reach = int(np.ceil(pixels))
    assert (soft[:, : 48 - reach] == 0).all() and (soft[:, 48 + reach :] == 1).all()
    assert (np.diff(soft[0]) >= 0).all() and 0 < soft[0, 48] < 1


def test_a_guided_matte_goes_to_the_picture_s_edge_and_is_exact_away_from_it():
    picture = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    picture[:, 50:] = 200
    coarse = np.tile(np.clip((np.arange(WIDTH) - 38) / 16, 0, 1).astype(np.float32), (HEIGHT, 1))
    found = guided(coarse, picture, 8, 1e-3, False)
    edge = np.abs(np.diff(found[32]))
    assert edge.argmax() == 49 and edge.max() > 3 * np.abs(np.diff(coarse[32])).max()
    assert (found[:, :20] == 0).all() and (found[:, 80:] == 1).all()
    assert found.min() >= 0 and found.max() <= 1


CHANGES = {
    "grow": lambda one: changed(one, True, grow=6),
    "shrink": lambda one: changed(one, True, shrink=6),
    "feather": lambda one: changed(one, True, feather=9),
    "larger": lambda one: scaled_to(one, 2 * WIDTH, 2 * HEIGHT, True),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("x", [2, 40, 93])
def test_on_the_sphere_a_roll_commutes_with_every_change(name, x):
    change, roll = CHANGES[name], 20
    once = change(np.roll(disc(40), x, 1))
    factor = once.shape[1] // WIDTH
    assert np.allclose(change(np.roll(disc(40), x + roll, 1)), np.roll(once, factor * roll, 1), atol=1e-6)


def test_only_on_the_sphere_a_matte_grows_across_the_edge():
    beside = np.roll(disc(40), 40, 1)
    assert not changed(beside, grow=6)[:, :4].any() and changed(beside, True, grow=6)[:, :4].any()


def test_a_guided_matte_rolls_with_its_picture():
    picture, found = colours(size=(WIDTH, HEIGHT)).astype(np.float32), feathered(disc(90), 6, True)
    once = guided(found, picture, 5, 2e-3, True)
    rolled = guided(np.roll(found, 32, 1), np.roll(picture, 32, 1), 5, 2e-3, True)
    assert np.allclose(rolled, np.roll(once, 32, 1), atol=1e-5)
