"""A render that is killed or stopped: what is finished stays, the next run goes on, the film is the same."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support.burnin import write_counter
from support.ink import write_ink
from support.pictures import packets_of
from support.program import Program

RATE, SIZE, FRAMES, SEGMENTS = Fraction(24000, 1001), (320, 180), 150, 10
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shots, of 146 and of 46 frames, and a style beside them."""
    folder = tmp_path_factory.mktemp("film")
    write_ink(folder)
    take, other = (shoot(folder, number) for number in (1, 2))
    clips = (Clip(take, 0, 0, 140), Clip(other, 10, 140, 180))
    cut = folder / "cut.xml"
    cut.write_bytes(premiere_xml(Sequence("Reel", RATE, (Track(clips, (Blend(140, 6, 6),)),), *SIZE)))
    return cut


def shoot(folder: Path, number: int) -> Source:
    name, codec, frames = f"take{number}.mov", ("h264", "prores")[number - 1], (FRAMES, 60)[number - 1]
    text, start = f"0{number}:00:00:00", number * 24 * 3600
    path = write_counter(folder / name, frames, RATE, codec, SIZE, start_timecode=text, reel=f"A{number}")
    return Source(name, to_pathurl(path.as_posix()), RATE, frames, *SIZE, start, reel=f"A{number}")


def words(cut: Path, out: Path) -> tuple[object, ...]:
    style = f"style={cut.parent / 'ink.safetensors'}"
    return ("render", cut, "--preset", "exam", "--set", style, "--out", out, "--device", "cpu")


@pytest.fixture(scope="module")
def film(cut: Path) -> dict[str, list[bytes]]:
    """What a render that nobody disturbed makes."""
    Program(cut.parent, cut.parent / "home").run(*words(cut, cut.parent / "whole")).done()
    return media(cut.parent / "whole")


def media(out: Path) -> dict[str, list[bytes]]:
    return {path.name: packets_of(path) for path in (out / "media").glob("*.mov")}


def kept(out: Path) -> dict[Path, int]:
    """Every committed segment, with the time at which its file was made."""
    records = (out / "segments").glob("*/*.json")
    return {path.with_suffix(".mov"): path.with_suffix(".mov").stat().st_mtime_ns for path in records}


def leftovers(out: Path) -> list[Path]:
    return [path for path in out.rglob("*") if ".part" in path.name]


def begin(program: Program, cut: Path, out: Path, until: Callable[[], bool]) -> subprocess.Popen[str]:
    """A render that has come to where `until` holds, and is still on its way."""
    process = program.start(*words(cut, out))
    deadline = time.monotonic() + 120
    while not until():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "the render does not come along"
        time.sleep(0.002)
    return process


@pytest.mark.slow
def test_a_killed_render_goes_on_and_makes_the_same_film(program, cut, film, tmp_path):
    out, seen = tmp_path / "out", {}
    for enough in (1, 3, 5):
        process = begin(program, cut, out, lambda enough=enough: len(kept(out)) >= enough)
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        now = kept(out)
        assert enough <= len(now) < SEGMENTS and seen.items() <= now.items()
        assert not (out / "cut_styled.xml").exists() and not (out / "shots.json").exists()
        seen = now
    program.run(*words(cut, out)).done()
    assert seen.items() <= kept(out).items() and len(kept(out)) == SEGMENTS
    assert media(out) == film
    assert program.run("plan", cut, *words(cut, out)[2:-2], "--check").code == 0


@pytest.mark.slow
def test_a_render_killed_between_two_shots_keeps_the_first(program, cut, film, tmp_path):
    out = tmp_path / "out"
    first = out / "media" / "exam_010_exam_v001.mov"
    process = begin(program, cut, out, (out / "shots.json").exists)
    process.kill()
    process.communicate()
    assert packets_of(first) == film[first.name]
    made = first.stat().st_mtime_ns
    program.run(*words(cut, out)).done()
    assert first.stat().st_mtime_ns == made and media(out) == film


@pytest.mark.slow
def test_a_segment_that_was_cut_off_is_made_again(program, cut, film, tmp_path):
    """A power cut can leave a file shorter than its record says."""
    out = tmp_path / "out"
    process = begin(program, cut, out, lambda: len(kept(out)) >= 2)
    process.kill()
    process.communicate()
    short = next(iter(kept(out)))
    os.truncate(short, short.stat().st_size // 2)
    program.run(*words(cut, out)).done()
    assert media(out) == film


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_ctrl_c_stops_with_the_command_that_goes_on(program, cut, film, tmp_path, times):
    out = tmp_path / "out"
    process = begin(program, cut, out, lambda: len(kept(out)) >= 1)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    said, err = process.communicate(timeout=60)
    assert process.returncode == 130 and not said and "Traceback" not in err, err
    assert err.count("error:") == 1 and "what is finished is kept" in err
    assert f"Go on with: stylereel {shlex.join(map(str, words(cut, out)))}" in err
    assert not leftovers(out) and not (out / "cut_styled.xml").exists()
    now = kept(out)
    assert 1 <= len(now) < SEGMENTS
    program.run(*words(cut, out)).done()
    assert now.items() <= kept(out).items() and media(out) == film and not leftovers(out)


@posix_only
def test_ctrl_c_before_the_first_frame_says_how_to_go_on(program, cut, tmp_path):
    """While torch is being loaded no command of ours listens."""
    out = tmp_path / "out"
    process = begin(program, cut, out, (out / "segments").exists)
    process.send_signal(signal.SIGINT)
    said, err = process.communicate(timeout=60)
    assert process.returncode == 130 and not said and "Traceback" not in err, err
    assert err.count("error:") == 1 and "Go on with: stylereel render" in err
    assert not kept(out) and not leftovers(out)
