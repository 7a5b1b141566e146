"""What is written at known frames is read back at them; what cannot be used says why."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from stylereel.core.cut import Marker, Transition
from stylereel.core.errors import TimelineError, UsageError
from stylereel.core.paths import PathMap
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Source, Track, premiere_xml
from support.cuts import saved, sequences, source

RATE = Fraction(25)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(sequence):
    """The uses of a sequence, told from its description alone."""
    for number, track in enumerate(sequence.tracks, 1):
        for clip in sorted(track.clips, key=lambda clip: clip.start):
            head = [b for b in track.blends if b.cut == clip.start and (b.kind == "dissolve" or b.after)]
            tail = [b for b in track.blends if b.cut == clip.stop and (b.kind == "dissolve" or b.before)]
            ends = [Transition(b[0].kind, b[0].before, b[0].after) if b else None for b in (head, tail)]
            span = FrameRange(clip.start, clip.stop)
            media = f"C:/foot age/{clip.source.name}"
            yield (f"V{number}", span, clip.first, *ends, media, clip.source.start, clip.label, clip.markers)


@quick
@given(sequence=sequences())
def test_a_cut_is_read_back_as_it_was_written(tmp_path, sequence):
    cut = timelines.read_cut(saved(tmp_path, premiere_xml(sequence)))
    found = [(use.track, use.record, use.time.frame(0), use.head, use.tail, *_media(use)) for use in cut.uses]
    assert found == list(expected(sequence))
    assert (cut.rate, cut.frames, cut.start) == (sequence.rate, sequence.frames, sequence.start)
    assert not cut.skipped and not cut.notes
    assert {(use.media.reel, use.media.frames) for use in cut.uses} <= {(f"A00{n}", 2000) for n in (1, 2, 3)}


def _media(use):
    return use.media.editor_path, use.media.start, use.label, use.markers


def plain(*clips, blends=(), **changes) -> bytes:
    clips = clips or (Clip(source(2), 100, 0, 50), Clip(source(4), 300, 50, 90))
    return premiere_xml(Sequence("One", RATE, (Track(clips, tuple(blends)),), **changes))


def edited(tmp_path, *changes: tuple[bytes, bytes], data: bytes | None = None):
    data = data or plain()
    for old, new in changes:
        assert old in data, old
        data = data.replace(old, new, 1)
    return timelines.read_cut(saved(tmp_path, data))


CLIP_RATE = b"<duration>2000</duration>\n\t\t\t\t\t\t<rate>\n\t\t\t\t\t\t\t<timebase>25</timebase>"
LONG = b"<end>2000001</end>"
WARP = b"<filter><effect><name>Timewarp</name><effectid>AE.ADBE Timewarp</effectid></effect></filter>"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<out>150</out>", b"<out></out>", "unsupported: its in or out"),
        (b"<in>100</in>", b"<in>x</in>", "unsupported: its in or out"),
        (b"<end>50</end>", b"<end>-1</end>", "unsupported: its end is -1"),
        (b"<end>50</end>", b"<end>0</end>", "unsupported: it covers no frame"),
        (b"<end>50</end>", LONG, "unsupported: it is 2,000,001 frames long"),
        (b"<start>0</start>", b"<start/>", "unsupported: its start is empty"),
        (b"<labels>", b"<multiclip/><labels>", "unsupported: a multicam"),
        (b"<labels>", b"<sequence id='s'/><labels>", "unsupported: its sequence 's' is defined nowhere"),
        (b"<labels>", WARP + b"<labels>", "unsupported: the effect Timewarp"),
        (b"<enabled>TRUE", b"<enabled>FALSE", "disabled"),
        (b"src2.mov</pathurl>", b"src2.braw</pathurl>", "unsupported: .braw is camera raw"),
        (b"src2.mov</pathurl>", b"src2.aep</pathurl>", "unsupported: .aep has no frames"),
    ],
)
def test_a_clip_that_cannot_be_used_is_passed_by_with_the_reason(tmp_path, old, new, reason):
    cut = edited(tmp_path, (old, new))
    (skipped,) = cut.skipped
    assert skipped.reason.startswith(reason)
    assert skipped.clip == "src2.mov" and skipped.track == "V1"
    assert [use.clip for use in cut.uses] == ["src4.mov"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<out>150</out>", b"<out>250</out>"),
        (b"<in>100</in>", b"<in>100.0</in>"),
        (b"<duration>2000</duration>", b"<duration/>"),
        (b"src2.mov</pathurl>", b"src2.MOV</pathurl>"),
        (CLIP_RATE, CLIP_RATE.replace(b"25", b"0")),
        (CLIP_RATE, CLIP_RATE.replace(b"25", b"9" * 5000)),
        (CLIP_RATE, CLIP_RATE.replace(b"25", b"30")),
    ],
)
def test_what_only_looks_odd_is_read_as_it_was_meant(tmp_path, old, new):
    cut = edited(tmp_path, (old, new))
    assert [use.media_frames for use in cut.uses] == [FrameRange(100, 150), FrameRange(300, 340)]
    assert not cut.skipped


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<labels>", b"<multiclip/><labels>", "E-MULTICAM"),
        (b"<labels>", WARP + b"<labels>", "E-TIMEEFFECT"),
        (b"src2.mov</pathurl>", b"src2.R3D</pathurl>", "E-DECODE"),
        (b"src2.mov</pathurl>", b"src2.aegraphic</pathurl>", "E-DECODE"),
        (b"file://localhost/C%3a/foot%20age/src2.mov", b"https://example.com/src2.mov", "W-URL"),
        (b"file://localhost/C%3a/foot%20age/src2.mov", b"", "W-URL"),
        (b"file://localhost/C%3a/foot%20age/src2.mov", b"file://localhost/C%3a/foot%20age/", "W-URL"),
        (b"file://localhost/C%3a/foot%20age/src2.mov", b"file://localhost/a%00b.mov", "W-URL"),
    ],
)
def test_what_the_editor_can_mend_is_noted_with_its_code_and_frame(tmp_path, old, new, code):
    data = plain(Clip(source(4), 300, 0, 20), Clip(source(2), 100, 20, 70))
    at = data.index(b"src2.mov</name>") if old == b"<labels>" else 0
    cut = timelines.read_cut(saved(tmp_path, data[:at] + data[at:].replace(old, new, 1)))
    assert [clip.record for clip in cut.skipped] == [FrameRange(20, 70)]
    assert [(note.code, note.record) for note in cut.notes] == [(code, 20)]
    assert cut.notes[0].message.startswith("src2.mov: ")


def test_a_file_that_is_defined_nowhere_is_passed_by(tmp_path):
    data = plain(Clip(source(2), 10, 0, 50))
    start, end = data.index(b'<file id="file-1">'), data.index(b"</file>") + len(b"</file>")
    cut = timelines.read_cut(saved(tmp_path, data[:start] + b'<file id="file-1"/>' + data[end:]))
    assert cut.skipped[0].reason == "unsupported: its file 'file-1' is defined nowhere in the document"


def effect(name: str, effect_id: str, value: int = 5, switched: str = "TRUE") -> bytes:
    return (
        f"<filter><enabled>{switched}</enabled><effect><name>{name}</name><effectid>{effect_id}</effectid>"
        f"<parameter><parameterid>x</parameterid><value>{value}</value></parameter></effect></filter>"
    ).encode()


def test_effects_that_act_on_the_styled_picture_are_named_once_a_clip(tmp_path):
    filters = (
        effect("Lumetri Color", "AE.ADBE Lumetri"),
        effect("Warp Stabilizer", "AE.ADBE SubspaceStabilizer"),
        effect("Lumetri Color", "AE.ADBE Lumetri"),
        effect("Basic Motion", "basic"),
        effect("Opacity", "opacity"),
        effect("Crop", "crop", 0),
        effect("Blur", "blur", switched="FALSE"),
    )
    cut = edited(tmp_path, (b"<labels>", b"".join(filters) + b"<labels>"))
    (note,) = cut.notes
    assert (note.code, note.record) == ("W-CLIPFX", 0)
    assert note.message == "src2.mov: Lumetri Color, Warp Stabilizer will act on the styled picture"
    cut = edited(tmp_path, (b"<labels>", effect("Crop", "crop", 10) + b"<labels>"))
    assert "Crop" in cut.notes[0].message


def test_titles_generators_and_disabled_tracks_are_passed_by(tmp_path):
    title = Clip(Source("Title", "", RATE, 300), 0, 0, 10)
    off = Track((Clip(source(2), 5, 0, 10), Clip(source(2), 5, 10, 20)), enabled=False)
    data = premiere_xml(Sequence("One", RATE, (Track((title,)), off)))
    data = data.replace(
        b"</clipitem>",
        b"</clipitem><generatoritem><name>Bars</name><start>10</start><end>15</end></generatoritem>",
        1,
    )
    cut = timelines.read_cut(saved(tmp_path, data))
    assert not cut.uses
    title, bars, *offs = cut.skipped
    assert title.reason == bars.reason == "a title, generator or adjustment layer: it has no media file"
    assert bars.record == FrameRange(10, 15)
    assert [clip.reason for clip in offs] == ["disabled: its track is off"] * 2
    assert [note.code for note in cut.notes] == ["W-DISABLED"]


def test_ticks_win_over_in_and_out_and_are_noted(tmp_path):
    data = plain(Clip(source(2), 100, 0, 50))
    cut = edited(
        tmp_path, (b"<in>100</in>", b"<in>90</in>"), (b"<out>150</out>", b"<out>140</out>"), data=data
    )
    assert cut.uses[0].media_frames == FrameRange(100, 150)
    (note,) = cut.notes
    assert note.code == "W-TICKS" and note.record == 0


@pytest.mark.parametrize(
    ("alignment", "before", "after"),
    [("center", 6, 6), ("start", 0, 12), ("end", 12, 0), ("end-black", 12, 0)],
)
def test_without_cut_point_ticks_the_alignment_says_where_the_cut_is(tmp_path, alignment, before, after):
    right = () if alignment == "end-black" else (Clip(source(4), 300, 50, 90),)
    kind = "fade" if alignment == "end-black" else "dissolve"
    data = plain(Clip(source(2), 100, 0, 50), *right, blends=[Blend(50, before, after, kind)])
    at = data.index(b"<cutPointTicks>"), data.index(b"</cutPointTicks>") + len(b"</cutPointTicks>")
    cut = timelines.read_cut(saved(tmp_path, data[: at[0]] + data[at[1] :]))
    assert cut.uses[0].record == FrameRange(0, 50)
    assert cut.uses[0].tail == Transition(kind, before, after)
    assert all(use.head == cut.uses[0].tail and use.record.first == 50 for use in cut.uses[1:])


def test_edges_that_other_tools_write_out_under_a_transition(tmp_path):
    """Some write the covered range instead of -1: the cut points are the same."""
    clips = (Clip(source(2), 100, 0, 50), Clip(source(4), 300, 50, 90))
    data = plain(*clips, blends=[Blend(50, 5, 7)])
    cut = timelines.read_cut(saved(tmp_path, data))
    written_out = data.replace(b"<end>-1</end>", b"<end>57</end>").replace(b"<start>-1<", b"<start>45<")
    assert timelines.read_cut(saved(tmp_path, written_out)).uses == cut.uses


def test_fades_that_meet_at_a_cut_belong_to_their_own_clips(tmp_path):
    clips = (Clip(source(2), 100, 0, 50), Clip(source(4), 300, 50, 90))
    blends = [Blend(50, 8, 0, "fade"), Blend(50, 0, 4, "fade")]
    left, right = timelines.read_cut(saved(tmp_path, plain(*clips, blends=blends))).uses
    assert (left.head, left.tail) == (None, Transition("fade", 8, 0))
    assert (right.head, right.tail) == (Transition("fade", 0, 4), None)
    assert left.media_frames == FrameRange(100, 150) and right.media_frames == FrameRange(300, 340)


def test_sequence_markers_their_colours_and_drop_frame_start(tmp_path):
    rate = Fraction(30000, 1001)
    markers = (
        Marker("@ink", "weight=2e10", FrameRange(3, 9), "purple"),
        Marker("p", "", FrameRange(5, 5)),
        Marker("odd", "", FrameRange(6, 6), "#102030"),
    )
    clip = Clip(source(2, rate, drop_frame=True, start=17982), 100, 0, 50)
    sequence = Sequence("One", rate, (Track((clip,)),), start=107892, drop_frame=True, markers=markers)
    cut = timelines.read_cut(saved(tmp_path, premiere_xml(sequence, bom=True)))
    assert cut.markers == markers
    assert (cut.start, cut.drop_frame, cut.timecode(0)) == (107892, True, "01:00:00;00")
    assert (cut.uses[0].media.start, cut.uses[0].media.drop_frame) == (17982, True)


def test_media_is_looked_for_where_the_path_map_says(tmp_path):
    there = tmp_path / "footage" / "src2.mov"
    there.parent.mkdir()
    there.write_bytes(b"")
    paths = PathMap((("c:/foot age", str(there.parent)),))
    cut = timelines.read_cut(saved(tmp_path, plain()), paths=paths)
    assert cut.uses[0].media.path == there
    assert cut.uses[0].media.editor_path == "C:/foot age/src2.mov"


def test_one_of_several_sequences_must_be_chosen(tmp_path):
    tracks = (Track((Clip(source(2), 0, 0, 9),)),)
    path = saved(tmp_path, premiere_xml(*(Sequence(name, RATE, tracks) for name in ("Reel 1", "Reel 2"))))
    assert timelines.sequences(path) == ["Reel 1", "Reel 2"]
    with pytest.raises(UsageError, match="'Reel 1', 'Reel 2'"):
        timelines.read_cut(path)
    with pytest.raises(UsageError, match="Did you mean 'Reel 2'"):
        timelines.read_cut(path, "Reel2")
    cut = timelines.read_cut(path, "Reel 2")
    assert cut.sequence == "Reel 2" and len(cut.uses) == 1


def test_two_sequences_of_one_name_cannot_be_told_apart(tmp_path):
    tracks = (Track((Clip(source(2), 0, 0, 9),)),)
    path = saved(tmp_path, premiere_xml(*(Sequence("Reel", RATE, tracks) for _ in range(2))))
    with pytest.raises(UsageError, match="several sequences are called 'Reel'"):
        timelines.read_cut(path, "Reel")


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.xml", b"<fcpxml/>", "<fcpxml>, not the <xmeml>"),
        ("a.xml", b"<xmeml/>", "no sequence"),
        ("a.xml", b"<xmeml><sequence id='a'/></xmeml>", "no sequence"),
        ("a.xml", b"<xmeml><sequence><name>A</name></sequence></xmeml>", "no rate"),
        ("a.xml", b"<xmeml><sequence><rate><timebase>25</timebase></rate></sequence></xmeml>", "no video"),
        ("a.fcpxml", b"<fcpxml/>", "no timeline"),
        ("a.prproj", b"", "no timeline"),
        ("a", b"", "no timeline"),
    ],
)
def test_what_is_no_timeline_says_what_to_do(tmp_path, name, data, what):
    with pytest.raises(TimelineError, match=what) as caught:
        timelines.read_cut(saved(tmp_path, data, name))
    assert str(tmp_path / name) in str(caught.value)


def test_a_missing_file_is_told():
    with pytest.raises(TimelineError, match="No such file"):
        timelines.read_cut(Path("/nowhere/a.xml"))
