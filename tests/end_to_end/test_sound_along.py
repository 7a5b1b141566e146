"""`render --mux-audio`: styled films that carry the sound of their source, sample by sample."""

import av
import numpy as np
import pytest
from support.burnin import read_number
from support.small_film import RATE, write_small_film
from support.sounds import everything

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
