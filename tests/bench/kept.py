"""Keeping freed memory against giving it back: `python tests/bench/kept.py [WIDTH]`. Linux with glibc.

Renders the first frames of a film of WIDTH x WIDTH / 2 (1920 where nothing is said), painted, steadied and
joined on the processor, by turns in processes that keep what they free, as `stylereel` does, and in others.
Prints the ratios of time and of peak memory. Three minutes, where 8 GB are free.
"""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
from large import rendered
from stylereel.core.preset import Stability
from stylereel.core.ram import keep_memory

FRAMES, TURNS = 5, 3
MOST_TIME, MOST_PEAK = 0.85, 1.25


def took(width: int, kept: bool) -> tuple[float, int]:
    if kept:
        keep_memory()
    return rendered(width, "", Stability(), FRAMES, short=False)


def main(width: int = 1920) -> int:
    """0 where keeping is as much faster as is promised, and takes no more memory than that."""
    ratios = []
    for _ in range(TURNS):
        both = []
        for kept in (True, False):
            with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
                both.append(pool.submit(took, width, kept).result())
            word = "kept      " if kept else "given back"
            print(f"{word} {both[-1][0]:.2f} s a frame, peak {both[-1][1] / 2**30:.2f} GB", flush=True)
        ratios.append([one / other for one, other in zip(*both, strict=True)])
    time, peak = map(median, zip(*ratios, strict=True))
    print(
        f"kept against given back: time {time:.2f} (at most {MOST_TIME}), "
        f"peak {peak:.2f} (at most {MOST_PEAK})"
    )
    return 0 if time <= MOST_TIME and peak <= MOST_PEAK else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
