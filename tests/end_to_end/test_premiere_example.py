"""A real export, from an editor's Windows machine, rendered here over stand-in media and sent back."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.otio_adapters.xmeml.tree import parse
from support.burnin import write_counter
from support.editor import shown
from support.program import Program
from support.seen import Seen, differences, numbers_of

LENGTHS = {  # frames, as the document says of each file
    "sc01_sh010_anim.mov": 100,
    "sc01_sh020_anim.mov": 157,
    "sc01_sh030_anim.mov": 235,
    "sc01_master_layerA_sh030_temp.mov": 255,
}
NAME = "sc01_sh010_layerA"
TITLE = "a title, generator or adjustment layer: it has no media file"


@dataclass(frozen=True)
class Returned:
    """The document before and after, and what was said on the way."""

    before: bytes
    after: bytes
    err: str
    out: Path


@pytest.fixture(scope="module")
def example(samples: Path) -> Path:
    return samples / "timelines" / "premiere" / "premiere_example.xml"


@pytest.fixture(scope="module")
def returned(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Returned:
    """The example after `render` at weight 0, with D:/media mapped to a folder of this machine."""
    folder = tmp_path_factory.mktemp("example")
    media, cut = folder / "footage", folder / "cut.xml"
    media.mkdir()
    for number, (name, frames) in enumerate(LENGTHS.items(), 1):
        write_counter(media / name, frames, Fraction(30), size=(160, 90), first_number=1000 * number)
    shutil.copy(example, cut)
    words = ("--preset", "exam", "--set", "style_weight=0", "--map", f"D:/media={media}")
    run = Program(folder, folder / "home").run("render", cut, *words, "--out", media / "styled").done()
    after = (media / "styled" / "cut_styled.xml").read_bytes()
    return Returned(cut.read_bytes(), after, run.err, media / "styled")


def test_the_plan_names_the_frames_that_were_counted_by_hand(program, example):
    planned = program.run("plan", example, "--preset", "exam", "--json").done().data
    assert (planned["sequence"], planned["rate"]) == (NAME, "30")
    assert {shot["status"] for shot in planned["shots"]} == {"offline"}
    frames = {
        (use["track"], use["record_in"], use["record_out"]): range(
            shot["first_frame"], shot["first_frame"] + shot["frames"]
        )
        for shot in planned["shots"]
        for use in shot["uses"]
    }
    assert frames == {
        ("V1", 536, 636): range(0, 100),  # counts at 15 in a sequence of 30
        ("V2/V1", 636, 736): range(0, 100),  # in the nest
        ("V2/V1", 736, 956): range(0, 220),
        ("V2", 13, 113): range(0, 100),
        ("V2", 165, 322): range(0, 157),
        ("V2", 322, 557): range(0, 235),  # fades to black: no handle
        ("V4", 956, 1164): range(34, 255),  # left of the dissolve of 25 frames
        ("V4", 1164, 1246): range(0, 100),  # right of it needs 6 … 99, in one shot with V2's use of all
    }
    assert [one["reason"] for one in planned["skipped"]] == [TITLE]
    assert not (example.parent / "premiere_example_stylereel").exists()


def test_every_record_frame_shows_its_number(returned):
    """Through the nest too, as a stranger reads both documents and decodes both media."""
    media = returned.out.parent.as_posix()
    before, after = (
        numbers_of(_here(shown(data, name), media), Fraction(30))
        for data, name in ((returned.before, NAME), (returned.after, f"{NAME} (styled)"))
    )
    assert not differences(before, after)
    per_track = Counter(track for track, _ in before for _ in before[track, _])
    assert per_track == {"V1": 100, "V2": 100 + 157 + 235, "V2/V1": 320, "V4": 208 + 13 + 82 + 12}
    styled = {seen.path for seen in _here(shown(returned.after, f"{NAME} (styled)"), media)}
    assert all(path.startswith(f"{media}/styled/media/exam_0") for path in styled)


def _here(seen: Iterable[Seen], media: str) -> list[Seen]:
    return [replace(one, path=one.path.replace("D:/media", media)) for one in seen]


def test_what_stays_is_reported(returned):
    report = json.loads((returned.out / "report.json").read_text("utf-8"))
    assert [one["reason"] for one in report["skipped"]] == [TITLE]
    assert TITLE in returned.err
    totals = report["totals"]
    assert (totals["relinked_clips"], totals["skipped_clips"], totals["skipped_for"]) == (8, 1, {TITLE: 1})
    nested = [clip for clip in report["clips"] if clip["nests"]]
    assert [clip["track"] for clip in nested] == ["V2/V1", "V2/V1"]


@pytest.mark.parametrize("tag", ["link", "labels", "marker", "transitionitem", "logginginfo", "filter"])
def test_what_the_editor_said_of_a_clip_is_byte_for_byte_what_it_was(returned, tag):
    assert _pieces(returned.after, tag) == _pieces(returned.before, tag)


def test_sound_is_byte_for_byte_what_it_was(returned):
    old, new = (
        [item for item in _pieces(data, "clipitem") if b"premiereChannelType" in item.split(b">")[0]]
        for data in (returned.before, returned.after)
    )
    assert len(old) == len(new) == 16
    for before, after in zip(old, new, strict=True):
        assert _stubs_again(before, after, returned) == before
        assert _reached(returned.before, before) == _reached(returned.after, after)


def test_only_what_had_to_change_changed(returned):
    before, after = (_without_files(data).splitlines() for data in (returned.before, returned.after))
    assert len(before) == len(after)
    changed = [old.strip() for old, new in zip(before, after, strict=True) if old != new]
    tags = [re.match(rb"<(\w+)>", line)[1].decode() for line in changed]
    assert (tags.count("uuid"), tags.count("name")) == (1, 2) and tags.count("masterclipid") == 8
    clock = {"in", "out", "pproTicksIn", "pproTicksOut"}
    assert set(tags) <= {"uuid", "name", "masterclipid", "duration", *clock}


def _without_files(data: bytes) -> bytes:
    return re.sub(rb"<file id=\"[^\"]*\"(/>|>.*?</file>)", b"FILE", data, flags=re.DOTALL)


def _pieces(data: bytes, tag: str) -> list[bytes]:
    return [data[each.start : each.end] for each in parse(Path(), data).root.walk() if each.tag == tag]


def _items(data: bytes) -> dict[bytes, bytes]:
    return {_id(item): item for item in _pieces(data, "clipitem")}


def _stubs_again(old: bytes, new: bytes, returned: Returned) -> bytes:
    """`new` with the bodies taken out that had stood in a styled clip, where `old` has their stubs."""
    bodies = set(_pieces(returned.before, "file"))
    pairs = zip(*(_pieces(b"<x>" + item + b"</x>", "file") for item in (old, new)), strict=True)
    for stub, body in pairs:
        if stub != body:
            assert stub.endswith(b"/>") and body in bodies
            new = new.replace(body, stub)
    return new


def _reached(data: bytes, item: bytes) -> list[bytes]:
    """The URLs that a clip's file elements lead to within its document."""
    bodies = [body for body in _pieces(data, "file") if b"<pathurl>" in body]
    urls = {_id(body): re.search(rb"<pathurl>(.*?)<", body)[1] for body in bodies}
    return [urls[_id(each)] for each in _pieces(b"<x>" + item + b"</x>", "file")]


def _id(element: bytes) -> bytes:
    return re.search(rb'id="([^"]*)"', element)[1]
