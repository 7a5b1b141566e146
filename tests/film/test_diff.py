"""What changed between two cuts: every clip is told of once, and each in the way that it changed."""

import random
import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.cut import Cut, MediaFacts
from stylereel.core.diff import KINDS, difference
from stylereel.core.diff_words import as_json, lines, told
from stylereel.core.errors import MediaError
from stylereel.core.film import read_film
from stylereel.core.matching import matched, sights
from stylereel.core.rates import FrameRange
from stylereel.core.shotbook import media_identity
from stylereel.core.timemap import Graph, TimeMap
from support.bare_cuts import cut, dissolve, facts, film, marker, plan, shelf, use

PLAIN = read_film(None, shelf())
FILM = """
[presets.midterm]
extends = "exam"
style_weight = 3e10
[[scenes]]
name = "rose"
match = { label = "Rose" }
preset = "midterm"
[[scenes]]
name = "forest"
match = { label = "Forest" }
preset = "exam"
"""


def diff(old: Cut, new: Cut, wearing=PLAIN, preset="exam", later=None):
    known = facts(*old.uses, *new.uses)
    return difference(plan(old, wearing, preset=preset), plan(new, later or wearing, preset=preset), known)


def say(found) -> list[tuple[str, str]]:
    return [(", ".join(change.kinds), told(found, change)) for change in found.changes]


BEFORE = (use(0, 24, 100), use(24, 48, 500), use(48, 72, 20, "b.mov"), use(72, 96, 700))


def test_two_exports_of_one_cut_differ_in_nothing():
    again = tuple(replace(one, id=f"clipitem-{number}") for number, one in enumerate(reversed(BEFORE)))
    found = diff(cut(*BEFORE), cut(*again))
    assert (found.changes, found.same) == ((), 4)
    assert [each.fresh for each in found.renders] == [0, 0, 0, 0]


def test_an_insert_adds_one_clip_and_moves_what_follows():
    new = (BEFORE[0], use(24, 34, 300, "c.mov"), *(_at(one, one.record.first + 10) for one in BEFORE[1:]))
    found = diff(cut(*BEFORE), cut(*new))
    assert say(found) == [("added", "10 frames, exam 1e10"), *[("moved", "10 frames later")] * 3]
    assert found.same == 1
    assert [(line.what, line.clip, line.how) for line in lines(found)][1:] == [
        ("moved", "3 clips", "10 frames later, in a row")
    ]
    assert len(list(lines(found, every=True))) == 4
    assert [(each.shot.media.name, each.fresh) for each in found.renders if each.fresh] == [("c.mov", 10)]


def _at(one, first, **changes):
    moved = FrameRange(first, first + len(one.record))
    return replace(one, id=f"{one.track}/{first}", record=moved, **changes)


def test_a_removed_clip_closes_its_gap():
    new = (BEFORE[0], *(_at(one, one.record.first - 24) for one in BEFORE[2:]))
    found = diff(cut(*BEFORE), cut(*new))
    assert say(found) == [
        ("removed", "24 frames, exam 1e10"),
        ("moved", "24 frames earlier"),
        ("moved", "24 frames earlier"),
    ]


@pytest.mark.parametrize(
    ("new", "kinds", "words"),
    [
        (use(0, 24, 104), "trimmed", "starts 4 frames later; ends 4 frames later"),
        (use(0, 20, 100), "trimmed", "ends 4 frames earlier"),
        (use(0, 24, 100, track="V2"), "moved", "from V1 to V2"),
        (use(0, 24, 100, tail=dissolve(4, 4)), "transition", "no transition → dissolve of 4 + 4 at the tail"),
        (use(0, 24, 100, label="Rose"), "restyled", "exam 1e10 → midterm 3e10"),
        (use(0, 24, 100, label="Iris"), "restyled", "exam 1e10 → untouched"),
        (
            use(0, 22, 102, label="Rose"),
            "trimmed, restyled",
            "starts 2 frames later; exam 1e10 → midterm 3e10",
        ),
        (replace(use(0, 48, 100), time=TimeMap(Fraction(100), Fraction(1, 2))), "retimed", "100 % → 50 %"),
        (replace(use(0, 24, 100), time=TimeMap(Fraction(123), Fraction(-1))), "retimed", "100 % → -100 %"),
        (replace(use(0, 24, 100), time=TimeMap(Fraction(105), Fraction(0))), "retimed", "100 % → a freeze"),
        (
            replace(use(0, 24, 0), time=Graph(((Fraction(0), Fraction(100)), (Fraction(12), Fraction(112))))),
            "retimed",
            "100 % → keyframed, 100 %",
        ),
    ],
)
def test_each_way_in_which_a_clip_changes(tmp_path, new, kinds, words):
    old = use(0, 24, 100, label="Forest")
    new = replace(new, label=new.label or "Forest")
    found = diff(cut(old), cut(new), film(tmp_path, FILM), preset=None)
    assert say(found) == [(kinds, words)]
    assert found.changes[0].old is old and found.changes[0].new is new


def test_the_ends_of_a_reversed_clip_are_told_as_they_are_seen():
    old = replace(use(0, 24, 0), time=TimeMap(Fraction(123), Fraction(-1)))
    new = replace(use(0, 20, 0), time=TimeMap(Fraction(120), Fraction(-1)))
    assert say(diff(cut(old), cut(new))) == [("trimmed", "starts 3 frames later; ends 1 frame earlier")]


def test_another_value_of_the_same_preset_restyles(tmp_path):
    later = film(tmp_path, FILM.replace("3e10", '4e10\nramp.in = "12f"'))
    rose = use(0, 24, 100, label="Rose")
    found = diff(cut(rose, BEFORE[1]), cut(rose, BEFORE[1]), film(tmp_path, FILM), later=later)
    assert say(found) == [("restyled", "ramp.in transition → 12f; style_weight 3e10 → 4e10")]
    assert [each.fresh for each in found.renders] == [24, 0]


def test_a_marker_restyles_the_clips_that_it_holds():
    old, new = cut(*BEFORE), cut(*BEFORE, markers=(marker("@code", 30, comment="weight=1e10"),))
    assert say(diff(old, new)) == [("restyled", "exam 1e10 → code 1e10")]


def test_a_loop_keeps_its_clips_apart():
    loop = [use(10 * at, 10 * at + 10, 100) for at in range(6)]
    found = diff(cut(*loop), cut(use(0, 5, 600), *(_at(one, one.record.first + 5) for one in loop)))
    assert say(found) == [("added", "5 frames, exam 1e10"), *[("moved", "5 frames later")] * 6]
    assert say(diff(cut(*loop), cut(*loop[:4]))) == [("removed", "10 frames, exam 1e10")] * 2


def test_a_blade_through_a_clip_renders_nothing_anew():
    old, new = cut(use(0, 48, 100)), cut(use(0, 20, 100), use(20, 48, 120))
    found = diff(old, new)
    assert say(found) == [("added", "20 frames, exam 1e10"), ("trimmed", "starts 20 frames later")]
    assert sum(each.fresh for each in found.renders) == 0


def test_media_is_the_same_wherever_it_lies_and_other_media_of_that_name_is_not():
    one = use(0, 24, 100)
    moved = replace(one, media=replace(one.media, editor_path="D:/card 2/a.mov"))
    known = {
        path: MediaFacts(one.media.rate, 1000, 320, 180, "print of a.mov") for path in _paths(one, moved)
    }
    plans = [plan(cut(each), PLAIN, known=known, preset="exam") for each in (one, moved)]
    assert difference(*plans, known).changes == ()
    known[moved.media.editor_path] = replace(known[moved.media.editor_path], fingerprint="another")
    plans = [plan(cut(each), PLAIN, known=known, preset="exam") for each in (one, moved)]
    assert [change.kinds for change in difference(*plans, known).changes] == [("removed",), ("added",)]


def _paths(*uses):
    return [one.media.editor_path for one in uses]


def test_media_that_is_not_here_is_known_by_its_path():
    known = {BEFORE[0].media.editor_path: MediaError("no such file", code="E-OFFLINE")}
    old, new = cut(BEFORE[0]), cut(_at(BEFORE[0], 12))
    found = difference(*(plan(each, PLAIN, known=known, preset="exam") for each in (old, new)), known)
    assert say(found) == [("moved", "12 frames later")]
    assert [(each.shot.status, each.fresh) for each in found.renders] == [("offline", 0)]
    assert as_json(found)["totals"]["shots_offline"] == 1


def test_plain_data_tells_the_same():
    found = diff(cut(*BEFORE), cut(*BEFORE[:3], use(72, 90, 706)))
    data = as_json(found)
    (change,) = data["changes"]
    assert change["kinds"] == ["trimmed"] and change["how"] == "starts 6 frames later"
    assert (change["old"]["source_in"], change["old"]["source_out"]) == (700, 724)
    assert (change["new"]["source_in"], change["new"]["source_out"]) == (706, 724)
    assert data["totals"] == {
        **dict.fromkeys(KINDS, 0),
        "trimmed": 1,
        "unchanged": 3,
        "shots_to_render": 4,
        "frames_to_render": 90,
        "frames_new": 0,
        "shots_offline": 0,
        "shots_cached": 0,
    }


@st.composite
def clips(draw):
    found, here = [], 0
    for _ in range(draw(st.integers(0, 12))):
        here += draw(st.sampled_from([0, 0, 5]))
        length = draw(st.sampled_from([5, 10, 20]))
        file = draw(st.sampled_from(["a.mov", "b.mov"]))
        source, track = draw(st.integers(0, 8)) * 5, draw(st.sampled_from(["V1", "V2"]))
        found.append(use(here, here + length, source, file, track))
        here += length
    return cut(*found)


@given(clips(), clips(), st.randoms())
def test_every_clip_is_told_of_once_and_the_order_of_the_document_does_not_matter(old, new, chance):
    found = diff(old, new)
    before = [change.old.id for change in found.changes if change.old]
    after = [change.new.id for change in found.changes if change.new]
    assert len(before) == len({*before}) and len(after) == len({*after})
    assert len(before) + found.same == len(old.uses) and len(after) + found.same == len(new.uses)
    for change in found.changes:
        assert bool(change.old and change.new) != bool({"added", "removed"} & {*change.kinds})
        if change.old and change.new:
            assert media_identity(change.old.media) == media_identity(change.new.media)
    mixed = [replace(each, uses=tuple(chance.sample(each.uses, len(each.uses)))) for each in (old, new)]
    assert say(diff(*mixed)) == say(found)


@given(clips())
def test_a_cut_does_not_differ_from_itself(one):
    assert diff(one, one).changes == () and all(not each.fresh for each in diff(one, one).renders)


@pytest.mark.parametrize("repeated", [False, True], ids=["of many takes", "of one frame range"])
def test_ten_thousand_clips_are_matched_in_time(repeated):
    """All trimmed by a frame and moved, in an order of its own: the worst that a re-cut can be."""
    chance = random.Random(7)
    starts = [0 if repeated else 40 * chance.randrange(5000) for _ in range(10_000)]
    old = cut(*(use(20 * at, 20 * at + 20, start) for at, start in enumerate(starts)))
    new = cut(*(use(20 * at + 7, 20 * at + 26, start + 1) for at, start in enumerate(starts)))
    begin = time.process_time()
    pairs, removed, added = matched(*(sights(each, lambda one: one.media.name) for each in (old, new)))
    assert (len(pairs), removed, added) == (10_000, [], [])
    assert time.process_time() - begin < 20, "matching grows faster than the cut"
