"""Nested sequences on styled media: shared where their uses agree, copied where they do not."""

import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.cut import Clip, Sequence, Track
from stylereel.otio_adapters.premiere.writer import premiere_xml
from stylereel.otio_adapters.xmeml.check import dangling
from stylereel.otio_adapters.xmeml.tree import parse
from support.bare_xmeml import document, item, sequence
from support.cuts import saved, source, stand_in, stand_ins

RATE = Fraction(25)
INNER = Sequence("Inner", RATE, (Track((Clip(source(1), 100, 0, 50), Clip(source(2), 300, 50, 100))),))


def twice(*windows):
    """`INNER` in an outer sequence, once for each (first, length) of it."""
    clips, here = [], 0
    for first, length in windows:
        clips.append(Clip(INNER, first, here, here + length))
        here += length
    return Sequence("Outer", RATE, (Track(tuple(clips)),))


def relinked(folder, data, styled=None, name=None):
    cut = timelines.read_cut(saved(folder, data), name)
    styled = stand_ins(cut) if styled is None else styled(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert not dangling(parse(cut.path, written))
    return cut, styled, written


def names(written):
    return [body.findtext("name") for body in bodies(written)]


def bodies(written):
    return [e for e in ElementTree.fromstring(written).iter("sequence") if len(e)]


def alike(cut):
    """Every clip of a nest on the same media wherever it is seen."""
    made = {}
    return {use.id: made.setdefault(use.id.rpartition("/")[2], stand_in(use, full=True)) for use in cut.uses}


def test_uses_that_are_styled_alike_share_one_body(tmp_path):
    _, _, written = relinked(tmp_path, premiere_xml(twice((0, 100), (0, 100))), alike)
    assert names(written) == ["Outer (styled)", "Inner (styled)"]


def test_uses_that_show_other_clips_share_one_body(tmp_path):
    cut, styled, written = relinked(tmp_path, premiere_xml(twice((0, 50), (50, 50))))
    assert len({media.editor_path for media in styled.values()}) == len(cut.uses) == 2
    assert names(written) == ["Outer (styled)", "Inner (styled)"]


def test_uses_that_are_styled_otherwise_get_bodies_of_their_own(tmp_path):
    cut, _, written = relinked(tmp_path, premiere_xml(twice((0, 100), (0, 100), (0, 100))))
    assert sorted(names(written)) == sorted(
        ["Outer (styled)", "Inner (styled)", "Inner (styled 2)", "Inner (styled 3)"]
    )
    found = bodies(written)
    assert len({body.get("id") for body in found}) == len({body.findtext("uuid") for body in found}) == 4
    clips = [each.get("id") for each in ElementTree.fromstring(written).iter("clipitem")]
    assert len(set(clips)) == len(clips), "ids stay unique, in sound too"
    assert ElementTree.fromstring(written).findall(".//clipitem//sequence/media/audio//clipitem")
    again = timelines.read_cut(saved(tmp_path, written, "again.xml"))
    assert [use.record for use in again.uses] == [use.record for use in cut.uses]


def test_a_use_that_stays_on_its_originals_keeps_the_body_that_was_there(tmp_path):
    data = premiere_xml(twice((0, 100), (0, 100)))
    cut, _, written = relinked(tmp_path, data, lambda cut: {use.id: stand_in(use) for use in cut.uses[2:]})
    old = {body.get("id"): ElementTree.tostring(body) for body in bodies(data)}
    again = timelines.read_cut(saved(tmp_path, written, "again.xml"))
    assert again.uses[:2] == cut.uses[:2]
    (kept,) = (body for body in bodies(written) if body.findtext("name") == "Inner")
    assert kept.get("id") in old


def test_a_sequence_that_stands_for_itself_too_is_copied(tmp_path):
    data = premiere_xml(INNER, twice((0, 100)))
    _, _, written = relinked(tmp_path, data, name="Outer")
    path = saved(tmp_path, written, "out.xml")
    assert timelines.sequences(path) == ["Inner", "Outer (styled)"]
    assert "Inner (styled)" in names(written)
    before, after = (timelines.read_cut(each, "Inner") for each in (tmp_path / "cut.xml", path))
    assert after.uses == before.uses


def test_a_nest_chosen_for_itself_is_copied_and_what_nests_it_stays(tmp_path):
    data = premiere_xml(INNER, twice((0, 100)))
    _, _, written = relinked(tmp_path, data, name="Inner")
    path = saved(tmp_path, written, "out.xml")
    assert timelines.sequences(path) == ["Inner (styled)", "Outer"]
    before, after = (timelines.read_cut(each, "Outer") for each in (tmp_path / "cut.xml", path))
    assert after.uses == before.uses


def test_nests_in_copies_are_copied_only_where_they_differ(tmp_path):
    deep = Sequence("Deep", RATE, (Track((Clip(source(3), 500, 0, 40),)),))
    inner = Sequence("Inner", RATE, (Track((Clip(deep, 0, 0, 40), Clip(source(2), 300, 40, 80))),))
    outer = Sequence("Outer", RATE, (Track((Clip(inner, 0, 0, 80), Clip(inner, 0, 80, 160))),))

    def only_the_shallow_one_differs(cut):
        made = alike(cut)
        (other,) = (use for use in cut.uses if use.record.first == 120)
        return made | {other.id: stand_in(other)}

    _, _, written = relinked(tmp_path, premiere_xml(outer), only_the_shallow_one_differs)
    assert sorted(names(written)) == ["Deep (styled)", "Inner (styled 2)", "Inner (styled)", "Outer (styled)"]
    _, _, written = relinked(tmp_path, premiere_xml(outer))
    assert names(written).count("Deep (styled 2)") == 1, "it is seen in both, on other media"


def test_cutting_on_a_styled_timeline_gives_no_second_suffix(tmp_path):
    _, _, once = relinked(tmp_path, premiere_xml(twice((0, 100))))
    _, _, again = relinked(tmp_path, once)
    assert names(again) == names(once) == ["Outer (styled)", "Inner (styled)"]
    assert [e.findtext("uuid") for e in bodies(again)] != [e.findtext("uuid") for e in bodies(once)]


def test_sound_of_a_nest_goes_with_the_picture_that_it_is_linked_with(tmp_path):
    inner = sequence(item(0, 50, 300, 350, item_id="leaf"), name="Inner")
    link = "<link><linkclipref>{}</linkclipref></link>"
    clips = [
        item(0, 50, 0, 50, media=inner, item_id="one", more=link.format("a1")),
        item(50, 100, 0, 50, media='<sequence id="Inner"/>', item_id="two", more=link.format("a2")),
    ]
    sound = "".join(
        item(at, at + 50, 0, 50, media='<sequence id="Inner"/>', item_id=own, more=link.format(picture))
        for at, own, picture in ((0, "a1", "one"), (50, "a2", "two"))
    )
    data = document(*clips, name="Outer")
    place = data.rindex(b"</video>") + len(b"</video>")
    data = data[:place] + f"<audio><track>{sound}</track></audio>".encode() + data[place:]
    _, _, written = relinked(tmp_path, data)
    shown = {
        e.get("id"): e.find("sequence").get("id")
        for e in ElementTree.fromstring(written).iter("clipitem")
        if e.find("sequence") is not None
    }
    assert shown["one"] == shown["a1"] != shown["two"] == shown["a2"]


def test_bodies_and_files_stand_in_full_before_they_are_named(tmp_path):
    """The body stood behind its first use, and its only file in the clip that lost it."""
    inner = sequence(item(0, 50, 300, 350, item_id="leaf"), name="Inner")
    late = item(50, 90, 10, 50, media='<file id="file-1"/>', item_id="late")
    data = document(
        item(0, 50, 0, 50, media='<sequence id="Inner"/>', item_id="one"), late, more=inner, name="Outer"
    )
    cut, _, written = relinked(tmp_path, data, lambda cut: {cut.uses[0].id: stand_in(cut.uses[0])}, "Outer")
    path = saved(tmp_path, written, "out.xml")
    again = timelines.read_cut(path, "Outer (styled)")
    assert again.uses[1] == cut.uses[1]
    assert timelines.read_cut(path, "Inner").uses[0].media.editor_path == cut.uses[1].media.editor_path


@pytest.mark.parametrize("speed", [1, 2, Fraction(-1, 2)])
def test_a_nest_that_shows_a_part_of_a_clip_gets_no_frame_before_its_media(tmp_path, speed):
    long = Sequence("Inner", RATE, (Track((Clip(source(2), 100, 0, 400),)),))
    first = 200 if speed > 0 else 260
    outer = Sequence("Outer", RATE, (Track((Clip(long, first, 0, 60, speed=speed),)),))
    _, styled, written = relinked(tmp_path, premiere_xml(outer))
    (media,) = styled.values()
    leaf = next(e for e in ElementTree.fromstring(written).iter("clipitem") if e.find("file") is not None)
    assert int(leaf.findtext("in")) >= 0 and int(leaf.findtext("pproTicksIn")) >= 0
    assert media.first_frame > 200
