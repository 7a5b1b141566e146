"""Nests of an `.otio` to any depth, and speed in both dialects, at known frames."""

from fractions import Fraction

import pytest
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    Effect,
    ExternalReference,
    FreezeFrame,
    Gap,
    LinearTimeWarp,
    Marker,
    Stack,
    TimeEffect,
    Timeline,
    Track,
    Transition,
)
from stylereel.core import cut as nouns
from stylereel.core.errors import TimelineError
from stylereel.core.exchange import Reading
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from support.cuts import saved, stand_ins
from support.otio_cuts import span, warps

RATE = Fraction(25)


def clip(first=0, frames=50, speed=1, name="c", has=2000, **changes):
    media = ExternalReference(f"/m/{name}.mov", span(0, has, RATE))
    return Clip(name, media, span(first, frames, RATE), effects=warps(Fraction(speed)), **changes)


def track(*items, **changes):
    return Track("V", items, kind="Video", **changes)


def nest(*layers, first=0, frames=50, speed=1, **changes):
    values = {"source_range": span(first, frames, RATE), "effects": warps(Fraction(speed)), **changes}
    return Stack("nest", layers, **values)


def gap(frames):
    return Gap(source_range=span(0, frames, RATE))


def read(tmp_path, *tracks, dialect="otio", start=90000):
    timeline = Timeline("One", global_start_time=RationalTime(start, 25))
    timeline.tracks.extend(tracks)
    path = tmp_path / "cut.otio"
    timeline.to_json_file(str(path))
    return timelines.read_cut(path, reading=Reading(dialect=dialect))


def switched_off(effect):
    effect.enabled = False
    return effect


def frames(use, count=None):
    offsets = range(use.offsets.first, use.offsets.stop)[:count]
    return [use.time.frame(offset) for offset in offsets]


def test_a_nest_shows_its_part_of_every_layer(tmp_path):
    inner = (track(gap(10), clip(100, 50)), track(clip(700, 30, name="d")))
    cut = read(tmp_path, track(gap(5), nest(*inner, first=20, frames=25)))
    low, high = cut.uses
    assert (low.id, low.track, low.nests) == ("V1/2/V1/2", "V1/V1", ("nest",))
    assert (low.record, frames(low, 2)) == (FrameRange(5, 30), [110, 111])
    assert (high.id, high.record, frames(high, 2)) == ("V1/2/V2/1", FrameRange(5, 15), [720, 721])


def test_nests_in_nests_multiply_their_speeds_and_turn_around(tmp_path):
    deep = nest(track(clip(100, 200, 2)), first=10, frames=100)
    cut = read(tmp_path, track(nest(track(deep), first=0, frames=25, speed=-2)))
    (use,) = cut.uses
    assert (use.id, use.nests) == ("V1/1/V1/1/V1/1", ("nest", "nest"))
    assert (use.record, use.time.speed) == (FrameRange(0, 25), -4)
    assert frames(use)[:2] == [100 + 2 * (10 + 49), 100 + 2 * (10 + 47)]


@pytest.mark.parametrize("kind", ["stack of a clip", "track", "stack of a stack"])
def test_nests_of_every_make(tmp_path, kind):
    made = {
        "stack of a clip": Stack("nest", [clip(100, 50)], source_range=span(5, 20, RATE)),
        "track": Track("nest", [clip(100, 50)], span(5, 20, RATE), "Video"),
        "stack of a stack": Stack("nest", [Stack("s", [clip(100, 50)])], source_range=span(5, 20, RATE)),
    }
    (use,) = read(tmp_path, track(made[kind])).uses
    assert (use.record, frames(use, 1)) == (FrameRange(0, 20), [105])


def test_what_is_off_in_a_nest_is_passed_by_and_a_nest_that_is_off_with_all_it_holds(tmp_path):
    off, off_track, off_nest = clip(name="off"), track(clip(name="t")), nest(track(clip()))
    off.enabled = off_track.enabled = off_nest.enabled = False
    cut = read(tmp_path, track(nest(track(off), off_track), off_nest))
    assert not cut.uses
    assert [(one.clip, one.reason) for one in cut.skipped] == [
        ("off", "disabled"),
        ("t", "disabled: its track is off"),
        ("nest", "disabled"),
    ]
    assert [note.code for note in cut.notes] == ["W-DISABLED"] * 3


def test_dissolves_between_nests_and_inside_them(tmp_path):
    inner = track(clip(100, 50), dissolve(4, 6), clip(500, 50))
    cut = read(tmp_path, track(nest(inner, first=10, frames=60), dissolve(5, 3), clip(900, 40)))
    first, second, last = cut.uses
    assert first.tail == second.head == nouns.Transition("dissolve", 4, 6)
    assert second.tail == last.head == nouns.Transition("dissolve", 5, 3)
    assert (second.record, second.visible) == (FrameRange(40, 60), FrameRange(36, 63))


def dissolve(before, after):
    return Transition("", "SMPTE_Dissolve", RationalTime(before, 25), RationalTime(after, 25))


def test_markers_of_a_nest_hold_the_clips_in_it(tmp_path):
    marked = nest(track(clip(100, 25), clip(300, 25)))
    marked.markers.append(Marker("look: x", span(30, 0, RATE), "RED"))
    cut = read(tmp_path, track(marked))
    assert [mark.name for mark in cut.uses[1].markers] == ["look: x"]


def test_effects_and_speeds_nobody_knows(tmp_path):
    odd = clip(name="odd")
    odd.effects.append(TimeEffect("", "Wobble"))
    lit = clip(name="lit")
    lit.effects.extend([Effect("", "Lumetri Color"), Effect("", "Motion")])
    toned = nest(track(clip()), effects=[Effect("", "Crop")])
    cut = read(tmp_path, track(odd, lit, toned))
    assert [one.reason for one in cut.skipped] == ["unsupported: the time effect Wobble"]
    codes = {note.code: note.message for note in cut.notes}
    assert codes.keys() == {"E-TIMEEFFECT", "W-CLIPFX", "W-NESTFX"}
    assert "Lumetri" in codes["W-CLIPFX"] and "Crop" in codes["W-NESTFX"]


@pytest.mark.parametrize(
    ("effects", "seen"),
    [
        ([LinearTimeWarp(time_scalar=2), LinearTimeWarp(time_scalar=0.5)], [100, 101, 102]),
        ([LinearTimeWarp(time_scalar=2), LinearTimeWarp(time_scalar=-1.5)], [129, 126, 123]),
        ([LinearTimeWarp(time_scalar=-0.8)], [107, 106, 105]),
        ([FreezeFrame(), LinearTimeWarp(time_scalar=2)], [100, 100, 100]),
        ([LinearTimeWarp(time_scalar=0)], [100, 100, 100]),
        ([switched_off(LinearTimeWarp(time_scalar=2.0))], [100, 101, 102]),
    ],
)
def test_effects_multiply(tmp_path, effects, seen):
    one = Clip("c", clip().media_reference, span(100, 10, RATE), effects=effects)
    (use,) = read(tmp_path, track(one)).uses
    assert frames(use, 3) == seen


def test_a_track_with_a_speed_and_a_range_of_its_own(tmp_path):
    one = track(clip(100, 50), clip(300, 50), source_range=span(20, 30, RATE))
    one.effects.extend(warps(Fraction(2)))
    first, second = read(tmp_path, one).uses
    assert (first.id, first.track, first.record) == ("V1/1", "V1", FrameRange(0, 15))
    assert (second.record, frames(second, 2)) == (FrameRange(15, 30), [300, 302])


def test_in_premieres_dialect_a_range_counts_the_source_and_all_behind_it_moves(tmp_path):
    one = track(clip(100, 100, 2), dissolve(3, 3), clip(300, 50, -1), clip(0, 10, Fraction(1, 2)), clip(7, 5))
    two, back, slow, last = read(tmp_path, one, dialect="premiere").uses
    assert (two.record, frames(two, 2)) == (FrameRange(0, 50), [100, 102])
    assert (back.record, frames(back, 5)) == (FrameRange(50, 100), [352, 351, 350, 349, 348])
    assert (slow.record, slow.media_frames) == (FrameRange(100, 120), FrameRange(0, 10))
    assert last.record == FrameRange(120, 125)


@pytest.mark.parametrize(
    ("tracks", "dialect", "record"),
    [
        ([track(clip(0, 100, 2), clip())], "undecided", FrameRange(0, 100)),
        ([track(clip(0, 100, 2, has=120), clip())], "premiere", FrameRange(0, 50)),
        ([track(clip(0, 100, Fraction(1, 2), has=60), clip())], "otio", FrameRange(0, 100)),
        (
            [track(clip(0, 100, 2), clip()), Track("A", [gap(50), clip()], kind="Audio")],
            "premiere",
            FrameRange(0, 50),
        ),
        (
            [track(clip(0, 100, 2), clip()), Track("A", [gap(100), clip()], kind="Audio")],
            "otio",
            FrameRange(0, 100),
        ),
        ([track(clip(0, 100, 2, metadata={"PremierePro_OTIO": {}}))], "premiere", FrameRange(0, 50)),
        ([track(clip(0, 100, -1), clip())], "otio", FrameRange(0, 100)),
    ],
)
def test_the_dialect_is_told_by_what_fits(tmp_path, tracks, dialect, record):
    cut = read(tmp_path, *[each.deepcopy() for each in tracks], dialect="auto")
    assert cut.uses[0].record == record
    assert [note.code for note in cut.notes] == ["W-DIALECT"] * (dialect == "undecided")
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


@pytest.mark.parametrize("rate", ["24000/1001", "24", "30000/1001", "120000/1001"])
def test_other_rates_are_played_in_seconds(tmp_path, rate):
    own = Fraction(rate)
    media = ExternalReference("/m/c.mov", span(1000, 2000, own))
    (use,) = read(tmp_path, track(Clip("c", media, TimeRange(*_starts(1100, 50, own))))).uses
    assert (use.media.rate, use.media.plays, use.media.start) == (own, own, 1000)
    assert use.record == FrameRange(0, 50) and use.time.step == own / RATE
    assert frames(use, 3) == [100 + int(i * own / RATE) for i in range(3)]


def _starts(first, frames, rate):
    return RationalTime(first, float(rate)), RationalTime(frames, 25.0)


def test_a_nest_deeper_than_anyone_cuts_is_a_clear_error(tmp_path):
    text = '{"OTIO_SCHEMA":"Stack.1","name":"","children":[' * 30000
    data = '{"OTIO_SCHEMA":"Timeline.1","name":"x","tracks":' + text + "]}" * 30000 + "}"
    with pytest.raises(TimelineError, match="too deep"):
        timelines.read_cut(saved(tmp_path, data.encode(), "cut.otio"))


def test_fifty_nests_deep_is_read(tmp_path):
    inner = nest(track(clip(100, 50)))
    for _ in range(49):
        inner = nest(track(inner))
    (use,) = read(tmp_path, track(inner)).uses
    assert len(use.nests) == 50 and frames(use, 1) == [100]
    styled = stand_ins(read(tmp_path, track(inner.deepcopy())))
    cut = read(tmp_path, track(inner))
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


@pytest.mark.parametrize(
    ("name", "uses", "skipped", "frames"),
    [
        ("linear_speed_effects", 20, 0, 50),
        ("nested_stack", 8, 0, 65),
        ("one_clip", 1, 0, 10),
        ("simple", 5, 0, 3282),
        ("transitions", 4, 0, 521),
    ],
)
def test_real_aafs_are_read_in_full_and_come_back(samples, name, uses, skipped, frames):
    cut = timelines.read_cut(samples / "timelines" / "aaf" / f"{name}.aaf")
    assert (len(cut.uses), len(cut.skipped), cut.frames) == (uses, skipped, frames)
    assert cut.timecode(0) == "01:00:00:00"
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))
    assert b'"stylereel"' in timelines.archive(cut, styled)


def test_damaged_aafs_are_a_clear_error(samples, tmp_path):
    data = (samples / "timelines" / "aaf" / "one_clip.aaf").read_bytes()
    for size in (0, 7, 512, 4096, 100_000, len(data) // 2, len(data) - 5000):
        with pytest.raises(TimelineError, match=r"cannot be read|AAF"):
            timelines.read_cut(saved(tmp_path, data[:size], "cut.aaf"))


REAL = [
    ("Gap", 2, 0),
    ("Generator", 0, 8),
    ("LinearTimeWarp", 2, 0),
    ("Markers", 2, 0),
    ("MissingMedia", 1, 0),
    ("Transition", 1, 1),
    ("multiple_track", 5, 0),
    ("multitrack", 0, 5),
    ("nested_example", 0, 7),
    ("simple_cut", 4, 0),
    ("timecode_rates", 0, 6),
    ("transition_test", 0, 3),
]


@pytest.mark.parametrize(("name", "uses", "skipped"), REAL)
def test_real_otio_files_lose_no_clip(samples, name, uses, skipped):
    cut = timelines.read_cut(samples / "timelines" / "otio" / f"{name}.otio")
    assert (len(cut.uses), len(cut.skipped)) == (uses, skipped)


def test_a_schema_from_the_future_is_named(samples):
    with pytest.raises(TimelineError) as caught:
        timelines.read_cut(samples / "timelines" / "otio" / "screening_example.otio")
    assert caught.value.code == "E-SCHEMA"
