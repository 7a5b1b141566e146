"""Where ramps stand, frame for frame, and what holds for all of them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.dial import to_dial
from stylereel.core.ramps import CURVES, envelope, head_window, tail_window
from stylereel.core.rates import FrameRange
from support.bare_cuts import cut, dissolve, fade, film, marker, plan, use

WEIGHTS = st.one_of(st.just(0.0), st.floats(1e6, 1e11))
TRANSITIONS = st.builds(dissolve, st.integers(0, 30), st.integers(0, 30))


@given(
    weight=WEIGHTS,
    to=WEIGHTS,
    curve=st.sampled_from(list(CURVES)),
    start=st.integers(-100, 100),
    lengths=st.tuples(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60)),
)
def test_a_ramp_rises_from_to_to_the_weight_and_mirrors_it(weight, to, curve, start, lengths):
    rise = FrameRange(start, start + lengths[0])
    fall = FrameRange(rise.stop + lengths[1], rise.stop + lengths[1] + lengths[2])
    wave, scaled = envelope(weight, to, curve, rise, fall)
    values = [wave.at(record) for record in range(rise.first - 20, fall.stop + 20)]
    low = min(weight, to)
    dials = [to_dial(value) for value in values]
    half = 20 + lengths[0] + lengths[1] - 1
    assert not scaled
    assert all(low <= value <= weight for value in values)
    assert dials[: half + 1] == sorted(dials[: half + 1])
    assert dials[half:] == sorted(dials[half:], reverse=True)
    assert all(wave.at(record) == weight for record in range(rise.stop, fall.first))
    if lengths[0]:
        assert wave.at(rise.first) == low and wave.at(rise.stop) == weight
    if lengths[2]:
        assert wave.at(fall.stop - 1) == low and wave.at(fall.first - 1) == weight
    twin = envelope(weight, to, curve, FrameRange(0, lengths[2]), FrameRange(500, 500))[0]
    backwards = [twin.at(fall.stop - 1 - record) for record in range(fall.first, fall.stop)]
    assert [wave.at(record) for record in range(fall.first, fall.stop)] == pytest.approx(backwards, rel=1e-9)


@given(weight=st.floats(2e9, 1e11), frames=st.integers(2, 100))
def test_linear_steps_are_even_along_the_dial(weight, frames):
    wave, _ = envelope(weight, 0, "linear", FrameRange(0, frames), FrameRange(500, 500))
    dials = [to_dial(wave.at(record)) for record in range(frames + 1)]
    steps = [after - before for before, after in pairwise(dials)]
    assert steps == pytest.approx([to_dial(weight) / frames] * frames, rel=1e-6)


@given(cut_point=st.integers(-50, 50), transition=TRANSITIONS, frames=st.integers(0, 60) | st.none())
def test_both_sides_of_a_dissolve_ramp_over_one_window(cut_point, transition, frames):
    window = head_window(cut_point, transition, frames)
    assert window == tail_window(cut_point, transition, frames)
    if frames is None:
        assert window == FrameRange(cut_point - transition.before, cut_point + transition.after)
    else:
        before, after = cut_point - window.first, window.stop - cut_point
        assert before + after == frames and after - before in (0, 1)


def test_an_odd_ramp_stands_where_premiere_puts_an_odd_dissolve():
    """A centred dissolve of 25 frames has 12 before the cut and 13 after it."""
    assert head_window(100, dissolve(3, 3), 25) == FrameRange(88, 113)


def test_fades_end_ramps_at_the_black():
    assert head_window(10, fade(0, 12), 24) == FrameRange(10, 34)
    assert tail_window(90, fade(12, 0), 24) == FrameRange(66, 90)
    assert head_window(10, fade(0, 12), None) == FrameRange(10, 22)
    assert tail_window(90, fade(12, 0), None) == FrameRange(78, 90)


def test_no_transition_is_no_ramp_of_its_length():
    assert not len(head_window(10, None, None)) and not len(tail_window(10, None, None))
    assert head_window(10, None, 5) == FrameRange(10, 15)
    assert tail_window(10, None, 5) == FrameRange(5, 10)


@given(lengths=st.tuples(st.integers(0, 200), st.integers(0, 200)), room=st.integers(1, 100))
def test_ramps_longer_than_the_clip_are_scaled_and_meet(lengths, room):
    rise, fall = FrameRange(0, lengths[0]), FrameRange(room - lengths[1], room)
    wave, scaled = envelope(1e10, 0, "linear", rise, fall)
    assert scaled is (sum(lengths) > room)
    if scaled:
        assert wave.rise.first == 0 and wave.fall.stop == room and wave.rise.stop == wave.fall.first
        assert abs(len(wave.rise) * sum(lengths) - lengths[0] * room) <= sum(lengths)


@pytest.mark.parametrize(("curve", "middle"), [("linear", 0.5), ("smooth", 0.5), ("ease", 0.75)])
def test_curves(curve, middle):
    bend = CURVES[curve]
    assert (bend(0), bend(0.5), bend(1)) == (0, middle, 1)


def _weights(tmp_path, uses, ramp, at="scene", presets=("exam", "code"), **more):
    """The weights that each use's shot has, over the use's visible frames, for scenes on V1."""
    text = "".join(
        f'[presets.{name}1]\nextends = "{name}"\nramp = {{ {ramp}, at = "{at}" }}\n'
        f'[[scenes]]\nname = "{name}"\nmatch = {{ label = "{name}" }}\npreset = "{name}1"\n'
        for name in presets
    )
    made = plan(cut(*uses), film(tmp_path, text), **more)
    found = {}
    for shot in made.shots:
        for one in shot.uses:
            first = one.media_frames.first - shot.frames.first
            found[one.id] = shot.weights[first : first + len(one.visible)]
    return [found[one.id] for one in uses], made


def _full(weights):
    """The runs of full weight, as positions."""
    return [at for at, weight in enumerate(weights) if weight == 1e10]


def test_ramps_stand_where_the_preset_changes(tmp_path):
    uses = (
        use(0, 50, 0, label="exam"),
        use(50, 100, 200, label="exam"),
        use(100, 150, 400, label="code"),
        use(200, 250, 600, label="code"),
    )
    shown, _ = _weights(tmp_path, uses, 'in = "10f", out = 4')
    first, second, third, fourth = map(_full, shown)
    assert (first[0], first[-1]) == (10, 49)  # the film's start; the scene goes on behind the cut
    assert (second[0], second[-1]) == (0, 45)  # the preset changes at 100
    assert (third[0], third[-1]) == (10, 45)  # a gap follows
    assert (fourth[0], fourth[-1]) == (10, 45)
    assert shown[0][0] == 0 and shown[1][-1] == 0


def test_at_cut_and_at_transition(tmp_path):
    uses = (
        use(0, 50, 0, label="exam", tail=dissolve(5, 5)),
        use(50, 100, 200, label="exam", head=dissolve(5, 5)),
        use(100, 150, 400, label="exam"),
    )
    at_cut = [_full(one) for one in _weights(tmp_path, uses, 'in = "10f", out = "10f"', "cut")[0]]
    assert [(one[0], one[-1]) for one in at_cut] == [(10, 44), (10, 44), (10, 39)]
    at_transition = [
        _full(one) for one in _weights(tmp_path, uses, 'in = "10f", out = "10f"', "transition")[0]
    ]
    assert [(one[0], one[-1]) for one in at_transition] == [(0, 44), (10, 54), (0, 49)]
    inside = [_full(one) for one in _weights(tmp_path, uses, 'in = "10f", out = "10f"')[0]]
    assert [(one[0], one[-1]) for one in inside] == [(10, 54), (0, 54), (0, 39)]


def test_a_fade_inside_a_scene_has_its_ramps(tmp_path):
    uses = (use(0, 50, 0, label="exam", tail=fade(8, 0)), use(50, 100, 200, label="exam", head=fade(0, 6)))
    (left, right), _ = _weights(tmp_path, uses, 'in = "transition", out = "transition"')
    assert _full(left)[-1] == 41 and left[-1] == 0
    assert _full(right)[0] == 6 and right[0] == 0


@pytest.mark.parametrize("transition", [dissolve(5, 7), dissolve(12, 13), dissolve(0, 9)])
def test_a_dissolve_between_two_presets_asymmetric_too(tmp_path, transition):
    uses = (use(0, 50, 0, label="exam", tail=transition), use(50, 100, 200, label="code", head=transition))
    (left, right), made = _weights(tmp_path, uses, 'in = "transition", out = "transition"')
    frames = transition.frames
    assert len(left) == 50 + transition.after and len(right) == 50 + transition.before
    assert left[-1] == 0 and left[-frames - 1] == 1e10 and left[-frames] < 1e10
    assert right[0] == 0 and right[frames] == 1e10 and right[frames - 1] < 1e10
    assert not made.notes


def test_a_jump_cut_has_a_ramp_on_each_side(tmp_path):
    uses = (use(0, 50, 0, label="exam"), use(50, 100, 60, label="code"))
    (left, right), _ = _weights(tmp_path, uses, 'in = "6f", out = "8f"')
    assert left[49] == 0 and left[41] == 1e10 and left[42] < 1e10
    assert right[0] == 0 and right[6] == 1e10 and right[5] < 1e10


def test_seconds_count_at_the_rate_of_the_sequence(tmp_path):
    shown, _ = _weights(tmp_path, (use(0, 100, 0, label="exam"),), 'in = "1.5s", out = 0')
    assert _full(shown[0])[0] == 36


def test_scaled_ramps_are_told_with_their_place(tmp_path):
    uses = (use(48, 68, 0, label="exam"),)
    _, made = _weights(tmp_path, uses, 'in = "30f", out = "10f"')
    assert [(note.code, note.record) for note in made.notes] == [("W-RAMP", 48)]
    assert [weight == 1e10 for weight in made.shots[0].weights] == [False] * 20
    assert made.shots[0].weights[0] == 0 and made.shots[0].weights[-1] == 0


def test_to_is_where_a_ramp_starts_and_weight_zero_is_zero(tmp_path):
    uses = (use(0, 50, 0, label="exam"),)
    shown, _ = _weights(tmp_path, uses, 'in = "6f", to = 2e9')
    assert shown[0][0] == 2e9
    shown, _ = _weights(tmp_path, uses, 'in = "6f", to = 2e9', sets=["style_weight=0"])
    assert set(shown[0]) == {0.0}


def test_a_ramp_from_above_the_weight_is_told_once_for_each_preset_and_weight(tmp_path):
    uses = (
        use(0, 50, 0, label="exam"),
        use(60, 90, 200, label="exam"),
        use(100, 150, 400, label="code"),
        use(200, 250, 600, "b.mov", label="code"),
    )
    shown, made = _weights(tmp_path, uses, 'in = "10f", to = 5e10')
    told = [note for note in made.notes if note.code == "W-RAMP"]
    assert [note.record for note in told] == [0, 100] and set(shown[0]) == {1e10}
    assert told[0].message == (
        'preset "exam1": ramp.to = 5e10 lies above the style weight 1e10, so there is no ramp; '
        "choose a ramp.to below 1e10"
    )


@pytest.mark.parametrize(
    ("ramp", "sets"),
    [
        ('in = "10f", to = 1e10', ()),  # as strong as the full weight: as it was asked for
        ('in = "10f", to = 5e10', ["style_weight=0"]),  # the source
        ("to = 5e10", ()),  # no ramp is asked for, as there is no transition
    ],
)
def test_where_there_would_be_no_ramp_anyway_nothing_is_told(tmp_path, ramp, sets):
    _, made = _weights(tmp_path, (use(0, 50, 0, label="exam"),), ramp, sets=sets)
    assert not made.notes


def test_handles_continue_the_curve(tmp_path):
    text = '[output]\nhandles = 4\n[presets.x]\nextends = "exam"\nramp = { in = "10f", out = "0f" }\n'
    transition = dissolve(3, 3)
    uses = (use(0, 50, 100, "b.mov", tail=transition), use(50, 100, 100, head=transition))
    marks = (marker("@x", 50, 100),)
    shot = plan(cut(*uses, markers=marks), film(tmp_path, text)).shots[0]
    assert shot.frames == FrameRange(93, 154)  # three frames of the dissolve, four more on both sides
    ramp = shot.weights[: 4 + 3 + 5 + 1]
    assert ramp[0] == ramp[1] == ramp[2] == 0  # the window is 45 … 54: its first frame is media frame 95
    assert all(before < after for before, after in pairwise(ramp[2:]))
    assert ramp[-1] == 1e10 and set(shot.weights[12:]) == {1e10}
