"""The writer writes what Premiere writes: numbers known from real exports, elements that it uses."""

import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.core.cut import Marker
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters.premiere_writer import Blend, Clip, Sequence, Source, Track, premiere_xml
from support.cuts import source

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
    assert pairs(written(*clips, Blend(40, 5, 7), markers=(marker,))) <= real


def pairs(root):
    return {(parent.tag, child.tag) for parent in root.iter() for child in parent}


def test_several_sequences_stand_in_a_project_and_a_bom_can_lead():
    one = Sequence("One", RATE, (Track((Clip(source(2), 0, 0, 9),)),))
    data = premiere_xml(one, one, bom=True)
    assert data.startswith(b"\xef\xbb\xbf<?xml")
    assert len(ElementTree.fromstring(data).findall("project/children/sequence")) == 2
