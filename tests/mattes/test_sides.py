"""Shots that wear a matte: what lies on its two sides, steadied or not, wherever the shot begins."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stylereel.core.dial import scaled, to_dial
from stylereel.core.job import Job
from stylereel.core.mattes.matting import Matting
from stylereel.core.mattes.sides import OtherSide, Sides, composite
from stylereel.core.mattes.worn import WornMatte
from stylereel.core.media.probe import read_facts
from stylereel.core.media.source import open_source
from stylereel.core.nets.dialled import blend
from stylereel.core.preset import Matte, Stability, Wear, nested, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.stylize import painted
from support.lifter import Lifter, ref, shot
from support.lifter import job as job_of
from support.mattes import RATE, write_picture
from support.pans import write_pan
from torch import Tensor

FRAMES, FULL, FAINT = 60, 2e10, 5e8
HALF = np.zeros((64, 96), np.uint8)
HALF[:, 40:], HALF[:, 36:40] = 255, 128
PLAIN = {"flow": 0.0}


class Blended(Lifter):
    """A painter that turns the picture over, of which a faint weight leaves a part of the source."""

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.seen.append(style_weight)
        return 255 - pixels + style_weight / 1e10

    def share(self, style_weight: float) -> float:
        return min(1.0, style_weight / 1e9)


@dataclass
class Inked(Lifter):
    """Another painter: all in one colour."""

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.seen.append(style_weight)
        return torch.full_like(pixels, 30.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pan(tmp_path_factory.mktemp("pan") / "pan.mkv", FRAMES, RATE)


Paints = Callable[..., dict[int, tuple[Tensor, Tensor]]]


@pytest.fixture
def paints(clip: Path, tmp_path: Path) -> Paints:
    """The frames of a shot of the pan, before and after, under a matte that is a picture."""

    def made(
        pixels: np.ndarray | None = None,
        frames: range = range(10, 14),
        weights: tuple[float, ...] | None = None,
        inside: bool = False,
        other: OtherSide | None = None,
        stability: dict[str, Any] = PLAIN,
        **values: Any,
    ) -> dict[int, tuple[Tensor, Tensor]]:
        weights = weights or (FULL,) * len(frames)
        work = job(clip, frames, weights, stability)
        if pixels is not None:
            values |= {"kind": "file", "file": str(write_picture(tmp_path / "matte.png", pixels))}
        if values:
            work = worn(work, Sides(inside, FULL, other), values)
        with open_source(work.shot.media) as reader:
            found = [(one.before, one.after) for one in painted(work, reader, [work.shot.frames])]
        return dict(zip(frames, found, strict=True))

    return made


def job(clip: Path, frames: range, weights: tuple[float, ...], stability: dict[str, Any]) -> Job:
    recipe = recipe_text(Wear(style="lift", stability=Stability(**stability)))
    wanted = shot(ref(clip, RATE), FrameRange(frames.start, frames.stop), weights, recipe=recipe)
    return job_of(wanted, Blended())


def worn(work: Job, sides: Sides, values: dict[str, Any]) -> Job:
    media = work.shot.media
    found = Wear.model_validate(nested({"matte": values})).matte
    assert isinstance(found, Matte)
    known = read_facts(media.path, media.kind, media.rate)
    return replace(work, matte=WornMatte("key", sides, lambda: Matting(found, media, known, read_facts)))


STEADINESS = {"unsteadied": PLAIN, "steadied": {"flow": 0.5, "flow_median": 3}}


@pytest.mark.parametrize("how", STEADINESS)
def test_black_is_the_source_bit_for_bit_outside_and_white_is_painted_everywhere(paints, how):
    plain = paints(stability=STEADINESS[how])
    for level, inside, bare in ((0, False, False), (0, True, True), (255, True, False), (255, False, True)):
        found = paints(np.full_like(HALF, level), inside=inside, stability=STEADINESS[how])
        for number, (before, after) in found.items():
            assert torch.equal(after, before if bare else plain[number][1])


@pytest.mark.parametrize("how", STEADINESS)
def test_each_side_is_its_own_exactly_and_the_edge_lies_between(paints, how):
    plain = paints(stability=STEADINESS[how])
    for number, (before, after) in paints(HALF, stability=STEADINESS[how]).items():
        styled = plain[number][1]
        assert torch.equal(after[..., 40:], before[..., 40:])
        assert torch.equal(after[..., :36], styled[..., :36])
        edge = before[..., 36:40] + (1 - 128 / 255) * (styled - before)[..., 36:40]
        assert torch.allclose(after[..., 36:40], edge, atol=1e-2)


@pytest.mark.parametrize("how", STEADINESS)
def test_the_other_side_wears_another_weight_or_another_style(paints, how):
    stability = STEADINESS[how]
    plain = paints(stability=stability)
    weaker = paints(weights=(FAINT,) * 4, stability=stability)
    for number, (_, after) in paints(HALF, other=OtherSide(None, FAINT), stability=stability).items():
        assert torch.allclose(after[..., 40:], weaker[number][1][..., 40:], atol=1e-4)
        assert torch.equal(after[..., :36], plain[number][1][..., :36])
    for number, (_, after) in paints(
        HALF, inside=True, other=OtherSide(Inked(), 1e10), stability=stability
    ).items():
        assert torch.allclose(after[..., :36], torch.tensor(30.0), atol=1e-3)
        assert torch.equal(after[..., 40:], plain[number][1][..., 40:])


def test_weight_0_is_the_source_on_both_sides_and_a_ramp_takes_both_down(paints):
    weights = (FULL, FULL / 4, 0.0, 0.0)
    other = OtherSide(ink := Inked(), 1e10)
    found = paints(HALF, weights=weights, other=other)
    for number in (12, 13):
        assert torch.equal(*found[number])
    factor = to_dial(FULL / 4) / to_dial(FULL)
    assert ink.seen == [1e10, scaled(1e10, factor)]


def test_a_blend_with_the_source_comes_behind_the_matte(paints):
    found = paints(HALF, weights=(FAINT,) * 4)
    for before, after in found.values():
        faint = blend(before, 255 - before + FAINT / 1e10, FAINT / 1e9)
        assert torch.allclose(after[..., :36], faint[..., :36], atol=1e-3)


def test_a_trimmed_shot_has_the_pixels_of_the_long_one(paints):
    stability, values = STEADINESS["steadied"], {"kind": "luma", "low": 0.5, "feather": 3.0}
    long = paints(frames=range(0, 40), stability=stability, **values)
    short = paints(frames=range(25, 31), stability=stability, **values)
    assert all(torch.equal(short[number][1], long[number][1]) for number in short)


def test_a_composite_is_exact_at_both_ends():
    chance = torch.Generator().manual_seed(4)
    below, above = (300 * torch.rand((1, 3, 8, 8), generator=chance) - 20 for _ in range(2))
    share = torch.rand((1, 1, 8, 8), generator=chance).round()
    found = composite(below, above, share)
    assert torch.equal(found, torch.where(share == 1, above, below))


def test_a_matte_is_part_of_a_segment_s_name(clip):
    work = job(clip, range(4), (FULL,) * 4, PLAIN)
    keys = {one.key for one in work.segments()}
    masked = worn(work, Sides(False, FULL), {"kind": "luma"})
    assert keys.isdisjoint(one.key for one in masked.segments())
    assert masked.matte
    other = replace(masked, matte=replace(masked.matte, key="another"))
    assert {one.key for one in masked.segments()}.isdisjoint(one.key for one in other.segments())
