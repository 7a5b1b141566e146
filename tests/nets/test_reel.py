"""The reel net as a function: sizes, the sphere, the topology it claims to share."""

import pytest
import torch
import torch.nn.functional as F
from stylereel.core.nets.files import load_borrowed
from stylereel.core.nets.reel import Affine, ReelNet
from torch import nn

BORROWED = (
    "foreign_candy_32ch.pth",
    "foreign_udnie_nc16_b4_e2_1e05_5e09.model",
    "foreign_mosaic_nc8_b1_e2_1e05_1e10.model",
)


def random_net(channels: int = 8) -> tuple[ReelNet, Affine]:
    torch.manual_seed(3)
    net = ReelNet(channels).eval()
    gamma = 1 + 0.2 * torch.randn(1, net.affine_size)
    return net, Affine(gamma, 0.2 * torch.randn(1, net.affine_size))


def picture(height: int, width: int) -> torch.Tensor:
    torch.manual_seed(5)
    return F.interpolate(torch.rand(1, 3, 8, 8) * 255, (height, width), mode="bicubic").clamp(0, 255)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (61, 90), (90, 63), (16, 16)])
@pytest.mark.parametrize("sphere", [False, True], ids=["flat", "sphere"])
@torch.inference_mode()
def test_every_size_keeps_its_size(height: int, width: int, sphere: bool) -> None:
    net, affine = random_net()
    assert net(picture(height, width), affine, sphere=sphere).shape == (1, 3, height, width)


@pytest.mark.parametrize("roll", [4, 20, -64])
@torch.inference_mode()
def test_a_roll_commutes_with_the_sphere(roll: int) -> None:
    net, affine = random_net()
    pixels = picture(64, 128)
    before = net(pixels.roll(roll, 3), affine, sphere=True)
    after = net(pixels, affine, sphere=True).roll(roll, 3)
    assert (before - after).abs().max() < 1e-3
    flat = net(pixels.roll(roll, 3), affine) - net(pixels, affine).roll(roll, 3)
    assert flat.abs().max() > 1, "without the sphere a roll must show, or this test sees nothing"


@torch.inference_mode()
def test_padding_stays_out_of_the_statistics() -> None:
    net, affine = random_net()
    grey, strip = torch.full((1, 3, 64, 61), 90.0), picture(64, 64)
    pixels = torch.cat([strip, grey], 3)
    whole = torch.cat([pixels, pixels[..., -1:].expand(-1, -1, -1, 3)], 3)
    padded, same = net(pixels, affine), net(whole, affine)[..., :125]
    assert (padded - same)[..., :60].abs().mean() < 2


class ExamplesNet(nn.Module):
    """The net of `pytorch/examples` fast_neural_style, as its checkpoints name the layers."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.conv1, self.in1 = Conv(3, c, 9), nn.InstanceNorm2d(c, affine=True)
        self.conv2, self.in2 = Conv(c, 2 * c, 3, 2), nn.InstanceNorm2d(2 * c, affine=True)
        self.conv3, self.in3 = Conv(2 * c, 4 * c, 3, 2), nn.InstanceNorm2d(4 * c, affine=True)
        for block in range(1, 6):
            setattr(self, f"res{block}", Residual(4 * c))
        self.deconv1, self.in4 = Conv(4 * c, 2 * c, 3), nn.InstanceNorm2d(2 * c, affine=True)
        self.deconv2, self.in5 = Conv(2 * c, c, 3), nn.InstanceNorm2d(c, affine=True)
        self.deconv3 = Conv(c, 3, 9)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.in1(self.conv1(x)))
        x = F.relu(self.in2(self.conv2(x)))
        x = F.relu(self.in3(self.conv3(x)))
        for block in range(1, 6):
            x = getattr(self, f"res{block}")(x)
        x = F.relu(self.in4(self.deconv1(F.interpolate(x, scale_factor=2, mode="nearest"))))
        x = F.relu(self.in5(self.deconv2(F.interpolate(x, scale_factor=2, mode="nearest"))))
        return self.deconv3(x)


class Conv(nn.Module):
    def __init__(self, i: int, o: int, kernel: int, stride: int = 1) -> None:
        super().__init__()
        self.reflection_pad, self.conv2d = nn.ReflectionPad2d(kernel // 2), nn.Conv2d(i, o, kernel, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv2d(self.reflection_pad(x))


class Residual(nn.Module):
    def __init__(self, c: int) -> None:
        super().__init__()
        self.conv1, self.in1 = Conv(c, c, 3), nn.InstanceNorm2d(c, affine=True)
        self.conv2, self.in2 = Conv(c, c, 3), nn.InstanceNorm2d(c, affine=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.in2(self.conv2(F.relu(self.in1(self.conv1(x)))))


@pytest.mark.parametrize("name", BORROWED)
@torch.inference_mode()
def test_borrowed_checkpoints_paint_as_the_original_topology(samples, name: str) -> None:
    path = samples / "weights" / name
    ours = load_borrowed(path)
    original = ExamplesNet(ours.net.channels).eval()
    weights = torch.load(path, weights_only=True)
    original.load_state_dict({key: value for key, value in weights.items() if ".running_" not in key})
    pixels = picture(128, 160)
    assert (ours.paint(pixels, 1e10) - original(pixels).clamp(0, 255)).abs().max() < 0.02


@torch.inference_mode()
def test_a_checkpoint_written_by_the_original_topology_loads(tmp_path) -> None:
    torch.manual_seed(1)
    original = ExamplesNet(8).eval()
    for module in original.modules():
        if isinstance(module, nn.InstanceNorm2d):
            nn.init.normal_(module.weight, 1, 0.1)
            nn.init.normal_(module.bias, 0, 0.1)
    torch.save(original.state_dict(), tmp_path / "net.pth")
    pixels = picture(64, 64)
    assert (
        load_borrowed(tmp_path / "net.pth").paint(pixels, 1e11) - original(pixels).clamp(0, 255)
    ).abs().max() < 0.02
