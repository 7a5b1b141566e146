"""The editor goes on cutting on the styled timeline: what is new comes from the sources, frame for frame."""

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

import av
import pytest
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support import editor, hard_cuts
from support.conformance import rendered
from support.program import Program
from support.seen import Position, Seen, differences, numbers_of

RATE = Fraction(25)
_TICKS = 254_016_000_000 // RATE


@pytest.fixture(scope="module")
def styled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A timeline on styled media that is barely longer than what is seen of it."""
    folder = tmp_path_factory.mktemp("cut")
    footage = hard_cuts.Footage(folder)
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    ntsc = footage.movie(3, Fraction(24000, 1001))
    factor = RATE / ntsc.rate
    clips = (
        Clip(first, 60, 0, 30),
        Clip(second, 90, 30, 60),
        Clip(first, 150, 60, 90, speed=2),
        Clip(second, 200, 90, 120, speed=-1),
        Clip(ntsc, 40 * factor, 120, 150),
    )
    path = folder / "cut.xml"
    sequence = Sequence("Cut", RATE, (Track(clips, (Blend(90, 4, 4),)),), *hard_cuts.SIZE)
    path.write_bytes(premiere_xml(sequence))
    return rendered(path, "--handles", "0", "--media", "trim")


def test_longer_clips_and_new_dissolves_get_their_frames_from_the_sources(styled, tmp_path):
    again = tmp_path / "again.xml"
    again.write_bytes(_edited(styled.read_bytes()))
    name = "Cut (styled)"
    wanted = list(_at_the_sources(editor.shown(again.read_bytes(), name)))
    assert min(seen.position.seconds for seen in wanted) >= 0
    before = list(editor.shown(styled.read_bytes(), name))
    assert len(wanted) == len(before) + 8 + 10, "a longer dissolve, a new one"
    second = rendered(again, "--handles", "0")
    after = list(editor.shown(second.read_bytes(), name))
    truth = numbers_of(wanted, RATE)
    assert not differences(truth, numbers_of(after, RATE))
    assert {Path(seen.path).parent for seen in after} == {second.parent / "media"}
    for path in {seen.path for seen in after}:
        assert "stylereel" not in _tag(path)["media"], "a source, not styled media"


def test_what_was_not_cut_again_is_not_rendered_again(styled, tmp_path):
    again = tmp_path / "again.xml"
    again.write_bytes(styled.read_bytes())
    report = rendered(again, "--handles", "0", "--out", styled.parent).with_name("report.json")
    shots = json.loads(report.read_text("utf-8"))["shots"]
    assert len(shots) == 5 and {shot["status"] for shot in shots} == {"cached"}


def test_ramps_are_not_lost_where_they_cannot_be_live_any_more(styled):
    """There are no originals under the styled clips, over which opacity could fade."""
    program = Program(styled.parent, styled.parent / "home")
    ramped = ("--preset", "exam", "--set", "ramp.in=10f", "--delivery", "live", "--json")
    shots = program.run("plan", styled, *ramped).done().data["shots"]
    assert min(shots[0]["weights"]) == 0 < max(shots[0]["weights"])


def _edited(document: bytes) -> bytes:
    """The document as another export would have it after more cutting: other ids, other edges."""
    text = re.sub(r"\b(clipitem|file|masterclip)-(\d+)", r"\1-9\2", document.decode("utf-8-sig"))
    root = ElementTree.fromstring(text.encode())
    (track,) = (each for each in root.iter("track") if each.find("clipitem") is not None)
    first, second, third, join, fourth, fifth = (
        each for each in track if each.tag in ("clipitem", "transitionitem")
    )
    _roll(first, second, 5)  # the first ends five frames later, the second begins so much later
    _longer(join, third, fourth, 4)  # the dissolve is four frames longer on both sides
    dissolve = ElementTree.fromstring(ElementTree.tostring(join))
    _set(dissolve, start=115, end=125, cutPointTicks=5 * _TICKS)
    track.insert(list(track).index(fifth), dissolve)
    _open(fourth, 5, "end")
    _open(fifth, 5, "start")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n' + ElementTree.tostring(root)


def _roll(left: Element, right: Element, frames: int) -> None:
    _add(left, frames, "end", "out")
    _add(left, frames * _TICKS, "pproTicksOut")
    _add(right, frames, "start", "in")
    _add(right, frames * _TICKS, "pproTicksIn")


def _longer(join: Element, left: Element, right: Element, frames: int) -> None:
    _add(join, -frames, "start")
    _add(join, frames, "end")
    _add(join, frames * _TICKS, "cutPointTicks")
    _add(left, frames, "out")
    _add(right, -frames, "in")


def _open(item: Element, frames: int, edge: str) -> None:
    """Lets a dissolve stand at one end of a clip, which reaches so many frames under it."""
    item.find(edge).text = "-1"
    _add(item, frames if edge == "end" else -frames, "out" if edge == "end" else "in")
    _add(
        item,
        (frames if edge == "end" else -frames) * _TICKS,
        "pproTicksOut" if edge == "end" else "pproTicksIn",
    )


def _add(item: Element, amount: int | Fraction, *tags: str) -> None:
    for tag in tags:
        item.find(tag).text = str(int(item.findtext(tag)) + int(amount))


def _set(item: Element, **values: int | Fraction) -> None:
    for tag, value in values.items():
        item.find(tag).text = str(int(value))


def _tag(path: str) -> dict:
    with av.open(path) as container:
        return json.loads(container.metadata["com.stylereel.source"])


def _at_the_sources(seen: Iterator[Seen]) -> Iterator[Seen]:
    """What is seen of styled media, as positions in the sources that their tags name."""
    for one in seen:
        tag = _tag(one.path)
        moved = one.position.seconds + tag["first_frame"] / Fraction(tag["rate"])
        yield replace(one, path=tag["media"], position=Position(moved, one.position.behind))
