"""Frames of films to train on: which, spread how, and what is passed by."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from stylereel.core.cut import MediaRef
from stylereel.core.errors import MediaError
from stylereel.core.media.curves import CURVES
from stylereel.core.media.display import Display
from stylereel.core.media.probe import read_facts
from stylereel.core.media.search import footage_in
from stylereel.core.rates import FrameRange
from stylereel.core.training.footage import Stretch, spread, used_stretches, whole_films, write_frames
from stylereel.core.training.pictures import read_picture
from stylereel.otio_adapters.timelines import read_cut
from support.burnin import read_number, write_counter
from support.small_film import SmallFilm, write_small_film


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> SmallFilm:
    return write_small_film(tmp_path_factory.mktemp("film"))


def stretch(name: str, first: int, stop: int) -> Stretch:
    return Stretch(MediaRef(name, name, Path(name), Fraction(25)), FrameRange(first, stop))


def test_a_cut_gives_what_it_shows_and_nothing_else(film: SmallFilm) -> None:
    cut = read_cut(film.cut)
    facts = {use.media.editor_path: read_facts(use.media.path) for use in cut.uses}
    found = used_stretches(cut, facts)
    spans = {(one.media.path.name, one.frames.first, one.frames.stop) for one in found}
    assert spans == {("take1.mov", 8, 34), ("take2.mov", 4, 30), ("take2.mov", 50, 70)}
    missing = dict(facts) | {cut.uses[0].media.editor_path: MediaError("gone")}
    assert {one.media.path.name for one in used_stretches(cut, missing)} == {"take2.mov"}


def test_every_shot_gives_frames_and_long_ones_more() -> None:
    found = spread([stretch("a", 0, 1000), stretch("b", 100, 110), stretch("c", 0, 1)], 100)
    names = [media.name for media, _ in found]
    assert names.count("a") > 90 and names.count("b") == 1 and names.count("c") == 1
    numbers = [number for media, number in found if media.name == "a"]
    gaps = {later - earlier for earlier, later in pairwise(numbers)}
    assert max(gaps) - min(gaps) <= 1 and numbers[0] < 11 and numbers[-1] > 989


def test_of_too_many_shots_some_are_taken_from_everywhere() -> None:
    found = spread([stretch(f"{number:04}", 0, 9) for number in range(1000)], 50)
    assert len(found) == 50 and all(number == 4 for _, number in found)
    picked = [int(media.name) for media, _ in found]
    assert picked == list(range(0, 1000, 20))


def test_what_is_used_twice_is_taken_once() -> None:
    found = spread([stretch("a", 0, 10), stretch("a", 5, 15)], 300)
    assert [number for _, number in found] == list(range(15))


def test_frames_are_the_ones_that_were_chosen(tmp_path: Path) -> None:
    write_counter(tmp_path / "count.mov", 40, Fraction(25), "prores", (160, 90), start_timecode="01:00:00:00")
    (tmp_path / "frames").mkdir()
    chosen = spread(whole_films(footage_in((tmp_path,))), 7)
    assert write_frames(chosen, tmp_path / "frames", pytest.fail) == 7
    written = sorted((tmp_path / "frames").iterdir())
    numbers = [read_number(read_picture(path)) for path in written]
    assert numbers == [number for _, number in chosen] and len(set(numbers)) == 7
    assert [int(path.stem.split("_")[-2]) for path in written] == numbers


def test_log_is_shown_as_on_a_display_and_its_frames_are_others_by_name(
    film: SmallFilm, tmp_path: Path
) -> None:
    found = spread([Stretch(MediaRef("take1.mov", "", film.first, Fraction(25)), FrameRange(0, 20))], 2)
    looks = {"as it is": Display(), "log": Display("slog3")}
    for name, display in looks.items():
        (tmp_path / name).mkdir()
        write_frames(found, tmp_path / name, pytest.fail, display=display)
    plain, shown = (sorted((tmp_path / name).iterdir()) for name in looks)
    for one, other in zip(plain, shown, strict=True):
        pixels = torch.from_numpy(read_picture(one)).permute(2, 0, 1)[None].float()
        wanted = CURVES["slog3"].shown(pixels)[0].permute(1, 2, 0).numpy().clip(0, 255)
        assert np.abs(read_picture(other) - wanted).mean() < 1 < np.abs(wanted - read_picture(one)).mean()
    assert not {path.name for path in plain} & {path.name for path in shown}


def test_large_frames_are_kept_at_a_short_side_of_400(tmp_path: Path) -> None:
    write_counter(
        tmp_path / "large.mov", 2, Fraction(25), "prores", (1280, 720), start_timecode="01:00:00:00"
    )
    (tmp_path / "frames").mkdir()
    write_frames(spread(whole_films(footage_in((tmp_path,))), 1), tmp_path / "frames", pytest.fail)
    (path,) = (tmp_path / "frames").iterdir()
    assert read_picture(path).shape == (400, 711, 3)


def test_what_cannot_be_read_is_told_and_passed_by(film: SmallFilm, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mov"
    broken.write_bytes(film.first.read_bytes()[:3000])
    told: list[MediaError] = []
    good = Stretch(MediaRef("take1.mov", "", film.first, Fraction(25)), FrameRange(0, 2))
    bad = Stretch(MediaRef("broken.mov", "", broken, Fraction(25)), FrameRange(0, 2))
    gone = Stretch(MediaRef("gone.mov", "", tmp_path / "gone.mov", Fraction(25)), FrameRange(0, 2))
    (tmp_path / "frames").mkdir()
    assert write_frames(spread([bad, gone, good], 6), tmp_path / "frames", told.append) == 2
    assert {Path(error.where).name for error in told} == {"broken.mov", "gone.mov"}


def test_it_can_be_stopped_at_any_frame(film: SmallFilm, tmp_path: Path) -> None:
    found = spread([Stretch(MediaRef("take1.mov", "", film.first, Fraction(25)), FrameRange(0, 20))], 20)
    assert write_frames(found, tmp_path, pytest.fail, lambda: len(list(tmp_path.iterdir())) == 3) == 3
