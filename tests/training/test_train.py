"""Training with a VGG of random weights: what is fitted, what stays, what is written, what is refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.nets.dialled import KNOTS
from stylereel.core.nets.files import load_style
from stylereel.core.nets.shelf import is_style, read_record
from stylereel.core.training.fit import Recipe
from stylereel.core.training.losses import instability, shaken
from stylereel.core.training.pictures import content_pictures, style_picture
from stylereel.core.training.train import Order, train

CPU = torch.device("cpu")
NEW_BASE = Recipe(steps=2, affine_rate=1e-2, net_rate=2e-3, batch=1, size=64)
NEW_STYLE = Recipe(steps=2, affine_rate=1e-2, batch=1, size=64)
_VGG = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Style pictures, content and a VGG-19 of random weights."""
    folder = tmp_path_factory.mktemp("training")
    torch.manual_seed(0)
    weights, inside, index = {}, 3, 0
    for width in _VGG:
        if width:
            weights[f"features.{index}.weight"] = torch.randn(width, inside, 3, 3) * (2 / (9 * inside)) ** 0.5
            weights[f"features.{index}.bias"] = torch.zeros(width)
            inside = width
        index += 2 if width else 1
    save_file(weights, folder / "vgg.safetensors")
    noise = np.random.default_rng(1)
    (folder / "content").mkdir()
    for number in range(6):
        draw(folder / "content" / f"{number}.png", noise.integers(0, 255, (12, 16, 3), np.uint8))
    draw(folder / "red.png", noise.integers(0, 255, (9, 9, 3), np.uint8) // np.array([1, 9, 9], np.uint8))
    draw(folder / "blue.png", noise.integers(0, 255, (20, 20, 3), np.uint8) // np.array([9, 9, 1], np.uint8))
    return folder


def draw(path: Path, pixels: np.ndarray) -> None:
    cv2.imwrite(str(path), cv2.resize(pixels, (256, 192), interpolation=cv2.INTER_CUBIC)[:, :, ::-1])


def order(place: Path, out: Path, **changes) -> Order:
    values = {
        "pictures": {"red": place / "red.png", "blue": place / "blue.png"},
        "content": place / "content",
        "out": out,
        "recipe": NEW_BASE,
        "licence": "CC0-1.0",
        "new_base": "base",
        "vgg": place / "vgg.safetensors",
    }
    return Order(**{**values, **changes})


@pytest.fixture(scope="module")
def trained(place: Path) -> tuple[Path, Path, list[int]]:
    """Two styles on a new base, and the steps that were told of."""
    steps: list[int] = []
    red, blue = train(order(place, place / "trained"), CPU, lambda progress: steps.append(progress.step))
    return red, blue, steps


def test_a_new_base_carries_several_styles_that_tell_how_they_were_made(
    trained: tuple[Path, Path, list[int]],
) -> None:
    red, blue = (load_style(path) for path in trained[:2])
    assert (red.name, blue.name) == ("red", "blue") and trained[2] == [1, 2]
    assert red.gamma.shape == (len(KNOTS), red.net.affine_size)
    assert not torch.equal(red.gamma, blue.gamma)
    record = read_record(trained[0])
    assert record.licence == "CC0-1.0" and record.training["recipe"]["steps"] == 2
    assert record.base == read_record(trained[1]).base
    folder = trained[0].parent
    assert not is_style(folder / "base.safetensors") and (folder / "base_sheet.png").is_file()


def test_a_new_style_leaves_its_base_as_it_is_and_can_be_made_again(
    place: Path, trained: tuple[Path, Path, list[int]], tmp_path: Path
) -> None:
    red, shelf = trained[0], (trained[0].parent,)
    base = (red.parent / "base.safetensors").read_bytes()
    changes = {"pictures": {"sea": place / "blue.png"}, "recipe": NEW_STYLE, "base": red, "new_base": ""}
    made = [train(order(place, tmp_path / name, **changes), CPU, lambda progress: None)[0] for name in "ab"]
    assert (red.parent / "base.safetensors").read_bytes() == base
    first, second = (load_style(path, shelf) for path in made)
    assert torch.equal(first.gamma, second.gamma)
    assert not torch.equal(first.gamma, load_style(red).gamma)


def test_an_existing_style_is_refused_before_the_first_step(place: Path, tmp_path: Path) -> None:
    (tmp_path / "blue.safetensors").write_bytes(b"mine")
    steps: list[int] = []
    with pytest.raises(OutputError, match="there already"):
        train(order(place, tmp_path), CPU, lambda progress: steps.append(progress.step))
    assert steps == [] and (tmp_path / "blue.safetensors").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("name", "pixels", "says"),
    [
        ("flat.png", np.full((300, 300, 3), 90, np.uint8), "too flat"),
        ("small.png", np.random.default_rng(2).integers(0, 255, (60, 300, 3), np.uint8), "too small"),
    ],
)
def test_pictures_that_cannot_work_are_refused(
    tmp_path: Path, name: str, pixels: np.ndarray, says: str
) -> None:
    cv2.imwrite(str(tmp_path / name), pixels)
    with pytest.raises(StyleError, match=says) as caught:
        style_picture(tmp_path / name)
    assert caught.value.where.endswith(name)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    for name in ("text.png", "absent.png"):
        with pytest.raises(StyleError, match="picture"):
            style_picture(tmp_path / name)


def test_every_fifth_picture_and_kodim_are_held_out(tmp_path: Path) -> None:
    for name in ("a0", "a1", "a2", "a3", "a4", "a5", "kodim01", "z6"):
        (tmp_path / f"{name}.jpg").touch()
    assert [path.stem for path in content_pictures(tmp_path)] == ["a1", "a2", "a3", "a4", "z6"]


def test_a_net_that_adds_nothing_passes_noise_on_as_it_is() -> None:
    torch.manual_seed(4)
    pixels = torch.rand(2, 3, 64, 64) * 255
    for shift in ((0, 0), (2, -1), (-2, 2)):
        assert float(instability(pixels, shaken(pixels, shift, 5.0), shift, 5.0)) == pytest.approx(
            1, rel=0.05
        )
