"""Nets that cannot be worn, as the command line says it: before anything is rendered, in one sentence."""

import pytest
import torch
from support import onnx_nets
from support.bad_nets import RAN, bad_nets, checkpoint
from support.small_film import write_small_film

SLOW = ("PNG", "script", "cut off", "no base", "style, cut off")
KINDS = ("evil", "four channels", *(pytest.param(kind, marks=pytest.mark.slow) for kind in SLOW))


def wearing(style: object, *sets: str) -> list[str]:
    words = ["--preset", "exam"]
    for text in (f"style={style}", *sets):
        words += ["--set", text]
    return words


@pytest.fixture(scope="module")
def nets(tmp_path_factory):
    return bad_nets(tmp_path_factory.mktemp("nets"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_refuses_what_can_be_seen_without_loading_it(program, nets, tmp_path, kind):
    film, (path, told) = write_small_film(tmp_path), nets[kind]
    message = program.run("plan", film.cut, *wearing(path)).refused(2)
    assert told in message and path.name in message, message
    assert not list(tmp_path.rglob(RAN)) and not (tmp_path / "cut_stylereel").exists()


ONNX = {
    "cut off": (lambda folder: cut_off(onnx_nets.blur(folder / "a.onnx")), "net.range=0..1", "cut off"),
    "four channels": (
        lambda folder: onnx_nets.identity(folder / "a.onnx", (1, 4, None, None)),
        "net.range=0..1",
        "takes 4 channels",
    ),
    "two inputs": (
        lambda folder: onnx_nets.two_inputs(folder / "a.onnx"),
        "net.range=0..1",
        "takes 2 things",
    ),
    "undeclared": (lambda folder: onnx_nets.blur(folder / "a.onnx"), "net.size=any", "net.range is missing"),
}


def cut_off(path):
    path.write_bytes(path.read_bytes()[:-30])
    return path


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind == "two inputs" else pytest.mark.slow) for kind in ONNX]
)
def test_a_plan_refuses_onnx_nets_that_take_no_picture(program, tmp_path, kind):
    make, net, told = ONNX[kind]
    message = program.run("plan", write_small_film(tmp_path).cut, *wearing(make(tmp_path), net)).refused(2)
    assert told in message, message


@pytest.mark.slow
def test_a_render_refuses_the_rest_before_the_first_frame(program, tmp_path):
    film = write_small_film(tmp_path)
    torch.save(checkpoint(channels=4), tmp_path / "four.pth")
    message = program.run("render", film.cut, *wearing(tmp_path / "four.pth")).refused(2)
    assert "takes 4 channels" in message and "four.pth" in message
    twice = onnx_nets.scaled(tmp_path / "twice.onnx", 2)
    message = program.run("render", film.cut, *wearing(twice, "net.range=0..255")).refused(2)
    assert "super-resolution" in message and "twice.onnx" in message
    assert not list(tmp_path.rglob("*.mov.part")) and not list(tmp_path.rglob("exam_*.mov"))


def test_a_chain_with_an_onnx_net_is_rendered_and_kept(program, tmp_path):
    film = write_small_film(tmp_path)
    onnx_nets.negative(tmp_path / "negative.onnx")
    (tmp_path / "film.toml").write_text(
        "[presets.both]\nkeep_colour = 0.5\n"
        'chain = [{ style = "negative.onnx", net = { range = "0..255" } }, { style = "exam" }]\n'
    )
    words = (film.cut, "--preset", "both")
    program.run("render", *words, "-q").done()
    planned = program.run("plan", *words, "--json").done().data
    assert {shot["status"] for shot in planned["shots"]} == {"cached"}
    onnx_nets.negative(tmp_path / "negative.onnx", 200.0)
    planned = program.run("plan", *words, "--json").done().data
    assert {shot["status"] for shot in planned["shots"]} == {"changed"}, "another net of the same name"
    message = program.run("shot", *words[:1], "both_010", "--set", "style_weight=2e10").refused(2)
    assert "chain.0.style_weight" in message
    program.run("shot", film.cut, "both_010", "--set", "chain.1.style_weight=2e10", "-q").done()
