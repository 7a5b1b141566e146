"""Style pictures made ready: cropped, cut and pasted; and what is said against poor ones."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.core.errors import StyleError, UsageError
from stylereel.core.training.doubts import blockiness, doubts, emptiness, one_colour, sharpness
from stylereel.core.training.drawn import draw_picture
from stylereel.core.training.pictures import read_picture, style_picture
from stylereel.core.training.prepare import Preparation, detail, palette, prepared, richest

PASTED = Preparation(cut_and_paste=True)


def write(path: Path, pixels: np.ndarray, *how: int) -> Path:
    cv2.imwrite(str(path), pixels[:, :, ::-1], how)
    return path


def writing(page: np.ndarray, left: int, top: int) -> None:
    """A paragraph of 160 × 160 pixels in blue and red."""
    for row in range(5):
        place, colour = (left, top + 30 + 32 * row), (190, 20, 20) if row % 2 else (20, 40, 190)
        cv2.putText(page, "x2dx+7", place, cv2.FONT_HERSHEY_SIMPLEX, 1.3, colour, 3, cv2.LINE_AA)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 800 × 600 that is empty but for writing at the bottom right."""
    pixels = np.full((600, 800, 3), 246, np.uint8)
    writing(pixels, 560, 400)
    return write(tmp_path_factory.mktemp("prepare") / "page.png", pixels)


@pytest.fixture(scope="module")
def painting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture full of strokes at every size, as sharp as paintings are."""
    chance = np.random.default_rng(5)
    pixels = np.full((600, 800, 3), 128.0)
    for size in (3, 9, 17, 33, 65):
        noise = chance.normal(0, 26, (600 // size + 1, 800 // size + 1, 3))
        pixels += cv2.resize(noise, None, fx=size, fy=size, interpolation=cv2.INTER_NEAREST)[:600, :800]
    return write(tmp_path_factory.mktemp("painting") / "painting.png", pixels.clip(0, 255).astype(np.uint8))


def test_unprepared_is_the_picture_as_it_is(painting: Path) -> None:
    found = prepared(painting, Preparation())
    assert np.array_equal(found.pixels, style_picture(painting)) and found.crop is None


def test_a_crop_is_the_picture_there(painting: Path) -> None:
    found = prepared(painting, Preparation((100, 50, 256, 300)))
    assert np.array_equal(found.pixels, read_picture(painting)[50:350, 100:356])
    assert found.crop == (100, 50, 256, 300)


@pytest.mark.parametrize("box", [(700, 0, 200, 200), (0, 500, 200, 200), (0, 0, 0, 200)])
def test_a_crop_outside_is_refused_with_the_pictures_size(painting: Path, box) -> None:
    with pytest.raises(UsageError, match="not inside") as caught:
        prepared(painting, Preparation(box))
    assert "800×600" in caught.value.hint and "--crop" in caught.value.where


def test_a_crop_can_be_too_small_or_too_flat(page: Path) -> None:
    for box, says in (((600, 420, 90, 150), "too small"), ((0, 0, 300, 300), "too flat")):
        with pytest.raises(StyleError, match=says):
            prepared(page, Preparation(box))


@pytest.mark.parametrize(("left", "top"), [(20, 20), (600, 20), (20, 400), (600, 400), (300, 200)])
def test_the_richest_part_is_where_something_is(left: int, top: int) -> None:
    pixels = np.full((600, 800, 3), 246, np.uint8)
    writing(pixels, left, top)
    x, y, width, height = richest(pixels)
    assert x <= left + 10 and y <= top + 10 and x + width >= left + 120 and y + height >= top + 150
    assert min(x, y) >= 0 and x + width <= 800 and y + height <= 600
    assert (width, height) == pytest.approx((240, 180), abs=3), "not more than holds the writing"


def test_the_richest_part_of_a_picture_that_is_rich_all_over_is_large(painting: Path) -> None:
    assert richest(read_picture(painting))[2:] == pytest.approx((480, 360), abs=3)


def test_cut_and_paste_fills_an_empty_page(page: Path) -> None:
    plain, pasted = prepared(page, Preparation()).pixels, prepared(page, PASTED).pixels
    assert pasted.shape == (256, 384, 3) and pasted.dtype == np.uint8
    assert emptiness(plain) > 0.8 and emptiness(pasted) < 0.3
    assert detail(pasted).mean() > 4 * detail(plain).mean()
    assert not any("empty" in doubt for doubt in doubts(page, pasted))


def test_cut_and_paste_brings_no_colours_that_the_picture_has_not(page: Path) -> None:
    pasted = prepared(page, PASTED).pixels.reshape(-1, 3).astype(int)
    assert (pasted[:, 0] - pasted[:, 2]).max() > 100 and (pasted[:, 2] - pasted[:, 0]).max() > 100
    green = pasted[:, 1] - pasted[:, [0, 2]].max(1)
    assert green.max() < 40, "red, blue and paper make no green"


def test_a_page_of_few_words_is_covered_with_its_words_and_nothing_grey(tmp_path: Path) -> None:
    """What was pasted once leaves no hole that is pasted in its turn."""
    pixels = np.full((700, 500, 3), 250, np.uint8)
    cv2.putText(pixels, "hello", (20, 90), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
    path = write(tmp_path / "hello.png", pixels)
    pasted = prepared(path, PASTED).pixels[..., 0]
    flat = cv2.blur(pasted.astype(np.float32) ** 2, (9, 9)) - cv2.blur(pasted.astype(np.float32), (9, 9)) ** 2
    assert not ((flat < 4) & (pasted > 60) & (pasted < 225)).any(), "paper and ink alone are even"
    assert (
        detail(pasted[..., None].repeat(3, 2)).mean()
        > 3 * detail(prepared(path, Preparation()).pixels).mean()
    )


def test_preparing_twice_gives_the_same_picture(painting: Path) -> None:
    assert np.array_equal(prepared(painting, PASTED).pixels, prepared(painting, PASTED).pixels)


@pytest.mark.parametrize("shape", [(130, 2000), (2000, 130), (257, 258), (4000, 300)])
def test_pictures_of_any_shape_can_be_prepared(tmp_path: Path, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)
    path = write(tmp_path / "odd.png", pixels)
    assert prepared(path, Preparation((0, 0, 130, 130), cut_and_paste=True)).pixels.shape == (256, 384, 3)
    wide = prepared(path, Preparation("auto")) if min(shape) > 250 else None
    assert wide is None or min(wide.pixels.shape[:2]) >= 128


def test_the_palette_has_the_strong_colours_of_a_page(page: Path) -> None:
    colours = palette(read_picture(page))
    assert any(c[0] > 150 and c[2] < 100 for c in colours) and any(c[2] > 150 and c[0] < 100 for c in colours)


@pytest.mark.parametrize("name", ["exam", "code", "form"])
def test_nothing_is_said_against_the_shelf(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "drawn.png", draw_picture(name))
    assert list(doubts(path, style_picture(path))) == []


def test_nothing_is_said_against_paintings(samples: Path) -> None:
    for path in sorted((samples / "media" / "style").glob("*.jpg")):
        assert list(doubts(path, style_picture(path))) == [], path.name


def spoilt(painting: Path, how: str, out: Path) -> Path:
    """The painting as it should not be."""
    pixels = read_picture(painting)
    small = cv2.resize(pixels, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    match how:
        case "small":
            return write(out, small)
        case "enlarged":
            tiny = cv2.resize(pixels, None, fx=1 / 6, fy=1 / 6, interpolation=cv2.INTER_AREA)
            return write(out, cv2.resize(tiny, (800, 600), interpolation=cv2.INTER_CUBIC))
        case "flat":
            return write(out, (110 + pixels // 8).astype(np.uint8))
        case "empty":
            pixels[:, 300:] = (230, 220, 200)
            return write(out, pixels)
        case "one colour":
            keep = (np.indices(pixels.shape[:2]).sum(0) // 24 % 5 == 0)[..., None]
            return write(out, np.where(keep, pixels, 236 + pixels // 16).astype(np.uint8))
        case _:
            return write(out.with_suffix(".jpg"), pixels, cv2.IMWRITE_JPEG_QUALITY, 6)


SAYS = {
    "small": "it is small, 240×180",
    "enlarged": "was enlarged",
    "flat": "it is flat",
    "empty": "is empty",
    "one colour": "one colour",
    "blocks": "JPEG's blocks",
}


@pytest.mark.parametrize("how", SAYS)
def test_what_is_wrong_with_a_picture_is_said_and_nothing_else(
    painting: Path, tmp_path: Path, how: str
) -> None:
    assert list(doubts(painting, style_picture(painting))) == []
    path = spoilt(painting, how, tmp_path / "spoilt.png")
    (found,) = doubts(path, style_picture(path))
    assert SAYS[how] in found and ":" in found, "what, and what to do"


def test_measures_of_what_is_known(painting: Path) -> None:
    half = np.full((256, 256, 3), 200, np.uint8)
    half[:, :128] = read_picture(painting)[:256, :128]
    assert emptiness(half) == 0.5 and 0.5 <= one_colour(half) < 0.6
    noise = np.random.default_rng(2).integers(0, 255, (256, 256, 3), np.uint8)
    assert blockiness(noise) == pytest.approx(1, abs=0.05)
    assert blockiness(np.kron(noise[:32, :32], np.ones((8, 8, 1), np.uint8))) > 100
    assert sharpness(noise) > 2 * sharpness(cv2.GaussianBlur(noise, (0, 0), 2))
