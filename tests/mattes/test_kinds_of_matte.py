"""Keys of light and colour, and mattes combined: an algebra, on any picture."""

import numpy as np
import pytest
from stylereel.core.mattes.matting import Shape
from support.mattes import colours, grey, matte_of

LIGHT = {"kind": "luma", "low": 0.45, "soft": 0.1}
GREEN = {"kind": "chroma", "colour": "#20c040", "tolerance": 0.2, "soft": 0.2, "feather": 3.0}


def combined(kind: str, *parts: dict, **values: object) -> np.ndarray:
    return matte_of(colours(), kind=kind, of=list(parts), **values)


def test_a_key_of_light_is_where_the_light_is():
    levels = {level: matte_of(grey(level), **LIGHT)[0, 0] for level in (0, 80, 100, 110, 120, 255)}
    assert levels[0] == levels[80] == 0 and levels[120] == levels[255] == 1
    assert 0 < levels[100] < levels[110] < 1
    hard = matte_of(colours(), kind="luma", low=0.5, soft=0.0)
    assert set(np.unique(hard)) == {0.0, 1.0}


def test_a_key_of_colour_is_where_the_colour_is_whatever_its_light():
    picture = np.zeros((24, 32, 3), np.uint8)
    picture[:, :8], picture[:, 8:16] = (0, 200, 0), (0, 90, 0)
    picture[:, 16:24], picture[:, 24:] = (200, 0, 0), (120, 120, 120)
    found = matte_of(picture, kind="chroma", colour="#00c800", tolerance=0.3, soft=0.05)
    assert (found[:, :8] == 1).all() and (found[:, 8:16] > 0.9).all() and (found[:, 16:] == 0).all()


def test_the_algebra_of_and_or_and_not():
    light, green = matte_of(colours(), **LIGHT), matte_of(colours(), **GREEN)
    assert 0.1 < light.mean() < 0.9 and 0.02 < green.mean() < 0.9
    assert np.array_equal(combined("and", LIGHT, GREEN), np.minimum(light, green))
    assert np.array_equal(combined("or", LIGHT, GREEN), np.maximum(light, green))
    assert np.array_equal(combined("not", LIGHT), 1 - light)
    no_light, no_green = {"kind": "not", "of": [LIGHT]}, {"kind": "not", "of": [GREEN]}
    neither = combined("not", {"kind": "or", "of": [LIGHT, GREEN]})
    assert np.array_equal(combined("and", no_light, no_green), neither)
    assert np.array_equal(combined("and", LIGHT, LIGHT), light)
    assert np.array_equal(combined("not", no_light), 1 - (1 - light))
    assert np.array_equal(combined("or", LIGHT, GREEN, invert=True), neither)


@pytest.mark.parametrize("stereo", ["top-bottom", "side-by-side"])
def test_each_eye_is_a_sphere_of_its_own(stereo):
    eye = colours(size=(64, 32))
    values = {**LIGHT, "grow": 5.0, "feather": 6.0}
    alone = matte_of(eye, Shape(True), **values)
    both = matte_of(Shape(True, stereo).joined([eye, np.roll(eye, 20, 1)]), Shape(True, stereo), **values)
    left, right = Shape(True, stereo).eyes(both)
    assert np.array_equal(left, alone)
    assert np.allclose(right, np.roll(alone, 20, 1), atol=1e-6)
