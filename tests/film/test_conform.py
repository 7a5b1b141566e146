"""A cut brought to the true frames of its media: whatever rate the document counts at."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.conform import conformed, frames_in
from stylereel.core.cut import MediaFacts, MediaRef, Use
from stylereel.core.errors import MediaError
from stylereel.core.paths import PathMap
from stylereel.core.placing import placed
from stylereel.core.rates import FrameRange
from stylereel.core.timemap import TimeMap
from stylereel.core.tracing import in_place, read_origin, traced
from support.bare_cuts import cut, marker, true_frames, use

NTSC = Fraction(24000, 1001)


def one(rate, plays=None, first=0, step=1, frames=None, **changes) -> Use:
    media = MediaRef(
        "a.mov", "C:/a.mov", Path("/a.mov"), Fraction(rate), plays=plays, frames=frames, **changes
    )
    return replace(use(0, 100, 0), media=media, time=TimeMap(Fraction(first), Fraction(step)))


def brought(this: Use, facts: MediaFacts, rate=Fraction(24)):
    made = true_frames(cut(this, rate=rate), {"C:/a.mov": facts})
    return made.uses[0], made.notes


def header(rate, frames=1000, **more) -> MediaFacts:
    return MediaFacts(Fraction(rate), frames, 320, 180, "print", **more)


def test_media_of_another_rate_is_counted_in_its_own_frames():
    this, notes = brought(one(24, first=48), header(NTSC))
    assert this.media.rate == NTSC and not notes
    assert [this.time.frame(offset) for offset in range(100)] == [
        int((48 + offset) * NTSC / 24 + Fraction(1, 10**6)) for offset in range(100)
    ]


@pytest.mark.parametrize(
    ("rate", "fast"), [(Fraction(15), 30), (Fraction(120000, 1001), 24), (Fraction(25), 25)]
)
def test_a_second_of_the_timeline_is_a_second_of_the_media(rate, fast):
    this, _ = brought(one(fast, first=5 * fast), header(rate, 5000))
    assert this.time.frame(0) == int(5 * rate)
    assert this.time.speed == rate / fast and this.time.plain is (rate == fast)


def test_footage_that_is_interpreted_plays_its_own_frames_at_the_rate_of_the_timeline():
    this, notes = brought(one(24, plays=Fraction(24), frames=1000, start=100), header(25))
    assert this.media.rate == 24 and this.time.plain and this.media.start == 100
    assert "runs at 25 frames a second, the timeline plays it at 24" in notes[0].message


def test_a_rate_that_the_file_has_not_is_not_believed_where_the_length_differs_too():
    this, notes = brought(one(30, plays=Fraction(14), frames=466, start=140), header(30))
    assert this.media.rate == 30 and this.time.plain and this.media.start == 300
    assert "its file is believed" in notes[0].message


def test_uneven_media_stays_on_the_grid_of_the_timeline():
    facts = header(Fraction(59), 777, variable=True, seconds=Fraction(40))
    this, notes = brought(one(30, plays=Fraction(59), frames=2360), facts)
    assert this.media.rate == 30 and this.time.plain and frames_in(this.media, facts) == 1200
    assert [note.code for note in notes] == ["W-VFR"]


def test_markers_of_a_clip_stay_on_its_pictures():
    before = replace(one(30, plays=Fraction(15)), markers=(marker("@exam", 60, 90), marker("point", 45)))
    this, _ = brought(before, header(15), Fraction(30))
    assert [one.span for one in this.markers] == [FrameRange(30, 45), FrameRange(22, 23)]


@pytest.mark.parametrize(
    ("first", "start", "shown"),
    [(90010, 90000, 10), (10, 90000, 10), (90990, 90000, 990), (89990, 90000, -10), (990, 90000, 990)],
)
def test_media_whose_beginning_nobody_says_begins_with_its_timecode_where_that_fits(first, start, shown):
    """A clip may overrun its file on either clock: what it has not is `needed`'s to say."""
    this, notes = brought(one(24, first=first, unplaced=True), header(24, start=start, reel="A001"))
    assert this.time.frame(0) == shown and not this.media.unplaced
    assert (this.media.start, this.media.reel) == ((start, "A001") if shown != first else (0, ""))
    counted = "the file's timecode 01:02:30:00" if shown != first else "its first frame"
    assert [(note.code, note.message) for note in notes] == [
        ("W-PROBE", f"the timeline does not say where a.mov begins; it is counted from {counted}")
    ]
    said, notes = brought(one(24, first=first, frames=200_000), header(24, 200_000, start=start))
    assert said.time.frame(0) == first and not notes


@pytest.mark.parametrize(("firsts", "begin"), [((250, 310, 700), 0), ((250, 310, 1200), 240)])
def test_all_clips_of_a_file_are_counted_alike(firsts, begin):
    """Some fit both clocks: the others decide for them, and one note tells of them all."""
    uses = (replace(one(24, first=first, unplaced=True), id=str(first)) for first in firsts)
    if not begin:
        uses = (*uses, replace(one(24, first=100, unplaced=True), id="100"))
    made = true_frames(cut(*uses, rate=Fraction(24)), {"C:/a.mov": header(24, start=240)})
    assert [use.time.frame(0) for use in made.uses][: len(firsts)] == [first - begin for first in firsts]
    assert {use.media.start for use in made.uses} == {begin} and len(made.notes) == 1


@pytest.mark.parametrize(
    ("clock", "file", "count", "first", "shown"),
    [
        (Fraction(24), NTSC, 86400, 86410, [10, 11, 60, 109]),  # frame for frame, as --search counts
        (NTSC, Fraction(24), 86400, 86410, [10, 11, 60, 109]),
        (Fraction(25), NTSC, 86400, 90010, [9, 10, 57, 104]),  # 0.4 s behind 01:00:00:00
        (Fraction(25), NTSC, 4320, 4510, [9, 10, 57, 104]),
        (Fraction(25), Fraction(50), 180_000, 90010, [20, 22, 120, 218]),
        (NTSC, Fraction(30000, 1001), 108_000, 86408, [10, 11, 72, 133]),
    ],
)
def test_timecode_is_read_at_the_timebase_of_each(clock, file, count, first, shown):
    this, _ = brought(one(clock, first=first, unplaced=True), header(file, start=count), clock)
    assert [this.time.frame(offset) for offset in (0, 1, 50, 99)] == shown
    assert (this.media.start, this.time.plain) == (
        count,
        int(clock + 1) == int(file + 1) or 24 in (clock, file),
    )


def test_offline_media_stays_unplaced():
    made = true_frames(cut(one(24, first=90010, unplaced=True)), {"C:/a.mov": MediaError("gone", where="x")})
    assert made.uses[0].media.unplaced and not made.notes


def test_the_same_rate_changes_nothing():
    before = one(24, plays=Fraction(24), frames=1000, start=50)
    this, notes = brought(before, header(24))
    assert this == before and not notes


def tag(**changes) -> str:
    told = {"media": "C:/footage/src.mov", "first_frame": 40, "rate": "25", "start": 90000, "reel": "A001"}
    return json.dumps({**told, "shot": "a_010", **changes})


def test_styled_media_is_traced_to_its_source():
    this = one(30, plays=Fraction(25), first=12)
    styled = header(25, 60, styled_from=tag())
    made = traced(cut(this, rate=Fraction(30)), {"C:/a.mov": styled}, PathMap((("C:/footage", "/mnt"),)))
    source = made.uses[0]
    assert (source.media.editor_path, source.media.path) == ("C:/footage/src.mov", Path("/mnt/src.mov"))
    assert (source.media.first, source.media.start, source.media.reel) == (40, 90000, "A001")
    assert source.time.frame(0) == 50 and source.media.rate == 25  # 12/30 s into it
    assert source.media_frames == FrameRange(50, 133)
    there = conformed(made, {"C:/footage/src.mov": header(25)})
    assert there.uses[0].time == source.time


def test_styled_media_whose_beginning_nobody_says_is_counted_before_it_is_traced():
    """The styled file has a timecode of its own, that of the source's frame 40."""
    this = one(25, first=90052, unplaced=True)
    styled = header(25, 160, start=90040, styled_from=tag())
    facts = {"C:/a.mov": styled}
    made = traced(placed(cut(this, rate=Fraction(25)), facts), facts, PathMap())
    source = made.uses[0]
    assert source.media_frames == FrameRange(52, 152) and (source.media.start, source.media.first) == (
        90000,
        40,
    )
    there = conformed(made, {"C:/footage/src.mov": header(25, start=90000)})
    assert there.uses[0].time == source.time and [note.code for note in there.notes] == ["W-PROBE"]


def test_what_is_on_styled_media_stays_in_its_place_and_new_clips_go_with_it():
    old, new = one(25), replace(use(100, 150, 0, "b.mov"), id="V1/new")
    facts = {"C:/a.mov": header(25, 160, styled_from=tag(live=True))}
    document = cut(old, new)
    made = traced(document, facts, PathMap())
    assert [each.live for each in made.uses] == [True, False]
    manner, notes = in_place("live", document, made)
    assert manner == "replace" and [(note.code, note.record) for note in notes] == [("W-DELIVERY", 100)]
    assert in_place("replace", document, made) == ("replace", ())
    fresh = cut(new)
    assert in_place("live", fresh, traced(fresh, facts, PathMap())) == ("live", ())


def test_a_baked_freeze_is_traced_to_the_frame_it_holds():
    made = traced(cut(one(25, first=3)), {"C:/a.mov": header(25, 60, styled_from=tag(frozen=77))}, PathMap())
    assert made.uses[0].media_frames == FrameRange(77, 78)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"media": "a"}', tag(rate="x"), tag(rate="1/0"), tag(first_frame="b")]
)
def test_a_tag_that_cannot_be_read_is_none(text):
    assert read_origin(text) is None
