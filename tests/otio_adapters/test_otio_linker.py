"""Footage for clips that name no file: how it is found, and the same as a media linker of OpenTimelineIO."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.schema import Clip, ExternalReference, MissingReference, Timeline, Track
from stylereel.core.exchange import Delivery, Reading
from stylereel.core.paths import PathMap
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.exchange.links import Linked, Wanted, find
from support import burnin
from support.cuts import saved, stand_in, stand_ins
from support.edl import FILM, edl, event, footage
from support.otio_cuts import span


def wanted(names=(), reel="", first=86500, frames=24, rate=FILM):
    return Wanted(tuple(names), reel, Fraction(first), Fraction(first + frames), rate)


SHELF = (
    footage("a/A001.mov", "01:00:00:00", 2400, "R1"),
    footage("b/A001.mov", "02:00:00:00", 2400, "R2"),
    footage("b/A002.mov", "01:00:00:00", 2400, "R2"),
    footage("b/plain.mp4", None, 240),
)


@pytest.mark.parametrize(
    ("clip", "name"),
    [
        (wanted(reel="R1"), "a/A001.mov"),
        (wanted(reel="r2"), "b/A002.mov"),
        (wanted(reel="A002"), "b/A002.mov"),
        (wanted(["A001.mov"]), "a/A001.mov"),
        (wanted(["A001"], first=172800), "b/A001.mov"),
        (wanted(["A001.mp4"]), "a/A001.mov"),
        (wanted(["A001"], "R1"), "a/A001.mov"),
        (wanted(["plain"], first=10), "b/plain.mp4"),
        (wanted(["A002"], rate=Fraction(24)), "b/A002.mov"),
    ],
)
def test_the_one_file_that_fits_is_found(clip, name):
    linked = find(clip, SHELF)
    assert isinstance(linked, Linked) and linked.footage.path == Path("/mnt/cards") / name
    assert linked.start in (linked.footage.start, 0)


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (wanted(["nobody"]), "no file that was searched is called 'nobody'"),
        (wanted(), "it names neither a reel nor a file"),
        (wanted(["A002"], first=999999), "its range lies outside of /mnt/cards/b/A002.mov"),
        (wanted(["plain"], frames=9999), "its range lies outside of"),
        (wanted(["A001"], first=2300, frames=10), "several files could be its media"),
    ],
)
def test_where_none_or_several_fit_it_says_why(clip, reason):
    found = find(clip, SHELF)
    assert isinstance(found, str) and found.startswith(reason)


@given(
    first=st.integers(0, 10**7),
    frames=st.integers(1, 5000),
    name=st.sampled_from(["A001", "plain", "x"]),
    reel=st.sampled_from(["", "R1", "R2"]),
)
def test_what_is_found_has_every_frame_that_is_wanted(first, frames, name, reel):
    clip = wanted([name], reel, first, frames)
    if isinstance(linked := find(clip, SHELF), Linked):
        assert linked.start <= first and first + frames <= linked.start + linked.footage.frames


def test_a_clip_without_media_is_linked_and_relinked(tmp_path):
    timeline = Timeline("One")
    clips = [Clip("A002", MissingReference(), span(86500, 48, FILM)), Clip("zzz", None, span(0, 24, FILM))]
    timeline.tracks.append(Track("V", clips, kind="Video"))
    timeline.to_json_file(str(tmp_path / "cut.otio"))
    cut = timelines.read_cut(tmp_path / "cut.otio", reading=Reading(footage=SHELF))
    (use,) = cut.uses
    assert (use.media.editor_path, use.media.reel) == ("/mnt/cards/b/A002.mov", "R2")
    assert (use.time.frame(0), use.media.start, use.media.plays) == (100, 86400, FILM)
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    again = timelines.read_cut(saved(tmp_path, written, "out.otio"))
    assert again.uses[0].media.start == 86500
    kept = otio.adapters.read_from_string(timelines.archive(cut, styled).decode(), "otio_json")
    original = kept.find_clips()[0].media_references()["DEFAULT_MEDIA"]
    assert original.target_url == "file:///mnt/cards/b/A002.mov"
    assert original.available_range == span(86400, 2400, FILM)


@pytest.mark.parametrize(
    ("name", "found"), [("A002.mov", "/mnt/cards/b/A002.mov"), ("zzz.mov", "/old/zzz.mov")]
)
def test_a_file_that_is_elsewhere_now_keeps_its_name_in_the_document(tmp_path, name, found):
    media = ExternalReference(f"file:///old/{name}", span(86400, 2400, FILM))
    timeline = Timeline("One")
    timeline.tracks.append(Track("V", [Clip("c", media, span(86500, 48, FILM))], kind="Video"))
    timeline.to_json_file(str(tmp_path / "cut.otio"))
    cut = timelines.read_cut(tmp_path / "cut.otio", reading=Reading(footage=SHELF))
    (use,) = cut.uses
    assert (use.media.editor_path, str(use.media.path)) == (f"/old/{name}", found)
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """A folder with one film of 60 frames, whose timecode begins at 01:00:00:00."""
    folder = tmp_path_factory.mktemp("cards")
    burnin.write_counter(folder / "A002.mov", 60, Fraction(25), start_timecode="01:00:00:00")
    return folder


def test_any_program_links_through_the_plug_in(tmp_path, cards):
    source = saved(
        tmp_path,
        edl(
            event(1, "AX", "C", "01:00:01:00", "01:00:02:00", "10:00:00:00", "10:00:01:00"),
            "* FROM CLIP NAME: A002",
        ),
        "cut.edl",
    )
    script = (
        "import opentimelineio as otio, sys\n"
        f"t = otio.adapters.read_from_file({str(source)!r}, rate=25, media_linker_name='stylereel_search',\n"
        f"    media_linker_argument_map={{'folder': {str(cards)!r}}})\n"
        "otio.adapters.write_to_file(t, sys.argv[1])\n"
    )
    out = tmp_path / "out.otio"
    subprocess.run([sys.executable, "-c", script, str(out)], check=True, cwd=tmp_path)
    (clip,) = otio.adapters.read_from_file(str(out)).find_clips()
    reference = clip.media_reference
    assert isinstance(reference, ExternalReference)
    assert reference.target_url.endswith("/A002.mov") and reference.available_range == span(90000, 60, 25)
    cut = timelines.read_cut(out)
    assert (cut.timecode(0), cut.frames) == ("10:00:00:00", 25)
    (use,) = cut.uses
    assert (use.media.path, use.time.frame(0)) == (cards / "A002.mov", 25)


def test_the_plug_in_says_what_it_needs(tmp_path):
    clip = Clip("A002", None, span(86500, 48, FILM))
    for arguments in ({}, {"folder": str(tmp_path / "nowhere")}):
        with pytest.raises(otio.exceptions.OTIOError):
            otio.media_linker.linked_media_reference(clip, "stylereel_search", arguments)
    kept = Clip("A002", ExternalReference("/m/x.mov"), span(86500, 48, FILM))
    assert (
        otio.media_linker.linked_media_reference(kept, "stylereel_search", {"folder": str(tmp_path)}) is None
    )


@pytest.mark.parametrize("manner", ["replace", "stacked"])
def test_found_footage_has_the_path_of_the_editors_machine(tmp_path, manner):
    source = saved(
        tmp_path,
        edl(event(1, "R2", "C", "01:00:10:00", "01:00:12:00", "10:00:00:00", "10:00:02:00")),
        "cut.edl",
    )
    paths, reading = PathMap((("D:/rushes", "/mnt/cards"),)), Reading(rate=FILM, footage=SHELF)
    cut = timelines.read_cut(source, paths=paths, reading=reading)
    (use,) = cut.uses
    assert (use.media.editor_path, use.media.path) == ("D:/rushes/b/A002.mov", SHELF[2].path)
    styled, delivery = stand_ins(cut), Delivery(manner)
    written = timelines.relink(cut, styled, delivery)
    timelines.check_relink(cut, styled, written, delivery)
    kept = otio.adapters.read_from_string(timelines.archive(cut, styled).decode(), "otio_json")
    original = kept.find_clips()[0].media_references()["DEFAULT_MEDIA"]
    assert original.target_url == "file:///D:/rushes/b/A002.mov"


def test_originals_under_styled_copies_name_the_footage_that_was_found(tmp_path):
    lines = (
        event(1, "R1", "C", "01:00:10:00", "01:00:12:00", "10:00:00:00", "10:00:02:00"),
        event(2, "R2", "C", "01:00:20:00", "01:00:21:00", "10:00:02:00", "10:00:03:00"),
        event(3, "ZZ", "C", "01:00:20:00", "01:00:21:00", "10:00:03:00", "10:00:04:00"),
    )
    source = saved(tmp_path, edl(*lines), "cut.edl")
    cut = timelines.read_cut(source, reading=Reading(rate=FILM, footage=SHELF))
    styled = {use.id: stand_in(use) for use in cut.uses[:1]}
    delivery = Delivery("stacked")
    written = timelines.relink(cut, styled, delivery)
    timelines.check_relink(cut, styled, written, delivery)
    below, above = otio.adapters.read_from_string(written.decode(), "otio_json").tracks
    first, second, lost = below.find_clips()
    assert first.media_reference.target_url == "file:///mnt/cards/a/A001.mov"
    assert second.media_reference.target_url == "file:///mnt/cards/b/A002.mov"
    assert second.media_reference.available_range == span(86400, 2400, FILM)
    assert isinstance(lost.media_reference, MissingReference)
    assert above[0].media_reference.target_url.startswith("file:///C:/styled/")
    again = timelines.read_cut(saved(tmp_path, written, "out.otio"))
    assert [use.time.frame(0) for use in again.uses if use.track == "V1"] == [240, 480]
