"""The source's colours under painted brightness, and painters in a row."""

from dataclasses import dataclass
from typing import Self

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core import dial
from stylereel.core.dial import to_dial
from stylereel.core.nets.chain import Chain, Linked, in_a_row
from stylereel.core.nets.dialled import Painter
from stylereel.core.nets.keep_colour import KeepColour, with_colour_of
from torch import Tensor

LUMA = torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]


def luma(pixels: Tensor) -> Tensor:
    return (pixels * LUMA).sum(1, keepdim=True)


@dataclass(frozen=True)
class Add(Painter):
    """Adds to every value in even steps of the dial, and notes the weights it is asked for."""

    most: float
    asked: list[float]

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.asked.append(style_weight)
        return pixels + to_dial(style_weight) * self.most

    def share(self, style_weight: float) -> float:
        return float(style_weight > 0)

    def on(self, device: torch.device) -> Self:
        return self


@dataclass(frozen=True)
class Drawing(Painter):
    """Paints one picture over all."""

    picture: Tensor

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        return self.picture

    def share(self, style_weight: float) -> float:
        return dial.share(style_weight)

    def on(self, device: torch.device) -> Self:
        return self


def pictures() -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    return 255 * torch.rand(1, 3, 20, 30), 255 * torch.rand(1, 3, 20, 30)


def test_all_of_it_has_the_sources_colour_and_the_paintings_brightness() -> None:
    source, painted = pictures()
    source = 100 + source / 8  # pale enough to fit every brightness of the painting
    painted = 80 + painted / 4
    kept = KeepColour(Drawing(painted), 1.0).paint(source, 1e10)
    assert torch.allclose(luma(kept), luma(painted), atol=1e-3)
    assert torch.allclose(kept - luma(kept), source - luma(source), atol=1e-3)


@given(st.floats(0.01, 1))
def test_brightness_is_the_paintings_and_no_value_leaves_the_range(share: float) -> None:
    source, painted = pictures()
    kept = with_colour_of(source, painted, share)
    assert torch.allclose(luma(kept), luma(painted), atol=1e-2)
    assert kept.min() > -0.01 and kept.max() < 255.01


def test_none_of_it_is_the_painting_and_more_is_nearer_to_the_source() -> None:
    source, painted = pictures()
    assert torch.allclose(with_colour_of(source, painted, 0), painted, atol=1e-3)
    chroma = source - luma(source)
    away = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        kept = with_colour_of(source, painted, share)
        away.append(float((kept - luma(kept) - chroma).abs().mean()))
    assert away == sorted(away, reverse=True) and away[-1] < 0.7 * away[0]


def test_the_source_is_kept_bit_for_bit_at_0_and_where_nothing_is_painted() -> None:
    source = pictures()[0] * 1.2 - 20  # with values beyond black and white
    assert torch.equal(KeepColour(Add(9, []), 0.5).paint(source, 0), source)
    assert torch.allclose(KeepColour(Drawing(source), 0.5).paint(source, 1e10), source, atol=1e-3)


def test_a_chain_paints_one_after_the_other_under_the_first_ones_dial() -> None:
    asked: list[float] = []
    chain = Chain((Linked(Add(10, asked), 2e10), Linked(Add(100, asked), 5e9)))
    pixels = torch.zeros(1, 3, 4, 4)
    full = chain.paint(pixels, 2e10)
    assert asked == [2e10, 5e9]
    assert torch.allclose(full, torch.tensor(10 * to_dial(2e10) + 100 * to_dial(5e9)))
    assert torch.equal(chain.paint(pixels, 0), pixels) and len(asked) == 2
    chain.paint(pixels, 1e9)
    factor = to_dial(1e9) / to_dial(2e10)
    assert asked[2] == 1e9 and to_dial(asked[3]) == pytest.approx(factor * to_dial(5e9))
    chain.paint(pixels, 1e11)
    assert asked[5] <= 1e11


@given(st.floats(1, 1e11), st.floats(1, 1e11))
def test_more_weight_is_never_less_of_any_link(a: float, b: float) -> None:
    asked: list[float] = []
    chain = Chain((Linked(Add(1, asked), 3e9), Linked(Add(1, asked), 4e10)))
    low, high = sorted((a, b))
    for weight in (low, high):
        chain.paint(torch.zeros(1), weight)
    assert asked[0] <= asked[2] and asked[1] <= asked[3] * (1 + 1e-9)


def test_a_chain_below_the_faintest_knot_goes_evenly_to_the_source() -> None:
    """Its links keep their proportions, and the source is blended in once, last."""
    source, picture = pictures()
    chain = Chain((Linked(Drawing(picture), 1e9), Linked(Drawing(picture / 2), 5e8)))
    for weight in (2.5e8, 5e8, 1e9):
        assert chain.share(weight) == dial.share(weight)
        assert torch.allclose(chain.full(source, weight), picture * 0.75)
        expected = source + dial.share(weight) * (picture * 0.75 - source)
        assert torch.allclose(chain.paint(source, weight), expected, atol=1e-3)


def test_one_link_is_no_chain() -> None:
    painter = Add(1, [])
    assert in_a_row([Linked(painter, 2e10)]) is painter
