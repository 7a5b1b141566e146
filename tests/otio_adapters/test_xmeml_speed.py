"""Which frames a clip item shows: two clocks, a graph over both, speed of every kind, other rates."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.cut import Transition
from stylereel.core.rates import FrameRange
from stylereel.core.timemap import Graph, TimeMap
from stylereel.otio_adapters import timelines
from support.bare_xmeml import document, file, item, rated, remap, transition
from support.cuts import saved


def read(tmp_path, *items, **changes):
    return timelines.read_cut(saved(tmp_path, document(*items, **changes)))


def only(tmp_path, *items, **changes):
    cut = read(tmp_path, *items, **changes)
    assert not cut.skipped, cut.skipped
    (use,) = cut.uses
    return use, cut.notes


def frames(use):
    """The media frame at every record frame on which the clip can be seen."""
    return [use.time.frame(offset) for offset in range(use.offsets.first, use.offsets.stop)]


HALF = ((0, 0), (40, 20), (60, 30), (4000, 2000))
BACK = ((0, 2000), (20, 1980), (30, 1970), (2000, 0))
CASES = {
    "percent alone: in counts retimed frames": (item(0, 10, 50, 60, remap(200)), range(100, 120, 2)),
    "graph over percent": (item(0, 20, 40, 60, remap(300, keys=HALF)), [20 + i // 2 for i in range(20)]),
    "graph over ticks": (
        item(0, 10, 40, 50, remap(100, keys=HALF), ticks=(900, 910)),
        [20 + i // 2 for i in range(10)],
    ),
    "ticks over in": (item(0, 10, 50, 60, remap(200), ticks=(100, 120)), range(100, 120, 2)),
    "ticks alone": (item(0, 10, 50, 60, ticks=(100, 120)), range(100, 120, 2)),
    "in and out alone": (item(0, 10, 100, 130), range(100, 130, 3)),
    "a rounded per cent": (
        item(0, 158, 20, 177, remap("500.012"), ticks=(100, 885)),
        range(100, 886, 5),
    ),
    "a third": (item(0, 9, 30, 39, remap("33.333"), ticks=(10, 13)), [10 + i // 3 for i in range(9)]),
    "a graph of 100 per cent": (item(0, 10, 40, 50, remap(keys=((0, 0), (2000, 2000)))), range(40, 50)),
    "backwards by the graph": (
        item(0, 10, 20, 30, remap(-100, True, BACK)),
        range(1979, 1969, -1),
    ),
    "backwards by the graph alone": (item(0, 10, 20, 30, remap(100, keys=BACK)), range(1979, 1969, -1)),
    "backwards by ticks": (item(0, 10, 20, 30, remap(100, True), ticks=(500, 510)), range(509, 499, -1)),
    "twice as fast backwards": (
        item(0, 10, 20, 30, remap(-200, True), ticks=(500, 520)),
        range(519, 499, -2),
    ),
    "half as fast backwards from a fraction": (
        item(0, 4, 0, 4, remap(50, True, keys=((0, "100.5"), (4, "98.5")))),
        [100, 99, 99, 98],
    ),
    "a negative per cent": (item(0, 10, 20, 30, remap(-50)), [14 - (i + 1) // 2 for i in range(10)]),
    "frozen by name": (
        item(0, 10, 70, 80, "<stillframe>TRUE</stillframe>"),
        [70] * 10,
    ),
    "frozen at an offset": (
        item(0, 5, 70, 75, "<stillframe>TRUE</stillframe><stillframeoffset>33</stillframeoffset>"),
        [33] * 5,
    ),
    "frozen by speed": (item(0, 10, 70, 80, remap(0), ticks=(71, 71)), [71] * 10),
    "frozen by a flat graph": (item(0, 10, 70, 80, remap(keys=((0, 44), (90, 44)))), [44] * 10),
    "subclip": (
        item(0, 10, 40, 50, "<subclipinfo><startoffset>300</startoffset></subclipinfo>"),
        range(340, 350),
    ),
    "subclip, ticks too": (
        item(0, 10, 40, 50, "<subclipinfo><startoffset>300</startoffset></subclipinfo>", ticks=(40, 50)),
        range(340, 350),
    ),
    "subclip, ticks of the media": (
        item(0, 10, 40, 50, "<subclipinfo><startoffset>300</startoffset></subclipinfo>", ticks=(340, 350)),
        range(340, 350),
    ),
    "a junk keyframe": (
        item(0, 10, 40, 50, remap(keys=((0, 0), (40, 20), (50, -1815255671), (60, 30), (4000, 2000)))),
        [20 + i // 2 for i in range(10)],
    ),
    "a frame short, as Premiere rounds": (item(0, 11, 40, 50, ticks=(40, 50)), range(40, 51)),
}


@pytest.mark.parametrize("case", CASES)
def test_each_record_frame_shows_its_frame(tmp_path, case):
    clip, expected = CASES[case]
    use, _ = only(tmp_path, clip)
    assert frames(use) == list(expected)
    assert use.media_frames == FrameRange(min(expected), max(expected) + 1)


def test_a_plain_clip_is_a_straight_line_of_whole_frames(tmp_path):
    use, notes = only(tmp_path, item(7, 17, 40, 50, ticks=(40, 50)))
    assert use.time == TimeMap(Fraction(40)) and not notes


def test_keyframed_speed_bends_and_turns(tmp_path):
    keys = ((0, 0), (100, 100), (110, 130), (120, 120), (130, 120), (2000, 1990))
    use, _ = only(tmp_path, item(50, 90, 100, 140, remap(100, keys=keys)))
    assert isinstance(use.time, Graph)
    assert frames(use)[:10] == list(range(100, 130, 3))
    assert frames(use)[10:20] == list(range(129, 119, -1))  # what lies before the edge
    assert frames(use)[20:31] == [120] * 11 and frames(use)[31:33] == [121, 122]
    assert use.media_frames == FrameRange(100, 130)


def test_a_graph_that_turns_on_the_last_frame_of_a_clip_shows_what_lies_before_the_edge(tmp_path):
    keys = ((0, 0), (8, 1), (19, 2), (28, 1))
    use, _ = only(tmp_path, item(50, 54, 16, 20, remap(100, keys=keys)))
    assert isinstance(use.time, Graph) and frames(use) == [1, 1, 1, 1]


def test_in_and_out_at_half_the_rate_without_ticks(tmp_path):
    use, notes = only(tmp_path, item(0, 100, 20, 70, rate=rated(15)), rate=rated(30))
    assert use.time == TimeMap(Fraction(40)) and not notes
    use, _ = only(tmp_path, item(0, 100, 20, 120, rate=rated(29)), rate=NTSC)  # 29: nobody counts at that
    assert use.time == TimeMap(Fraction(20))


def test_a_graph_counts_from_in_whatever_the_handles_are(tmp_path):
    clip = item(20, -1, 60, 100, remap(50, keys=HALF), ticks=(30, 50))
    other = item(-1, 80, 300, 320, item_id="clip-2", media='<file id="file-1"/>')
    cut = read(tmp_path, clip, transition(50, 60, 4), other)
    first, second = cut.uses
    assert (first.record, first.tail) == (FrameRange(20, 54), Transition("dissolve", 4, 6))
    assert frames(first) == [30 + i // 2 for i in range(40)]
    assert second.record.first == 54 and second.time.frame(-4) == 300 and len(frames(second)) == 30


def test_a_handle_before_a_reversed_clip_counts_from_the_cut(tmp_path):
    left = item(0, -1, 0, 26, item_id="left")
    keys = ((0, 500), (100, 450), (1000, 0))
    right = item(-1, 60, 96, 136, remap(-50, True, keys), media='<file id="file-1"/>', item_id="right")
    use = read(tmp_path, left, transition(20, 26, 3), right).uses[1]
    assert use.record.first == 23  # there the graph is at 450 1/2: frame 450 lies before that
    assert use.time == TimeMap(Fraction(450), Fraction(-1, 2))
    assert frames(use)[:5] == [451, 451, 450, 450, 449]


NTSC = rated(30, True)


@pytest.mark.parametrize(
    ("rate", "plays"),
    [
        (rated(24), Fraction(24)),
        (rated(120, True), Fraction(120000, 1001)),
        (rated(18), Fraction(18)),
        (rated(29), None),
        (rated(59), None),
        (rated(14), None),
        (rated(0), None),
        (rated("NaN"), None),
        (rated(-1), None),
        (rated("9" * 17), None),
        ("<rate/>", None),
    ],
)
def test_a_files_rate_is_told_where_it_makes_sense(tmp_path, rate, plays):
    use, notes = only(tmp_path, item(0, 10, 40, 50, media=file(rate=rate)))
    assert (use.media.rate, use.media.plays) == (Fraction(25), plays)
    assert frames(use) == list(range(40, 50)) and not notes


def test_lengths_and_timecode_at_a_cut_off_rate_count_on_the_grid(tmp_path):
    timecode = "<timecode><string>00:01:00:00</string><displayformat>NDF</displayformat></timecode>"
    media = file(rate=rated(59), length=5994, more=timecode)
    use, _ = only(tmp_path, item(0, 10, 40, 50, media=media))
    assert use.media.frames == round(5994 * 1001 / 60000 * 25)
    assert use.media.start == round(3600 * Fraction(1001, 60000) * 25)


def test_a_mixed_rate_clip_keeps_the_fraction_it_starts_at(tmp_path):
    """100 frames at 24 a second are 104 1/6 at 25: the file's own frame 100 must come back."""
    start = Fraction(100 * 25, 24)
    clip = item(0, 10, 104, 114, ticks=(start, start + 10), media=file(rate=rated(24)))
    use, notes = only(tmp_path, clip)
    assert abs(use.time.first - start) < Fraction(1, 10**6) and not notes
    assert use.time.scaled(Fraction(24, 25)).frame(0) == 100


def test_ntsc_ticks_are_whole_frames(tmp_path):
    step = 254_016_000_000 * 1001 // 30000
    clip = item(0, 217, 66409, 66625, rate=NTSC).replace(
        "<file", f"<pproTicksIn>{66409 * step}</pproTicksIn><pproTicksOut>{66625 * step}</pproTicksOut><file"
    )
    use, notes = only(tmp_path, clip, rate=NTSC)
    assert use.time == TimeMap(Fraction(66409)) and not notes


@pytest.mark.parametrize(
    ("clip", "code"),
    [
        (item(0, 10, 90, 100, ticks=(100, 110)), "W-TICKS"),
        (item(0, 10, 90, 100, ticks=(100, 150)), "W-TICKS"),
        (item(0, 10, 20, 30, remap(500), ticks=(110, 160)), "W-TICKS"),
        (item(0, 10, 20, 30, remap(500), ticks=(100, 150)), ""),
        (item(0, 10, 20, 30, ticks=(100, 150)), ""),
        (item(0, 10, 90, 100, ticks=(90.5, 100.5)), ""),
        (item(0, 10, 20, 30, remap(-100)), "W-DIALECT"),
        (item(0, 10, 20, 30, remap(-100), ticks=(20, 30)), ""),
    ],
)
def test_clocks_that_disagree_are_noted(tmp_path, clip, code):
    _, notes = only(tmp_path, clip)
    assert [note.code for note in notes] == [code] * bool(code)
    assert all(note.record == 0 and note.message.startswith("clip-1") for note in notes)


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (item(0, 10, 20, 30, remap(200_000)), "unsupported: a speed of 200000 per cent"),
        (item(0, 10, 0, 10, ticks=(0, 11_000)), "unsupported: a speed of 110000 per cent"),
        (item(0, 10, 50, 50), "unsupported: its out does not lie behind its in"),
        (item(0, 10, -1, -1), "unsupported: its in and out are not set"),
        (item(0, 10, 9 * 10**17, 9 * 10**17 + 10), "unsupported: it runs through more frames"),
        (item(0, 10, 0, 10, remap(keys=((0, 0), (5, 99_000_000)), top="")), "unsupported: "),
        (item(0, 2_000_001, 0, 2_000_001), "unsupported: it is 2,000,001 frames long"),
    ],
)
def test_what_nobody_can_mean_is_passed_by(tmp_path, clip, reason):
    (skipped,) = read(tmp_path, clip).skipped
    assert skipped.reason.startswith(reason)


@pytest.mark.parametrize("percent", ["nan", "", "1e99", "fast", "--5"])
def test_a_speed_that_is_no_number_is_told_by_the_ticks(tmp_path, percent):
    use, _ = only(tmp_path, item(0, 10, 50, 60, remap(percent), ticks=(100, 120)))
    assert frames(use) == list(range(100, 120, 2))


@given(
    percent=st.sampled_from([10, 25, 50, 80, 100, 150, 200, 370, 500]),
    start=st.integers(0, 300),
    length=st.integers(2, 60),
)
def test_percent_ticks_and_graph_say_the_same(tmp_path_factory, percent, start, length):
    """Three tools write one clip: one a per cent alone, one with ticks, one with a graph."""
    folder, speed = tmp_path_factory.mktemp("cut"), Fraction(percent, 100)
    first = start * speed
    ticks = (first, first + length * speed)
    keys = ((0, 0), (10_000, int(10_000 * speed)))
    span = (0, length, start, start + length)
    alone = only(folder, item(*span, remap(percent)))[0]
    ticked = only(folder, item(*span, remap(percent), ticks=ticks))[0]
    graphed = only(folder, item(*span, remap(percent, keys=keys, top=99_999), ticks=ticks))[0]
    assert frames(alone) == frames(ticked) == frames(graphed)
