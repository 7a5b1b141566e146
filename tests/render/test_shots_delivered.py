"""Shots of every kind through the whole of rendering: delivered, kept in the book, relinked, taken again."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.core.cut import Shot, Use
from stylereel.core.deliver import render_shots
from stylereel.core.manifest import MANIFEST
from stylereel.core.media.formats import FORMATS
from stylereel.core.media.probe import read_facts
from stylereel.core.output import styled_media
from stylereel.core.paths import PathMap
from stylereel.core.rates import FrameRange
from stylereel.core.retake import retake, shown_beside, span_of
from stylereel.core.shotbook import read_book
from stylereel.core.timemap import TimeMap
from support.burnin import write_counter
from support.lifter import Lifter, ref, shot
from support.pictures import frames_of, number_in
from support.sources import write_uneven
from support.stills import noise, write_still
from support.workshop import GRID, delivered, plan_of, use, workshop

RATE = Fraction(24000, 1001)
MADE = json.dumps({"source": "x"})


@pytest.fixture
def shots(tmp_path: Path) -> tuple[Shot, ...]:
    """A freeze, a still, and a film of uneven rate."""
    clip = ref(write_counter(tmp_path / "clip.mov", 40, RATE, size=(192, 108)), RATE, start=86400)
    still = ref(write_still(tmp_path / "logo.tif", noise()), GRID, "still")
    uneven = ref(write_uneven(tmp_path / "vfr.mp4"), GRID)
    freeze = use("freeze", clip, TimeMap(Fraction(21), Fraction(0)))
    held = use("still", still, TimeMap(Fraction(90000)))
    plain = use("vfr", uneven, TimeMap(Fraction(3)))
    weights = tuple(1e9 * (step % 3) for step in range(30))
    return (
        shot(clip, FrameRange(0, 30), weights, name="freeze_010", uses=(freeze,), key="k1", made_of=MADE,
             picks=(21,) * 30, baked_rate=GRID),
        shot(still, FrameRange(0, 1), (1e9,), name="still_010", uses=(held,), key="k2", made_of=MADE),
        shot(uneven, FrameRange(3, 33), weights, name="vfr_010", uses=(plain,), key="k3", made_of=MADE),
    )  # fmt: skip


@pytest.mark.parametrize(
    "codec", [name for name, form in FORMATS.items() if name != "prores" and not form.numbered]
)
def test_every_codec_is_delivered_with_timecode_and_said_source(tmp_path, codec):
    clip = ref(
        write_counter(tmp_path / "c.mov", 40, RATE, size=(256, 144), matrix="bt709"), RATE, start=86400
    )
    plain = use("plain", clip, TimeMap(Fraction(10)))
    weights = (*(0.0 for _ in range(15)), *(1e9 for _ in range(15)))
    one = shot(clip, FrameRange(10, 40), weights, name="a_010", uses=(plain,), key="k", made_of=MADE)
    one = replace(one, codec=codec)
    book = delivered((one,), tmp_path / "out")
    path = book.path(book.latest("a_010"))
    facts = read_facts(path)
    assert (path.suffix, facts.frames, facts.start) == (FORMATS[codec].suffix, 30, 86410)
    assert json.loads(facts.styled_from)["first_frame"] == 10
    assert [number_in(frame) for frame in frames_of(path)] == [*range(10, 40)]
    before = {(part, part.stat().st_mtime_ns) for part in (tmp_path / "out" / "segments").rglob("*.m*")}
    again = replace(one, key="k2", name="a_010")
    render_shots(
        (again,), plan_of((again,)), read_book(tmp_path / "out"), workshop((again,), tmp_path / "out")
    )
    assert before == {
        (part, part.stat().st_mtime_ns) for part in (tmp_path / "out" / "segments").rglob("*.m*")
    }


def test_every_kind_is_delivered_and_said_as_what_it_is(shots, tmp_path):
    out = tmp_path / "out"
    book = delivered(shots, out)
    styled = styled_media(plan_of(shots), book, PathMap())
    freeze, still, vfr = (styled[name] for name in ("freeze", "still", "vfr"))
    assert (freeze.baked, freeze.kind, freeze.first_frame, freeze.frames, freeze.rate) == (
        True,
        "movie",
        0,
        30,
        GRID,
    )
    assert freeze.start == int((86400 + 21) * GRID / RATE) == read_facts(freeze.path).start
    assert [number_in(frame) for frame in frames_of(freeze.path)] == [21] * 30
    assert (still.kind, still.baked, still.frames, still.path.suffix) == ("still", False, 1, ".tif")
    assert (still.width, still.height) == (64, 48)
    picture = cv2.imread(str(still.path), cv2.IMREAD_UNCHANGED)[..., ::-1].astype(int)
    assert np.array_equal(picture, np.minimum(noise().astype(int) * 257 + 257, 65535))
    assert (vfr.kind, vfr.baked, vfr.first_frame, vfr.frames, vfr.rate) == ("movie", False, 3, 30, GRID)
    noted = json.loads((out / "media" / MANIFEST).read_text())["files"]
    assert sorted(noted) == sorted(one.path.name for one in styled.values())
    assert {name: note["shot"] for name, note in noted.items()} == {
        one.path.name: one.shot for one in styled.values()
    }


def test_nothing_is_painted_twice(shots, tmp_path):
    delivered(shots, tmp_path / "out")
    painter = Lifter()
    renamed = tuple(replace(one, key=f"{one.key} new") for one in shots)
    render_shots(
        renamed, plan_of(renamed), read_book(tmp_path / "out"), workshop(shots, tmp_path / "out", painter)
    )
    assert painter.seen == []


def test_an_uneven_film_read_at_another_rate_is_other_pictures(shots, tmp_path):
    out, vfr = tmp_path / "out", shots[2]
    slower = replace(
        vfr, media=replace(vfr.media, rate=Fraction(12)), frames=FrameRange(3, 13), weights=(1e9,) * 10
    )
    keys = [{part.key for part in workshop(shots, out).job(one).segments()} for one in (vfr, slower)]
    assert not keys[0] & keys[1]


def test_styled_media_of_a_clip_that_was_styled_before_counts_from_that_file(shots, tmp_path):
    """The document names a styled file whose frame 0 is frame 10 of the source; the new one begins at 3."""
    vfr = shots[2]
    before = replace(vfr.uses[0], media=replace(vfr.media, first=10), id="again")
    shots = (replace(vfr, uses=(*vfr.uses, before)),)
    styled = styled_media(plan_of(shots), delivered(shots, tmp_path / "out"), PathMap())
    assert (styled["vfr"].first_frame, styled["again"].first_frame) == (3, -7)
    assert styled["vfr"].path == styled["again"].path


def taken_again(
    shots: tuple[Shot, ...], at: int, weight: float, span: tuple[int, int] | None, out: Path
) -> Path:
    planned = shots[at]
    wanted = replace(planned, weights=(weight,) * len(planned.frames))
    frames = span_of(planned, *span) if span else None
    book = delivered(shots, out)
    outcome, now = retake(planned, wanted, frames, [], plan_of(shots), book, workshop(shots, out))
    version = outcome.book.cached(now.name, now.key)
    assert version is not None and version.number == 2
    return outcome.book.path(version)


def means(path: Path) -> list[float]:
    return [float(frame.to_ndarray(format="rgb24").mean()) for frame in frames_of(path)]


def test_some_frames_of_a_freeze_are_taken_again(shots, tmp_path):
    path = taken_again(shots, 0, 3e10, (10, 19), tmp_path / "out")
    levels = means(path)
    assert [number_in(frame) for frame in frames_of(path)] == [21] * 30
    assert min(levels[10:20]) > max(levels[:10] + levels[20:]) + 15


def test_a_still_is_taken_again_as_a_whole(shots, tmp_path):
    for span in (None, (3, 20)):
        out = tmp_path / f"out{span}"
        path = taken_again(shots, 1, 5e9, span, out)
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1].astype(int)
        assert np.array_equal(picture, np.minimum(noise().astype(int) * 257 + 5 * 257, 65535))


def test_a_picture_that_cannot_be_read_fails_alone(shots, tmp_path):
    shop = workshop(shots, tmp_path / "out")
    shots[1].media.path.write_bytes(b"nothing")
    outcome = render_shots(shots, plan_of(shots), read_book(tmp_path / "out"), shop)
    assert [failure.shot for failure in outcome.failed] == ["still_010"]
    assert set(outcome.book.entries) == {"freeze_010", "vfr_010"}


def test_what_else_shows_the_frames_that_are_taken_again_is_counted(tmp_path):
    clip = ref(write_counter(tmp_path / "clip.mov", 40, RATE, size=(192, 108)), RATE, start=86400)
    plain = use("plain", clip, TimeMap(Fraction(0)))
    slow = use("slow", clip, TimeMap(Fraction(0), Fraction(1, 2)))

    def beside(*uses: Use) -> int:
        one = shot(clip, FrameRange(0, 30), (1e9,) * 30, uses=uses)
        return shown_beside(one, span_of(one, 5, 8), 5, 8)

    assert beside(plain) == 0
    assert beside(plain, slow) == 8, "5 to 8 of the media are shown twice each by the slow one"
    assert beside(slow) == 2, "2 to 4 of the media, which 4 and 9 show too"
    freeze = use("freeze", clip, TimeMap(Fraction(21), Fraction(0)))
    assert beside(freeze) == 26
