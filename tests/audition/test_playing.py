"""Trying candidates: what can be judged is, what cannot is refused with a reason, and the rest goes on."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel import presets
from stylereel.cli import playing
from stylereel.cli.casting import Named, named
from stylereel.cli.playing import Outcome, Stage, play, stage_vgg
from stylereel.core.audition.candidates import BORROWED_WEIGHT, Rehearsal, style_candidate
from stylereel.core.audition.judging import Candidate, take
from stylereel.core.audition.measures import manner
from stylereel.core.audition.samples import Sample, clip, still
from stylereel.core.errors import StyleError
from stylereel.core.nets.files import load_style
from stylereel.core.nets.shelf import is_style
from stylereel.core.training.losses import load_vgg
from support.vgg import write_vgg
from torch import Tensor

SHELF = Path(presets.__file__).parent
CPU = torch.device("cpu")


def picture(seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(256, 256, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.clip(128 + 50 * soft / soft.std(), 0, 255)


def stage(samples: list[Sample], weights: tuple[float, ...] = (1e10,)) -> Stage:
    return Stage(samples, weights, CPU, None, None, 2, "off", lambda kind, text: None)


class Lamp:
    """A painter that flashes: every other frame it is given is white, the others are black."""

    def __init__(self) -> None:
        self.frames = 0

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.frames += 1
        return torch.full_like(pixels, 255.0 * (self.frames % 2))

    def on(self, device: torch.device) -> "Lamp":
        return self


class Lost(Lamp):
    """A painter that gives no picture."""

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        return pixels * float("nan")


def test_without_vgg_styles_are_judged_without_distances_and_pictures_refused(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "waves.png"), picture())
    (tmp_path / "torn.safetensors").write_bytes(b"torn")
    words = ["exam", str(tmp_path / "waves.png"), str(tmp_path / "torn.safetensors")]
    outcome: Outcome = play(named(words), stage([still("a", picture(1))]))
    assert not outcome.stopped and outcome.refused.keys() == {"waves", "torn"}
    assert "without VGG-19" in outcome.refused["waves"]
    (one,) = outcome.played["exam"][1]
    assert one.marks.style_distance is None and one.marks.content_distance is None
    assert one.marks.flicker is None and one.marks.seam is None and one.marks.flashes is None
    assert 0.5 < one.marks.content_kept <= 1 and one.marks.noise_gain > 0
    assert one.looks[0].shape == (256, 256, 3)


def test_a_flashing_style_is_told_from_flashing_footage() -> None:
    calm = clip("calm", [picture()] * 24, Fraction(24))
    disco = clip("disco", [picture() * (number % 2) for number in range(24)], Fraction(24))
    lamp = Candidate("lamp", Lamp(), (1e10,))
    assert take(lamp, 1e10, [calm], None).marks.flashing == "a screen"
    assert take(lamp, 1e10, [disco], None).marks.flashing == "", "it flashed before"


def test_in_a_headset_flashes_are_said_to_be_in_a_headset() -> None:
    around = clip("360", [np.concatenate([picture()] * 2, 1)] * 24, Fraction(24), sphere=True)
    marks = take(Candidate("lamp", Lamp(), (1e10,)), 1e10, [around], None).marks
    assert marks.flashing == "a headset" and marks.flashes and marks.flashes > 3
    assert marks.seam == 1


def test_an_onnx_net_is_refused_with_what_can_be_done_with_it(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").touch()
    outcome = play(named([str(tmp_path / "net.onnx")]), stage([still("a", picture())]))
    assert "a preset says that" in outcome.refused["net"]


def test_a_net_that_gives_no_picture_is_refused() -> None:
    with pytest.raises(StyleError, match="gives no picture for a"):
        take(Candidate("lost", Lost(), (1e10,)), 1e10, [still("a", picture())], None)


def test_weight_0_keeps_everything() -> None:
    samples = [still("a", picture()), clip("b", [picture(n) for n in range(3)], Fraction(24))]
    found = style_candidate("exam", SHELF / "exam.safetensors", (0.0,), (), CPU, None)
    marks = take(found, 0.0, samples, None).marks
    assert marks.content_kept == pytest.approx(1) and marks.noise_gain == pytest.approx(1)
    assert marks.flicker == pytest.approx(1)


def test_a_style_is_measured_against_the_picture_beside_it_at_all_weights() -> None:
    found = style_candidate("exam", SHELF / "exam.safetensors", (1e9, 1e11), (), CPU, None)
    assert found.picture is not None and found.weights == (1e9, 1e11)
    assert "exam.png" in found.about and "Apache-2.0" in found.about


@pytest.mark.parametrize(
    ("asked", "tried"), [((1e9, 1e10, 5e10), (1e9, 1e10)), ((5e10,), (BORROWED_WEIGHT,))]
)
def test_a_borrowed_net_is_tried_no_stronger_than_it_is(
    samples: Path, asked: tuple[float, ...], tried: tuple[float, ...]
) -> None:
    path = samples / "weights" / "foreign_mosaic_nc8_b1_e2_1e05_1e10.model"
    assert style_candidate("mosaic", path, asked, (), CPU, None).weights == tried


def test_candidates_are_found_by_name_by_path_and_by_folder(tmp_path: Path) -> None:
    bases = [path for path in SHELF.glob("*.safetensors") if not is_style(path)]
    for path in (SHELF / "exam.safetensors", SHELF / "exam.png", *bases):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    cv2.imwrite(str(tmp_path / "waves.jpg"), picture())
    assert [one.name for one in named([str(tmp_path)])] == ["exam", "waves"], "nor bases, nor its picture"
    assert [one.name for one in named(["exam", str(tmp_path)])] == ["exam", "exam (2)", "waves"]
    assert named(["exam"]) == [Named("exam", SHELF / "exam.safetensors")]
    assert {"exam", "code", "form"} <= {one.name for one in named([])}


def test_vgg_that_cannot_be_fetched_is_done_without_but_a_file_that_was_named_must_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def offline(file: Path | None) -> None:
        raise StyleError("VGG-19 cannot be loaded: no network")

    said: list[str] = []
    monkeypatch.setattr(playing, "load_vgg", offline)
    assert stage_vgg(None, CPU, lambda kind, text: said.append(text)) is None
    assert "no network" in said[0]
    with pytest.raises(StyleError):
        stage_vgg(tmp_path / "vgg.safetensors", CPU, lambda kind, text: None)


def test_a_picture_is_rehearsed_from_the_style_that_is_nearest_to_it(tmp_path: Path) -> None:
    """A part of the exam page starts from `exam`, one of the editor's window from `code`."""
    vgg = load_vgg(write_vgg(tmp_path / "vgg.safetensors"))
    styles = [load_style(SHELF / f"{name}.safetensors") for name in ("code", "exam", "form")]
    starts = [replace(style, manner=manner(vgg, SHELF / f"{style.name}.png", CPU)) for style in styles]
    rehearsal = Rehearsal(starts, 1, [still("a", picture())], vgg, CPU)
    for name in ("exam", "code"):
        like = cv2.imread(str(SHELF / f"{name}.png"))[8:, 16:]
        cv2.imwrite(str(tmp_path / f"{name}ish.png"), like)
        found = rehearsal.candidate("ish", tmp_path / f"{name}ish.png", (1e10,), lambda step: None, bool)
        assert found and f"rehearsed for 1 steps from {name}" in found.about
        assert found.picture is not None and found.manner is not None
