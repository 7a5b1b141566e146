"""HDR and log footage on its way through a painter: seen as on a display, written as it came."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from stylereel.core.preset import recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.store import Store
from support.burnin import write_counter
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


def test_another_curve_is_another_picture(tmp_path):
    media = ref(write_counter(tmp_path / "a.mov", 3, RATE, size=(192, 108)), RATE)
    one = shot(media, FrameRange(0, 3), (1e9,) * 3, recipe=replace_curve("auto"))
    keys = [job(replace(one, recipe=replace_curve(name))).segments()[0].key for name in ("auto", "slog3")]
    assert keys[0] != keys[1]
