"""Real exports: the frames that were counted by hand in them, and never a crash on any of them."""

import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.core.cut import Transition
from stylereel.core.errors import NotBuiltError, TimelineError
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.xmltree import parse
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


def test_what_is_passed_by_in_premiere_example(example):
    cut = timelines.read_cut(example)
    assert (cut.rate, cut.frames) == (Fraction(30), 1246)
    assert [(skipped.record, skipped.reason) for skipped in cut.skipped] == [
        (FrameRange(536, 636), "unsupported: the clip runs at 15 in a sequence at 30"),
        (FrameRange(636, 956), "unsupported: a nested sequence"),
        (FrameRange(15, 956), "a title, generator or adjustment layer: it has no media file"),
    ]
    assert [(marker.name, marker.comment, marker.span.first) for marker in cut.markers] == [
        ("My MArker 1", "so, this happened", 113),
        ("dsf", "fsfsfs", 492),
        ("", "", 298),
    ]


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
    assert tags[:2] == ["uuid", "name"] and tags.count("uuid") == tags.count("name") == 1
    assert changed[1][1] == b"<name>sc01_sh010_layerA (styled)</name>"
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


def test_the_nest_and_the_15_fps_clip_of_premiere_example_stay_on_their_originals(example):
    cut = timelines.read_cut(example)
    written = timelines.relink(cut, stand_ins(cut))
    before, after = (_media_by_clip(data) for data in (example.read_bytes(), written))
    styled = {use.id for use in cut.uses}
    assert before.keys() == after.keys() and len(before) == 26
    for clip, url in before.items():
        assert after[clip] == (f"file://localhost/C%3a/styled/{clip}%20é.mov" if clip in styled else url)


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


def test_speed_and_odd_rates_are_all_passed_by(samples):
    cut = timelines.read_cut(samples / "timelines" / "premiere" / "speed_and_vfr_192_clips.xml")
    assert not cut.uses and len(cut.skipped) == 64
    assert all(skipped.reason.startswith("unsupported: ") for skipped in cut.skipped)
    (fast,) = [skipped for skipped in cut.skipped if skipped.record == FrameRange(2953, 3111)]
    assert fast.reason == "unsupported: a speed change"


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
    counts = {"read": 0, "refused": 0, "planned": 0}
    for path in sorted((samples / "timelines").glob("*/*.*")):
        try:
            cut = timelines.read_cut(path)
        except NotBuiltError:
            counts["planned"] += 1
            continue
        except TimelineError:
            counts["refused"] += 1
            continue
        styled = stand_ins(cut, slack=3)
        written = timelines.relink(cut, styled)
        timelines.check_relink(cut, styled, written)
        timelines.check_relink(cut, styled, saved(tmp_path, written, f"out{path.suffix}"))
        assert timelines.output_suffix(path) == path.suffix
        counts["read"] += 1
    assert counts == {"read": 19, "refused": 2, "planned": 10}


def test_a_relinked_timeline_can_be_relinked_again(example, tmp_path):
    cut = timelines.read_cut(example)
    path = saved(tmp_path, timelines.relink(cut, stand_ins(cut, slack=4)))
    again = timelines.read_cut(path)
    styled = stand_ins(again)
    timelines.check_relink(again, styled, timelines.relink(again, styled))
