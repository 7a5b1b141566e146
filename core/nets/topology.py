"""The shapes of the reel net and of the checkpoints it can borrow. Numbers and names: never imports torch.

The net of Johnson, Alahi & Fei-Fei 2016 as `pytorch/examples` fast_neural_style has it, 8, 16 or 32
channels wide: sixteen convolutions, fifteen norms.
"""

from collections.abc import Mapping

from ..errors import StyleError

BLOCKS = 5
WIDTHS = (8, 16, 32)
RANK = 32  # of the factors that a style's Gram matrices are kept as
MANNER = {f"manner.{layer}": (width, RANK) for layer, width in enumerate((64, 128, 256, 512))}
Shapes = Mapping[str, tuple[int, ...]]


def conv_shapes(width: int) -> list[tuple[int, int, int]]:
    """Channels in, channels out and kernel of every convolution, in the order they are met."""
    w = width
    shapes = [(3, w, 9), (w, 2 * w, 3), (2 * w, 4 * w, 3)]
    shapes += [(4 * w, 4 * w, 3)] * (2 * BLOCKS)
    return [*shapes, (4 * w, 2 * w, 3), (2 * w, w, 3), (w, 3, 9)]


def norm_widths(width: int) -> list[int]:
    """Channels of every norm, in the order they are met."""
    return [width, 2 * width, 4 * width] + [4 * width] * (2 * BLOCKS) + [2 * width, width]


def borrowed_names() -> tuple[list[str], list[str]]:
    """What `pytorch/examples` calls the convolutions and the norms, in the order they are met."""
    blocks = [(f"res{block}", part) for block in range(1, BLOCKS + 1) for part in (1, 2)]
    convs = [f"conv{i}" for i in (1, 2, 3)] + [f"{b}.conv{p}" for b, p in blocks]
    convs += [f"deconv{i}" for i in (1, 2, 3)]
    norms = [f"in{i}" for i in (1, 2, 3)] + [f"{b}.in{p}" for b, p in blocks] + ["in4", "in5"]
    return [f"{name}.conv2d" for name in convs], norms


def is_needed(name: str) -> bool:
    """Whether a tensor of a borrowed checkpoint has a part in the picture: running statistics have none."""
    return ".running_" not in name and "num_batches" not in name


def check_borrowed(shapes: Shapes, where: str) -> int:
    """The width of a borrowed checkpoint, by the shapes of its tensors. Raises StyleError for another net."""
    convs, norms = borrowed_names()
    parts = [f"{name}.{part}" for name in (*convs, *norms) for part in ("weight", "bias")]
    needed = {name: shape for name, shape in shapes.items() if is_needed(name)}
    if missing := [name for name in parts if name not in needed]:
        what = f"it has no {missing[0]!r}" + (f", but {next(iter(needed))!r}" if needed else "")
    elif strange := [name for name in needed if name not in parts]:
        what = f"it has {strange[0]!r}, which is of another net"
    else:
        width = _width(needed[f"{convs[0]}.weight"], where)
        wanted = {f"{name}.weight": shape for name, shape in zip(convs, _kernels(width), strict=True)}
        wanted |= {f"{name}.bias": shape[:1] for name, shape in zip(convs, _kernels(width), strict=True)}
        for name, channels in zip(norms, norm_widths(width), strict=True):
            wanted |= {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}
        _compare(needed, wanted, where)
        return width
    what = f"not a checkpoint of pytorch/examples fast_neural_style: {what}"
    raise StyleError(what, where=where, hint="Other nets come as ONNX: torch.onnx.export makes a .onnx file.")


def check_base(shapes: Shapes, where: str) -> int:
    """The width of a base net, by the shapes of its tensors. Raises StyleError where it is none."""
    width = _width(shapes.get("convs.0.weight", ()), where)
    wanted = {}
    for number, shape in enumerate(_kernels(width)):
        wanted |= {f"convs.{number}.weight": shape, f"convs.{number}.bias": shape[:1]}
    _compare(shapes, wanted, where)
    return width


def check_knots(shapes: Shapes, knots: int, width: int, where: str) -> None:
    """Raises StyleError where a style's γ and β are not of a base net's width, or its manner is none."""
    numbers = sum(norm_widths(width))
    if any(shapes.get(name) != (knots, numbers) for name in ("gamma", "beta")):
        raise StyleError(f"its γ and β are not {knots} knots of {numbers} numbers", where=where)
    if wrong := [name for name, shape in MANNER.items() if shapes.get(name, shape) != shape]:
        raise StyleError(f"its {wrong[0]} is {_said(shapes[wrong[0]])}, no Gram matrix's factor", where=where)


def _kernels(width: int) -> list[tuple[int, ...]]:
    return [(out, into, side, side) for into, out, side in conv_shapes(width)]


def _width(first: tuple[int, ...], where: str) -> int:
    if len(first) == 4 and first[0] in WIDTHS and first[1] == 3:
        return first[0]
    if len(first) != 4:
        what = f"its first layer is {_said(first)}, not a convolution"
    elif first[1] != 3:
        what = f"its first layer takes {first[1]} channels, not the 3 of a picture"
    else:
        what = f"its first layer is {first[0]} channels wide, not 8, 16 or 32"
    raise StyleError(what, where=where)


def _compare(shapes: Shapes, wanted: Shapes, where: str) -> None:
    for name, shape in wanted.items():
        if shapes.get(name) != shape:
            has = f"{name} is {_said(shapes[name])}" if name in shapes else f"it has no {name}"
            raise StyleError(f"another topology than the reel net's: {has}, not {_said(shape)}", where=where)
    if strange := shapes.keys() - wanted.keys():
        what = f"another topology than the reel net's: it has {sorted(strange)[0]}"
        raise StyleError(what, where=where)


def _said(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "missing"
