"""`render --mux-audio`: styled films that carry the sound of their source, sample by sample."""

import av
import numpy as np
import pytest
from support.burnin import read_number
from support.small_film import RATE, write_small_film
from support.sounds import everything, undecodable, write_sounding

SAMPLE_RATE = 48000


@pytest.fixture
def film(tmp_path):
    return write_small_film(tmp_path)


def test_styled_films_carry_the_sound_of_their_frames_and_are_not_painted_again_for_it(film, program):
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0")
    program.run("render", *words, "-q").done()
    silent = {path.name for path in (film.cut.parent / "cut_stylereel/media").glob("*.mov")}
    planned = program.run("plan", *words, "--mux-audio", "--json").done().data
    assert [one["status"] for one in planned["shots"]] == ["changed", "cached", "cached"]
    program.run("render", *words, "--mux-audio", "-q").done()
    program.run("verify", film.cut.parent / "cut_stylereel", "--deep").done()
    (path,) = {*(film.cut.parent / "cut_stylereel/media").glob("*.mov")} - {
        film.cut.parent / "cut_stylereel/media" / name for name in silent
    }
    with av.open(str(path)) as container:
        frames = [read_number(one.to_ndarray(format="rgb24")) for one in container.decode(video=0)]
        assert container.streams.audio[0].codec.name == "pcm_s24le"
    whole = everything(film.first).reshape(-1, 2)
    first, count = (round((frames[0] - 1000) / RATE * SAMPLE_RATE), round(len(frames) / RATE * SAMPLE_RATE))
    assert np.array_equal(everything(path).reshape(-1, 2), whole[first : first + count]) and whole.any()
    again = program.run("plan", *words, "--mux-audio", "--json").done().data
    assert {one["status"] for one in again["shots"]} == {"cached"}


def test_the_film_file_says_it_too(film, program):
    (film.cut.parent / "cut.toml").write_text("[output]\nmux_audio = true\n")
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0", "--film", film.cut.parent / "cut.toml")
    program.run("render", *words, "--codec", "h264", "-q").done()
    sounds = {}
    for path in (film.cut.parent / "cut_stylereel/media").glob("*.mp4"):
        with av.open(str(path)) as container:
            sounds[path.name[:8]] = [one.codec.name for one in container.streams.audio]
    assert sounds == {"exam_010": ["aac"], "exam_020": [], "exam_030": []}


def test_numbered_pictures_hold_none_and_the_plan_says_so(film, program):
    words = (film.cut, "--preset", "exam", "--codec", "png", "--mux-audio")
    notes = program.run("plan", *words, "--json").done().data["warnings"]
    assert [note["message"] for note in notes if note["code"] == "W-SOUND"] == [
        "numbered PNG holds no sound; that of take1.mov stays on its original"
    ]


def test_a_shot_whose_sound_nothing_decodes_is_told_by_the_plan_and_fails_alone(film, program):
    undecodable(film.first, 0)
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0", "--mux-audio")
    (note,) = program.run("plan", *words, "--json").done().data["warnings"]
    what = "none of its sound can be decoded here"
    assert (note["code"], note["message"].partition(". ")[0]) == ("E-SOUND", f"take1.mov: {what}")
    ran = program.run("render", *words, "-q")
    assert ran.code and "Traceback" not in ran.err and f"{film.first}: {what} [E-SOUND]" in ran.err
    written = {path.name[:8] for path in (film.cut.parent / "cut_stylereel/media").glob("*.mov")}
    assert written == {"exam_020", "exam_030"}
    assert program.run("plan", *words[:-1], "--json").done().data["warnings"] == []


def test_a_track_that_nothing_decodes_stays_out_of_the_styled_film_and_is_told(film, program):
    write_sounding(film.first, 72, RATE, layouts=("stereo", "5.1"), start_timecode="01:00:00:00")
    undecodable(film.first, 0)
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0", "--mux-audio")
    ran = program.run("render", *words).done()
    said = "take1.mov: track 1 of 2 of its sound cannot be decoded here, and stays on its original"
    assert f"W-SOUND at 01:00:00:00: {said}" in ran.err
    (path,) = (film.cut.parent / "cut_stylereel/media").glob("exam_010*.mov")
    with av.open(str(path)) as container:
        assert [one.layout.name for one in container.streams.audio] == ["5.1"]


def test_the_plan_tells_sound_that_the_format_cannot_hold(film, program):
    write_sounding(film.first, 72, RATE, layouts=("16 channels",), start_timecode="01:00:00:00")
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0", "--mux-audio", "--json")
    notes = program.run("plan", *words, "--codec", "h264").done().data["warnings"]
    assert [note["message"] for note in notes if note["code"] == "E-SOUND"] == [
        "take1.mov: MP4 cannot hold its sound, 16 channels at 48000 Hz. Write prores, or leave the sound out."
    ]
    assert program.run("plan", *words).done().data["warnings"] == []
