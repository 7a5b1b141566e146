"""What an output folder keeps: settings of the last render, finished shots, and one command at a time."""

import json
from dataclasses import replace
from pathlib import Path

import opentimelineio as otio
import pytest
import torch
from stylereel.core.lock import held
from stylereel.core.nets.files import load_style, write_style
from stylereel.core.nets.shelf import StyleRecord, read_record
from stylereel.otio_adapters.premiere.writer import premiere_xml
from support.editor import placed
from support.ink import write_ink
from support.program import Program
from support.small_film import SmallFilm, write_small_film

SHOTS = ["exam_010", "exam_020", "exam_030"]


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    return write_small_film(tmp_path)


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """What the first render asks for: a preset in another style, on the command line alone."""
    return [
        "--preset",
        "exam",
        "--set",
        f"style={write_ink(tmp_path)}",
        "--set",
        "ramp.out=0f",
        "--set",
        "ramp.in=0f",
    ]


def on_styled(film: SmallFilm) -> list[str]:
    document = (film.cut.parent / "cut_stylereel" / "cut_styled.xml").read_bytes()
    return [Path(clip.path).stem.split("_exam")[0] for clip in placed(document, "Reel (styled)")]


def test_a_shot_goes_on_from_what_the_render_asked_for(
    program: Program, film: SmallFilm, asked: list[str]
) -> None:
    program.run("render", film.cut, *asked).done()
    ran = program.run("shot", film.cut, "exam_020", "--set", "style_weight=5e10").done()
    assert on_styled(film) == SHOTS and "3 clips relinked" in ran.err
    report = json.loads((film.cut.parent / "cut_stylereel" / "report.json").read_text())
    assert [shot["status"] for shot in report["shots"]] == ["cached", "rendered", "cached"]
    assert [shot["weight_range"][1] for shot in report["shots"]] == [3e10, 5e10, 3e10]
    assert [shot["recipe"]["style_weight"] for shot in report["shots"]] == [3e10, 5e10, 3e10]


def test_a_finished_shot_stays_when_its_media_goes(
    program: Program, film: SmallFilm, asked: list[str]
) -> None:
    program.run("render", film.cut, *asked).done()
    film.first.unlink()
    program.run("render", film.cut, *asked).done()
    assert on_styled(film) == SHOTS
    refused = program.run("render", film.cut, *asked, "--set", "style_weight=2e10").refused(4)
    assert "take1.mov" in refused and "--skip-offline" in refused


def test_nothing_rendered_is_no_timeline(program: Program, film: SmallFilm, asked: list[str]) -> None:
    film.first.unlink()
    film.second.unlink()
    program.run("render", film.cut, *asked, "--skip-offline").refused(4)
    assert not (film.cut.parent / "cut_stylereel" / "cut_styled.xml").exists()


def test_another_timecode_is_joined_again_without_painting(
    program: Program, film: SmallFilm, asked: list[str]
) -> None:
    program.run("render", film.cut, *asked).done()
    segments = {
        path: path.stat().st_mtime_ns for path in film.cut.parent.glob("cut_stylereel/segments/*/*.mov")
    }
    text = premiere_xml(film.sequence).decode()
    film.cut.write_bytes(
        text.replace("01:00:00:00", "05:00:00:00").replace("<frame>90000<", "<frame>450000<").encode()
    )
    program.run("render", film.cut, *asked).done()
    document = (film.cut.parent / "cut_stylereel" / "cut_styled.xml").read_bytes()
    assert placed(document, "Reel (styled)")[0].start_timecode == "05:00:00:08"
    assert {
        path: path.stat().st_mtime_ns for path in film.cut.parent.glob("cut_stylereel/segments/*/*.mov")
    } == segments


def test_one_command_at_a_time(program: Program, film: SmallFilm, asked: list[str]) -> None:
    folder = film.cut.parent / "cut_stylereel"
    folder.mkdir()
    with held(folder):
        assert "another stylereel" in program.run("render", film.cut, *asked).refused(6)
    program.run("render", film.cut, *asked).done()


def test_a_foreign_paper_is_not_overwritten(program: Program, film: SmallFilm, asked: list[str]) -> None:
    folder = film.cut.parent / "cut_stylereel"
    folder.mkdir()
    (folder / "relink.csv").write_text("mine")
    assert "did not write" in program.run("render", film.cut, *asked).refused(6)
    assert (folder / "relink.csv").read_text() == "mine"


def test_a_net_that_gives_no_picture_is_found(program: Program, film: SmallFilm, tmp_path: Path) -> None:
    good = write_ink(tmp_path)
    record = read_record(good)
    broken = torch.full((5, 400), float("nan"))
    bad = replace(load_style(good), name="bad", gamma=broken, beta=broken.clone())
    write_style(tmp_path / "bad.safetensors", bad, StyleRecord("bad", record.base, "", "", "", {}))
    command = ["render", film.cut, "--preset", "exam", "--set", f"style={tmp_path / 'bad.safetensors'}"]
    assert "no picture for frame" in program.run(*command).refused(2)


def test_a_style_that_does_not_load_is_found_before_the_first_frame(
    program: Program, film: SmallFilm, tmp_path: Path
) -> None:
    write_ink(tmp_path)
    (tmp_path / "junk.pth").write_bytes(b"junk")
    scenes = [
        f'[[scenes]]\nname = "{style}"\nmatch = {{ label = "{label}" }}\npreset = "{style}"\n'
        for style, label in (("ink", "Forest"), ("junk", "Rose"))
    ]
    presets = '[presets.ink]\nstyle = "./ink.safetensors"\n[presets.junk]\nstyle = "./junk.pth"\n'
    (tmp_path / "film.toml").write_text(presets + "".join(scenes))
    assert "junk.pth" in program.run("render", film.cut).refused(2)
    assert not list(tmp_path.glob("cut_stylereel/segments/*/*.mov"))


def test_a_shot_again_reads_the_timeline_as_the_render_did(program, tmp_path):
    """An `.otio` whose speed can be counted in two ways, of which the render was told one."""
    film = write_small_film(tmp_path)
    time = otio.opentime.RationalTime
    media = otio.schema.ExternalReference(film.first.as_posix())
    clip = otio.schema.Clip("fast", media, otio.opentime.TimeRange(time(4, 25), time(20, 25)))
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=2))
    track = otio.schema.Track("V1", [clip], kind="Video")
    path = tmp_path / "fast.otio"
    timeline = otio.schema.Timeline("Fast")
    timeline.tracks.append(track)
    path.write_text(otio.adapters.write_to_string(timeline, "otio_json"))
    words = ("--preset", "exam", "--set", "style_weight=0")
    program.run("render", path, *words, "--retime-dialect", "premiere").done()
    listed = (tmp_path / "fast_stylereel" / "relink.csv").read_bytes()
    assert b",2," in listed and b"00:00:00:10" in listed  # half as long as its range, at twice the speed
    program.run("shot", path, "exam_010").done()
    assert (tmp_path / "fast_stylereel" / "relink.csv").read_bytes().replace(b"_v002", b"_v001") == listed
