"""A shot that is steadied: the same pixels wherever it begins, nothing of the past where there is none."""

import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from stylereel.core.errors import MediaError
from stylereel.core.flicker import measured
from stylereel.core.job import Job
from stylereel.core.media.source import open_source
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.steady import follow as following
from stylereel.core.steady import steadying
from stylereel.core.steady.flow import as_tensor, grey
from stylereel.core.steady.follow import Link
from stylereel.core.steady.measure import sharpness
from stylereel.core.steady.reach import reach
from stylereel.core.steady.steadying import Moving, steadied
from stylereel.core.store import Store
from stylereel.core.stylize import painted
from support.lifter import Lifter, go, ref, shot
from support.lifter import job as job_of
from support.mattes import write_film
from support.pans import blots, write_pan
from torch import Tensor

RATE = Fraction(25)
FRAMES, CUT = 90, 57
FULL = 1e10
SETTINGS = {
    "blend": {"flow": 0.5},
    "median": {"flow": 0.0, "flow_median": 3},
    "both": {"flow": 0.3, "flow_median": 5},
}


class Boiling(Lifter):
    """A painter whose paint is new on every picture, and always the same on one."""

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.seen.append(style_weight)
        chance = torch.Generator().manual_seed(int(pixels.double().sum() * 64))
        return pixels + 12 * torch.randn(pixels.shape, generator=chance)


class Same(Lifter):
    """A painter that gives the picture back."""

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        return pixels


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pan(tmp_path_factory.mktemp("pan") / "pan.mkv", FRAMES, RATE, CUT)


def job(
    clip: Path,
    frames: range,
    weights: float | Iterable[float] = FULL,
    painter: Lifter | None = None,
    **stability: Any,
) -> Job:
    recipe = recipe_text(Wear(style="lift", stability=Stability(**{"flow_median": 0, **stability})))
    doses = (weights,) * len(frames) if isinstance(weights, float) else tuple(weights)
    wanted = shot(ref(clip, RATE), FrameRange(frames.start, frames.stop), doses, recipe=recipe)
    return job_of(wanted, painter or Boiling())


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("depth", "most"), [(0, 3), (3, 12)])
def test_frames_that_are_done_with_lie_in_memory_no_longer(clip, name, depth, most):
    work = job(clip, range(30, 56), painter=Same(), **SETTINGS[name])
    seen: list[weakref.ref[Tensor]] = []

    def alive() -> int:
        return sum(one() is not None for one in seen)

    with open_source(work.shot.media) as reader:
        for one in painted(work, reader, [work.shot.frames], depth):
            seen.append(weakref.ref(one.before))
            del one
            assert alive() <= most + work.reach.radius


def test_where_nothing_is_read_ahead_motion_does_not_lie_in_memory_while_a_frame_is_painted(
    clip, monkeypatch
):
    done: list[str] = []

    def noted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **said: done.append(name) or work(*given, **said)

    monkeypatch.setattr(following, "follow", noted("followed", following.follow))
    monkeypatch.setattr(Boiling, "full", noted("painted", Same.full))
    work = job(clip, range(30, 34), flow=0.5)
    with open_source(work.shot.media) as reader:
        assert len([*painted(work, reader, [work.shot.frames], depth=0)]) == 4
    first, *pairs = done
    assert first == "painted" and pairs == ["painted", "followed"] * (len(pairs) // 2)


def test_a_picture_does_not_lie_in_memory_while_what_was_blended_of_it_is_sharpened(clip, monkeypatch):
    made: list[weakref.ref[Tensor]] = []
    alive: list[int] = []
    full, sharpened = Same.full, steadying._sharpened

    def noted(*given: Any, **said: Any) -> Tensor:
        made.append(weakref.ref(picture := full(*given, **said) + 1))
        return picture

    def counted(*given: Any) -> Tensor:
        alive.append(sum(one() is not None for one in made))
        return sharpened(*given)

    monkeypatch.setattr(Boiling, "full", noted)
    monkeypatch.setattr(steadying, "_sharpened", counted)
    work = job(clip, range(30, 34), flow=0.5, sharpen=0.2)
    with open_source(work.shot.media) as reader:
        assert len([*painted(work, reader, [work.shot.frames], depth=0)]) == 4
    assert alive and not any(alive)


def frames_of(work: Job, parts: list[FrameRange] | None = None) -> dict[int, Tensor]:
    """The painted frames of a shot, or of parts of it, by their number."""
    parts = parts or [work.shot.frames]
    numbers = [number for part in parts for number in range(part.first, part.stop)]
    with open_source(work.shot.media) as reader:
        found = [one.after for one in painted(work, reader, parts)]
    return dict(zip(numbers, found, strict=True))


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_trimmed_shot_has_the_pixels_of_the_long_one(clip, kind):
    long = frames_of(job(clip, range(3, 56), **SETTINGS[kind]))
    for frames in (range(25, 50), range(31, 34)):
        short = frames_of(job(clip, frames, **SETTINGS[kind]))
        assert short.keys() == {*frames}
        assert all(torch.equal(short[number], long[number]) for number in frames)


@pytest.mark.parametrize("kind", SETTINGS)
def test_any_parts_of_a_shot_are_what_they_are_in_all_of_it(clip, kind):
    work = job(clip, range(0, 56), **SETTINGS[kind])
    all_of_it = frames_of(work)
    for parts in ([(24, 48)], [(0, 2), (50, 56)], [(20, 24), (28, 30)]):
        found = frames_of(work, [FrameRange(*part) for part in parts])
        assert all(torch.equal(picture, all_of_it[number]) for number, picture in found.items())


def test_interrupted_and_continued_is_what_it_is_in_one_go(clip, tmp_path):
    work, one_go, parted = job(clip, range(5, 80)), Store(tmp_path / "one"), Store(tmp_path / "parted")
    assert go(work, one_go)[0]
    while not go(work, parted, stop=lambda: True)[0]:
        pass
    files = [(one_go.path(part), parted.path(part)) for part in work.segments()]
    assert len(files) == 4 and all(one.read_bytes() == other.read_bytes() for one, other in files)


def test_a_trim_keeps_the_segments_that_it_does_not_cut(clip):
    keys = [part.key for part in job(clip, range(0, 90)).segments()]
    assert [part.key for part in job(clip, range(50, 90)).segments()][1:] == keys[3:]
    ramped = job(clip, range(0, 90), [5e9 if number < 20 else FULL for number in range(90)])
    assert [part.key == key for part, key in zip(ramped.segments(), keys, strict=True)] == [
        *(False, False, True, True)  # what lies a history behind the ramp is as it was
    ]


@pytest.mark.parametrize("kind", SETTINGS)
def test_at_weight_0_there_is_the_source_and_nothing_is_painted_or_remembered(clip, kind):
    painter = Boiling()
    weights = [0.0 if 20 <= number < 24 else FULL for number in range(40)]
    found = frames_of(job(clip, range(40), weights, painter, **SETTINGS[kind]))
    assert len(painter.seen) == 36 + reach(**{"flow_median": 0, **SETTINGS[kind]}).radius
    with open_source(ref(clip, RATE)) as reader:
        sources = [one.before for one in painted(job(clip, range(40), 0.0), reader, [FrameRange(0, 40)])]
    assert all(torch.equal(found[number], sources[number]) for number in range(20, 24))


def test_a_shot_that_begins_at_weight_0_has_no_past(clip):
    painter = Boiling()
    frames_of(job(clip, range(30, 40), [0.0, *[FULL] * 9], painter))
    assert len(painter.seen) == 9


def test_the_source_is_blended_in_last(clip):
    full = frames_of(job(clip, range(10, 20)))

    class Half(Boiling):
        def share(self, style_weight: float) -> float:
            return 0.25

    quarter = frames_of(job(clip, range(10, 20), painter=Half()))
    plain = frames_of(job(clip, range(10, 20), 0.0))
    for number in range(10, 20):
        assert torch.equal(quarter[number], plain[number] + 0.25 * (full[number] - plain[number]))


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_cut_in_the_media_leaves_no_ghost(clip, kind):
    found = frames_of(job(clip, range(40, 70), **SETTINGS[kind]))
    unsteadied = frames_of(job(clip, range(40, 70), flow=0.0))
    assert torch.equal(found[CUT], unsteadied[CUT])
    assert not torch.equal(found[CUT + 3], unsteadied[CUT + 3])


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_net_that_changes_nothing_gives_the_source(clip, kind):
    found = frames_of(job(clip, range(20, 50), painter=Same(), **SETTINGS[kind]))
    sources = frames_of(job(clip, range(20, 50), 0.0))
    apart = [float((found[number] - sources[number]).abs().mean()) for number in range(20, 50)]
    moved = float((sources[31] - sources[30]).abs().mean())
    assert max(apart) < 1.5 and moved > 5, "followed, not mixed where it stood"


def test_what_steadying_softens_is_sharpened_but_for_frames_that_nothing_was_blended_with(clip):
    found = {
        sharpen: frames_of(job(clip, range(CUT, CUT + 8), flow=0.5, sharpen=sharpen))
        for sharpen in (0.0, 0.3)
    }
    soft, sharp = (
        sharpness([found[sharpen][number] for number in range(CUT + 1, CUT + 8)]) for sharpen in found
    )
    assert 1.02 * soft < sharp < 1.4 * soft
    assert torch.equal(found[0.0][CUT], found[0.3][CUT])


def test_frames_beside_the_shot_that_cannot_be_read_are_done_without(clip):
    work = job(clip, range(30, 36), flow=0.5, flow_median=3)
    with open_source(work.shot.media) as reader:
        read = reader.read

        def torn(number: int) -> Any:
            if number in (20, 36):
                raise MediaError("torn")
            return read(number)

        reader.read = torn
        assert len([*painted(work, reader, [work.shot.frames])]) == 6


def test_it_flickers_less_and_the_number_says_so(clip, tmp_path):
    numbers = []
    for at, stability in enumerate(({"flow": 0.0}, {"flow": 0.7})):
        work, store = job(clip, range(10, 55), **stability), Store(tmp_path / str(at))
        go(work, store)
        join_shot(work, store, path := tmp_path / f"{at}.mov")
        numbers.append(measured(work.shot, path))
    before, after = numbers
    assert before["flicker"] > 10 and after["flicker"] < 0.6 * before["flicker"]
    still = replace(work.shot, weights=(0.0,) * 45)
    assert measured(still, path) is None


def test_a_median_blur_is_of_the_source_before_it_is_painted(clip):
    blurred = frames_of(job(clip, range(10, 12), painter=Same(), flow=0.0, median=5))
    sources = frames_of(job(clip, range(10, 12), 0.0))
    assert 0.1 < float((blurred[10] - sources[10]).abs().mean()) < 10


def turning(roll: int) -> list[np.ndarray]:
    """A sphere that turns about its axis, begun at another longitude."""
    whole = blots(5, 96, 192)
    return [np.roll(whole, roll + 3 * number, 1) for number in range(8)]


def steadied_sphere(roll: int) -> Tensor:
    frames = turning(roll)
    noise = np.random.default_rng(3).normal(0, 12, (8, 96, 192, 3)).astype(np.float32)
    links = [(), *((Link(*map(grey, frames[at : at + 2]), sphere=True, both=True),) for at in range(7))]
    clip = (
        Moving(at, None, links[at], as_tensor(frame + np.roll(noise[at], roll, 1)))
        for at, frame in enumerate(frames)
    )
    *_, last = steadied(clip, 0.7, reach(0.7, 3), 0.3, sphere=True)
    return last.picture


def test_on_the_sphere_nothing_shows_where_it_closes():
    found = steadied_sphere(0)
    rolled = steadied_sphere(68)
    assert float((rolled.roll(-68, 3) - found).abs().mean()) <= 1
    steps = torch.cat([found, found[..., :1]], 3).diff(dim=3).abs().mean((0, 1, 2))
    assert 0.8 < float(steps[-1] / steps.mean()) < 1.2  # one column of 96 pixels


def test_the_grid():
    assert [reach(flow, 0).period for flow in (0.0, 0.5, 0.8, 0.9)] == [0, 10, 32, 66]
    assert not reach(0.0, 0) and reach(0.0, 3).around(FrameRange(5, 9)) == FrameRange(4, 10)
    assert reach(0.5, 0).around(FrameRange(25, 30)) == FrameRange(10, 30)
    assert reach(0.5, 0).around(FrameRange(3, 30)) == FrameRange(0, 30)
    assert reach(0.5, 0).since(FrameRange(25, 30), lambda at: at != 17) == FrameRange(18, 30)


@pytest.mark.parametrize("sphere", [True, False])
@pytest.mark.parametrize(("stereo", "axis"), [("top-bottom", 0), ("side-by-side", 1)])
def test_each_eye_is_steadied_as_it_is_alone(tmp_path, stereo, axis, sphere):
    """Two eyes that see other things, painted as they are but for a median blur, then steadied."""
    eyes = [[np.roll(blots(seed, 96, 192), (at, 5 * at), (0, 1)) for at in range(12)] for seed in (4, 6)]
    found = []
    for number, films in enumerate(([eyes[0], eyes[1]], [eyes[0]], [eyes[1]])):
        frames = [np.concatenate(views, axis).astype(np.uint8) for views in zip(*films, strict=True)]
        work = job(
            write_film(tmp_path / f"{number}.mov", frames, RATE),
            range(0, 12),
            painter=Same(),
            flow=0.45,
            flow_median=3,
            median=5,
        )
        seen = {"projection": "equirect" if sphere else "flat", "stereo": "mono" if number else stereo}
        wear = Wear(style="lift", stability=work.wear.stability, **seen)
        work = replace(work, shot=replace(work.shot, recipe=recipe_text(wear)))
        found.append(torch.stack([*frames_of(work).values()]))
    both, left, right = found
    assert torch.equal(both, torch.cat([left, right], 3 + axis))


def filled(clip: Path, *shown: range, unpainted: int | None = None, **stability: Any) -> Job:
    """All of a clip, where clips need some frames of it, one of them at weight 0."""
    weights = [FULL * any(at in run and at != unpainted for run in shown) for at in range(FRAMES)]
    work = job(clip, range(0, FRAMES), weights, **stability)
    return replace(work, shot=replace(work.shot, shown=tuple(FrameRange(r.start, r.stop) for r in shown)))


@pytest.mark.parametrize("name", SETTINGS)
def test_a_file_that_is_filled_up_shows_what_a_trimmed_one_shows(clip, name):
    """Frames that no clip needs are as they were, and nobody sees whether they are there."""
    spans = range(20, 34), range(60, 70)
    full = filled(clip, *spans, **SETTINGS[name])
    found, sources = frames_of(full), frames_of(job(clip, range(0, FRAMES), 0.0))
    trimmed = [frames_of(job(clip, span, **SETTINGS[name])) for span in spans]
    assert all(torch.equal(found[at], part[at]) for part in trimmed for at in part)
    bare = [at for at, weight in enumerate(full.shot.weights) if not weight]
    assert len(bare) == FRAMES - 24 and all(torch.equal(found[at], sources[at]) for at in bare)
    assert len(full.painter.seen) < FRAMES - 20  # what is far from all that is shown is not painted
    moved = replace(full, shot=replace(full.shot, shown=(FrameRange(19, 34), full.shot.shown[1])))
    keys = [[one.key for one in work.segments()] for work in (full, moved)]
    assert keys[0][0] != keys[1][0] and keys[0][2:] == keys[1][2:]


def test_a_part_reaches_back_over_another_that_needs_nothing(clip):
    work = filled(clip, range(50, 60), flow=0.8)
    whole = frames_of(work)
    parts = frames_of(work, [FrameRange(24, 48), FrameRange(48, 72)])
    assert all(torch.equal(parts[at], whole[at]) for at in range(24, 72))


def test_a_part_is_another_where_what_stands_in_for_its_frames_is(clip):
    """A frame that no clip needs is painted as the nearest, which may lie in the part before."""
    once, again = (
        filled(clip, range(0, stop), range(26, FRAMES), unpainted=stop - 1, flow=0.45).segments()
        for stop in (24, 22)
    )
    assert once[1].key != again[1].key and once[2].key == again[2].key


def test_eyes_beside_each_other_close_each_by_itself(tmp_path):
    """A sphere that turns, for two eyes: along their edges nothing of the other eye is blended in."""
    world = blots(4, 96, 192).astype(np.uint8)
    eyes = [np.hstack([np.roll(world, 5 * at, 1), np.roll(world, 5 * at + 40, 1)]) for at in range(12)]
    path = write_film(tmp_path / "eyes.mov", eyes, RATE)
    work = job(path, range(0, 12), painter=Same(), flow=0.45, sharpen=0.0)
    wear = Wear(style="lift", stability=work.wear.stability, projection="equirect", stereo="side-by-side")
    work = replace(work, shot=replace(work.shot, recipe=recipe_text(wear)))
    after = torch.stack([*frames_of(work).values()])[4:, 0]
    before = torch.stack([as_tensor(eye.astype(np.float32)) for eye in eyes])[4:, 0]
    away = (after - before).abs().mean((0, 1, 2))  # of every column
    edges = torch.cat([away[:5], away[187:197], away[-5:]])
    assert float(edges.mean()) < 3 * float(away.mean()) + 0.5
