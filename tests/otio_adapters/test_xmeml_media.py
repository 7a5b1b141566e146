"""What a clip's media is: a film, a picture, pictures that move; and transitions on whatever stands there."""

from fractions import Fraction

import pytest
from stylereel.core.cut import Transition
from stylereel.core.rates import FrameRange
from stylereel.core.timemap import TimeMap
from stylereel.otio_adapters import timelines
from support.bare_xmeml import document, file, item, rated, remap, sequence, transition
from support.cuts import saved

HOUR = 90_000  # frames at 25 a second: where Premiere begins a still
SLUG = '<file id="s"><name>Black Video</name><mediaSource>Slug</mediaSource></file>'


def read(tmp_path, *items, **changes):
    return timelines.read_cut(saved(tmp_path, document(*items, **changes)))


@pytest.mark.parametrize(
    ("name", "length", "first", "kind"),
    [
        ("a.mov", 2000, 10, "movie"),
        ("card.png", "", HOUR, "still"),
        ("card.png", 1, HOUR, "still"),
        ("IMG_0042.jpg", "", HOUR, "still"),
        ("IMG_0042.jpg", 12 * HOUR, HOUR, "still"),
        ("IMG_0042.jpg", 1, 0, "still"),
        ("IMG_0042.jpg", 200, HOUR, "still"),
        ("poster.tif", 200, 10, "still"),
        ("shot.0001.dpx", 200, 10, "sequence"),
        ("shot_0001.PNG", 200, 0, "sequence"),
        ("shot_0001.exr", 49, 0, "sequence"),
        ("shot_0001.exr", 48, 0, "still"),
        ("shot/shot.0001.exr", 48, 0, "sequence"),
        ("shot/other.0001.exr", 48, 0, "still"),
        ("cat.gif", 200, 10, "movie"),
        ("cat.gif", 1, HOUR, "still"),
    ],
)
def test_a_picture_is_told_from_pictures_that_move(tmp_path, name, length, first, kind):
    cut = read(tmp_path, item(0, 50, first, first + 50, media=file(name, length=length)))
    (use,) = cut.uses
    assert use.media.kind == kind and not cut.skipped and not cut.notes
    assert use.media.frames == (1 if kind == "still" else length)
    assert use.time == TimeMap(Fraction(0), Fraction(0)) if kind == "still" else TimeMap(Fraction(first))


def test_a_slowed_sequence_of_pictures_is_still_one(tmp_path):
    keys = ((0, 0), (400, 200))
    clip = item(0, 300, 50, 350, remap(50, keys=keys), media=file("shot_0001.png", length=200))
    (use,) = read(tmp_path, clip).uses
    assert use.media.kind == "sequence" and use.media_frames == FrameRange(25, 175)


def test_one_file_as_a_still_and_at_two_rates_is_read_each_time(tmp_path):
    """Two sequences of different rates count one file on grids of their own."""
    media = file("a.mov", rate=rated(50), length=1000)
    fast = item(0, 40, 100, 140, rate=rated(50), media='<file id="file-1"/>', item_id="fast")
    nest = sequence(fast, name="n", rate=rated(50))
    cut = read(tmp_path, item(0, 20, 50, 70, media=media), item(20, 40, 0, 20, media=nest, item_id="nest"))
    plain, nested = cut.uses
    assert (plain.media.rate, nested.media.rate) == (25, 50)
    assert plain.media.plays == nested.media.plays == 50
    assert nested.time.frame(0) == 100 and nested.time.frame(1) == 102


def test_what_has_no_media_is_an_information_and_no_note(tmp_path):
    bars = '<generatoritem id="g"><name>Bars</name><start>50</start><end>60</end></generatoritem>'
    cut = read(tmp_path, item(0, 50, HOUR, HOUR + 50, media=SLUG), bars)
    assert [one.reason for one in cut.skipped] == [
        "a title, generator or adjustment layer: it has no media file"
    ] * 2
    assert not cut.notes


def clip(start: int, end: int, first: int, name: str, length: int = 40) -> str:
    """A clip on a film of its own; edges of -1 lie under a transition, `length` is all that is seen."""
    return item(start, end, first, first + length, item_id=name, media=file(f"{name}.mov", file_id=name))


def uses(cut):
    assert not cut.skipped, cut.skipped
    return {use.id: use for use in cut.uses}


def test_a_short_clip_that_is_all_transition_keeps_a_frame_of_its_own(tmp_path):
    """The second transition begins before the first has ended, and their cut points meet."""
    joins = transition(90, 110, 10), transition(96, 116, 4)
    left, short, right = clip(60, -1, 0, "a", 50), clip(-1, -1, 200, "short", 26), clip(-1, 150, 400, "b", 54)
    found = uses(read(tmp_path, left, joins[0], short, joins[1], right))
    assert found["a"].record.stop == 100 and found["b"].record.first == 100
    middle = found["short"]
    assert middle.record == FrameRange(100, 101) and middle.visible == FrameRange(90, 116)
    assert middle.time.frame(-10) == 200  # where in stands
    assert (middle.head.kind, middle.tail.kind) == ("dissolve", "dissolve")


def test_dissolves_at_both_ends_may_overlap(tmp_path):
    joins = transition(90, 110, 10), transition(105, 125, 10)
    left, short, right = clip(60, -1, 0, "a", 50), clip(-1, -1, 200, "short", 35), clip(-1, 150, 400, "b", 45)
    middle = uses(read(tmp_path, left, joins[0], short, joins[1], right))["short"]
    assert middle.record == FrameRange(100, 115)
    assert (middle.head, middle.tail) == (Transition("dissolve", 10, 10), Transition("dissolve", 10, 10))
    assert middle.media_frames == FrameRange(200, 235)


def test_a_dissolve_at_a_gap_is_a_fade_of_the_one_clip_there(tmp_path):
    found = uses(read(tmp_path, transition(10, 22, 6), clip(-1, 60, 100, "a", 50), transition(54, 60, 6)))
    assert found["a"].record == FrameRange(10, 60) and found["a"].media_frames == FrameRange(100, 150)
    assert (found["a"].head, found["a"].tail) == (Transition("fade", 0, 12), Transition("fade", 6, 0))


def test_a_transition_that_wants_frames_before_the_media_asks_for_them(tmp_path):
    """Premiere shows the first frame for longer; who conforms the cut clamps and warns."""
    found = uses(read(tmp_path, clip(0, -1, 0, "a", 50), transition(30, 50, 10), clip(-1, 70, -5, "b")))
    assert found["b"].media_frames == FrameRange(-5, 35) and found["b"].time.frame(0) == 5


def test_clips_that_overlap_on_one_track_are_all_there(tmp_path):
    found = uses(read(tmp_path, clip(0, 40, 0, "a"), clip(30, 70, 100, "b"), clip(30, 70, 200, "c")))
    assert [use.record for use in found.values()] == [
        FrameRange(0, 40),
        FrameRange(30, 70),
        FrameRange(30, 70),
    ]


def test_ids_that_repeat_are_told_apart_and_none_reads_like_a_way_through_nests(tmp_path):
    cut = read(
        tmp_path,
        item(0, 9, 0, 9, item_id="x"),
        item(9, 18, 0, 9, item_id="x", media='<file id="file-1"/>'),
        item(18, 27, 0, 9, item_id="a/b", media='<file id="file-1"/>'),
    )
    assert [use.id for use in cut.uses] == ["x", "V1/2", "V1/3"]
