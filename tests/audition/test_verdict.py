"""Verdicts: numbers become words an editor uses, and the order of candidates."""

from dataclasses import replace
from itertools import pairwise

import pytest
from stylereel.core.audition.verdict import (
    FLICKER,
    KEPT,
    Marks,
    allowed_gain,
    faults_of,
    judged,
    ranked,
    score,
)

GOOD = Marks(
    1e10,
    kept={"face": 0.9, "text": 0.9, "motion": 0.9},
    noise_gain=1.0,
    style_distance=0.2,
    flicker=1.2,
    seam=1.0,
    flashes=0.0,
)
FAULTS = {
    "loses faces": {"kept": {"face": KEPT - 0.05, "text": 0.9}},
    "loses text": {"kept": {"face": 0.9, "text": KEPT - 0.05}},
    "boils on grain: makes it 3.0 times as strong": {"noise_gain": 3.0},
    "flickers: 4.0 times as unsteady": {"flicker": 4.0},
    "a step 3.0 times its neighbours": {"seam": 3.0},
    "too flashy for a headset: 6 flashes a second": {"flashes": 6.0, "flashing": "a headset"},
}


def test_without_a_fault_there_is_only_praise() -> None:
    assert not faults_of(GOOD)
    (reason,) = judged("wave", [GOOD]).reasons
    assert reason == "best at 1e10: close to its picture's manner (0.20), keeps 90% of the drawing"


@pytest.mark.parametrize("words", FAULTS)
def test_every_fault_is_named_with_its_weight_and_costs(words: str) -> None:
    marks = replace(GOOD, **FAULTS[words])
    verdict = judged("wave", [marks])
    (said,) = [reason for reason in verdict.reasons if words in reason]
    assert said.endswith("at 1e10")
    assert score(marks) < score(GOOD)


def test_flashes_cost_more_than_all_else() -> None:
    flashy = replace(GOOD, flashes=6.0, flashing="a headset")
    bad = replace(GOOD, flicker=9.0)
    assert score(flashy) < score(bad)
    reasons = judged("wave", [replace(flashy, flicker=9.0)]).reasons
    assert reasons[1].startswith("too flashy for a headset")


def test_a_candidate_is_judged_at_its_best_weight_and_faults_say_from_where_on() -> None:
    marks = [
        replace(GOOD, style_weight=3e9, style_distance=0.6),
        GOOD,
        replace(GOOD, style_weight=3e10, style_distance=0.1, flicker=3.0),
        replace(GOOD, style_weight=1e11, style_distance=0.1, flicker=5.0),
    ]
    verdict = judged("wave", marks)
    assert verdict.best == 1e10 and verdict.score == score(GOOD)
    assert "flickers: 3.0 times as unsteady as the source at 3e10 and above" in verdict.reasons


def test_a_fault_at_every_weight_says_so() -> None:
    marks = [replace(GOOD, style_weight=weight, flicker=FLICKER + 1) for weight in (1e10, 3e10)]
    assert "too much at every weight tried" in judged("wave", marks).reasons[1]


def test_the_better_candidate_comes_first_and_doubts_are_told() -> None:
    candidates = {
        "far": [replace(GOOD, style_distance=0.5)],
        "near": [GOOD],
        "shaky": [replace(GOOD, flicker=9.0)],
        "unknown": [replace(GOOD, style_distance=None)],
    }
    verdicts = ranked(candidates, {"far": ["it is small"]})
    assert verdicts[0].name == "near"
    assert all(earlier.score >= later.score for earlier, later in pairwise(verdicts))
    by_name = {verdict.name: verdict for verdict in verdicts}
    assert by_name["far"].reasons[-1] == "it is small"
    assert "not known" in by_name["unknown"].reasons[0]


def test_many_lost_samples_are_one_reason() -> None:
    kept = {name: 0.5 + 0.01 * number for number, name in enumerate(("face", "text", "a", "b", "c"))}
    (fault,) = faults_of(replace(GOOD, kept={**kept, "d": 0.9}))
    assert fault.words == "loses faces, text, a and 2 more of 6: 50% of the drawing kept"
    assert score(replace(GOOD, kept={"face": 0.5, "text": 0.5})) < score(replace(GOOD, kept={"face": 0.5}))


def test_the_noise_that_is_allowed_grows_with_the_weight() -> None:
    weights = (1e9, 1e10, 2e10, 3e10, 5e10, 1e11)
    limits = [allowed_gain(weight) for weight in weights]
    assert limits[0] == limits[1] == pytest.approx(1.5) and limits[-2:] == [pytest.approx(2.5)] * 2
    assert all(less < more for less, more in pairwise(limits[1:5]))
