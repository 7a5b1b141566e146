"""Real exports: the frames that were counted by hand in them, and never a crash on any of them."""

import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.core.cut import Transition
from stylereel.core.errors import TimelineError
from stylereel.core.exchange import Reading
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.xmeml import read as xmeml_read
from stylereel.otio_adapters.xmeml.tree import parse
from support.cuts import saved, stand_ins


@pytest.fixture
def example(samples):
    return samples / "timelines" / "premiere" / "premiere_example.xml"


def test_the_frames_counted_in_premiere_example(example):
    cut = timelines.read_cut(example)
    uses = {use.id: use for use in cut.uses}
    left, right, faded = uses["clipitem-11"], uses["clipitem-12"], uses["clipitem-4"]
    joint = Transition("dissolve", 12, 13)
    assert (left.tail, right.head) == (joint, joint)
    assert (left.record.stop, right.record.first) == (1164, 1164)
    assert left.media_frames == FrameRange(34, 255)
    assert right.media_frames == FrameRange(6, 100)
    assert faded.record == FrameRange(322, 557)
    assert faded.media_frames == FrameRange(0, 235)
    assert (faded.head, faded.tail) == (None, Transition("fade", 19, 0))
    assert faded.media.editor_path == "D:/media/sc01_sh030_anim.mov"
    assert [marker.span for marker in faded.markers] == [FrameRange(73, 73)]


def test_every_nest_of_premiere_example_resolves(example):
    """Its sequence is used three times: once on V2, twice for its sound on audio tracks."""
    uses = [use for use in timelines.read_cut(example).uses if use.nests]
    assert [(use.id, use.track, use.record, use.media_frames) for use in uses] == [
        ("clipitem-5/clipitem-6", "V2/V1", FrameRange(636, 736), FrameRange(0, 100)),
        ("clipitem-5/clipitem-7", "V2/V1", FrameRange(736, 956), FrameRange(0, 220)),
    ]
    assert {use.nests for use in uses} == {("sc01_sh010_anim",)}
    document = xmeml_read.load(example, example.read_bytes())
    bodies = xmeml_read.bodies_of(document)
    items = [item for item in document.root.walk() if item.tag == "clipitem" and item.find("sequence")]
    nested = [xmeml_read.nested_body(item, bodies) for item in items]
    assert len(items) == 3 and {body.value("name") for body in nested} == {"sc01_sh010_anim"}


def test_the_15_fps_clip_of_premiere_example_needs_a_hundred_frames(example):
    (use,) = (use for use in timelines.read_cut(example).uses if use.id == "clipitem-1")
    assert use.record == FrameRange(536, 636)
    assert [use.time.frame(offset) for offset in range(100)] == list(range(100))


def test_what_is_passed_by_in_premiere_example(example):
    cut = timelines.read_cut(example)
    assert (cut.rate, cut.frames) == (Fraction(30), 1246)
    assert [(skipped.record, skipped.reason) for skipped in cut.skipped] == [
        (FrameRange(15, 956), "a title, generator or adjustment layer: it has no media file"),
    ]
    assert not cut.notes
    assert [(marker.name, marker.comment, marker.span.first) for marker in cut.markers] == [
        ("My MArker 1", "so, this happened", 113),
        ("dsf", "fsfsfs", 492),
        ("", "", 298),
    ]


XMEML = (
    "premiere/premiere_example.xml",
    "premiere/premiere_enable_property.xml",
    "premiere/premiere_generators.xml",
    "premiere/speed_and_vfr_192_clips.xml",
    "premiere/blue_frame_5_to_25.xml",
    "other_xml/hiero_xml_export.xml",
    "other_xml/auto_editor_empty_duration.xml",
)


@pytest.mark.parametrize("name", XMEML)
def test_no_clip_is_lost_in_silence(samples, name):
    """Counted apart from our reader: clips that are on and have a path are uses, all others have a reason."""
    path = samples / "timelines" / name
    cut = timelines.read_cut(path)
    root = ElementTree.parse(path).getroot()
    files = {file.get("id"): file for file in root.iter("file") if len(file)}
    bodies = {body.get("id"): body for body in root.iter("sequence") if len(body)}
    (top,) = (body for body in bodies.values() if body.findtext("name") == cut.sequence)
    items = list(_items(top, bodies))
    shown = [item for item, on in items if on and _has_path(item, files)]
    assert len(shown) == len(cut.uses) and len(items) == len(cut.uses) + len(cut.skipped)
    assert all(one.reason for one in cut.skipped)


def _items(sequence, bodies, on=True):
    """Every clip of a sequence and of its nests, which the real files show whole, and whether it is on."""
    for track in sequence.iterfind("media/video/track"):
        lit = on and track.findtext("enabled") != "FALSE"
        for item in track:
            if item.tag not in ("clipitem", "generatoritem"):
                continue
            here = lit and item.findtext("enabled") != "FALSE"
            nest = item.find("sequence")
            yield from [(item, here)] if nest is None else _items(bodies[nest.get("id")], bodies, here)


def _has_path(item, files):
    file = item.find("file")
    return file is not None and bool(files[file.get("id")].findtext("pathurl"))


@pytest.mark.parametrize("full", [False, True], ids=["trim", "full"])
def test_only_what_had_to_change_changed_in_premiere_example(example, full):
    """Outside of `<file>` and the lines named here, every line is the editor's own."""
    cut = timelines.read_cut(example)
    written = timelines.relink(cut, stand_ins(cut, slack=2, full=full))
    timelines.check_relink(cut, stand_ins(cut, slack=2, full=full), written)
    before, after = (_without_files(data).splitlines() for data in (example.read_bytes(), written))
    assert len(before) == len(after)
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
    tags = [re.match(r"<(\w+)>", old.decode())[1] for old, _ in changed]
    items = len(cut.uses)
    names = [new for old, new in changed if b"<name>" in old]
    assert tags.count("uuid") == 1 and tags.count("name") == 2  # Premiere gave the nest no uuid
    assert names[0] == b"<name>sc01_sh010_layerA (styled)</name>"
    assert names[1] == b"<name>sc01_sh010_anim (styled)</name>"
    assert tags.count("masterclipid") == items
    clock = {"in", "out", "pproTicksIn", "pproTicksOut"}
    assert set(tags) - {"uuid", "name", "masterclipid", "duration"} == (set() if full else clock)


def _without_files(data):
    """The document with every file element replaced by a word: what is in them is tested elsewhere."""
    return re.sub(rb"<file id=\"[^\"]*\"(/>|>.*?</file>)", b"FILE", data, flags=re.DOTALL)


def test_links_labels_markers_and_audio_of_premiere_example_are_byte_identical(example):
    cut = timelines.read_cut(example)
    data, written = example.read_bytes(), timelines.relink(cut, stand_ins(cut))
    counts = {"link": 57, "labels": 27, "marker": 5, "transitionitem": 2, "logginginfo": 23}
    for tag, count in counts.items():
        pieces = _pieces(data, tag)
        assert len(pieces) == count and _pieces(written, tag) == pieces
    audio, again = _audio(data), _audio(written)
    bodies = _pieces(data, "file")
    assert len(audio) == len(again) == 16
    for old, new in zip(audio, again, strict=True):
        if old != new:  # a stub that received a body which stood in a styled clip
            (stub,), (body,) = _pieces(old, "file"), _pieces(new, "file")
            assert stub.endswith(b"/>") and body in bodies
            assert new.replace(body, stub) == old


def _audio(data):
    items = _pieces(data, "clipitem")
    return [item for item in items if b"premiereChannelType" in item.split(b">")[0]]


def _pieces(data, tag):
    return [data[e.start : e.end] for e in parse(None, data).root.walk() if e.tag == tag]


def test_every_clip_of_premiere_example_goes_to_its_styled_media(example):
    cut = timelines.read_cut(example)
    written = timelines.relink(cut, stand_ins(cut))
    before, after = (_media_by_clip(data) for data in (example.read_bytes(), written))
    styled = {use.id.rpartition("/")[2]: use.id.replace("/", "_") for use in cut.uses}
    assert before.keys() == after.keys() and len(before) == 26
    for clip, url in before.items():
        new = f"file://localhost/C%3a/styled/{styled.get(clip)}%20é.mov"
        assert after[clip] == (new if clip in styled else url)


def _media_by_clip(data):
    root = ElementTree.fromstring(data)
    urls = {f.get("id"): f.findtext("pathurl") for f in root.iter("file") if len(f)}
    items = [item for item in root.iter("clipitem") if item.find("file") is not None]
    found = {item.get("id"): urls[item.find("file").get("id")] for item in items}
    return {**{item.get("id"): None for item in root.iter("clipitem")}, **found}


def test_a_known_truth_survives_with_its_bom(samples):
    path = samples / "timelines" / "premiere" / "blue_frame_5_to_25.xml"
    cut = timelines.read_cut(path)
    (use,) = cut.uses
    assert use.media_frames == FrameRange(5, 25) and use.label == "Violet"
    written = timelines.relink(cut, stand_ins(cut))
    assert written.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n')


def test_speed_and_odd_rates_are_read(samples):
    cut = timelines.read_cut(samples / "timelines" / "premiere" / "speed_and_vfr_192_clips.xml")
    assert len(cut.uses) == 64 and not cut.skipped and not cut.notes
    (fast,) = [use for use in cut.uses if use.record == FrameRange(2953, 3111)]
    assert fast.media_frames == FrameRange(100, 886)
    assert [fast.time.frame(offset) for offset in (0, 1, 157)] == [100, 105, 885]
    assert all(use.time.step == 1 for use in cut.uses if use is not fast)
    assert {use.media.plays for use in cut.uses} == {Fraction(25), Fraction(30), None}


def test_disabled_and_generated_clips_are_passed_by(samples):
    cut = timelines.read_cut(samples / "timelines" / "premiere" / "premiere_enable_property.xml")
    assert len(cut.uses) == 3 and {skipped.reason.split(":")[0] for skipped in cut.skipped} == {"disabled"}
    assert {(use.media.editor_path, use.media.start) for use in cut.uses} == {
        ("/source.mp4", 353),
        ("/source.mp4", 434),
        ("/source3.mp4", 530),
    }
    cut = timelines.read_cut(samples / "timelines" / "premiere" / "premiere_generators.xml")
    assert not cut.uses and len(cut.skipped) == 6


def test_other_tools_write_it_differently(samples):
    folder = samples / "timelines" / "other_xml"
    (hiero,) = timelines.read_cut(folder / "hiero_xml_export.xml").uses
    assert (hiero.record, hiero.media_frames) == (FrameRange(14, 1069), FrameRange(0, 1055))
    assert (hiero.media.start, hiero.id) == (1101071, "V1/1")
    cut = timelines.read_cut(folder / "auto_editor_empty_duration.xml")
    assert len(cut.uses) == 135 and cut.uses[0].media.frames is None
    with pytest.raises(TimelineError, match="no video"):
        timelines.read_cut(folder / "sample_just_track.xml")


def test_a_schema_that_cannot_be_read_is_named(samples):
    with pytest.raises(TimelineError, match="unsupported schema") as caught:
        timelines.read_cut(samples / "timelines" / "otio" / "screening_example.otio")
    assert caught.value.code == "E-SCHEMA"


def test_every_real_timeline_is_read_and_relinked_or_refused(samples, tmp_path):
    counts = {"read": 0, "refused": 0}
    reading = Reading(rate=Fraction(24))
    for path in sorted((samples / "timelines").glob("*/*.*")):
        try:
            cut = timelines.read_cut(path, reading=reading)
        except TimelineError:
            counts["refused"] += 1
            continue
        styled = stand_ins(cut, slack=3)
        written = timelines.relink(cut, styled)
        timelines.check_relink(cut, styled, written)
        timelines.check_relink(cut, styled, saved(tmp_path, written, f"out{timelines.output_suffix(path)}"))
        counts["read"] += 1
    assert counts == {"read": 29, "refused": 2}


def test_a_relinked_timeline_can_be_relinked_again(example, tmp_path):
    cut = timelines.read_cut(example)
    path = saved(tmp_path, timelines.relink(cut, stand_ins(cut, slack=4)))
    again = timelines.read_cut(path)
    styled = stand_ins(again)
    timelines.check_relink(again, styled, timelines.relink(again, styled))
