"""Timecode that a document does not say is the file's: in the styled file, the list, the new timeline."""

import csv
import shutil
from fractions import Fraction
from pathlib import Path

import av
import opentimelineio as otio
import pytest
from opentimelineio.schema import Clip, ExternalReference, Marker, Timeline, Track
from stylereel.core.rates import parse_timecode, timecode
from stylereel.otio_adapters.pathurls import to_pathurl
from support.bare_xmeml import document, item, rated
from support.burnin import write_counter
from support.otio_cuts import span
from support.pictures import frames_of, number_in
from support.program import Program

RATE, BEGINS, FRAMES = Fraction(30000, 1001), "10:00:00;10", 40
START, _ = parse_timecode(BEGINS, RATE)
NUMBER, FIRST, LONG = 3000, 5, 10
SHOWN = [*range(NUMBER + FIRST, NUMBER + FIRST + LONG)]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("card") / "a.mov"
    return write_counter(path, FRAMES, RATE, "prores", start_timecode=BEGINS, first_number=NUMBER, reel="A7")


def otio_of(folder: Path, source: Path, start: int) -> Path:
    """A cut whose document says where its media begins, as OpenTimelineIO does: in frames."""
    media = ExternalReference(source.as_posix(), span(start, FRAMES, RATE))
    timeline = Timeline("t")
    timeline.tracks.append(Track("V1", [Clip("a", media, span(start + FIRST, LONG, RATE))], kind="Video"))
    otio.adapters.write_to_file(timeline, str(folder / "cut.otio"))
    return folder / "cut.otio"


def xml_of(folder: Path, source: Path, said: str = "", more: str = "") -> Path:
    """A cut as other editors write it; `said` stands in its file, `more` in its clip."""
    rate = rated(30, ntsc=True)
    file = (
        f'<file id="file-1"><name>{source.name}</name><pathurl>{to_pathurl(source.as_posix())}</pathurl>'
        f"{rate}<duration>{FRAMES}</duration>{said}</file>"
    )
    clip = item(0, LONG, FIRST, FIRST + LONG, rate=rate, media=file, more=more)
    path = folder / "cut.xml"
    path.write_bytes(document(clip, rate=rate, length=LONG))
    return path


def said(text: str, form: str, frame: int) -> str:
    return (
        f"<timecode>{rated(30, ntsc=True)}<string>{text}</string><frame>{frame}</frame>"
        f"<displayformat>{form}</displayformat></timecode>"
    )


def rendered(cut: Path, *more: object) -> tuple[Path, str]:
    """The styled file of a cut's only clip, and what was said."""
    words = ("render", cut, "--preset", "exam", "--set", "style_weight=0", "--handles", 0, "--media", "trim")
    ran = Program(cut.parent, cut.parent / "home").run(*words, *more).done()
    (styled,) = (cut.parent / "cut_stylereel" / "media").glob("*.m??")
    assert [number_in(frame) for frame in frames_of(styled)] == SHOWN
    return styled, ran.err + ran.out


def told(path: Path, kind: str) -> str:
    """What a film says itself of its timecode or reel, wherever its container keeps it."""
    with av.open(str(path)) as container:
        known = {
            key.lower(): text for one in (*container.streams, container) for key, text in one.metadata.items()
        }
        return known.get(kind, "")


def listed(cut: Path) -> list[str]:
    """Where `relink.csv` has the source and the styled file."""
    with (cut.parent / "cut_stylereel" / "relink.csv").open(encoding="utf-8") as text:
        (row,) = csv.DictReader(text)
    return [row[f"{whose}_{end}"] for whose in ("source", "styled") for end in ("in", "out")]


def ends(start: int, drop: bool) -> list[str]:
    """The timecode of the clip's ends, for the source and for the styled file."""
    return [timecode(start + FIRST + frame, RATE, drop) for frame in (0, LONG)] * 2


@pytest.mark.parametrize("codec", ["prores", "dnxhr-mxf", "ffv1"])
def test_a_range_that_begins_where_the_file_does_drops_what_the_file_drops(source, tmp_path, codec):
    cut = otio_of(tmp_path, source, START)
    styled, words = rendered(cut, "--codec", codec)
    assert told(styled, "timecode") == "10:00:00;15" and listed(cut) == ends(START, drop=True)
    assert "W-PROBE" not in words
    assert codec == "dnxhr-mxf" or "A7" in (told(styled, "reel_name"), told(styled, "reel"))


def test_what_was_rendered_stays_when_the_file_that_says_it_goes(source, tmp_path):
    shutil.copy(source, tmp_path / "gone.mov")
    cut = otio_of(tmp_path, tmp_path / "gone.mov", START)
    styled, _ = rendered(cut)
    (tmp_path / "gone.mov").unlink()
    again, _ = rendered(cut)
    assert again == styled
    words = ("plan", cut, "--preset", "exam", "--set", "style_weight=0", "--handles", 0, "--media", "trim")
    (shot,) = Program(tmp_path, tmp_path / "home").run(*words, "--json").done().data["shots"]
    assert shot["status"] == "cached"


def test_a_range_that_begins_elsewhere_keeps_its_own_timecode_and_says_so(source, tmp_path):
    cut = otio_of(tmp_path, source, START + 1000)
    styled, words = rendered(cut)
    assert told(styled, "timecode") == timecode(START + 1005, RATE)
    assert listed(cut) == ends(START + 1000, drop=False)
    assert f"starts at {BEGINS} by its own timecode, at {timecode(START + 1000, RATE)} by" in words


def test_a_range_that_counts_from_0_says_nothing_of_timecode(source, tmp_path):
    cut = otio_of(tmp_path, source, 0)
    _, words = rendered(cut)
    assert "W-PROBE" not in words and listed(cut) == ends(0, drop=False)


@pytest.mark.parametrize("nothing", ["", "<timecode/>", "<timecode><string/></timecode>"])
def test_a_document_without_timecode_leaves_it_to_the_file(source, tmp_path, nothing):
    cut = xml_of(tmp_path, source, nothing)
    styled, words = rendered(cut)
    assert (told(styled, "timecode"), told(styled, "reel_name")) == ("10:00:00;15", "A7")
    assert listed(cut) == ends(START, drop=True) and "W-PROBE" not in words
    new = (tmp_path / "cut_stylereel" / "cut_styled.xml").read_text("utf-8")
    assert "<string>10;00;00;15</string>" in new and "<displayformat>DF</displayformat>" in new


def test_the_archive_counts_both_files_from_the_timecode_that_the_styled_one_has(source, tmp_path):
    mark = "<marker><name>here</name><in>7</in><out>-1</out></marker>"
    cut = xml_of(tmp_path, source, more=mark)
    rendered(cut)
    (archive,) = (tmp_path / "cut_stylereel").glob("*.otio")
    (clip,) = otio.adapters.read_from_file(str(archive)).find_clips()
    begins = {key: media.available_range.start_time.value for key, media in clip.media_references().items()}
    assert begins == {"DEFAULT_MEDIA": START, "stylereel": START + FIRST}
    assert clip.source_range.start_time.value == START + FIRST
    (marker,) = clip.markers
    assert isinstance(marker, Marker) and marker.marked_range.start_time.value == START + 7


@pytest.mark.parametrize(
    ("text", "frame"), [("00:00:00:00", 0), (timecode(START, RATE), START)], ids=["0", "the same count"]
)
def test_a_document_that_says_another_timecode_wins_with_a_warning(source, tmp_path, text, frame):
    cut = xml_of(tmp_path, source, said(text, "NDF", frame))
    styled, words = rendered(cut)
    assert told(styled, "timecode") == timecode(frame + FIRST, RATE)
    assert listed(cut) == ends(frame, drop=False)
    assert f"a.mov starts at {BEGINS} by its own timecode, at {text} by the timeline's" in words


def test_a_document_that_says_the_frame_alone_leaves_the_flag_to_the_file(source, tmp_path):
    cut = xml_of(tmp_path, source, f"<timecode><frame>{START}</frame></timecode>")
    styled, words = rendered(cut)
    assert told(styled, "timecode") == "10:00:00;15" and "W-PROBE" not in words


def test_a_document_that_says_what_the_file_says_is_not_doubted(source, tmp_path):
    cut = xml_of(tmp_path, source, said(BEGINS, "DF", START))
    styled, words = rendered(cut)
    assert told(styled, "timecode") == "10:00:00;15" and "W-PROBE" not in words
