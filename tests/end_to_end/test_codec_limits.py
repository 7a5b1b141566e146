"""A shot that a codec cannot hold stays on its original, alone; a rate that a container rounds is kept."""

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange
from stylereel.core.media.probe import read_facts
from stylereel.core.media.verify import colour_tags
from support.burnin import write_counter
from support.remux import remux

PLAIN = ("--preset", "exam", "--set", "style_weight=0", "--handles", "0")


def timeline(path: Path, rate: Fraction, *media: Path) -> Path:
    """A track of the first eight frames of every film."""
    track = otio.schema.Track(kind="Video")
    for one in media:
        shown = TimeRange(RationalTime(0, float(rate)), RationalTime(8, float(rate)))
        track.append(otio.schema.Clip(one.name, otio.schema.ExternalReference(str(one)), shown))
    otio.adapters.write_to_file(otio.schema.Timeline("t", tracks=[track]), str(path))
    return path


def test_a_width_that_cineform_cannot_hold_leaves_that_shot_alone_on_its_original(program, tmp_path):
    rate = Fraction(25)
    good = write_counter(tmp_path / "good.mp4", 8, rate, matrix="bt709")
    wide = write_counter(tmp_path / "wide.mp4", 8, rate, "h264", (426, 240), matrix="bt709")
    cut = timeline(tmp_path / "cut.otio", rate, good, wide)
    words = (cut, *PLAIN, "--codec", "cineform")
    planned = program.run("plan", *words, "--json").done().data
    assert [one["status"] for one in planned["shots"]] == ["new", "unsupported"]
    (said,) = (one["message"] for one in planned["warnings"] if one["code"] == "W-UNSUPPORTED")
    assert said.endswith("width of 426, which is no multiple of 16; write prores.")
    program.run("render", *words, "-q").done()
    out = tmp_path / "cut_stylereel"
    assert [path.suffix for path in (out / "media").glob("*.m*")] == [".mov"]
    found = program.run("verify", out, "--json").done().data
    assert len(found) == 1 and not found[0]["faults"]


def test_ffv1_of_film_at_5994_is_written_and_read_back_as_that(program, tmp_path):
    rate = Fraction(60000, 1001)
    plain = write_counter(tmp_path / "plain.mov", 8, rate, matrix="bt709", start_timecode="01:00:00;00")
    said = "h264_metadata=transfer_characteristics=13"
    source = remux(plain, tmp_path / "source.mov", {"color_trc": 13}, said)
    cut = timeline(tmp_path / "cut.otio", rate, source)
    program.run("render", cut, *PLAIN, "--codec", "ffv1", "-q").done()
    out = tmp_path / "cut_stylereel"
    (path,) = (out / "media").glob("*.mkv")
    facts = read_facts(path)
    assert (facts.rate, facts.frames, facts.seconds) == (rate, 8, 8 / rate)
    assert colour_tags(path).transfer == 13
    (found,) = program.run("verify", out, "--deep", "--json").done().data
    assert not found["faults"]
