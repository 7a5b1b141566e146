"""Shots as numbered pictures in timelines: every record frame shows its number, and cutting goes on."""

import csv
import json
import re
import signal
import time
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from stylereel.core.rates import timecode
from stylereel.otio_adapters.pathurls import to_path
from stylereel.otio_adapters.premiere.writer import Clip, Sequence, Track, premiere_xml
from support import hard_cuts, otio_cuts
from support.conformance import Proof, proof_of_otio, proof_of_xmeml
from support.editor import path_of, rate_of
from support.otio_cuts import Reel
from support.program import Program
from support.seen import all_pictures
from support.small_film import write_small_film

RATE = Fraction(24000, 1001)
SPEEDS = (Fraction(1, 2), Fraction(2), Fraction(-1))


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="module")
def xmeml(footage, tmp_path_factory) -> Proof:
    """Premiere's XML over films, a freeze, a still and numbered pictures, as PNG."""
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    pictures = (Clip(footage.still(11), 0, 0, 20), Clip(footage.pictures(12, RATE), 10, 30, 60))
    rows = (hard_cuts.joins(first, second), hard_cuts.speeds((first, second), SPEEDS, 20, RATE))
    rows += (hard_cuts.freezes(first, second), Track(pictures))
    others = [footage.movie(number, rate) for number, rate in ((3, Fraction(24)), (4, Fraction(50)))]
    long = Clip(others[1], 90, 0, 60)  # it goes on when its media has ended
    rows += (hard_cuts.of_other_rates(others, RATE), Track((long,)))
    cut = tmp_path_factory.mktemp("xmeml") / "reel.xml"
    cut.write_bytes(premiere_xml(Sequence("Reel", RATE, rows, *hard_cuts.SIZE, start=90000), bom=True))
    proof = proof_of_xmeml(cut, "Reel", "--codec", "png", "--handles", "3")
    return replace(proof, styled_plays=rates(styled_timeline(proof)))


def rates(timeline: Path) -> dict[str, Fraction]:
    """The rates of numbered pictures, which no picture says, by what a stranger calls them."""
    files = ElementTree.fromstring(timeline.read_bytes()).iter("file")
    defined = [file for file in files if file.findtext("pathurl")]
    return {all_pictures(path_of(file.findtext("pathurl") or "")): rate_of(file) for file in defined}


@pytest.fixture(scope="module")
def otio(footage, tmp_path_factory) -> Proof:
    """The same of an `.otio`, as OpenEXR."""
    reel = Reel(RATE)
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    rows = [otio_cuts.joins(reel, first, second), otio_cuts.speeds(reel, (first, second), SPEEDS, 20)]
    rows += [otio_cuts.pictures(reel, footage.still(11), footage.pictures(12, RATE))]
    cut = tmp_path_factory.mktemp("otio") / "reel.otio"
    cut.write_bytes(otio_cuts.timeline(reel, rows))
    return proof_of_otio(cut, RATE, "--codec", "exr", "--handles", "3")


def test_every_record_frame_of_an_xmeml_shows_its_number(xmeml):
    assert xmeml.holds(at_least=530)


def test_every_record_frame_of_an_otio_shows_its_number(otio):
    assert otio.holds(at_least=240)


def styled_timeline(proof: Proof) -> Path:
    return proof.media.parent / f"{proof.cut.stem}_styled{proof.cut.suffix}"


def test_xmeml_names_the_first_picture_by_its_timecode(xmeml):
    root = ElementTree.fromstring(styled_timeline(xmeml).read_bytes())
    files = [file for file in root.iter("file") if "_stylereel" in (file.findtext("pathurl") or "")]
    runs = [file for file in files if file.findtext("duration")]
    assert len(runs) >= 4 and len(files) == len(runs) + 1  # and the still
    for file in runs:
        first = Path(to_path(file.findtext("pathurl") or ""))
        start = int(file.findtext("timecode/frame") or "")
        assert first.is_file() and first.name == f"{first.parent.name}.{start:08}.png"
        assert file.findtext("timecode/string", "").replace(";", ":") == timecode(start, rate_of(file), False)
        assert int(file.findtext("duration") or "") == len([*first.parent.glob("*.png")])


def test_otio_says_base_name_number_and_padding(otio):
    text = styled_timeline(otio).read_text("utf-8")
    found = [each for each in _references(json.loads(text)) if "_stylereel" in str(each)]
    runs = [each for each in found if each["OTIO_SCHEMA"].startswith("ImageSequenceReference")]
    assert len(runs) >= 4
    for run in runs:
        assert (run["name_suffix"], run["frame_zero_padding"], run["frame_step"]) == (".exr", 8, 1)
        folder = Path(to_path(run["target_url_base"]))
        begin, count = run["start_frame"], int(run["available_range"]["duration"]["value"])
        assert (
            run["rate"] == run["available_range"]["duration"]["rate"] == pytest.approx(float(RATE), abs=1e-3)
        )
        names = [f"{run['name_prefix']}{number:08}.exr" for number in range(begin, begin + count)]
        assert sorted(path.name for path in folder.glob("*.exr")) == names


def _references(node) -> list[dict]:
    if isinstance(node, dict):
        own = [node] if str(node.get("OTIO_SCHEMA", "")).partition(".")[0].endswith("Reference") else []
        return own + [each for value in node.values() for each in _references(value)]
    return [each for value in node for each in _references(value)] if isinstance(node, list) else []


def program_of(proof: Proof) -> Program:
    return Program(proof.cut.parent, proof.cut.parent / "home")


@pytest.mark.parametrize("kind", ["xmeml", "otio"])
def test_all_of_it_is_kept_verified_and_listed(request, kind):
    proof = request.getfixturevalue(kind)
    program, codec = program_of(proof), {"xmeml": "png", "otio": "exr"}[kind]
    words = ("--preset", "exam", "--set", "style_weight=0", "--codec", codec, "--handles", "3")
    program.run("plan", proof.cut, *words, "--check").done()
    checked = program.run("verify", proof.media.parent, "--deep", "--json").done().data
    assert len(checked) >= 5 and not any(one["faults"] for one in checked)
    with (proof.media.parent / "relink.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["source"].endswith("card 11.png")]
    assert all(re.search(rf"\.\d{{8}}\.{codec}$", row["styled"]) for row in rows)
    assert {row["reel"] for row in rows} >= ({"A001", "A002"} if kind == "xmeml" else {""})


@pytest.mark.parametrize("kind", ["xmeml", "otio"])
def test_cutting_goes_on_from_the_sources(request, kind):
    """The styled timeline given again: its clips are traced to the footage, whose pictures they show."""
    proof = request.getfixturevalue(kind)
    found = [
        program_of(proof).run("plan", cut, "--preset", "exam", "--json").done().data
        for cut in (proof.cut, styled_timeline(proof))
    ]
    seen = [
        sorted((shot["media"], use["track"], use["record_in"], use["speed"])
               for shot in plan["shots"] for use in shot["uses"]) for plan in found
    ]  # fmt: skip
    assert seen[0] == seen[1] and seen[0]


def test_a_bundle_takes_the_pictures_along(otio):
    """And with them what says where they come from."""
    words = ("--preset", "exam", "--set", "style_weight=0", "--codec", "exr", "--handles", "3")
    program = program_of(otio)
    program.run("render", otio.cut, *words, "--as", "otioz", "-q").done()
    bundle = otio.media.parent / "reel_styled.otioz"
    with zipfile.ZipFile(bundle) as file:
        names = file.namelist()
    folders = {name.rpartition("/")[0] for name in names if name.endswith(".exr")}
    assert len(folders) >= 4 and {f"{folder}/sources.json" for folder in folders} <= {*names}
    found = program.run("plan", bundle, "--preset", "exam", "--json").done().data
    assert {Path(shot["media"]).name for shot in found["shots"]} >= {"take 1 @23.98.mov", "take 2 @23.98.mov"}


@pytest.mark.slow
def test_a_render_killed_while_pictures_are_put_together_goes_on(program, tmp_path):
    film, out = write_small_film(tmp_path), tmp_path / "out"
    words = (
        "render",
        film.cut,
        "--preset",
        "exam",
        "--set",
        "style_weight=0",
        "--codec",
        "tiff",
        "--out",
        out,
    )
    kills = 0
    while kills < 3:
        process = program.start(*words)
        while process.poll() is None and not [*(out / "media").glob("*.part/*.tif")]:
            time.sleep(0.0005)
        if process.poll() is not None:
            break  # it was too fast to be caught again
        process.kill()
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        kills += 1
        for folder in (
            path for path in (out / "media").iterdir() if path.is_dir() and path.suffix != ".part"
        ):
            assert len([*folder.glob("*.tif")]) in (20, 26)  # whole, where it is there at all
        assert not (out / "cut_styled.xml").exists()
    assert kills
    program.run(*words).done()
    assert not [*(out / "media").glob("*.part")]
    checked = program.run("verify", out, "--deep", "--json").done().data
    assert len(checked) == 3 and not any(one["faults"] for one in checked)
