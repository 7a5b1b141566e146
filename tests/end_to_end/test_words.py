"""What the commands say to people, and `train` as a user meets it: refused, followed, stopped."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.otio_adapters.premiere.writer import Track, premiere_xml
from support.ink import write_ink
from support.small_film import SmallFilm, write_small_film
from support.vgg import write_vgg

INK = '[presets.ink]\nstyle = "ink.safetensors"\nstyle_weight = 2e10\nramp = { in = "0f", out = "0f" }\n'


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    """The small film, and a film file with a preset."""
    write_ink(tmp_path)
    (tmp_path / "film.toml").write_text(INK)
    return write_small_film(tmp_path)


def test_a_plan_is_read_by_people(program, film, tmp_path):
    run = program.run("plan", film.cut, "--preset", "ink").done()
    assert f"film file {tmp_path / 'film.toml'}" in run.err and "film file" not in run.out
    assert " 2e10 " in run.out and "2e+10" not in run.out and "never rendered" not in run.out
    assert "\n3 shots, 72 frames; 72 frames to render" in run.out
    assert str(tmp_path / "film.toml") in program.run("scenes", film.cut, "--preset", "ink").done().err
    assert "film file" not in program.run("plan", film.cut, "--preset", "ink", "--json").done().err


def test_a_plan_of_nothing_has_no_table(program, film):
    run = program.run("plan", film.cut).done()
    assert run.out.splitlines() == ["Reel · 25 fps", "0 shots, 0 frames; 0 frames to render"]
    assert program.run("scenes", film.cut).done().out == ""


def test_missing_media_is_pending_and_told_once_with_a_hint(program, film):
    film.second.unlink()
    run = program.run("plan", film.cut, "--preset", "ink", "--check")
    assert run.code == 10 and run.err.count(str(film.second)) == 1 and "(2 shots)" in run.err
    assert run.err.count("--map") == 1
    film.first.unlink()
    assert program.run("plan", film.cut, "--preset", "ink", "--check").code == 10


def test_one_shot_is_one_shot(program, film):
    clip = film.sequence.tracks[0].clips[0]
    film.cut.write_bytes(premiere_xml(replace(film.sequence, tracks=(Track((clip,)),))))
    assert "\n1 shot, 20 frames; " in program.run("plan", film.cut, "--preset", "ink").done().out


def test_every_name_is_printed_on_a_channel_of_any_encoding(film, tmp_path):
    clips = tuple(replace(clip, label="夜の教室 γ") for clip in film.sequence.tracks[0].clips)
    film.cut.write_bytes(premiere_xml(replace(film.sequence, name="夜の教室", tracks=(Track(clips),))))
    for words in (
        ["plan", film.cut, "--preset", "ink"],
        ["plan", film.cut, "--preset", "γ"],
        ["train", "--help"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "stylereel.cli.main", *map(str, words)],
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        told = (run.stdout + run.stderr).decode("utf-8")
        assert ("γ" in words) == (run.returncode == 2), told
        assert "Traceback" not in told and ("夜の教室" in told or "γ" in told)


def test_the_schema_names_its_dialect_and_itself(program):
    found = program.run("schema").done().data
    assert found["$schema"].startswith("https://json-schema.org/") and found["title"] == "StyleReel film file"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """`a.png` … `f.png` in a folder."""
    noise = np.random.default_rng(1)
    (tmp_path / "pictures").mkdir()
    for name in "abcdef":
        pixels = cv2.resize(noise.integers(0, 255, (12, 16, 3), np.uint8), (256, 192))
        cv2.imwrite(str(tmp_path / "pictures" / f"{name}.png"), pixels)
    return tmp_path / "pictures"


REFUSED = {
    "name": (("--name", "../x"), 2, "name of a style"),
    "progress": (("--name", "x", "--progress", "loud"), 2, "--progress loud"),
    "out": (("--name", "x", "--out", "taken"), 6, "cannot be the folder"),
    "base": (("--name", "x", "--base", "foreign.pth"), 2, "no style to start from"),
    "vgg": (("--name", "x", "--vgg", "gone.pth"), 2, "no file of VGG-19"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_training_that_cannot_be_is_refused_without_torch(pictures, tmp_path, kind):
    words, code, told = REFUSED[kind]
    for name in ("taken", "foreign.pth"):
        (tmp_path / name).write_text("something")
    new_base = () if kind == "base" else ("--new-base", "base")
    probe = (
        "import sys\nfrom stylereel.cli.main import main\ntry:\n    main()\n"
        "finally:\n    print('torch' in sys.modules, file=sys.stderr)\n"
    )
    command = ["train", "pictures/a.png", "--content", "pictures", *new_base, *words]
    run = subprocess.run(
        [sys.executable, "-c", probe, *command],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "conf")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == code and told in run.stderr and "Traceback" not in run.stderr, run.stderr
    assert run.stderr.splitlines()[-1] == "False" and not list(tmp_path.rglob("*.safetensors"))


def train(tmp_path: Path, steps: int, *words: object) -> list[object]:
    vgg = write_vgg(tmp_path / "vgg.safetensors")
    command = ["train", "pictures/a.png", "--name", "mine", "--content", "pictures", "--new-base", "base"]
    return [*command, "--vgg", vgg, "--steps", steps, "--device", "cpu", *words]


@pytest.mark.slow
def test_a_trained_style_can_be_worn_at_once(program, pictures, film, tmp_path):
    run = program.run(*train(tmp_path, 1)).done()
    assert "step 1 of 1: content " in run.err and " minutes left" in run.err
    assert run.out.splitlines()[-1].endswith("mine.safetensors")
    shelf = {one["name"]: one for one in program.run("presets", "--json").done().data}
    assert shelf["mine"]["style_weight"] == 3e10
    planned = program.run("plan", film.cut, "--preset", "mine", "--json").done().data
    assert {shot["preset"] for shot in planned["shots"]} == {"mine"}


@pytest.mark.slow
def test_without_pictures_of_ones_own_it_trains_on_drawn_ones(program, pictures, tmp_path):
    words = train(tmp_path, 1)
    at = words.index("--content")
    run = program.run(*words[:at], *words[at + 2 :]).done()
    assert "no --content" in run.err and run.out.splitlines()[-1].endswith("mine.safetensors")


@pytest.mark.slow
def test_training_that_is_stopped_says_so_and_leaves_no_style(program, pictures, tmp_path):
    process = program.start(*train(tmp_path, 3600, "--progress", "jsonl"))
    assert process.stderr is not None
    first = json.loads(process.stderr.readline())
    assert (first["event"], first["step"], first["steps"]) == ("step", 1, 3600)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and not out, err
    assert err.count("error:") == 1 and "stopped" in err and "Traceback" not in err
    assert not list(program.home.rglob("*.safetensors"))
