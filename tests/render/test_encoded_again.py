"""Some frames again of a film that cannot be cut: the others are encoded of the same lossless frames."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.cut import Shot
from stylereel.core.errors import UsageError
from stylereel.core.media.formats import FORMATS
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.retake import retake, span_of
from stylereel.core.shotbook import Book, read_book, write_book
from stylereel.core.timemap import TimeMap
from support.burnin import write_counter
from support.lifter import Lifter, ref, shot
from support.pictures import frames_of, luma, number_in, packets_of
from support.workshop import delivered, plan_of, use, workshop

RATE = Fraction(24000, 1001)
ENCODED_ONCE = [name for name, form in FORMATS.items() if not form.spliced]
WEIGHTS = (1e9,) * 40


@pytest.fixture(params=ENCODED_ONCE)
def planned(request, tmp_path: Path) -> Shot:
    clip = write_counter(tmp_path / "c.mov", 40, RATE, size=(192, 108), matrix="bt709")
    media = ref(clip, RATE, start=86400)
    one = use("plain", media, TimeMap(Fraction(0)), frames=40)
    made = json.dumps({"source": "x"})
    made_of = dict(name="a_010", uses=(one,), key="k", made_of=made, codec=request.param)
    return shot(media, one.offsets, WEIGHTS, **made_of)


def again(
    planned: Shot, book: Book, weight: float, span: tuple[int, int] | None, painter: Lifter | None = None
) -> Book:
    """The book after frames of a shot were taken again at another weight."""
    wanted = replace(planned, weights=(weight,) * len(planned.frames))
    frames = span_of(planned, *span) if span else None
    shop = workshop((planned,), book.folder, painter)
    outcome, _ = retake(planned, wanted, frames, [], plan_of((planned,)), book, shop)
    assert read_book(book.folder) == outcome.book
    return outcome.book


def film(book: Book, number: int) -> Path:
    return book.path(book.entries["a_010"].versions[number - 1])


def lift(book: Book, number: int) -> list[float]:
    """How much brighter a version's frames are than the first's, in levels of 255."""
    pairs = zip(frames_of(film(book, number)), frames_of(film(book, 1)), strict=True)
    return [255 * float(luma(one).mean() - luma(other).mean()) for one, other in pairs]


def test_the_frames_are_new_and_the_others_are_the_same_pictures(planned, tmp_path):
    book = delivered((planned,), tmp_path / "out")
    painter = Lifter()
    book = again(planned, book, 2e10, (10, 29), painter)
    assert painter.seen == [2e10] * 20, "only what was asked for is painted"
    assert [number_in(frame) for frame in frames_of(film(book, 2))] == [*range(40)]
    lifted = lift(book, 2)
    assert min(lifted[10:30]) > 10 and max(map(abs, lifted[:10] + lifted[30:])) < 1
    book = again(planned, book, 4e10, (25, 34))
    lifted = lift(book, 3)
    assert 10 < min(lifted[10:25]) < max(lifted[10:25]) < 25 < min(lifted[25:35])
    assert max(map(abs, lifted[:10] + lifted[35:])) < 1


def test_nothing_is_lost_by_encoding_again_and_again(planned, tmp_path):
    """A copy of a copy would be another film: what is taken back is the first one, to the byte."""
    book = delivered((planned,), tmp_path / "out")
    for span, weight in (((0, 4), 2e10), ((30, 39), 3e10), ((0, 4), 1e9), ((30, 39), 1e9)):
        book = again(planned, book, weight, span)
    assert packets_of(film(book, 5)) == packets_of(film(book, 1)) != packets_of(film(book, 3))


def test_lossless_frames_that_are_gone_are_painted_again_where_they_can_be(planned, tmp_path):
    out = tmp_path / "out"
    book = again(planned, delivered((planned,), out), 2e10, (0, 4))
    kept = book
    wanted = packets_of(film(again(planned, book, 3e10, (0, 29)), 3))
    shutil.rmtree(out / "segments")
    painter = Lifter()
    write_book(kept)
    book = again(planned, kept, 3e10, (0, 29), painter)
    assert sorted(painter.seen) == [1e9] * 16 + [3e10] * 30, "frames 24 to 39 are one segment of the source's"
    assert packets_of(film(book, 3)) == wanted


def test_frames_that_no_plan_knows_are_not_made_up(planned, tmp_path):
    out = tmp_path / "out"
    book = again(planned, delivered((planned,), out), 2e10, None)
    shutil.rmtree(out / "segments")
    painter = Lifter()
    with pytest.raises(UsageError, match="the lossless copy of its other frames is gone") as caught:
        again(planned, book, 3e10, (0, 9), painter)
    assert "without --frames" in caught.value.hint and painter.seen == [] and caught.value.where == "a_010"
    assert read_book(out) == book
    book = again(planned, book, 2e10, None)
    assert max(map(abs, lift(again(planned, book, 1e9, (0, 9)), 4)[:10])) < 1


def test_a_version_that_noted_no_frames_is_refused(planned, tmp_path):
    book = delivered((planned,), tmp_path / "out")
    path = book.folder / "shots.json"
    data = json.loads(path.read_text())
    del data["shots"][0]["versions"][0]["mezzanine"]
    path.write_text(json.dumps(data))
    with pytest.raises(UsageError, match="did not note") as caught:
        again(planned, read_book(book.folder), 3e10, (0, 9))
    assert "without --frames" in caught.value.hint


@pytest.mark.parametrize("span", [(0, 4), (15, 25), (36, 39)])
def test_what_is_steadied_under_a_ramp_has_the_past_that_it_has_in_the_whole(tmp_path, span):
    """The same settings give the same pictures, whichever frames are painted again."""
    clip = write_counter(tmp_path / "c.mov", 40, RATE, size=(192, 108), matrix="bt709")
    media = ref(clip, RATE, start=86400)
    one = use("plain", media, TimeMap(Fraction(0)), frames=40)
    ramp = tuple(1e9 * (1 + at) for at in range(40))
    recipe = recipe_text(Wear(style="lift", stability=Stability(flow=0.5, flow_median=3)))
    known = dict(name="a_010", uses=(one,), key="k", made_of=json.dumps({"source": "x"}), codec="ffv1")
    planned = shot(media, one.offsets, ramp, recipe=recipe, **known)
    book = delivered((planned,), tmp_path / "out")
    shop = workshop((planned,), book.folder)
    outcome, _ = retake(planned, planned, span_of(planned, *span), [], plan_of((planned,)), book, shop)
    assert packets_of(film(outcome.book, 2)) == packets_of(film(outcome.book, 1))
    assert len({*packets_of(film(outcome.book, 1))}) == 40
