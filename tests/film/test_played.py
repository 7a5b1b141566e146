"""Weights are thought in record time and kept in source time: at every speed, backwards, held, turned."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.cut import MediaFacts, Use
from stylereel.core.dial import even_mean, to_dial
from stylereel.core.plan import output_names
from stylereel.core.played import positions
from stylereel.core.rates import FrameRange
from stylereel.core.shotbook import Book
from stylereel.core.timemap import Graph, Through, Time, TimeMap, shown
from support.bare_cuts import RATE, cut, fade, film, plan, use

RAMPED = (
    '[[scenes]]\nname = "s"\nmatch = { clip = "*" }\npreset = "exam"\nset = { ramp.in = 24, ramp.out = 24 }\n'
)
LENGTH = 100


def retimed(time: Time, **changes) -> Use:
    return replace(use(0, LENGTH, 0), time=time, **changes)


def shot_of(folder, time: Time, text: str = RAMPED, **changes):
    made = plan(cut(retimed(time, **changes)), film(folder, text))
    (shot,) = made.shots
    return shot, made


def weight_at(shot, offset: int) -> float:
    """What the record frame shows: the weight of the media frame under it."""
    frame = shot.uses[0].time.frame(offset)
    return shot.weights[frame - shot.frames.first]


def test_on_a_reversed_clip_the_weights_run_mirrored_in_the_file(tmp_path):
    ahead, _ = shot_of(tmp_path, TimeMap(Fraction(200)))
    back, _ = shot_of(tmp_path, TimeMap(Fraction(299), Fraction(-1)))
    seen = [weight_at(back, offset) for offset in range(LENGTH)]
    assert seen == [weight_at(ahead, offset) for offset in range(LENGTH)]
    inside = slice(200 - back.frames.first, 300 - back.frames.first)
    assert list(back.weights[inside]) == seen[::-1]
    assert seen[0] == 0 and seen[-1] == 0 and max(seen) == 1e10 and seen[1] > 0


def test_on_a_ten_per_cent_clip_the_end_weight_falls_on_the_right_record_frame(tmp_path):
    """Each picture stands for ten frames, under the weight of the middle of its time."""
    slow, _ = shot_of(tmp_path, TimeMap(Fraction(50), Fraction(1, 10)))
    plain, _ = shot_of(tmp_path, TimeMap(Fraction(50)))
    for frame, run in shown(slow.uses[0].time, FrameRange(0, LENGTH)):
        middle = (run.first + run.stop - 1) // 2
        around = sorted((weight_at(plain, middle), weight_at(plain, middle + 1)))
        assert around[0] <= slow.weights[frame - slow.frames.first] <= around[1]
    last = slow.uses[0].time.frame(LENGTH - 1)
    assert last == 59 and {weight_at(slow, offset) for offset in range(90, 100)} == {
        slow.weights[last - slow.frames.first]
    }
    assert 0 < weight_at(slow, 99) < weight_at(slow, 89) < weight_at(slow, 79) == 1e10


@pytest.mark.parametrize(
    "speed", [Fraction(1, 2), Fraction(3, 2), Fraction(5), Fraction(-2), Fraction(-4, 5)]
)
def test_at_every_speed_a_record_frame_is_within_a_picture_of_its_own_weight(tmp_path, speed):
    first = Fraction(500)
    fast, _ = shot_of(tmp_path, TimeMap(first, speed))
    plain, _ = shot_of(tmp_path, TimeMap(first))
    step = max(1, 1 / abs(speed)) / 24 / 2  # half of the time that a picture stands, on a ramp of 24 frames
    for offset in range(LENGTH):
        off = abs(to_dial(weight_at(fast, offset)) - to_dial(weight_at(plain, offset)))
        assert off <= step * to_dial(1e10) + 1e-9


def test_a_freeze_under_a_ramp_is_painted_at_the_mean_and_says_so(tmp_path):
    held, made = shot_of(tmp_path, TimeMap(Fraction(40), Fraction(0)))
    plain, _ = shot_of(tmp_path, TimeMap(Fraction(40)))
    mean = even_mean([weight_at(plain, offset) for offset in range(LENGTH)])
    assert set(held.weights) == {mean} and 40 in held.frames and len(held.frames) <= 5
    assert [(note.code, note.record) for note in made.notes] == [("W-FREEZE", 0)]
    without = RAMPED.replace("set = { ramp.in = 24, ramp.out = 24 }", "")
    plain_freeze, made = shot_of(tmp_path, TimeMap(Fraction(40), Fraction(0)), without)
    assert set(plain_freeze.weights) == {1e10} and not made.notes


def test_a_baked_freeze_is_a_movie_of_the_record_frames_under_their_own_weights(tmp_path):
    text = "[output]\nbake_retime = true\n" + RAMPED
    head = fade(0, 10)
    held, made = shot_of(tmp_path, TimeMap(Fraction(40), Fraction(0)), text, head=head)
    plain, _ = shot_of(tmp_path, TimeMap(Fraction(40)), head=head)
    assert held.frames == FrameRange(0, LENGTH) and set(held.picks) == {40} and held.rate == RATE
    assert list(held.weights) == [weight_at(plain, offset) for offset in range(LENGTH)]
    assert not made.notes and held.source_frame(99) == 40


def test_a_picture_that_is_seen_again_gets_the_mean_of_its_moments(tmp_path):
    there_and_back = Graph(
        ((Fraction(0), Fraction(0)), (Fraction(50), Fraction(50)), (Fraction(100), Fraction(0)))
    )
    shot, _ = shot_of(tmp_path, there_and_back, RAMPED.replace("ramp.out = 24", "ramp.out = 0"))
    assert weight_at(shot, 0) == weight_at(shot, 99) == even_mean([0, 1e10])
    assert weight_at(shot, 40) == 1e10


def test_two_uses_of_the_same_frames_with_different_weights_are_two_files(tmp_path):
    fast = Fraction(2)
    one = retimed(TimeMap(Fraction(0), fast))
    other = replace(one, id="V1/200", record=FrameRange(200, 300), head=fade(0, 30))
    wearing = film(tmp_path, RAMPED.replace("ramp.in = 24", 'ramp.in = "transition"'))
    made = plan(cut(one, other), wearing)
    assert len(made.shots) == 2
    assert len(set(output_names(made, wearing, Book(tmp_path, {})).values())) == 2


def test_handles_and_guard_are_record_frames_at_the_speed_of_the_clip(tmp_path):
    text = "[output]\nhandles = 6\n" + RAMPED
    fast, _ = shot_of(tmp_path, TimeMap(Fraction(100), Fraction(3)), text)
    assert fast.frames == FrameRange(100 - 18 - 2, 100 + 99 * 3 + 1 + 18 + 2)
    plain, _ = shot_of(tmp_path, TimeMap(Fraction(100)), text)
    assert plain.frames == FrameRange(94, 206)


@pytest.mark.parametrize(("mode", "whole"), [("trim", False), ("auto", False), ("full", True)])
def test_full_media_keeps_every_frame_of_the_source_and_paints_what_is_used(tmp_path, mode, whole):
    text = f'[output]\nmedia = "{mode}"\n[[scenes]]\nname = "s"\nmatch = {{ clip = "*" }}\npreset = "exam"\n'
    shot, _ = shot_of(tmp_path, TimeMap(Fraction(200)), text)
    assert shot.frames == (FrameRange(0, 1000) if whole else FrameRange(200, 300))
    assert [
        at for at, weight in zip(range(shot.frames.first, 1000), shot.weights, strict=False) if weight
    ] == [*range(200, 300)]


def test_full_media_is_one_file_for_all_clips_of_a_source_whose_weights_agree(tmp_path):
    text = '[output]\nmedia = "full"\n' + RAMPED.replace("set = { ramp.in = 24, ramp.out = 24 }\n", "")
    clips = (use(0, 40, 100), use(40, 60, 500), use(60, 90, 120))
    (shot,) = plan(cut(*clips), film(tmp_path, text)).shots
    painted = [at for at, weight in enumerate(shot.weights) if weight]
    assert len(shot.weights) == 1000 and painted == [*range(100, 150), *range(500, 520)]


def test_auto_media_is_full_where_most_of_the_source_is_used(tmp_path):
    text = '[output]\nmedia = "auto"\n[[scenes]]\nname = "s"\nmatch = { clip = "*" }\npreset = "exam"\n'
    one = retimed(TimeMap(Fraction(10)))
    known = {one.media.editor_path: MediaFacts(RATE, 150, 320, 180, "print")}
    (shot,) = plan(cut(one), film(tmp_path, text), known=known).shots
    assert shot.frames == FrameRange(0, 150) and shot.weights.count(0.0) == 50


def test_a_trim_begins_where_the_document_can_say_it(tmp_path):
    shot, _ = shot_of(tmp_path, TimeMap(Fraction(53)), grain=Fraction(24))
    assert shot.frames.first == 48
    shot, _ = shot_of(tmp_path, TimeMap(Fraction(53)), grain=Fraction(1000, 1001))
    assert shot.frames.first == 0


def test_live_ramps_are_opacity_over_a_constant_weight(tmp_path):
    text = '[output]\ndelivery = "live"\n' + RAMPED
    shot, made = shot_of(tmp_path, TimeMap(Fraction(200), Fraction(2)), text)
    assert set(shot.weights) == {1e10}
    keys = dict(made.opacity[shot.uses[0].id])
    assert (keys[0], keys[24], keys[75], keys[99]) == (0, 100, 100, 0)
    assert sorted(keys) == list(keys)


def test_live_ramps_stay_in_the_timeline_that_has_them(tmp_path):
    """Cut on, its clips are painted evenly once more, and no ramp lies under the keyframes."""
    first, _ = shot_of(tmp_path, TimeMap(Fraction(200)), '[output]\ndelivery = "live"\n' + RAMPED)
    again, made = shot_of(tmp_path, TimeMap(Fraction(200)), live=True)
    assert first.live and again.live and set(again.weights) == {1e10} and not made.opacity
    assert again.key == first.key, "nothing to render"
    baked, _ = shot_of(tmp_path, TimeMap(Fraction(200)))
    assert not baked.live and baked.weights[0] == 0


@st.composite
def times(draw) -> Time:
    line = TimeMap(
        draw(st.fractions(-50, 500, max_denominator=20)), draw(st.fractions(-6, 6, max_denominator=20))
    )
    offsets = sorted(draw(st.sets(st.integers(-20, 120), min_size=2, max_size=6)))
    graph = Graph(tuple((Fraction(at), draw(st.fractions(0, 500, max_denominator=8))) for at in offsets))
    flat_time = draw(st.sampled_from([line, graph]))
    if draw(st.booleans()):
        return flat_time
    outer = TimeMap(
        Fraction(draw(st.integers(0, 30))), draw(st.sampled_from([Fraction(1), Fraction(-1, 2), Fraction(2)]))
    )
    return Through(outer, flat_time, draw(st.integers(-10, 10)), FrameRange(-5, draw(st.integers(1, 80))))


@given(times(), st.integers(-10, 5), st.integers(6, 90))
def test_the_frames_needed_are_those_shown(time, first, stop):
    offsets = FrameRange(first, stop)
    seen = [time.frame(offset) for offset in range(first, stop)]
    need = time.frames(offsets)
    assert need.first <= min(seen) and max(seen) < need.stop
    if not isinstance(time, Through):  # a fast nest may leap over the clip's own extremes
        assert (need.first, need.stop - 1) == (min(seen), max(seen))
    way = time.direction
    rising = [after - before for before, after in pairwise(seen)]
    assert way is None or all(step * way > 0 or step == 0 for step in rising)
    assert time.later(3).frame(first) == time.frame(first + 3)
    assert time.moved(7).frame(first) == time.frame(first) + 7


@given(times(), st.integers(6, 90))
def test_a_frame_that_is_shown_stands_at_a_moment_that_shows_it(time, stop):
    offsets = FrameRange(0, stop)
    need = time.frames(offsets)
    if len(need) > 3000:
        return
    seen = {time.frame(offset) for offset in range(stop)}
    for frame, moments in zip(range(need.first, need.stop), positions(time, offsets, need), strict=True):
        if frame in seen:
            assert all(time.frame(int(moment)) == frame for moment in moments)
            assert all(0 <= moment <= stop - 1 for moment in moments)
