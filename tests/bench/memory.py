"""Memory over the length of a shot: `python tests/bench/memory.py [SHORT] [LONG]`.

Renders shots of SHORT and of LONG frames (200 and 20,000 where nothing is said) of a small film, each in a
process of its own and without a net, and joins them. The peaks of memory must agree within 5 %.
"""

import multiprocessing
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from large import peak_bytes
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.store import Store
from support.lifter import go, job, ref, shot
from support.long_film import GROUP, write_long

RATE = Fraction(24000, 1001)
WITHIN = 0.05


def rendered(path: str, frames: int) -> tuple[float, int]:
    """Seconds, and the most bytes that the process ever had."""
    began = time.monotonic()
    work = job(shot(ref(Path(path), RATE), FrameRange(0, frames), (1e9,) * frames))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "segments")
        assert go(work, store) == (True, frames)
        join_shot(work, store, Path(folder) / "styled.mov")
    return time.monotonic() - began, peak_bytes()


def main(short: int = 200, long: int = 20_000) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = write_long(Path(folder) / "long.mov", -(-long // GROUP), RATE, {0}, "01:00:00:00")
        peaks = []
        for frames in (short, long):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, most = pool.apply(rendered, (str(path), frames))
            print(f"{frames} frames: {seconds:.0f} s, peak {most / 2**20:.1f} MB", flush=True)
            peaks.append(most)
    more = peaks[1] / peaks[0] - 1
    print(f"{more:+.1%} (at most {WITHIN:+.0%})")
    return 0 if more <= WITHIN else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
