"""EDLs: every event at its frames, found footage, and a new `.otio` back; what makes no sense is said."""

import random
from fractions import Fraction

import opentimelineio as otio
import pytest
from stylereel.core.cut import Transition
from stylereel.core.errors import StyleReelError, TimelineError, UsageError
from stylereel.core.exchange import Reading
from stylereel.core.rates import FrameRange, snap_rate, timebase
from stylereel.otio_adapters import timelines
from support.cuts import saved, stand_ins
from support.edl import FILM, edl, event, footage

CARDS = (
    footage("A001_C001.mov", "01:00:00:00", 2400, "A001C001"),
    footage("A001_C002.mov", "01:10:00:00", 2400, "A001C002"),
    footage("other/A001_C001.mov", "05:00:00:00", 2400, "B007C001"),
    footage("bare.mov", None, 240),
)
CUTS = (
    event(1, "A001C001", "C", "01:00:10:00", "01:00:12:00", "10:00:00:00", "10:00:02:00"),
    "* FROM CLIP NAME:  A001_C001.mov",
    event(2, "A001C001", "C", "01:00:12:00", "01:00:12:00", "10:00:02:00", "10:00:02:00"),
    event(2, "A001C002", "D    012", "01:10:20:00", "01:10:23:00", "10:00:02:00", "10:00:05:00"),
    "* FROM CLIP NAME:  A001_C001.mov",
    "* TO CLIP NAME:  A001_C002.mov",
    event(3, "BL", "C", "00:00:00:00", "00:00:01:00", "10:00:05:00", "10:00:06:00"),
    event(4, "AX", "C", "00:00:01:00", "00:00:02:12", "10:00:07:00", "10:00:08:12"),
    "* FROM CLIP NAME:  bare",
)


def read(tmp_path, *lines, rate: Fraction | None = FILM, cards=CARDS):
    path = saved(tmp_path, edl(*lines), "cut.edl")
    return timelines.read_cut(path, reading=Reading(rate=rate, footage=cards))


def test_events_stand_at_their_record_frames_on_the_footage_that_fits(tmp_path):
    cut = read(tmp_path, *CUTS)
    assert (cut.rate, cut.start, cut.frames) == (FILM, 864000, 204)
    one, two, four = cut.uses
    assert [use.record for use in cut.uses] == [FrameRange(0, 48), FrameRange(48, 120), FrameRange(168, 204)]
    assert [use.media.path.name for use in cut.uses] == ["A001_C001.mov", "A001_C002.mov", "bare.mov"]
    assert one.media.path.parent.name == "cards" and one.media.start == 86400
    assert [use.time.frame(0) for use in cut.uses] == [240, 480, 24]
    assert (one.tail, two.head, two.tail) == (Transition("dissolve", 0, 12),) * 2 + (None,)
    assert four.media.start == 0 and [one.reason for one in cut.skipped] == [
        "a generator: it has no media file"
    ]


def test_it_comes_back_as_an_otio_that_stands_as_the_edl_did(tmp_path):
    cut = read(tmp_path, *CUTS)
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert timelines.output_suffix(cut.path) == ".otio"
    again = timelines.read_cut(saved(tmp_path, written, "cut_styled.otio"))
    assert [use.record for use in again.uses] == [use.record for use in cut.uses]
    assert again.start == cut.start and not again.notes
    root = otio.adapters.read_from_string(written.decode(), "otio_json")
    assert root.tracks[0][0].metadata["cmx_3600"] == {"reel": "A001C001"}


def test_an_edl_without_a_rate_says_how_to_give_one(tmp_path):
    with pytest.raises(UsageError, match="--rate"):
        read(tmp_path, *CUTS, rate=None)


def test_drop_frame_says_the_rate_and_counts_without_the_dropped(tmp_path):
    line = event(1, "AX", "C", "01:00:00;00", "01:01:00;02", "01:00:59;28", "01:02:00;02")
    cut = read(tmp_path, "FCM: DROP FRAME", line, rate=None, cards=())
    assert cut.rate == Fraction(30000, 1001) and cut.drop_frame
    assert cut.timecode(0) == "01:00:59;28" and cut.skipped[0].record == FrameRange(0, 1800)
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


@pytest.mark.parametrize(
    ("motion", "source_out", "frames"),
    [
        ("M2   A001C001       048.0                01:00:10:00", "01:00:12:00", [240, 242, 286]),
        ("M2   A001C001       012.0                01:00:10:00", "01:00:10:12", [240, 240, 251]),
        ("M2   A001C001      -024.0                01:00:10:00", "01:00:11:00", [263, 262, 240]),
        ("M2   A001C001       000.0                01:00:10:00", "01:00:10:01", [240, 240, 240]),
        ("* * FREEZE FRAME", "01:00:10:01", [240, 240, 240]),
    ],
)
def test_speed_reverse_and_freeze(tmp_path, motion, source_out, frames):
    line = event(1, "A001C001", "C", "01:00:10:00", source_out, "10:00:00:00", "10:00:01:00")
    (use,) = read(tmp_path, line, motion).uses
    assert use.record == FrameRange(0, 24)
    assert [use.time.frame(offset) for offset in (0, 1, 23)] == frames


def test_lengths_that_disagree_without_a_speed_are_noted_and_the_record_is_believed(tmp_path):
    line = event(1, "A001C001", "C", "01:00:10:00", "01:00:12:00", "10:00:00:00", "10:00:01:00")
    cut = read(tmp_path, line)
    assert cut.uses[0].record == FrameRange(0, 24) and cut.uses[0].time.step == 1
    assert [note.code for note in cut.notes] == ["W-TICKS"]


def test_a_fade_at_the_beginning_and_one_from_black_later(tmp_path):
    lines = (
        event(1, "BL", "C", "00:00:00:00", "00:00:00:00", "01:00:00:00", "01:00:00:00"),
        event(1, "A001C001", "D    010", "01:00:10:00", "01:00:11:00", "01:00:00:00", "01:00:01:00"),
        event(2, "BL", "C", "00:00:00:00", "00:00:00:00", "01:00:02:00", "01:00:02:00"),
        event(2, "A001C002", "W001 008", "01:10:00:00", "01:10:01:00", "01:00:02:00", "01:00:03:00"),
    )
    one, two = read(tmp_path, *lines).uses
    assert (one.record, one.head) == (FrameRange(0, 24), Transition("fade", 0, 10))
    assert (two.record, two.head) == (FrameRange(48, 72), Transition("fade", 0, 8))


def test_a_list_sorted_by_source_is_put_in_record_order_and_tracks_keep_their_time(tmp_path):
    lines = (
        event(2, "A001C001", "C", "01:00:10:00", "01:00:11:00", "01:00:05:00", "01:00:06:00"),
        event(1, "A001C001", "C", "01:00:20:00", "01:00:21:00", "01:00:00:00", "01:00:01:00"),
        event(3, "A001C002", "C", "01:10:00:00", "01:10:02:00", "01:00:03:00", "01:00:05:00", channel="V2"),
        event(4, "A001C002", "C", "01:10:00:00", "01:10:02:00", "01:00:03:00", "01:00:05:00", channel="A"),
    )
    cut = read(tmp_path, *lines)
    assert [(use.track, use.record.first, use.time.frame(0)) for use in cut.uses] == [
        ("V1", 0, 480),
        ("V1", 120, 240),
        ("V2", 72, 0),
    ]


def test_the_incoming_clip_of_a_dissolve_gets_its_own_file(tmp_path):
    lines = (
        event(1, "AX", "C", "00:00:01:00", "00:00:02:00", "01:00:00:00", "01:00:01:00"),
        "* FROM CLIP: /mnt/x/one.mov",
        event(2, "AX", "C", "00:00:02:00", "00:00:03:00", "01:00:01:00", "01:00:02:00"),
        event(2, "AX", "D    010", "00:00:05:00", "00:00:06:00", "01:00:02:00", "01:00:03:00"),
        "* FROM CLIP: /mnt/x/one.mov",
        "* TO CLIP: /mnt/x/two.mov",
    )
    cut = read(tmp_path, *lines)
    assert [use.media.editor_path for use in cut.uses] == [
        "/mnt/x/one.mov",
        "/mnt/x/one.mov",
        "/mnt/x/two.mov",
    ]
    assert all(use.media.unplaced for use in cut.uses) and not cut.notes


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("* FROM CLIP NAME:  nobody", "no file that was searched is called"),
        ("* FROM CLIP NAME:  A001_C001", "its range lies outside of"),
    ],
)
def test_what_is_not_found_says_where_it_was_looked_for(tmp_path, names, reason):
    line = event(1, "AX", "C", "03:00:10:00", "03:00:11:00", "10:00:00:00", "10:00:01:00")
    cut = read(tmp_path, line, names)
    assert [one.reason.startswith(reason) for one in cut.skipped] == [True]
    assert [note.code for note in cut.notes] == ["E-OFFLINE"]


def test_two_files_that_fit_are_named_and_none_is_taken(tmp_path):
    cards = (*CARDS, footage("copy/A001_C001.mov", "01:00:00:00", 2400, "A001C001"))
    line = event(1, "A001C001", "C", "01:00:10:00", "01:00:11:00", "10:00:00:00", "10:00:01:00")
    (skipped,) = read(tmp_path, line, cards=cards).skipped
    assert "cards/A001_C001.mov" in skipped.reason and "copy/A001_C001.mov" in skipped.reason


@pytest.mark.parametrize(
    "lines",
    [
        ("001 nonsense",),
        (event(1, "AX", "C", "01:00:00:24", "01:00:01:00", "01:00:00:00", "01:00:01:00"),),
        (event(1, "AX", "C", "01:00:00:00", "01:00:01:00", "01:00:00:00", "01:00:00:00"),),
        ("* nothing but a comment",),
        (
            event(1, "AX", "C", "01:00:00:00", "01:00:02:00", "01:00:00:00", "01:00:02:00"),
            event(2, "AX", "C", "01:00:00:00", "01:00:02:00", "01:00:01:00", "01:00:03:00"),
        ),
    ],
)
def test_what_makes_no_sense_is_a_clear_error(tmp_path, lines):
    with pytest.raises(TimelineError) as caught:
        read(tmp_path, *lines)
    assert str(tmp_path) in caught.value.where


def test_damaged_edls_are_a_clear_error_or_a_cut(tmp_path):
    whole, chance = edl(*CUTS, "M2   A001C001  048.0  01:00:10:00"), random.Random(7)
    for _ in range(300):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 9)):
            if data:
                data[chance.randrange(len(data))] = chance.choice([*b"0123456789:;VCDM* \n\t", 0, 0xFF, 0xE9])
        try:
            reading = Reading(rate=FILM, footage=CARDS)
            cut = timelines.read_cut(saved(tmp_path, bytes(data), "cut.edl"), reading=reading)
            styled = stand_ins(cut)
            timelines.check_relink(cut, styled, timelines.relink(cut, styled))
        except StyleReelError as error:
            assert error.where and error.exit_code in (2, 3)


@pytest.mark.parametrize(
    ("name", "clips"),
    [
        ("dissolve_test", 3),
        ("media_cutter", 6),
        ("premiere_example", 2),
        ("raphe_temp1_rfe_R01_v01_TRANSITIONS", 4),
    ],
)
def test_real_edls_lose_no_event(samples, name, clips):
    path = samples / "timelines" / "edl" / f"{name}.edl"
    cut = timelines.read_cut(path, reading=Reading(rate=Fraction(24)))
    assert len(cut.uses) + len(cut.skipped) == clips


def test_the_real_speed_effects_stand_end_to_end(samples):
    path = samples / "timelines" / "edl" / "speed_effects.edl"
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line[:1].isdigit()]
    cut = timelines.read_cut(path, reading=Reading(rate=Fraction(24)))
    assert len(cut.skipped) == len([fields for fields in lines if fields[-1] != fields[-2]])
    assert cut.timecode(cut.frames) == max(fields[-1] for fields in lines)
    for one, other in zip(cut.skipped, cut.skipped[1:], strict=False):
        assert one.record.stop <= other.record.first


@pytest.mark.parametrize(("name", "extra"), [("cut.edl", "edl"), ("cut.aaf", "aaf")])
def test_without_its_adapter_it_says_what_to_install(tmp_path, monkeypatch, name, extra):
    monkeypatch.setattr(otio.adapters, "available_adapter_names", lambda: ["otio_json"])
    with pytest.raises(UsageError, match=rf"stylereel\[{extra}\]"):
        timelines.read_cut(saved(tmp_path, edl(*CUTS), name), reading=Reading(rate=FILM))


@pytest.mark.parametrize("rate", [77, 12, 120, Fraction(243, 10)])
def test_a_rate_that_no_edl_has_names_those_that_work(tmp_path, rate):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, *CUTS, rate=Fraction(rate))
    assert (caught.value.code, caught.value.where) == ("E-RATE", f"--rate {float(rate):g}")
    for works in ("23.976", "24", "25", "29.97", "30", "50", "59.9401", "60"):
        assert f"{works}," in caught.value.hint or f"{works}." in caught.value.hint
        fits = event(1, "AX", "C", "01:00:00:00", "01:00:01:00", "01:00:00:00", "01:00:01:00")
        assert read(tmp_path, fits, rate=snap_rate(float(works))).frames == timebase(snap_rate(float(works)))
