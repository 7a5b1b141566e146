"""Premiere's XML as OpenTimelineIO: what the published adapter loses survives, and both ways agree."""

import random
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from stylereel.core.cut import Marker
from stylereel.core.errors import TimelineError, UsageError
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Effect, opacity, scale
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from stylereel.otio_adapters.xmeml import timeline as xmeml_otio
from support.cuts import saved, sequences, source

RATE = Fraction(25)
NUMBERS = "start|end|in|out|timebase|duration|pproTicksIn|pproTicksOut|string|frame|trackindex|cutPointTicks"
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def timeline(path: Path, data: bytes | None = None) -> otio.schema.Timeline:
    """As it comes back from a file of OpenTimelineIO's own."""
    text = otio.adapters.write_to_string(xmeml_otio.read(data or path.read_bytes(), path), "otio_json")
    return otio.adapters.read_from_string(text, "otio_json")


def written(*clips: Clip, blends: tuple[Blend, ...] = (), **changes) -> otio.schema.Timeline:
    sequence = Sequence("One", RATE, (Track(clips, blends),), **changes)
    return timeline(Path("one.xml"), premiere_xml(sequence))


def all_items(of: otio.schema.Timeline) -> list[otio.core.Item]:
    return [item for item in of.find_children(descended_from_type=otio.core.Item) if ours(item)]


def ours(item) -> dict:
    return dict(item.metadata.get("stylereel", {}))


def by_id(of: otio.schema.Timeline) -> dict[str, otio.core.Item]:
    return {ours(item)["id"]: item for item in all_items(of) if "id" in ours(item)}


def seconds(time: otio.opentime.RationalTime) -> float:
    return time.value / time.rate


def place(item: otio.core.Item) -> tuple[float, float]:
    """Where an item stands on its track, at the cut points."""
    found = item.parent().range_of_child(item)
    return found.start_time.value, found.end_time_exclusive().value


@pytest.fixture
def example(samples) -> otio.schema.Timeline:
    return timeline(samples / "timelines" / "premiere" / "premiere_example.xml")


@pytest.fixture
def fast(samples) -> otio.schema.Timeline:
    return timeline(samples / "timelines" / "premiere" / "speed_and_vfr_192_clips.xml")


# The rows of the table of what the published adapter loses


def test_nested_sequences_are_full(example):
    nests = [item for item in all_items(example) if "nested" in ours(item)]
    assert [(ours(nest)["id"], nest.name) for nest in nests] == [
        ("clipitem-5", "sc01_sh010_anim"),
        ("clipitem-18", "sc01_sh010_anim"),
        ("clipitem-20", "sc01_sh010_anim"),
    ]
    pictures, *sounds = nests
    assert [clip.name for clip in pictures.find_clips()] == ["sc01_sh010_anim.mov", "sc01_sh030_anim.mov"]
    assert {track.kind for track in pictures} == {"Video"} and {t.kind for s in sounds for t in s} == {
        "Audio"
    }
    assert all(len(list(sound.find_clips())) == 2 for sound in sounds), "both channels of the one clip"
    assert place(pictures) == (636, 956)


def test_speed_survives(fast):
    clip = by_id(fast)["clipitem-18"]
    (warp,) = clip.effects
    assert isinstance(warp, otio.schema.LinearTimeWarp) and warp.time_scalar == 5
    first, length = clip.source_range.start_time, clip.source_range.duration
    assert (length.value, place(clip)) == (158, (2953, 3111))
    assert seconds(first) == pytest.approx(3.337, abs=5e-4)
    assert seconds(first) + (length.value - 1) * 5 / length.rate == pytest.approx(29.529, abs=5e-4)


@pytest.mark.parametrize(
    ("name", "count"), [("premiere_example", 57), ("speed_and_vfr_192_clips", 576)], ids=["57", "576"]
)
def test_every_link_survives(samples, name, count):
    path = samples / "timelines" / "premiere" / f"{name}.xml"
    root, found = ElementTree.parse(path).getroot(), by_id(timeline(path))
    links = {item.get("id"): item.findall("link") for item in root.iter("clipitem")}
    assert sum(map(len, links.values())) == count
    assert sum(len(ours(item).get("links", [])) for item in found.values()) == count
    for clip, said in links.items():
        there = [(link["clip"], link["mediatype"]) for link in ours(found[clip]).get("links", [])]
        assert there == [(link.findtext("linkclipref"), link.findtext("mediatype")) for link in said]


def test_exploded_stereo_keeps_both_channels(samples, example):
    path = samples / "timelines" / "premiere" / "premiere_generators.xml"
    audio = timeline(path).audio_tracks()
    assert len(audio) == 8
    assert [ours(track)["attributes"]["currentExplodedTrackIndex"] for track in audio] == ["0", "1"] * 4
    left, right = (by_id(example)[clip] for clip in ("clipitem-13", "clipitem-15"))
    assert [ours(side)["channel"] for side in (left, right)] == [1, 2]
    assert [side.parent().name for side in (left, right)] == ["A1", "A2"]


def test_disabled_clips_and_tracks_are_disabled(samples):
    path = samples / "timelines" / "premiere" / "premiere_enable_property.xml"
    root, found = ElementTree.parse(path).getroot(), timeline(path)
    off = {item.get("id") for item in root.iter("clipitem") if item.findtext("enabled") == "FALSE"}
    assert off and {name for name, item in by_id(found).items() if not item.enabled} == off
    tracks = [each.findtext("enabled") != "FALSE" for each in root.iter("track")]
    assert [track.enabled for track in found.tracks] == tracks and not all(tracks)
    assert all(isinstance(clip.media_reference, otio.schema.ExternalReference) for clip in found.find_clips())


def test_crossfaded_audio_stays_where_it_is(samples, example):
    root = ElementTree.parse(samples / "timelines" / "premiere" / "premiere_example.xml").getroot()
    starts = {item.get("id"): item.findtext("start") for item in root.iter("clipitem")}
    for name, item in by_id(example).items():
        if name != "clipitem-12":  # -1: under a transition
            assert place(item)[0] == int(starts[name])
    assert place(by_id(example)["clipitem-12"]) == (1164, 1246)
    left, right = (by_id(example)[name] for name in ("clipitem-23", "clipitem-24"))
    assert (place(left), place(right)) == ((956, 1164), (1164, 1246)), "their ticks say where the cuts are"
    (joint,) = [each for each in left.parent() if isinstance(each, otio.schema.Transition)]
    assert (joint.in_offset.value, joint.out_offset.value) == (12, 13), "as in the picture"
    assert right.source_range.start_time.value == 18


def test_an_asymmetric_dissolve_comes_back_as_it_was():
    found = written(Clip(source(2), 100, 0, 50), Clip(source(4), 300, 50, 90), blends=(Blend(50, 5, 7),))
    left, joint, right = found.video_tracks()[0]
    assert (joint.in_offset.value, joint.out_offset.value) == (5, 7)
    assert (place(left), place(right)) == ((0, 50), (50, 90))
    assert [side.source_range.start_time.value for side in (left, right)] == [2100, 4300]


def test_fades_stand_beside_nothing():
    blends = (Blend(0, 0, 6, "fade"), Blend(50, 8, 0, "fade"), Blend(50, 0, 4, "fade"))
    found = written(Clip(source(2), 100, 0, 50), Clip(source(4), 300, 50, 90), blends=blends)
    kinds = [type(each).__name__ for each in found.video_tracks()[0]]
    assert kinds == ["Transition", "Clip", "Transition", "Gap", "Transition", "Clip"]
    assert found.video_tracks()[0].duration().value == 90


def test_two_files_with_one_url_keep_their_ranges(samples):
    found = timeline(samples / "timelines" / "premiere" / "premiere_enable_property.xml")
    ranges = {
        (clip.media_reference.target_url, clip.media_reference.available_range.start_time.value)
        for clip in found.find_clips()
        if clip.media_reference.target_url.endswith("/source.mp4")
    }
    assert len({url for url, _ in ranges}) == 1 and {start for _, start in ranges} >= {353, 434}


def test_a_clip_that_is_used_twice_is_there_twice():
    one = source(2)
    found = written(Clip(one, 100, 0, 50), Clip(one, 100, 50, 100), Clip(one, 100, 120, 130))
    clips = list(found.find_clips())
    assert [place(clip) for clip in clips] == [(0, 50), (50, 100), (120, 130)]
    assert len({clip.media_reference.target_url for clip in clips}) == 1
    assert all(clip.media_reference.available_range.duration.value == 2000 for clip in clips)


def test_ticks_are_kept_as_they_are(samples):
    path = samples / "timelines" / "premiere" / "blue_frame_5_to_25.xml"
    root, (clip,) = ElementTree.parse(path).getroot(), timeline(path).find_clips()
    item = next(root.iter("clipitem"))
    assert [ours(clip)[name] for name in ("in", "out", "ticks_in", "ticks_out")] == [
        int(item.findtext(tag)) for tag in ("in", "out", "pproTicksIn", "pproTicksOut")
    ]
    assert ours(clip)["label"] == clip.color.name == "Violet"


@pytest.mark.parametrize("rate", ["15", "120000/1001", "120", "24000/1001"])
def test_no_rate_makes_it_crash(tmp_path, rate):
    rate = Fraction(rate)
    data = premiere_xml(Sequence("One", rate, (Track((Clip(source(2, rate), 100, 0, 50),)),)))
    (clip,) = timeline(Path("one.xml"), data).find_clips()
    assert clip.source_range.duration.value == 50
    assert Fraction(clip.source_range.duration.rate).limit_denominator(1001) == rate


def test_what_makes_no_sense_does_not_make_it_crash(samples, fast):
    assert len(list(fast.find_clips())) == 192
    found = timeline(samples / "timelines" / "other_xml" / "auto_editor_empty_duration.xml")
    assert {clip.media_reference.available_range for clip in found.find_clips()} == {None}


# What else is in a timeline


def test_sequence_clip_and_media_clocks():
    marks = (Marker("note", "a & <b>", FrameRange(103, 110), "cyan"),)
    beats = (Marker("@exam", "weight=2e10", FrameRange(10, 10), "#102030"), Marker("x", "", FrameRange(3, 9)))
    found = written(Clip(source(2), 100, 5, 55, markers=marks), start=90000, markers=beats)
    assert (found.global_start_time.value, found.global_start_time.rate) == (90000, 25)
    gap, clip = found.video_tracks()[0]
    assert isinstance(gap, otio.schema.Gap) and place(clip) == (5, 55)
    reference = clip.media_reference
    assert (
        reference.target_url == "file://localhost/C%3a/foot%20age/src2.mov" and reference.name == "src2.mov"
    )
    assert reference.available_range.start_time.value == 2000 and ours(reference)["reel"] == "A002"
    assert clip.source_range.start_time.value == 2100
    (mark,) = clip.markers
    assert (mark.name, mark.comment, mark.color) == ("note", "a & <b>", "CYAN")
    assert (mark.marked_range.start_time.value, mark.marked_range.duration.value) == (2103, 7)
    assert [(m.name, m.color, m.marked_range.start_time.value) for m in found.tracks.markers] == [
        ("@exam", "#102030", 10),
        ("x", "GREEN", 3),
    ]


def test_titles_mattes_and_slugs_are_generators(samples):
    found = timeline(samples / "timelines" / "premiere" / "premiere_generators.xml")
    assert not [
        c for c in found.find_clips() if not isinstance(c.media_reference, otio.schema.GeneratorReference)
    ]
    matte = by_id(found)["clipitem-3"].media_reference
    assert (matte.name, matte.generator_kind) == ("Blue Matte", "Color")
    assert matte.parameters["fillcolor"]["value"] == {"alpha": "0", "red": "0", "green": "0", "blue": "255"}
    assert {by_id(found)["clipitem-4"].media_reference.generator_kind} == {"Slug"}


@pytest.mark.parametrize(
    ("speed", "first", "start", "scalar"),
    [
        (Fraction(1, 2), 100, 2100, 0.5),
        (-1, 149, 2100, -1.0),
        (-2, 199, 2100, -2.0),
        (0, 123, 2123, 0.0),
        (1, 100, 2100, None),
    ],
)
def test_speed_in_opentimelineios_own_words(speed, first, start, scalar):
    clip = next(iter(written(Clip(source(2), first, 0, 50, speed=speed)).find_clips()))
    warps = [effect.time_scalar for effect in clip.effects]
    assert warps == ([] if scalar is None else [scalar]), "a speed of 1 is never written"
    assert (clip.source_range.start_time.value, clip.source_range.duration.value) == (start, 50)
    assert isinstance(clip.effects[0], otio.schema.FreezeFrame) if scalar == 0 else True


def test_keyframed_speed_is_its_mean_and_its_graph():
    ramp = ((0, 100), (20, 120), (50, 240))
    (clip,) = written(Clip(source(2), 100, 0, 50, ramp=ramp)).find_clips()
    (warp,) = clip.effects
    assert type(warp) is otio.schema.LinearTimeWarp and warp.time_scalar == pytest.approx(2.8)
    graph = [(Fraction(offset), Fraction(frame)) for offset, frame in ours(clip)["graph"]]
    assert {(offset, frame) for offset, frame in ramp} <= {*graph}


def test_a_nest_has_its_range_its_speed_and_is_there_each_time():
    inner = Sequence("Inner", RATE, (Track((Clip(source(2), 100, 0, 100),)),))
    found = written(Clip(inner, 10, 0, 40, name="nest"), Clip(inner, 20, 40, 60, speed=2))
    nests = list(found.video_tracks()[0])
    assert [place(nest) for nest in nests] == [(0, 40), (40, 60)]
    assert [nest.source_range.start_time.value for nest in nests] == [10, 20]
    assert [effect.time_scalar for nest in nests for effect in nest.effects] == [2]
    assert len(list(found.find_clips())) == 2 and nests[0].name == "nest"
    assert ours(nests[0])["nested"]["rate"] == "25"


def test_several_sequences_are_a_collection(tmp_path):
    one = Sequence("One", RATE, (Track((Clip(source(2), 100, 0, 50),)),))
    two = Sequence("Two", RATE, (Track((Clip(source(2), 100, 0, 50),)),))
    path = saved(tmp_path, premiere_xml(one, two))
    found = xmeml_otio.read_from_file(str(path))
    assert isinstance(found, otio.schema.SerializableCollection) and [each.name for each in found] == [
        "One",
        "Two",
    ]
    assert xmeml_otio.read_from_file(str(path), sequence="Two").name == "Two"
    assert xmeml_otio.read_from_string(path.read_text("utf-8"), sequence="One").name == "One"
    with pytest.raises(UsageError, match="no sequence 'Three'"):
        xmeml_otio.read(path.read_bytes(), path, "Three")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"<sequence id=", b"<sequenz id=", "E-SEQ|broken XML"),
        (b"<timebase>25</timebase>", b"<timebase>NaN</timebase>", "no rate"),
        (b"</xmeml>", b"", "broken XML"),
    ],
)
def test_errors_are_opentimelineios_own(tmp_path, old, new, what):
    data = premiere_xml(Sequence("One", RATE, (Track((Clip(source(2), 100, 0, 50),)),)))
    path = saved(tmp_path, data.replace(old, new))
    with pytest.raises(otio.exceptions.OTIOError, match=what):
        xmeml_otio.read_from_file(str(path))
    with pytest.raises(otio.exceptions.OTIOError, match=what):
        xmeml_otio.read_from_string(path.read_text("utf-8"))
    with pytest.raises(otio.exceptions.OTIOError, match="No such file"):
        xmeml_otio.read_from_file(str(path.with_name("gone.xml")))


def test_a_nest_that_contains_itself_is_an_error():
    inner = Sequence("Inner", RATE, (Track((Clip(source(2), 100, 0, 100),)),))
    data = premiere_xml(Sequence("Outer", RATE, (Track((Clip(inner, 10, 0, 40),)),)))
    ids = [each.get("id") for each in ElementTree.fromstring(data).iter("sequence")]
    data = data.replace(b"<labels>", f'<sequence id="{ids[0]}"/><labels>'.encode(), 1)
    with pytest.raises(TimelineError, match="contains itself") as caught:
        xmeml_otio.read(data, Path("round.xml"))
    assert caught.value.code == "E-SEQ"


def test_malformed_timelines_are_read_or_refused(samples):
    """A real one with numbers dropped, emptied or made nonsense of, up to twenty at a time."""
    path = samples / "timelines" / "premiere" / "premiere_example.xml"
    text, chance = path.read_text("utf-8-sig"), random.Random(5)
    spots = list(re.finditer(rf"<({NUMBERS})>[^<]*</\1>", text))
    for _ in range(50):
        parts, here = [], 0
        for spot in sorted(chance.sample(spots, chance.choice([1, 3, 20])), key=re.Match.start):
            value = chance.choice(["", "-1", "NaN", "1e99", "9" * 40, "x", None])
            parts += [text[here : spot.start()], "" if value is None else f"<{spot[1]}>{value}</{spot[1]}>"]
            here = spot.end()
        try:
            found = xmeml_otio.read("".join([*parts, text[here:]]).encode(), path)
        except TimelineError as error:
            assert str(path) in str(error)
        else:
            assert otio.adapters.write_to_string(found, "otio_json")


# Read through the plug-in and then as .otio, a timeline uses what it uses when it is read at once


def same_both_ways(path: Path, folder: Path) -> int:
    direct = timelines.read_cut(path)
    otio_path = folder / "through.otio"
    otio.adapters.write_to_file(xmeml_otio.read(path.read_bytes(), path), str(otio_path), "otio_json")
    through = timelines.read_cut(otio_path)
    assert (through.rate, through.start) == (direct.rate, direct.start)
    assert seen(through) == seen(direct)
    assert later(through) == later(direct)
    assert [(m.name, m.comment, m.span, m.colour) for m in through.markers] == [
        (m.name, m.comment, m.span, m.colour) for m in direct.markers
    ]
    return len(direct.uses)


def later(cut):
    """The clips whose effects act on the styled picture."""
    return sorted(note.record for note in cut.notes if note.code == "W-CLIPFX")


def seen(cut):
    """What is used where, frame by frame of the media at the rate that it is played at."""
    found = []
    for use in cut.uses:
        media, offsets = use.media, range(use.offsets.first, use.offsets.stop)
        time = use.time.scaled((media.plays or media.rate) / media.rate)
        frames = [time.frame(at) for at in offsets] if media.kind != "still" else []
        marks = [(mark.name, mark.comment) for mark in use.markers]
        clip = (use.track, use.record, use.clip, use.label, use.head, use.tail, use.nests, marks)
        found.append((clip, (media.editor_path, media.kind, media.frames, media.start), frames))
    return found


REAL = (
    "premiere_example speed_and_vfr_192_clips blue_frame_5_to_25 premiere_enable_property premiere_generators"
)


@pytest.mark.parametrize("name", REAL.split())
def test_real_timelines_are_the_same_both_ways(samples, tmp_path, name):
    assert (
        same_both_ways(samples / "timelines" / "premiere" / f"{name}.xml", tmp_path) or "generators" in name
    )


@pytest.mark.parametrize("name", ["hiero_xml_export", "auto_editor_empty_duration"])
def test_timelines_of_other_tools_are_the_same_both_ways(samples, tmp_path, name):
    assert same_both_ways(samples / "timelines" / "other_xml" / f"{name}.xml", tmp_path)


@quick
@given(sequence=sequences())
def test_written_timelines_are_the_same_both_ways(tmp_path, sequence):
    assert same_both_ways(saved(tmp_path, premiere_xml(sequence)), tmp_path)


def test_motion_and_opacity_do_no_harm_to_a_styled_picture_either_way(tmp_path):
    moving = (opacity((0, 0), (8, 100)), scale((0, 100), (20, 150)))
    sharp = Effect("Lumetri Color", "AE.ADBE Lumetri", "x", 1)
    both = Clip(source(4), 60, 30, 80, effects=(*moving, sharp))
    clips = (Clip(source(2), 40, 0, 30, effects=moving), both)
    path = saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track(clips),))))
    assert same_both_ways(path, tmp_path) == 2 and later(timelines.read_cut(path)) == [30]


def test_nests_and_speed_are_the_same_both_ways(tmp_path):
    low = Sequence("Low", RATE, (Track((Clip(source(2), 40, 0, 30), Clip(source(4), 60, 30, 80))),))
    middle = Sequence(
        "Middle", RATE, (Track((Clip(low, 5, 0, 60), Clip(source(6), 10, 60, 90))),), start=5000
    )
    clips = (
        Clip(middle, 10, 0, 70),
        Clip(source(2), 100, 70, 90, speed=Fraction(3, 2)),
        Clip(source(2), 99, 90, 110, speed=-1),
        Clip(source(4), 77, 110, 120, speed=0),
        Clip(low, 0, 120, 140, speed=2),
    )
    path = saved(tmp_path, premiere_xml(Sequence("Top", RATE, (Track(clips, (Blend(70, 3, 5),)),))))
    assert same_both_ways(path, tmp_path) == 8
