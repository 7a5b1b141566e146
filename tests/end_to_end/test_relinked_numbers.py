"""The whole way at weight 0: every record frame of the relinked timeline shows what it showed before.

Numbers are burnt into the sources, one run of numbers for each; the truth is what the timeline was
written from, the original decoded, and an editor's reading that is not StyleReel's.
"""

import csv
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from stylereel.core.cut import Marker
from stylereel.core.rates import FrameRange, timecode
from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support.burnin import write_counter
from support.editor import path_of, placed
from support.pictures import frames_of, luma, number_in, psnr, rgb_psnr
from support.program import Program

FRAMES, SIZE = 110, (320, 180)
HANDLES = 5
OPEN_GOP = {"open_gop": True, "bframes": 3}
KINDS = {
    "23.976": (Fraction(24000, 1001), "h264", ".mp4", {"sound": True, "matrix": "bt709"}, OPEN_GOP),
    "25": (Fraction(25), "prores", ".mov", {"sound": True}, {"matrix": "bt709"}),
    "29.97 DF": (Fraction(30000, 1001), "h264", ".mov", {"sound": True}, OPEN_GOP),
}


@dataclass(frozen=True)
class Edit:
    """A sequence, the file it is written to, and the first number of each of its sources."""

    path: Path
    sequence: Sequence
    first_numbers: dict[str, int]


def shoot(folder: Path, kind: str) -> tuple[Source, Source, dict[str, int]]:
    """Two sources of a rate: the first with sound, the second mute and of another GOP."""
    rate, codec, suffix, *hows = KINDS[kind]
    drop = kind.endswith("DF")
    sources, first_numbers = [], {}
    for number, how in enumerate(hows, 1):
        path = folder / f"{kind} take {number}{suffix}"
        start, reel, first_number = 86400 + 1800 * number, f"A00{number}_C01", 7000 * number
        text = timecode(start, rate, drop)
        write_counter(
            path, FRAMES, rate, codec, SIZE, start_timecode=text, first_number=first_number, reel=reel, **how
        )
        url = to_pathurl(path.as_posix())
        sound = how.get("sound", False)
        sources.append(Source(path.name, url, rate, FRAMES, *SIZE, start, drop, reel, stereo=sound))
        first_numbers[path.as_posix()] = first_number
    return sources[0], sources[1], first_numbers


def sequence_of(kind: str, first: Source, second: Source) -> Sequence:
    """Dissolves (even, odd, lopsided, on one side alone), fades, a jump cut, what is switched off."""
    note = Marker("look", "a & <b>", FrameRange(14, 14), "cyan")
    low = (
        Clip(first, 10, 5, 30, label="Forest", markers=(note,)),
        Clip(second, 20, 30, 56, label="Rose"),
        Clip(first, 18, 56, 80, label="Iris"),  # overlaps what the first clip shows
        Clip(first, 70, 80, 100),  # a jump cut
    )
    high = (
        Clip(second, 60, 0, 12),
        Clip(first, 60, 12, 40),
        Clip(second, 0, 45, 60, enabled=False),
        Clip(second, 104, 60, 66),  # to its very last frame
        Clip(first, 0, 70, 85),  # from its very first one
    )
    blends = (Blend(5, 0, 6, "fade"), Blend(30, 6, 7), Blend(56, 2, 9), Blend(100, 8, 0, "fade"))
    high_blends = (Blend(12, 0, 8), Blend(40, 10, 0, "fade"))
    off = Track((Clip(second, 30, 0, 50),), enabled=False)
    markers = (Marker("scene", "not for us", FrameRange(3, 40), "blue"),)
    tracks = (Track(low, blends), Track(high, high_blends), off)
    rate, drop = first.rate, first.drop_frame
    return Sequence(f"Reel {kind}", rate, tracks, *SIZE, start=107892, drop_frame=drop, markers=markers)


@pytest.fixture(scope="module", params=KINDS)
def edit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edit:
    """The cut of one rate, rendered at weight 0 into `cut_stylereel`."""
    folder = tmp_path_factory.mktemp("edit")
    first, second, first_numbers = shoot(folder, request.param)
    sequence = sequence_of(request.param, first, second)
    path = folder / "cut.xml"
    path.write_bytes(premiere_xml(sequence, bom=True))
    words = ("render", path, "--preset", "exam", "--set", "style_weight=0", "--handles", HANDLES)
    Program(folder, folder / "home").run(*words).done()
    return Edit(path, sequence, first_numbers)


def relinked(edit: Edit, kind: str = "video"):
    document = (edit.path.parent / "cut_stylereel" / "cut_styled.xml").read_bytes()
    return placed(document, f"{edit.sequence.name} (styled)", kind)


def originals(edit: Edit, kind: str = "video"):
    return placed(edit.path.read_bytes(), edit.sequence.name, kind)


def truth(edit: Edit) -> dict[tuple[str, int], set[int]]:
    """The numbers that each track shows at each record frame: two within a dissolve."""
    shown: dict[tuple[str, int], set[int]] = {}
    for number, track in enumerate(edit.sequence.tracks, 1):
        for clip in track.clips if track.enabled else ():
            head = sum(b.before for b in track.blends if b.cut == clip.start and b.comes_in)
            tail = sum(b.after for b in track.blends if b.cut == clip.stop and b.goes_out)
            base = edit.first_numbers[path_of(clip.source.pathurl)] + clip.first - clip.start
            for record in range(clip.start - head, clip.stop + tail) if clip.enabled else ():
                shown.setdefault((f"V{number}", record), set()).add(base + record)
    return shown


def numbers(clips) -> dict[tuple[str, int], set[int]]:
    """The numbers that are seen, decoded from the files that the clips are on."""
    decoded = {path: list(map(number_in, frames_of(Path(path)))) for path in {clip.path for clip in clips}}
    shown: dict[tuple[str, int], set[int]] = {}
    for clip in clips:
        for record, frame in clip.shows():
            shown.setdefault((clip.track, record), set()).add(decoded[clip.path][frame])
    return shown


def test_every_record_frame_shows_its_number(edit):
    expected = truth(edit)
    assert len(expected) == 95 + 40 + 6 + 15  # every frame of V1 and V2 that is not empty or disabled
    assert sum(len(each) for each in expected.values()) == len(expected) + 13 + 11 + 8  # the dissolves
    assert numbers(originals(edit)) == expected
    assert numbers(relinked(edit)) == expected


def test_every_clip_is_on_styled_media_and_none_has_moved(edit):
    before, after = originals(edit), relinked(edit)
    media = (edit.path.parent / "cut_stylereel" / "media").as_posix()
    assert {Path(clip.path).parent.as_posix() for clip in after} == {media}
    assert len(before) == len(after) == 8
    for old, new in zip(before, after, strict=True):
        assert (old.track, old.first, old.frames, old.name) == (new.track, new.first, new.frames, new.name)
        assert old.reel == new.reel != ""
        ticks = 254016000000 * new.media_first / edit.sequence.rate
        assert new.ticks == ticks


def test_the_pictures_are_the_sources_to_within_the_codec(edit):
    decoded = {}
    worst = {"rgb": float("inf"), "luma": float("inf")}
    pairs = set()
    for old, new in zip(originals(edit), relinked(edit), strict=True):
        pairs |= {(old.path, i, new.path, j) for (_, i), (_, j) in zip(old.shows(), new.shows(), strict=True)}
    for old_path, i, new_path, j in pairs:
        for path in {old_path, new_path} - decoded.keys():
            decoded[path] = frames_of(Path(path))
        old, new = decoded[old_path][i], decoded[new_path][j]
        worst["rgb"] = min(worst["rgb"], rgb_psnr(old, new))
        worst["luma"] = min(worst["luma"], psnr(luma(old), luma(new), 1))
    assert min(worst.values()) >= 50, worst


def test_every_styled_file_says_where_it_comes_from(edit):
    rate, drop = edit.sequence.rate, edit.sequence.drop_frame
    sources = {path_of(c.source.pathurl): c.source for track in edit.sequence.tracks for c in track.clips}
    wanted = {new.path: old.path for old, new in zip(originals(edit), relinked(edit), strict=True)}
    files = set((edit.path.parent / "cut_stylereel" / "media").glob("*.mov"))
    assert files == {Path(path) for path in wanted}
    for path, original in wanted.items():
        source = sources[original]
        with av.open(path) as container:
            stream = container.streams.video[0]
            tag = json.loads(container.metadata["com.stylereel.source"])
            assert tag["media"] == original
            first = tag["first_frame"]
            assert stream.metadata["timecode"] == timecode(source.start + first, rate, drop)
            assert {each.metadata["reel_name"] for each in container.streams.data} == {source.reel}
            assert stream.average_rate == rate
            assert stream.duration * stream.time_base == stream.frames / rate
            assert (stream.codec.name, stream.profile) == ("prores", "HQ")
            frames = list(container.decode(stream))
        begin = edit.first_numbers[original] + first
        assert list(map(number_in, frames)) == list(range(begin, begin + len(frames)))


def test_handles_reach_as_far_as_the_media(edit):
    report = json.loads((edit.path.parent / "cut_stylereel" / "report.json").read_text("utf-8"))
    spans = {(shot["first_frame"], shot["first_frame"] + shot["frames"]) for shot in report["shots"]}
    assert min(first for first, _ in spans) == 0 and max(stop for _, stop in spans) == FRAMES
    for shot in report["shots"]:
        span = range(shot["first_frame"], shot["first_frame"] + shot["frames"])
        for clip in (clip for clip in report["clips"] if clip["shot"] == shot["name"]):
            handles = zip(clip["handles_wanted"], clip["handles_got"], _rooms(shot, span), strict=True)
            for wanted, got, room in handles:
                assert got >= wanted and (got >= wanted + HANDLES or room == 0), clip


def _rooms(shot, span):
    return span.start, FRAMES - span.stop


def test_sound_is_where_it_was(edit):
    before, after = originals(edit, "audio"), relinked(edit, "audio")
    assert len(before) == 2 * 5 and after == before


def test_the_list_names_every_clip(edit):
    with (edit.path.parent / "cut_stylereel" / "relink.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["track"] for row in rows].count("V1") == 4 and len(rows) == 8
    for row in rows:
        assert row["source_in"] == row["styled_in"] and row["source_out"] == row["styled_out"]
        assert Path(row["styled"]).is_file() and row["reel"].startswith("A00")
    record = edit.sequence.start + 30
    cut = timecode(record, edit.sequence.rate, edit.sequence.drop_frame)
    assert {"V1"} == {row["track"] for row in rows if cut in (row["record_in"], row["record_out"])}
