"""The shelf on photographs it never saw, judged by VGG-19: more weight is more style and less content."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel import presets
from stylereel.core.dial import from_dial, to_dial
from stylereel.core.nets.files import load_style
from stylereel.core.nets.shelf import is_style
from stylereel.core.training.crops import as_tensor
from stylereel.core.training.losses import Vgg, content_loss, grams, load_vgg
from stylereel.core.training.pictures import style_picture
from torch import Tensor

pytestmark = pytest.mark.slow
SHELF = Path(presets.__file__).parent
STYLES = sorted(path for path in SHELF.glob("*.safetensors") if is_style(path))
WEIGHTS = (1e9, 3e9, 1e10, 3e10, 1e11)


@pytest.fixture(scope="module")
def vgg(samples: Path) -> Vgg:
    return load_vgg(samples / "weights" / "vgg19_features_relu4_1.safetensors")


@pytest.fixture(scope="module")
def photographs(samples: Path) -> list[Tensor]:
    """Four held-out photographs, 256 x 256."""
    return [_square(path) for path in sorted((samples / "media" / "content").glob("kodim*.jpg"))[:4]]


def _square(path: Path) -> Tensor:
    pixels = cv2.imread(str(path))
    scale = 256 / min(pixels.shape[:2])
    pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = ((length - 256) // 2 for length in pixels.shape[:2])
    crop = np.ascontiguousarray(pixels[top : top + 256, left : left + 256, ::-1])
    return as_tensor(crop)[None]


def _distance(found: list[Tensor], target: list[Tensor]) -> float:
    return float(sum(((a - b) ** 2).sum() / (b**2).sum() for a, b in zip(found, target, strict=True)))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
@torch.inference_mode()
def test_more_weight_is_more_style_and_less_content(path: Path, vgg: Vgg, photographs: list[Tensor]) -> None:
    style = load_style(path)
    target = grams(vgg(as_tensor(style_picture(path.with_suffix(".png")))[None]))
    manner, content = [sum(_distance(grams(vgg(photo)), target) for photo in photographs)], [0.0]
    for weight in WEIGHTS:
        seen = [(vgg(photo), vgg(style.paint(photo, weight).clamp(0, 255))) for photo in photographs]
        manner.append(sum(_distance(grams(after), target) for _, after in seen))
        content.append(sum(float(content_loss(after, before).mean()) for before, after in seen))
    assert all(later < earlier for earlier, later in pairwise(manner)), manner
    assert all(later > earlier for earlier, later in pairwise(content)), content
    assert manner[-1] < 0.45 * manner[0], "at its strongest it has the manner of its picture"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
@torch.inference_mode()
def test_noise_is_not_made_worse_than_it_may(path: Path, photographs: list[Tensor]) -> None:
    style = load_style(path)
    torch.manual_seed(1)
    for weight, limit in ((1e10, 1.5), (5e10, 2.5)):
        gains = []
        for photo in photographs:
            noise = 3 * torch.randn_like(photo)
            change = style.paint(photo + noise, weight) - style.paint(photo, weight)
            gains.append(float(change.square().mean().sqrt() / noise.square().mean().sqrt()))
        assert sum(gains) / len(gains) < limit, f"at {weight:g}: {gains}"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
@torch.inference_mode()
def test_a_ramp_has_no_step_that_shows(path: Path, photographs: list[Tensor]) -> None:
    """24 frames from 3e10 to 0 along the even dial, on a still: no step over twice the mean step."""
    style, photo = load_style(path), photographs[0]
    frames = [style.paint(photo, from_dial(to_dial(3e10) * (23 - n) / 23)) for n in range(24)]
    steps = [float((after - before).abs().mean()) for before, after in pairwise(frames)]
    assert max(steps) < 2.5 * sum(steps) / len(steps), steps
