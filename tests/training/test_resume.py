"""A training that is stopped, or ends however, goes on to the very result of one that was not."""

import json
from itertools import islice
from pathlib import Path

import pytest
import torch
from stylereel.core.audition.measures import manner
from stylereel.core.errors import OutputError, StyleError
from stylereel.core.nets.reel import ReelNet
from stylereel.core.training.crops import Crops
from stylereel.core.training.fit import Fit, Looks, Progress, lesson
from stylereel.core.training.losses import load_vgg
from stylereel.core.training.order import Recipe
from stylereel.core.training.pictures import content_pictures
from stylereel.core.training.train import train
from support.lessons import NEW_BASE, NEW_STYLE, ordered, write_lessons

CPU = torch.device("cpu")
STEPS = 28  # a checkpoint is kept at every 25th


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lessons(tmp_path_factory.mktemp("resume"))


@pytest.fixture(scope="module")
def at_once(place: Path) -> dict[str, bytes]:
    """What an undisturbed run leaves, by name."""
    return left_by(place / "at once", train(whole(place, place / "at once"), CPU, lambda progress: None))


def whole(place: Path, out: Path, **changes: object):
    return ordered(place, out, recipe=NEW_BASE.lasting(STEPS), **changes)


def left_by(out: Path, written: list[Path]) -> dict[str, bytes]:
    assert written
    return {path.name: path.read_bytes() for path in out.iterdir()}


class Killed(BaseException):
    """What no part of the program listens for."""


def killed_at(step: int):
    def report(progress: Progress) -> None:
        if progress.step == step:
            raise Killed

    return report


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint(place, tmp_path, at_once) -> None:
    """Be it that the power went a second time, when one file of the result was published."""
    with pytest.raises(Killed):
        train(whole(place, tmp_path), CPU, killed_at(27))
    assert (tmp_path / "base.training").is_file() and not list(tmp_path.glob("*.safetensors"))
    (tmp_path / "base.safetensors").write_bytes(at_once["base.safetensors"])
    steps: list[int] = []
    written = train(whole(place, tmp_path), CPU, lambda progress: steps.append(progress.step))
    assert steps == [26, 27, 28]
    assert left_by(tmp_path, written) == at_once


def test_a_run_that_was_stopped_goes_on_from_the_step_it_had_reached(place, tmp_path, at_once) -> None:
    reached: list[int] = []
    for stop_at in (1, 7, STEPS):
        written = train(
            whole(place, tmp_path),
            CPU,
            lambda progress: reached.append(progress.step),
            lambda stop_at=stop_at: reached[-1] >= stop_at,
        )
        assert bool(written) == (stop_at == STEPS)
    assert reached == list(range(1, STEPS + 1))
    assert left_by(tmp_path, written) == at_once


def test_what_another_hand_put_there_is_never_overwritten(place, tmp_path) -> None:
    with pytest.raises(Killed):
        train(ordered(place, tmp_path), CPU, killed_at(1))
    (tmp_path / "red.safetensors").write_bytes(b"mine")
    with pytest.raises(OutputError, match="there already"):
        train(ordered(place, tmp_path), CPU, lambda progress: None)
    assert (tmp_path / "red.safetensors").read_bytes() == b"mine"


def fitting(place: Path, recipe: Recipe) -> Fit:
    """A small net that is to learn two styles."""
    torch.manual_seed(3)
    vgg = load_vgg(place / "vgg.safetensors")
    manners = [manner(vgg, place / name, CPU) for name in ("red.png", "blue.png")]
    crops = Crops(content_pictures(place / "content"), recipe.size)
    return Fit(Looks(ReelNet(8), 2), lesson(manners, (1.0, 3.0), crops, vgg), recipe)


@pytest.mark.parametrize("recipe", [NEW_BASE, NEW_STYLE], ids=["whole net", "γ and β"])
def test_what_is_kept_is_what_is_learnt_and_is_enough(place: Path, recipe: Recipe) -> None:
    recipe = recipe.lasting(6)
    first, second, fresh = (fitting(place, recipe) for _ in range(3))
    straight = list(first.steps())
    broken = list(islice(second.steps(), 4))
    state = second.state()
    learnt = {"gamma", "beta"} | ({"weight", "bias"} if recipe.net_rate else set())
    assert {name.rpartition(".")[2] for name in state} == learnt
    fresh.restore(4, state)
    assert [*broken, *fresh.steps()] == straight
    for name, tensor in first.result.state_dict().items():
        assert torch.equal(fresh.result.state_dict()[name], tensor), name


def test_another_nets_state_is_refused(place: Path) -> None:
    fit = fitting(place, NEW_STYLE)
    list(fit.steps())
    for step, state in ((9, fit.state()), (1, {}), (1, {"now.gamma": torch.zeros(1)})):
        with pytest.raises(ValueError, match="another net"):
            fitting(place, NEW_STYLE).restore(step, state)


@pytest.fixture
def halted(place, tmp_path) -> Path:
    """A folder with a training that was killed at its first step."""
    with pytest.raises(Killed):
        train(whole(place, tmp_path), CPU, killed_at(1))
    return tmp_path


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"recipe": NEW_BASE.lasting(9)}, "steps: 28 then, 9 now"),
        ({"pulls": (3.0, 3.0)}, "pull: "),
        ({"pictures": {"red": "blue.png", "blue": "blue.png"}}, "pictures: "),
        ({"content": ("more",)}, "content: "),
    ],
    ids=["steps", "pull", "picture", "content"],
)
def test_another_order_of_the_same_name_says_what_differs(place, halted, changes, says) -> None:
    before = (halted / "base.training").read_bytes()
    if "pictures" in changes:
        changes = {"pictures": {name: place / file for name, file in changes["pictures"].items()}}
    if "content" in changes:
        folder = halted / "more"
        folder.mkdir()
        for path in (place / "content").iterdir():
            (folder / f"x{path.name}").write_bytes(path.read_bytes())
        changes = {"content": (folder,)}
    order = ordered(place, halted, **{"recipe": NEW_BASE.lasting(STEPS), **changes})
    with pytest.raises(OutputError, match="had another order") as caught:
        train(order, CPU, lambda progress: None)
    lines = caught.value.what.splitlines()[1:]
    assert len(lines) == 1 or "picture" in says, lines
    assert says in caught.value.what and "delete" in caught.value.hint
    assert (halted / "base.training").read_bytes() == before


def test_a_damaged_checkpoint_is_told_and_kept(place, halted) -> None:
    path = halted / "base.training"
    content = path.read_bytes()
    header = json.dumps({"__metadata__": {"format": "stylereel 1", "kind": "style"}}).encode()
    others = len(header).to_bytes(8, "little") + header
    for damaged in (content[: len(content) // 2], b"", b"\x80\x02}q\x00.", others):
        path.write_bytes(damaged)
        with pytest.raises(StyleError, match="cannot be gone on with") as caught:
            train(whole(place, halted), CPU, lambda progress: None)
        assert caught.value.where == str(path) and path.read_bytes() == damaged


def test_a_second_run_of_one_name_waits_its_turn(place, tmp_path) -> None:
    def report(progress: Progress) -> None:
        with pytest.raises(OutputError, match="another stylereel is training this style"):
            train(ordered(place, tmp_path), CPU, lambda progress: None)

    assert train(ordered(place, tmp_path), CPU, report)
