"""A relinked document shows the same frames at the same places, and differs only where it must."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from difflib import SequenceMatcher
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stylereel.core.cut import Marker
from stylereel.core.errors import TimelineError, VerifyError
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from stylereel.otio_adapters.xmeml.check import dangling
from stylereel.otio_adapters.xmeml.tree import parse
from support.cuts import saved, sequences, source, stand_in, stand_ins

RATE = Fraction(25)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(sequence=sequences(), data=st.data())
def test_every_record_frame_shows_the_source_frame_it_showed(tmp_path, sequence, data):
    path = saved(tmp_path, premiere_xml(sequence, bom=data.draw(st.booleans())))
    cut = timelines.read_cut(path)
    chosen = data.draw(st.sets(st.sampled_from([use.id for use in cut.uses])))
    styled = {
        use.id: stand_in(use, data.draw(st.integers(0, 12)), full=data.draw(st.booleans()))
        for use in cut.uses
        if use.id in chosen
    }
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    again = timelines.read_cut(saved(tmp_path, written, "again.xml"))
    assert again.sequence == cut.sequence + " (styled)"
    assert not again.notes, "ticks and in agree"
    for old, new in zip(cut.uses, again.uses, strict=True):
        shift = styled[old.id].first_frame if old.id in styled else 0
        assert (new.id, new.record, new.head, new.tail) == (old.id, old.record, old.head, old.tail)
        for offset in range(old.offsets.first, old.offsets.stop):
            assert new.time.frame(offset) + shift == old.time.frame(offset)
        if old.id in styled:
            assert new.media.editor_path == styled[old.id].editor_path
            assert new.media.start == styled[old.id].start
            assert new.media_frames.stop <= styled[old.id].frames


@quick
@given(sequence=sequences(), data=st.data())
def test_audio_links_and_labels_stay_byte_for_byte(tmp_path, sequence, data):
    path = saved(tmp_path, premiere_xml(sequence))
    cut = timelines.read_cut(path)
    written = timelines.relink(cut, stand_ins(cut, data.draw(st.integers(0, 5))))
    for tag in ("link", "labels", "transitionitem", "logginginfo"):
        assert pieces(written, tag) == pieces(path.read_bytes(), tag)
    assert audio(written) == audio(path.read_bytes())
    document = parse(path, written)
    assert not dangling(document)


def pieces(data, tag):
    return [data[e.start : e.end] for e in parse(None, data).root.walk() if e.tag == tag]


def audio(data):
    """The audio clip items, with the file they name instead of its stub or body."""
    found = []
    for element in parse(None, data).root.walk():
        if element.tag == "clipitem" and "premiereChannelType" in element.attributes:
            file = element.find("file")
            around = data[element.start : file.start], data[file.end : element.end]
            found.append((*around, file.attributes["id"]))
    return found


def test_only_what_had_to_change_changed(tmp_path):
    stereo, mute = source(1), source(2)
    marks = (Marker("note", "", FrameRange(103, 103), "cyan"),)
    clips = (Clip(stereo, 100, 0, 50, markers=marks), Clip(mute, 300, 50, 90), Clip(stereo, 500, 90, 120))
    sequence = Sequence("One", RATE, (Track(clips, (Blend(50, 5, 7),)),))
    path = saved(tmp_path, premiere_xml(sequence))
    cut = timelines.read_cut(path)
    first = cut.uses[0]
    written = timelines.relink(cut, {first.id: stand_in(first, slack=2)})
    before, after = path.read_text().splitlines(), written.decode().splitlines()
    changed = [
        (before[a:b], after[c:d])
        for op, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if op != "equal"
    ]
    gone = [line.strip() for old, _ in changed for line in old]
    assert gone[:2] == [next(line.strip() for line in before if "uuid" in line), "<name>One</name>"]
    assert "<masterclipid>masterclip-1</masterclipid>" in gone and "<in>100</in>" in gone
    touched = {line.split(">")[0].split(" ")[0].strip("</") for line in gone}
    allowed = (
        "uuid name masterclipid duration in out pproTicksIn pproTicksOut file pathurl string frame audio "
    )
    allowed += "samplecharacteristics depth samplerate channelcount"
    assert touched <= set(allowed.split())
    body = pieces(path.read_bytes(), "file")[0]
    assert pieces(path.read_bytes(), "file").count(body) == 1
    moved = [piece for piece in pieces(written, "file") if piece == body]
    assert len(moved) == 1, "the original's body moved, byte for byte, to the audio that still uses it"
    texts = partial(map, lambda e: (e.findtext("in"), e.findtext("out")))
    item = ElementTree.fromstring(written).find(".//clipitem")
    assert list(texts([item])) == [("2", "59")]
    assert list(texts(item.findall("marker"))) == [("5", "-1")]


def test_nothing_styled_changes_only_the_name_and_the_uuid(tmp_path):
    path = saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track((Clip(source(), 9, 0, 50),)),))))
    written = timelines.relink(timelines.read_cut(path), {})
    pairs = zip(path.read_text().splitlines(), written.decode().splitlines(), strict=True)
    assert [old.split(">")[0].strip() for old, new in pairs if old != new] == ["<uuid", "<name"]


def test_full_media_moves_no_in_out_ticks_or_marker(tmp_path):
    marks = (Marker("note", "", FrameRange(103, 103)),)
    path = saved(
        tmp_path, premiere_xml(Sequence("One", RATE, (Track((Clip(source(2), 100, 0, 50, markers=marks),)),)))
    )
    cut = timelines.read_cut(path)
    written = timelines.relink(cut, stand_ins(cut, full=True))
    for tag in ("in", "out", "pproTicksIn", "pproTicksOut", "marker", "duration"):
        assert pieces(written, tag) == pieces(path.read_bytes(), tag)


def test_one_source_in_two_styles_gets_two_masterclips_and_one_style_one(tmp_path):
    clips = tuple(Clip(source(2), 100 * n, 50 * n, 50 * n + 50) for n in range(3))
    path = saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track(clips),))))
    cut = timelines.read_cut(path)
    a, b = stand_in(cut.uses[0], full=True), stand_in(cut.uses[1], full=True)
    written = timelines.relink(cut, dict(zip([use.id for use in cut.uses], (a, b, a), strict=True)))
    items = ElementTree.fromstring(written).findall(".//clipitem")
    masters = [item.findtext("masterclipid") for item in items]
    files = [item.find("file") for item in items]
    assert masters[0] == masters[2] != masters[1] and "masterclip-1" not in masters
    assert [file.get("id") for file in files] == ["file-2", "file-3", "file-2"]
    assert [len(file) > 0 for file in files] == [True, True, False]
    assert b'<file id="file-2"/>' in written


def test_keyframes_move_with_the_clock_and_lost_markers_go(tmp_path):
    spans = (FrameRange(20, 20), FrameRange(90, 110), FrameRange(140, 400), FrameRange(900, 900))
    clip = Clip(source(2), 100, 0, 50, markers=tuple(Marker(str(span.first), "", span) for span in spans))
    data = premiere_xml(Sequence("One", RATE, (Track((clip,)),)))
    motion = b"<filter><effect><effectid>basic</effectid><parameter><keyframe><when>110</when>"
    motion += b"<value>3</value></keyframe></parameter></effect></filter><labels>"
    cut = timelines.read_cut(saved(tmp_path, data.replace(b"<labels>", motion, 1)))
    root = ElementTree.fromstring(timelines.relink(cut, stand_ins(cut)))
    assert root.findtext(".//when") == "10"
    found = [(m.findtext("name"), m.findtext("in"), m.findtext("out")) for m in root.iter("marker")]
    assert found == [("90", "0", "10"), ("140", "40", "50")]


def test_only_the_chosen_sequence_is_patched_and_bodies_move_to_the_others(tmp_path):
    tracks = (Track((Clip(source(2), 100, 0, 50),)),)
    path = saved(tmp_path, premiere_xml(*(Sequence(name, RATE, tracks) for name in ("A", "B"))))
    cut = timelines.read_cut(path, "A")
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    out = saved(tmp_path, written, "out.xml")
    assert timelines.sequences(out) == ["A (styled)", "B"]
    before, after = timelines.read_cut(path, "B"), timelines.read_cut(out, "B")
    assert after.uses == before.uses


def test_a_styled_sequence_never_takes_the_name_of_another(tmp_path):
    tracks = (Track((Clip(source(2), 100, 0, 50),)),)
    names = ("A", "A (styled)", "A (styled 2)")
    path = saved(tmp_path, premiere_xml(*(Sequence(name, RATE, tracks) for name in names)))
    cut = timelines.read_cut(path, "A")
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    out = saved(tmp_path, written, "out.xml")
    assert timelines.sequences(out) == ["A (styled 3)", "A (styled)", "A (styled 2)"]


def test_line_ends_indentation_and_stub_style_follow_the_document(tmp_path):
    clips = (Clip(source(2), 100, 0, 50), Clip(source(2), 300, 50, 90))
    data = premiere_xml(Sequence("One", RATE, (Track(clips),)), bom=True)
    data = data.replace(b"\t", b"  ").replace(b"\n", b"\r\n").replace(b'"/>', b'" />')
    cut = timelines.read_cut(saved(tmp_path, data))
    media = stand_in(cut.uses[0], full=True)
    written = timelines.relink(cut, {use.id: media for use in cut.uses})
    assert written.startswith(b"\xef\xbb\xbf<?xml") and b"\t" not in written
    assert written.count(b"\n") == written.count(b"\r\n")
    assert b'<file id="file-2" />' in written
    line = next(line for line in written.split(b"\r\n") if b"styled/" in line)
    assert line.startswith(b"  " * 7 + b"<pathurl>file://localhost/C%3a/styled/")


def test_a_document_that_changed_meanwhile_is_not_patched(tmp_path):
    path = saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track((Clip(source(2), 9, 0, 50),)),))))
    cut = timelines.read_cut(path)
    path.write_bytes(path.read_bytes().replace(b"<end>50<", b"<end>40<"))
    with pytest.raises(TimelineError, match="changed since"):
        timelines.relink(cut, stand_ins(cut))
    with pytest.raises(TimelineError, match="no clip 'nobody'"):
        timelines.relink(cut, {"nobody": stand_in(cut.uses[0])})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<in>2</in>", b"<in>3</in>"),
        (b"<end>50</end>", b"<end>49</end>"),
        (b"<timebase>25</timebase>", b"<timebase>24</timebase>"),
        (b"C%3a/styled/", b"C%3a/stylde/"),
        (b'<file id="file-1"/>', b'<file id="file-9"/>'),
        (b"<linkclipref>clipitem-1<", b"<linkclipref>clipitem-77<"),
        (b"<label2>Iris", b"<label2>Mango"),
        (b"<frame>1098</frame>", b"<frame>1097</frame>"),
        (b"(styled)", b""),
        (b"</xmeml>", b""),
    ],
)
def test_the_check_finds_what_is_wrong(tmp_path, old, new):
    clips = (Clip(source(1), 100, 0, 50), Clip(source(1), 300, 50, 90))
    path = saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track(clips),), markers=())))
    cut = timelines.read_cut(path)
    styled = {cut.uses[0].id: replace(stand_in(cut.uses[0], slack=2), start=1098)}
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert old in written
    broken = written.replace(b"<string>00:00:43:23</string>", b"<string/>").replace(old, new, 1)
    with pytest.raises(VerifyError, match=r"does not say|cannot be read again"):
        timelines.check_relink(cut, styled, saved(tmp_path, broken, "broken.xml"))
