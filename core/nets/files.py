"""Style files, bases and borrowed checkpoints, loaded and written. Loading never runs code of the file."""

import json
import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from ..errors import OutputError, StyleError
from ..preset import Net
from ..whole import write_whole
from .dialled import KNOTS, BorrowedNet, Painter, Style
from .frame import Affine
from .manner import packed_manner, unpacked_manner
from .onnx_net import load_onnx
from .reel import ReelNet
from .shelf import FORMAT, StyleRecord, find_base, read_metadata, read_record, sha256
from .topology import borrowed_names, check_base, check_borrowed, check_knots
from .unopened import check_file


def load_painter(
    path: Path, folders: tuple[Path, ...] = (), trained_weight: float = 1e10, net: Net | None = None
) -> Painter:
    """A style file, a borrowed checkpoint or an ONNX net, ready to paint on the CPU.

    A style's base is looked for beside it, then in `folders`; `trained_weight` is the style weight
    that a borrowed net was trained at. Raises StyleError with the reason where the file is truncated,
    of another topology, or would have to run code.
    """
    check_file(path, folders)
    if path.suffix.lower() == ".onnx":
        return load_onnx(path, net, trained_weight)
    if path.suffix.lower() == ".safetensors" and read_metadata(path).get("format") == FORMAT:
        return load_style(path, folders)
    return load_borrowed(path, trained_weight)


def load_style(path: Path, folders: tuple[Path, ...] = ()) -> Style:
    """One of our styles on its base, which is looked for beside it, then in `folders`."""
    record = read_record(path)
    knots = read_tensors(path)
    net = load_base(find_base(path, record.base, folders))
    check_knots(_shapes(knots), len(KNOTS), net.channels, str(path))
    gamma, beta = knots["gamma"].float(), knots["beta"].float()
    return Style(record.name, net, gamma, beta, record.base, unpacked_manner(knots))


def load_base(path: Path) -> ReelNet:
    """A base net, frozen."""
    tensors = read_tensors(path)
    return _filled(ReelNet(check_base(_shapes(tensors), str(path))), tensors)


def load_borrowed(path: Path, trained_weight: float = 1e10) -> BorrowedNet:
    """A checkpoint of `pytorch/examples` fast_neural_style, 8, 16 or 32 channels wide."""
    tensors = read_tensors(path)
    width = check_borrowed(_shapes(tensors), str(path))
    convs, norms = borrowed_names()
    ours = {
        f"convs.{i}.{part}": tensors[f"{key}.{part}"]
        for i, key in enumerate(convs)
        for part in ("weight", "bias")
    }
    affine = [
        torch.cat([tensors[f"{key}.{part}"].float() for key in norms])[None] for part in ("weight", "bias")
    ]
    return BorrowedNet(
        path.stem, _filled(ReelNet(width, squashed=False), ours), Affine(*affine), trained_weight
    )


def write_base(path: Path, net: ReelNet, metadata: dict[str, str]) -> str:
    """Writes a base in half precision and returns its SHA-256."""
    tensors = {key: value.half().cpu().contiguous() for key, value in net.state_dict().items()}
    write_new(path, packed(tensors, {**metadata, "format": FORMAT, "kind": "base"}))
    return sha256(path)


def write_style(path: Path, style: Style, record: StyleRecord) -> None:
    """Writes a style file."""
    text = {key: getattr(record, key) for key in ("name", "base", "licence", "picture", "picture_sha256")}
    metadata = {
        **text,
        "format": FORMAT,
        "kind": "style",
        "training": json.dumps(record.training, sort_keys=True),
    }
    knots = {"gamma": style.gamma.float().cpu(), "beta": style.beta.float().cpu()}
    tensors = {name: tensor.contiguous() for name, tensor in knots.items()}
    write_new(path, packed({**tensors, **packed_manner(style.manner)}, metadata))


def packed(tensors: dict[str, Tensor], metadata: dict[str, str]) -> bytes:
    """A safetensors file, the same bytes for the same content: the library writes metadata in any order."""
    content = save(tensors, metadata)
    length = int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[8 + length :]


def write_new(path: Path, content: bytes) -> None:
    """Writes a whole file or none; what lies there with the same content stays.

    Raises OutputError where it cannot, or where another one is there already.
    """
    if path.exists():
        if path.is_file() and path.read_bytes() == content:
            return
        raise OutputError(
            "the file is there already", where=str(path), hint="Choose another name, or move it away."
        )
    write_whole(path, content)


def _shapes(tensors: dict[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in tensors.items()}


def _filled(net: ReelNet, tensors: dict[str, Tensor]) -> ReelNet:
    net.load_state_dict({key: value.float() for key, value in tensors.items()})
    return net.eval().requires_grad_(False)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The named tensors of a safetensors file or a PyTorch checkpoint, on the CPU; runs no code of it.

    Raises StyleError where the file is neither, or holds something else.
    """
    try:
        if path.suffix.lower() == ".safetensors":
            return load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise StyleError(
            "no checkpoint, or one that would run code when loaded; it is not opened",
            where=str(path),
            hint="Save a net's state_dict alone, best as .safetensors.",
        ) from error
    except FileNotFoundError as error:
        raise StyleError("there is no such file", where=str(path)) from error
    except (SafetensorError, OSError, RuntimeError, ValueError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise StyleError(f"cannot be read as a net: {reason}", where=str(path)) from error
    except Exception as error:  # bytes taken for a pickle fail in any way
        raise StyleError("is neither a PyTorch checkpoint nor a safetensors file", where=str(path)) from error
    named = isinstance(tensors, dict) and all(isinstance(key, str) for key in tensors)
    if not named or not all(isinstance(value, Tensor) for value in tensors.values()):
        hint = "Save the net's state_dict alone: torch.save(net.state_dict(), …)."
        what = "not a state_dict: it holds something else than named tensors"
        raise StyleError(what, where=str(path), hint=hint)
    return tensors
