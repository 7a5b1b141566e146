"""What the file of an ONNX net says of itself. Runs nothing of it, never imports torch.

Knows the picture that goes in and the one that comes out, and what must not be opened: operators that
need a library of their own, data outside the file's folder. Knows nothing of values; a preset declares them.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import StyleError

if TYPE_CHECKING:
    from onnx import ModelProto, TensorProto, ValueInfoProto

DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")  # operators that onnxruntime has built in
INSTALL = "pip install 'stylereel[onnx]'"
_FLOATS = {1: "float32", 10: "float16"}
_HALF = 10
_CHECKPOINT = "A net of PyTorch comes as ONNX by torch.onnx.export."


@dataclass(frozen=True, slots=True)
class Plug:
    """A picture that a net takes or gives: (1, 3, H, W), or (1, H, W, 3) where its colours are last.

    `height` and `width` are None where any will do, as far as the file says.
    """

    name: str
    kind: str
    colours_last: bool
    height: int | None
    width: int | None


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """A net that takes one picture and gives one."""

    path: Path
    takes: Plug
    gives: Plug


def read_onnx(path: Path) -> OnnxFile:
    """What a net's file says. Raises StyleError where it is none, takes or gives no picture, or is unsafe."""
    model = _parsed(path)
    _check_safe(path, model)
    graph = model.graph
    stored = {tensor.name for tensor in graph.initializer}
    inputs = [one for one in graph.input if one.name not in stored]
    for count, verb in ((len(inputs), "takes"), (len(graph.output), "gives")):
        if count != 1:
            what = f"{verb} {count} things; a net that paints takes one picture and gives one"
            raise StyleError(what, where=str(path))
    takes = _plug(path, inputs[0], "takes")
    gives = _plug(path, graph.output[0], "gives")
    pairs = ((takes.height, gives.height), (takes.width, gives.width))
    if any(before and after and before != after for before, after in pairs):
        raise other_size(path, (takes.width, takes.height), (gives.width, gives.height))
    return OnnxFile(path, takes, gives)


def read_segmenter(path: Path) -> Plug:
    """The picture that a net takes which tells parts of it. Raises StyleError like `read_onnx`.

    Of several things that such a net gives, the first is what it found.
    """
    model = _parsed(path)
    _check_safe(path, model)
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in stored]
    if len(inputs) != 1:
        raise StyleError(f"takes {len(inputs)} things; a matte's net takes one picture", where=str(path))
    return _plug(path, inputs[0], "takes")


def data_files(path: Path) -> list[Path]:
    """The files beside an ONNX file that hold numbers of its net. Raises StyleError like `read_onnx`."""
    model = _parsed(path)
    _check_safe(path, model)
    return [path.parent / name for name in sorted(set(_locations(model)))]


def content_key(path: Path) -> str:
    """The SHA-256 of an ONNX file, or of it and of the files beside it that hold its numbers."""
    files = [path, *data_files(path)]
    try:
        hashes = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    except OSError as error:
        raise StyleError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    return hashes[0] if len(files) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


@lru_cache
def needed_bytes(path: Path, height: int, width: int) -> int:
    """What the largest operator of a net takes and gives for a picture of a size: the memory that it needs
    at least. 0 where ONNX cannot tell the shapes. Raises StyleError like `read_onnx`."""
    from onnx import shape_inference

    file, model = read_onnx(path), _parsed(path)
    stored = {tensor.name for tensor in model.graph.initializer}
    shape = (1, height, width, 3) if file.takes.colours_last else (1, 3, height, width)
    for one in (one for one in model.graph.input if one.name not in stored):
        for dim, length in zip(one.type.tensor_type.shape.dim, shape, strict=False):
            dim.dim_value = length
    del model.graph.value_info[:]
    for one in model.graph.output:
        one.type.tensor_type.ClearField("shape")
    try:
        graph = shape_inference.infer_shapes(model).graph
    except Exception:  # onnx's own have no common base; the net itself says what is wrong when it runs
        return 0
    sizes = {one.name: _bytes(one) for one in (*graph.input, *graph.output, *graph.value_info)}
    names = ({*node.input, *node.output} - stored for node in graph.node)
    return max((sum(sizes.get(name, 0) for name in used) for used in names), default=0)


def _bytes(info: "ValueInfoProto") -> int:
    dims = info.type.tensor_type.shape.dim
    wide = 2 if info.type.tensor_type.elem_type == _HALF else 4
    return wide * prod(dim.dim_value for dim in dims) if dims else 0


def other_size(path: Path, before: tuple[int | None, ...], after: tuple[int | None, ...]) -> StyleError:
    """The error for a net whose picture is not as large as the one it takes; sizes are width, height."""
    sizes = [" x ".join(str(length or "any") for length in size) for size in (before, after)]
    what = f"takes {sizes[0]} and gives {sizes[1]} pixels: a net for super-resolution, it seems"
    hint = "A style gives every pixel back where it was; export the net without its upscaling."
    return StyleError(what, where=str(path), hint=hint)


def _parsed(path: Path) -> "ModelProto":
    try:
        import onnx
        import onnxruntime  # noqa: F401  (so that a plan says what a render would miss)
    except ImportError as error:
        what = f"ONNX nets need the packages onnx and onnxruntime: {error}"
        raise StyleError(what, where=str(path), hint=f"Install them: {INSTALL}") from error
    try:
        model = onnx.ModelProto.FromString(path.read_bytes())
    except OSError as error:
        raise StyleError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except Exception as error:  # protobuf's DecodeError, which onnx does not name
        raise StyleError("no ONNX net, or one that is cut off", where=str(path), hint=_CHECKPOINT) from error
    if not model.graph.node or not model.opset_import:
        what = "no ONNX net, or one that is cut off: it holds no operator, or not their version"
        raise StyleError(what, where=str(path), hint=_CHECKPOINT)
    return model


def _check_safe(path: Path, model: "ModelProto") -> None:
    """Raises StyleError for what would have to load a library, or a file of somewhere else."""
    own = {function.domain for function in model.functions}
    wanted = {node.domain for node in model.graph.node} | {one.domain for one in model.opset_import}
    if strange := sorted(wanted - own - {*DOMAINS}):
        what = f"its operators of {strange[0]!r} need a library of their own, which is never loaded"
        raise StyleError(what, where=str(path), hint="Export the net with ONNX's own operators.")
    folder = path.parent.resolve()
    for name in _locations(model):
        file = (folder / name).resolve()
        if "\\" in name or not file.is_relative_to(folder):
            what = f"its numbers lie in {name!r}, outside its folder; they are not opened"
            raise StyleError(what, where=str(path), hint="Keep a net in one file, or both in one folder.")
        if not file.is_file():
            hint = "Keep the .onnx file and its data together."
            raise StyleError(f"the file of its numbers, {name}, is not beside it", where=str(path), hint=hint)


def _locations(model: "ModelProto") -> Iterator[str]:
    """The names of the files that a net's numbers lie in, outside its own."""
    for tensor in _tensors(model):
        yield from (entry.value for entry in tensor.external_data if entry.key == "location")


def _tensors(message: Any) -> "Iterator[TensorProto]":
    """Every tensor of a model: in its graph, in the graphs of its operators, in its functions."""
    from onnx import TensorProto

    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for part in value if not hasattr(value, "ListFields") else (value,):
            if isinstance(part, TensorProto):
                yield part
            elif hasattr(part, "ListFields"):
                yield from _tensors(part)


def _plug(path: Path, info: "ValueInfoProto", verb: str) -> Plug:
    tensor = info.type.tensor_type
    shape = [dim.dim_value if dim.dim_value > 0 else None for dim in tensor.shape.dim]
    said = " x ".join(str(length or "any") for length in shape) or "a number"
    if not tensor.HasField("shape"):
        shape = [None] * 4
    if len(shape) != 4 or shape[0] not in (1, None):
        what = f"{verb} {said}, not one picture (1 x 3 x height x width)"
        raise StyleError(what, where=str(path))
    if tensor.elem_type not in _FLOATS:
        from onnx import TensorProto

        kind = TensorProto.DataType.Name(tensor.elem_type).lower()
        raise StyleError(f"{verb} {kind}, not float or float16 values", where=str(path))
    last = shape[1] != 3 and (shape[3] == 3 or (shape[1] is None and shape[3] in (1, 2, 4)))
    channels = shape[3] if last else shape[1]
    if channels not in (3, None):
        raise StyleError(f"{verb} {channels} channels, not the 3 of a picture ({said})", where=str(path))
    sides = shape[1:3] if last else shape[2:4]
    return Plug(info.name, _FLOATS[tensor.elem_type], last, *sides)
