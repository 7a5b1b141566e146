"""The independent readers are right about what was written, and a single wrong frame is noticed."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support import editor, otio_cuts, otio_editor
from support.cuts import RATES, source
from support.hard_cuts import FORWARD, in_a_row
from support.otio_cuts import Reel
from support.seen import Film, Position, differences

EVERY = (*FORWARD, Fraction(1), *(-speed for speed in FORWARD), Fraction(-1), Fraction(0))
MEDIA = source(2, Fraction(25), frames=2000)


def meant(track: Track, rate: Fraction) -> Iterator[tuple[int, int]]:
    """By the formula: record frame i from the cut shows the floor of first + i times the speed."""
    for clip in track.clips:
        assert not clip.ramp
        before = sum(blend.before for blend in track.blends if blend.cut == clip.start and blend.comes_in)
        after = sum(blend.after for blend in track.blends if blend.cut == clip.stop and blend.goes_out)
        for record in range(clip.start - before, clip.stop + after):
            grid = clip.first + (record - clip.start) * Fraction(clip.speed)
            yield record, floor(grid * clip.source.rate / rate + Fraction(1, 1_000_000))


@settings(max_examples=60)
@given(data=st.data(), rate=st.sampled_from(RATES))
def test_an_xmeml_shows_what_was_written_at_every_speed(data, rate):
    chosen = data.draw(
        st.lists(st.tuples(st.sampled_from(EVERY), st.integers(400, 600)), min_size=1, max_size=5)
    )
    clips = [(Clip(replace(MEDIA, rate=rate), first, 0, 0, speed=speed), 20) for speed, first in chosen]
    track = in_a_row(clips)
    shown = editor.shown(premiere_xml(Sequence("One", rate, (track,))), "One")
    seen = sorted((one.record, one.position.frame(rate)) for one in shown)
    assert seen == sorted(meant(track, rate))


def test_keyframes_bend_and_turn_where_they_were_written():
    ramp = ((0, 100), (4, 108), (8, 108), (12, 100), (20, 104))
    track = Track((Clip(MEDIA, 0, 0, 20, ramp=ramp),))
    shown = editor.shown(premiere_xml(Sequence("One", MEDIA.rate, (track,))), "One")
    frames = [one.position.frame(MEDIA.rate) for one in shown]
    rise, hold, fall = [100, 102, 104, 106], [108] * 4, [107, 105, 103, 101]
    assert frames == rise + hold + fall + [100, 100, 101, 101, 102, 102, 103, 103]


def test_a_nest_is_seen_through_whole_frames_of_its_own():
    inner = Sequence(
        "Inner", MEDIA.rate, (Track((Clip(MEDIA, 50, 0, 10, speed=3), Clip(MEDIA, 500, 10, 20))),)
    )
    outer = Sequence(
        "Outer", MEDIA.rate, (Track((Clip(inner, 6, 0, 8, speed=Fraction(1, 2)), Clip(inner, -2, 8, 12))),)
    )
    found = [
        (one.track, one.record, one.position.frame(MEDIA.rate))
        for one in editor.shown(premiere_xml(outer), "Outer")
    ]
    slow = [68, 68, 71, 71, 74, 74, 77, 77]
    assert found == [("V1/V1", record, frame) for record, frame in enumerate(slow)] + [
        ("V1/V1", 10, 50),
        ("V1/V1", 11, 53),
    ]


def test_other_rates_are_counted_in_seconds():
    fast = source(4, Fraction(120000, 1001), frames=2000)
    clip = Clip(fast, 35 * Fraction(24) / fast.rate, 0, 5)
    one = Sequence("One", Fraction(24), (Track((clip,)),))
    frames = [seen.position.frame(fast.rate) for seen in editor.shown(premiere_xml(one), "One")]
    assert frames == [35 + floor(i * fast.rate / 24) for i in range(5)] == [35, 39, 44, 49, 54]


@pytest.mark.parametrize("warp", ["otio", "premiere"])
@pytest.mark.parametrize("speed", EVERY)
def test_an_otio_shows_what_was_built_in_both_dialects(warp, speed):
    reel = Reel(Fraction(25), warp)
    clip = reel.clip(MEDIA, 300, 20, speed)
    taken = ceil(20 * abs(speed)) if warp == "premiere" and speed else 20
    assert clip.source_range.duration.value == taken
    document = otio_cuts.timeline(reel, [otio_cuts.Track("V1", [clip], kind="Video")])
    frames = [seen.position.frame(MEDIA.rate) for seen in otio_editor.shown(document, reel.grid, warp)]
    assert frames == [floor(300 + i * speed) for i in range(20)]


def test_one_wrong_frame_is_noticed():
    track = Track((Clip(MEDIA, 100, 0, 20), Clip(MEDIA, 300, 20, 40)), (Blend(20, 4, 4),))
    right, wrong = (
        Sequence("One", MEDIA.rate, (track,)),
        Sequence(
            "One", MEDIA.rate, (replace(track, clips=(track.clips[0], replace(track.clips[1], first=301))),)
        ),
    )
    numbers = [_numbers(editor.shown(premiere_xml(each), "One")) for each in (right, wrong)]
    assert not differences(numbers[0], numbers[0])
    assert len(differences(*numbers)) == 24
    del numbers[1]["V1", 39]
    assert ("V1", 39, (319,), None) in differences(*numbers)


def _numbers(shown):
    found = {}
    for one in shown:
        found.setdefault((one.track, one.record), []).append(one.position.frame(MEDIA.rate))
    return {place: tuple(sorted(each)) for place, each in found.items()}


def test_a_film_of_uneven_rate_is_held_and_an_even_one_may_be_played_at_another():
    uneven = Film((10, 11, 12), (Fraction(0), Fraction(2, 25), Fraction(3, 25)))
    assert uneven.rate is None
    grid = Fraction(25)
    assert [uneven.at(Position(i / grid), None, grid) for i in range(5)] == [10, 10, 11, 12, 12]
    even = Film(tuple(range(10)), tuple(Fraction(i, 50) for i in range(10)))
    assert even.rate == 50
    assert [even.at(Position(i / grid), None, grid) for i in range(4)] == [0, 2, 4, 6]
    assert [even.at(Position(i / grid), grid, grid) for i in range(4)] == [0, 1, 2, 3]
