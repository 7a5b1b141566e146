"""How an OTIO timeline is given back: stacked, baked, as stills, in bundles, in other schemas and URLs."""

import json
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    Gap,
    ImageSequenceReference,
    Marker,
    Stack,
    Timeline,
    Track,
    Transition,
)
from stylereel.core.cut import MediaFacts
from stylereel.core.errors import OutputError, TimelineError, UsageError, VerifyError
from stylereel.core.exchange import Delivery, Footage, Reading
from stylereel.core.paths import PathMap
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from support.bare_cuts import true_frames
from support.cuts import saved, stand_in, stand_ins
from support.otio_cuts import span, warps

RATE = Fraction(25)
STACKED = Delivery(manner="stacked")


def media(name="c", start=1000, frames=2000, rate=RATE):
    return ExternalReference(f"/m/{name}.mov", span(start, frames, rate))


def clip(first=0, frames=50, speed=1, name="c", **changes):
    values = {"media_reference": media(name), "source_range": span(1000 + first, frames, RATE), **changes}
    return Clip(name, effects=warps(Fraction(speed)), **values)


def picture(frames=50):
    return Clip("card", ExternalReference("/m/card.png", span(0, 1, RATE)), span(0, frames, RATE))


def track(*items):
    return Track("V", items, kind="Video")


def dissolve(before, after):
    return Transition("", "SMPTE_Dissolve", RationalTime(before, 25), RationalTime(after, 25))


def gap(frames):
    return Gap(source_range=span(0, frames, RATE))


def document(*tracks):
    timeline = Timeline("One", global_start_time=RationalTime(90000, 25))
    timeline.tracks.extend(tracks)
    return timeline


def read(tmp_path, *tracks, name="cut.otio", reading=Reading()):
    path = tmp_path / name
    document(*tracks).to_json_file(str(path))
    return timelines.read_cut(path, reading=reading)


def delivered(cut, styled, delivery=Delivery()):
    data = timelines.relink(cut, styled, delivery)
    timelines.check_relink(cut, styled, data, delivery)
    return data


def tree(data):
    return json.loads(data)["tracks"]["children"]


def test_stacked_puts_copies_above_and_leaves_the_original_as_it_was(tmp_path):
    items = [clip(100), dissolve(4, 6), clip(300, 50, 2, name="d"), gap(9), clip(500), clip(700), clip(900)]
    items[4].markers.append(Marker("m", span(1510, 0, RATE)))
    cut = read(tmp_path, track(*items), track(gap(30), clip(5)))
    styled = {key: media for key, media in stand_ins(cut).items() if key in ("V1/1", "V1/5", "V1/7")}
    written = tree(delivered(cut, styled, STACKED))
    before = tree(cut.path.read_bytes())
    assert [written[0], written[2]] == before and len(written) == 3
    copies = written[1]["children"]
    kinds = [each["OTIO_SCHEMA"].partition(".")[0] for each in copies]
    assert kinds == ["Clip", "Transition", "Gap", "Clip", "Gap", "Clip"]
    assert [each["source_range"]["duration"]["value"] for each in copies if "Gap" in each["OTIO_SCHEMA"]] == [
        59,
        50,
    ]


def test_stacked_in_nests_of_every_make(tmp_path):
    inner = Track("t", [clip(100), clip(200)], span(10, 60, RATE), "Video")
    loose = Stack("s", [clip(300)], source_range=span(0, 40, RATE))
    whole = Stack("w", [track(clip(400, 30)), track(clip(5, 30))], source_range=span(5, 20, RATE))
    cut = read(tmp_path, track(inner, loose, whole, clip(700)))
    for keys in ([use.id for use in cut.uses], [use.id for use in cut.uses][::2]):
        styled = {use.id: stand_in(use) for use in cut.uses if use.id in keys}
        again = timelines.read_cut(
            saved(tmp_path, delivered(cut, styled, STACKED), "out.otio"),
        )
        assert len(again.uses) == len(cut.uses) + len(styled)


def test_live_ramps_have_no_words_in_otio(tmp_path):
    cut = read(tmp_path, track(clip()))
    with pytest.raises(UsageError, match="opacity"):
        timelines.relink(cut, stand_ins(cut), Delivery(manner="live"))


def test_a_baked_freeze_and_a_baked_still_play_for_themselves(tmp_path):
    inner = Stack("s", [track(picture(60))], source_range=span(10, 30, RATE))
    cut = read(tmp_path, track(gap(3), dissolve(2, 5), clip(40, 20, 0), dissolve(4, 4), picture(), inner))
    styled = {
        use.id: replace(
            stand_in(use),
            baked=True,
            kind="movie",
            editor_path=f"/s/{use.record.first}.mov",
            first_frame=0,
            frames=len(use.visible),
            rate=RATE,
            start=use.visible.first,
        )
        for use in cut.uses
    }
    freeze, still, nested = (
        use for use in timelines.read_cut(saved(tmp_path, delivered(cut, styled), "out.otio")).uses
    )
    assert [use.media_frames for use in (freeze, still, nested)] == [
        FrameRange(0, 26),
        FrameRange(0, 54),
        FrameRange(0, 30),
    ]
    assert all(use.time.plain for use in (freeze, still, nested))


def test_nothing_is_baked_in_a_nest_of_another_speed(tmp_path):
    inner = Stack("s", [track(picture(60))], source_range=span(10, 30, RATE), effects=warps(Fraction(2)))
    cut = read(tmp_path, track(inner))
    styled = {
        use.id: replace(stand_in(use), baked=True, kind="movie", frames=30, rate=RATE) for use in cut.uses
    }
    with pytest.raises(UsageError, match="cannot be baked"):
        timelines.relink(cut, styled)


def test_a_styled_still_changes_the_path_alone(tmp_path):
    cut = read(tmp_path, track(picture()))
    styled = {use.id: replace(stand_in(use), kind="still", editor_path="/s/card.png") for use in cut.uses}
    (old,), (new,) = (
        each[0]["children"] for each in (tree(cut.path.read_bytes()), tree(delivered(cut, styled)))
    )
    reference = new["media_references"]["DEFAULT_MEDIA"]
    assert reference.pop("target_url") == "/s/card.png" and reference.pop("metadata")["stylereel"]
    del (
        old["media_references"]["DEFAULT_MEDIA"]["target_url"],
        old["media_references"]["DEFAULT_MEDIA"]["metadata"],
    )
    assert old == new


def test_an_image_sequence_becomes_one_file_on_its_clock(tmp_path):
    pictures = ImageSequenceReference(
        "file:///m/pics/", "shot.", ".exr", start_frame=1001, frame_zero_padding=4, rate=25,
        available_range=span(1001, 200, RATE),
    )  # fmt: skip
    cut = read(tmp_path, track(Clip("s", pictures, span(1051, 40, RATE))))
    (use,) = cut.uses
    assert (use.media.kind, use.media.editor_path) == ("sequence", "/m/pics/shot.1001.exr")
    assert use.media_frames == FrameRange(50, 90)
    again = timelines.read_cut(saved(tmp_path, delivered(cut, stand_ins(cut, 3)), "out.otio")).uses[0]
    assert (again.media.kind, again.media.start, again.time.frame(0)) == ("movie", 1048, 3)


@pytest.mark.parametrize(
    ("urls", "path", "url"),
    [
        ("path", "C:/out/a b.mov", "C:/out/a b.mov"),
        ("file", "C:/out/a b.mov", "file:///C:/out/a%20b.mov"),
        ("file", "/out/é.mov", "file:///out/%C3%A9.mov"),
        ("file", "//server/x/a.mov", "file://server/x/a.mov"),
        ("as-is", "/out/a b.mov", "/out/a b.mov"),
    ],
)
def test_urls_are_written_as_asked(tmp_path, urls, path, url):
    cut = read(tmp_path, track(clip()))
    styled = {use.id: replace(stand_in(use), editor_path=path) for use in cut.uses}
    written = tree(delivered(cut, styled, Delivery(urls=urls)))[0]["children"][0]
    assert written["media_references"]["DEFAULT_MEDIA"]["target_url"] == url


@pytest.mark.parametrize("schema", [1, 2])
def test_the_schema_of_clips_is_the_one_asked_for(tmp_path, schema):
    cut = read(tmp_path, track(clip()))
    written = delivered(cut, stand_ins(cut), Delivery(clip_schema=schema))
    assert tree(written)[0]["children"][0]["OTIO_SCHEMA"] == f"Clip.{schema}"


def test_no_time_warp_of_full_speed_is_ever_written(tmp_path):
    cut = read(tmp_path, track(clip(), clip(5, 20, 2)))
    for delivery in (Delivery(), STACKED):
        assert b'"time_scalar": 1.0' not in delivered(cut, stand_ins(cut), delivery)


@pytest.mark.parametrize("start", [0, 90000])
def test_where_the_media_begins_unsaid_it_is_the_timecode_or_the_first_frame(tmp_path, start):
    reference = ExternalReference("/m/x.mov")
    cut = read(tmp_path, track(Clip("x", reference, span(start + 100, 50, RATE))))
    use = cut.uses[0]
    media = replace(stand_in(use), first_frame=90, frames=70, start=90000 + 90)
    written = tree(delivered(cut, {use.id: media}))[0]["children"][0]["media_references"]["DEFAULT_MEDIA"]
    assert written["available_range"]["start_time"]["value"] == start + 90


@pytest.mark.parametrize("start", [0, 90000])
def test_a_clip_that_begins_before_its_media_keeps_its_clock(tmp_path, start):
    cut = read(tmp_path, track(Clip("x", ExternalReference("/m/x.mov"), span(start - 10, 50, RATE))))
    media = replace(stand_in(cut.uses[0]), first_frame=0, frames=40, start=90000)
    written = tree(delivered(cut, {cut.uses[0].id: media}))[0]["children"][0]["media_references"]
    assert written["DEFAULT_MEDIA"]["available_range"]["start_time"]["value"] == start


@pytest.mark.parametrize("found", [False, True])
@pytest.mark.parametrize("count", [4320, 4321, 86400])
def test_the_timecode_of_a_file_is_read_at_the_clips_timebase(tmp_path, count, found):
    """10 frames at 25 behind the file's timecode are 0.4 s into it, whatever seconds its clock takes."""
    ntsc, first = Fraction(24000, 1001), -(-count * 25 // 24) + 10
    reference = None if found else ExternalReference("/m/x.mov")
    footage = Footage(Path("/m/x.mov"), "x.mov", ntsc, 1000, count)
    document = track(Clip("x", reference, span(first, 50, RATE)))
    cut = read(tmp_path, document, reading=Reading(footage=(footage,))) if found else read(tmp_path, document)
    facts = MediaFacts(ntsc, 1000, 320, 180, "", start=count)
    (use,) = true_frames(cut, {use.media.editor_path: facts for use in cut.uses}).uses
    at = (first - Fraction(count) * 25 / 24) / 25
    assert use.time.first == at * ntsc and use.media.start == count
    begin = use.time.frame(0) - 5
    media = replace(stand_in(use), first_frame=begin, frames=70, start=count + begin, rate=ntsc)
    written = delivered(cut, {use.id: media})
    clip = otio.adapters.read_from_string(written.decode(), "otio_json").find_clips()[0]
    into = clip.source_range.start_time - clip.media_reference.available_range.start_time
    assert into.to_seconds() == pytest.approx(float(at - begin / ntsc), abs=1e-9)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"value": 1100.0', b'"value": 1101.0'),
        (b'"value": 50.0', b'"value": 51.0'),
        (b'"time_scalar": 2.0', b'"time_scalar": 2.5'),
        (b"/styled/V1_3", b"/styled/V1_1"),
        (b'"enabled": true', b'"enabled": false'),
        (b'"value": 3.0', b'"value": 4.0'),
    ],
)
@pytest.mark.parametrize("delivery", [Delivery(), STACKED], ids=["replace", "stacked"])
def test_the_check_sees_one_wrong_number(tmp_path, delivery, old, new):
    cut = read(tmp_path, track(clip(100), dissolve(3, 3), clip(300, 40, 2)))
    styled = stand_ins(cut)
    written = delivered(cut, styled, delivery)
    for place in range(written.count(old)):
        parts = written.split(old)
        wrong = old.join(parts[: place + 1]) + new + old.join(parts[place + 1 :])
        with pytest.raises(VerifyError):
            timelines.check_relink(cut, styled, wrong, delivery)


def test_the_check_sees_a_file_counted_at_another_rate(tmp_path):
    cut = read(tmp_path, track(clip(100)))
    styled = stand_ins(cut)
    root = json.loads(delivered(cut, styled))
    one = root["tracks"]["children"][0]["children"][0]
    one["media_references"]["DEFAULT_MEDIA"]["available_range"]["duration"]["rate"] = 24.0
    with pytest.raises(VerifyError, match="rate"):
        timelines.check_relink(cut, styled, json.dumps(root).encode())


def bundle(tmp_path, suffix):
    """A bundle of two clips whose media has names that are hard on URLs."""
    folder = tmp_path / "originals"
    folder.mkdir()
    names = ["a b%20c.mov", "é.mov"]
    for name in names:
        (folder / name).write_bytes(name.encode() * 1000)
    clips = [
        Clip(name, ExternalReference(str(folder / name), span(0, 200, RATE)), span(5, 50, RATE))
        for name in names
    ]
    path = tmp_path / f"cut{suffix}"
    cut = read(tmp_path, track(*clips), name="loose.otio")
    timelines.write_bundle(cut, cut.path.read_bytes(), path)
    for name in names:
        (folder / name).unlink()
    return path, names


@pytest.mark.parametrize("suffix", [".otioz", ".otiod"])
def test_bundles_are_read_and_written_with_their_media(tmp_path, monkeypatch, suffix):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path, names = bundle(tmp_path, suffix)
    cut = timelines.read_cut(path)
    assert [use.media.path.read_bytes() for use in cut.uses] == [name.encode() * 1000 for name in names]
    styled_file = tmp_path / "styled.mov"
    styled_file.write_bytes(b"styled")
    first = cut.uses[0]
    styled = {first.id: replace(stand_in(first), path=styled_file, editor_path="/editor/styled.mov")}
    content = delivered(cut, styled)
    out = tmp_path / f"out{timelines.output_suffix(path)}"
    timelines.write_bundle(cut, content, out, PathMap((("/editor", str(tmp_path)),)))
    again = timelines.read_cut(out)
    assert out.suffix == suffix and [use.record for use in again.uses] == [use.record for use in cut.uses]
    assert [use.media.path.read_bytes() for use in again.uses] == [b"styled", names[1].encode() * 1000]
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".stylereel")]
    opened = otio.adapters.read_from_file(str(out))
    assert [each.media_reference.target_url.partition("/")[0] for each in opened.find_clips()] == [
        "media"
    ] * 2


def test_a_bundle_becomes_an_otio_that_names_whole_paths(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cut = timelines.read_cut(bundle(tmp_path, ".otioz")[0])
    delivery = Delivery(container="otio")
    written = tree(delivered(cut, {}, delivery))[0]["children"]
    paths = [Path(each["media_references"]["DEFAULT_MEDIA"]["target_url"]) for each in written]
    assert all(path.is_absolute() and path.exists() for path in paths)


def test_bundles_that_cannot_be_read_or_written_are_clear_errors(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path, _ = bundle(tmp_path, ".otioz")
    whole = path.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 30):
        with pytest.raises(TimelineError, match="bundle"):
            timelines.read_cut(saved(tmp_path, whole[:size], "broken.otioz"))
    with zipfile.ZipFile(tmp_path / "evil.otioz", "w") as evil:
        evil.writestr("content.otio", "{}")
        evil.writestr("media/../../../evil.txt", "x")
    with pytest.raises(TimelineError):
        timelines.read_cut(tmp_path / "evil.otioz")
    assert not list(tmp_path.rglob("evil.txt"))
    cut = timelines.read_cut(path)
    with pytest.raises(OutputError):
        timelines.write_bundle(cut, delivered(cut, {}), tmp_path / "nowhere" / "out.otioz")


@pytest.mark.parametrize("container", ["otio", "otioz", "otiod"])
def test_the_container_says_the_suffix_and_xml_stays_xml(tmp_path, container):
    delivery = Delivery(container=container)
    assert timelines.output_suffix(Path("cut.edl"), delivery) == f".{container}"
    with pytest.raises(UsageError, match="comes back as XML"):
        timelines.output_suffix(Path("cut.xml"), delivery)


def test_the_archive_has_both_references_and_opens_anywhere(tmp_path):
    inner = Stack("s", [track(clip(100))], source_range=span(0, 40, RATE))
    cut = read(tmp_path, track(clip(5, 40, 2), inner))
    found = otio.adapters.read_from_string(timelines.archive(cut, stand_ins(cut)).decode(), "otio_json")
    for one in found.find_clips():
        assert one.active_media_reference_key == "stylereel"
        assert set(one.media_references()) == {"DEFAULT_MEDIA", "stylereel"}
        assert one.media_references()["DEFAULT_MEDIA"].target_url == "/m/c.mov"
    again = timelines.read_cut(saved(tmp_path, timelines.archive(cut, stand_ins(cut)), "archive.otio"))
    assert [use.media.editor_path for use in again.uses] == [m.editor_path for m in stand_ins(cut).values()]


def test_the_archive_of_premieres_xml_names_every_styled_clip(samples):
    cut = timelines.read_cut(samples / "timelines" / "premiere" / "premiere_example.xml")
    styled = stand_ins(cut)
    found = otio.adapters.read_from_string(timelines.archive(cut, styled).decode(), "otio_json")
    told = [each for each in found.find_clips() if "stylereel" in each.media_references()]
    assert {each.metadata["stylereel"]["id"] for each in told} == set(styled)
