"""Frames in strips of rows: the picture of the whole frame, in less memory, and where memory decides."""

from pathlib import Path

import pytest
import torch
from stylereel.core.errors import StyleReelError
from stylereel.core.nets import memory, onnx_net, reel, strips
from stylereel.core.nets.dialled import BorrowedNet, Style
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.frame import Affine
from stylereel.core.nets.onnx_net import load_onnx
from stylereel.core.nets.reel import ReelNet
from stylereel.core.preset import Net
from support.pictures import psnr
from support.smooth import picture

CPU = torch.device("cpu")


def painter(ours: bool) -> Style | BorrowedNet:
    torch.manual_seed(3)
    net = ReelNet(8, squashed=ours).eval().requires_grad_(False)
    if not ours:  # which give 0 … 255 as they are
        net.convs[-1].weight.mul_(60)
        net.convs[-1].bias.fill_(127)
    gamma, beta = 1 + 0.2 * torch.randn(5, net.affine_size), 0.2 * torch.randn(5, net.affine_size)
    return (
        Style("ours", net, gamma, beta) if ours else BorrowedNet("theirs", net, Affine(gamma[:1], beta[:1]))
    )


@pytest.fixture
def in_strips(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As if there were no memory, and strips of a few rows."""
    monkeypatch.setattr(memory, "free_bytes", lambda device: 0)
    monkeypatch.setattr(strips, "STRIP", 1 << 17)
    return monkeypatch


@pytest.mark.parametrize("ours", [True, False], ids=["ours", "theirs"])
@pytest.mark.parametrize("sphere", [False, True], ids=["flat", "sphere"])
@pytest.mark.parametrize("size", [(96, 192), (61, 90), (16, 16)])
def test_strips_are_the_whole_frame(in_strips, ours: bool, sphere: bool, size: tuple[int, int]) -> None:
    net, pixels = painter(ours), picture(*size)
    found = net.paint(pixels, 1e10, sphere=sphere)
    in_strips.setattr(memory, "free_bytes", lambda device: 1 << 40)
    whole = net.paint(pixels, 1e10, sphere=sphere)
    assert psnr(found.numpy(), whole.numpy(), 255) > 90
    assert whole.std() > 5, "the net must paint something, or this test sees nothing"


def test_two_eyes_are_painted_in_strips_too(in_strips) -> None:
    net = painter(True)
    both = picture(64, 96).repeat(2, 1, 1, 1) * torch.tensor([1.0, 0.5])[:, None, None, None]
    found = net.paint(both, 1e10)
    in_strips.setattr(memory, "free_bytes", lambda device: 1 << 40)
    assert psnr(found.numpy(), net.paint(both, 1e10).numpy(), 255) > 90


@pytest.mark.parametrize("ours", [True, False], ids=["ours", "theirs"])
def test_a_roll_commutes_with_strips_on_the_sphere(in_strips, ours: bool) -> None:
    net, pixels = painter(ours), picture(64, 128)
    rolled = net.paint(pixels.roll(20, 3), 1e10, sphere=True)
    assert (rolled - net.paint(pixels, 1e10, sphere=True).roll(20, 3)).abs().max() < 1e-3


def test_no_convolution_sees_more_than_a_strip(in_strips) -> None:
    """Not even the last one, whose three channels are made of all that lies before it."""
    seen: list[int] = []
    convolved = strips.F.conv2d

    def watched(x: torch.Tensor, *given: object) -> torch.Tensor:
        seen.append(4 * x.numel())
        return convolved(x, *given)

    in_strips.setattr(strips, "STRIP", 1 << 19)
    in_strips.setattr(strips.F, "conv2d", watched)
    painter(True).paint(picture(512, 256), 1e10)
    assert len(seen) > 100 and max(seen) <= 2 * strips.STRIP  # with the rows and columns around them


def test_strips_keep_their_own_statistics_out(in_strips) -> None:
    """What a strip alone would give is far from it: the whole frame's statistics are what counts."""
    net, pixels = painter(True), picture(96, 96)
    whole, part = net.paint(pixels, 1e11), net.paint(pixels[:, :, :32], 1e11)
    assert psnr(whole[:, :, :16].numpy(), part[:, :, :16].numpy(), 255) < 40


def test_memory_decides(monkeypatch) -> None:
    net, pixels, seen = painter(True), picture(64, 64), []
    monkeypatch.setattr(reel, "paint_in_strips", lambda *given: seen.append(given) or pixels)
    for free in (1 << 40, net.net.bytes_for(pixels)):
        monkeypatch.setattr(memory, "free_bytes", lambda device, free=free: free)
        net.paint(pixels, 1e11)
    assert len(seen) == 1, "all of what is free is too much to take"


def test_a_frame_of_8k_takes_gigabytes_and_one_of_hd_does_not() -> None:
    net = ReelNet(16)
    assert 8 << 30 < net.bytes_for(torch.empty(1, 3, 4096, 8192, device="meta")) < 32 << 30
    assert net.bytes_for(torch.empty(1, 3, 1080, 1920, device="meta")) < 2 << 30


def test_an_opaque_net_says_that_memory_is_short(tmp_path: Path, monkeypatch) -> None:
    onnx_nets = pytest.importorskip("support.onnx_nets")
    net = load_onnx(onnx_nets.blur(tmp_path / "blur.onnx", 4), Net(range="0..255"))
    monkeypatch.setattr(onnx_net, "fits", lambda needed, device: needed <= 2 * 4 * 3 * 64 * 64)
    assert net.paint(picture(64, 64), 1e10).shape == (1, 3, 64, 64)
    with pytest.raises(StyleReelError, match="128 x 64 pixels") as caught:
        net.paint(picture(64, 128), 1e10)
    assert "stroke_scale" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize("sphere", [False, True], ids=["flat", "sphere"])
def test_a_real_style_on_a_real_size(monkeypatch, sphere: bool) -> None:
    folder = Path(__file__).parents[2] / "presets"
    net, pixels = load_painter(folder / "exam.safetensors", (folder,)), picture(1024, 2048)
    whole = net.paint(pixels, 1e10, sphere=sphere)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 0)
    monkeypatch.setattr(strips, "STRIP", 1 << 22)
    assert psnr(net.paint(pixels, 1e10, sphere=sphere).numpy(), whole.numpy(), 255) >= 90
