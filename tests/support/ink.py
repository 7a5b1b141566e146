"""A style that really paints and takes no time: a net of 8 channels that nobody trained."""

from pathlib import Path

import torch
from stylereel.core.nets.dialled import KNOTS
from stylereel.core.nets.files import write_base, write_style
from stylereel.core.nets.reel import ReelNet
from stylereel.core.nets.shelf import StyleRecord


def write_ink(folder: Path, name: str = "ink", seed: int = 2) -> Path:
    """The style's file, with its base beside it; the same bytes for the same seed."""
    torch.manual_seed(seed)
    net = ReelNet(8)
    base = write_base(folder / f"{name}_base.safetensors", net, {"name": f"{name}_base"})
    gamma = 1 + 0.1 * torch.randn(len(KNOTS), net.affine_size)
    record = StyleRecord(name, base, "CC0-1.0", f"{name}.png", "0" * 64, {"steps": 1})
    write_style(folder / f"{name}.safetensors", gamma, torch.zeros_like(gamma), record)
    return folder / f"{name}.safetensors"
