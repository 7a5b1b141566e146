"""The sky net that ships, and mattes kept steady along the picture's motion."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.cli.demo.footage import TAKES, draw_take
from stylereel.core.errors import StyleError
from stylereel.core.mattes.content import SKY_NET
from stylereel.core.mattes.matting import Shape, Sight
from stylereel.core.mattes.sky import SkyEye, small
from stylereel.core.mattes.sky_net import SkyNet, load_sky_net
from stylereel.core.mattes.steady import PERIOD, Steady
from stylereel.core.training.sky_pages import pages
from support.lifter import ref
from support.mattes import RATE, at_work, colours, matte_of, tensor, write_film
from support.pans import STEP, pan


def landscape(size: tuple[int, int] = (384, 192)) -> np.ndarray:
    """A drawn place under a sky, (H, W, 3) uint8, that closes at left and right."""
    return cv2.resize(next(iter(draw_take(TAKES[0]))), size, interpolation=cv2.INTER_AREA)


def test_the_net_that_ships_is_small_and_says_how_it_was_made():
    from safetensors import safe_open

    assert SKY_NET.stat().st_size < 1_000_000
    with safe_open(SKY_NET, framework="pt") as file:
        told = file.metadata()
    assert told["kind"] == "sky net" and told["licence"] == "Apache-2.0"
    assert '"teacher_sha256"' in told["training"] and '"held_out"' in told["training"]


def test_it_sees_a_drawn_sky_and_none_on_drawn_pages():
    found = matte_of(landscape(), kind="sky")
    assert found[:50].mean() > 0.95 and found[130:].mean() < 0.02
    assert max(matte_of(page.pixels, kind="sky").mean() for page in pages(4)) < 0.02


@pytest.mark.parametrize("roll", [32, 100, 192])
def test_on_the_sphere_the_matte_rolls_with_the_picture(roll):
    picture = landscape()
    once, rolled = (matte_of(one, Shape(True), kind="sky") for one in (picture, np.roll(picture, roll, 1)))
    assert np.abs(rolled - np.roll(once, roll, 1)).mean() <= 1 / 255
    seam = np.abs(once[:, 0] - once[:, -1]).mean()
    assert seam <= 3 * np.abs(np.diff(once, axis=1)).mean() + 1 / 255


def test_each_eye_has_the_sky_that_it_has_alone():
    picture = landscape()
    shape = Shape(True, "top-bottom")
    above, below = shape.eyes(matte_of(np.concatenate([picture, picture]), shape, kind="sky"))
    assert np.array_equal(above, below) and np.array_equal(above, matte_of(picture, Shape(True), kind="sky"))


def test_folding_the_norms_changes_nothing():
    torch.manual_seed(3)
    net, pixels = SkyNet(), 255 * torch.rand(2, 3, 64, 96)
    for _ in range(3):
        net.train()(pixels)
    before = net.eval()(pixels)
    assert torch.allclose(net.folded()(pixels), before, atol=1e-4)


def test_a_file_that_is_no_sky_net_is_refused(tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"no net")
    with pytest.raises(StyleError, match="cannot be read"):
        load_sky_net(tmp_path / "x.safetensors")
    other = Path(SKY_NET).parents[2] / "presets" / "exam.safetensors"
    with pytest.raises(StyleError, match="no sky net"):
        load_sky_net(other)


def test_what_was_seen_says_whether_it_can_be_trusted():
    sure, split = np.zeros((8, 8), np.float32), np.full((8, 8), 0.55, np.float32)
    sure[:4] = 1
    assert Sight().doubt() == "" and Sight().with_frame(sure).doubt() == ""
    assert "uncertain" in Sight().with_frame(split).doubt()
    assert Sight().with_frame(np.zeros_like(sure)).doubt() == "no sky found"
    both = Sight().with_frame(sure).with_sight(Sight().with_frame(split))
    assert both.frames == 2 and both.share == pytest.approx(0.75)


def boiling(number: int) -> np.ndarray:
    """A matte whose noise is new on every frame, over a pan's right half."""
    chance = np.random.default_rng(number)
    return (0.5 + 0.2 * chance.standard_normal((64, 96))).astype(np.float32)


def steady(frames: range) -> dict[int, np.ndarray]:
    """Steadied mattes of some frames of a pan."""
    keeper = Steady(lambda number, _: (pan(number).astype(np.float32), boiling(number)), False)
    return {number: keeper.at(number, pan(number)) for number in frames}


def test_a_steadied_matte_flickers_less_than_half_as_much_along_the_motion():
    found, moved = steady(range(12, 20)), round(2 * STEP)
    both = (
        [(found[at], found[at + 2]) for at in range(12, 18)],
        [(boiling(at), boiling(at + 2)) for at in range(12, 18)],
    )
    ours, own = (np.mean([np.abs(a[:, moved:] - b[:, :-moved]).mean() for a, b in pairs]) for pairs in both)
    assert ours < 0.5 * own


def test_a_steadied_matte_is_the_same_wherever_a_shot_begins_and_whatever_was_asked_before():
    long = steady(range(0, 2 * PERIOD + 6))
    for start in (PERIOD - 1, PERIOD + 3, 2 * PERIOD + 2):
        short = steady(range(start, start + 4))
        assert all(np.array_equal(short[number], long[number]) for number in short)
    keeper = Steady(lambda number, _: (pan(number).astype(np.float32), boiling(number)), False)
    for number in (2 * PERIOD + 3, 5, 5, PERIOD + 1):
        assert np.array_equal(keeper.at(number, pan(number)), long[number])


def test_a_cut_inside_the_media_forgets_and_a_frame_that_cannot_be_read_is_done_without():
    def find(number: int, _: object) -> tuple[np.ndarray, np.ndarray] | None:
        if number == 3:
            return None
        return pan(number, 5).astype(np.float32), np.full((64, 96), float(number >= 5), np.float32)

    keeper = Steady(find, False)
    assert (keeper.at(4, pan(4, 5)) == 0).all() and (keeper.at(5, pan(5, 5)) == 1).all()


def test_a_clip_s_sky_is_steady_from_its_media_alone(tmp_path):
    frames = [np.roll(landscape(size=(192, 96)), 2 * number, 1) for number in range(30)]
    media = ref(write_film(tmp_path / "clip.mov", frames), RATE)
    with at_work(media, kind="sky") as matting:
        long = [matting.at(number, tensor(frames[number])).clone() for number in range(30)]
    with at_work(media, kind="sky") as matting:
        assert torch.equal(matting.at(27, tensor(frames[27])), long[27])
        assert matting.sight.frames == 28
    with at_work(media, kind="sky", stabilise=False) as matting:
        matting.at(27, tensor(frames[27]))
        assert matting.sight.frames == 1


def test_the_net_sees_the_mirrored_picture_mirrored():
    picture, eye = small(colours(size=(192, 128))), SkyEye()
    found = eye.see(picture, False)
    assert np.abs(eye.see(picture[:, ::-1], False)[:, ::-1] - found).max() < 0.02
