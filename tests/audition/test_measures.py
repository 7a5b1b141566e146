"""Measures of painted pictures, on pictures whose answer is known."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.core.audition.flicker import flicker
from stylereel.core.audition.measures import (
    content_distance,
    content_kept,
    luma,
    manner,
    noise_gain,
    seam,
    square,
    style_distance,
)
from stylereel.core.steady.measure import motions, warping_error
from stylereel.core.training.losses import Vgg, grams, load_vgg
from support.vgg import write_vgg
from torch import Tensor


def picture(height: int = 256, width: int = 256, seed: int = 0, soft: float = 3.0) -> Tensor:
    """Soft blots that fill the range; it closes at its left and right."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3)).astype(np.float32)
    padded = cv2.copyMakeBorder(noise, 0, 0, 64, 64, cv2.BORDER_WRAP)
    blots = cv2.GaussianBlur(padded, (0, 0), soft)[:, 64:-64]
    return as_pixels(np.clip(128 + 55 * blots / blots.std(), 0, 255))


def as_pixels(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).float().permute(2, 0, 1)[None]


def grain(like: Tensor, sigma: float, seed: int = 1) -> Tensor:
    return sigma * torch.randn(like.shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def vgg(tmp_path_factory: pytest.TempPathFactory) -> Vgg:
    return load_vgg(write_vgg(tmp_path_factory.mktemp("vgg") / "vgg.safetensors"))


def test_style_distance_is_1_for_the_untouched_and_0_for_the_style_itself(vgg: Vgg) -> None:
    photos, style = [picture(96, 96, seed=1), picture(96, 96, seed=2)], picture(96, 96, seed=3, soft=1.0)
    target = grams(vgg(style))
    assert style_distance(vgg, target, photos, photos) == pytest.approx(1)
    near = [style_distance(vgg, target, [style + grain(style, sigma)] * 2, photos) for sigma in (0, 10, 60)]
    assert near[0] == pytest.approx(0, abs=1e-9) and near[0] < near[1] < near[2]


def test_style_distance_sees_clipped_pictures(vgg: Vgg) -> None:
    photos, target = [picture(96, 96, seed=1)], grams(vgg(picture(96, 96, seed=3)))
    white, brighter = [torch.full_like(photos[0], 255)], [torch.full_like(photos[0], 900)]
    found = style_distance(vgg, target, white, photos)
    assert found == pytest.approx(style_distance(vgg, target, brighter, photos))


def test_a_style_picture_is_measured_at_short_side_256_by_area(vgg: Vgg, tmp_path: Path) -> None:
    large = picture(512, 700, seed=4)[0].permute(1, 2, 0).round().byte().numpy()
    cv2.imwrite(str(tmp_path / "style.png"), large[:, :, ::-1])
    small = cv2.resize(large, (350, 256), interpolation=cv2.INTER_AREA)
    expected = grams(vgg(as_pixels(small)))
    found = manner(vgg, tmp_path / "style.png", torch.device("cpu"))
    assert all(torch.allclose(a, b, rtol=1e-5) for a, b in zip(found, expected, strict=True))


def test_content_distance_is_0_for_the_source_and_grows_with_what_is_done_to_it(vgg: Vgg) -> None:
    photo = picture(96, 96)
    found = [content_distance(vgg, [photo + grain(photo, sigma)], [photo]) for sigma in (0, 5, 20, 60)]
    assert found[0] == pytest.approx(0, abs=1e-9) and all(more > less for less, more in pairwise(found))


@pytest.mark.parametrize("gain", [0.0, 0.5, 1.0, 4.0])
def test_noise_gain_is_what_a_picture_is_multiplied_by(gain: float) -> None:
    photos = [picture(64, 64), torch.full((1, 3, 64, 64), 255.0)]  # white: nothing is clipped
    assert noise_gain(lambda pixels: gain * pixels, photos) == pytest.approx(gain, abs=1e-5)


def test_noise_gain_is_the_same_every_time() -> None:
    photos = [picture(64, 64)]
    assert noise_gain(torch.sin, photos) == noise_gain(torch.sin, photos)
    assert noise_gain(torch.sin, photos, seed=2) != noise_gain(torch.sin, photos)


def test_seam_is_1_where_a_picture_closes_and_more_where_it_does_not() -> None:
    around = picture(128, 256)
    assert seam(around) == pytest.approx(1, abs=0.3)
    assert seam(torch.full((1, 3, 128, 256), 80.0)) == 1
    ramped = around * 0.5 + torch.linspace(0, 120, 256)
    assert seam(ramped) > 5
    assert seam(torch.roll(ramped, 100, 3)) == pytest.approx(1, abs=0.3), "the step is no seam elsewhere"


def test_content_kept_is_1_where_outlines_stay_whatever_becomes_of_colours() -> None:
    photo = picture()
    assert content_kept(photo, photo) == pytest.approx(1)
    assert content_kept(255 - photo, photo) == pytest.approx(1, abs=0.01)
    assert content_kept(0.5 * photo + 60, photo) == pytest.approx(1, abs=0.02)
    grey = torch.from_numpy(luma(photo)).expand(1, 3, -1, -1)
    assert content_kept(grey, photo) == pytest.approx(1, abs=0.01)


def test_content_kept_falls_with_what_covers_the_drawing_to_nothing() -> None:
    photo = picture()
    found = [content_kept(photo + grain(photo, sigma), photo) for sigma in (0, 20, 60, 200)]
    assert all(less < more for more, less in pairwise(found))
    assert content_kept(128 + grain(photo, 40), photo) < 0.15
    assert content_kept(picture(seed=9), photo) < 0.15, "another picture keeps nothing of this one"


def test_a_square_is_the_middle_at_256() -> None:
    photo = picture(256, 400)
    assert torch.equal(square(photo), photo[..., 72:328])
    assert square(picture(540, 960)).shape == (1, 3, 256, 256)


def panned(frames: int, step: int) -> list[Tensor]:
    """A camera that moves over a large picture, with grain."""
    wide = picture(128, 128 + 8 * 20, seed=5)
    return [wide[..., step * n : step * n + 128] + grain(wide[..., :128], 1.0, seed=n) for n in range(frames)]


def test_a_painter_that_paints_every_point_alike_does_not_flicker() -> None:
    source = panned(6, 3)
    moved = motions(source)
    assert flicker(source, source, moved) == pytest.approx(1)
    assert flicker([255 - frame for frame in source], source, moved) == pytest.approx(1)


@pytest.mark.parametrize("step", [0, 3], ids=["still", "moving"])
def test_what_changes_though_nothing_moves_is_flicker(step: int) -> None:
    source = panned(6, step)
    moved = motions(source)
    assert warping_error(source, moved) < 6
    pumping = [frame + (20 if number % 2 else -20) for number, frame in enumerate(source)]
    boiling = [frame + grain(frame, 15, seed=50 + number) for number, frame in enumerate(source)]
    assert flicker(pumping, source, moved) > 3
    assert flicker(boiling, source, moved) > 3


def test_what_comes_into_the_picture_is_no_flicker() -> None:
    source = panned(4, 8)
    moved = motions(source)
    assert all(not motion.seen[:, -4:].any() for motion in moved), "it was not seen before"
    assert all(motion.seen[:, :100].mean() > 0.9 for motion in moved)


def test_on_the_sphere_motion_goes_on_over_the_edge() -> None:
    around = picture(128, 256, seed=6)
    source = [torch.roll(around, 5 * number, 3) for number in range(4)]
    flat, sphere = motions(source), motions(source, sphere=True)
    assert all(not motion.seen[:, :4].any() for motion in flat)
    assert all(motion.seen[:, :4].mean() > 0.9 for motion in sphere)
    assert warping_error(source, sphere, sphere=True) < 4
