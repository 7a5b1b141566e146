"""The writer writes what Premiere writes: numbers known from real exports, elements that it uses."""

import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.core.cut import Marker
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters.premiere.cut import opacity, scale
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Source, Track, premiere_xml
from support.cuts import RATES, source

RATE = Fraction(30)


def written(*items, markers=(), **sequence):
    blends = tuple(item for item in items if isinstance(item, Blend))
    clips = tuple(item for item in items if isinstance(item, Clip))
    document = Sequence("One", RATE, (Track(clips, blends),), markers=markers, **sequence)
    return ElementTree.fromstring(premiere_xml(document))


def texts(element, *tags):
    return [element.findtext(tag) for tag in tags]


def test_a_real_dissolve_is_written_with_the_numbers_premiere_wrote():
    left, right = source(2, RATE), source(4, RATE)
    root = written(Clip(left, 34, 956, 1164), Clip(right, 18, 1164, 1246), Blend(1164, 12, 13))
    first, second = root.iter("clipitem")
    edges = ("start", "end", "in", "out", "pproTicksIn", "pproTicksOut")
    assert texts(first, *edges) == ["956", "-1", "34", "255", "287884800000", "2159136000000"]
    assert texts(second, *edges) == ["-1", "1246", "6", "100", "50803200000", "846720000000"]
    (join,) = root.iter("transitionitem")
    numbers = texts(join, "start", "end", "alignment", "cutPointTicks")
    assert numbers == ["1152", "1177", "center", "101606400000"]


def test_a_real_fade_to_black_is_written_with_the_numbers_premiere_wrote():
    root = written(Clip(source(2, RATE), 0, 322, 557), Blend(557, 19, 0, "fade"))
    (clip,), (join,) = root.iter("clipitem"), root.iter("transitionitem")
    assert texts(clip, "start", "end", "in", "out") == ["322", "-1", "0", "235"]
    numbers = texts(join, "start", "end", "alignment", "cutPointTicks")
    assert numbers == ["538", "557", "end-black", "160876800000"]


def test_links_name_clip_items_that_stand_where_they_say():
    stereo = source(1, RATE)
    root = written(
        Clip(stereo, 50, 0, 40), Clip(stereo, 200, 40, 90), Blend(0, 0, 5, "fade"), Blend(40, 5, 7)
    )
    kinds = {"video": root.find(".//media/video"), "audio": root.find(".//media/audio")}
    links = list(root.iter("link"))
    assert len(links) == 2 * 3 * 3
    for link in links:
        kind, ref = link.findtext("mediatype"), link.findtext("linkclipref")
        track = kinds[kind].findall("track")[int(link.findtext("trackindex")) - 1]
        items = [item for item in track if item.tag in ("clipitem", "transitionitem")]
        assert items[int(link.findtext("clipindex")) - 1].get("id") == ref
    assert len({item.get("id") for item in root.iter("clipitem")}) == 6


def test_a_file_stands_in_full_once_and_audio_does_not_reach_into_handles():
    stereo = source(1, RATE)
    root = written(Clip(stereo, 50, 0, 40), Clip(stereo, 200, 40, 90), Blend(40, 5, 7))
    assert [len(file) > 0 for file in root.iter("file")] == [True] + [False] * 5
    audio = root.findall(".//media/audio/track/clipitem")
    spans = {tuple(texts(item, "start", "end", "in", "out")) for item in audio}
    assert spans == {("0", "40", "50", "90"), ("40", "90", "200", "250")}


def test_markers_labels_and_titles():
    marker = Marker("@ink", "weight=2e10", FrameRange(3, 9), "blue")
    title = Source("Title", "", RATE, 300)
    clip = Clip(title, 0, 0, 10, enabled=False, label="Mango")
    root = written(clip, markers=(marker, Marker("p", "", FrameRange(5, 5))))
    ranged, point = root.findall("sequence/marker")
    wanted = ["@ink", "weight=2e10", "3", "9", "4294741314"]
    assert texts(ranged, "name", "comment", "in", "out", "pproColor") == wanted
    assert texts(point, "in", "out", "pproColor") == ["5", "-1", None]
    item = root.find(".//clipitem")
    assert texts(item, "enabled", "labels/label2", "file/pathurl") == ["FALSE", "Mango", None]


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((Clip(source(), 0, 0, 10), Clip(source(), 0, 9, 20)), "overlap"),
        ((Clip(source(), 0, 0, 10), Blend(10, 2, 2)), "no clip"),
        ((Clip(source(), 0, 0, 10), Blend(20, 2, 0, "fade")), "no clip"),
        ((Clip(source(), 0, 0, 10), Blend(10, 2, 0, "fade"), Blend(10, 3, 0, "fade")), "two transitions"),
    ],
)
def test_what_cannot_stand_is_refused(items, why):
    with pytest.raises(ValueError, match=why):
        written(*items)


def test_only_elements_that_premiere_uses_are_written(samples):
    real: set[tuple[str, str]] = set()
    for path in (samples / "timelines" / "premiere").glob("*.xml"):
        real |= pairs(ElementTree.parse(path).getroot())
    marker = Marker("m", "c", FrameRange(3, 9))
    stereo = source(1, RATE)
    clips = (Clip(stereo, 50, 0, 40, markers=(marker,)), Clip(stereo, 200, 40, 90))
    clips += (Clip(stereo, 50, 90, 120, speed=2, effects=(scale(value=150),)),)
    assert pairs(written(*clips, Blend(40, 5, 7), markers=(marker,))) <= real


def test_a_real_speed_change_is_written_with_the_numbers_premiere_wrote():
    rate = Fraction(30000, 1001)
    media = source(2, rate, frames=42212)
    one = Sequence("One", rate, (Track((Clip(media, 100, 2953, 3110, speed=5),)),))
    (item,) = ElementTree.fromstring(premiere_xml(one)).iter("clipitem")
    edges = ("in", "out", "pproTicksIn", "pproTicksOut", "filter/effect/effectid")
    assert texts(item, *edges) == ["20", "177", "847566720000", "7500965472000", "timeremap"]
    speed, reverse, graph = (parameter(item, name) for name in ("speed", "reverse", "graphdict"))
    assert (speed.findtext("value"), reverse.findtext("value")) == ("500", "FALSE")
    assert graph.findtext("valuemax") == "42211"
    keys = [("0", "0", "start"), ("20", "100", "in"), ("177", "885", "out"), ("8443", "42215", "end")]
    assert [(*texts(key, "when", "value"), key[3].tag[7:]) for key in graph.iter("keyframe")] == keys


def parameter(item, name):
    return next(each for each in item.iter("parameter") if each.findtext("parameterid") == name)


def test_backwards_a_graph_falls_from_the_edge_behind_the_first_frame_shown():
    media = source(2, RATE, frames=600)
    (item,) = written(Clip(media, 99, 10, 40, speed=Fraction(-1, 2))).iter("clipitem")
    keys = [texts(key, "when", "value") for key in parameter(item, "graphdict").iter("keyframe")]
    assert keys == [["0", "600"], ["1000", "100"], ["1030", "85"], ["1200", "0"]]
    assert parameter(item, "reverse").findtext("value") == "TRUE"
    assert texts(item, "in", "out") == ["1000", "1030"]


def test_keyframed_speed_keeps_its_keys_on_the_axis_of_in_and_out():
    ramp = ((0, 50), (10, 60), (20, 100), (30, 90))
    (item,) = written(
        Clip(source(2, RATE), 0, 100, 130, ramp=ramp, effects=(opacity((0, 0), (5, 100)),))
    ).iter("clipitem")
    zero = int(item.findtext("in"))
    keys = [texts(key, "when", "value") for key in parameter(item, "graphdict").iter("keyframe")]
    assert keys[1:-1] == [[str(zero + offset), str(value)] for offset, value in ramp]
    assert parameter(item, "variablespeed").findtext("value") == "1"
    shown = [texts(key, "when", "value") for key in parameter(item, "opacity").iter("keyframe")]
    assert shown == [[str(zero), "0"], [str(zero + 5), "100"]]


def test_media_of_another_rate_is_counted_on_the_grid_and_its_ticks_are_exact():
    media = source(2, Fraction(24000, 1001))
    frame = 7 * RATE / media.rate  # frame 7 of the file, in frames of the sequence
    (item,) = written(Clip(media, frame, 0, 20)).iter("clipitem")
    assert texts(item, "in", "pproTicksIn") == ["8", str(7 * 254016000000 * 1001 // 24000)]
    slow = Clip(source(2, Fraction(15)), 0, 0, 100, rate=Fraction(15))
    (item,) = written(slow).iter("clipitem")
    assert texts(item, "in", "out", "pproTicksOut", "rate/timebase") == ["0", "50", "846720000000", "15"]


def test_a_still_begins_after_an_hour():
    still = source(2, RATE, still=True)
    (item,) = written(Clip(still, 0, 0, 50)).iter("clipitem")
    assert texts(item, "in", "out", "duration", "file/duration") == ["108000", "108050", "1296000", None]


def test_a_nest_stands_in_full_where_it_is_used_first():
    inner = Sequence("Inner", Fraction(25), (Track((Clip(source(2, RATES[2]), 5, 0, 50),)),))
    middle = Sequence("Middle", RATE, (Track((Clip(inner, 0, 0, 60),)),), start=9000)
    clips = (Clip(middle, 10, 0, 30), Clip(inner, -4, 30, 50), Clip(middle, 0, 50, 60, speed=2))
    nests = list(written(*clips).iter("sequence"))
    assert [each.get("id") for each in nests] == [f"sequence-{n}" for n in (1, 2, 3, 3, 2)]
    assert [len(each) > 0 for each in nests] == [True, True, True, False, False]
    items = {item.findtext("name"): item for item in nests[0].findall("media/video/track/clipitem")[:2]}
    assert texts(items["Inner"], "in", "out", "duration") == ["-4", "16", "60"]
    ids = [item.get("id") for item in nests[0].iter("clipitem")]
    assert len(ids) == len(set(ids)) == 5


def pairs(root):
    return {(parent.tag, child.tag) for parent in root.iter() for child in parent}


def test_several_sequences_stand_in_a_project_and_a_bom_can_lead():
    one = Sequence("One", RATE, (Track((Clip(source(2), 0, 0, 9),)),))
    data = premiere_xml(one, one, bom=True)
    assert data.startswith(b"\xef\xbb\xbf<?xml")
    assert len(ElementTree.fromstring(data).findall("project/children/sequence")) == 2
