"""`diff`: what an editor reads after a re-cut, and that it tells what `render` then does."""

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.cut import Marker
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support.burnin import write_counter
from support.ink import write_ink
from support.small_film import RATE, SIZE

GOLDEN = Path(__file__).parent / "golden" / "recut.txt"
FILM = """
[presets.ink]
style = "ink.safetensors"
style_weight = 2e10
ramp = { in = "0f", out = "0f" }
[presets.faint]
extends = "ink"
style_weight = 0
"""


@dataclass(frozen=True, slots=True)
class Recut:
    """A cut of eight clips, and the same after a day's work on it."""

    old: Path
    new: Path


@pytest.fixture
def recut(tmp_path) -> Recut:
    write_ink(tmp_path)
    (tmp_path / "film.toml").write_text(FILM, encoding="utf-8")
    hall, street = (_source(tmp_path, number, name) for number, name in enumerate(("hall", "street"), 1))
    opening = Clip(hall, 0, 0, 20)
    clips = (
        opening,
        Clip(street, 30, 20, 44),
        Clip(hall, 40, 44, 60),
        Clip(street, 0, 60, 70),
        Clip(street, 90, 70, 80),
        Clip(hall, 90, 80, 90),
        Clip(hall, 70, 90, 100),
        Clip(street, 60, 100, 112),  # which is gone on the second day
    )
    again = (
        replace(opening, stop=16),  # its end trimmed; what follows closes up
        replace(clips[1], start=16, stop=40),
        Clip(hall, 105, 40, 48, name="hall, the door"),  # an insert
        replace(clips[2], first=42, start=48, stop=62),  # its head trimmed
        *(replace(clip, start=clip.start + 2, stop=clip.stop + 2) for clip in clips[3:6]),
        replace(clips[6], start=92, stop=112, speed=Fraction(1, 2)),
    )
    markers = (Marker("@ink", "", FrameRange(0, 300)),)
    later = (*markers, Marker("@ink", "weight=3e10", FrameRange(84, 84)))
    cuts = {
        "day1.xml": Sequence(
            "Day 1", RATE, (Track(clips, (Blend(20, 4, 4),)),), *SIZE, 90000, False, markers
        ),
        "day2.xml": Sequence("Day 2", RATE, (Track(again, (Blend(16, 4, 4),)),), *SIZE, 90000, False, later),
    }
    for name, sequence in cuts.items():
        (tmp_path / name).write_bytes(premiere_xml(sequence))
    return Recut(*(tmp_path / name for name in cuts))


def _source(folder: Path, number: int, name: str) -> Source:
    path = folder / f"{name}.mov"
    write_counter(path, 120, RATE, "prores", SIZE, start_timecode=f"0{number}:00:00:00")
    return Source(path.name, to_pathurl(path.as_posix()), RATE, 120, *SIZE, number * 90000)


def read(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_it_reads_well(program, recut):
    told = program.run("diff", recut.old, recut.new).done()
    assert read(told.out) == GOLDEN.read_text("utf-8")
    assert told.err.startswith("film file ")


@pytest.mark.slow
def test_it_tells_what_render_then_does(program, recut):
    program.run("render", recut.old, "-q").done()
    told = program.run("diff", recut.old, recut.new).done().err
    assert "shots of the old cut lie in" in told and "day1_stylereel: --out leads there" in told
    here = ("--out", "day1_stylereel")
    ahead = program.run("diff", recut.old, recut.new, *here, "--json").done().data
    assert {each["status"] for each in ahead["render"]} == {"new", "changed"}
    assert ahead["totals"]["shots_cached"] == 3, "the shots that only moved"
    assert program.run("diff", recut.old, recut.new, *here, "--check").code == 10
    render = program.run("render", recut.new, *here, "--progress", "jsonl").done()
    began = next(line for line in render.err.splitlines() if '"began"' in line)
    assert f'"frames": {ahead["totals"]["frames_to_render"]}}}' in began
    done = program.run("diff", recut.old, recut.new, *here, "--check").done().out
    assert done.splitlines()[-1] == "nothing to render; 8 shots rendered already"


def test_each_cut_may_have_a_film_file_and_a_sequence_of_its_own(program, recut, tmp_path):
    (tmp_path / "before.toml").write_text(FILM.replace("2e10", "1e10"), encoding="utf-8")
    words = ("--old-film", "before.toml", "--old-sequence", "Day 1", "--sequence", "Day 1", "--json")
    totals = program.run("diff", recut.old, recut.old, *words).done().data["totals"]
    assert (totals["restyled"], totals["unchanged"]) == (8, 0)
    assert "no sequence 'Day 1'" in program.run("diff", recut.old, recut.new, "--sequence", "Day 1").refused(
        2
    )
    assert "cannot be read" in program.run("diff", recut.old, "nowhere.xml").refused(3)
