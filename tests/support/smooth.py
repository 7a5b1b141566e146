"""Smooth coloured pictures, the same every time."""

import torch
import torch.nn.functional as F


def picture(height: int, width: int) -> torch.Tensor:
    """(1, 3, H, W) float32 on 0 … 255."""
    generator = torch.Generator().manual_seed(5)
    few = torch.rand(1, 3, 8, 8, generator=generator) * 255
    return F.interpolate(few, (height, width), mode="bicubic").clamp(0, 255)


def sphere(height: int, width: int) -> torch.Tensor:
    """The same of a sphere, without a seam or a pinch: a function of the direction that is looked in."""
    latitude = (0.5 - (torch.arange(height) + 0.5) / height) * torch.pi
    longitude = (torch.arange(width) + 0.5) / width * 2 * torch.pi
    x = latitude.cos()[:, None] * longitude.cos()
    y = latitude.cos()[:, None] * longitude.sin()
    z = latitude.sin()[:, None].expand_as(x)
    waves = [(7 * x + 3 * z).sin() + (9 * y).cos(), (8 * y - 5 * z).sin(), (6 * z + 7 * x * y).cos()]
    return 127.5 + 60 * torch.stack(waves)[None]
