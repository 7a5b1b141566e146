"""EDL and AAF: media that no path names is found by reel and timecode; every frame shows its number."""

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime
from opentimelineio.schema import Timeline, Track
from support import edl_editor, hard_cuts, otio_editor
from support.conformance import Proof, rendered
from support.editor import path_of
from support.otio_cuts import Reel

RATE = Fraction(25)
EDL = """TITLE: LIST
FCM: NON-DROP FRAME
001  A001     V     C        00:01:00:10 00:01:01:15 10:00:00:00 10:00:01:05
* FROM CLIP NAME: first
002  A001     V     C        00:01:01:15 00:01:01:15 10:00:01:05 10:00:01:05
002  A002     V     D    012 00:02:02:00 00:02:03:20 10:00:01:05 10:00:03:00
* FROM CLIP NAME: first
* TO CLIP NAME: second
003  A001     V     C        00:01:04:00 00:01:05:15 10:00:03:00 10:00:03:20
M2   A001     050.0                      00:01:04:00
004  A002     V     C        00:02:05:00 00:02:05:10 10:00:03:20 10:00:04:15
M2   A002     012.5                      00:02:05:00
005  A001     V     C        00:01:07:03 00:01:07:04 10:00:04:15 10:00:05:05
M2   A001     000.0                      00:01:07:03
006  BL       V     C        00:00:00:00 00:00:00:10 10:00:05:05 10:00:05:15
007  A002     V     C        00:02:08:00 00:02:09:00 10:00:05:15 10:00:06:15
"""


@pytest.fixture
def footage(tmp_path: Path) -> hard_cuts.Footage:
    (tmp_path / "footage").mkdir()
    return hard_cuts.Footage(tmp_path / "footage")


@pytest.mark.parametrize("codec", ["prores", "tiff"])
def test_an_edl_finds_its_tapes_and_shows_their_frames(footage, tmp_path, codec):
    tapes = [footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")]
    path = tmp_path / "list.edl"
    path.write_text(EDL)
    known = {tape.reel: (path_of(tape.pathurl), tape.start) for tape in tapes}
    before = tuple(edl_editor.shown(EDL, RATE, known))
    styled = rendered(path, "--rate", "25", "--search", footage.folder, "--codec", codec)
    after = tuple(otio_editor.shown(styled.read_bytes(), RATE))
    assert Proof(path, before, after, RATE).holds(at_least=155 + 12)


def test_an_aaf_shows_the_frames_that_its_timeline_shows(footage, tmp_path):
    reel = Reel(RATE)
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    items = [reel.clip(first, 20, 40), reel.clip(second, 60, 30), reel.gap(6), reel.clip(first, 120, 25)]
    timeline = Timeline("Reel", global_start_time=RationalTime(90000, 25))
    timeline.tracks.append(Track("V1", items, kind="Video"))
    path = tmp_path / "cut.aaf"
    otio.adapters.write_to_file(timeline, str(path), use_empty_mob_ids=True)
    before = tuple(otio_editor.shown(timeline.to_json_string().encode(), RATE))
    styled = rendered(path, "--search", footage.folder)
    after = tuple(otio_editor.shown(styled.read_bytes(), RATE))
    assert Proof(path, before, after, RATE).holds(at_least=95)
