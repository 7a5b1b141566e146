"""A VGG-19 of random weights, up to relu4_1, with torchvision's key names."""

from pathlib import Path

import torch
from safetensors.torch import save_file

_WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512)


def write_vgg(path: Path) -> Path:
    """Writes it and returns its path."""
    torch.manual_seed(0)
    weights, inside, index = {}, 3, 0
    for width in _WIDTHS:
        if width:
            weights[f"features.{index}.weight"] = torch.randn(width, inside, 3, 3) * (2 / (9 * inside)) ** 0.5
            weights[f"features.{index}.bias"] = torch.zeros(width)
            inside = width
        index += 2 if width else 1
    save_file(weights, path)
    return path
