"""ONNX nets: any of them paints frames of any size, or says why it cannot."""

import struct
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from stylereel.core.dial import to_dial
from stylereel.core.errors import StyleError
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.onnx_file import content_key, read_onnx
from stylereel.core.nets.onnx_net import OnnxNet, Size, load_onnx
from stylereel.core.nets.unopened import check_file
from stylereel.core.preset import Net
from support import onnx_nets

BYTES, ONE, SIGNED = Net(range="0..255"), Net(range="0..1"), Net(range="-1..1")


def picture(height: int = 90, width: int = 160) -> torch.Tensor:
    torch.manual_seed(5)
    return F.interpolate(torch.rand(1, 3, 8, 8) * 255, (height, width), mode="bicubic").clamp(0, 255)


@pytest.mark.parametrize("named", ["0..255", "0..1", "-1..1", "imagenet"])
@pytest.mark.parametrize("colour", ["rgb", "bgr"])
@pytest.mark.parametrize("half", [False, True])
def test_a_net_that_does_nothing_gives_the_picture_back(tmp_path: Path, named, colour, half) -> None:
    path = onnx_nets.identity(tmp_path / "same.onnx", half=half)
    net = load_painter(path, (), 1e10, Net(range=named, colour=colour))
    assert (net.paint(picture(), 1e10) - picture()).abs().max() < (0.2 if half else 1e-3)


def test_a_net_paints_what_it_was_made_to(tmp_path: Path) -> None:
    for high, declared in ((255.0, BYTES), (1.0, ONE), (0.0, SIGNED)):
        net = load_onnx(onnx_nets.negative(tmp_path / f"{high}.onnx", high), declared)
        assert (net.paint(picture(), 1e11) - (255 - picture())).abs().max() < 1e-3
    net = load_onnx(onnx_nets.negative(tmp_path / "255.0.onnx"), BYTES)
    half = net.paint(picture(), 1e9)
    part = to_dial(1e9) / to_dial(1e10)
    assert torch.equal(net.paint(picture(), 0), picture())
    assert torch.allclose(half, picture() + part * (255 - 2 * picture()), atol=1e-3)


def test_a_net_that_takes_and_gives_different_ranges(tmp_path: Path) -> None:
    path = onnx_nets.identity(tmp_path / "same.onnx")
    net = load_onnx(path, Net(range="0..1", output="-1..1"))
    assert (net.paint(picture(), 1e10) - (127.5 + picture() / 2)).abs().max() < 1e-3


def test_colours_may_come_last(tmp_path: Path) -> None:
    for shape in ((1, None, None, 3), ("n", "h", "w", 3)):
        net = load_onnx(onnx_nets.identity(tmp_path / "last.onnx", shape), SIGNED)
        assert net.file.takes.colours_last
        assert (net.paint(picture(), 1e10) - picture()).abs().max() < 1e-3


def test_shapes_that_the_file_leaves_open_are_taken_as_pytorch_writes_them(tmp_path: Path) -> None:
    net = load_onnx(onnx_nets.identity(tmp_path / "open.onnx", ("b", "c", "h", "w")), ONE)
    assert (net.paint(picture(), 1e10) - picture()).abs().max() < 1e-3


@pytest.mark.parametrize(("times", "grain"), [(0, 1), (2, 4), (3, 8), (5, 32), (7, 128)])
def test_what_sides_must_be_multiples_of_is_found_out(tmp_path: Path, times: int, grain: int) -> None:
    net = load_onnx(onnx_nets.halves(tmp_path / "unet.onnx", times), BYTES)
    assert net.size == Size(grain=grain)
    for height, width in ((90, 160), (61, 37), (16, 300)):
        assert net.paint(picture(height, width), 1e10).shape == (1, 3, height, width)


def test_a_declared_size_is_what_is_used(tmp_path: Path) -> None:
    path = onnx_nets.halves(tmp_path / "unet.onnx", 3)
    assert load_onnx(path, Net(range="0..1", size="multiple of 16")).size == Size(grain=16)
    assert load_onnx(path, Net(range="0..1", size="64x48")).size == Size(fixed=(64, 48))
    with pytest.raises(StyleError, match="fails on a picture of") as caught:
        load_onnx(path, Net(range="0..1", size="any"))
    assert "net.size" in caught.value.hint


def test_a_net_of_one_size_paints_frames_of_any(tmp_path: Path) -> None:
    path = onnx_nets.identity(tmp_path / "fixed.onnx", (1, 3, 96, 128))
    net = load_onnx(path, BYTES)
    assert net.size == Size(fixed=(128, 96))
    smooth = F.interpolate(torch.rand(1, 3, 4, 4) * 255, (270, 480), mode="bicubic").clamp(0, 255)
    assert (net.paint(smooth, 1e10) - smooth).abs().max() < 8
    exact = picture(96, 128)
    assert torch.equal(net.paint(exact, 1e10), exact)


def test_padding_by_reflection_stays_out_of_the_frame(tmp_path: Path) -> None:
    """A frame that ends in a flat area is painted there as if it went on."""
    net = load_onnx(onnx_nets.halves(tmp_path / "unet.onnx", 5), BYTES)
    flat = torch.full((1, 3, 90, 150), 80.0)
    assert (net.paint(flat, 1e10) - flat).abs().max() < 1e-3


@pytest.mark.parametrize("roll", [1, 40, -77])
def test_a_roll_commutes_with_the_sphere_where_the_nets_reach_is_within_64(tmp_path: Path, roll: int) -> None:
    net = load_onnx(onnx_nets.blur(tmp_path / "blur.onnx", 16), BYTES)
    pixels = picture(90, 200)
    before = net.paint(pixels.roll(roll, 3), 1e10, sphere=True)
    assert (before - net.paint(pixels, 1e10, sphere=True).roll(roll, 3)).abs().max() < 1e-3
    flat = net.paint(pixels.roll(roll, 3), 1e10) - net.paint(pixels, 1e10).roll(roll, 3)
    assert flat.abs().max() > 1, "without the sphere a roll must show, or this test sees nothing"


def test_a_net_of_one_size_goes_round_the_sphere(tmp_path: Path) -> None:
    net = load_onnx(onnx_nets.identity(tmp_path / "fixed.onnx", (1, 3, 64, 128)), BYTES)
    assert net.paint(picture(100, 400), 1e10, sphere=True).shape == (1, 3, 100, 400)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_net_goes_to_the_device_that_there_is(tmp_path: Path, device: str) -> None:
    if not (device == "cpu" or torch.cuda.is_available()):
        pytest.skip("no CUDA device")
    net = load_onnx(onnx_nets.negative(tmp_path / "n.onnx"), BYTES).on(torch.device(device))
    painted = net.paint(picture().to(device), 1e10)
    assert painted.device.type == device and (painted.cpu() - (255 - picture())).abs().max() < 1e-2


def refused(folder: Path) -> dict[str, tuple[Path, Net, str]]:
    """What cannot be worn, with what is said of it."""
    whole = onnx_nets.blur(folder / "whole.onnx")
    cut_off, text, empty = folder / "cut.onnx", folder / "text.onnx", folder / "empty.onnx"
    cut_off.write_bytes(whole.read_bytes()[:-40])
    text.write_text("this is no net\n" * 10)
    empty.touch()
    drawing = folder / "drawing.onnx"
    drawing.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(200))
    secret = onnx_nets.outside(folder / "secret.onnx", "../secret.bin")
    custom = [onnx_nets.helper.make_node("Shine", ["x"], ["y"], domain="com.acme")]
    return {
        "cut off": (cut_off, ONE, "no ONNX net, or one that is cut off"),
        "text": (text, ONE, "no ONNX net"),
        "picture": (drawing, ONE, "no net: this is a PNG picture"),
        "empty": (empty, ONE, "the file is empty"),
        "four channels": (onnx_nets.identity(folder / "a.onnx", (1, 4, None, None)), ONE, "takes 4 channels"),
        "grey": (onnx_nets.identity(folder / "b.onnx", (1, None, None, 1)), ONE, "takes 1 channels"),
        "one number": (onnx_nets.identity(folder / "c.onnx", (1, 1000)), ONE, "takes 1 x 1000, not one pict"),
        "batch": (onnx_nets.identity(folder / "d.onnx", (8, 3, None, None)), ONE, "takes 8 x 3 x any x any"),
        "two inputs": (onnx_nets.two_inputs(folder / "e.onnx"), ONE, "takes 2 things"),
        "larger": (onnx_nets.scaled(folder / "f.onnx", 2.0), ONE, "super-resolution"),
        "said larger": (
            onnx_nets.identity(folder / "g.onnx", (1, 3, 64, 64), (1, 3, 256, 256)),
            ONE,
            "takes 64 x 64 and gives 256 x 256 pixels",
        ),
        "no numbers": (onnx_nets.broken(folder / "h.onnx"), ONE, "not all of its values are numbers"),
        "another range": (onnx_nets.negative(folder / "i.onnx", 1.0), BYTES, "which are not 0..255"),
        "a third range": (
            onnx_nets.identity(folder / "j.onnx"),
            Net(range="0..255", output="-1..1"),
            "gives values from 0 to 255 for a colourful picture, which are not -1..1",
        ),
        "data outside": (secret, ONE, "outside its folder"),
        "data absolute": (onnx_nets.outside(folder / "k.onnx", "/etc/hostname"), ONE, "outside its folder"),
        "data gone": (onnx_nets.outside(folder / "l.onnx", "gone.bin"), ONE, "gone.bin, is not beside it"),
        "own operators": (
            onnx_nets.write_net(folder / "m.onnx", custom, domains=("", "com.acme")),
            ONE,
            "'com.acme' need a library",
        ),
        "undeclared": (whole, Net(), "does not say which values"),
        "another size": (
            onnx_nets.identity(folder / "n.onnx", (1, 3, 64, 64)),
            Net(range="0..1", size="128x128"),
            "net.size is 128x128, and the file says 64 x 64",
        ),
        "half a size": (onnx_nets.identity(folder / "o.onnx", (1, 3, 64, None)), ONE, "one side is free"),
        "gone": (folder / "nowhere.onnx", ONE, "cannot be read: No such file"),
    }


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Net, str]]:
    return refused(tmp_path_factory.mktemp("nets"))


REFUSED = (
    "cut off;text;picture;empty;four channels;grey;one number;batch;two inputs;larger;said larger;no numbers;"
    "another range;a third range;data outside;data absolute;data gone;own operators;undeclared;another size;"
    "half a size;gone"
).split(";")


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_paint_is_refused_with_its_place(nets, kind: str, capfd) -> None:
    path, declared, told = nets[kind]
    with pytest.raises(StyleError) as caught:
        load_painter(path, (), 1e10, declared)
    assert told in caught.value.what and caught.value.where == str(path)
    assert not capfd.readouterr().err, "onnxruntime keeps its own log to itself"


def test_all_that_is_refused_is_tried(nets) -> None:
    assert set(REFUSED) == nets.keys()


def test_numbers_beside_the_file_are_read_and_count_as_its_content(tmp_path: Path) -> None:
    numbers = tmp_path / "n.data"
    numbers.write_bytes(struct.pack("<f", 255))
    path = onnx_nets.outside(tmp_path / "n.onnx", "n.data")
    net = load_onnx(path, BYTES)
    assert isinstance(net, OnnxNet) and (net.paint(picture(), 1e10) - (255 - picture())).abs().max() < 1e-3
    before = content_key(path)
    numbers.write_bytes(struct.pack("<f", 128))
    assert content_key(path) != before


def test_no_torn_file_is_taken_for_a_net(tmp_path: Path) -> None:
    whole = onnx_nets.halves(tmp_path / "net.onnx", 2).read_bytes()
    path = tmp_path / "torn.onnx"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(StyleError):
            read_onnx(path)


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_without_the_extra_the_line_that_installs_it_is_said(
    tmp_path: Path, monkeypatch, package: str
) -> None:
    path = onnx_nets.blur(tmp_path / "blur.onnx")
    monkeypatch.setitem(sys.modules, package, None)
    for look in (check_file, lambda path: load_painter(path, (), 1e10, ONE)):
        with pytest.raises(StyleError, match="need the packages") as caught:
            look(path)
        assert "pip install 'stylereel[onnx]'" in caught.value.hint
