"""Frames too large for memory: `python tests/bench/large.py [WIDTH] [PICTURE]`.

Paints one equirectangular frame of WIDTH x WIDTH / 2 (8192 where nothing is said) in a process of its own,
as if there were little memory, and says the time and the peak of memory; then the first frames of a film of
that size as `render` does, without steadying and with a preset's own. At a quarter of the width it says
how far strips are from the frame painted in one go. The peaks must stay below 4 GB. Half an hour.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import torch
from stylereel.core.nets import memory
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.memory import free_bytes
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.store import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.lifter import go, job, ref, shot
from support.pictures import psnr
from support.smooth import sphere

PRESETS = Path(__file__).parents[2] / "presets"
MOST = 4 << 30
RATE = Fraction(24)
UNSTEADIED = Stability(flow=0.0, sharpen=0.0)


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


def rendered(
    width: int, picture: str, stability: Stability, frames: int, short: bool = True
) -> tuple[float, int]:
    """The same of the first frames of a film of 360 degrees that turns, painted, written and joined."""
    torch.set_num_threads(2)
    if short:
        memory.free_bytes = lambda device: 0
    wear = Wear(style="exam", projection="equirect", stereo="mono", stability=stability)
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder) / "turning.mp4", frame(width, picture), frames)
        media = ref(path, RATE)
        one = shot(media, FrameRange(0, frames), (1e10,) * frames, recipe=recipe_text(wear))
        work = job(one, load_painter(PRESETS / "exam.safetensors", (PRESETS,)))
        began, store = time.monotonic(), Store(Path(folder) / "segments")
        assert go(work, store) == (True, frames)
        join_shot(work, store, Path(folder) / "styled.mov")
        return (time.monotonic() - began) / frames, peak_bytes()


def film(path: Path, pixels: torch.Tensor, frames: int) -> Path:
    """A picture that turns by 8 pixels a frame, as H.264; written by a process of its own."""
    picture = pixels[0].permute(1, 2, 0).clamp(0, 255).numpy().astype(np.uint8)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        pool.apply(_write, (path, picture, frames))
    return path


def _write(path: Path, picture: np.ndarray, frames: int) -> None:
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
        for number in range(frames):
            turned = np.ascontiguousarray(np.roll(picture, 8 * number, 1))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(turned, format="rgb24")))
        container.mux(stream.encode())


def peak_bytes() -> int:
    """The most that this process ever had in memory; Windows has no such count, and gives 0."""
    if sys.platform == "win32":
        return 0
    import resource

    kilo = 1 if sys.platform == "darwin" else 1024
    return kilo * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(width: int = 8192, picture: str = "") -> int:
    print(f"free on this machine: {free_bytes(torch.device('cpu')) / 2**30:.1f} GB")
    kept = [
        told(f"{width} x {width // 2} painted", peak, (width, picture)),
        told("rendered, a frame", rendered, (width, picture, UNSTEADIED, 2)),
        told("rendered and steadied, a frame", rendered, (width, picture, Stability(), 3)),
    ]
    small = width // 4
    strips, whole = (painted(small, picture, short) for short in (True, False))
    near = psnr(strips.numpy(), whole.numpy(), 255)
    print(f"{small} x {small // 2} in strips against one go: {near:.1f} dB (at least 90)")
    return 0 if all(kept) and near >= 90 else 1


def told(name: str, measure: Callable[..., tuple[float, int]], given: tuple[object, ...]) -> bool:
    """Prints what a process of its own took; whether it kept below the limit."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        seconds, most = pool.submit(measure, *given).result()
    word = "kept  " if most < MOST else "MISSED"
    print(f"{word} {name}: {seconds:.0f} s, peak {most / 2**30:.2f} GB (at most {MOST >> 30})", flush=True)
    return most < MOST


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*([int(given[0]), *given[1:2]] if given else [])))
