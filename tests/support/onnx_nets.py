"""Small ONNX nets: each takes a picture and does one thing to it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Shape = Sequence[int | str | None]
ANY: Shape = (1, 3, None, None)


def write_net(
    path: Path,
    nodes: Sequence[onnx.NodeProto],
    takes: Shape = ANY,
    gives: Shape = ANY,
    numbers: dict[str, np.ndarray] | None = None,
    half: bool = False,
    domains: Sequence[str] = ("",),
) -> Path:
    """A net from `x` to `y`; `numbers` are its constants by name."""
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    stored = [numpy_helper.from_array(array, name) for name, array in (numbers or {}).items()]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", kind, takes)],
        [helper.make_tensor_value_info("y", kind, gives)],
        stored,
    )
    versions = [helper.make_opsetid(domain, 17 if domain == "" else 1) for domain in domains]
    onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=8), path)
    return path


def identity(path: Path, takes: Shape = ANY, gives: Shape | None = None, half: bool = False) -> Path:
    """Gives back what it takes."""
    return write_net(path, [helper.make_node("Identity", ["x"], ["y"])], takes, gives or takes, half=half)


def negative(path: Path, high: float = 255.0) -> Path:
    """White for black, of a net that works on 0 … `high`."""
    nodes = [helper.make_node("Sub", ["top", "x"], ["y"])]
    return write_net(path, nodes, numbers={"top": np.float32(high)})


def blur(path: Path, reach: int = 4) -> Path:
    """A mean over 2 · `reach` + 1 pixels, zeros beyond the edges: an opaque net of a known reach."""
    side = 2 * reach + 1
    kernel = np.full((3, 1, side, side), 1 / side**2, np.float32)
    node = helper.make_node("Conv", ["x", "kernel"], ["y"], pads=[reach] * 4, group=3)
    return write_net(path, [node], numbers={"kernel": kernel})


def halves(path: Path, times: int) -> Path:
    """As a U-Net does: halves the picture some times, doubles it back, adds what it took."""
    nodes, name = [], "x"
    for n in range(times):
        nodes.append(helper.make_node("AveragePool", [name], [f"d{n}"], kernel_shape=[2, 2], strides=[2, 2]))
        name = f"d{n}"
    for n in range(times):
        nodes.append(helper.make_node("Resize", [name, "", "twice"], [f"u{n}"], mode="nearest"))
        name = f"u{n}"
    nodes += [helper.make_node("Add", [name, "x"], ["z"]), helper.make_node("Mul", ["z", "half"], ["y"])]
    numbers = {"twice": np.array([1, 1, 2, 2], np.float32), "half": np.float32(0.5)}
    return write_net(path, nodes, numbers=numbers)


def scaled(path: Path, factor: float, gives: Shape = ANY) -> Path:
    """A picture of another size."""
    node = helper.make_node("Resize", ["x", "", "factor"], ["y"], mode="nearest")
    return write_net(
        path, [node], gives=gives, numbers={"factor": np.array([1, 1, factor, factor], np.float32)}
    )


def broken(path: Path) -> Path:
    """Divides by nothing."""
    nodes = [helper.make_node("Sub", ["x", "x"], ["zero"]), helper.make_node("Div", ["zero", "zero"], ["y"])]
    return write_net(path, nodes)


def two_inputs(path: Path) -> Path:
    """Takes a picture and another."""
    net = onnx.load(identity(path))
    net.graph.input.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, ANY))
    net.graph.node[0].CopyFrom(helper.make_node("Add", ["x", "z"], ["y"]))
    onnx.save(net, path)
    return path


def outside(path: Path, location: str) -> Path:
    """A net whose numbers lie in another file."""
    net = onnx.load(negative(path))
    tensor = net.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="length", value="4")
    path.write_bytes(net.SerializeToString())
    return path
