"""What goes round a painter for spheres: pole caps, two eyes, strokes of another size."""

import pytest
import torch
from stylereel.core.errors import StyleError
from stylereel.core.nets.as_worn import as_worn, with_poles
from stylereel.core.nets.chain import Chain, Linked
from stylereel.core.nets.dialled import Style
from stylereel.core.nets.keep_colour import KeepColour
from stylereel.core.nets.poles import face_of, with_cap
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.stereo import Stereo
from stylereel.core.nets.stroke_scale import StrokeScale, brought_back, working_length
from stylereel.core.preset import Wear
from support.lifter import Lifter
from support.smooth import picture, sphere


def style() -> Style:
    torch.manual_seed(3)
    net = ReelNet(8).eval()
    return Style("x", net, 1 + 0.2 * torch.randn(5, net.affine_size), 0.2 * torch.randn(5, net.affine_size))


def test_a_face_is_the_sphere_seen_straight_up_and_comes_back_where_it_was() -> None:
    pixels = sphere(128, 256)
    face = face_of(pixels)
    assert face.shape == (1, 3, 100, 100)
    assert (face[..., 49:51, 49:51].mean((2, 3)) - pixels[:, :, 0].mean(2)).abs().max() < 3
    assert (with_cap(pixels, face) - pixels).abs().max() < 3
    strange = with_cap(pixels, torch.zeros_like(face))
    assert float(strange[:, :, :20].abs().max()) == 0 and torch.equal(strange[:, :, 32:], pixels[:, :, 32:])


def test_fine_strokes_come_back_round_a_pole_as_they_do_towards_it() -> None:
    """Crossed strokes three pixels apart, written into rows and seen again, do not become rays."""
    side = face_of(sphere(128, 256)).shape[3]
    stroke = 50 * (torch.arange(side) * 2 * torch.pi / 3).cos()
    face = (stroke[:, None] + stroke).expand(1, 3, side, side)
    seen = face_of(with_cap(torch.zeros(1, 3, 128, 256), face))
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, side)] * 2, indexing="ij")
    far = torch.hypot(x, y)
    inside = (far > 0.05) & (far < 0.4)

    def rays(picture: torch.Tensor) -> float:
        down, across = torch.gradient(picture, dim=(2, 3))
        around, towards = (down * x - across * y) / far, (across * x + down * y) / far
        return float((around[..., inside] ** 2).sum() / (towards[..., inside] ** 2).sum())

    assert 0.95 < rays(face) < 1.05, "crossed strokes run no way, or this test sees nothing"
    assert rays(seen) < 1.25
    lost, all_of_it = ((one[..., inside] ** 2).sum() for one in (seen - face, face))
    assert lost < 0.025 * all_of_it


def test_caps_change_the_poles_and_nothing_between_them() -> None:
    pixels = sphere(128, 256)
    plain, capped = (one.paint(pixels, 1e11, sphere=True) for one in (style(), with_poles(style())))
    assert torch.equal(plain[:, :, 32:96], capped[:, :, 32:96])
    for pole in (slice(0, 16), slice(112, 128)):
        assert (plain[:, :, pole] - capped[:, :, pole]).abs().mean() > 1
        assert (plain[:, :, pole].mean() - capped[:, :, pole].mean()).abs() < 20, "the same colours"
    flat = style().paint(pixels, 1e11)
    assert torch.equal(with_poles(style()).paint(pixels, 1e11), flat), "a flat frame has no poles"


def test_at_weight_0_everything_round_a_painter_is_the_source() -> None:
    wear = Wear(style="x", poles=True, projection="equirect", stereo="top-bottom", stroke_scale=2.0)
    worn = as_worn(style(), wear)
    assert isinstance(worn, Stereo) and isinstance(worn.painter, StrokeScale)
    pixels = picture(64, 96)
    assert torch.equal(worn.paint(pixels, 0, sphere=True), pixels)


def test_what_a_preset_does_not_ask_for_is_not_there() -> None:
    plain = style()
    assert as_worn(plain, Wear(style="x", stereo="mono", stroke_scale=1.0)) is plain
    assert isinstance(as_worn(plain, Wear(style="x", keep_colour=0.5, stereo="mono")), KeepColour)


def test_poles_reach_every_link_and_are_refused_where_statistics_are_not() -> None:
    chain = with_poles(Chain((Linked(style(), 1e10), Linked(style(), 1e10))))
    assert isinstance(chain, Chain) and all(link.painter.poles for link in chain.links)
    with pytest.raises(StyleError, match="out of reach"):
        with_poles(Lifter())


@pytest.mark.parametrize(("eyes", "side"), [("top-bottom", 2), ("side-by-side", 3)])
@pytest.mark.parametrize("on_sphere", [False, True], ids=["flat", "sphere"])
def test_eyes_that_see_the_same_are_painted_the_same(eyes, side: int, on_sphere: bool) -> None:
    one = picture(64, 96)
    pair = Stereo(style(), eyes).paint(torch.cat([one, one], side), 1e10, sphere=on_sphere)
    left, right = pair.chunk(2, side)
    assert torch.equal(left, right)
    assert (left - style().paint(one, 1e10, sphere=on_sphere)).abs().max() < 1e-2, "no stroke from the other"


def test_eyes_share_their_statistics() -> None:
    """Where one eye sees less light, its paint is not lifted to that of the other one alone."""
    bright, dark = picture(64, 96), 0.4 * picture(64, 96)
    together = Stereo(style(), "side-by-side").paint(torch.cat([bright, dark], 3), 1e11)
    alone = style().paint(dark, 1e11)
    assert (together[..., 96:] - alone).abs().mean() > 3
    swapped = Stereo(style(), "side-by-side").paint(torch.cat([dark, bright], 3), 1e11)
    assert (swapped.roll(96, 3) - together).abs().max() < 1e-2


def test_working_sizes_are_fit_for_a_net() -> None:
    assert [working_length(*given) for given in ((1080, 1), (1080, 2), (3840, 2.25), (20, 8))] == [
        *(1080, 540, 1708, 16)
    ]


@pytest.mark.parametrize("scale", [0.5, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("on_sphere", [False, True], ids=["flat", "sphere"])
def test_what_paints_nothing_changes_nothing_at_any_scale(scale: float, on_sphere: bool) -> None:
    pixels = picture(72, 144)
    same = StrokeScale(Unchanged(), scale).paint(pixels, 1e10, sphere=on_sphere)
    assert torch.equal(same, pixels)


class Unchanged(Lifter):
    """Paints the picture that it gets."""

    def full(self, pixels: torch.Tensor, style_weight: float, *, sphere: bool = False) -> torch.Tensor:
        return pixels


def test_the_dial_has_no_step_at_0() -> None:
    pixels = picture(64, 128)
    faint = StrokeScale(style(), 2.0).paint(pixels, 1e5)
    assert (faint - pixels).abs().max() < 0.1


def test_strokes_grow_with_the_scale() -> None:
    """Painted at half the size, the finest structure is twice as large: there is less of it."""
    pixels = picture(128, 256)

    def fineness(painted: torch.Tensor) -> float:
        return float(painted.diff(dim=3).abs().mean() / painted.std())

    one, two = (StrokeScale(style(), scale).paint(pixels, 1e11) for scale in (1.0, 2.0))
    assert torch.equal(one, style().paint(pixels, 1e11))
    assert fineness(two) < 0.8 * fineness(one)


def test_edges_of_the_source_stay_sharp() -> None:
    """A painter that turns brightness over: the edge in the middle is as steep as the source's."""
    pixels = torch.full((1, 3, 64, 64), 40.0)
    pixels[..., 33:] = 210.0
    small = torch.nn.functional.interpolate(pixels, (32, 32), mode="bicubic", antialias=True)
    painted = pixels + brought_back(255 - 2 * small, small, pixels, False)
    blurred = torch.nn.functional.interpolate(255 - small, (64, 64), mode="bicubic")
    steps = [float((one[..., 34] - one[..., 31]).abs().mean()) for one in (painted, blurred)]
    assert steps[0] > 0.98 * 170 > steps[1] * 1.05


@pytest.mark.parametrize("scale", [2.0, 1.5])
def test_a_roll_commutes_with_the_sphere_at_another_size(scale: float) -> None:
    painter, pixels = StrokeScale(style(), scale), picture(72, 144)
    rolled = painter.paint(pixels.roll(48, 3), 1e11, sphere=True)
    assert (rolled - painter.paint(pixels, 1e11, sphere=True).roll(48, 3)).abs().mean() < 0.1
    flat = painter.paint(pixels.roll(48, 3), 1e11) - painter.paint(pixels, 1e11).roll(48, 3)
    assert flat.abs().mean() > 0.5, "without the sphere a roll must show, or this test sees nothing"
