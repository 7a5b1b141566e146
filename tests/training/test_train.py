"""Training with a VGG of random weights: what is fitted, what stays, what is written, what is refused."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from stylereel.core.audition.measures import manner
from stylereel.core.errors import OutputError, StyleError, StyleReelError, UsageError
from stylereel.core.film import shelf_presets
from stylereel.core.nets.dialled import KNOTS
from stylereel.core.nets.files import load_style
from stylereel.core.nets.shelf import is_style, read_record
from stylereel.core.training.crops import Crops, as_tensor
from stylereel.core.training.fit import Progress, averaging, warm_up
from stylereel.core.training.losses import instability, load_vgg, shaken
from stylereel.core.training.order import NEW_STYLE as SHIPPED
from stylereel.core.training.order import check_order
from stylereel.core.training.pictures import content_pictures, held_out, some_pictures, style_picture
from stylereel.core.training.prepare import Preparation
from stylereel.core.training.pull import pulls_of
from stylereel.core.training.train import train
from support.lessons import NEW_BASE, NEW_STYLE, draw, ordered, write_lessons

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lessons(tmp_path_factory.mktemp("training"))


@pytest.fixture(scope="module")
def trained(place: Path) -> tuple[Path, Path, list[int]]:
    """Two styles on a new base, and the steps that were told of."""
    steps: list[int] = []
    red, blue = train(ordered(place, place / "trained"), CPU, lambda progress: steps.append(progress.step))
    return red, blue, steps


def test_a_new_base_carries_several_styles_that_tell_how_they_were_made(
    trained: tuple[Path, Path, list[int]],
) -> None:
    red, blue = (load_style(path) for path in trained[:2])
    assert (red.name, blue.name) == ("red", "blue") and trained[2] == [1, 2]
    assert red.gamma.shape == (len(KNOTS), red.net.affine_size)
    assert not torch.equal(red.gamma, blue.gamma)
    record = read_record(trained[0])
    assert record.licence == "CC0-1.0" and record.training["recipe"]["steps"] == 2
    assert record.base == read_record(trained[1]).base
    folder = trained[0].parent
    assert not is_style(folder / "base.safetensors") and (folder / "base_sheet.png").is_file()


def test_a_new_style_leaves_its_base_as_it_is_and_can_be_made_again(
    place: Path, trained: tuple[Path, Path, list[int]], tmp_path: Path
) -> None:
    red, shelf = trained[0], (trained[0].parent,)
    base = (red.parent / "base.safetensors").read_bytes()
    changes = {"pictures": {"sea": place / "blue.png"}, "recipe": NEW_STYLE, "starts": (red,), "new_base": ""}
    made = [train(ordered(place, tmp_path / name, **changes), CPU, lambda progress: None)[0] for name in "ab"]
    assert (red.parent / "base.safetensors").read_bytes() == base
    assert made[0].read_bytes() == made[1].read_bytes()
    assert not torch.equal(load_style(made[0], shelf).gamma, load_style(red).gamma)
    names = {"sea.safetensors", "sea.toml", "sea.png", "sea_sheet.png"}
    assert {path.name for path in made[0].parent.iterdir()} == names


def test_the_whole_net_makes_a_base_of_its_own_and_leaves_the_other(
    place: Path, trained: tuple[Path, Path, list[int]], tmp_path: Path
) -> None:
    red = trained[0]
    former = (red.parent / "base.safetensors").read_bytes()
    changes = {"pictures": {"sea": place / "blue.png"}, "recipe": NEW_BASE, "starts": (red,)}
    (sea,) = train(ordered(place, tmp_path, **changes, new_base="sea_base"), CPU, lambda progress: None)
    assert (red.parent / "base.safetensors").read_bytes() == former
    net, own = load_style(red).net.state_dict(), load_style(sea).net.state_dict()
    assert any(not torch.equal(net[key], own[key]) for key in net)
    assert max(float((net[key] - own[key]).abs().max()) for key in net) < 0.01, "it began from the other"
    assert read_record(sea).training["started_from"] == "red"
    assert read_record(sea).base != read_record(red).base


def test_a_picture_starts_from_the_style_that_is_nearest_to_it(
    place: Path, trained: tuple[Path, Path, list[int]], tmp_path: Path
) -> None:
    """A part of either picture starts from the style that was made of the whole."""
    for name in ("red", "blue"):
        like = tmp_path / f"like_{name}.png"
        cv2.imwrite(str(like), cv2.imread(str(place / f"{name}.png"))[8:, 16:])
        changes = {"pictures": {like.stem: like}, "recipe": NEW_STYLE, "starts": trained[:2], "new_base": ""}
        order = ordered(place, tmp_path / name, **changes, folders=(trained[0].parent,))
        (made,) = train(order, CPU, lambda progress: None)
        assert read_record(made).training["started_from"] == name
        assert read_record(made).base == read_record(trained[0]).base


def test_a_style_carries_the_manner_of_its_picture(
    place: Path, trained: tuple[Path, Path, list[int]]
) -> None:
    for path in trained[:2]:
        found = load_style(path).manner
        wanted = manner(load_vgg(place / "vgg.safetensors"), place / f"{path.stem}.png", CPU)
        for ours, theirs in zip(found, wanted, strict=True):
            assert float((ours - theirs).norm() / theirs.norm()) < 0.1


def test_a_part_of_the_learnt_dial_is_spread_over_all_of_it(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the way from the faintest weight to the strongest: 1e11 is then what 1e10 was."""
    monkeypatch.setattr("stylereel.core.training.train.evened", lambda style, _: style)
    found = []
    for dial in (1.0, 0.5):
        recipe = replace(NEW_BASE, steps=8, affine_rate=0.1, dial=dial)
        order = ordered(place, tmp_path / str(dial), recipe=recipe)
        found.append(load_style(train(order, CPU, quiet)[0]))
    whole, half = found
    for before, after in ((1e9, 1e9), (10**9.5, 1e10), (1e10, 1e11)):
        assert torch.allclose(whole.affine(before).gamma, half.affine(after).gamma, atol=1e-6)
        assert torch.allclose(whole.affine(before).beta, half.affine(after).beta, atol=1e-6)
    assert not torch.allclose(whole.affine(1e11).gamma, half.affine(1e11).gamma, atol=1e-6)


def quiet(progress: Progress) -> None:
    """Hears of a step."""


def test_a_thumbnail_shows_a_scene_in_the_style(place: Path, tmp_path: Path) -> None:
    scene = [np.full((64, wide, 3), 90, np.uint8) for wide in (64, 96)]
    made = train(ordered(place, tmp_path), CPU, lambda progress: None, scene=scene)
    for path in made:
        shown = cv2.imread(str(path.with_name(f"{path.stem}_thumbnail.jpg")))
        assert shown.shape == (64, 160, 3)
        painted = load_style(path).paint(as_tensor(scene[0])[None], 3e10).clamp(0, 255)
        assert abs(float(painted.mean()) - shown[:, :64].mean()) < 2
    with pytest.raises(OutputError, match="there already"):
        check_order(ordered(place, tmp_path))


def test_what_a_style_learnt_from_lies_beside_it(place: Path, trained: tuple[Path, Path, list[int]]) -> None:
    learnt = cv2.imread(str(trained[0].with_suffix(".png")))[:, :, ::-1]
    assert np.array_equal(learnt, style_picture(place / "red.png"))


def test_a_picture_that_lies_where_its_copy_would_needs_none(place: Path, tmp_path: Path) -> None:
    own = tmp_path / "sea.png"
    own.write_bytes((place / "blue.png").read_bytes())
    (sea,) = train(ordered(place, tmp_path, pictures={"sea": own}), CPU, lambda progress: None)
    assert sea.is_file() and own.read_bytes() == (place / "blue.png").read_bytes()
    prepared = Preparation(cut_and_paste=True)
    with pytest.raises(OutputError, match="there already"):
        check_order(ordered(place, tmp_path, pictures={"sea": own}, preparation=prepared))


def test_a_pull_is_measured_or_given_and_decides(place: Path, tmp_path: Path) -> None:
    found = {}
    insistent = replace(NEW_BASE, insistence=2.0)
    orders = {
        "measured": {"pulls": ()},
        "insisted": {"recipe": insistent, "pulls": ()},
        "given": {"recipe": insistent, "pulls": (9.0, 1.0)},
    }
    for name, changes in orders.items():
        made = train(ordered(place, tmp_path / name, **changes), CPU, quiet)
        found[name] = [read_record(path).training["pull"] for path in made]
    assert found["given"] == [9.0, 1.0]
    assert found["insisted"] == [pytest.approx(2 * pull, abs=0.011) for pull in found["measured"]]
    assert all(isinstance(pull, float) and 1 <= pull <= 8 for pull in found["measured"])
    names = ("measured", "given")
    nets = [load_style(tmp_path / name / "red.safetensors").net.state_dict() for name in names]
    assert any(not torch.equal(nets[0][key], nets[1][key]) for key in nets[0])


def test_pulls_are_relative_to_the_photographs(place: Path) -> None:
    """Of all pictures, a photograph pulls once; what has twice its contrast pulls harder, at most 8 times."""
    vgg = load_vgg(place / "vgg.safetensors")
    pixels = as_tensor(style_picture(place / "red.png"))[None]
    strong, mad = ((pixels - 127) * factor + 127 for factor in (2, 99))
    weak, one, two, most = pulls_of([vgg(x) for x in (pixels * 0 + 110, pixels, strong, mad)], pixels, vgg)
    assert weak == one == 1 and 1 < two < most == 8


def test_an_existing_style_is_refused_before_the_first_step(place: Path, tmp_path: Path) -> None:
    (tmp_path / "blue.safetensors").write_bytes(b"mine")
    steps: list[int] = []
    with pytest.raises(OutputError, match="there already"):
        train(ordered(place, tmp_path), CPU, lambda progress: steps.append(progress.step))
    assert steps == [] and (tmp_path / "blue.safetensors").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("name", "pixels", "says"),
    [
        ("flat.png", np.full((300, 300, 3), 90, np.uint8), "too flat"),
        ("small.png", np.random.default_rng(2).integers(0, 255, (60, 300, 3), np.uint8), "too small"),
    ],
)
def test_pictures_that_cannot_work_are_refused(
    tmp_path: Path, name: str, pixels: np.ndarray, says: str
) -> None:
    cv2.imwrite(str(tmp_path / name), pixels)
    with pytest.raises(StyleError, match=says) as caught:
        style_picture(tmp_path / name)
    assert caught.value.where.endswith(name)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    for name in ("text.png", "absent.png"):
        with pytest.raises(StyleError, match="picture") as caught:
            style_picture(tmp_path / name)
        assert ("JPEG" in caught.value.hint) == (name == "text.png")


def test_every_fifth_picture_and_kodim_are_held_out(tmp_path: Path) -> None:
    for name in ("a0", "a1", "a2", "a3", "a4", "a5", "kodim01", "z6"):
        (tmp_path / f"{name}.jpg").touch()
    assert [path.stem for path in content_pictures(tmp_path)] == ["a1", "a2", "a3", "a4", "z6"]
    assert [path.stem for path in held_out(tmp_path)] == ["a0", "a5", "kodim01"]


def test_a_net_that_adds_nothing_passes_noise_on_as_it_is() -> None:
    torch.manual_seed(4)
    pixels = torch.rand(2, 3, 64, 64) * 255
    for shift in ((0, 0), (2, -1), (-2, 2)):
        assert float(instability(pixels, shaken(pixels, shift, 5.0), shift, 5.0)) == pytest.approx(
            1, rel=0.05
        )


def test_the_average_forgets_its_start_within_a_new_styles_steps() -> None:
    """Parameters that jump from 0 to 1 after the first step: what of the 0 is left in the end."""
    looks = torch.nn.Linear(1, 1)
    torch.nn.init.zeros_(looks.weight)
    averaged = averaging(looks)
    for _ in range(SHIPPED.steps):
        averaged.update_parameters(looks)
        torch.nn.init.ones_(looks.weight)
    assert averaged.module.weight.item() > 0.999


def test_the_average_calms_what_swings_and_leaves_what_stands() -> None:
    looks = torch.nn.Linear(1, 1)
    torch.nn.init.constant_(looks.bias, 1 / 3)
    averaged = averaging(looks)
    for step in range(SHIPPED.steps):
        torch.nn.init.constant_(looks.weight, 1 + (-1) ** step)
        averaged.update_parameters(looks)
    assert abs(averaged.module.weight.item() - 1) < 0.05
    assert torch.equal(averaged.module.bias, looks.bias)


@pytest.mark.parametrize("steps", [1, 2, 19, 20, 21, 40, 300, 3600])
def test_any_number_of_steps_can_be_scheduled(steps: int) -> None:
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1e-2, steps, pct_start=warm_up(steps))
    for _ in range(steps):
        optimiser.step()
        schedule.step()
    assert warm_up(steps) == (0.1 if steps == 20 else 0.05)


def test_a_new_style_has_a_preset_that_wears_it(trained: tuple[Path, Path, list[int]]) -> None:
    presets = shelf_presets([trained[0].parent])
    assert sorted(presets) == ["blue", "red"]
    red = presets["red"].body
    assert (red.style, red.style_weight, red.licence) == ("red", 3e10, "CC0-1.0") and "red.png" in (
        red.title or ""
    )


def test_a_base_is_found_on_another_shelf(
    place: Path, trained: tuple[Path, Path, list[int]], tmp_path: Path
) -> None:
    red = tmp_path / "red.safetensors"
    red.write_bytes(trained[0].read_bytes())
    changes = {"pictures": {"sea": place / "blue.png"}, "recipe": NEW_STYLE, "starts": (red,), "new_base": ""}
    wished = ordered(place, tmp_path / "out", **changes, folders=(trained[0].parent,))
    (sea,) = train(wished, CPU, lambda progress: None)
    assert read_record(sea).base == read_record(trained[0]).base


def wrong_orders(place: Path, folder: Path) -> dict[str, tuple[dict[str, object], type, str]]:
    red = place / "red.png"
    (folder / "taken").mkdir()
    (folder / "taken" / "red.toml").write_text("mine")
    (folder / "a file").write_text("mine")
    torch.save({"conv": torch.zeros(1)}, folder / "foreign.pth")
    return {
        "out is a file": ({"out": folder / "a file"}, OutputError, "cannot be the folder"),
        "preset taken": ({"out": folder / "taken"}, OutputError, "there already"),
        "name is a path": ({"pictures": {"../red": red}}, UsageError, "name of a style"),
        "name of a device": ({"pictures": {"con": red}}, UsageError, "name of a style"),
        "name of a file": ({"pictures": {"red.pth": red}}, UsageError, "name of a style"),
        "two of one name": ({"pictures": {"red": red, "Red": red}}, UsageError, "a name of its own"),
        "name of the base": ({"pictures": {"base": red}}, UsageError, "a name of its own"),
        "no picture": ({"pictures": {"red": place / "gone.png"}}, StyleError, "no such picture"),
        "no content": ({"content": (place / "gone",)}, StyleError, "no such folder"),
        "a pull too many": ({"pulls": (1.0, 2.0, 3.0)}, UsageError, "every picture needs a pull"),
        "a mad pull": ({"pulls": (1.0, 99.0)}, UsageError, "between 0.1 and 20"),
        "a still base that is new": ({"recipe": NEW_STYLE}, UsageError, "weights are learnt"),
        "a net of no name": ({"new_base": "", "recipe": NEW_STYLE}, UsageError, "need a name"),
        "no VGG": ({"vgg": place / "gone.pth"}, StyleError, "no file of VGG-19"),
        "VGG is a picture": ({"vgg": red}, StyleError, "VGG-19 cannot be loaded"),
        "foreign base": ({"starts": (folder / "foreign.pth",)}, StyleError, "no style to start from"),
    }


WRONG = ["out is a file", "preset taken", "name is a path", "name of a device", "name of a file", "no VGG"]
WRONG += [
    "two of one name",
    "name of the base",
    "no picture",
    "no content",
    "VGG is a picture",
    "foreign base",
    "a pull too many",
    "a mad pull",
    "a still base that is new",
    "a net of no name",
]


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_order_is_refused_before_the_first_step(place: Path, tmp_path: Path, kind: str) -> None:
    changes, error, says = wrong_orders(place, tmp_path)[kind]
    steps: list[int] = []
    with pytest.raises(error, match=says) as caught:
        train(
            ordered(place, **{"out": tmp_path / "out", **changes}),
            CPU,
            lambda progress: steps.append(progress.step),
        )
    assert isinstance(caught.value, StyleReelError) and caught.value.where and steps == []
    assert not list(tmp_path.rglob("*.safetensors"))


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0" + bytes(99), b"", b"\x80\x02}q\x00.", b"PK\x03\x04" + bytes(40)]
)
def test_what_is_no_vgg_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vgg.jpg").write_bytes(content)
    with pytest.raises(StyleError, match="VGG-19 cannot be loaded") as caught:
        load_vgg(tmp_path / "vgg.jpg")
    assert caught.value.where == str(tmp_path / "vgg.jpg") and "--vgg" in caught.value.hint


def test_broken_content_is_passed_by(tmp_path: Path) -> None:
    noise = np.random.default_rng(3)
    for name in ("a.png", "b.png"):
        draw(tmp_path / name, noise.integers(0, 255, (12, 16, 3), np.uint8))
    (tmp_path / "broken.png").write_text("no picture")
    (tmp_path / "._a.png").write_text("a Mac's shadow of a.png")
    assert "._a.png" not in {path.name for path in content_pictures(tmp_path)}
    paths = sorted(tmp_path.glob("*.png"))
    crops = Crops(paths, 64)
    batches = [crops.batch(2, seed) for seed in range(9)]
    assert all(batch.std() > 1 for batch in batches)
    assert torch.equal(Crops(paths, 64).batch(2, 5), batches[5]), "what was met before plays no part"
    assert len(some_pictures(paths, 4, 256)) == 2
    for path in (tmp_path / "a.png", tmp_path / "b.png"):
        path.write_text("broken too")
    for read in (lambda: Crops(paths, 64).batch(1, 1), lambda: some_pictures(paths, 4, 256)):
        with pytest.raises(StyleError, match="none of the pictures"):
            read()
