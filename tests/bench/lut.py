"""What a LUT costs beside the net, measured side by side in one run: `python tests/bench/lut.py`.

One frame of 1280 x 720 through a LUT of 33³ from log to a display, painted by a style that ships, and back,
on the best device that this machine has. The ratio is that of both ways through the LUT over the painting.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from stylereel import presets
from stylereel.core.media.cube import read_cube
from stylereel.core.media.curves import CURVES
from stylereel.core.media.lut import Lut
from stylereel.core.nets.files import load_painter
from stylereel.core.render import pick_device

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.cubes import box_text, log_to_709, write_cube
from support.smooth import picture

WEIGHT = 1e10
SHELF = Path(presets.__file__).parent


def best(work: Callable[[], torch.Tensor], rounds: int = 3) -> float:
    """The seconds of the fastest of some rounds, until the result is on the CPU."""
    seconds = []
    for _ in range(rounds + 1):  # the first one warms everything up
        began = time.perf_counter()
        work().cpu()
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])


def main() -> None:
    """Prints the ratio."""
    device = pick_device()
    with tempfile.TemporaryDirectory() as folder:
        cube = read_cube(write_cube(Path(folder) / "show.cube", box_text(log_to_709, 33)))
    began = time.perf_counter()
    lut = Lut.of(cube, device)
    made = time.perf_counter() - began
    painter = load_painter(SHELF / "exam.safetensors", (SHELF,), WEIGHT, None).on(device)
    source = CURVES["slog3"].kept(display := picture(720, 1280), display)
    shown = lut.shown(source)
    painted = painter.full(shown.to(device), WEIGHT).cpu()
    there, back = best(lambda: lut.shown(source)), best(lambda: lut.kept(painted, source))
    net = best(lambda: painter.full(shown.to(device), WEIGHT))
    print(f"on {device}: LUT there {there:.3f} s, back {back:.3f} s, net {net:.3f} s")
    print(f"both ways over the net: {(there + back) / net:.2f}; made ready in {made:.2f} s")


if __name__ == "__main__":
    main()
