"""Mattes by nets from elsewhere: ONNX files with a few words about them."""

from pathlib import Path

import numpy as np
import pytest
from stylereel.core.errors import StyleError
from stylereel.core.mattes.content import model_key
from stylereel.core.mattes.matting import Shape
from support.mattes import colours, matte, matte_of

pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")
from onnx import helper  # noqa: E402
from support.onnx_nets import write_net  # noqa: E402

SIZE = (128, 64)


def two_classes(path: Path, more: int = 0, *, last: bool = False) -> Path:
    """How dark and how light a pixel is, as logits: 12 · (0.5 - red) and 12 · (red - 0.5) on 0 … 1.

    Behind them so many `more` classes that are nowhere; `last` in what is given, or first.
    """
    kernel = np.zeros((2 + more, 3, 1, 1), np.float32)
    kernel[0, 0], kernel[1, 0] = -12, 12
    nodes = [helper.make_node("Conv", ["x", "kernel", "bias"], ["c" if last else "y"])]
    nodes += [helper.make_node("Transpose", ["c"], ["y"], perm=(0, 2, 3, 1))] if last else []
    numbers = {"kernel": kernel, "bias": np.array((6, -6, *[-30] * more), np.float32)}
    gives = (1, None, None, 2 + more) if last else (1, 2 + more, None, None)
    return write_net(path, nodes, gives=gives, numbers=numbers)


def reds() -> np.ndarray:
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[:, 40:90] = (255, 60, 60)
    return picture


def test_a_class_of_a_net_is_a_matte_true_to_edges(tmp_path):
    net = str(two_classes(tmp_path / "net.onnx"))
    found = matte_of(reds(), kind="model", model=net, classes=[1], range="0..1")
    assert (found[:, 44:86] > 0.98).all() and (found[:, :36] == 0).all() and (found[:, 94:] == 0).all()
    other = matte_of(reds(), kind="model", model=net, classes=[0], range="0..1")
    assert np.abs(found + other - 1).max() < 0.05
    both = matte_of(reds(), kind="model", model=net, classes=[0, 1], range="0..1")
    assert (both > 0.99).all()


@pytest.mark.parametrize(("more", "last"), [(0, True), (148, False), (148, True)])
def test_classes_are_found_wherever_they_lie_and_however_many(tmp_path, more, last):
    nets = [str(two_classes(tmp_path / "a.onnx")), str(two_classes(tmp_path / "b.onnx", more, last=last))]
    once, again = (matte_of(reds(), kind="model", model=net, classes=[1], range="0..1") for net in nets)
    assert np.allclose(once, again, atol=1e-4)


def test_it_closes_on_the_sphere(tmp_path):
    net, picture = str(two_classes(tmp_path / "net.onnx")), colours(size=(256, 128))
    values = {"kind": "model", "model": net, "classes": [1], "range": "0..1"}
    once = matte_of(picture, Shape(True), **values)
    rolled = matte_of(np.roll(picture, 64, 1), Shape(True), **values)
    assert np.abs(rolled - np.roll(once, 64, 1)).mean() < 1 / 255


WRONG = {
    "no class is chosen": ({"range": "0..1"}, "gives 2 classes: which are inside"),
    "a class that is not there": ({"classes": [5], "range": "0..1"}, "has the classes 0 … 1, not 5"),
    "values that are no shares": ({"classes": [1], "range": "0..1", "values": "none"}, "which are no shares"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_a_net_gives_and_cannot_be_used_is_said(tmp_path, kind):
    values, told = WRONG[kind]
    with pytest.raises(StyleError) as caught:
        matte_of(reds(), kind="model", model=str(two_classes(tmp_path / "net.onnx")), **values)
    assert told in str(caught.value)


def test_a_net_that_gives_nothing_is_said(tmp_path):
    node = helper.make_node("Slice", ["x", "none", "none", "rows"], ["y"])
    numbers = {"none": np.array([0]), "rows": np.array([2])}
    net = write_net(tmp_path / "none.onnx", [node], gives=(1, 3, None, None), numbers=numbers)
    with pytest.raises(StyleError, match="which are no classes of a picture"):
        matte_of(reds(), kind="model", model=str(net), classes=[1], range="0..1")


def test_what_a_plan_can_see_is_refused_by_it(tmp_path):
    net = two_classes(tmp_path / "net.onnx")
    with pytest.raises(StyleError, match="range is missing"):
        model_key(matte(kind="model", model=str(net), classes=[1]))
    with pytest.raises(StyleError, match="no names for its classes: person"):
        model_key(matte(kind="model", model=str(net), classes=[0, "person"], range="0..1"))
    with pytest.raises(StyleError, match="no segmentation net"):
        model_key(matte(kind="model", model="unet", classes=[1]))
    with pytest.raises(StyleError, match="classes is missing"):
        model_key(matte(kind="model", model="fcn_resnet50"))
    (tmp_path / "net.pt").write_bytes(b"x")
    with pytest.raises(StyleError, match="comes as ONNX"):
        model_key(matte(kind="model", model=str(tmp_path / "net.pt"), range="0..1"))
    key = model_key(matte(kind="model", model=str(net), classes=[1], range="0..1"))
    assert key == model_key(matte(kind="model", model=str(net), classes=[0], range="0..1"))
