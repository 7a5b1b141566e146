"""Cuts rendered into MXF: every frame of the relinked timeline shows its number."""

import csv
from fractions import Fraction
from pathlib import Path

from pymediainfo import MediaInfo
from stylereel.otio_adapters.premiere.writer import Sequence, premiere_xml
from support import hard_cuts
from support.conformance import proof_of_otio, proof_of_xmeml
from support.otio_cuts import Reel, speeds, timeline
from support.pictures import packets_of
from support.program import Program

DROP, PAL = Fraction(30000, 1001), Fraction(25)
SIZE = (256, 144)  # DNxHR holds no smaller picture
MXF = ("--codec", "dnxhr-mxf")


def footage(tmp_path: Path, rate: Fraction) -> list[hard_cuts.Source]:
    (tmp_path / "footage").mkdir()
    drawn = hard_cuts.Footage(tmp_path / "footage", SIZE)
    return [drawn.movie(number, rate, 130) for number in (1, 2)]


def written(path: Path, name: str, rate: Fraction, first, second) -> Path:
    track = hard_cuts.joins(first, second)
    path.write_bytes(premiere_xml(Sequence(name, rate, (track,), *SIZE)))
    return path


def test_a_cut_of_premiere_is_relinked_to_mxf(tmp_path):
    cut = written(tmp_path / "cut.xml", "Cut", DROP, *footage(tmp_path, DROP))
    proof = proof_of_xmeml(cut, "Cut", *MXF)
    proof.holds(at_least=100)
    assert {path.suffix for path in proof.media.iterdir()} == {".mxf", ".json"}
    with (proof.media.parent / "relink.csv").open(newline="") as file:
        styled = [proof.media / Path(row["styled"]).name for row in csv.DictReader(file)]
    for path in styled:
        general, *tracks = [one.to_data() for one in MediaInfo.parse(str(path)).tracks]
        codes = {one["time_code_of_first_frame"] for one in tracks if one["track_type"] == "Other"}
        assert len(codes) == 1 and ";" in codes.pop()
        assert general["package_name"] in ("A001", "A002")
    program = Program(tmp_path, tmp_path / "home")
    program.run("verify", proof.media.parent, "--deep").done()
    styled[0].write_bytes(styled[0].read_bytes()[:-1])
    assert program.run("verify", proof.media.parent).code == 5


def test_a_cut_of_opentimelineio_is_relinked_to_mxf(tmp_path):
    reel = Reel(PAL)
    track = speeds(reel, tuple(footage(tmp_path, PAL)), (Fraction(1, 2), Fraction(-2), Fraction(1)), 12)
    path = tmp_path / "cut.otio"
    path.write_bytes(timeline(reel, [track]))
    proof_of_otio(path, PAL, *MXF).holds(at_least=50)


def test_some_frames_of_an_mxf_are_rendered_again_and_the_others_are_copied(tmp_path):
    cut = written(tmp_path / "cut.xml", "Cut", PAL, *footage(tmp_path, PAL))
    program = Program(tmp_path, tmp_path / "home")
    words = ("--preset", "exam", "--set", "style_weight=0", "--shot", "exam_010", *MXF, "-q")
    program.run("render", cut, *words).done()
    program.run("shot", cut, "exam_010", "--frames", "2-3", "--set", "style_weight=1e11", "-q").done()
    program.run("verify", tmp_path / "cut_stylereel").done()
    versions = sorted((tmp_path / "cut_stylereel" / "media").glob("exam_010*.mxf"))
    before, after = map(packets_of, versions)
    changed = [at for at, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert changed == [2, 3]
