"""Two styles of one base: mixed over a dissolve, or on both sides of a matte in one pass."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from stylereel.core.errors import StyleError
from stylereel.core.nets.dialled import KNOTS, Style, mixed, paint_both
from stylereel.core.nets.reel import Affine, Inside, ReelNet


def styles() -> tuple[Style, Style]:
    torch.manual_seed(0)
    net = ReelNet(8).eval()
    looks = [1 + 0.2 * torch.randn(4, len(KNOTS), net.affine_size)[n] for n in range(4)]
    a = Style("a", net, looks[0], looks[1] - 1)
    return a, replace(a, name="b", gamma=looks[2], beta=looks[3] - 1)


A, B = styles()
WEIGHTS = st.sampled_from([0.0, 3e8, 1e9, 2e10, 1e11])


def picture(height: int = 64, width: int = 96) -> torch.Tensor:
    torch.manual_seed(5)
    return F.interpolate(torch.rand(1, 3, 8, 8) * 280, (height, width), mode="bicubic")


def disc(height: int = 64, width: int = 96) -> torch.Tensor:
    """A soft disc: 1 in the middle, 0 in the corners."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    return (2 - 4 * (x**2 + y**2)).clamp(0, 1)[None, None]


@given(WEIGHTS, WEIGHTS, st.sampled_from([(64, 96), (61, 90)]), st.booleans())
@settings(max_examples=20)
def test_a_matte_of_0_or_1_is_the_single_pass_exactly(outer, inner, size, sphere) -> None:
    pixels, nothing = picture(*size), torch.zeros(1, 1, *size)
    outside = paint_both(pixels, (A, outer), (B, inner), nothing, sphere=sphere)
    inside = paint_both(pixels, (A, outer), (B, inner), nothing + 1, sphere=sphere)
    assert torch.equal(outside, A.paint(pixels, outer, sphere=sphere))
    assert torch.equal(inside, B.paint(pixels, inner, sphere=sphere))


def test_the_source_stays_bit_for_bit_where_the_matte_keeps_it() -> None:
    pixels, matte = picture(), disc()
    painted = paint_both(pixels, (A, 2e10), (A, 0), matte)
    kept = (matte == 1).expand_as(pixels)
    assert kept.any() and torch.equal(painted[kept], pixels[kept])
    assert (painted - pixels)[~kept].abs().mean() > 1


def test_a_matte_between_lies_between() -> None:
    """In one norm exactly; after the net, nearer to each end than the ends are to each other."""
    pixels = picture()
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    found = [paint_both(pixels, (A, 1e10), (B, 1e10), torch.full((1, 1, 64, 96), share)) for share in shares]
    away = [float((one - found[0]).abs().mean()) for one in found]
    assert all(before < after for before, after in pairwise(away)), away
    assert torch.allclose(found[2], mixed(A, B, 0.5).paint(pixels, 1e10), atol=1e-2)


@pytest.mark.parametrize("roll", [4, 20, -64])
@torch.inference_mode()
def test_a_roll_commutes_with_the_sphere_and_its_matte(roll: int) -> None:
    pixels, matte = picture(64, 128), disc(64, 128).roll(40, 3)
    affines = (A.affine(1e10), B.affine(1e11))

    def painted(by: int) -> torch.Tensor:
        inside = Inside(affines[1], matte.roll(by, 3))
        return A.net(pixels.roll(by, 3), affines[0], sphere=True, inside=inside).roll(-by, 3)

    assert (painted(roll) - painted(0)).abs().max() < 1e-3


@torch.inference_mode()
def test_each_of_a_batch_has_its_own_matte() -> None:
    pixels, matte = picture().repeat(2, 1, 1, 1), torch.cat([disc(), 1 - disc()])
    a, b = (Affine(one.gamma.repeat(2, 1), one.beta.repeat(2, 1)) for one in (A.affine(1e10), B.affine(1e10)))
    both = A.net(pixels, a, inside=Inside(b, matte))
    for number in (0, 1):
        alone = A.net(pixels[:1], A.affine(1e10), inside=Inside(B.affine(1e10), matte[number : number + 1]))
        assert torch.allclose(both[number], alone[0], atol=1e-2)


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
    with pytest.raises(StyleError, match="two base nets"):
        paint_both(picture(), (A, 1e10), (other, 1e10), disc())
    assert mixed(replace(A, base="one"), replace(other, base="one"), 0.5).name == "a to b"
    with pytest.raises(StyleError):
        mixed(replace(A, base="one"), replace(other, base="two"), 0.5)
