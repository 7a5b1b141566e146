"""Mattes of log footage: they look at it as a display shows it, whichever way it is shown."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.cli.demo.footage import TAKES, draw_take
from stylereel.core.mattes.matting import Matting
from stylereel.core.mattes.sides import Sides
from stylereel.core.mattes.worn import WornMatte
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.cube import read_cube
from stylereel.core.media.curves import CURVES
from stylereel.core.media.display import Display
from stylereel.core.media.lut import Lut
from stylereel.core.media.probe import read_facts
from stylereel.core.media.source import open_source
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.stylize import painted
from support.cubes import curve_text, write_cube
from support.lifter import job, ref, shot
from support.mattes import RATE, matte, tensor, write_film

SIZE = (192, 96)
FRAMES = 4


def coded(pixels: np.ndarray) -> np.ndarray:
    """A display's picture, (H, W, 3) uint8, as a camera would write it in S-Log3."""
    picture = tensor(pixels)
    codes = CURVES["slog3"].kept(picture, picture)[0].permute(1, 2, 0).numpy()
    return codes.round().clip(0, 255).astype(np.uint8)


def shown_by(codes: np.ndarray) -> np.ndarray:
    """What the curve shows of codes (N, 3) of 0 … 1."""
    picture = torch.from_numpy(codes.T.astype(np.float32).copy())[None, :, None] * 255
    return CURVES["slog3"].shown(picture)[0, :, 0].T.numpy().astype(float) / 255


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A place under a sky that pans slowly, as a display shows it and as a camera wrote it."""
    folder = tmp_path_factory.mktemp("films")
    wide = cv2.resize(next(iter(draw_take(TAKES[0]))), (2 * SIZE[0], SIZE[1]), interpolation=cv2.INTER_AREA)
    frames = [np.ascontiguousarray(wide[:, 3 * at : 3 * at + SIZE[0]]) for at in range(FRAMES)]
    return {
        "display": write_film(folder / "display.mov", frames),
        "log": write_film(folder / "log.mov", [coded(frame) for frame in frames]),
    }


@pytest.fixture(scope="module")
def lut(tmp_path_factory: pytest.TempPathFactory) -> Lut:
    """The curve as a file."""
    path = tmp_path_factory.mktemp("lut") / "show.cube"
    return Lut.of(read_cube(write_cube(path, curve_text(shown_by, 1024))), torch.device("cpu"))


KINDS = {
    "luma": {"kind": "luma", "low": 0.5},
    "chroma": {"kind": "chroma", "colour": "#4080c0", "tolerance": 0.1, "soft": 0.1},
    "sky": {"kind": "sky"},
}


def found(path: Path, display: Display, **values) -> np.ndarray:
    """The matte of a film's last frame, (H, W); what keeps it steady is read before it."""
    media = ref(path, RATE)
    known = read_facts(path, media.kind, media.rate)
    with (
        Matting(matte(**values), media, known, read_facts, display=display) as matting,
        open_source(media) as reader,
    ):
        frame = reader.read(FRAMES - 1)
        return matting.of(FRAMES - 1, frame, to_rgb(frame))[0, 0].numpy()


class BlueEye:
    """Takes what is bluer than it is red for sky."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def see(self, picture: np.ndarray, sphere: bool) -> np.ndarray:
        blue = picture[..., 2].astype(np.float32) - picture[..., 0]
        return (blue / 40).clip(0, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_is_what_a_display_shows(films, lut, kind, monkeypatch):
    monkeypatch.setattr("stylereel.core.mattes.matting.SkyEye", BlueEye)
    wanted = found(films["display"], Display(), **KINDS[kind])
    assert 0.02 < wanted.mean() < 0.98
    raw = found(films["log"], Display(), **KINDS[kind])
    for display in (Display("slog3"), Display(lut=lut)):
        through = found(films["log"], display, **KINDS[kind])
        off, off_raw = (float(np.abs(one - wanted).mean()) for one in (through, raw))
        assert off < 0.03 and off < off_raw / 2, (off, off_raw)


def test_a_shot_s_matte_looks_where_its_net_looks(films, lut):
    """The side that stays the original is what is light on a display, not in codes."""
    recipe = recipe_text(Wear(style="lift", stability=Stability(flow=0.0)))
    media = ref(films["log"], RATE)
    work = job(shot(media, FrameRange(0, 1), (2e10,), recipe=recipe))
    region = matte(kind="luma", low=0.5, soft=0.0)

    def opened() -> Matting:
        known = read_facts(media.path, media.kind, media.rate)
        return Matting(region, media, known, read_facts, display=Display(lut=lut))

    work = replace(work, lut=lut, matte=WornMatte("key", Sides(False, 2e10), opened))
    with open_source(media) as reader:
        (one,) = painted(work, reader, [FrameRange(0, 1)])
    light = (lut.shown(one.before)[0] / 255 * torch.tensor([0.2126, 0.7152, 0.0722])[:, None, None]).sum(0)
    bare = (one.after == one.before).all(1)[0]
    sure = (light - 0.5).abs() > 0.01
    assert torch.equal(bare[sure], (light > 0.5)[sure])
