"""The style pictures can be redrawn, and have the ink that a style net learns from."""

from importlib.resources import files

import cv2
import numpy as np
import pytest
from stylereel.core.errors import UsageError
from stylereel.core.training import letters
from stylereel.core.training.drawn import draw_picture
from stylereel.core.training.page import Page

NAMES = ["exam", "code", "form"]


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    return {name: draw_picture(name) for name in NAMES}


def on_the_shelf(name: str) -> np.ndarray:
    data = files("stylereel.presets").joinpath(f"{name}.png").read_bytes()
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_on_the_shelf_is_the_drawn_one(name: str, pictures: dict[str, np.ndarray]) -> None:
    shelf, drawn = on_the_shelf(name).astype(float), pictures[name]
    assert shelf.shape == drawn.shape == (768, 1024, 3)
    assert np.abs(shelf - drawn).mean() < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_drawing_twice_gives_the_same_bits(name: str, pictures: dict[str, np.ndarray]) -> None:
    assert np.array_equal(draw_picture(name), pictures[name])


@pytest.mark.parametrize("name", NAMES)
def test_every_part_of_a_picture_has_strokes_at_the_size_a_net_sees(name: str) -> None:
    grey = cv2.cvtColor(draw_picture(name, 256), cv2.COLOR_RGB2GRAY).astype(float)
    patches = grey[:256, :320].reshape(4, 64, 5, 64).swapaxes(1, 2)
    assert patches.std(axis=(2, 3)).min() > 5


def test_height_is_the_callers_and_the_sides_keep_four_to_three() -> None:
    assert draw_picture("form", 384).shape == (384, 512, 3)


def test_an_unknown_picture_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match="no picture is called 'exm'") as caught:
        draw_picture("exm")
    assert "exam, code, form" in str(caught.value)


@pytest.mark.parametrize("pen", [letters.BOOK, letters.MONO, letters.HAND], ids=["book", "mono", "hand"])
def test_width_tells_where_writing_ends_and_every_letter_leaves_ink(pen: letters.Pen) -> None:
    for letter in "azAZ09.,()[]{}+-=/<>αβλπθσΣΔ∞∂→≤✓":
        canvas = np.full((80, 120, 3), 255, np.uint8)
        end = letters.write(canvas, letter, 30, 50, 28, (0, 0, 0), pen)
        assert end == pytest.approx(30 + letters.width(letter, 28, pen))
        columns = np.flatnonzero((canvas < 128).any(axis=(0, 2)))
        assert len(columns), letter
        assert 10 < columns[0] < columns[-1] < 110, letter


def test_a_box_fills_what_it_says_and_no_more() -> None:
    page = Page((0, 0, 0))
    page.box(100, 200, 40, 20, (255, 255, 255))
    page.box(300, 200, 40, 40, (255, 255, 255), r=20)
    inked = page.finished(768)[..., 0].astype(float) / 255
    assert inked[:, :200].sum() == pytest.approx(40 * 20, rel=0.02)
    assert inked[:, 200:].sum() == pytest.approx(np.pi * 20**2, rel=0.04)
