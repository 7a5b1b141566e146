"""Two styles of one base, mixed: what lies between them over a dissolve."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from stylereel.core.errors import StyleError
from stylereel.core.nets.dialled import KNOTS, Style, mixed
from stylereel.core.nets.reel import ReelNet


def styles() -> tuple[Style, Style]:
    torch.manual_seed(0)
    net = ReelNet(8).eval()
    looks = [1 + 0.2 * torch.randn(4, len(KNOTS), net.affine_size)[n] for n in range(4)]
    a = Style("a", net, looks[0], looks[1] - 1)
    return a, replace(a, name="b", gamma=looks[2], beta=looks[3] - 1)


A, B = styles()


def picture(height: int = 64, width: int = 96) -> torch.Tensor:
    torch.manual_seed(5)
    return F.interpolate(torch.rand(1, 3, 8, 8) * 280, (height, width), mode="bicubic")


def test_at_the_ends_a_mix_is_the_style_itself_and_between_it_is_even() -> None:
    assert mixed(A, B, 0) is A and mixed(A, B, 1) is B
    for weight in (1e9, 2e10):
        steps = [mixed(A, B, share).affine(weight).gamma for share in (0, 0.25, 0.5, 0.75, 1)]
        moves = [later - earlier for earlier, later in pairwise(steps)]
        assert all(torch.allclose(move, moves[0], atol=1e-6) for move in moves)
        assert torch.allclose(sum(moves), B.affine(weight).gamma - A.affine(weight).gamma, atol=1e-5)


def test_a_mix_leaves_the_source_alone_at_0() -> None:
    pixels = picture()
    assert torch.equal(mixed(A, B, 0.4).paint(pixels, 0), pixels)


def test_styles_of_two_bases_are_not_mixed() -> None:
    other = replace(B, net=ReelNet(8))
    with pytest.raises(StyleError, match="two base nets"):
        mixed(A, other, 0.5)
    assert mixed(replace(A, base="one"), replace(other, base="one"), 0.5).name == "a to b"
    with pytest.raises(StyleError):
        mixed(replace(A, base="one"), replace(other, base="two"), 0.5)
