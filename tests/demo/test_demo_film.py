"""The demo's film is what its cut says: real media, real timeline, the same every time."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from stylereel.cli.demo.film import RATE, SCENES, demo_cut, draw_demo
from stylereel.cli.demo.footage import HEIGHT, TAKES, WIDTH, draw_take
from stylereel.cli.demo.places import PLACES
from stylereel.cli.demo.walker import Walk, draw_walker
from stylereel.cli.demo.world import draw_clouds, draw_place
from stylereel.core.errors import OutputError
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.paths import PathMap
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.xmeml import read as xmeml_read


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_demo(tmp_path_factory.mktemp("demo film"))


def seam(picture: np.ndarray) -> tuple[float, float]:
    """How much columns differ at the seam, and between any two neighbours at most."""
    steps = np.abs(np.diff(picture.astype(float), axis=1, append=picture[:, :1])).mean(axis=(0, 2))
    return float(steps[-1]), float(steps[:-1].max())


def test_the_timeline_reads_back_as_the_cut(film: Path) -> None:
    document = xmeml_read.load(film, film.read_bytes())
    cut = xmeml_read.read(document, xmeml_read.choose(document, None), PathMap())
    assert (cut.rate, cut.frames, cut.timecode(0)) == (RATE, 240, "01:00:00:00")
    assert cut.markers == SCENES
    assert not cut.skipped
    assert [use.record.first for use in cut.uses] == [0, 72, 108, 132, 186]
    assert [use.record.stop for use in cut.uses] == [72, 108, 132, 186, 240]
    kinds = [(use.head and use.head.kind, use.tail and use.tail.kind) for use in cut.uses]
    assert kinds == [(None, "dissolve"), ("dissolve", None), (None, None), (None, None), (None, "fade")]
    assert cut.uses[1].media == cut.uses[2].media, "the jump cut stays in one source"


def test_every_frame_the_cut_shows_exists_with_the_timecode_it_names(film: Path) -> None:
    document = xmeml_read.load(film, film.read_bytes())
    cut = xmeml_read.read(document, xmeml_read.choose(document, None), PathMap())
    for use in cut.uses:
        facts = read_facts(use.media.path)
        assert not facts.trouble
        assert (facts.rate, facts.width, facts.height) == (RATE, WIDTH, HEIGHT)
        assert (facts.start, facts.reel, facts.frames) == (use.media.start, use.media.reel, use.media.frames)
        assert 0 <= use.media_frames.first < use.media_frames.stop <= facts.frames


def test_the_media_shows_what_was_drawn(film: Path) -> None:
    drawn = next(islice(draw_take(TAKES[2]), 40, None)).astype(float)
    with FrameReader(film.parent / "footage" / "A003_city.mov") as reader:
        decoded = reader.read(40).to_ndarray(format="rgb24", src_colorspace=1).astype(float)
    assert 10 * np.log10(255**2 / ((drawn - decoded) ** 2).mean()) > 30


@pytest.mark.slow
def test_the_film_is_the_same_every_time(film: Path, tmp_path: Path) -> None:
    again = draw_demo(tmp_path)
    for path in sorted((film.parent / "footage").iterdir()):
        assert path.read_bytes() == (again.parent / "footage" / path.name).read_bytes(), path.name


@pytest.fixture(scope="module")
def opening() -> list[np.ndarray]:
    return [picture[: HEIGHT - 20] for picture in islice(draw_take(TAKES[0]), 12)]  # without the counter


def test_a_take_moves_and_has_no_seam(opening: list[np.ndarray]) -> None:
    assert np.abs(opening[0].astype(int) - opening[-1]).mean() > 0.5
    for picture in opening:
        at_seam, anywhere = seam(picture)
        assert at_seam <= anywhere


def test_the_seam_check_sees_a_seam(opening: list[np.ndarray]) -> None:
    broken = opening[0].copy()
    broken[:, : WIDTH // 2] = 255 - broken[:, : WIDTH // 2]
    assert seam(broken)[0] > seam(opening[0])[1]


def test_drawing_a_take_again_gives_the_same_bits(opening: list[np.ndarray]) -> None:
    for one, other in zip(opening[:3], draw_take(TAKES[0]), strict=False):
        assert np.array_equal(one, other[: HEIGHT - 20])


@pytest.mark.parametrize("name", PLACES)
def test_a_place_turns_with_the_camera(name: str) -> None:
    sight, sky = draw_place(PLACES[name](), 128, 64)
    assert sight.shape == (64, 128, 3) and sight.min() >= 0 and sight.max() <= 1
    assert sky[0].all() and not sky[-1].any()
    clouds = draw_clouds(PLACES[name](), 128, 64)
    assert clouds.max() > 0.5 and not clouds[32:].any()


def test_a_walker_at_the_back_is_drawn_on_both_sides_of_the_seam() -> None:
    sight = np.full((256, 512, 3), 255, np.uint8)
    draw_walker(sight, Walk((-2.5, 0.01), (-2.5, -0.01), (200, 0, 0)), 0.5)
    inked = (sight != 255).any(axis=(0, 2))
    assert inked[0] and inked[-1] and not inked[200:300].any()


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        draw_demo(tmp_path / "file")


def test_the_handles_of_the_dissolve_lie_inside_the_takes() -> None:
    sources = [Source(take.place, take.place, RATE, take.frames) for take in TAKES]
    track = demo_cut(*sources).tracks[0]
    for clip in track.clips:
        assert clip.first >= 12 and clip.first + clip.stop - clip.start + 12 <= clip.source.frames
