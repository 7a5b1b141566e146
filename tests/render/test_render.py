"""A shot from end to end: weight 0 is the source, frames are painted at their own weight, work is kept."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from stylereel.core.errors import MediaError, StyleReelError
from stylereel.core.job import Job
from stylereel.core.manifest import STYLED_TAG
from stylereel.core.media.probe import read_facts
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.store import Store
from stylereel.core.tracing import Origin, read_origin
from support.burnin import read_number, write_counter
from support.lifter import Lifter, go, pictures, ref, shot
from support.lifter import job as job_of

RATE = Fraction(24000, 1001)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mov"
    write_counter(path, 80, RATE, codec="h264", size=(192, 108))
    return path


def job(clip: Path, frames: FrameRange, weights: tuple[float, ...], painter: Lifter | None = None) -> Job:
    return job_of(shot(ref(clip, RATE, start=86400, reel="A001"), frames, weights), painter)


def test_every_frame_is_its_own_source_frame_at_its_own_weight(clip: Path, tmp_path: Path) -> None:
    frames, store, out = FrameRange(10, 70), Store(tmp_path), tmp_path / "out.mov"
    weights = tuple(0.0 if n % 3 == 0 else 2e9 * (n % 3) for n in range(len(frames)))
    work = job(clip, frames, weights)
    assert go(work, store) == (True, 60)
    join_shot(work, store, out)
    sources = pictures(clip)[10:70]
    styled = pictures(out)
    assert len(styled) == 60
    for number, (before, after) in enumerate(zip(sources, styled, strict=True)):
        assert read_number(after[0].permute(1, 2, 0).clamp(0, 255).byte().numpy()) == 10 + number
        assert float((after - before).mean()) == pytest.approx(weights[number] / 1e9, abs=0.4)


def test_a_frame_at_weight_0_never_meets_the_net_and_stays_above_50_db(clip: Path, tmp_path: Path) -> None:
    painter = Lifter()
    work = job(clip, FrameRange(0, 30), (0.0,) * 30, painter)
    go(work, Store(tmp_path))
    join_shot(work, Store(tmp_path), tmp_path / "out.mov")
    assert painter.seen == []
    for before, after in zip(pictures(clip), pictures(tmp_path / "out.mov"), strict=False):
        assert 10 * torch.log10(255**2 / torch.mean((before - after) ** 2)) > 50


def test_the_file_says_where_it_comes_from(clip: Path, tmp_path: Path) -> None:
    work = job(clip, FrameRange(5, 20), (0.0,) * 15)
    go(work, Store(tmp_path))
    slate = join_shot(work, Store(tmp_path), tmp_path / "out.mov")
    facts = read_facts(tmp_path / "out.mov")
    assert (facts.start, facts.reel, facts.frames, facts.rate) == (86405, "A001", 15, RATE)
    assert facts.styled_from == slate.metadata[STYLED_TAG]
    origin = read_origin(facts.styled_from)
    assert origin == Origin(str(clip), 5, RATE, start=86400, reel="A001")


def test_what_is_finished_is_not_done_again(clip: Path, tmp_path: Path) -> None:
    store, painter = Store(tmp_path), Lifter()
    asked = iter([False, True])
    done, told = go(job(clip, FrameRange(0, 72), (1e9,) * 72, painter), store, lambda: next(asked))
    assert not done and told == 48
    again = Lifter()
    assert go(job(clip, FrameRange(0, 72), (1e9,) * 72, again), store) == (True, 72)
    assert len(again.seen) == 24


def test_a_trim_changes_no_pixel_and_keeps_whole_segments(clip: Path, tmp_path: Path) -> None:
    store = Store(tmp_path)
    go(job(clip, FrameRange(0, 72), (3e9,) * 72), store)
    painter = Lifter()
    go(job(clip, FrameRange(20, 72), (3e9,) * 52, painter), store)
    assert len(painter.seen) == 4, "only the cut segment, frames 20 to 23, is new"


def test_a_frame_that_is_not_there_is_named(clip: Path, tmp_path: Path) -> None:
    work = job(clip, FrameRange(70, 90), (1e9,) * 20)
    with pytest.raises(MediaError, match="frame 80 does not exist"):
        go(work, Store(tmp_path))
    assert not list(tmp_path.rglob("*.part"))
    go(
        replace(work, shot=replace(work.shot, frames=FrameRange(70, 80), weights=(1e9,) * 10)),
        Store(tmp_path),
    )


class Greedy(Lifter):
    """A painter that fails with what it is given."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def full(self, *_: object, **__: object) -> torch.Tensor:
        raise self.fault


@pytest.mark.parametrize(
    "fault",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 99 bytes."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB). Tried to allocate 4 GB."),
        RuntimeError("Invalid buffer size: 99.00 GB"),
    ],
    ids=["on a card", "on Linux", "on Windows", "on a Mac", "on a Mac, at once"],
)
def test_memory_that_runs_out_is_one_message_with_a_way_out(clip: Path, tmp_path: Path, fault) -> None:
    with pytest.raises(StyleReelError, match="192 x 108 does not fit into the memory of cpu") as caught:
        go(job(clip, FrameRange(0, 3), (1e9,) * 3, Greedy(fault)), Store(tmp_path))
    assert caught.value.where == "a_010" and "--device cpu" in caught.value.hint


def test_another_fault_of_a_net_is_not_taken_for_want_of_memory(clip: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="expected 3 channels"):
        go(
            job(clip, FrameRange(0, 3), (1e9,) * 3, Greedy(RuntimeError("expected 3 channels"))),
            Store(tmp_path),
        )
