"""The dial: 0 is the source bit for bit, and it runs evenly and one way."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from stylereel import presets
from stylereel.core import dial
from stylereel.core.nets.dialled import KNOTS, Style, between, knot_position
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.shelf import is_style

SHELF = Path(presets.__file__).parent
STYLES = sorted(path for path in SHELF.glob("*.safetensors") if is_style(path))


def frame(height: int = 96, width: int = 128) -> torch.Tensor:
    """A frame with edges, flat parts and super-whites."""
    y, x = torch.meshgrid(torch.linspace(0, 1, height), torch.linspace(0, 1, width), indexing="ij")
    disc = ((y - 0.5) ** 2 + (x - 0.4) ** 2 < 0.06).float()
    return torch.stack([255 * x, 40 + 180 * disc, 275 * y])[None]


@given(st.floats(0, 1))
def test_the_dial_is_its_own_inverse(u: float) -> None:
    assert dial.to_dial(dial.from_dial(u)) == pytest.approx(u, abs=1e-9)


@given(st.floats(0, 1e11), st.floats(0, 1e11))
def test_the_dial_never_runs_back(a: float, b: float) -> None:
    assert (dial.to_dial(a) <= dial.to_dial(b)) or a > b


@pytest.mark.parametrize("weight", [-1.0, 1.01e11, float("nan")])
def test_weights_off_the_dial_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1e11"):
        dial.to_dial(weight)


def test_knots_are_hit_and_between_them_it_is_linear() -> None:
    knots = torch.randn(1, len(KNOTS), 6)
    for index, weight in enumerate(KNOTS):
        assert torch.allclose(
            between(knots, torch.tensor([knot_position(weight)])), knots[:, index], atol=1e-5
        )
    half = between(knots, torch.tensor([0.5]))
    assert torch.allclose(half, (knots[:, 0] + knots[:, 1]) / 2)


def random_style() -> Style:
    torch.manual_seed(0)
    net = ReelNet(8).eval()
    return Style(
        "random", net, torch.randn(len(KNOTS), net.affine_size), torch.randn(len(KNOTS), net.affine_size)
    )


def test_weight_0_is_the_source_bit_for_bit() -> None:
    pixels = frame()
    assert torch.equal(random_style().paint(pixels, 0), pixels)


def test_below_the_faintest_knot_the_picture_nears_the_source_evenly() -> None:
    style, pixels = random_style(), frame()
    full = float((style.paint(pixels, 1e9) - pixels).abs().mean())
    for share in (0.01, 0.25, 0.5, 0.75):
        part = float((style.paint(pixels, share * 1e9) - pixels).abs().mean())
        assert part == pytest.approx(share * full, rel=1e-3)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_every_style_of_the_shelf_leaves_the_source_alone_at_0_and_moves_away_from_it(path: Path) -> None:
    style, pixels = load_painter(path), frame()
    assert torch.equal(style.paint(pixels, 0), pixels)
    weights = (3e8, 1e9, 1e10, 1e11)
    away = [float((style.paint(pixels, weight) - pixels).abs().mean()) for weight in weights]
    assert away == sorted(away) and away[0] > 0.5


def test_the_shelf_has_the_three_styles_of_the_film() -> None:
    assert {"exam", "code", "form"} <= {path.stem for path in STYLES}
