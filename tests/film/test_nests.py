"""What is seen through a nest, frame by frame: where, which frame, and what wears whose markers."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.cut import Cut, Nest, Note, Skipped, Transition
from stylereel.core.nests import seen_through
from stylereel.core.rates import FrameRange
from stylereel.core.timemap import Graph, TimeMap
from support.bare_cuts import cut, dissolve, fade, marker, use

WHOLE = st.integers(0, 60).map(Fraction)
LINES = st.builds(
    TimeMap, WHOLE, st.sampled_from([Fraction(n, 4) for n in (-12, -4, -2, -1, 1, 2, 3, 4, 4, 4, 6, 20)])
)
GRAPHS = st.tuples(WHOLE, WHOLE, WHOLE).map(
    lambda at: Graph(((Fraction(0), at[0]), (Fraction(15), at[1]), (Fraction(40), at[2])))
)
ENDS = st.none() | st.builds(dissolve, st.integers(0, 8), st.integers(0, 8)).filter(lambda each: each.frames)


@st.composite
def nests(draw) -> tuple[Nest, Cut]:
    first = draw(st.integers(0, 100))
    record = FrameRange(first, first + draw(st.integers(1, 50)))
    time = draw(LINES | GRAPHS | st.just(TimeMap(Fraction(draw(st.integers(0, 60))), Fraction(0))))
    nest = Nest("n", "V2", "scene one", record, time, draw(ENDS), draw(ENDS))
    uses, here, head = [], draw(st.integers(0, 10)), None
    for _ in range(draw(st.integers(1, 5))):
        stop, tail = here + draw(st.integers(1, 30)), draw(ENDS)
        one = use(here, stop, draw(st.integers(0, 300)), head=head, tail=tail)
        uses.append(replace(one, time=draw(LINES)) if draw(st.booleans()) else one)
        here, head = stop, tail
    return nest, cut(*uses)


@given(nests())
def test_every_frame_seen_through_a_nest_is_the_one_that_the_nest_shows_there(drawn):
    nest, inner = drawn
    seen = {one.id: one for one in seen_through(nest, inner)[0]}
    for child in inner.uses:
        shows: dict[int, int] = {}
        for record in range(nest.visible.first, nest.visible.stop):
            inside = nest.time.frame(record - nest.record.first)
            if inside in child.visible:
                shows[record] = child.time.frame(inside - child.record.first)
        one = seen.get(f"n/{child.id}")
        assert (one is None) == (not shows)
        if one is None:
            continue
        assert (one.visible.first, one.visible.stop - 1) == (min(shows), max(shows))
        assert len(one.record) and one.record.clamped(one.visible) == one.record
        for record, frame in shows.items():
            assert one.time.frame(record - one.record.first) == frame
            assert frame in one.media_frames
        low, high = min(shows.values()), max(shows.values())
        if len(shows) == len(one.visible):  # in one go: nothing more is needed than is seen
            assert (one.media_frames.first, one.media_frames.stop - 1) == (low, high)
        assert (one.track, one.nests) == ("V2/V1", ("scene one",))


def through(nest: Nest, *uses, **changes):
    return {one.id.removeprefix("n/"): one for one in seen_through(nest, replace(cut(*uses), **changes))[0]}


PLAIN = Nest("n", "V2", "scene", FrameRange(100, 150), TimeMap(Fraction(10)))


def test_a_nest_with_transitions_lends_them_to_what_stands_at_its_ends():
    nest = replace(PLAIN, head=dissolve(6, 7), tail=fade(9, 0))
    seen = through(nest, use(0, 30, 500), use(30, 200, 700))
    first, last = seen["V1/0"], seen["V1/30"]
    assert (first.record, first.head, first.tail) == (FrameRange(100, 120), dissolve(6, 7), None)
    assert (last.record, last.head, last.tail) == (FrameRange(120, 150), None, fade(9, 0))
    assert first.time == TimeMap(Fraction(510)) and first.media_frames == FrameRange(504, 530)


def test_a_clip_that_only_a_handle_of_the_nest_shows_is_there_too():
    nest = replace(PLAIN, tail=dissolve(5, 8))
    seen = through(nest, use(0, 62, 0), use(62, 90, 300))
    late = seen["V1/62"]
    assert late.record == FrameRange(152, 158) and late.media_frames == FrameRange(300, 306)


def test_a_reversed_nest_turns_its_clips_and_their_transitions_around():
    nest = replace(PLAIN, time=TimeMap(Fraction(59), Fraction(-1)))
    seen = through(nest, use(0, 30, 500, tail=dissolve(4, 6)), use(30, 80, 900, head=dissolve(4, 6)))
    later, earlier = seen["V1/0"], seen["V1/30"]
    assert (earlier.record, earlier.tail) == (FrameRange(100, 130), Transition("dissolve", 6, 4))
    assert (later.record, later.head) == (FrameRange(130, 150), Transition("dissolve", 6, 4))
    assert earlier.time.frame(0) == 929 and later.time.frame(0) == 529


def test_a_nest_at_double_speed_halves_the_transitions_within():
    nest = replace(PLAIN, time=TimeMap(Fraction(0), Fraction(2)))
    seen = through(nest, use(0, 40, 0, tail=dissolve(8, 8)), use(40, 100, 500, head=dissolve(8, 8)))
    assert seen["V1/0"].tail == dissolve(4, 4) and seen["V1/40"].head == dissolve(4, 4)


def test_markers_on_a_nest_and_within_it_hold_its_clips():
    nest = replace(PLAIN, markers=(marker("@exam", 15),))
    seen = through(nest, use(0, 30, 500), use(30, 90, 700), markers=(marker("@code", 35, 85),))
    assert [one.name for one in seen["V1/0"].markers] == ["@exam"]
    assert [one.name for one in seen["V1/30"].markers] == ["@exam", "@code"]
    (held,) = seen["V1/0"].markers
    assert held.span.first in seen["V1/0"].media_frames
    longer = replace(PLAIN, markers=(marker("@exam", 5, 500),))  # beyond both ends of what is shown
    assert [one.name for one in through(longer, use(0, 30, 500))["V1/0"].markers] == ["@exam"]
    outside = replace(PLAIN, markers=(marker("@exam", 70),))
    assert not through(outside, use(0, 30, 500))["V1/0"].markers


def test_what_is_passed_by_within_a_nest_is_told_where_it_is_seen():
    inner = replace(
        cut(use(0, 30, 0)),
        skipped=(
            Skipped("title", "V2", FrameRange(20, 25), "a title"),
            Skipped("far", "V2", FrameRange(200, 210), "x"),
        ),
        notes=(Note("W-TICKS", "odd", 25), Note("W-TICKS", "far", 200)),
    )
    _, skipped, notes = seen_through(PLAIN, inner)
    assert skipped == [Skipped("title", "V2/V2", FrameRange(110, 115), "a title")]
    assert notes == [Note("W-TICKS", "in scene: odd", 115)]


def test_nests_in_nests_multiply_their_speeds():
    innermost = cut(use(0, 100, 0))
    mid = Nest("m", "V1", "mid", FrameRange(0, 50), TimeMap(Fraction(0), Fraction(2)))
    middle = replace(cut(), uses=tuple(seen_through(mid, innermost)[0]))
    outer = Nest("n", "V1", "outer", FrameRange(0, 25), TimeMap(Fraction(49), Fraction(-2)))
    (one,) = seen_through(outer, middle)[0]
    assert (one.id, one.track, one.nests) == ("n/m/V1/0", "V1/V1/V1", ("outer", "mid"))
    assert [one.time.frame(offset) for offset in range(25)] == [2 * (49 - 2 * offset) for offset in range(25)]
    assert one.time.speed == -4 and one.time.direction == -1
