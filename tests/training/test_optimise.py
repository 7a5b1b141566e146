"""Painting by optimisation, with a VGG of random weights: what falls, what stays, what is kept."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.training.losses import Vgg, content_loss, grams, load_vgg, style_loss
from stylereel.core.training.optimise import Trial, optimised
from stylereel.core.training.trial import Wanted, attempt
from stylereel.core.training.triptych import Files, triptych
from support.vgg import write_vgg
from torch import Tensor

CPU = torch.device("cpu")
STEPS = 8


@pytest.fixture(scope="module")
def vgg_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_vgg(tmp_path_factory.mktemp("vgg") / "vgg.safetensors")


@pytest.fixture(scope="module")
def vgg(vgg_file: Path) -> Vgg:
    return load_vgg(vgg_file)


def picture(seed: int, height: int = 64, width: int = 80) -> Tensor:
    torch.manual_seed(seed)
    coarse = 255 * torch.rand(1, 3, height // 8, width // 8)
    return torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear")


SOURCE, MANNER = picture(1), picture(2).flip(2).roll(1, dims=1)


def painted(vgg: Vgg, style_weight: float, steps: int = STEPS) -> list[tuple[Trial, Tensor]]:
    return list(optimised(SOURCE, MANNER, vgg, style_weight, steps))


def distances(vgg: Vgg, pixels: Tensor) -> tuple[float, float]:
    """From the source's content and from the style."""
    seen = vgg(pixels)
    return float(content_loss(seen, vgg(SOURCE))), float(style_loss(seen, grams(vgg(MANNER))))


def test_the_picture_comes_nearer_to_the_style_and_keeps_its_size(vgg: Vgg) -> None:
    steps = painted(vgg, 3e10)
    assert [trial.step for trial, _ in steps] == list(range(1, STEPS + 1))
    first, last = steps[0][0], steps[-1][0]
    assert first.content == pytest.approx(0, abs=0.01) and last.loss < 0.5 * first.loss
    best = steps[-1][1]
    assert best.shape == SOURCE.shape and best.min() >= 0 and best.max() <= 255
    assert distances(vgg, best)[1] < 0.6 * distances(vgg, SOURCE)[1]


def test_what_is_yielded_is_the_best_so_far(vgg: Vgg) -> None:
    lowest = float("inf")
    for (before, kept), (trial, best) in pairwise(painted(vgg, 1e11)):
        lowest = min(lowest, before.loss)
        assert torch.equal(kept, best) == (trial.loss >= lowest)


def test_a_stronger_weight_is_nearer_to_the_style_and_farther_from_the_source(vgg: Vgg) -> None:
    weights = vgg.state_dict()
    weights["features.10.weight"] = 30 * weights["features.10.weight"]  # relu3_1 as strong as a trained one
    strict = Vgg(weights)
    found = [distances(strict, painted(strict, weight)[-1][1]) for weight in (1e9, 1e10, 1e11)]
    contents, styles = zip(*found, strict=True)
    assert list(contents) == sorted(contents) and list(styles) == sorted(styles, reverse=True)


def test_below_the_faintest_weight_it_is_blended_with_the_source(vgg: Vgg) -> None:
    faintest, half = painted(vgg, 1e9)[-1][1], painted(vgg, 5e8)[-1][1]
    assert torch.allclose(half, (SOURCE + faintest) / 2, atol=1e-3)


def test_the_same_picture_comes_of_the_same_wish(vgg: Vgg) -> None:
    first, second = (painted(vgg, 3e10, steps=4)[-1][1] for _ in range(2))
    assert torch.equal(first, second)


def test_a_step_astray_is_taken_back(vgg: Vgg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixels that were thrown far away: the next steps begin anew from the best picture."""
    from stylereel.core.training.optimise import _Walk

    made: list[Tensor] = []
    honest = _Walk.step

    def thrown(walk: _Walk) -> tuple[float, float, float]:
        losses = honest(walk)
        made.append(walk.pixels)
        if len(made) == 4:
            with torch.no_grad():
                walk.pixels.mul_(float("nan"))
        return losses

    monkeypatch.setattr(_Walk, "step", thrown)
    steps = painted(vgg, 3e10)
    assert not np.isfinite(steps[4][0].loss) and torch.isfinite(steps[-1][1]).all()
    assert steps[-1][0].loss < steps[3][0].loss


def test_a_vgg_of_no_numbers_is_refused(vgg: Vgg) -> None:
    broken = Vgg({key: value * float("nan") for key, value in vgg.state_dict().items()})
    with pytest.raises(StyleError, match="damaged"):
        next(optimised(SOURCE, MANNER, broken, 3e10, 3))


def wanted(vgg_file: Path, steps: int = 3) -> Wanted:
    frame, manner = (one[0].permute(1, 2, 0).numpy() for one in (SOURCE, MANNER))
    return Wanted(frame, np.rint(manner).astype(np.uint8), "blocks", 3e10, steps, 64, vgg_file)


def test_the_picture_and_a_sheet_of_three_are_written(vgg_file: Path, tmp_path: Path) -> None:
    files, heard = Files(tmp_path / "made" / "a.png"), []
    assert attempt(wanted(vgg_file), files, CPU, heard.append, lambda: False) == 3
    assert [trial.step for trial in heard] == [1, 2, 3]
    after, sheet = (cv2.imread(str(path)) for path in files.both)
    assert after is not None and after.shape == (64, 80, 3)
    assert sheet is not None and sheet.shape[1] > 3 * 80 and (sheet[32:96, -84:-4] == after).all()
    assert sorted(path.name for path in files.picture.parent.iterdir()) == ["a.png", "a_sheet.png"]


def test_a_stop_keeps_what_is_there(vgg_file: Path, tmp_path: Path) -> None:
    files, heard = Files(tmp_path / "a.png"), []
    done = attempt(wanted(vgg_file, 50), files, CPU, heard.append, lambda: len(heard) == 2)
    assert done == 2 and all(path.is_file() for path in files.both)


def test_a_picture_that_is_there_is_left_as_it_is(vgg_file: Path, tmp_path: Path) -> None:
    files = Files(tmp_path / "a.png")
    files.sheet.write_text("mine")
    assert files.taken == files.sheet
    files.picture.write_text("mine too")
    with pytest.raises(OutputError, match="there already"):
        attempt(wanted(vgg_file, 1), files, CPU, lambda trial: None, lambda: False)
    assert [path.read_text() for path in files.both] == ["mine too", "mine"]


def test_pictures_of_any_size_stand_side_by_side() -> None:
    pictures = [np.full((height, 40, 3), height, np.uint8) for height in (50, 100, 25)]
    drawn = triptych(pictures, ("before", "Æther ✳", "3e10"))
    assert drawn.shape == (50 + 36, 40 + 20 + 80 + 3 * 8, 3)
    assert [drawn[50, column, 0] for column in (20, 58, 120)] == [50, 100, 25]
