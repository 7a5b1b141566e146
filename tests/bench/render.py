"""Ratios of the render path, measured side by side in one run: `python tests/bench/render.py`.

Memory: the peak of a long render over that of a short one, which should be 1. Time: rendering with
decoding, painting and encoding on three threads over the same work one after the other. Where the net
runs on the processor and fills it, there is nothing to win; with the net on a GPU there is.
"""

import multiprocessing
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import torch
from stylereel.core.cut import MediaRef, Shot
from stylereel.core.job import Job
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.writer import write_segment
from stylereel.core.nets.dialled import KNOTS, Style
from stylereel.core.nets.reel import ReelNet
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.render import render_segments
from stylereel.core.store import Store

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.burnin import write_counter

RATE = Fraction(25)
SHORT, LONG = 100, 1000
WEIGHT = 1e10


def job(clip: Path, frames: int) -> Job:
    """The first frames of a clip in a small net that knows nothing."""
    torch.manual_seed(1)
    net = ReelNet(8).eval()
    style = Style(
        "none", net, torch.ones(len(KNOTS), net.affine_size), torch.zeros(len(KNOTS), net.affine_size)
    )
    media = MediaRef(clip.name, str(clip), clip, RATE)
    wear = Wear(style="none", stability=Stability(flow=0.0, flow_median=0))
    recipe, span = recipe_text(wear), FrameRange(0, frames)
    shot = Shot("bench_010", media, span, "none", recipe, (WEIGHT,) * frames, (), "new")
    return Job(shot, read_facts(clip).fingerprint, style, "none", torch.device("cpu"))


def peak_megabytes(clip: Path, frames: int, out: Path) -> float:
    """The peak memory of a process that renders so many frames."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_render_and_tell, (clip, frames, out))


def _render_and_tell(clip: Path, frames: int, out: Path) -> float:
    import resource  # Linux and macOS; Windows has no such count

    render_segments(job(clip, frames), Store(out), lambda n: None, lambda: False)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds_overlapped(clip: Path, frames: int, out: Path) -> float:
    """How long the render path takes."""
    began = time.perf_counter()
    render_segments(job(clip, frames), Store(out), lambda n: None, lambda: False)
    return time.perf_counter() - began


def seconds_in_turn(clip: Path, frames: int, out: Path) -> float:
    """How long the same steps take on one thread."""
    work, began = job(clip, frames), time.perf_counter()
    with FrameReader(clip) as reader:
        sources = [(frame, to_rgb(frame)) for frame in map(reader.read, range(frames))]
    painted = [repaint(frame, before, work.painter.paint(before, WEIGHT)) for frame, before in sources]
    write_segment(out / "all.mov", iter(painted), RATE)
    return time.perf_counter() - began


def main() -> None:
    """Prints the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = folder / "clip.mov"
        write_counter(clip, LONG, RATE, codec="h264", size=(320, 180))
        peaks = [peak_megabytes(clip, frames, folder / f"{frames}") for frames in (SHORT, LONG)]
        print(f"peak memory, {LONG} frames over {SHORT}: {peaks[1] / peaks[0]:.3f} ({peaks[0]:.0f} MB)")
        rounds = []
        for number in range(3):  # the first one warms everything up
            place = folder / f"round{number}"
            place.mkdir()
            rounds.append(
                (seconds_in_turn(clip, SHORT, place), seconds_overlapped(clip, SHORT, place / "store"))
            )
        in_turn, overlapped = (min(seconds) for seconds in zip(*rounds[1:], strict=True))
        print(
            f"time, three threads over one: {overlapped / in_turn:.2f} ({in_turn:.1f} s for {SHORT} frames)"
        )


if __name__ == "__main__":
    main()
