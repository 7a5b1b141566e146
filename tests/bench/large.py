"""Frames too large for memory: `python tests/bench/large.py [WIDTH] [PICTURE]`.

Paints one equirectangular frame of WIDTH x WIDTH / 2 (8192 where nothing is said) in a process of its own,
as if there were little memory, and says the time and the peak of memory; then, at a quarter of the width,
how far strips are from the frame painted in one go. The peak must stay below 4 GB.
"""

import multiprocessing
import sys
import time
from pathlib import Path

import cv2
import torch
from stylereel.core.nets import memory
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.memory import free_bytes

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.pictures import psnr
from support.smooth import sphere

PRESETS = Path(__file__).parents[2] / "presets"
MOST = 4 << 30


def frame(width: int, picture: str) -> torch.Tensor:
    """(1, 3, width / 2, width) float32: a drawn sphere, or a panorama brought to the size."""
    if not picture:
        return sphere(width // 2, width).contiguous()
    pixels = cv2.resize(cv2.imread(picture), (width, width // 2), interpolation=cv2.INTER_CUBIC)
    return torch.from_numpy(pixels[..., ::-1].copy()).permute(2, 0, 1)[None].float()


def painted(width: int, picture: str, short: bool) -> torch.Tensor:
    memory.free_bytes = (lambda device: 0) if short else (lambda device: 1 << 50)
    style = load_painter(PRESETS / "exam.safetensors", (PRESETS,))
    return style.paint(frame(width, picture), 1e10, sphere=True)


def peak(width: int, picture: str) -> tuple[float, int]:
    """Seconds and the bytes of the whole process, the frame and what came of it included."""
    torch.set_num_threads(2)
    began = time.monotonic()
    found = painted(width, picture, short=True)
    seconds = time.monotonic() - began
    assert found.shape == (1, 3, width // 2, width) and bool(torch.isfinite(found[..., ::97]).all())
    return seconds, peak_bytes()


def peak_bytes() -> int:
    """The most that this process ever had in memory; Windows has no such count, and gives 0."""
    if sys.platform == "win32":
        return 0
    import resource

    kilo = 1 if sys.platform == "darwin" else 1024
    return kilo * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(width: int = 8192, picture: str = "") -> int:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seconds, most = pool.apply(peak, (width, picture))
    print(f"free on this machine: {free_bytes(torch.device('cpu')) / 2**30:.1f} GB")
    print(f"{width} x {width // 2}: {seconds:.0f} s, peak {most / 2**30:.2f} GB (at most {MOST >> 30})")
    small = width // 4
    strips, whole = (painted(small, picture, short) for short in (True, False))
    near = psnr(strips.numpy(), whole.numpy(), 255)
    print(f"{small} x {small // 2} in strips against one go: {near:.1f} dB (at least 90)")
    return 0 if most < MOST and near >= 90 else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*([int(given[0]), *given[1:2]] if given else [])))
