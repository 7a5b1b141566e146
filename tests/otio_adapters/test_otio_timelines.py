"""`.otio` through OpenTimelineIO: uses at exact frames, and only references changed on the way back."""

import json
import random
from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import (
    Clip,
    ExternalReference,
    Gap,
    GeneratorReference,
    ImageSequenceReference,
    LinearTimeWarp,
    MissingReference,
    SerializableCollection,
    Stack,
    Timeline,
    Track,
    Transition,
)
from stylereel.core import cut as nouns
from stylereel.core.errors import StyleReelError, TimelineError, UsageError, VerifyError
from stylereel.core.paths import PathMap
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters import timelines
from support.cuts import saved, stand_in, stand_ins

FILM = 24000 / 1001


def span(first, frames, rate=FILM):
    return TimeRange(RationalTime(first, rate), RationalTime(frames, rate))


def media(number=1, rate=FILM, first=86400):
    url = f"file:///C:/foot%20age/src{number}.mov"
    return ExternalReference(target_url=url, available_range=span(first, 2000, rate))


def clip(name, first, frames, rate=FILM, **changes):
    values = {"media_reference": media(rate=rate), "source_range": span(86400 + first, frames, rate)}
    return Clip(name=name, **{**values, **changes})


def dissolve(before, after):
    return Transition(
        "SMPTE_Dissolve", in_offset=RationalTime(before, FILM), out_offset=RationalTime(after, FILM)
    )


def pictures(**changes):
    values = {"start_frame": 1001, "frame_zero_padding": 4, "rate": FILM, "available_range": span(1001, 99)}
    return ImageSequenceReference("file:///mnt/pics", "shot.", ".exr", **{**values, **changes})


def far_nest():
    return Stack("x", children=[Track("V", [clip("y", 0, 10)], kind="Video")], source_range=span(86400, 10))


def timeline(*items, rate=FILM, start=3600 * 24, name="One", **changes):
    track = Track("V", children=items, kind="Video", **changes)
    found = Timeline(name=name, global_start_time=RationalTime(start, rate))
    found.tracks.extend([track, Track("A", children=[clip("sound", 0, 10)], kind="Audio")])
    return found


def text(root, **options):
    return otio.adapters.write_to_string(root, "otio_json", **options).encode()


def read(tmp_path, *items, **changes):
    return timelines.read_cut(saved(tmp_path, text(timeline(*items, **changes)), "cut.otio"))


def test_clips_dissolves_and_gaps_are_read_at_exact_frames(tmp_path):
    items = (
        clip("a", 100, 50),
        dissolve(5, 7),
        clip("b", 300, 40),
        Gap(source_range=span(0, 10)),
        clip("c", 0, 20),
    )
    cut = read(tmp_path, *items)
    assert (cut.rate, cut.frames, cut.start) == (Fraction(24000, 1001), 120, 86400)
    a, b, c = cut.uses
    assert [use.id for use in cut.uses] == ["V1/1", "V1/3", "V1/5"]
    assert [use.record for use in cut.uses] == [FrameRange(0, 50), FrameRange(50, 90), FrameRange(100, 120)]
    joint = nouns.Transition("dissolve", 5, 7)
    assert (a.head, a.tail, b.head, b.tail, c.head) == (None, joint, joint, None, None)
    assert [use.media_frames for use in cut.uses] == [
        FrameRange(100, 157),
        FrameRange(295, 340),
        FrameRange(0, 20),
    ]
    assert (a.media.editor_path, a.media.start, a.media.frames) == ("C:/foot age/src1.mov", 86400, 2000)


@pytest.mark.parametrize(
    ("name", "frames", "kind"), [("a.gif", 99, "movie"), ("a.gif", 1, "still"), ("a.png", 99, "still")]
)
def test_a_gif_of_several_pictures_moves(tmp_path, name, frames, kind):
    reference = ExternalReference(f"file:///mnt/{name}", span(0, frames))
    cut = read(tmp_path, clip("a", 0, 10, media_reference=reference, source_range=span(0, 10)))
    assert [use.media.kind for use in cut.uses] == [kind]


def test_fades_show_only_the_clip_and_never_frames_before_the_sequence(tmp_path):
    cut = read(tmp_path, dissolve(4, 6), clip("a", 100, 50), dissolve(8, 3), Gap(source_range=span(0, 10)))
    (use,) = cut.uses
    assert use.record == FrameRange(0, 53)
    assert (use.head, use.tail) == (nouns.Transition("fade", 0, 6), nouns.Transition("fade", 11, 0))
    assert use.media_frames == FrameRange(100, 153)
    late = read(tmp_path, Gap(source_range=span(0, 10)), dissolve(4, 6), clip("a", 100, 50))
    assert late.uses[0].record == FrameRange(6, 60)
    assert late.uses[0].head == nouns.Transition("fade", 0, 10)
    assert late.uses[0].media_frames == FrameRange(96, 150)


def test_rounded_and_floating_rates_are_taken_as_the_exact_ones(tmp_path):
    cut = read(tmp_path, *(clip(str(n), 7 * n, 101, rate=23.976) for n in range(200)), rate=23.98)
    assert cut.rate == Fraction(24000, 1001)
    assert [use.record.first for use in cut.uses] == [101 * n for n in range(200)]
    assert [use.time.frame(0) for use in cut.uses] == [7 * n for n in range(200)]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (clip("x", 0, 10, effects=[otio.schema.TimeEffect()]), "unsupported: the time effect"),
        (clip("x", 0, 10, effects=[LinearTimeWarp(time_scalar=2000.0)]), "unsupported: it plays at 200000 %"),
        (clip("x", 0, 10, media_reference=media(rate=1e9)), "unsupported: of its media, a rate of"),
        (clip("x", 0, 0), "it covers no frame of the sequence"),
        (clip("x", 0, 10, media_reference=MissingReference()), "the timeline names no media file"),
        (clip("x", 0, 10, media_reference=ExternalReference("")), "the timeline names no media file"),
        (clip("x", 0, 10, media_reference=GeneratorReference()), "a generator"),
        (clip("x", 0, 10, media_reference=ImageSequenceReference()), "the timeline names no media file"),
        (
            clip("x", 0, 10, media_reference=pictures(frame_step=2)),
            "unsupported: an image sequence with a picture",
        ),
        (
            clip("x", 0, 10, media_reference=ExternalReference("s3://b/a.mov")),
            "unsupported: its media is not",
        ),
        (Stack("x", source_range=span(0, 10)), ""),
        (far_nest(), "a nest that shows nothing of what stands in it"),
    ],
)
def test_what_cannot_be_used_is_passed_by_and_holds_its_place(tmp_path, item, reason):
    cut = read(tmp_path, clip("a", 5, 10), item.deepcopy(), clip("b", 9, 10))
    assert [(one.clip, one.reason.startswith(reason)) for one in cut.skipped] == [("x", True)] * bool(reason)
    assert [use.clip for use in cut.uses] == ["a", "b"]
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


def test_what_changes_nothing_of_the_time_is_used(tmp_path):
    effects = [LinearTimeWarp(time_scalar=1.0), otio.schema.Effect("Blur")]
    assert len(read(tmp_path, clip("a", 5, 10, effects=effects)).uses) == 1


def test_disabled_clips_and_tracks_are_passed_by(tmp_path):
    off = clip("x", 0, 10)
    off.enabled = False
    cut = read(tmp_path, off, clip("a", 0, 10))
    assert [(s.clip, s.reason) for s in cut.skipped] == [("x", "disabled")]
    assert [(note.code, note.record) for note in cut.notes] == [("W-DISABLED", 0)]
    track_off = timeline(clip("a", 0, 10))
    track_off.tracks[0].enabled = False
    cut = timelines.read_cut(saved(tmp_path, text(track_off), "cut.otio"))
    assert not cut.uses and cut.skipped[0].reason == "disabled: its track is off"


def test_a_range_of_the_track_moves_and_cuts_off_what_stands_on_it(tmp_path):
    items = (clip("a", 100, 50), dissolve(5, 5), clip("b", 300, 50), clip("c", 0, 50))
    a, b = read(tmp_path, *items, source_range=span(20, 60)).uses
    assert (a.record, a.time.frame(0)) == (FrameRange(0, 30), 120)
    assert (b.record, b.time.frame(0)) == (FrameRange(30, 60), 300)
    late = read(tmp_path, clip("a", 100, 50), source_range=span(-7, 57)).uses[0]
    assert (late.record, late.time.frame(0)) == (FrameRange(7, 57), 100)


def test_markers_stand_on_the_record_and_on_the_media(tmp_path):
    def mark(name, first, frames, colour):
        return otio.schema.Marker(name, span(first, frames), colour, comment="why")

    marked = clip("a", 100, 50, markers=[mark("clip", 86400 + 110, 0, "RED")])
    found = timeline(marked)
    found.tracks[0].markers.append(mark("track", 5, 3, "PURPLE"))
    found.tracks.markers.append(mark("stack", 9, 0, "CYAN"))
    cut = timelines.read_cut(saved(tmp_path, text(found), "cut.otio"))
    assert [(m.name, m.span, m.colour) for m in cut.markers] == [
        ("stack", FrameRange(9, 9), "cyan"),
        ("track", FrameRange(5, 8), "purple"),
    ]
    assert cut.uses[0].markers == (nouns.Marker("clip", "why", FrameRange(110, 110), "red"),)


def test_media_is_looked_for_beside_the_file_or_where_the_map_says(tmp_path):
    beside = clip("a", 0, 10, media_reference=ExternalReference("media/a.mov", span(86400, 20)))
    data = text(timeline(beside, clip("b", 0, 10)))
    paths = PathMap((("C:/foot age", "/mnt/footage"),))
    a, b = timelines.read_cut(saved(tmp_path, data, "cut.otio"), paths=paths).uses
    assert a.media.path == tmp_path / "media" / "a.mov"
    assert str(b.media.path) == "/mnt/footage/src1.mov"


def test_a_reference_without_a_range_leaves_open_where_its_media_begins(tmp_path):
    bare = clip("a", -86395, 10, media_reference=ExternalReference("/x/a.mov"))
    cut = read(tmp_path, bare)
    assert cut.uses[0].time.frame(0) == 5 and cut.uses[0].media.frames is None
    assert cut.uses[0].media.unplaced and not cut.notes  # its header is not known yet
    styled = stand_ins(cut)
    timelines.check_relink(cut, styled, timelines.relink(cut, styled))


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("versions", [{}, {"Clip": 1}])
def test_only_the_active_reference_changes(tmp_path, versions, full):
    items = (clip("a", 100, 50), dissolve(5, 7), clip("b", 300, 40), clip("whole", 0, 9, source_range=None))
    data = text(timeline(*items), target_schema_versions=versions)
    cut = timelines.read_cut(saved(tmp_path, data, "cut.otio"))
    key = "media_reference" if versions else "media_references"
    styled = {use.id: stand_in(use, 3, full) for use in cut.uses}
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    before, after = json.loads(data), json.loads(written)
    for use, index in zip(cut.uses, (0, 2, 3), strict=True):
        old, new = (tree["tracks"]["children"][0]["children"][index] for tree in (before, after))
        references = [item.pop(key) for item in (old, new)]
        if index == 3:
            assert old.pop("source_range") is None
            assert new.pop("source_range")["duration"]["value"] == 2000
        reference = references[1] if versions else references[1]["DEFAULT_MEDIA"]
        assert reference["metadata"]["stylereel"]["source"] == "file:///C:/foot%20age/src1.mov"
        assert reference["available_range"]["start_time"]["value"] == 86400 + styled[use.id].first_frame
    assert before == after


def test_the_check_finds_a_moved_clip(tmp_path):
    cut = read(tmp_path, clip("a", 100, 50), clip("b", 300, 40))
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    assert b"86500" in written
    with pytest.raises(VerifyError):
        timelines.check_relink(cut, styled, written.replace(b"86500", b"86501", 1))


def test_one_of_several_timelines_must_be_chosen(tmp_path):
    both = SerializableCollection(children=[timeline(clip(n, 5, 9), name=n) for n in ("Reel 1", "Reel 2")])
    path = saved(tmp_path, text(both), "cut.otio")
    assert timelines.sequences(path) == ["Reel 1", "Reel 2"]
    with pytest.raises(UsageError, match="'Reel 1', 'Reel 2'"):
        timelines.read_cut(path)
    cut = timelines.read_cut(path, "Reel 2")
    assert [use.clip for use in cut.uses] == ["Reel 2"]
    styled = stand_ins(cut)
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert timelines.sequences(saved(tmp_path, written, "out.otio")) == ["Reel 1", "Reel 2"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"OTIO_SCHEMA": "Timeline.99", "tracks": {}}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}',
        b'{"OTIO_SCHEMA": "Clip.2", "name": "a"}',
        b'{"OTIO_SCHEMA": "Nobody.1"}',
    ],
)
def test_what_is_no_timeline_is_a_clear_error(tmp_path, data):
    with pytest.raises(TimelineError) as caught:
        timelines.read_cut(saved(tmp_path, data, "cut.otio"))
    assert str(tmp_path) in caught.value.where


def test_a_clip_without_any_length_is_a_clear_error(tmp_path):
    with pytest.raises(TimelineError, match="cannot be read"):
        read(tmp_path, clip("a", 0, 10), Clip("b"))


NONSENSE = st.sampled_from([None, "", "x", -1, 0, 1e308, 10**18, 0.5, 1e-9, [], {}, True])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nonsense_in_an_otio_is_a_clear_error_or_a_clip_passed_by(tmp_path, data):
    root = json.loads(text(timeline(clip("a", 100, 50), dissolve(5, 7), clip("b", 300, 40))))
    nodes = [node for node in _nodes(root) if node]
    for _ in range(data.draw(st.integers(1, 3))):
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        node[data.draw(st.sampled_from(sorted(node)))] = data.draw(NONSENSE)
    path = saved(tmp_path, json.dumps(root).encode(), "cut.otio")
    try:
        cut = timelines.read_cut(path)
        styled = {key: media for key, media in stand_ins(cut).items() if media.frames > 0}
        timelines.check_relink(cut, styled, timelines.relink(cut, styled))
    except StyleReelError as error:
        assert error.where and not isinstance(error, VerifyError)


NUMBERS = [
    -1.0,
    0.0,
    1e308,
    1e18,
    0.5,
    1e-9,
    float("nan"),
    float("inf"),
    -5.0,
    48000.0,
    23.976,
    29.97,
    86400.0,
]
WORDS = ["", "x", "Video", "Audio", "file:///x y.mov", "s3://q", "../a.png", "é" * 50]


@pytest.mark.parametrize("seed", range(4))
def test_wrong_values_of_the_right_kind_are_a_clear_error_or_a_cut_that_relinks(tmp_path, seed):
    nest = Stack(
        "n", [Track("V", [clip("c", 9, 30), clip("d", 50, 30)], kind="Video")], source_range=span(5, 40)
    )
    nest.effects.append(LinearTimeWarp(time_scalar=-1.5))
    items = (clip("a", 100, 50), dissolve(5, 7), nest, Gap(source_range=span(0, 10)), clip("b", 300, 40))
    whole, chance = text(timeline(*items)), random.Random(seed)
    for _ in range(60):
        root = json.loads(whole)
        for _ in range(chance.randint(1, 3)):
            _spoil(chance.choice([node for node in _nodes(root) if node]), chance)
        path = saved(tmp_path, json.dumps(root).encode(), "cut.otio")
        try:
            cut = timelines.read_cut(path)
            styled = {key: media for key, media in stand_ins(cut).items() if media.frames > 0}
            timelines.check_relink(cut, styled, timelines.relink(cut, styled))
            timelines.archive(cut, styled)
        except StyleReelError as error:
            assert error.where and not isinstance(error, VerifyError)


def _spoil(node, chance):
    key = chance.choice([key for key in node if key != "OTIO_SCHEMA"] or [""])
    value = node.get(key)
    if isinstance(value, bool):
        node[key] = not value
    elif isinstance(value, float):
        node[key] = chance.choice([*NUMBERS, -value, value + 0.5])
    elif isinstance(value, str):
        node[key] = chance.choice(WORDS)
    elif isinstance(value, list) and value:
        at = chance.randrange(len(value))
        value[at : at + 1] = chance.choice([[], [value[at], value[at]]])
    elif isinstance(value, dict):
        node[key] = None


def _nodes(value):
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _nodes(child)
