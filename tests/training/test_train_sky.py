"""A sky net from pictures and a teacher: what is written, what is held out, and going on after a stop."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.mattes.sky_net import load_sky_net
from stylereel.core.training.sky_fit import SkyProgress, SkyRecipe
from stylereel.core.training.sky_hints import hints_of, spread_of
from stylereel.core.training.sky_lessons import lessons
from stylereel.core.training.sky_pages import pages
from stylereel.core.training.sky_samples import Samples
from stylereel.core.training.sky_teacher import Teacher
from stylereel.core.training.sky_train import SkyOrder, train_sky
from support.program import Program

CPU = torch.device("cpu")


@pytest.fixture
def teacher(tmp_path: Path) -> Path:
    """A teacher of one layer, which takes what is blue for sky."""
    weight = torch.tensor((-20.0, 0.0, 20.0)).reshape(1, 3, 1, 1)
    graph = [("Convolution", "one", [""], ["matte"], {9: 4})]
    path = tmp_path / "teacher.pt"
    torch.save({"graph": graph, "weights": {"one.weight": weight, "one.bias": torch.tensor([0.0])}}, path)
    return path


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Ten pictures, blue above and red below."""
    folder = tmp_path / "content"
    folder.mkdir()
    for number in range(10):
        picture = np.full((60, 90, 3), (30, 40, 200), np.uint8)
        picture[: 10 + 4 * number] = (220, 120, 30)
        cv2.imwrite(str(folder / f"p{number}.png"), picture)
    return folder


@pytest.fixture
def order(tmp_path: Path, content: Path, teacher: Path) -> SkyOrder:
    recipe = SkyRecipe(steps=4, batch=2, side=96, early_side=64)
    return SkyOrder((content,), teacher, tmp_path / "sky.safetensors", tmp_path / "mattes", recipe)


def train(order: SkyOrder, until: int = 99) -> tuple[Path | None, list[SkyProgress]]:
    """Trains until a step is done; what was written, and the steps."""
    told: list[SkyProgress] = []
    written = train_sky(order, CPU, lambda done, of: None, told.append, lambda: len(told) >= until)
    return written, told


def test_a_net_is_written_that_can_be_worn_and_a_stop_changes_nothing_of_it(order, tmp_path):
    written, told = train(order)
    assert written == order.out and [one.step for one in told] == [1, 2, 3, 4]
    load_sky_net(written)
    assert len([*order.kept.glob("*.npz")]) == 8  # of ten two are held out
    again = replace(order, out=tmp_path / "again.safetensors")
    assert train(again, until=2)[0] is None and again.checkpoint.exists()
    other, rest = train(again)
    assert [one.step for one in rest] == [3, 4] and not again.checkpoint.exists()
    assert other and other.read_bytes() == written.read_bytes()


def test_a_net_learns_on_from_what_it_is(order, tmp_path):
    first, _ = train(order)
    assert first
    net = load_sky_net(first)
    pixels = torch.rand(3, 3, 64, 96) * 255
    assert torch.allclose(net.unfolded(pixels).eval()(pixels), net(pixels), atol=1e-3)
    gentle, apart = replace(order.recipe, rate=1e-7), []
    for start in (first, None):
        out = tmp_path / f"on_{start is None}.safetensors"
        written, _ = train(replace(order, recipe=gentle, start=start, out=out))
        assert written and ("start_sha256" in written.read_bytes().decode("latin-1")) == bool(start)
        apart.append(float((load_sky_net(written)(pixels) - net(pixels)).abs().mean()))
    assert apart[0] < apart[1] / 4
    none = replace(order, start=first, share=0.0, out=tmp_path / "none.safetensors")
    written, _ = train(none)
    assert written and torch.equal(load_sky_net(written)(pixels), net(pixels))
    with pytest.raises(StyleError, match=r"no sky net|cannot be read"):
        train(replace(order, start=order.teacher, out=tmp_path / "gone.safetensors"))


def test_a_panorama_alone_is_seen_through_windows(order, tmp_path):
    turn = np.linspace(0, 2 * np.pi, 128, endpoint=False)
    for name, across in (("round", np.sin(turn)), ("wide", np.linspace(-1, 1, 128))):
        picture = np.repeat((127 + 120 * across).astype(np.uint8)[None, :, None], 64, 0).repeat(3, 2)
        cv2.imwrite(str(path := tmp_path / f"{name}.png"), picture)
        seen = lessons([path], Teacher(order.teacher), order.kept)
        assert len(seen) == (13 if name == "round" else 1)


def test_nothing_is_overwritten_and_another_order_is_no_way_on(order):
    order.out.write_bytes(b"mine")
    with pytest.raises(OutputError, match="there is a file already"):
        train(order)
    order.out.unlink()
    train(order, until=1)
    with pytest.raises(OutputError, match="another order"):
        train(replace(order, recipe=replace(order.recipe, rate=1e-3)))


def test_pictures_that_show_no_sky_are_taught_so_whatever_the_teacher_sees(order, content):
    paths = sorted(content.iterdir())
    held = Teacher(order.teacher)
    shares = [one.share for one in lessons(paths, held, order.kept, ("p3*", "p4*"))]
    assert shares[3] == shares[4] == 0 and min(shares[:3] + shares[5:]) > 0.1
    with pytest.raises(StyleError, match="sees no sky"):
        train(replace(order, without=("p*",)))


def test_drawn_pages_have_no_sky_and_are_always_the_same():
    once, again = pages(6), pages(6)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(once, again, strict=True))
    assert all(not one.sky.any() and one.pixels.std() > 1 for one in once)


def test_samples_follow_from_their_seed_and_keep_sky_where_it_is(order, content):
    found = Samples(lessons(sorted(content.iterdir()), Teacher(order.teacher), order.kept))
    batch = found.batch(6, 64, 5)
    pictures, skies = batch.pictures, batch.skies
    assert pictures.shape == (6, 3, 64, 64) and skies.shape == (6, 1, 32, 32)
    assert pictures.min() >= 0 and pictures.max() <= 255 and skies.min() >= 0 and skies.max() <= 1
    assert np.array_equal(pictures, found.batch(6, 64, 5).pictures)
    assert not np.array_equal(pictures, found.batch(6, 64, 6).pictures)


@pytest.fixture
def hinting(tmp_path: Path) -> Path:
    """A teacher that goes down to a 32nd of its picture and up to an 8th, and takes what is blue for sky."""
    graph = [("Pooling", "", [str(at or "")], [str(at + 1)], {}) for at in range(5)]
    graph.append(("BinaryOp", "", ["5", "5"], ["bottom"], {}))
    for size, below, block in ((24, "bottom", "up"), (48, "up", "top")):
        graph.append(("Interp", "", [below], [f"{size}"], {3: size, 4: size}))
        graph.append(("BinaryOp", "", [f"{size}"] * 2, [block], {}))
    graph.append(("Convolution", "one", [""], ["matte"], {9: 4}))
    weights = {"one.weight": torch.tensor((-20.0, 0.0, 20.0)).reshape(1, 3, 1, 1), "one.bias": torch.zeros(1)}
    path = tmp_path / "hinting.pt"
    torch.save({"graph": graph, "weights": weights}, path)
    return path


def test_hints_are_of_the_part_of_a_picture_that_a_square_shows(hinting, tmp_path):
    slope = np.linspace(0, 255, 300, dtype=np.float32)
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[..., 0] = slope  # blue, in OpenCV's order
    cv2.imwrite(str(path := tmp_path / "slope.png"), picture)
    for _ in range(2):  # as the teacher sees it, and as it is kept
        [lesson] = lessons([path], Teacher(hinting), tmp_path / "kept")
    assert [one.shape for one in lesson.hints] == [(12, 12, 3), (24, 24, 3), (48, 48, 3)]
    mean, deviation = spread_of([lesson])[2]
    left, mirrored = np.array(((0.75, 0, 0), (0, 1, 0))), np.array(((-1.5, 0, 299), (0, 1, 0)))
    for way, first, last in ((left, 0.0, 120.0), (mirrored, 299.0, 59.0)):
        found = hints_of(lesson, way, 160)
        assert [one.shape for one in found] == [(3, 5, 5), (3, 10, 10), (3, 20, 20)]
        blue = ((found[2] - mean) / deviation)[2].mean(0)
        wanted = np.linspace(first, last, 41)[1::2] / 300  # of the way across, in the middle of each value
        assert np.allclose(blue / 12**0.5 + 0.5, wanted, atol=0.08)


def test_a_pupil_takes_hints_and_goes_on_with_them(order, hinting, tmp_path):
    whole = replace(order, teacher=hinting, kept=tmp_path / "looks")
    written, told = train(whole)
    assert max(one.hints for one in told) > 0
    again = replace(whole, out=tmp_path / "again.safetensors")
    train(again, until=2)
    other, _ = train(again)
    assert written and other and other.read_bytes() == written.read_bytes()


def test_a_file_that_is_no_teacher_is_refused(tmp_path):
    (tmp_path / "x.pt").write_bytes(b"nothing")
    with pytest.raises(StyleError, match="no teacher"):
        Teacher(tmp_path / "x.pt")
    with pytest.raises(StyleError, match="no such file"):
        Teacher(tmp_path / "gone.pt")


def test_what_is_wrong_is_told_before_any_picture_is_read(hinting, tmp_path):
    program = Program(tmp_path, tmp_path / "home")
    words = ("--content", tmp_path / "nowhere", "--out", tmp_path / "new.safetensors")
    nothing = tmp_path / "no.pt"
    assert str(nothing) in program.run("train-sky", *words, "--teacher", nothing).refused(2)
    said = program.run("train-sky", *words, "--teacher", hinting, "--from", nothing).refused(2)
    assert str(nothing) in said
    (tmp_path / "new.safetensors").write_bytes(b"mine")
    assert "there is a file already" in program.run("train-sky", *words, "--teacher", hinting).refused(6)
    assert (tmp_path / "new.safetensors").read_bytes() == b"mine"
