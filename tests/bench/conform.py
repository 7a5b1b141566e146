"""What planning a long timeline costs: `python tests/bench/conform.py`.

Each size is the whole process `stylereel plan CUT --json`, from its start, with nothing remembered of
the media. Cost per clip is a ratio to the smallest size: it stays about 1 where planning is linear.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.burnin import write_counter

RATE, FRAMES, SIZE = Fraction(25), 400, (160, 90)
SIZES = (2_500, 5_000, 10_000, 20_000)
FILES, ROUNDS = 40, 3
LIMIT_CLIPS, LIMIT_SECONDS, LIMIT_MEGABYTES = 10_000, 5, 500


@dataclass(frozen=True, slots=True)
class Cost:
    """What planning so many clips took. `work` is seconds of the processor, which a busy machine leaves as
    they are."""

    clips: int
    seconds: float
    work: float
    megabytes: float


def footage(folder: Path) -> list[Source]:
    """Files that differ in name alone."""
    first = write_counter(folder / "take 0.mov", FRAMES, RATE, "h264", SIZE)
    paths = [folder / f"take {number}.mov" for number in range(FILES)]
    for path in paths[1:]:
        shutil.copyfile(first, path)
    return [Source(path.name, to_pathurl(path.as_posix()), RATE, FRAMES, *SIZE) for path in paths]


def timeline(clips: int, sources: list[Source]) -> bytes:
    """So many clips on two tracks: cuts, every fourth one a dissolve, every eighth clip at another speed."""
    tracks = [_track(clips // 2, sources[half::2]) for half in (0, 1)]
    return premiere_xml(Sequence("Long", RATE, tuple(tracks), *SIZE))


def _track(clips: int, sources: list[Source]) -> Track:
    placed, blends = [], []
    for number in range(clips):
        start = 24 * number
        speed = Fraction(2) if number % 8 == 5 else Fraction(1)
        first = 20 + number * 7 % (FRAMES - 120)
        placed.append(Clip(sources[number % len(sources)], first, start, start + 24, speed=speed))
        if number % 4 == 3:
            blends.append(Blend(start, 5, 6))
    return Track(tuple(placed), tuple(blends))


def planned(cut: Path, home: Path) -> Cost:
    """Runs `plan` in a process of its own."""
    command = [sys.executable, "-m", "stylereel.cli.main", "plan", str(cut), "--preset", "exam", "--json"]
    places = {"XDG_CONFIG_HOME": ".config", "XDG_CACHE_HOME": ".cache", "XDG_DATA_HOME": ".local"}
    environment = {**os.environ, **{name: str(home / place) for name, place in places.items()}}
    began = time.perf_counter()
    with (home / "plan.json").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, env=environment, cwd=home)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"plan ended with {process.returncode}"
    clips = int(cut.stem.partition("_")[2])
    work = used.ru_utime + used.ru_stime
    return Cost(clips, time.perf_counter() - began, work, used.ru_maxrss / 1024)


def fresh(home: Path) -> Path:
    """A user's folder with nothing in it."""
    home.mkdir()
    return home


def main() -> None:
    """Prints a table, and fails where the promised limits are not kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = footage(folder)
        costs = []
        for clips in SIZES:
            cut = folder / f"long_{clips}.xml"
            cut.write_bytes(timeline(clips, sources))
            rounds = [planned(cut, fresh(folder / f"home_{clips}_{number}")) for number in range(ROUNDS)]
            costs.append(min(rounds, key=lambda cost: cost.seconds))  # what else the machine did, left out
    least = costs[0]
    print("   clips  seconds   work    MB  per clip, work  per clip, memory")
    for cost in costs:
        harder = cost.work / cost.clips / (least.work / least.clips)
        larger = cost.megabytes / cost.clips / (least.megabytes / least.clips)
        figures = f"{cost.clips:8} {cost.seconds:8.2f} {cost.work:6.2f} {cost.megabytes:5.0f}"
        print(f"{figures} {harder:15.2f} {larger:17.2f}")
    (promised,) = (cost for cost in costs if cost.clips == LIMIT_CLIPS)
    kept = promised.seconds < LIMIT_SECONDS and promised.megabytes < LIMIT_MEGABYTES
    sys.exit(0 if kept else f"{LIMIT_CLIPS} clips should plan in {LIMIT_SECONDS} s and {LIMIT_MEGABYTES} MB")


if __name__ == "__main__":
    main()
