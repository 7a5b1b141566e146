"""A shot from end to end: weight 0 is the source, frames are painted at their own weight, work is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest
import torch
from stylereel.core.conform import Origin, read_origin
from stylereel.core.cut import MediaRef, Shot
from stylereel.core.errors import MediaError
from stylereel.core.manifest import STYLED_TAG
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.preset import Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.render import Job, join_shot, render_segments
from stylereel.core.store import Store
from support.burnin import read_number, write_counter
from torch import Tensor

RATE = Fraction(24000, 1001)


@dataclass
class Lifter:
    """A painter whose work can be read off: it lifts the picture by one level for every 1e9."""

    seen: list[float] = field(default_factory=list)

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.seen.append(style_weight)
        return pixels + style_weight / 1e9

    def on(self, device: torch.device) -> "Lifter":
        return self


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mov"
    write_counter(path, 80, RATE, codec="h264", size=(192, 108))
    return path


def job(clip: Path, frames: FrameRange, weights: tuple[float, ...], painter: Lifter | None = None) -> Job:
    media = MediaRef(clip.name, str(clip), clip, RATE, start=86400, reel="A001")
    recipe = recipe_text(Wear(style="lift"))
    shot = Shot("a_010", media, frames, "lift", recipe, weights, (), "new")
    fingerprint = read_facts(clip).fingerprint
    return Job(shot, fingerprint, painter or Lifter(), "lift", torch.device("cpu"))


def go(work: Job, store: Store, stop: Callable[[], bool] = lambda: False) -> tuple[bool, int]:
    told: list[int] = []
    return render_segments(work, store, told.append, stop), sum(told)


def pictures(path: Path) -> list[Tensor]:
    with FrameReader(path) as reader:
        return [to_rgb(frame) for frame in reader.frames(FrameRange(0, reader.clock.frames))]


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
