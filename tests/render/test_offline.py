"""Media that is missing stops a render: of shots whose file is gone, of clips that no file was found for."""

from stylereel.core.cut import Cut
from stylereel.core.errors import MediaError
from stylereel.core.exchange import Reading
from stylereel.core.output import offline
from stylereel.otio_adapters import timelines
from support.cuts import saved
from support.edl import FILM, edl, event, footage

CARDS = (footage("A001.mov", "01:00:00:00", 2400, "A001"),)
LINES = (
    event(1, "A001", "C", "01:00:10:00", "01:00:12:00", "10:00:00:00", "10:00:02:00"),
    event(2, "Z9", "C", "01:00:10:00", "01:00:12:00", "10:00:02:00", "10:00:04:00"),
    "* FROM CLIP NAME:  lost one",
    event(3, "BL", "C", "00:00:00:00", "00:00:01:00", "10:00:04:00", "10:00:05:00"),
)


def read(tmp_path, *lines: str) -> Cut:
    path = saved(tmp_path, edl(*lines), "cut.edl")
    return timelines.read_cut(path, reading=Reading(rate=FILM, footage=CARDS))


def test_a_clip_that_no_file_was_found_for_is_missing_where_the_whole_cut_is_meant(tmp_path):
    error = offline((), read(tmp_path, *LINES), whole=True)
    assert isinstance(error, MediaError) and (error.exit_code, error.code) == (4, "E-OFFLINE")
    assert "1 clip is" in error.what and "10:00:02:00  lost one" in error.what and "'Z9'" in error.what
    assert error.hint and "--search" in error.hint and "--skip-offline" in error.hint


def test_it_is_not_where_one_shot_is_meant_and_nothing_is_where_all_is_found(tmp_path):
    assert offline((), read(tmp_path, *LINES)) is None
    assert offline((), read(tmp_path, LINES[0], LINES[3]), whole=True) is None
