"""Shots that hardware encodes: asked for and planned, delivered, told where it fails; hardware is played."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.cut import Shot
from stylereel.core.deliver import render_shots
from stylereel.core.events import Doubted
from stylereel.core.media.formats import FORMATS, Hardware
from stylereel.core.media.hardware import working_hardware
from stylereel.core.rates import FrameRange
from stylereel.core.retake import retake
from stylereel.core.shotbook import Book, read_book
from stylereel.core.timemap import TimeMap
from support.burnin import write_counter
from support.lifter import Lifter, ref, shot
from support.pictures import frames_of, number_in, packets_of
from support.program import Program
from support.small_film import write_small_film
from support.workshop import plan_of, use, workshop

RATE = Fraction(24000, 1001)
PLAYED = Hardware("libx264", "nv12", (("crf", "12"), ("preset", "ultrafast"), ("bf", "0")))
BROKEN = Hardware("libx264", "nv12", (("preset", "nonsense"),))


@pytest.fixture
def asked(tmp_path: Path) -> Shot:
    """A shot that hardware is to encode."""
    clip = write_counter(tmp_path / "c.mov", 30, RATE, size=(192, 108), matrix="bt709")
    media = ref(clip, RATE, start=86400)
    one = use("plain", media, TimeMap(Fraction(0)))
    known = dict(uses=(one,), made_of=json.dumps({"source": "x"}), codec="h264", hardware=True)
    return shot(media, FrameRange(0, 30), (1e9,) * 30, key="hard", **known)


def play(monkeypatch, *ways: Hardware) -> None:
    monkeypatch.setitem(FORMATS, "h264", replace(FORMATS["h264"], hardware=ways))


def rendered(wanted: Shot, out: Path, painter: Lifter) -> tuple[Book, list[str]]:
    """The book, and what was doubted."""
    events = []
    shop = replace(workshop((wanted,), out, painter), tell=events.append)
    book = render_shots((wanted,), plan_of((wanted,)), read_book(out), shop).book
    return book, [event.doubt for event in events if isinstance(event, Doubted)]


def newest(book: Book) -> Path:
    return book.path(book.latest("a_010"))


def test_hardware_encodes_what_the_processor_has_painted(asked, tmp_path, monkeypatch):
    play(monkeypatch, PLAYED)
    out, painter = tmp_path / "out", Lifter()
    book, doubts = rendered(asked, out, painter)
    assert doubts == [] and len(painter.seen) == 30
    hard = newest(book)
    book, _ = rendered(replace(asked, hardware=False, key="soft"), out, painter)
    assert len(painter.seen) == 30, "nothing is painted again for another encoder"
    assert packets_of(newest(book)) != packets_of(hard)
    assert [number_in(frame) for frame in frames_of(hard)] == [*range(30)]


def test_some_frames_again_by_hardware(asked, tmp_path, monkeypatch):
    play(monkeypatch, PLAYED)
    out, painter = tmp_path / "out", Lifter()
    book, _ = rendered(asked, out, painter)
    wanted = replace(asked, weights=(2e10,) * 30)
    shop = workshop((asked,), out, painter)
    outcome, _ = retake(asked, wanted, FrameRange(5, 9), [], plan_of((asked,)), book, shop)
    assert painter.seen[30:] == [2e10] * 4
    assert [number_in(frame) for frame in frames_of(newest(outcome.book))] == [*range(30)]


def test_hardware_that_fails_is_told_and_the_film_is_there(asked, tmp_path, monkeypatch):
    play(monkeypatch, BROKEN)
    book, doubts = rendered(asked, tmp_path / "out", Lifter())
    assert doubts == ["no hardware of this machine could encode it; the processor did"]
    film = packets_of(newest(book))
    book, doubts = rendered(replace(asked, hardware=False, key="soft"), tmp_path / "out", Lifter())
    assert packets_of(newest(book)) == film and doubts == []


def test_a_plan_says_what_hardware_does_not_do(tmp_path):
    program, cut = Program(tmp_path, tmp_path / "home"), write_small_film(tmp_path).cut

    def planned(*words: str) -> tuple[set[str], list[str]]:
        data = program.run("plan", cut, "--preset", "exam", "--json", *words).done().data
        told = [note["message"] for note in data["warnings"] if note["code"] == "W-HARDWARE"]
        return {one["status"] for one in data["shots"]}, told

    assert planned()[1] == planned("--codec", "h264")[1] == []
    assert planned("--hardware")[1] == [
        "ProRes 422 HQ is encoded by the processor: no hardware is used for it"
    ]
    absent = ["no hardware of this machine encodes H.264: the processor does"]
    assert planned("--codec", "h264", "--hardware")[1] == (
        [] if working_hardware(FORMATS["h264"]) else absent
    )
    words = ("--preset", "exam", "--set", "style_weight=0", "--codec", "h264")
    (tmp_path / "film.toml").write_text("[output]\nhardware = true\n")
    ran = program.run("render", cut, *words).done()
    assert working_hardware(FORMATS["h264"]) or "no hardware of this machine" in ran.err
    weightless = ("--set", "style_weight=0", "--codec", "h264")
    assert planned(*weightless)[0] == {"cached"}
    assert planned(*weightless, "--no-hardware") == ({"changed"}, [])
    program.run("verify", tmp_path / "cut_stylereel").done()


def test_doctor_has_tried_it(tmp_path):
    ran = Program(tmp_path, tmp_path / "home").run("doctor")
    for codec in ("h264", "hevc"):
        way = working_hardware(FORMATS[codec])
        (line,) = (line for line in ran.out.splitlines() if f"hardware {codec}" in line)
        assert (way.encoder if way else "none works on this machine") in line
