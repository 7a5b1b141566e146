"""The sky net: a small picture → how likely each of its pixels is sky. Knows nothing of frames or time.

A U-Net of depthwise separable convolutions (Ronneberger et al. 2015; Howard et al. 2017) with a channel
that says how high a pixel lies, and one gate by what the whole picture shows (Hu et al. 2018), which also
says whether there is any sky at all. It learns with batch norms; what ships has them folded into its
convolutions.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ..errors import StyleError

KIND = "sky net"
STEP = 32  # pixels: sides that the net takes are multiples of it
WIDTHS = (16, 32, 72, 160, 256)  # channels at a half, a quarter, …, a 32nd of the side
_MEAN, _DEVIATION = 115.0, 70.0


class _Conv(nn.Module):
    """A convolution that wraps left to right on the sphere, its norm, and a ReLU where it `fires`."""

    def __init__(
        self,
        inside: int,
        width: int,
        side: int = 1,
        *,
        step: int = 1,
        apart: bool = False,
        fires: bool = True,
    ) -> None:
        super().__init__()
        groups = inside if apart else 1
        self.conv = nn.Conv2d(inside, width, side, step, groups=groups)
        self.norm: nn.Module = nn.BatchNorm2d(width)
        self.pad, self.fires = side // 2, fires

    def forward(self, x: Tensor, sphere: bool) -> Tensor:
        if self.pad and sphere:
            x = F.pad(x, (self.pad, self.pad, 0, 0), mode="circular")
            x = F.pad(x, (0, 0, self.pad, self.pad), mode="replicate")
        elif self.pad:
            x = F.pad(x, (self.pad,) * 4, mode="replicate")
        x = self.norm(self.conv(x))
        return F.relu(x, inplace=True) if self.fires else x

    @torch.no_grad()
    def fold(self) -> None:
        """The norm becomes part of the convolution."""
        norm = self.norm
        assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None
        assert norm.running_var is not None and self.conv.bias is not None
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        self.conv.bias.copy_((self.conv.bias - norm.running_mean) * scale + norm.bias)
        self.conv.weight.mul_(scale[:, None, None, None])
        self.norm = nn.Identity()

    @torch.no_grad()
    def unfold(self, given: Tensor) -> None:
        """A norm by what the convolution gives, (B, C, H, W), which does nothing yet."""
        norm = self.norm
        assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None
        assert norm.running_var is not None
        norm.running_mean.copy_(given.mean((0, 2, 3)))
        norm.running_var.copy_(given.var((0, 2, 3)))
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.copy_(norm.running_mean)


class _Apart(nn.Module):
    """A depthwise convolution, then one across the channels; around it a way past where it fits."""

    def __init__(self, inside: int, width: int, side: int = 3, step: int = 1) -> None:
        super().__init__()
        self.seen = _Conv(inside, inside, side, step=step, apart=True, fires=False)
        self.mixed = _Conv(inside, width)
        self.past = step == 1 and inside == width

    def forward(self, x: Tensor, sphere: bool) -> Tensor:
        y = self.mixed(self.seen(x, sphere), sphere)
        return x + y if self.past else y


class SkyNet(nn.Module):
    """(B, 3, H, W) float32 on 0 … 255 → logits of sky, (B, 1, H / 2, W / 2). 32 divides both sides."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.down = nn.ModuleList(
            (
                nn.ModuleList((_Conv(4, a, 3, step=2),)),
                nn.ModuleList((_Conv(a, b, 3, step=2), _Apart(b, b))),
                nn.ModuleList((_Apart(b, c, 3, 2), _Apart(c, c), _Apart(c, c))),
                nn.ModuleList((_Apart(c, d, 5, 2), _Apart(d, d, 5), _Apart(d, d, 5))),
                nn.ModuleList((_Apart(d, e, 5, 2), _Apart(e, e, 5), _Apart(e, e, 5))),
            )
        )
        self.whole = nn.ModuleList((nn.Linear(e, e // 4), nn.Linear(e // 4, e)))
        self.up = nn.ModuleList(
            nn.ModuleList((_Conv(below, width), _Conv(width, width, fires=False), _Apart(width, width)))
            for below, width in ((e, d), (d, c), (c, b), (b, a))
        )
        self.last, self.any = nn.Conv2d(a, 1, 1), nn.Linear(e // 4, 1)

    def forward(self, pixels: Tensor, sphere: bool = False) -> Tensor:
        """The logits of pictures; `sphere` where they close left to right."""
        return self.seen_by(pixels, sphere)[0]

    def seen_by(self, pixels: Tensor, sphere: bool = False) -> tuple[Tensor, list[Tensor]]:
        """The logits, and the maps that they come from: (B, C, H / 32, …), (B, C, H / 16, …), … ."""
        x = (pixels.clamp(0, 255) - _MEAN) / _DEVIATION
        height = torch.linspace(1, -1, x.shape[2], device=x.device)[None, None, :, None]
        x = torch.cat([x, height.expand(len(x), 1, -1, x.shape[3])], 1)
        seen: list[Tensor] = []
        for level in self.down:
            for layer in _layers(level):
                x = layer(x, sphere)
            seen.append(x)
        first, second = _layers(self.whole)
        whole = F.relu(first(x.mean((2, 3))))
        x = seen.pop() * torch.sigmoid(second(whole))[:, :, None, None]
        maps = [x]
        for level in self.up:
            narrow, beside, mix = _layers(level)
            x = F.interpolate(narrow(x, sphere), scale_factor=2.0, mode="nearest")
            x = mix(F.relu(x + beside(seen.pop(), sphere)), sphere)
            maps.append(x)
        return self.last(x) + self.any(whole)[:, :, None, None], maps

    def folded(self) -> "SkyNet":
        """Folds all norms, for good: faster, and no longer to be trained."""
        for layer in self.modules():
            if isinstance(layer, _Conv) and isinstance(layer.norm, nn.BatchNorm2d):
                layer.fold()
        return self.eval()

    def unfolded(self, pixels: Tensor) -> "SkyNet":
        """Another net that gives what this folded one gives, with norms again, so that it can learn on.

        They are those of some pictures, (B, 3, H, W) as `forward` takes them.
        """
        net = SkyNet()
        net.load_state_dict(self.state_dict(), strict=False)  # all but the norms
        mine, others = ([one for one in some.modules() if isinstance(one, _Conv)] for some in (self, net))
        hooks = [
            one.conv.register_forward_hook(lambda _, _given, found, other=other: other.unfold(found))
            for one, other in zip(mine, others, strict=True)
        ]
        with torch.no_grad():
            self(pixels)
        for hook in hooks:
            hook.remove()
        return net


def _layers(level: nn.Module) -> Iterator[nn.Module]:
    assert isinstance(level, nn.ModuleList)
    yield from level


def load_sky_net(path: Path) -> SkyNet:
    """A sky net's file, ready on the CPU. Raises StyleError where it is none."""
    try:
        with safe_open(path, framework="pt") as file:
            kind = (file.metadata() or {}).get("kind")
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise StyleError(f"the sky net cannot be read: {error}", where=str(path)) from error
    net = SkyNet().folded()
    try:
        if kind != KIND:
            raise RuntimeError(f"it is a {kind or 'file of something else'}")
        net.load_state_dict(tensors)
    except RuntimeError as error:
        raise StyleError(f"no sky net: {str(error).splitlines()[0]}", where=str(path)) from error
    return net.requires_grad_(False)
