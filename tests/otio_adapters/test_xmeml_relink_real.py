"""Real exports on styled media, element by element: only what must differ from the editor's own does."""

import copy
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest
from stylereel.core.exchange import Delivery
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.pathurls import to_path
from stylereel.otio_adapters.xmeml.check import dangling
from stylereel.otio_adapters.xmeml.tree import parse
from support.cuts import saved, stand_ins

FILES = {
    "premiere/premiere_example.xml": 8,
    "premiere/premiere_enable_property.xml": 3,
    "premiere/speed_and_vfr_192_clips.xml": 64,
    "premiere/blue_frame_5_to_25.xml": 1,
    "premiere/premiere_generators.xml": 0,
    "other_xml/hiero_xml_export.xml": 1,
    "other_xml/auto_editor_empty_duration.xml": 135,
}
NAMED = (["sequence", "name"], ["sequence", "uuid"])
CLOCK = {"in", "out", "duration", "pproTicksIn", "pproTicksOut", "when", "value", "valuemax"}


@pytest.fixture(params=FILES)
def cut(request, samples):
    found = timelines.read_cut(samples / "timelines" / request.param)
    assert len(found.uses) == FILES[request.param], "nothing is lost, nothing is made up"
    return found


def told_apart(document: bytes):
    """Every sequence and every file by its id, each with the others' ids alone in it; the rest as `root`."""
    root = ElementTree.fromstring(document)
    bodies = {("root", ""): root}

    def lift(parent):
        for index, child in enumerate(parent):
            lift(child)
            if child.tag in ("file", "sequence") and child.get("id") and len(child):
                bodies.setdefault((child.tag, child.get("id")), child)
                parent[index] = ElementTree.Element(child.tag, {"id": child.get("id", "")})
                parent[index].tail, child.tail = child.tail, None

    lift(root)
    return bodies


def differences(old, new, within=()):
    """Every element that differs, as (the tags down to it, the clip items around it, what differs)."""
    here = (*within, old)
    if (old.tag, old.attrib, old.text) != (new.tag, new.attrib, new.text) or old.tail != new.tail:
        yield here, (old.attrib, (old.text or "").strip()), (new.attrib, (new.text or "").strip())
    kept = [child.tag for child in new]
    if [child.tag for child in old] != kept:
        yield here, [child.tag for child in old], kept
        return
    for before, after in zip(old, new, strict=True):
        yield from differences(before, after, here)


def without_lost_markers(old, new):
    """`old` without the markers of clips that stand outside their new media."""
    old = copy.deepcopy(old)
    for before, after in zip(old.iter("clipitem"), new.iter("clipitem"), strict=True):
        for marker in before.findall("marker")[len(after.findall("marker")) :]:
            before.remove(marker)
    return old


@pytest.mark.parametrize("full", [False, True], ids=["trim", "full"])
def test_only_what_must_differs(cut, full):
    styled = stand_ins(cut, slack=3, full=full)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert not dangling(parse(cut.path, written))
    old, new = told_apart(cut.path.read_bytes()), told_apart(written)
    assert {key for key in new if key[0] == "sequence"} == {key for key in old if key[0] == "sequence"}
    leaves = {use.id.rpartition("/")[2] for use in cut.uses}
    for key in new.keys() & old.keys():
        lined_up = without_lost_markers(old[key], new[key])
        for path, _, _ in differences(lined_up, new[key]):
            check_difference(path, leaves, full)
    wanted = {media.editor_path: media for media in styled.values()}
    made = {to_path(new[key].findtext("pathurl")): new[key] for key in new.keys() - old.keys()}
    assert made.keys() == wanted.keys()
    for path, file in made.items():
        assert int(file.findtext("duration")) == wanted[path].frames
        assert file.findtext("name") == path.rpartition("/")[2]


def check_difference(path, leaves, full):
    tags = [element.tag for element in path]
    if "clipitem" not in tags:
        assert tags[-2:] in NAMED, tags
        return
    (item,) = (element for element in path if element.tag == "clipitem")
    named = item.get("id") in leaves or item.get("id") is None
    assert named, "sound, titles, nests and what is switched off stay as they came"
    assert tags[-1] in ({"file", "masterclipid"} if full else {"file", "masterclipid"} | CLOCK), tags
    if tags[-1] in ("when", "value", "valuemax"):
        assert "graphdict" in [element.findtext("parameterid") for element in path]


def test_a_stacked_document_still_has_every_element_of_the_original(cut):
    """Taking the new tracks out again gives the original, but for its name and the numbers of tracks."""
    styled = stand_ins(cut, slack=3)
    for manner in ("stacked", "live"):
        delivery = Delivery(manner=manner, opacity={key: ((0, 0.0), (9, 100.0)) for key in styled})
        written = timelines.relink(cut, styled, delivery)
        timelines.check_relink(cut, styled, written, delivery)
        assert not dangling(parse(cut.path, written))
        old, new = told_apart(cut.path.read_bytes()), told_apart(written)
        paths = {
            to_path(each.findtext("pathurl") or ""): key[1] for key, each in new.items() if key[0] == "file"
        }
        ours = {paths[media.editor_path] for media in styled.values()}
        for key in new.keys() & old.keys():
            for video in new[key].iter("video"):
                for below, track in pairwise(list(video)):
                    if ours & {file.get("id") for file in track.iter("file")}:
                        below.tail = track.tail
                        video.remove(track)
            found = [[element.tag for element in path[-2:]] for path, _, _ in differences(old[key], new[key])]
            assert [tags for tags in found if tags[1] != "trackindex" and tags not in NAMED] == []


def test_the_500_per_cent_clip_stays_exact_and_its_graph_begins_at_the_new_media(samples, tmp_path):
    path = samples / "timelines" / "premiere" / "speed_and_vfr_192_clips.xml"
    cut = timelines.read_cut(path)
    (fast,) = (use for use in cut.uses if use.id == "clipitem-18")
    assert (fast.media_frames.first, fast.media_frames.stop) == (100, 886)
    written = timelines.relink(cut, stand_ins(cut, slack=11))
    item = next(e for e in ElementTree.fromstring(written).iter("clipitem") if e.get("id") == "clipitem-18")
    keys = [(key.findtext("when"), key.findtext("value")) for key in item.iter("keyframe")]
    assert keys[:3] == [("0", "1"), ("2", "11"), ("159", "796")]
    again = timelines.read_cut(saved(tmp_path, written), f"{cut.sequence} (styled)")
    (moved,) = (use for use in again.uses if use.id == "clipitem-18")
    assert (moved.media_frames.first, moved.media_frames.stop) == (11, 797)
    assert not again.notes
