"""Clips are seen through nests of any depth where an editor shows them, and no tangle hangs the reader."""

from fractions import Fraction
from time import perf_counter

import pytest
from stylereel.core.cut import Transition
from stylereel.core.errors import TimelineError
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from support.bare_xmeml import document, file, item, rated, remap, sequence, track, transition
from support.cuts import saved

LUMETRI = "<filter><effect><name>Lumetri Color</name><effectid>Lumetri</effectid></effect></filter>"


def read(tmp_path, data):
    return timelines.read_cut(saved(tmp_path, data), "Reel")


def inner(length: int = 100, **changes) -> str:
    """A nest of one clip that shows frame 300 first."""
    return sequence(item(0, length, 300, 300 + length, item_id="leaf"), name="Nest", length=length, **changes)


STUB = '<sequence id="Nest"/>'


def seen(cut):
    """Track, record range and media range of everything that is seen."""
    return [(use.id, use.track, use.record, use.media_frames) for use in cut.uses]


def test_a_nest_used_twice_gives_two_uses(tmp_path):
    clips = (
        item(10, 60, 0, 50, media=inner(), item_id="one"),
        item(60, 90, 20, 50, media=STUB, item_id="two"),
    )
    cut = read(tmp_path, document(*clips))
    assert seen(cut) == [
        ("one/leaf", "V1/V1", FrameRange(10, 60), FrameRange(300, 350)),
        ("two/leaf", "V1/V1", FrameRange(60, 90), FrameRange(320, 350)),
    ]
    assert [use.nests for use in cut.uses] == [("one",), ("two",)]
    assert cut.uses[0].media is cut.uses[1].media


def test_the_body_of_a_nest_may_stand_anywhere(tmp_path):
    before = document(item(0, 50, 0, 50, media=STUB, item_id="one"), more=inner())
    cut = timelines.read_cut(saved(tmp_path, before), "Reel")
    assert seen(cut) == [("one/leaf", "V1/V1", FrameRange(0, 50), FrameRange(300, 350))]
    assert timelines.sequences(tmp_path / "cut.xml") == ["Reel", "Nest"]


def test_a_nest_is_not_offered_as_a_sequence(tmp_path):
    path = saved(tmp_path, document(item(0, 50, 0, 50, media=inner())))
    assert timelines.sequences(path) == ["Reel"]
    assert timelines.read_cut(path).sequence == "Reel"


def test_nests_in_nests_meet_every_window(tmp_path):
    middle = sequence(
        item(0, 40, 30, 70, media=inner(), item_id="in"),
        item(40, 80, 0, 40, media=file("b.mov", file_id="file-2"), item_id="b"),
        name="Middle",
    )
    cut = read(tmp_path, document(item(5, 35, 30, 60, media=middle, item_id="out")))
    assert seen(cut) == [
        ("out/in/leaf", "V1/V1/V1", FrameRange(5, 15), FrameRange(360, 370)),
        ("out/b", "V1/V1", FrameRange(15, 35), FrameRange(0, 20)),
    ]
    assert cut.uses[0].nests == ("out", "in")


@pytest.mark.parametrize(
    ("first", "stop", "record", "media"),
    [
        (-20, 30, FrameRange(20, 50), FrameRange(300, 330)),
        (80, 130, FrameRange(0, 20), FrameRange(380, 400)),
    ],
)
def test_a_nest_shows_nothing_before_its_first_and_behind_its_last_frame(
    tmp_path, first, stop, record, media
):
    cut = read(tmp_path, document(item(0, 50, first, stop, media=inner(), item_id="n")))
    assert seen(cut) == [("n/leaf", "V1/V1", record, media)]


def test_ins_count_from_the_nests_first_frame_or_from_its_timecode(tmp_path):
    nest = inner(frame=90_000)
    for first in (20, 90_020):
        cut = read(tmp_path, document(item(0, 50, first, first + 50, media=nest, item_id="n")))
        assert seen(cut) == [("n/leaf", "V1/V1", FrameRange(0, 50), FrameRange(320, 370))]


def test_speed_on_a_nest_multiplies(tmp_path):
    keys = ((0, 0), (50, 100), (1000, 2000))
    data = document(item(0, 20, 10, 30, remap(200, keys=keys), media=inner(), item_id="n"))
    (use,) = read(tmp_path, data).uses
    assert [use.time.frame(i) for i in range(20)] == list(range(320, 360, 2))
    back = ((0, 100), (100, 0))
    data = document(item(0, 20, 10, 30, remap(-100, True, back), media=inner(), item_id="n"))
    (use,) = read(tmp_path, data).uses
    assert [use.time.frame(i) for i in range(20)] == list(range(389, 369, -1))


def test_a_nest_of_another_rate_is_shown_frame_by_frame(tmp_path):
    leaf = item(0, 100, 300, 400, rate=rated(50), media=file(rate=rated(50)), item_id="leaf")
    nest = sequence(leaf, name="Nest", length=100, rate=rated(50))
    (use,) = read(tmp_path, document(item(0, 50, 0, 50, media=nest, item_id="n"))).uses
    assert use.media.rate == 50 and use.record == FrameRange(0, 50)
    assert [use.time.frame(i) for i in range(50)] == list(range(300, 400, 2))
    slow = sequence(item(0, 50, 300, 350, item_id="leaf"), name="Nest", length=50)
    data = document(item(0, 100, 0, 100, rate=rated(50), media=slow, item_id="n"), rate=rated(50))
    (use,) = read(tmp_path, data).uses
    assert use.media.rate == 25 and use.record == FrameRange(0, 100)
    assert [use.time.frame(i) for i in range(100)] == [300 + i // 2 for i in range(100)]


def test_transitions_on_a_nest_reach_into_its_clips(tmp_path):
    left = item(0, -1, 0, 36, media=inner(), item_id="n")
    right = item(-1, 80, 0, 54, item_id="c", media='<file id="file-1"/>')
    cut = read(tmp_path, document(left, transition(26, 36, 4), right))
    nested, clip = cut.uses
    assert (nested.record, nested.tail) == (FrameRange(0, 30), Transition("dissolve", 4, 6))
    assert nested.media_frames == FrameRange(300, 336)
    assert (clip.record, clip.head) == (FrameRange(30, 80), Transition("dissolve", 4, 6))


def test_what_is_passed_by_in_a_nest_is_told_with_its_place(tmp_path):
    off = item(0, 30, 0, 30, item_id="off").replace("<start>", "<enabled>FALSE</enabled><start>", 1)
    camera = item(30, 60, 0, 30, "<multiclip/>", item_id="cam", media='<file id="file-1"/>')
    graded = item(60, 100, 0, 40, LUMETRI, item_id="graded", media='<file id="file-1"/>')
    dark = track(item(0, 9, 0, 9, item_id="dark", media='<file id="file-1"/>'), enabled=False)
    nest = sequence(body=track(off, camera, graded) + dark, name="Nest", length=100)
    cut = read(tmp_path, document(item(200, 280, 10, 90, LUMETRI, media=nest, item_id="n")))
    assert [(s.clip, s.track, s.record) for s in cut.skipped] == [
        ("off", "V1/V1", FrameRange(200, 220)),
        ("cam", "V1/V1", FrameRange(220, 250)),
    ]
    notes = {note.code: note for note in cut.notes}
    assert notes["E-MULTICAM"].record == 220 and notes["E-MULTICAM"].message.startswith("in n: cam: ")
    assert notes["W-CLIPFX"].record == 250 and "Lumetri Color" in notes["W-CLIPFX"].message
    assert notes["W-NESTFX"].record == 200 and "Lumetri Color" in notes["W-NESTFX"].message
    assert "track V2 of Nest is disabled" in {note.message.split(",")[0] for note in cut.notes}


def test_a_nest_without_a_body_a_rate_or_a_clip_is_not_lost(tmp_path):
    norate = '<sequence id="x"><name>x</name><media><video/></media></sequence>'
    empty = sequence(name="Empty")
    clips = (
        item(0, 10, 0, 10, media='<sequence id="gone"/>', item_id="gone"),
        item(10, 20, 0, 10, media=norate, item_id="norate"),
        item(20, 30, 0, 10, media=empty, item_id="empty"),
    )
    cut = read(tmp_path, document(*clips))
    assert [(note.code, note.record) for note in cut.notes] == [("E-SEQ", 0), ("E-SEQ", 10)]
    assert [(s.clip, s.reason) for s in cut.skipped] == [
        ("gone", "unsupported: its sequence 'gone' is defined nowhere in the document"),
        ("norate", "unsupported: its sequence 'x' has no rate that makes sense"),
        ("empty", "a nested sequence that shows no clip here"),
    ]


def test_markers_of_a_nest_are_moved_onto_its_clips(tmp_path):
    marker = "<marker><name>@ink</name><in>40</in><out>-1</out></marker>"
    cut = read(tmp_path, document(item(0, 50, 20, 70, marker, media=inner(), item_id="n")))
    assert [marker.name for marker in cut.uses[0].markers] == ["@ink"]


def test_a_sequence_in_itself_is_refused_and_named(tmp_path):
    loop = sequence(item(0, 50, 0, 50, media='<sequence id="A"/>'), name="B", length=50)
    data = document(item(0, 50, 0, 50, media=loop), name="A")
    with pytest.raises(TimelineError, match=r"'A' contains itself: A > B > A") as caught:
        timelines.read_cut(saved(tmp_path, data))
    assert caught.value.code == "E-SEQ" and caught.value.hint and "cut.xml" in caught.value.where


def test_absurd_depth_is_refused(tmp_path):
    stubs = [
        sequence(item(0, 9, 0, 9, media=f'<sequence id="s{depth + 1}"/>'), name=f"s{depth}")
        for depth in range(3000)
    ]
    data = document(item(0, 9, 0, 9, media='<sequence id="s0"/>'), more="".join(stubs))
    with pytest.raises(TimelineError, match="nested more than 60 deep"):
        timelines.read_cut(saved(tmp_path, data), "Reel")


def pile(depth: int, uses: int, speed: str = "") -> bytes:
    """A nest used several times, on as many tracks, in a nest that is used several times, and so on."""
    levels = []
    for level in range(depth):
        below = file() if level == 0 else f'<sequence id="s{level - 1}"/>'
        clips = [track(item(0, 9, 0, 9, speed, media=below, item_id=f"c{i}")) for i in range(uses)]
        levels.append(sequence(body="".join(clips), name=f"s{level}", length=9))
    return document(item(0, 9, 0, 9, media=f'<sequence id="s{depth - 1}"/>'), more="".join(levels))


@pytest.mark.parametrize(
    "speed", ["", pytest.param(remap(90, keys=((0, 0), (10, 9))), marks=pytest.mark.slow)]
)
def test_nests_that_multiply_without_end_are_refused_in_time(tmp_path, speed):
    """Each level shows the whole of the one below fifty times: 10^13 clips."""
    begun = perf_counter()
    with pytest.raises(TimelineError, match="show more clips than anyone can cut"):
        read(tmp_path, pile(8, 50, speed))
    assert perf_counter() - begun < 60


def test_a_nest_in_pieces_costs_what_is_seen_of_it(tmp_path):
    """A thousand uses of a nest of a thousand clips, each use showing one of them."""
    clips = [item(i * 9, i * 9 + 9, 0, 9, media="", item_id=f"c{i}") for i in range(1000)]
    clips[1:] = [clip.replace(file(), '<file id="file-1"/>') for clip in clips[1:]]
    nest = sequence(*clips, name="Nest", length=9000)
    pieces = [item(i * 9, i * 9 + 9, i * 9, i * 9 + 9, media=STUB, item_id=f"p{i}") for i in range(1000)]
    begun = perf_counter()
    cut = read(tmp_path, document(*pieces, more=nest))
    assert [use.id for use in cut.uses] == [f"p{i}/c{i}" for i in range(1000)]
    assert perf_counter() - begun < 20
    assert Fraction(sum(len(use.record) for use in cut.uses)) == 9000


def test_the_deepest_pile_that_is_read_is_read(tmp_path):
    cut = read(tmp_path, pile(40, 1))
    assert len(cut.uses) == 1 and cut.uses[0].track == "/".join(["V1"] * 41)
