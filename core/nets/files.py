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
from .onnx_net import load_onnx
from .reel import BLOCKS, Affine, ReelNet
from .shelf import FORMAT, StyleRecord, is_style, read_metadata, read_record, sha256


def load_painter(
    path: Path, folders: tuple[Path, ...] = (), trained_weight: float = 1e10, net: Net | None = None
) -> Painter:
    """A style file, a borrowed checkpoint or an ONNX net, ready to paint on the CPU.

    A style's base is looked for beside it, then in `folders`; `trained_weight` is the style weight
    that a borrowed net was trained at. Raises StyleError with the reason where the file is truncated,
    of another topology, or would have to run code.
    """
    if path.suffix.lower() == ".onnx":
        return load_onnx(path, net, trained_weight)
    if path.suffix.lower() == ".safetensors" and read_metadata(path).get("format") == FORMAT:
        return load_style(path, folders)
    return load_borrowed(path, trained_weight)


def load_style(path: Path, folders: tuple[Path, ...] = ()) -> Style:
    """One of our styles on its base, which is looked for beside it, then in `folders`."""
    record = read_record(path)
    knots = read_tensors(path)
    net = load_base(_find_base(path, record.base, folders))
    wanted = (len(KNOTS), net.affine_size)
    if any(tuple(knots.get(key, torch.empty(0)).shape) != wanted for key in ("gamma", "beta")):
        raise StyleError(f"its γ and β are not {wanted[0]} knots of {wanted[1]} numbers", where=str(path))
    return Style(record.name, net, knots["gamma"].float(), knots["beta"].float())


def load_base(path: Path) -> ReelNet:
    """A base net, frozen."""
    return _fill(path, read_tensors(path), squashed=True)


def load_borrowed(path: Path, trained_weight: float = 1e10) -> BorrowedNet:
    """A checkpoint of `pytorch/examples` fast_neural_style, 8, 16 or 32 channels wide."""
    tensors = read_tensors(path)
    tensors = {
        key: value for key, value in tensors.items() if ".running_" not in key and "num_batches" not in key
    }
    convs, norms = _borrowed_names()
    missing = [
        key for key in (*convs, *norms) if f"{key}.weight" not in tensors or f"{key}.bias" not in tensors
    ]
    if missing or len(tensors) != 2 * (len(convs) + len(norms)):
        what = f"it has no {missing[0]!r}" if missing else "it has layers of another net"
        raise StyleError(f"not a checkpoint of pytorch/examples fast_neural_style: {what}", where=str(path))
    ours = {
        f"convs.{i}.{part}": tensors[f"{key}.{part}"]
        for i, key in enumerate(convs)
        for part in ("weight", "bias")
    }
    net = _fill(path, ours, squashed=False)
    affine = [
        torch.cat([tensors[f"{key}.{part}"].float() for key in norms])[None] for part in ("weight", "bias")
    ]
    if affine[0].shape[1] != net.affine_size:
        raise StyleError("its norms do not fit its convolutions", where=str(path))
    return BorrowedNet(path.stem, net, Affine(*affine), trained_weight)


def write_base(path: Path, net: ReelNet, metadata: dict[str, str]) -> str:
    """Writes a base in half precision and returns its SHA-256."""
    tensors = {key: value.half().cpu().contiguous() for key, value in net.state_dict().items()}
    write_new(path, packed(tensors, {**metadata, "format": FORMAT, "kind": "base"}))
    return sha256(path)


def write_style(path: Path, gamma: Tensor, beta: Tensor, record: StyleRecord) -> None:
    """Writes a style file; γ and β are (knots, affine_size)."""
    text = {key: getattr(record, key) for key in ("name", "base", "licence", "picture", "picture_sha256")}
    metadata = {
        **text,
        "format": FORMAT,
        "kind": "style",
        "training": json.dumps(record.training, sort_keys=True),
    }
    tensors = {"gamma": gamma.float().cpu().contiguous(), "beta": beta.float().cpu().contiguous()}
    write_new(path, packed(tensors, metadata))


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


def _fill(path: Path, tensors: dict[str, Tensor], squashed: bool) -> ReelNet:
    first = tensors.get("convs.0.weight", torch.empty(0))
    if first.ndim != 4 or first.shape[0] not in (8, 16, 32):
        raise StyleError(
            f"its first layer is {tuple(first.shape)}, not 8, 16 or 32 channels wide", where=str(path)
        )
    net = ReelNet(first.shape[0], squashed)
    try:
        net.load_state_dict({key: value.float() for key, value in tensors.items()})
    except RuntimeError as error:
        raise StyleError(
            f"another topology than the reel net's: {str(error).splitlines()[-1].strip()}", where=str(path)
        ) from error
    return net.eval().requires_grad_(False)


def _find_base(style: Path, base: str, folders: tuple[Path, ...]) -> Path:
    for path in (
        path for folder in (style.parent, *folders) for path in sorted(folder.glob("*.safetensors"))
    ):
        if path != style and not is_style(path) and sha256(path) == base:
            return path
    raise StyleError(
        f"its base net {base[:12]}… is neither beside it nor on the shelf",
        where=str(style),
        hint="Keep a style and its base in one folder.",
    )


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
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise StyleError("not a state_dict: it holds something else than named tensors", where=str(path))
    return tensors


def _borrowed_names() -> tuple[list[str], list[str]]:
    blocks = [(f"res{block}", part) for block in range(1, BLOCKS + 1) for part in (1, 2)]
    convs = (
        [f"conv{i}" for i in (1, 2, 3)]
        + [f"{b}.conv{p}" for b, p in blocks]
        + [f"deconv{i}" for i in (1, 2, 3)]
    )
    norms = [f"in{i}" for i in (1, 2, 3)] + [f"{b}.in{p}" for b, p in blocks] + ["in4", "in5"]
    return [f"{name}.conv2d" for name in convs], norms
