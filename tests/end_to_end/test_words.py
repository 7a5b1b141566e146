"""What the commands say to people."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from stylereel.otio_adapters.premiere.writer import Track, premiere_xml
from support.ink import write_ink
from support.small_film import SmallFilm, write_small_film

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


def test_the_shelf_is_drawn_and_nothing_is_overwritten(program, tmp_path):
    sheet = tmp_path / "shelf.png"
    assert str(sheet) in program.run("presets", "--sheet", sheet).done().out
    drawn = cv2.imread(str(sheet))
    count = len(program.run("presets", "--json").done().data)
    assert drawn.shape[1] > 1000 and drawn.shape[0] > (count + 1) // 2 * 200
    before = sheet.read_bytes()
    assert "there already" in program.run("presets", "--sheet", sheet).refused(6)
    assert "name of a .png" in program.run("presets", "--sheet", tmp_path / "shelf.gif").refused(2)
    assert sheet.read_bytes() == before and not (tmp_path / "shelf.gif").exists()
