"""OpenTimelineIO's own programs read Premiere's XML with us: by the adapter's name, and by our suffix."""

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import opentimelineio as otio
import pytest
from stylereel.otio_adapters.premiere.writer import Clip, Sequence, Track, premiere_xml
from support.cuts import RATES, saved, source


def run(program: str, *words: object) -> subprocess.CompletedProcess[str]:
    """One of OpenTimelineIO's programs, in a process of its own, with the plug-ins that are installed."""
    start = f"import sys; from opentimelineio.console import {program}; sys.exit({program}.main())"
    command = [sys.executable, "-c", start, *map(str, words)]
    environment = {name: text for name, text in os.environ.items() if not name.startswith("OTIO_")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def written(folder: Path, name: str) -> Path:
    clips = (Clip(source(2), 100, 0, 50, name="first"), Clip(source(4), 300, 50, 90, speed=2, name="fast"))
    return saved(folder, premiere_xml(Sequence("Reel", RATES[2], (Track(clips),)), bom=True), name)


def converted(path: Path) -> otio.schema.Timeline:
    out = path.with_name("out.otio")
    done = run("otioconvert", "-I", "premiere_xml", "-i", path, "-o", out)
    assert done.returncode == 0, done.stderr
    return otio.adapters.read_from_file(str(out))


def test_the_plug_in_is_found_by_its_name_and_by_its_suffix_alone():
    manifest = otio.plugins.ActiveManifest()
    assert "premiere_xml" in {adapter.name for adapter in manifest.adapters}
    assert otio.adapters.suffixes_with_defined_adapters(read=True) >= {"xmeml"}
    assert otio.adapters.from_filepath("cut.xmeml").name == "premiere_xml"
    (adapter,) = [each for each in manifest.adapters if each.name == "premiere_xml"]
    assert list(adapter.suffixes) == ["xmeml"], "other tools own xml"
    assert adapter.has_feature("read") and not adapter.has_feature("write")
    assert [each.value for each in entry_points(group="opentimelineio.plugins", name="stylereel")]


def test_otioconvert_reads_by_the_adapters_name(tmp_path):
    found = converted(written(tmp_path, "cut.xml"))
    assert [clip.name for clip in found.find_clips()] == ["first", "fast"]
    assert [effect.time_scalar for clip in found.find_clips() for effect in clip.effects] == [2]


def test_otiotool_reads_by_the_suffix(tmp_path):
    done = run("otiotool", "-i", written(tmp_path, "cut.xmeml"), "--list-clips", "--list-media")
    assert done.returncode == 0, done.stderr
    assert "TIMELINE: Reel" in done.stdout and "CLIP: first" in done.stdout and "CLIP: fast" in done.stdout
    assert "src2.mov" in done.stdout


def test_what_is_wrong_names_the_place(tmp_path):
    broken = saved(tmp_path, b"<xmeml><sequence>", "cut.xmeml")
    done = run("otioconvert", "-i", broken, "-o", tmp_path / "out.otio")
    assert done.returncode != 0 and not (tmp_path / "out.otio").exists()
    assert f"{broken}:1:18: this is broken XML: no element found" in done.stderr


def test_a_file_needs_no_plug_in_to_be_read_again(tmp_path):
    found = converted(written(tmp_path, "cut.xml"))
    text = otio.adapters.write_to_string(found, "otio_json")
    schemas = {line.split('"')[3] for line in text.splitlines() if '"OTIO_SCHEMA"' in line}
    assert schemas <= {
        *("Clip.2", "ExternalReference.1", "LinearTimeWarp.1", "RationalTime.1", "Stack.1", "TimeRange.1"),
        *("Timeline.1", "Track.1", "Color.1", "Marker.2", "Gap.1", "Transition.1"),
    }
    assert "stylereel" in json.loads(text)["metadata"]


@pytest.mark.parametrize("name", ["premiere_example", "speed_and_vfr_192_clips", "premiere_generators"])
def test_real_timelines_are_converted(samples, tmp_path, name):
    path = saved(tmp_path, (samples / "timelines" / "premiere" / f"{name}.xml").read_bytes())
    assert list(converted(path).find_clips())
