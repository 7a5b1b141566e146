"""Stacked delivery: styled copies on a new track right above the untouched originals, and live ramps."""

import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.core.errors import VerifyError
from stylereel.core.exchange import Delivery
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Blend, Clip, Sequence, Track, opacity, scale
from stylereel.otio_adapters.premiere.writer import premiere_xml
from stylereel.otio_adapters.xmeml.stack import multiplied
from support.cuts import saved, source, stand_in, stand_ins

RATE = Fraction(25)
STACKED = Delivery(manner="stacked")
LEFT, RIGHT = Clip(source(1), 100, 0, 50), Clip(source(2), 300, 50, 90, effects=(scale((0, 100), (9, 140)),))
LOW = Track((LEFT, RIGHT), (Blend(50, 5, 7), Blend(90, 6, 0, "fade")))
HIGH = Track((Clip(source(1), 700, 20, 60),))


def stacked(folder, *tracks, delivery=STACKED, some=lambda use: True):
    cut = timelines.read_cut(saved(folder, premiere_xml(Sequence("One", RATE, tracks))))
    styled = {use.id: stand_in(use, slack=2) for use in cut.uses if some(use)}
    written = timelines.relink(cut, styled, delivery)
    timelines.check_relink(cut, styled, written, delivery)
    return cut, written, ElementTree.fromstring(written).findall("sequence/media/video/track")


def texts(track, tag):
    return [each.findtext(tag) for each in track.findall("clipitem")]


def test_each_track_with_styled_clips_gets_one_above(tmp_path):
    _, _, tracks = stacked(tmp_path, LOW, HIGH)
    assert len(tracks) == 4
    assert [texts(track, "start") for track in tracks] == [["0", "-1"], ["0", "-1"], ["20"], ["20"]]
    assert [texts(track, "end") for track in tracks] == [["-1", "-1"], ["-1", "-1"], ["60"], ["60"]]
    assert [len(track.findall("transitionitem")) for track in tracks] == [2, 2, 0, 0]
    ids = [[item.get("id") for item in track.findall("clipitem")] for track in tracks]
    assert len({each for track in ids for each in track}) == 6
    assert not tracks[1].findall(".//link") and not tracks[3].findall(".//link")
    assert (
        texts(tracks[0], "masterclipid")
        == ["masterclip-1", "masterclip-2"]
        != texts(tracks[1], "masterclipid")
    )


def test_the_originals_are_byte_for_byte_there(tmp_path):
    _, written, _ = stacked(tmp_path, LOW)
    before = (tmp_path / "cut.xml").read_text().splitlines()
    after = iter(written.decode().splitlines())
    lost = [line.strip() for line in before if not any(line == each for each in after)]
    assert lost == [] or lost[0].startswith(("<uuid>", "<name>"))
    track = before.index("\t\t\t\t</track>")
    start = next(n for n, line in enumerate(before) if line.startswith("\t\t\t\t<track"))
    assert "\n".join(before[start : track + 1]) in written.decode()


def test_links_follow_the_tracks_that_rose(tmp_path):
    _, _, tracks = stacked(tmp_path, LOW, HIGH)
    at = {item.get("id"): n for n, track in enumerate(tracks, 1) for item in track.findall("clipitem")}
    root = ElementTree.fromstring(timelines.relink(*again(tmp_path)))
    links = [link for link in root.iter("link") if link.findtext("mediatype") == "video"]
    assert links
    for link in links:
        assert int(link.findtext("trackindex")) == at[link.findtext("linkclipref")]


def again(folder):
    cut = timelines.read_cut(folder / "cut.xml")
    return cut, {use.id: stand_in(use, slack=2) for use in cut.uses}, STACKED


def test_only_tracks_with_styled_clips_are_doubled_and_hold_those_alone(tmp_path):
    _, _, tracks = stacked(tmp_path, LOW, HIGH, some=lambda use: use.record.first == 50)
    assert [len(track.findall("clipitem")) for track in tracks] == [2, 1, 1]
    assert texts(tracks[1], "start") == ["-1"], "it begins under the transition to what was not copied"
    keys = [key.findtext("when") for key in tracks[1].iter("keyframe")]
    old = [key.findtext("when") for key in tracks[0].iter("keyframe")]
    shift = int(texts(tracks[0], "in")[1]) - int(texts(tracks[1], "in")[0])
    assert shift and [str(int(when) - shift) for when in old] == keys


def test_a_nest_gets_its_tracks_inside(tmp_path):
    inner = Sequence("Inner", RATE, (LOW,))
    _, _, tracks = stacked(tmp_path, Track((Clip(inner, 0, 0, 40, speed=2),)))
    assert len(tracks) == 1
    assert len(tracks[0].findall("clipitem/sequence/media/video/track")) == 2


def test_live_ramps_become_opacity_from_the_cut(tmp_path):
    cut = timelines.read_cut(saved(tmp_path, premiere_xml(Sequence("One", RATE, (LOW,)))))
    ramps = {cut.uses[1].id: ((0, 0.0), (10, 62.5), (30, 100.0)), cut.uses[0].id: ((0, 40.0), (50, 40.0))}
    _, _, tracks = stacked(tmp_path, LOW, delivery=Delivery(manner="live", opacity=ramps))
    first, second = tracks[1].findall("clipitem")
    assert [e.findtext("parameter/value") for e in opacities(first)] == ["40"]
    assert not opacities(first)[0].findall(".//keyframe"), "what does not move needs no key"
    cut_at = int(second.findtext("in")) + 5
    keys = [
        (int(k.findtext("when")) - cut_at, k.findtext("value")) for k in opacities(second)[0].iter("keyframe")
    ]
    assert keys == [(0, "0"), (10, "62.5"), (30, "100")]
    tags = [child.tag for child in second]
    assert tags.index("file") < tags.index("filter") < tags.index("logginginfo")


def opacities(item):
    return [e for e in item.iter("effect") if e.findtext("effectid") == "opacity"]


def test_a_live_ramp_multiplies_an_opacity_that_is_there(tmp_path):
    clips = (
        Clip(source(2), 100, 0, 50, effects=(opacity(value=50),)),
        Clip(source(2), 300, 50, 90, effects=(opacity((0, 0), (20, 100)),)),
    )
    cut = timelines.read_cut(saved(tmp_path, premiere_xml(Sequence("One", RATE, (Track(clips),)))))
    ramps = {use.id: ((0, 0.0), (10, 100.0)) for use in cut.uses}
    _, _, tracks = stacked(tmp_path, Track(clips), delivery=Delivery(manner="live", opacity=ramps))
    found = []
    for item in tracks[1].findall("clipitem"):
        (effect,) = opacities(item)
        first = int(item.findtext("in"))
        found.append(
            [(int(k.findtext("when")) - first, k.findtext("value")) for k in effect.iter("keyframe")]
        )
    assert found == [[(0, "0"), (10, "50")], [(0, "0"), (10, "50"), (20, "100")]]


def test_opacities_multiply_at_every_key_and_stay_beyond_the_last():
    assert multiplied([(0, 0.0), (10, 100.0)], [(5, 40.0), (20, 80.0)], 100.0) == [
        (0, 0.0), (5, 20.0), (10, pytest.approx(53.333, abs=0.001)), (20, 80.0)
    ]  # fmt: skip
    assert multiplied([(0, 50.0)], [], 30.0) == [(0, 15.0)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<end>60</end>", b"<end>61</end>"),
        (b"C%3a/styled/clipitem-4", b"C%3a/styled/clipitem-1"),
        (b"<in>2</in>", b"<in>3</in>"),
    ],
)
def test_the_check_finds_a_copy_or_an_original_that_is_wrong(tmp_path, old, new):
    cut, written, _ = stacked(tmp_path, LOW, HIGH)
    styled = {use.id: stand_in(use, slack=2) for use in cut.uses}
    for place in positions(written, old):
        broken = written[:place] + new + written[place + len(old) :]
        if b"pproTicksIn" in written[place : place + 40]:  # ticks win over in
            broken = broken.replace(b"<pproTicksIn>20321280000<", b"<pproTicksIn>30481920000<")
        with pytest.raises(VerifyError):
            timelines.check_relink(cut, styled, broken, STACKED)


def positions(data, piece):
    """Where a piece stands in the pictures' tracks."""
    found, place, stop = [], data.find(piece), data.rindex(b"</video>\n\t\t\t<audio>")
    while 0 <= place < stop:
        found.append(place)
        place = data.find(piece, place + 1)
    assert found
    return found


def test_stacked_is_not_taken_for_replaced_nor_the_other_way(tmp_path):
    cut, written, _ = stacked(tmp_path, LOW)
    styled = {use.id: stand_in(use, slack=2) for use in cut.uses}
    with pytest.raises(VerifyError):
        timelines.check_relink(cut, styled, written)
    with pytest.raises(VerifyError):
        timelines.check_relink(cut, stand_ins(cut), timelines.relink(cut, stand_ins(cut)), STACKED)


def test_a_copy_that_ends_where_a_transition_begins_has_no_part_in_it(tmp_path):
    """The clip between the two copies is not styled and all transition; it leaves a hole above it."""
    clips = (Clip(source(1), 100, 0, 4), Clip(source(2), 300, 4, 8), Clip(source(3), 500, 8, 12))
    track = Track(clips, (Blend(8, 4, 0),))
    _, _, tracks = stacked(tmp_path, track, some=lambda use: use.record.first != 4)
    assert (texts(tracks[1], "start"), texts(tracks[1], "end")) == (["0", "-1"], ["4", "12"])
