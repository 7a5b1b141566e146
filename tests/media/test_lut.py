"""LUTs at work: there as plain formulas and FFmpeg have it, back so that the source is never lost."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest
import torch
from av.filter import Graph
from hypothesis import given, settings
from hypothesis import strategies as st
from stylereel.core.media.cube import Cube, Table, read_cube
from stylereel.core.media.lut import Lut
from support.cubes import (
    LOOKS,
    box_text,
    by_tetrahedra,
    curve_text,
    filmic,
    log_to_709,
    mild,
    nodes,
    posters,
    write_cube,
)
from support.smooth import picture
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

SIZE = 17
CPU = torch.device("cpu")


def table(values: np.ndarray, low: float = 0.0, high: float = 1.0) -> Table:
    ends = (np.full(3, end, np.float32) for end in (low, high))
    return Table(np.ascontiguousarray(values, np.float32), *ends)


@cache
def lut(kind: str) -> Lut:
    """A look as a box, and as curves (`1D mild`), and as both (`both mild`)."""
    how, _, name = kind.rpartition(" ")
    greys = np.repeat(np.linspace(0, 1, 256)[:, None], 3, 1)
    curves = table(LOOKS[name](greys))
    if how == "1D":
        return Lut.of(Cube((curves,)), CPU)
    if how == "both":  # a shaper that opens the dark, in front
        shaper = table(greys**0.5)
        box = table(LOOKS[name](nodes(33) ** 2).reshape(33, 33, 33, 3))
        return Lut.of(Cube((shaper, box)), CPU)
    return Lut.of(Cube((table(LOOKS[name](nodes(SIZE)).reshape(SIZE, SIZE, SIZE, 3)),)), CPU)


ALL = [*LOOKS, *(f"1D {name}" for name in LOOKS if name != "grey"), "both mild", "both log_to_709"]


def as_picture(codes: np.ndarray) -> torch.Tensor:
    """(N, 3) of 0 … 1 as (1, 3, 1, N) on 0 … 255."""
    return torch.from_numpy(np.asarray(codes, np.float32).T.copy())[None, :, None] * 255


def as_rows(pixels: torch.Tensor) -> np.ndarray:
    return pixels[0].flatten(1).T.numpy() / 255


def everywhere(count: int = 4000) -> np.ndarray:
    """Codes of all kinds, some of them beyond black and white, some on nodes and faces."""
    draw = np.random.default_rng(7)
    near = (draw.uniform(0, 1, (count, 1)) + draw.normal(0, 0.06, (count, 3))).clip(-0.07, 1.09)
    return np.concatenate([near, draw.uniform(-0.07, 1.09, (count, 3)), nodes(9), nodes(SIZE)])


@pytest.mark.parametrize("name", LOOKS)
def test_a_box_is_what_numpy_makes_of_it(name):
    codes = everywhere(300)
    wanted = by_tetrahedra(LOOKS[name](nodes(SIZE)), SIZE, codes)
    assert np.abs(as_rows(lut(name).shown(as_picture(codes))) - wanted).max() < 2e-5


@pytest.mark.parametrize("name", LOOKS)
def test_curves_are_what_numpy_makes_of_them(name):
    codes, greys = everywhere(300), np.linspace(0, 1, 256)
    values = LOOKS[name](np.repeat(greys[:, None], 3, 1))
    wanted = np.stack([np.interp(codes[:, at], greys, values[:, at]) for at in range(3)], 1)
    assert np.abs(as_rows(lut(f"1D {name}").shown(as_picture(codes))) - wanted).max() < 2e-5


@pytest.mark.parametrize(
    ("text", "effect"),
    [(box_text(log_to_709), "lut3d"), (box_text(mild, 9), "lut3d"), (curve_text(filmic), "lut1d")],
)
def test_ffmpeg_shows_the_same(tmp_path, text, effect):
    path = write_cube(tmp_path / "a.cube", text)
    codes = (everywhere(500).clip(0, 1) * 65535).round().astype(np.uint16)[None]
    graph = Graph()
    frame = av.VideoFrame.from_ndarray(codes, format="rgb48le")
    source = graph.add_buffer(width=frame.width, height=1, format=frame.format, time_base=Fraction(1, 25))
    step = graph.add(effect, f"file={path}")
    graph.link_nodes(source, step, graph.add("format", "pix_fmts=rgb48le"), graph.add("buffersink"))
    graph.configure()
    graph.push(frame)
    theirs = graph.pull().to_ndarray(format="rgb48le")[0] / 65535
    ours = as_rows(Lut.of(read_cube(path), CPU).shown(as_picture(codes[0] / 65535)))
    assert np.abs(ours - theirs).max() < 4e-5


@pytest.mark.parametrize("kind", ALL)
def test_what_nobody_painted_is_the_source_wherever_the_lut_clips(kind):
    source = as_picture(everywhere())
    shown = lut(kind).shown(source)
    assert (lut(kind).kept(shown, source) - source).abs().max() < 1e-3
    blurred = picture(90, 160) * 1.2 - 20
    assert (lut(kind).kept(lut(kind).shown(blurred), blurred) - blurred).abs().max() < 1e-3


# levels of 255 that a painted picture is off: for half of the pixels, all but a hundredth, a thousandth
NEAR = {
    "log_to_709": (0.4, 4, 40),
    "filmic": (0.4, 8, 25),
    "mild": (0.2, 0.6, 1.2),
    "negative": (0.01, 0.01, 0.01),
    "1D log_to_709": (0.01, 0.05, 3),
    "1D filmic": (0.01, 0.05, 1),
    "1D negative": (0.01, 0.01, 0.01),
    "both mild": (0.2, 2, 3),
    "both log_to_709": (0.4, 4, 10),
}


@pytest.mark.parametrize("kind", NEAR)
def test_what_was_painted_looks_as_it_was_painted(kind):
    """Another picture over each source: the codes that come back show it."""
    chance = np.random.default_rng(3)
    grey = chance.uniform(0, 1, (20000, 1))
    painted = as_picture((grey + chance.normal(0, 0.08, (20000, 3))).clip(0, 1))
    source = as_picture((grey[::-1] * 0.5 + chance.normal(0.15, 0.05, (20000, 3))).clip(0, 1))
    kept = lut(kind).kept(painted, source)
    low, high = lut(kind).stages[-1].span
    wanted = torch.minimum(torch.maximum(painted, low[:, :, None] * 255), high[:, :, None] * 255)
    error = (lut(kind).shown(kept) - wanted).abs().amax(1).flatten()
    found = [float(error.quantile(share)) for share in (0.5, 0.99, 0.999)]
    assert all(one < most for one, most in zip(found, NEAR[kind], strict=True)), found


@pytest.mark.parametrize("kind", ALL)
def test_whatever_is_painted_nothing_explodes(kind):
    """Wild pictures: flat, beyond black and white, and sources beyond them."""
    source = as_picture(everywhere())
    plain = (torch.full_like(source, level) for level in (-400.0, 0.0, 128.0, 255.0, 900.0))
    for painted in (*plain, source.flip(3)):
        kept = lut(kind).kept(painted, source)
        assert bool(torch.isfinite(kept).all())
        assert bool((kept >= source.clamp_max(0) - 1e-3).all())
        assert bool((kept <= source.clamp_min(255) + 1e-3).all())


PIXEL = st.tuples(*[st.floats(0.02, 0.98)] * 3)


@settings(max_examples=60)
@given(PIXEL, st.sampled_from(["log_to_709", "filmic", "mild", "1D log_to_709", "1D filmic"]))
def test_a_small_change_is_a_small_one_in_its_direction(pixel, kind):
    """Two levels lighter and darker: codes rise and fall with them, and nowhere by leaps."""
    source = as_picture(np.array([pixel] * 4))
    shown = lut(kind).shown(source)
    change = lut(kind).kept(shown + torch.tensor([-2.0, -0.0, 0.0, 2.0]), source) - source
    assert float(change.abs().max()) < 45 and float(change[..., 1:3].abs().max()) < 1e-3
    darker, _, _, lighter = change[0].sum(0).flatten().tolist()
    if bool((shown > 6).all()) and bool((shown < 249).all()):
        assert darker < 0 < lighter and float(change.abs().max()) < 25
    assert darker < 45 and lighter > -45  # where some channels clip, what they hid goes


def test_clipped_light_is_kept_while_it_is_clipped_and_goes_as_it_is_painted():
    """An S-Log3 sky far above white: untouched it keeps its light, a little painted some of it, else none."""
    source = as_picture(np.full((1, 3), 0.9)).expand(1, 3, 1, 6)
    lights = torch.tensor([255.0, 254.0, 250.0, 240.0, 200.0, 100.0]).expand(1, 3, 1, 6)
    for kind in ("log_to_709", "1D log_to_709"):
        kept = lut(kind).kept(lights, source)[0, 1, 0]
        assert float(kept[0]) == pytest.approx(0.9 * 255, abs=0.01)
        assert bool((kept.diff() < 0).all()) and float(kept[1]) > 0.85 * 255
        assert float((lut(kind).shown(kept.expand(1, 3, 1, 6)) - lights)[..., 4:].abs().max()) < 1.5


def test_a_staircase_keeps_every_code_that_was_not_painted():
    source = as_picture(np.repeat(np.linspace(0, 1, 500)[:, None], 3, 1))
    steps = lut("1D posters")
    assert len({*steps.shown(source).flatten().tolist()}) < 20 and posters(np.zeros((1, 3))).max() == 0
    assert (steps.kept(steps.shown(source), source) - source).abs().max() < 1e-3


def test_parts_of_a_picture_are_worked_on_as_the_whole(monkeypatch):
    source, painted = picture(40, 60), picture(60, 40).transpose(2, 3)
    whole = lut("mild").shown(source), lut("mild").kept(painted, source)
    monkeypatch.setattr("stylereel.core.media.lut._PIXELS", 77)
    parts = lut("mild").shown(source), lut("mild").kept(painted, source)
    assert all(torch.equal(one, other) for one, other in zip(whole, parts, strict=True))


@pytest.mark.parametrize("size", [1e-3, 1e4])
def test_the_way_back_does_not_hang_on_how_large_the_numbers_are(size):
    """A LUT to another scale than 0 … 1, and from one."""
    values = LOOKS["mild"](nodes(SIZE)).reshape(SIZE, SIZE, SIZE, 3)
    scaled = Lut.of(Cube((table(values * size, -size, 3 * size),)), CPU)
    source, painted = picture(30, 40) * size, picture(40, 30).transpose(2, 3) * size
    assert (scaled.kept(scaled.shown(source), source) - source).abs().max() < 1e-3 * size
    wanted = painted.clamp(*(float(end.mean()) * 255 for end in scaled.stages[-1].span))
    error = (scaled.shown(scaled.kept(wanted, source)) - wanted).abs() / size
    assert float(error.flatten().quantile(0.9)) < 2


class Watched(TorchDispatchMode):
    """Sees the kind of every number that is worked out."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: set[torch.dtype] = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        found = function(*args, **(kwargs or {}))
        self.kinds |= {one.dtype for one in tree_leaves(found) if isinstance(one, torch.Tensor)}
        return found


@pytest.mark.parametrize("kind", ["filmic", "1D filmic", "both mild"])
def test_every_device_can_do_it(kind):
    """No number of 64 bits, which Apple's cards have not, and nothing left on the CPU."""
    source, worn = picture(12, 16), lut(kind)
    with Watched() as watched:
        worn.kept(worn.shown(source), source)
    assert torch.float32 in watched.kinds and torch.float64 not in watched.kinds
    nowhere = torch.device("meta")  # which refuses numbers of other devices
    moved = replace(lut(kind), stages=tuple(stage.to(nowhere) for stage in lut(kind).stages), device=nowhere)
    far = source.to(nowhere)
    assert moved.kept(moved.shown(far), far).shape == source.shape
