"""What a painted picture is judged by: content and style as VGG-19 sees them.

Perceptual losses of Johnson, Alahi & Fei-Fei 2016, Gram matrices of Gatys, Ecker & Bethge 2015.
Knows nothing of nets that paint or of how they are fitted.
"""

from pathlib import Path
from textwrap import shorten

import torch
import torch.nn.functional as F
import torchvision
from torch import Tensor, nn

from ..errors import StyleError
from ..nets.files import read_tensors

_WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512)  # 0: max pooling; up to relu4_1
_STYLE_LAYERS = (1, 6, 11, 20)  # relu1_1, relu2_1, relu3_1, relu4_1
_CONTENT = 2  # relu3_1 among them
CONTENT_LAYERS = _CONTENT + 1  # what `Vgg` has to go through for the content alone
_MEANS = (123.68, 116.779, 103.939)  # Caffe's, RGB

Features = list[Tensor]


class Vgg(nn.Module):
    """VGG-19 up to relu4_1 with Caffe's input: RGB 0 … 255 minus the means."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in _WIDTHS:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()] if width else [nn.MaxPool2d(2)]
            channels = width or channels
        self.features = nn.Sequential(*layers)
        self.register_buffer("means", torch.tensor(_MEANS).view(1, 3, 1, 1), persistent=False)
        self.load_state_dict(weights)
        self.requires_grad_(False).eval()

    def forward(self, pixels: Tensor, layers: int = len(_STYLE_LAYERS)) -> Features:
        """(B, 3, H, W) on 0 … 255 → the first `layers` of relu1_1, relu2_1, relu3_1, relu4_1."""
        x, found = pixels - self.get_buffer("means"), []
        for index, layer in enumerate(self.features[: _STYLE_LAYERS[layers - 1] + 1]):
            x = layer(x)
            if index in _STYLE_LAYERS:
                found.append(x)
        return found


def load_vgg(file: Path | None) -> Vgg:
    """VGG-19 from a safetensors or PyTorch file with torchvision's key names, else from torchvision.

    Raises StyleError where the file does not fit or the download fails.
    """
    try:
        weights = read_tensors(file) if file else _download()
        return Vgg({key: value.float() for key, value in weights.items() if _wanted(key)})
    except (OSError, RuntimeError, ValueError, StyleError) as error:
        said = error.what if isinstance(error, StyleError) else str(error) or type(error).__name__
        raise StyleError(
            f"VGG-19 cannot be loaded: {shorten(said.splitlines()[-1], 160)}",
            where=str(file or "torchvision's download"),
            hint="Give a file of VGG-19 with torchvision's key names: --vgg FILE.",
        ) from error


def _wanted(key: str) -> bool:
    return key.startswith("features.") and int(key.split(".")[1]) <= _STYLE_LAYERS[-1]


def _download() -> dict[str, Tensor]:
    """torchvision's weights, moved from its own input (0 … 1, divided by σ) to Caffe's."""
    weights = torchvision.models.VGG19_Weights.IMAGENET1K_V1.get_state_dict(progress=True, check_hash=True)
    deviations = 255 * torch.tensor((0.229, 0.224, 0.225)).view(1, 3, 1, 1)
    return {**weights, "features.0.weight": weights["features.0.weight"] / deviations}


def gram(features: Tensor) -> Tensor:
    """(B, C, H, W) → (B, C, C), the mean product of every two channels, float32."""
    flat = features.flatten(2).float()
    return flat @ flat.transpose(1, 2) / flat.shape[2]


def grams(features: Features) -> list[Tensor]:
    """The Gram matrices of all layers."""
    return [gram(layer) for layer in features]


def content_loss(painted: Features, source: Features) -> Tensor:
    """Mean squared difference at relu3_1, in thousands: (B,)."""
    return ((painted[_CONTENT] - source[_CONTENT]).float() ** 2).mean((1, 2, 3)) / 1000


def style_loss(painted: Features, target: list[Tensor]) -> Tensor:
    """Sum over layers of the Gram matrices' squared difference, relative to the target's: (B,).

    `target` has (B, C, C) for each layer.
    """
    pairs = zip(grams(painted), target, strict=True)
    return torch.stack(
        [((ours - theirs) ** 2).mean((1, 2)) / (theirs**2).mean((1, 2)) for ours, theirs in pairs]
    ).sum(0)


def roughness(pixels: Tensor) -> Tensor:
    """Total variation: the mean step between neighbouring pixels."""
    return pixels.diff(dim=2).abs().mean() + pixels.diff(dim=3).abs().mean()


def shaken(pixels: Tensor, shift: tuple[int, int], noise: float) -> Tensor:
    """The picture as a next frame might have it: moved by whole pixels, with new noise (σ on 0 … 255)."""
    moved = torch.roll(pixels, shift, (2, 3))
    return moved + noise * torch.randn_like(moved)


def instability(painted: Tensor, painted_shaken: Tensor, shift: tuple[int, int], noise: float) -> Tensor:
    """How much of the shaking the net passed on: squared gain, 1 where it adds nothing of its own."""
    rows, columns = (abs(step) for step in shift)
    difference = (painted_shaken - torch.roll(painted, shift, (2, 3)))[
        ..., rows : -rows or None, columns : -columns or None
    ]
    return F.mse_loss(difference, torch.zeros_like(difference)) / noise**2
