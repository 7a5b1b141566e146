"""`stylereel audition` as a user runs it: candidates of every kind, on footage of every kind."""

import signal
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.burnin import write_counter
from support.program import Program
from support.vgg import write_vgg


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, tmp_path / "home")


@pytest.fixture(scope="module")
def vgg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_vgg(tmp_path_factory.mktemp("vgg") / "vgg.safetensors")


def write_picture(path: Path, contrast: float = 60, size: tuple[int, int] = (200, 260)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(len(path.name)).normal(size=(*size, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 2)
    cv2.imwrite(str(path), np.clip(128 + contrast * soft / soft.std(), 0, 255).astype(np.uint8))
    return path


def footage(folder: Path) -> Path:
    """A 360° picture and a clip."""
    folder.mkdir()
    around = np.tile(np.linspace(40, 200, 128, dtype=np.uint8)[:, None, None], (1, 256, 3))
    cv2.imwrite(str(folder / "around.png"), around)
    write_counter(folder / "walk.mov", 12, Fraction(25), "h264", (160, 90))
    return folder


@pytest.mark.slow
def test_styles_and_pictures_on_own_footage(program: Program, tmp_path: Path, vgg: Path) -> None:
    on, picture = footage(tmp_path / "on"), write_picture(tmp_path / "waves.png")
    flat = write_picture(tmp_path / "fog.png", contrast=1)
    words = ("audition", "exam", picture, flat, "--on", on, "--vgg", vgg, "--weights", "1e10")
    ran = program.run(*words, "--frames", 3, "--steps", 2, "--base", "exam", "--json")
    assert ran.code == 1 and ran.out, ran.err
    assert ran.data["refused"].keys() == {"fog"} and "too flat" in ran.data["refused"]["fog"]
    assert ran.data["on"] == ["around", "walk 4-6"]
    ranking = {row["name"]: row for row in ran.data["ranking"]}
    assert ranking.keys() == {"exam", "waves"}
    assert [row["place"] for row in ran.data["ranking"]] == [1, 2]
    for row in ranking.values():
        assert [one["style_weight"] for one in row["takes"]] == [1e10]
        for one in row["takes"]:
            numbers = ("style_distance", "content_distance", "noise_gain", "flicker", "seam", "flashes")
            assert all(one[key] is not None for key in numbers), one
            assert 0 <= one["content_kept"] <= 1
        assert row["reasons"][0].startswith("best at 1e10")
    assert "rehearsed for 2 steps from exam" in ranking["waves"]["about"]
    sheet = cv2.imread(str(tmp_path / "audition.png"))
    assert sheet.shape[1] == 1600


def test_what_cannot_be_is_refused_before_anything_is_painted(program: Program, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (tmp_path / "there.png").touch()
    assert "'exam'" in program.run("audition", "exma").refused(2)
    assert "there already" in program.run("audition", "--out", "there.png").refused(6)
    assert "no style weights" in program.run("audition", "--weights", "1e10,2e12").refused(2)
    assert "no style weights" in program.run("audition", "--weights", "strong").refused(2)
    assert "flat" in program.run("audition", "--projection", "fisheye").refused(2)
    assert ".png" in program.run("audition", "--out", "sheet.jpg").refused(2)
    assert "timeline" in program.run("audition", "--sequence", "Reel").refused(2)
    assert "neither a style nor a picture" in program.run("audition", empty).refused(2)
    assert "no such folder" in program.run("audition", "exam", "--on", "nowhere").refused(4)
    assert not (tmp_path / "audition.png").exists()


@pytest.mark.slow
def test_ctrl_c_ends_with_the_sheet_of_those_that_were_judged(
    program: Program, tmp_path: Path, vgg: Path
) -> None:
    words = ("audition", "exam", "code", "form", "--on", footage(tmp_path / "on"), "--vgg", vgg)
    process = program.start(*words, "--weights", "1e10", "--frames", 2)
    assert process.stderr
    while "code at" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    assert "exam" in out and "code" in out and "form" not in out
    assert "the sheet shows 2 candidates" in err and (tmp_path / "audition.png").is_file()
