"""Samples of own footage: which frames they are, how they are named, what closes at its edges."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.cli.content import gathered
from stylereel.cli.desk import Wishes
from stylereel.cli.rushes import CLIPS, STILLS, Taking, of_cut, of_folder
from stylereel.cli.seen import AS_TAGGED, seen
from stylereel.core.audition.samples import clip, closes, still
from stylereel.core.errors import MediaError, UsageError
from stylereel.core.media.curves import CURVES
from support.burnin import read_number, write_counter
from support.small_film import RATE, write_small_film


def taking(frames: int | None = 4, projection: str = "auto") -> Taking:
    return Taking(frames, projection, lambda kind, text: None, AS_TAGGED)


def numbers(frames: tuple) -> list[int]:
    """What is burnt into a sample's frames."""
    small = (cv2.resize(frame[0].permute(1, 2, 0).numpy(), None, fx=0.5, fy=0.5) for frame in frames)
    return [read_number(picture.clip(0, 255).astype(np.uint8)) for picture in small]


def around() -> np.ndarray:
    """A picture that closes: waves that come round."""
    x = np.linspace(0, 2 * np.pi, 512, endpoint=False)
    return np.tile((128 + 60 * np.sin(3 * x) + 30 * np.cos(x))[None, :, None], (256, 1, 3)).astype(np.uint8)


def test_a_clip_has_the_frames_that_its_name_says(tmp_path: Path) -> None:
    write_counter(tmp_path / "walk.mov", 60, Fraction(25), "prores", (320, 180))
    samples = {sample.name: sample for sample in of_folder(tmp_path, taking(frames=6))}
    assert samples.keys() == {"walk 30", "walk 27-32"}, "there is no other film for a still"
    found = samples["walk 27-32"]
    assert found.rate == 25 and len(found.moved) == 5 and found.flashes is not None
    assert numbers(found.frames) == [27, 28, 29, 30, 31, 32]
    assert numbers(samples["walk 30"].frames) == [30]


def test_log_is_shown_as_on_a_display(tmp_path: Path) -> None:
    write_counter(tmp_path / "walk.mov", 12, Fraction(25), "prores", (320, 180))
    plain = of_folder(tmp_path, taking())
    shown = of_folder(tmp_path, replace(taking(), look=seen("slog3", None)))
    for one, other in zip(plain, shown, strict=True):
        wanted = CURVES["slog3"].shown(one.middle).clamp(0, 255)
        assert (
            float((other.middle.clamp(0, 255) - wanted).abs().mean())
            < 3
            < float((wanted - one.middle).abs().mean())
        )


def test_a_curve_for_films_is_refused_where_there_are_none(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "one.png"), around())
    with pytest.raises(UsageError, match="no film that could be seen through it"):
        of_folder(tmp_path, replace(taking(), look=seen("slog3", None)))
    with pytest.raises(UsageError, match="no --content"), gathered(None, None, seen("pq", None), print, bool):
        pass


def test_a_clip_is_a_second_long_where_nothing_else_is_said(tmp_path: Path) -> None:
    """In less, four flashes a second would not be counted."""
    write_counter(tmp_path / "walk.mov", 60, Fraction(30000, 1001), "h264", (160, 90))
    (found,) = (sample for sample in of_folder(tmp_path, taking(frames=None)) if sample.is_clip)
    assert len(found.frames) == 30


def test_a_cut_gives_moments_and_clips_of_what_it_uses_alone(tmp_path: Path) -> None:
    film = write_small_film(tmp_path)
    samples = of_cut(Wishes(film.cut, no_film=True), taking(frames=4))
    clips = [sample for sample in samples if sample.is_clip]
    assert len(clips) == CLIPS and len(samples) == len(clips) + 1, "three clips are cut"
    assert all(sample.rate == RATE and sample.frames[0].shape[2] == 256 for sample in clips)
    assert {Path(sample.name.split()[0]).name for sample in samples} == {"take1", "take2"}


def test_pictures_come_from_all_over_a_folder_and_broken_ones_are_passed_by(tmp_path: Path) -> None:
    said = []
    for number in range(20):
        picture = np.full((300, 300, 3), 40 + number, np.uint8)
        cv2.imwrite(str(tmp_path / f"{number:02}.png"), picture)
    (tmp_path / "17.png").write_bytes(b"no picture")
    samples = of_folder(tmp_path, Taking(4, "auto", lambda kind, text: said.append(text), AS_TAGGED))
    assert [sample.name for sample in samples] == ["02", "07", "12"]
    assert len(samples) == STILLS - 1 and "17.png" in said[0]


def test_names_are_not_given_twice(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / "one.png"), np.zeros((300, 300, 3), np.uint8))
    assert [sample.name for sample in of_folder(tmp_path, taking())] == ["one", "one (2)"]


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="nothing to try"):
        of_folder(tmp_path, taking())


@pytest.mark.parametrize(("projection", "sphere"), [("auto", True), ("flat", False), ("equirect", True)])
def test_360_pictures_are_known_by_their_edges_or_by_what_is_said(
    tmp_path: Path, projection: str, sphere: bool
) -> None:
    cv2.imwrite(str(tmp_path / "around.png"), around())
    (sample,) = of_folder(tmp_path, taking(projection=projection))
    assert sample.sphere is sphere


def test_what_is_twice_as_wide_is_not_round_for_that() -> None:
    ramp = np.tile(np.linspace(0, 255, 512)[None, :, None], (256, 1, 3)).astype(np.uint8)
    assert closes(around()) and not closes(ramp)
    assert not closes(around()[:, :400])


def test_samples_have_a_short_side_of_256_and_one_frame_is_no_clip() -> None:
    assert still("large", np.zeros((540, 960, 3), np.uint8)).middle.shape == (1, 3, 256, 455)
    assert still("small", np.zeros((100, 120, 3), np.uint8)).middle.shape == (1, 3, 256, 307)
    assert not clip("short", [np.zeros((300, 300, 3), np.uint8)], Fraction(25)).is_clip
