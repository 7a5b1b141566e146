"""A clip's clocks on media that begins elsewhere: in and out, ticks, graph, subclip, freeze, markers."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.cut import Marker, StyledMedia
from stylereel.core.errors import TimelineError, VerifyError
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Clip, Sequence, Track, scale
from stylereel.otio_adapters.premiere.writer import premiere_xml
from stylereel.otio_adapters.xmeml.graph import Span, moved_graph
from stylereel.otio_adapters.xmeml.tree import parse
from support.bare_xmeml import document, file, item, rated, remap
from support.cuts import RATES, saved, source, stand_in

RATE = Fraction(25)


def of(folder, data):
    return timelines.read_cut(saved(folder, data))


def written(folder, *clips, rate=RATE):
    return of(folder, premiere_xml(Sequence("One", rate, (Track(clips),))))


def media(first, frames, rate=RATE, **changes):
    path = "C:/styled/a.mov"
    return StyledMedia(Path(path), path, first, frames, rate, 0, 1920, 1080, **changes)


def relinked(cut, one):
    """The clip item of a cut of one clip on that media, after the check."""
    (use,) = cut.uses
    made = timelines.relink(cut, {use.id: one})
    timelines.check_relink(cut, {use.id: one}, made)
    return next(each for each in ElementTree.fromstring(made).iter("clipitem"))


def numbers(found, *tags):
    return [found.findtext(tag) for tag in tags]


def keys(found):
    return [(key.findtext("when"), key.findtext("value")) for key in found.iter("keyframe")]


def test_a_plain_clip_moves_on_both_clocks(tmp_path):
    found = relinked(written(tmp_path, Clip(source(2), 100, 0, 50)), media(90, 70))
    assert numbers(found, "in", "out", "duration", "pproTicksIn") == ["10", "60", "70", "101606400000"]


def test_media_may_begin_before_the_media_that_the_document_names(tmp_path):
    found = relinked(written(tmp_path, Clip(source(2), 0, 0, 50)), media(-30, 90))
    assert numbers(found, "in", "out", "duration", "pproTicksIn") == ["30", "80", "90", "304819200000"]


def test_media_of_another_rate_moves_ticks_exactly_and_in_by_whole_frames(tmp_path):
    slow = source(2, RATES[0])
    cut = written(tmp_path, Clip(slow, 100, 0, 50), rate=Fraction(24))
    found = relinked(cut, media(10, 90, RATES[0]))
    assert numbers(found, "in", "out") == ["90", "140"]
    ticks = 254016000000 * (Fraction(100, 24) - Fraction(10) / RATES[0])
    assert int(found.findtext("pproTicksIn")) == ticks
    assert numbers(found, "file/rate/timebase", "file/rate/ntsc", "file/duration") == ["24", "TRUE", "90"]


def test_a_fast_clip_moves_in_by_the_shift_over_its_speed(tmp_path):
    cut = written(tmp_path, Clip(source(2), 400, 0, 50, speed=4, percent_only=True))
    assert cut.uses[0].grain == 4
    found = relinked(cut, media(360, 260))
    assert numbers(found, "in", "out", "duration") == ["10", "60", "65"]
    assert found.find("pproTicksIn") is None


def test_a_shift_that_the_clip_cannot_say_is_found(tmp_path):
    cut = written(tmp_path, Clip(source(2), 400, 0, 50, speed=4, percent_only=True))
    with pytest.raises(VerifyError, match="frame"):
        relinked(cut, media(358, 260))


def test_a_graph_begins_and_ends_at_the_new_media_on_its_own_lines(tmp_path):
    ramp = ((0, 200), (20, 300), (50, 330))
    cut = written(tmp_path, Clip(source(2), 0, 0, 50, ramp=ramp, effects=(scale((5, 100), (40, 120)),)))
    old = next(ElementTree.fromstring((tmp_path / "cut.xml").read_bytes()).iter("clipitem"))
    found = relinked(cut, media(190, 145))
    speed, size = found.findall("filter")
    assert keys(speed) == [("0", "0"), ("2", "10"), ("22", "110"), ("52", "140"), ("57", "145")]
    assert numbers(found, "in", "out", "duration") == ["2", "52", "57"]
    moved = int(old.findtext("in")) - 2
    assert [int(w) + moved for w, _ in keys(size)] == [int(w) for w, _ in keys(old.findall("filter")[1])]


def test_keys_outside_the_new_media_give_way_to_one_at_its_edge(tmp_path):
    graph = remap(keys=((0, 0), (100, 50), (200, 1050), (300, 1100), (400, 1900)))
    cut = of(tmp_path, document(item(0, 40, 160, 200, more=graph)))
    assert cut.uses[0].media_frames == FrameRange(650, 1041)
    found = relinked(cut, media(630, 500))
    assert keys(found) == [("0", "0"), ("42", "420"), ("142", "470"), ("145", "494")]
    assert numbers(found, "in", "out") == ["2", "42"]


@given(first=st.integers(0, 300), frames=st.integers(350, 900))
def test_a_moved_graph_is_the_same_line_wherever_the_clip_stands(first, frames):
    """By its own interpolation, between the keys that are left."""
    points = ((0, 0), (90, 310), (130, 290), (200, 700), (500, 1500))
    data = document(item(0, 60, 100, 160, more=remap(keys=points)))
    clip = next(each for each in parse(Path("x.xml"), data).root.walk() if each.tag == "clipitem")
    moved = moved_graph(data, clip, Fraction(first), Span(Fraction(0), Fraction(frames), None))
    text = data
    for start, stop, piece in sorted(moved.edits, reverse=True):
        text = text[:start] + piece + text[stop:]
    after = [tuple(map(Fraction, key)) for key in keys(ElementTree.fromstring(text))]
    for when in range(100, 160):
        assert abs(at(after, when - moved.axis) - (at(points, when) - first)) < Fraction(1, 10**9)
    assert after[0][0] >= 0


def at(points, when):
    pairs = list(pairwise(points))
    (start, low), (end, high) = next((p for p in pairs if when <= p[1][0]), pairs[-1])
    return low + (when - start) * Fraction(high - low) / (end - start)


@pytest.mark.parametrize("inside", [True, False], ids=["ticks within it", "ticks in the media"])
def test_a_subclip_gives_of_its_offset_first(tmp_path, inside):
    subclip = "<subclipinfo><startoffset>200</startoffset><endoffset>1500</endoffset></subclipinfo>"
    ticks = (30, 80) if inside else (230, 280)
    cut = of(tmp_path, document(item(0, 50, 30, 80, more=subclip, ticks=ticks)))
    assert cut.uses[0].media_frames == FrameRange(230, 280)
    found = relinked(cut, media(150, 200))
    assert numbers(found, "in", "subclipinfo/startoffset", "subclipinfo/endoffset") == ["30", "50", "0"]
    found = relinked(cut, media(220, 100))
    assert numbers(found, "in", "subclipinfo/startoffset") == ["10", "0"]


def test_a_freeze_goes_on_showing_its_frame(tmp_path):
    freeze = "<stillframe>TRUE</stillframe><stillframeoffset>140</stillframeoffset>"
    cut = of(tmp_path, document(item(0, 50, 140, 190, more=freeze)))
    found = relinked(cut, media(130, 12))
    assert numbers(found, "stillframe", "stillframeoffset", "in") == ["TRUE", "10", "10"]
    found = relinked(written(tmp_path, Clip(source(2), 140, 0, 50, speed=0)), media(130, 12))
    assert {value for _, value in keys(found)} == {"10"}


def test_a_still_keeps_its_definition_but_for_its_name_and_path(tmp_path):
    picture = file("a.jpg", length=1, more="<media><video><duration>1080000</duration></video></media>")
    cut = of(tmp_path, document(item(0, 50, 90000, 90050, media=picture)))
    assert cut.uses[0].media.kind == "still"
    one = media(0, 1, kind="still")
    found = relinked(cut, replace(one, editor_path="C:/styled/a.tif"))
    assert numbers(found, "in", "out", "file/name", "file/duration") == ["90000", "90050", "a.tif", "1"]
    assert found.findtext("file/pathurl") == "file://localhost/C%3a/styled/a.tif"
    assert found.findtext("file/media/video/duration") == "1080000"


@pytest.mark.parametrize(
    "clip",
    [
        Clip(source(2), 140, 10, 60, speed=0, effects=(scale((5, 100), (40, 120)),)),
        Clip(replace(source(2), name="a.jpg", pathurl="file://localhost/C%3a/a.jpg", still=True), 0, 10, 60),
    ],
    ids=["freeze", "still"],
)
def test_baked_media_plays_from_its_first_frame(tmp_path, clip):
    found = relinked(written(tmp_path, clip), media(0, 50, baked=True))
    wanted = ["0", "50", "50", "0", "508032000000", None]
    assert numbers(found, "in", "out", "duration", "pproTicksIn", "pproTicksOut", "stillframe") == wanted
    assert [each.findtext("effect/effectid") for each in found.findall("filter")] == ["basic"] * len(
        clip.effects
    )
    assert [when for when, _ in keys(found)] == ["5", "40"][: 2 * len(clip.effects)]


def test_baked_media_in_a_nest_that_shows_all_of_its_clip(tmp_path):
    inner = Sequence("Inner", RATE, (Track((Clip(source(2), 140, 10, 60, speed=0),)),))

    def outer(first, speed=1):
        return Sequence("Outer", RATE, (Track((Clip(inner, first, 0, 30, speed=speed),)),))

    cut = of(tmp_path, premiere_xml(outer(10)))
    timelines.check_relink(cut, baked(cut), timelines.relink(cut, baked(cut)))
    for cannot in (outer(20), outer(10, 2)):
        cut = of(tmp_path, premiere_xml(cannot))
        with pytest.raises(TimelineError, match="baked"):
            timelines.relink(cut, baked(cut))


def baked(cut):
    return {use.id: media(0, 50, baked=True) for use in cut.uses}


def test_clip_markers_move_at_the_clips_own_rate(tmp_path):
    """A clip that counts 15 frames a second in a sequence of 30."""
    mark = "<marker><name>{}</name><in>{}</in><out>-1</out></marker>"
    marks = "".join(mark.format(name, at) for name, at in (("gone", 5), ("left", 40)))
    rates = {"rate": rated(15), "media": file(rate=rated(30))}
    cut = of(tmp_path, document(item(0, 40, 30, 50, more=marks, **rates), rate=rated(30)))
    found = relinked(cut, media(40, 80, Fraction(30)))
    assert [marker.findtext("in") for marker in found.findall("marker")] == ["20"]
    assert numbers(found, "in", "out") == ["10", "30"]


def test_a_marker_that_is_gone_though_its_frame_is_there_is_found(tmp_path):
    marks = (Marker("note", "", FrameRange(120, 120)),)
    cut = written(tmp_path, Clip(source(2), 100, 0, 50, markers=marks))
    styled = {cut.uses[0].id: stand_in(cut.uses[0])}
    made = timelines.relink(cut, styled)
    gone = re.sub(rb"<marker>.*?</marker>", b"", made, count=1, flags=re.DOTALL)
    for broken in (made.replace(b"<in>20</in>", b"<in>24</in>", 1), gone):
        assert broken != made
        with pytest.raises(VerifyError, match="markers"):
            timelines.check_relink(cut, styled, broken)
