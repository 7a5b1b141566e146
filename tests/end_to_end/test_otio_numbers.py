"""The whole way of an `.otio` at weight 0, read on both ends by OpenTimelineIO itself."""

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from av import VideoFrame
from opentimelineio.opentime import RationalTime, TimeRange
from opentimelineio.schema import Clip, ExternalReference, Gap, Marker, Timeline, Track, Transition
from support.burnin import write_counter
from support.pictures import frames_of, number_in, rgb_psnr
from support.program import Program

RATE, FRAMES, START = Fraction(24000, 1001), 90, 86400
FILM = float(RATE)


def span(first: int, frames: int) -> TimeRange:
    return TimeRange(RationalTime(first, FILM), RationalTime(frames, FILM))


def dissolve(before: int, after: int) -> Transition:
    return Transition("", "SMPTE_Dissolve", RationalTime(before, FILM), RationalTime(after, FILM))


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three clips over two sources with timecode, a lopsided dissolve, a gap; sound; rendered at weight 0."""
    folder = tmp_path_factory.mktemp("otio")
    references = []
    for number in (1, 2):
        path = folder / f"take {number}.mp4"
        how = {
            "start_timecode": "01:00:00:00",
            "first_number": 5000 * number,
            "open_gop": True,
            "sound": True,
        }
        write_counter(path, FRAMES, RATE, size=(160, 90), **how)
        references.append(ExternalReference(path.as_posix(), span(START, FRAMES)))
    first, second = references
    clips = [
        Clip("a", first.clone(), span(START + 10, 30), markers=[Marker("note", span(START + 12, 0))]),
        dissolve(4, 9),
        Clip("b", second.clone(), span(START + 20, 25)),
        Gap(source_range=span(0, 7)),
        Clip("c", first.clone(), span(START + 60, 30)),
    ]
    timeline = Timeline("Reel", global_start_time=RationalTime(START, FILM))
    timeline.tracks.append(Track("V1", clips, kind="Video"))
    timeline.tracks.append(Track("A1", [Clip("a", first.clone(), span(START + 10, 30))], kind="Audio"))
    cut = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(cut))
    words = ("render", cut, "--preset", "exam", "--set", "style_weight=0")
    Program(folder, folder / "home").run(*words).done()
    return cut


def styled(cut: Path) -> Path:
    return cut.parent / "cut_stylereel" / "cut_styled.otio"


def shown(path: Path) -> list[tuple[str, list[VideoFrame]]]:
    """Every clip's media, and the decoded frames of it that are seen, transitions included."""
    timeline = otio.adapters.read_from_file(str(path))  # clips forget their neighbours without it
    return [_shown(clip) for clip in timeline.tracks[0].find_clips()]


def _shown(clip: Clip) -> tuple[str, list[VideoFrame]]:
    reference, visible = clip.media_reference, clip.visible_range()
    first = (visible.start_time - reference.available_range.start_time).to_frames()
    path = reference.target_url.removeprefix("file://localhost").removeprefix("file://")
    return path, frames_of(Path(path))[first : first + visible.duration.to_frames()]


def test_every_frame_of_an_otio_shows_its_number(cut):
    expected = [range(5010, 5010 + 30 + 9), range(10020 - 4, 10020 + 25), range(5060, 5060 + 30)]
    before, after = shown(cut), shown(styled(cut))
    for truth, (old_path, old), (new_path, new) in zip(expected, before, after, strict=True):
        assert list(map(number_in, old)) == list(map(number_in, new)) == list(truth)
        assert Path(old_path).parent == cut.parent and Path(new_path).parent == styled(cut).parent / "media"
        assert min(map(rgb_psnr, old, new)) >= 50


def test_only_the_references_of_an_otio_change(cut):
    before, after = (otio.adapters.read_from_file(str(path)) for path in (cut, styled(cut)))
    assert after.tracks[1].is_equivalent_to(before.tracks[1])
    for old, new in zip(before.find_clips(), after.find_clips(), strict=True):
        new.media_reference = old.media_reference.clone()
    assert after.is_equivalent_to(before)
