"""One shot again, what changed, and what the commands say to other programs."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.editor import placed
from support.ink import write_ink
from support.pictures import packets_of
from support.program import Program
from support.small_film import SmallFilm, write_small_film

PLAN_KEYS = {"sequence", "rate", "shots", "skipped", "warnings"}
SHOT_KEYS = {
    "name",
    "media",
    "first_frame",
    "frames",
    "rate",
    "preset",
    "projection",
    "stereo",
    "curve",
    "input_lut",
    "weights",
    "morphs",
    "uses",
    "status",
    "baked_from",
}
USE_KEYS = {"track", "record_in", "record_out", "clip", "speed"}


FILM_FILE = """
[presets.ink]
style = "ink.safetensors"
style_weight = 2e10
ramp = { in = "0f", out = "0f" }

[[scenes]]
name = "Forest"
match = { label = "Forest" }
preset = "ink"

[[scenes]]
name = "Rose"
match = { label = "Rose" }
preset = "ink"
"""


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    """The small film with a film file: all in one style, by scenes that its labels name."""
    film = write_small_film(tmp_path)
    write_ink(tmp_path)
    (tmp_path / "film.toml").write_text(FILM_FILE)
    return film


def statuses(program: Program, film: SmallFilm, *words: object) -> dict[str, str]:
    planned = program.run("plan", film.cut, *words, "--json").done().data
    return {shot["name"]: shot["status"] for shot in planned["shots"]}


def on_styled(film: SmallFilm, timeline: str = "cut_styled.xml") -> list[str]:
    document = (film.cut.parent / "cut_stylereel" / timeline).read_bytes()
    return [Path(clip.path).name for clip in placed(document, "Reel (styled)")]


def test_a_shot_again_and_some_of_its_frames(program, film):
    media = film.cut.parent / "cut_stylereel" / "media"
    assert statuses(program, film) == {"Forest_010": "new", "Rose_010": "new", "Rose_020": "new"}
    assert program.run("plan", film.cut, "--check").code == 10
    run = program.run("render", film.cut).done()
    assert run.out == f"{film.cut.parent / 'cut_stylereel' / 'cut_styled.xml'}\n"
    first = ["Forest_010_ink_v001.mov", "Rose_010_ink_v001.mov", "Rose_020_ink_v001.mov"]
    assert on_styled(film) == first
    assert program.run("plan", film.cut, "--check").code == 0
    assert set(statuses(program, film).values()) == {"cached"}

    run = program.run("shot", film.cut, "Rose_010", "--set", "style_weight=9e10").done()
    assert '[shots."Rose_010"]' in run.err and "style_weight = 9e10" in run.err
    assert on_styled(film) == [first[0], "Rose_010_ink_v002.mov", first[2]]
    assert on_styled(film, "cut_styled_v001.xml") == first
    before, after = (packets_of(media / f"Rose_010_ink_v00{n}.mov") for n in (1, 2))
    assert len(before) == len(after) == 26 and not any(map(bytes.__eq__, before, after))
    assert set(statuses(program, film).values()) == {"cached"}  # the new version is the shot as it is planned

    program.run("shot", film.cut, "Rose_010", "--frames", "3-8", "--set", "style_weight=0").done()
    assert on_styled(film)[1] == "Rose_010_ink_v003.mov"
    assert on_styled(film, "cut_styled_v002.xml")[1] == "Rose_010_ink_v002.mov"
    last = packets_of(media / "Rose_010_ink_v003.mov")
    changed = [index for index in range(26) if last[index] != after[index]]
    assert changed == list(range(6 + 3, 6 + 9))  # the dissolve's six frames come before the cut
    assert set(statuses(program, film).values()) == {"cached"}

    run = program.run("render", film.cut, "--set", "style_weight=1e9", "--shot", "Rose_010").done()
    assert 'style_weight=9e10 style_weight=0 of "stylereel shot" is not in the film file and goes' in run.err


def test_some_frames_of_h264_again_whether_or_not_its_segments_are_kept(program, film):
    out = film.cut.parent / "cut_stylereel"
    words = ("--set", "style_weight=0", "--codec", "h264", "--shot", "Rose_010", "-q")
    program.run("render", film.cut, *words).done()
    again = ("shot", film.cut, "Rose_010", "--frames", "3-8")
    kept = program.run(*again).done()
    assert "painted again" not in kept.err
    shutil.rmtree(out / "segments")
    lost = program.run(*again, "--set", "style_weight=9e10").done()
    assert "26 are painted again" in lost.err, "all of both segments"
    first, second, third = (packets_of(out / "media" / f"Rose_010_ink_v00{n}.mp4") for n in (1, 2, 3))
    assert first == second != third and len(third) == 26
    program.run("verify", out).done()
    assert on_styled(film)[1] == "Rose_010_ink_v003.mp4"


def test_what_is_set_on_a_shot_holds_over_what_was_set_on_all(program, film):
    media = film.cut.parent / "cut_stylereel" / "media"
    program.run("render", film.cut, "--set", "style_weight=0", "--shot", "Rose_010", "-q").done()
    program.run("shot", film.cut, "Rose_010", "--set", "style_weight=9e10", "--frames", "3-8", "-q").done()
    before, after = (packets_of(media / f"Rose_010_ink_v00{n}.mov") for n in (1, 2))
    assert [at for at in range(26) if before[at] != after[at]] == [*range(6 + 3, 6 + 9)]


def test_a_part_is_rendered_and_the_rest_stays_on_its_originals(program, film):
    program.run("render", film.cut, "--scene", "rose", "--range", "01:00:01:15-01:00:02:00").done()
    assert on_styled(film) == ["take1.mov", "take2.mov", "Rose_020_ink_v001.mov"]
    assert statuses(program, film) == {"Forest_010": "new", "Rose_010": "new", "Rose_020": "cached"}
    message = program.run("render", film.cut, "--shot", "gone_*").refused(2)
    assert "Forest_010, Rose_010, Rose_020" in message


@pytest.mark.slow
def test_what_is_changed_in_the_film_file_is_rendered_again(program, film, tmp_path):
    program.run("render", film.cut).done()
    media = {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "cut_stylereel" / "media").glob("*.mov")
    }
    (tmp_path / "film.toml").write_text(FILM_FILE + "set = { style_weight = 3e10 }\n")
    assert statuses(program, film) == {"Forest_010": "cached", "Rose_010": "changed", "Rose_020": "changed"}
    table = program.run("plan", film.cut).done().out
    assert "2e10 → 3e10" in table, table
    assert program.run("plan", film.cut, "--check").code == 10
    program.run("render", film.cut).done()
    assert on_styled(film) == ["Forest_010_ink_v001.mov", "Rose_010_ink_v002.mov", "Rose_020_ink_v002.mov"]
    now = {
        path.name: path.stat().st_mtime_ns for path in (tmp_path / "cut_stylereel" / "media").glob("*.mov")
    }
    assert media.items() <= now.items() and len(now) == 5
    assert program.run("plan", film.cut, "--check").code == 0
    (tmp_path / "film.toml").write_text(FILM_FILE)  # and back: the first version is what it would be
    assert set(statuses(program, film).values()) == {"cached"}


WRONG_SHOTS = {
    "name": (("Rose_011",), 'did you mean "Rose_010"?'),
    "frames": (("Rose_010", "--frames", "3-20"), "0-19"),
    "order": (("Rose_010", "--frames", "8-3"), "0-19"),
    "words": (("Rose_010", "--frames", "first"), "FIRST-LAST"),
    "key": (("Rose_010", "--set", "style_wait=1"), "style_weight"),
    "too early": (("Rose_010", "--frames", "3-8"), "Render the shot as a whole first"),
}


@pytest.mark.parametrize("kind", WRONG_SHOTS)
def test_a_shot_that_cannot_be(program, film, kind):
    words, told = WRONG_SHOTS[kind]
    message = program.run("shot", film.cut, *words, "-q").refused(2)
    assert told in message, message
    assert not (film.cut.parent / "cut_stylereel" / "cut_styled.xml").exists()


def test_the_plan_as_data_has_the_keys_that_are_promised(program, film):
    planned = program.run("plan", film.cut, "--preset", "exam", "--json").done().data
    assert planned.keys() == PLAN_KEYS
    assert (planned["sequence"], planned["rate"]) == ("Reel", "25")
    assert [shot.keys() for shot in planned["shots"]] == [SHOT_KEYS] * 3
    assert [use.keys() for shot in planned["shots"] for use in shot["uses"]] == [USE_KEYS] * 3
    forest, rose, _ = planned["shots"]
    assert (forest["first_frame"], forest["frames"]) == (8, 26) == (8, len(forest["weights"]))
    assert (rose["first_frame"], rose["frames"], rose["media"]) == (4, 26, film.second.as_posix())
    where = {"track": "V1", "record_in": 20, "record_out": 40, "clip": "take2.mov", "speed": 1.0}
    assert rose["uses"] == [where]
    assert planned["skipped"] == planned["warnings"] == []
    assert not (film.cut.parent / "cut_stylereel").exists()


def test_what_is_skipped_and_warned_of_is_data_too(program, film):
    (film.cut.parent / "film.toml").unlink()
    planned = program.run("plan", film.cut, "--json").done().data
    assert [one.keys() for one in planned["skipped"]] == [{"clip", "timecode", "reason"}] * 3
    assert [one["timecode"] for one in planned["skipped"]] == ["01:00:00:00", "01:00:00:20", "01:00:01:15"]
    assert [one.keys() for one in planned["warnings"]] == [{"code", "message", "timecode"}]


def test_scenes_presets_and_reasons_as_data(program, film):
    scenes = program.run("scenes", film.cut, "--json").done().data
    assert [(row["scene"], row["preset"], row["timecode"]) for row in scenes["scenes"]] == [
        ("Forest", "ink", "01:00:00:00"),
        ("Rose", "ink", "01:00:00:20"),
        ("Rose", "ink", "01:00:01:15"),
    ]
    shelf = program.run("presets", "--json").done().data
    assert {"exam", "code", "form"} <= {preset["name"] for preset in shelf}
    rules = program.run("plan", film.cut, "--explain", "Rose_010", "--json").done().data
    (weight,) = (row for row in rules if row["key"] == "style_weight")
    assert weight["value"] == 2e10 and "ink" in weight["rule"]


def test_names_are_printed_as_they_are(program, film, tmp_path):
    """Not as the markup or the emoji that a terminal's library could make of them."""
    odd = tmp_path / "a [bold]:x: & é %20 #1" / "cut.xml"
    odd.parent.mkdir()
    odd.write_bytes(film.cut.read_bytes())
    run = program.run("render", odd, "--preset", "exam", "--set", "style_weight=0").done()
    timeline = odd.parent / "cut_stylereel" / "cut_styled.xml"
    assert run.out == f"{timeline}\n"
    clips = placed(timeline.read_bytes(), "Reel (styled)")
    assert all(Path(clip.path).is_file() and Path(clip.path).is_relative_to(odd.parent) for clip in clips)
    assert len(clips) == 3


def test_progress_is_a_line_of_json_for_every_event(program, film):
    run = program.run("render", film.cut, "--preset", "exam", "--progress", "jsonl", "-q").done()
    events = [json.loads(line) for line in run.err.splitlines()]
    assert events[0] == {"event": "began", "shots": 3, "frames": 26 + 26 + 20}
    assert [each["shot"] for each in events if each["event"] == "finished"] == [
        "Forest_010",
        "Rose_010",
        "Rose_020",
    ]
    assert sum(each["frames"] for each in events if each["event"] == "advanced") == 26 + 26 + 20
    assert run.out.splitlines() == [str(film.cut.parent / "cut_stylereel" / "cut_styled.xml")]


TORCHLESS = {
    "help": ("--help",),
    "render --help": ("render", "--help"),
    "plan": ("plan", "cut.xml"),
    "plan --json": ("plan", "cut.xml", "--json"),
    "scenes": ("scenes", "cut.xml"),
    "presets": ("presets",),
    "schema": ("schema",),
    "refused": ("render", "cut.xml", "--shot", "gone"),
}
PROBE = """
import sys
from stylereel.cli.main import main
try:
    main()
finally:
    heavy = sorted({"torch", "torchvision", "cv2", "onnxruntime"} & set(sys.modules))
    print("loaded", heavy, file=sys.stderr)
"""


@pytest.mark.parametrize("kind", TORCHLESS)
def test_what_looks_and_renders_nothing_does_not_load_torch(film, tmp_path, kind):
    home = {name: str(tmp_path / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
    command = [sys.executable, "-c", PROBE, *TORCHLESS[kind]]
    run = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **home}, capture_output=True, text=True, check=False
    )
    assert run.returncode == (2 if kind == "refused" else 0)
    assert run.stderr.splitlines()[-1] == "loaded []", run.stderr
