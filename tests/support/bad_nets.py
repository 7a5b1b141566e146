"""Files that are called nets and cannot be worn, with what is to be said of each."""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from stylereel.core.nets.topology import borrowed_names, conv_shapes, norm_widths
from torch import Tensor, nn

from support.ink import write_ink

RAN = "it_ran"


class Evil:
    """What a pickle can hide: it makes a file in the folder where it is loaded."""

    def __reduce__(self):
        return (Path.touch, (Path(RAN),))


def checkpoint(width: int = 8, channels: int = 3) -> "OrderedDict[str, Tensor]":
    """A state_dict as `pytorch/examples` names it, of random numbers, for pictures of some channels."""
    torch.manual_seed(4)
    convs, norms = borrowed_names()
    tensors: OrderedDict[str, Tensor] = OrderedDict()
    for name, (into, out, side) in zip(convs, conv_shapes(width), strict=True):
        into, out = (channels if value == 3 else value for value in (into, out))
        tensors[f"{name}.weight"] = 0.1 * torch.randn(out, into, side, side)
        tensors[f"{name}.bias"] = torch.zeros(out)
    for name, wide in zip(norms, norm_widths(width), strict=True):
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = torch.ones(wide), torch.zeros(wide)
    return tensors


def _script(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for part in ("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py", "net/version"):
            archive.writestr(part, pickle.dumps({}))
    return path


def _saved(path: Path, what: object, old: bool = False) -> Path:
    torch.save(what, path, _use_new_zipfile_serialization=not old)
    return path


def _bytes(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _evil_archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data.pkl", pickle.dumps({"conv1": Evil()}, protocol=2))
    return path


def bad_nets(folder: Path) -> dict[str, tuple[Path, str]]:
    """Every kind that can be told without loading it."""
    style = write_ink(folder)
    good = io.BytesIO()
    torch.save(checkpoint(), good)
    four = {key: value.contiguous() for key, value in checkpoint(channels=4).items()}
    save_file(four, folder / "four.safetensors")
    save_file(checkpoint(width=12), folder / "twelve.safetensors")
    other = {**checkpoint(), "res3.conv1.conv2d.weight": torch.zeros(32, 32, 5, 5)}
    save_file(other, folder / "other.safetensors")
    save_file({"layer.weight": torch.zeros(3, 3)}, folder / "layer.safetensors")
    alone = folder / "alone"
    alone.mkdir()
    return {
        "text": (_bytes(folder / "text.pth", b"this is no net\n" * 9), "no checkpoint of PyTorch"),
        "PNG": (_bytes(folder / "png.pth", b"\x89PNG\r\n\x1a\n" + bytes(90)), "a PNG picture"),
        "JPEG": (_bytes(folder / "jpg.model", b"\xff\xd8\xff\xe0" + bytes(90)), "a JPEG picture"),
        "web page": (_bytes(folder / "page.pth", b"<!DOCTYPE html><html>"), "a web page"),
        "pointer": (_bytes(folder / "lfs.pt", b"version https://git-lfs.github.com/spec/v1"), "Git LFS"),
        "empty": (_bytes(folder / "empty.pth", b""), "empty"),
        "cut off": (_bytes(folder / "cut.pth", good.getvalue()[:-3000]), "cut off"),
        "cut off, old": (_bytes(folder / "old.pth", b"\x80\x02\x8a\x0al\xfc"), "cut off"),
        "evil": (_bytes(folder / "evil.pth", pickle.dumps({"conv1": Evil()}, protocol=2)), "would run code"),
        "evil, protocol 4": (_bytes(folder / "four.pth", pickle.dumps([Evil(), Evil()])), "would run code"),
        "evil archive": (_evil_archive(folder / "evil.pt"), "would run code"),
        "whole net": (_saved(folder / "whole.pth", nn.Sequential(nn.Conv2d(3, 3, 3))), "would run code"),
        "whole net, old": (_saved(folder / "was.pth", nn.Conv2d(3, 3, 3), old=True), "would run code"),
        "script": (_script(folder / "script.pt"), "a program of TorchScript"),
        "four channels": (folder / "four.safetensors", "takes 4 channels, not the 3"),
        "twelve wide": (folder / "twelve.safetensors", "12 channels wide, not 8, 16 or 32"),
        "another kernel": (folder / "other.safetensors", "res3.conv1.conv2d.weight is 32 x 32 x 5 x 5"),
        "another net": (folder / "layer.safetensors", "not a checkpoint of pytorch/examples"),
        "a base": (folder / "ink_base.safetensors", "a base net"),
        "no base": (_bytes(alone / "ink.safetensors", style.read_bytes()), "is neither beside it"),
        "style, cut off": (
            _bytes(folder / "short.safetensors", style.read_bytes()[:-100]),
            "not a readable safetensors file",
        ),
    }
