"""What can be said of a net's file before it is loaded, so that a plan refuses what a render would.

Knows how the kinds of files begin and what they list. Never imports torch, never runs anything of a file.
"""

import pickletools
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO

from safetensors import SafetensorError, safe_open

from ..dial import KNOTS
from ..errors import StyleError
from .onnx_file import content_key, read_onnx
from .shelf import FORMAT, find_base, read_metadata, read_record, sha256
from .topology import check_base, check_borrowed, check_knots

_LEGACY = 0x1950A86A20F9469CFC6C  # the first of the pickles in a row that old checkpoints are
_BEGINNINGS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the net itself: git lfs pull fetches it"),
    (b"<", "a web page or XML: download the file itself"),
)
_STATE = "Save a net's state_dict alone, best as .safetensors; other nets come as ONNX."
_PLAIN = ("torch", "collections", "_codecs")  # what tensors are made of, when pickled
_PLAIN_BUILTINS = ("set", "frozenset", "complex", "bytearray", "slice", "range", "tuple", "list", "dict")


def net_key(path: Path) -> str:
    """The hash of everything that a net's file holds, or that it has beside it. Raises StyleError."""
    return content_key(path) if path.suffix.lower() == ".onnx" else sha256(path)


def check_file(path: Path, folders: tuple[Path, ...] = ()) -> None:
    """Raises StyleError where a net's file cannot be worn, as far as that can be seen without loading it.

    A style's base is looked for beside it, then in `folders`.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(64)
    except OSError as error:
        raise StyleError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    if not beginning:
        raise StyleError("no net: the file is empty", where=str(path))
    for start, what in _BEGINNINGS:
        if beginning.lstrip().startswith(start):
            raise StyleError(f"no net: this is {what}", where=str(path))
    suffix = path.suffix.lower()
    if suffix == ".onnx":
        read_onnx(path)
    elif suffix == ".safetensors":
        _check_safetensors(path, folders)
    else:
        _check_checkpoint(path, beginning)


def shapes_in(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a safetensors file. Raises StyleError where it is none."""
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise StyleError(f"not a readable safetensors file: {error}", where=str(path)) from error


def _check_safetensors(path: Path, folders: tuple[Path, ...]) -> None:
    metadata = read_metadata(path)
    if metadata.get("format") != FORMAT:
        check_borrowed(shapes_in(path), str(path))
        return
    if metadata.get("kind") == "base":
        hint = "Wear a style that was trained on it."
        raise StyleError("a base net, which has no style of its own", where=str(path), hint=hint)
    base = find_base(path, read_record(path).base, folders)
    check_knots(shapes_in(path), len(KNOTS), check_base(shapes_in(base), str(base)), str(path))


def _check_checkpoint(path: Path, beginning: bytes) -> None:
    try:
        names = {name for name in _called(path, beginning) if not _is_plain(name)}
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, KeyError, UnicodeError) as error:
        reason = "cut off" if beginning.startswith((b"PK", b"\x80")) else "no checkpoint of PyTorch"
        raise StyleError(f"no net: the file is {reason}", where=str(path), hint=_STATE) from error
    if names:
        what = f"would run code when loaded: {sorted(names)[0]}; it is not opened"
        raise StyleError(what, where=str(path), hint=_STATE)


def _called(path: Path, beginning: bytes) -> Iterator[str]:
    """`module name` of everything that loading a checkpoint would call."""
    if not beginning.startswith(b"PK"):
        with path.open("rb") as file:
            yield from _pickled(file)
        return
    with zipfile.ZipFile(path) as archive:
        parts = archive.namelist()
        if any(part.endswith("/constants.pkl") or "/code/" in part for part in parts):
            yield "a program of TorchScript"
        with archive.open(next((part for part in parts if part.endswith("data.pkl")), "data.pkl")) as file:
            yield from _pickled(file)


def _pickled(file: IO[bytes]) -> Iterator[str]:
    more = 1
    while more:
        more = 4 if (yield from _globals(file)) else more  # the format, the protocol, the system, the tensors
        more -= 1


def _globals(file: IO[bytes]) -> Generator[str, None, bool]:
    """What one pickle would call; gives back whether it only says that it is the first of several."""
    said: list[object] = []  # what was pushed last, as far as it is text
    memo: dict[int, object] = {}
    legacy = False
    for opcode, argument, _ in pickletools.genops(file):
        if opcode.name in ("GLOBAL", "INST"):
            yield str(argument)
        elif opcode.name == "STACK_GLOBAL":
            yield " ".join(map(str, said[-2:]))
        legacy = legacy or (opcode.name == "LONG1" and argument == _LEGACY)
        if opcode.name == "MEMOIZE" or opcode.name.endswith("PUT"):
            memo[len(memo) if argument is None else int(argument)] = said[-1] if said else None
        elif opcode.name.endswith("GET"):
            said.append(memo.get(int(argument or 0)))
        else:
            said.append(argument)
    return legacy


def _is_plain(name: str) -> bool:
    module, _, called = name.partition(" ")
    if module in ("builtins", "__builtin__"):
        return called in _PLAIN_BUILTINS
    return module.partition(".")[0] in _PLAIN and not module.startswith("torch.nn.modules")
