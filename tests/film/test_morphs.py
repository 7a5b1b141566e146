"""Clips whose styles bend into each other over a dissolve: the same at both sides, frame for frame."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from stylereel.core.cut import Cut, Plan, Transition
from stylereel.core.dial import to_dial
from stylereel.core.plan import Styles, make_plan
from stylereel.core.scenes import dress
from stylereel.core.shotbook import Book
from stylereel.core.timemap import TimeMap
from support.bare_cuts import cut, dissolve, facts, fade, film, marker, no_matte, plan, use

TWO = """
[presets.a]
extends = "exam"
style_weight = 3e10
morph = true
[presets.b]
extends = "code"
style_weight = 1e10
"""
MARKERS = (marker("@a", 0, 50), marker("@b", 50, 200))


def two(middle: Transition | None, at: int = 50, **changes) -> Cut:
    """A clip of each of two scenes, which meet at frame 50."""
    first = use(0, at, 100, tail=middle)
    second = replace(use(at, 100, 300, file="b.mov", head=middle), **changes)
    return cut(first, second, markers=MARKERS)


def painted(this: Cut, made: Plan) -> dict[str, dict[int, tuple[float, str, float]]]:
    """By the shot's preset and record frame: its weight, and the style and share that it is bent to."""
    found = {}
    for shot in made.shots:
        (one,) = shot.uses
        at = found[shot.preset] = {}
        for record in range(one.visible.first, one.visible.stop):
            baked, shown = record - one.visible.first, one.time.frame(record - one.record.first)
            frame = baked if shot.picks else shown
            at[record] = (shot.weights[frame - shot.frames.first], *shot.bends.get(frame, ("", 0.0)))
    return found


@pytest.fixture
def wearing(tmp_path: Path):
    return film(tmp_path, TWO)


@pytest.mark.parametrize("middle", [dissolve(6, 6), dissolve(0, 9), dissolve(7, 0)])
def test_both_sides_of_a_dissolve_are_painted_alike(wearing, middle):
    this = two(middle)
    both = painted(this, plan(this, wearing))
    window = range(50 - middle.before, 50 + middle.after)
    shares = []
    for record in window:
        (weight, to_code, share), (other, to_exam, rest) = both["a"][record], both["b"][record]
        assert weight == pytest.approx(other) and share + rest == pytest.approx(1)
        assert to_code == ("code" if share else "") and to_exam == ("exam" if rest else "")
        shares.append(share)
    assert shares == [pytest.approx(step / len(window)) for step in range(len(window))]
    dials = [to_dial(both["a"][record][0]) for record in window]
    assert all(later < earlier for earlier, later in pairwise(dials)) and both["a"][window[0]][0] == 3e10
    for side, weight in (("a", 3e10), ("b", 1e10)):
        assert {one for at, one in both[side].items() if at not in window} == {(weight, "", 0.0)}


def test_a_slow_or_reversed_clip_morphs_when_it_is_shown(wearing):
    for time in (TimeMap(Fraction(300), Fraction(1, 2)), TimeMap(Fraction(300), Fraction(-1))):
        this = two(dissolve(6, 6), time=time)
        second = painted(this, plan(this, wearing))["b"]
        shares = [second[record][2] for record in range(44, 56)]
        assert all(later <= earlier for earlier, later in pairwise(shares))
        assert shares[0] > 0.9 > 0.2 > shares[-1]


def test_the_ends_of_the_film_keep_their_ramps(wearing):
    this = two(dissolve(6, 6))
    this = replace(this, uses=(replace(this.uses[0], head=fade(0, 5)), this.uses[1]))
    first = painted(this, plan(this, wearing))["a"]
    assert first[0][0] == 0 and 0 < first[3][0] < 3e10 and first[5][0] == 3e10


@pytest.mark.parametrize(
    ("middle", "said"), [(None, False), (dissolve(6, 6), True)], ids=["a hard cut", "two bases"]
)
def test_what_cannot_morph_ramps_as_ever(wearing, tmp_path, middle, said):
    this = two(middle)
    apart = Styles(str, str, no_matte, str)
    made = make_plan(this, wearing, dress(this, wearing), facts(*this.uses), Book(tmp_path, {}), apart)
    assert not any(shot.bends for shot in made.shots)
    assert [note.code for note in made.notes] == ["W-MORPH"] * 2 * said
    plain = film(tmp_path, TWO.replace("morph = true\n", ""))
    straight = make_plan(this, plain, dress(this, plain), facts(*this.uses), Book(tmp_path, {}), apart)
    assert [shot.weights for shot in made.shots] == [shot.weights for shot in straight.shots]


def test_a_freeze_keeps_its_own_style_and_morphs_where_it_is_baked(wearing):
    this = two(dissolve(6, 6), time=TimeMap(Fraction(300), Fraction(0)))
    made = plan(this, wearing)
    assert not made.shots[1].bends and "W-FREEZE" in [note.code for note in made.notes]
    baking = replace(wearing, output=wearing.output.model_copy(update={"bake_retime": True}))
    both = painted(this, plan(this, baking))
    assert [both["b"][at][2] for at in range(44, 57)] == [
        pytest.approx(max(0.0, 1 - step / 12)) for step in range(13)
    ]


def test_one_that_was_rendered_before_is_rendered_again_where_it_morphs_now(wearing, tmp_path):
    this = two(dissolve(6, 6))
    keys = [shot.key for shot in plan(this, wearing).shots]
    other = film(tmp_path, TWO.replace('"code"', '"form"'))
    first, second = (shot.key for shot in plan(this, other).shots)
    assert first != keys[0] and second != keys[1]  # the first is bent towards another style now
