"""A list whose footage is only half there stops a render; with --skip-offline the rest stays as it is."""

import json
from dataclasses import replace
from fractions import Fraction

from support import burnin
from support.edl import edl, event


def test_a_clip_that_no_file_was_found_for_stops_the_render(program, tmp_path):
    (tmp_path / "cards").mkdir()
    burnin.write_counter(tmp_path / "cards" / "A1.mov", 30, Fraction(25), start_timecode="01:00:00:00")
    lines = (
        event(1, "A1", "C", "01:00:00:05", "01:00:00:10", "10:00:00:00", "10:00:00:05"),
        event(2, "Z9", "C", "01:00:00:05", "01:00:00:10", "10:00:00:05", "10:00:00:10"),
    )
    cut = tmp_path / "list.edl"
    cut.write_bytes(edl(*lines))
    asked = ("--rate", "25", "--search", "cards", "--preset", "exam", "--set", "style_weight=0")
    message = program.run("render", cut, *asked).refused(4)
    assert "10:00:00:05" in message and "'Z9'" in message and "--skip-offline" in message
    live = program.run("render", cut, *asked, "--skip-offline", "--delivery", "live").refused(2)
    assert "no opacity" in live and not list(tmp_path.glob("**/*_exam.mov"))
    program.run("render", cut, *asked, "--skip-offline", "--map", "D:/footage=.").done()
    said = json.loads((tmp_path / "list_stylereel" / "report.json").read_text("utf-8"))["asked"]
    assert (said["maps"], said["search"]) == ([f"D:/footage={tmp_path}"], [str(tmp_path / "cards")])
    (tmp_path / "elsewhere").mkdir()
    replace(program, folder=tmp_path / "elsewhere").run("shot", cut, "exam_010").done()
