"""HDR and log footage on its way through a painter: seen as on a display, written as it came."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
import torch
from stylereel.core.media.cube import read_cube
from stylereel.core.media.lut import Lut
from stylereel.core.media.source import open_source
from stylereel.core.preset import recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.store import Store
from stylereel.core.stylize import painted
from support.burnin import write_counter
from support.cubes import box_text, curve_text, log_to_709, mild, write_cube
from support.lifter import UNSTEADIED, Lifter, go, job, pictures, ref, shot
from support.pictures import psnr
from torch import Tensor

RATE = Fraction(25)


@dataclass
class Watcher(Lifter):
    """Changes nothing and remembers how bright the pictures were."""

    means: list[float] = field(default_factory=list)

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.means.append(float(pixels.mean()))
        return pixels.clone()


@pytest.mark.parametrize(
    ("matrix", "curve", "bent"),
    [("pq", "auto", True), ("hlg", "auto", True), ("pq", "display", False), ("bt709", "slog3", True)],
)
def test_a_painter_that_changes_nothing_changes_nothing(tmp_path, matrix, curve, bent):
    how = dict(matrix=matrix, pix_fmt="yuv420p10le", size=(192, 108))
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, "hevc", **how), RATE)
    wear = replace_curve(curve)
    work = job(shot(media, FrameRange(0, 3), (1e9,) * 3, recipe=wear), painter := Watcher())
    store = Store(tmp_path / "segments")
    assert go(work, store) == (True, 3)
    before, (segment,) = pictures(media.path), work.segments()
    after = pictures(store.path(segment))
    assert min(psnr(one.numpy(), two.numpy(), 255) for one, two in zip(before, after, strict=True)) > 45
    assert (abs(painter.means[0] - float(before[0].mean())) > 8) == bent


def replace_curve(curve: str) -> str:
    return recipe_text(UNSTEADIED.model_copy(update={"curve": curve}))


@pytest.mark.parametrize("text", [box_text(log_to_709), curve_text(log_to_709)], ids=["3D", "1D"])
def test_a_painter_behind_a_lut_sees_a_display_and_changes_nothing_where_it_clips_either(tmp_path, text):
    how = dict(matrix="bt709", pix_fmt="yuv422p10le", size=(192, 108))
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, "prores", **how), RATE)
    lut = Lut.of(read_cube(write_cube(tmp_path / "show.cube", text)), torch.device("cpu"))
    work = replace(job(shot(media, FrameRange(0, 3), (1e9,) * 3), painter := Watcher()), lut=lut)
    store = Store(tmp_path / "segments")
    assert go(work, store) == (True, 3)
    before, (segment,) = pictures(media.path), work.segments()
    after, displayed = pictures(store.path(segment)), lut.shown(before[0])
    assert 0.1 < float((displayed > 254.9).float().mean()) < 0.9
    assert painter.means[0] == pytest.approx(float(displayed.mean()), abs=1e-3)
    assert min(psnr(one.numpy(), two.numpy(), 255) for one, two in zip(before, after, strict=True)) > 50
    assert max(float((one - two).abs().max()) for one, two in zip(before, after, strict=True)) < 8


def test_weight_0_behind_a_lut_is_the_source_bit_for_bit(tmp_path):
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, size=(192, 108)), RATE)
    lut = Lut.of(read_cube(write_cube(tmp_path / "a.cube", box_text(log_to_709))), torch.device("cpu"))
    work = replace(job(shot(media, FrameRange(0, 3), (0.0,) * 3), painter := Watcher()), lut=lut)
    with open_source(media) as reader:
        found = [*painted(work, reader, [FrameRange(0, 3)])]
    assert len(found) == 3 and all(torch.equal(one.before, one.after) for one in found)
    assert not painter.means


def test_another_lut_is_another_picture(tmp_path):
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, size=(192, 108)), RATE)
    plain = job(shot(media, FrameRange(0, 3), (1e9,) * 3))
    texts = {"a": box_text(mild, 5), "b": box_text(mild, 5), "c": box_text(log_to_709, 5)}
    cubes = {name: read_cube(write_cube(tmp_path / f"{name}.cube", text)) for name, text in texts.items()}
    keys = {
        name: replace(plain, lut=Lut.of(cube, torch.device("cpu"))).segments()[0].key
        for name, cube in cubes.items()
    }
    assert keys["a"] == keys["b"] and len({*keys.values(), plain.segments()[0].key}) == 3


def test_another_curve_is_another_picture(tmp_path):
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, size=(192, 108)), RATE)
    one = shot(media, FrameRange(0, 3), (1e9,) * 3, recipe=replace_curve("auto"))
    keys = [job(replace(one, recipe=replace_curve(name))).segments()[0].key for name in ("auto", "slog3")]
    assert keys[0] != keys[1]
