"""A style that really paints and takes no time: a net of 8 channels that nobody trained."""

from pathlib import Path

import torch
from stylereel.core.nets.dialled import KNOTS, Style
from stylereel.core.nets.files import write_base, write_style
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.shelf import StyleRecord


def write_ink(folder: Path) -> Path:
    """The style's file, with its base beside it; always the same bytes."""
    torch.manual_seed(2)
    net = ReelNet(8)
    base = write_base(folder / "ink_base.safetensors", net, {"name": "ink_base"})
    gamma = 1 + 0.1 * torch.randn(len(KNOTS), net.affine_size)
    record = StyleRecord("ink", base, "CC0-1.0", "ink.png", "0" * 64, {"steps": 1})
    style = Style("ink", net, gamma, torch.zeros_like(gamma), base)
    write_style(folder / "ink.safetensors", style, record)
    return folder / "ink.safetensors"
