"""The shelf on photographs it never saw, judged by VGG-19: more weight is more style and less content.

`tests/bench/styles.py` has the figures on all held-out photographs, and the medians over the shelf.
"""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from stylereel import presets
from stylereel.core.audition.measures import content_distance, noise_gain, square, style_distance
from stylereel.core.dial import from_dial, to_dial
from stylereel.core.film import shelf_presets
from stylereel.core.nets.files import load_style
from stylereel.core.nets.shelf import is_style, read_record
from stylereel.core.training.crops import as_tensor
from stylereel.core.training.losses import Vgg, load_vgg
from stylereel.core.training.pictures import read_picture
from torch import Tensor

pytestmark = pytest.mark.slow
SHELF = Path(presets.__file__).parent
STYLES = sorted(path for path in SHELF.glob("*.safetensors") if is_style(path))
WEIGHTS = (1e9, 3e9, 1e10, 5e10, 1e11)


@pytest.fixture(scope="module")
def vgg(samples: Path) -> Vgg:
    return load_vgg(samples / "weights" / "vgg19_features_relu4_1.safetensors")


@pytest.fixture(scope="module")
def photographs(samples: Path) -> list[Tensor]:
    """Three held-out photographs, 256 x 256."""
    paths = sorted((samples / "media" / "content").glob("kodim*.jpg"))[:3]
    return [square(as_tensor(read_picture(path, 256))[None]) for path in paths]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_more_weight_is_more_style_and_less_content(path: Path, vgg: Vgg, photographs: list[Tensor]) -> None:
    style = load_style(path)
    distances, contents = {0.0: 1.0}, [0.0]
    for weight in WEIGHTS:
        painted = [style.paint(photo, weight) for photo in photographs]
        distances[weight] = style_distance(vgg, list(style.manner), painted, photographs)
        contents.append(content_distance(vgg, painted, photographs))
    assert all(later < earlier for earlier, later in pairwise(distances.values())), distances
    assert all(later > earlier for earlier, later in pairwise(contents)), contents
    assert distances[1e10] < 0.45 and distances[5e10] < 0.20, distances


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_noise_is_not_made_worse_than_it_may(path: Path, photographs: list[Tensor]) -> None:
    style = load_style(path)
    for weight, limit in ((1e10, 1.5), (5e10, 2.5)):
        assert noise_gain(lambda pixels, at=weight: style.paint(pixels, at), photographs) < limit, weight


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
@torch.inference_mode()
def test_a_ramp_has_no_step_that_shows(path: Path, photographs: list[Tensor]) -> None:
    """24 frames from 3e10 to 0 along the even dial, on a still: no step over twice the mean step."""
    style, photo = load_style(path), photographs[0]
    frames = [style.paint(photo, from_dial(to_dial(3e10) * (24 - n) / 24)) for n in range(25)]
    steps = [float((after - before).abs().mean()) for before, after in pairwise(frames)]
    assert max(steps) <= 2 * sum(steps) / len(steps), steps


def test_the_shelf_has_eight_styles_that_say_what_they_are_and_whose() -> None:
    shelf = shelf_presets([SHELF])
    assert len(STYLES) >= 8 and {path.stem for path in STYLES} <= shelf.keys()
    for path in STYLES:
        record, preset = read_record(path), shelf[path.stem]
        assert preset.thumbnail and preset.body.licence and preset.title != path.stem
        assert record.licence and record.picture and record.training["recipe"]
        assert load_style(path).manner
