"""What the shelf promises, on photographs that no training saw: `python tests/bench/styles.py`.

Per style: style distance D and content distance along the dial, noise gain, weight 0, and the steps of a
ramp to the source; medians over the shelf; all against their limits. Then D to both styles along a
dissolve from each style to the next one of its base, and what is said of files that are no nets or
pictures. `--train` also makes styles of paintings that the base never saw, by the command `train`, from
the nearest style of none of them, and says how long that took. Needs the folder of sample files
(STYLEREEL_SAMPLES). `--styles exam --pictures 2` is done in a minute.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from statistics import mean, median
from typing import TypeVar

import torch
from stylereel import presets
from stylereel.core.audition.measures import (
    content_distance,
    gram_distance,
    manner,
    noise_gain,
    square,
)
from stylereel.core.dial import from_dial, to_dial, weight_name
from stylereel.core.errors import StyleError
from stylereel.core.nets.dialled import Style, mixed
from stylereel.core.nets.files import load_painter, load_style
from stylereel.core.nets.shelf import is_style, read_record, sha256
from stylereel.core.render import pick_device
from stylereel.core.training.crops import as_tensor
from stylereel.core.training.losses import Vgg, load_vgg
from stylereel.core.training.nearest import nearest
from stylereel.core.training.pictures import held_out, read_picture, style_picture
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.bad_nets import RAN, bad_nets

SHELF = Path(presets.__file__).parent
SAMPLES = Path(os.environ.get("STYLEREEL_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
WEIGHTS = (1e9, 3e9, 1e10, 5e10, 1e11)
MEDIAN_D, MOST_D = {1e10: 0.20, 5e10: 0.10}, {1e10: 0.45, 5e10: 0.20}
MOST_NOISE = {1e10: 1.5, 5e10: 2.5}
RAMP_FROM, RAMP_FRAMES, MOST_STEP = 3e10, 24, 2.0
MORPH_WEIGHT, MORPH_STEPS, MORPH_PICTURES = 3e10, 8, 6
PAINTINGS = ("matisse_woman_hat_1905", "munch_scream", "turner_minotaur")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Promise:
    """What `train` promises: D at 1e10 at most, within so many minutes on a processor or on a GPU."""

    options: tuple[str, ...]
    distance: float
    minutes: dict[str, float]


PROMISES = {
    "affine": Promise((), 0.25, {"cpu": 5, "cuda": 0.25}),
    "full": Promise(("--full",), 0.15, {"cpu": 15, "cuda": 1}),
}


@dataclass(frozen=True)
class Panel:
    """What styles are judged by: VGG-19, and photographs of 256 x 256, on one device."""

    vgg: Vgg
    photographs: list[Tensor]
    device: torch.device


@dataclass(frozen=True)
class Figures:
    """One style's figures; `distances`, `contents` and `noises` by style weight."""

    name: str
    distances: dict[float, float]
    contents: dict[float, float]
    noises: dict[float, float]
    step: float
    exact: bool

    def complaints(self) -> Iterator[str]:
        """Every limit that is missed."""
        for weight, most in MOST_D.items():
            if self.distances.get(weight, 0) > most:
                yield f"D {self.distances[weight]:.3f} at {weight_name(weight)}, above {most}"
        if not all(later < earlier for earlier, later in pairwise((1.0, *self.distances.values()))):
            yield "D does not fall all along the dial"
        if not all(later > earlier for earlier, later in pairwise((0.0, *self.contents.values()))):
            yield "content distance does not rise all along the dial"
        for weight, most in MOST_NOISE.items():
            if self.noises.get(weight, 0) > most:
                yield f"noise gain {self.noises[weight]:.2f} at {weight_name(weight)}, above {most}"
        if self.step > MOST_STEP:
            yield f"a step of the ramp is {self.step:.2f} times the mean, above {MOST_STEP:g}"
        if not self.exact:
            yield "weight 0 is not the source"


def figures(name: str, style: Style, target: list[Tensor], panel: Panel, weights: Sequence[float]) -> Figures:
    """Measures one style."""
    photographs = panel.photographs
    with torch.inference_mode():
        untouched = gram_distance(panel.vgg, target, photographs)
        distances, contents, noises = {}, {}, {}
        for weight in weights:
            painted = [style.paint(one, weight) for one in photographs]
            distances[weight] = gram_distance(panel.vgg, target, painted) / untouched
            contents[weight] = content_distance(panel.vgg, painted, photographs)
            if weight in MOST_NOISE:
                noises[weight] = noise_gain(_painter(style, weight), photographs)
        exact = all(torch.equal(style.paint(one, 0), one) for one in photographs)
        return Figures(name, distances, contents, noises, largest_step(style, photographs[0]), exact)


def _painter(style: Style, weight: float) -> Callable[[Tensor], Tensor]:
    return lambda pixels: style.paint(pixels, weight)


def largest_step(style: Style, photograph: Tensor) -> float:
    """The largest step of a ramp down to the source on a still, over the mean step; in float."""
    top = to_dial(RAMP_FROM)
    weights = (from_dial(top * (RAMP_FRAMES - n) / RAMP_FRAMES) for n in range(RAMP_FRAMES + 1))
    frames = (style.paint(photograph, weight) for weight in weights)
    steps = [float((after - before).abs().mean()) for before, after in pairwise(frames)]
    return max(steps) / mean(steps)


def style_picture_of(path: Path) -> Path:
    """The picture that a style learnt from: beside it, or among the samples, by its hash."""
    record = read_record(path)
    for picture in (path.with_suffix(".png"), SAMPLES / "media" / "style" / record.picture):
        if picture.is_file() and sha256(picture) == record.picture_sha256:
            return picture
    sys.exit(f"{record.picture}, which {path.stem} learnt from, is neither beside it nor in {SAMPLES}")


def panel(pictures: int | None, device: torch.device) -> Panel:
    """The held-out photographs, all or some from all over, and VGG-19."""
    paths = held_out(SAMPLES / "media" / "content")
    photographs = [
        square(as_tensor(read_picture(path, 256))[None]).to(device) for path in some(paths, pictures)
    ]
    vgg = load_vgg(SAMPLES / "weights" / "vgg19_features_relu4_1.safetensors").to(device)
    return Panel(vgg, photographs, device)


def some(items: Sequence[Item], count: int | None) -> list[Item]:
    """All, or so many from all over."""
    count = min(count or len(items), len(items))
    return [items[(2 * at + 1) * len(items) // (2 * count)] for at in range(count)]


def shelf(names: str | None) -> list[Path]:
    """The style files to judge."""
    paths = {path.stem: path for path in sorted(SHELF.glob("*.safetensors")) if is_style(path)}
    if unknown := [name for name in (names or "").split(",") if name and name not in paths]:
        sys.exit(f"there is no style {unknown[0]!r}; there are {', '.join(paths)}")
    return [paths[name] for name in (names.split(",") if names else paths)]


def judge_shelf(paths: list[Path], jury: Panel, weights: Sequence[float]) -> list[str]:
    """Prints the table; returns what is missed."""
    columns = "".join(f"{weight_name(weight):>7}" for weight in weights)
    noise = "".join(f"{weight_name(weight):>6}" for weight in weights if weight in MOST_NOISE)
    print(f"{len(jury.photographs)} photographs; D, content distance, noise gain along the dial; ramp; 0")
    print(f"{'style':16}{columns}  |{columns}  |{noise}  |  ramp  0")
    found, complaints = [], []
    for path in paths:
        style = load_style(path).on(jury.device)
        target = manner(jury.vgg, style_picture_of(path), jury.device)
        one = figures(path.stem, style, target, jury, weights)
        found.append(one)
        print(_line(one), flush=True)
        complaints += [f"{one.name}: {complaint}" for complaint in one.complaints()]
    for weight, most in MEDIAN_D.items():
        if weight in weights and (middle := median(one.distances[weight] for one in found)) > most:
            complaints.append(f"median D {middle:.3f} at {weight_name(weight)}, above {most}")
    middles = "".join(f"{median(one.distances[weight] for one in found):7.3f}" for weight in weights)
    print(f"{'median':16}{middles}")
    return complaints


def _line(one: Figures) -> str:
    distances = "".join(f"{value:7.3f}" for value in one.distances.values())
    contents = "".join(f"{value:7.1f}" for value in one.contents.values())
    noises = "".join(f"{value:6.2f}" for value in one.noises.values())
    exact = "ok" if one.exact else "no"
    return f"{one.name:16}{distances}  |{contents}  |{noises}  |  {one.step:4.2f}  {exact}"


def judge_morphs(paths: list[Path], jury: Panel) -> list[str]:
    """Prints D to both styles along dissolves to the next style of a base; returns those that turn back."""
    photographs, complaints = some(jury.photographs, MORPH_PICTURES), []
    at = weight_name(MORPH_WEIGHT)
    print(f"\n{len(photographs)} photographs; D to A above D to B along a dissolve at {at}")
    for path, other in neighbours(paths):
        a, b = (load_style(one).on(jury.device) for one in (path, other))
        shown = [mixed(a, b, step / MORPH_STEPS) for step in range(MORPH_STEPS + 1)]
        frames = [[style.paint(one, MORPH_WEIGHT) for one in photographs] for style in shown]
        rows = []
        for end in (path, other):
            target = manner(jury.vgg, style_picture_of(end), jury.device)
            untouched = gram_distance(jury.vgg, target, photographs)
            rows.append([gram_distance(jury.vgg, target, painted) / untouched for painted in frames])
        for name, row in zip((f"{path.stem} to {other.stem}", ""), rows, strict=True):
            print(f"{name:24}" + "".join(f"{value:7.3f}" for value in row), flush=True)
        leaves = all(later > earlier for earlier, later in pairwise(rows[0]))
        comes = all(later < earlier for earlier, later in pairwise(rows[1]))
        if not (leaves and comes):
            complaints.append(f"{path.stem} to {other.stem}: the dissolve turns back on its way")
    return complaints


def neighbours(paths: list[Path]) -> list[tuple[Path, Path]]:
    """Each style with the next one on its base, and the last of three or more with the first."""
    groups = [list(group) for _, group in groupby(sorted(paths, key=_base), _base)]
    rounds = [[*group, *(group[:1] if group[2:] else ())] for group in groups]
    return [pair for group in rounds for pair in pairwise(group)]


def _base(path: Path) -> str:
    return read_record(path).base


def judge_refusals() -> list[str]:
    """Prints what is said of files that cannot be worn or learnt from; returns those that pass for good."""
    print("\nwhat is refused")
    complaints = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = {kind: (load_painter, path, told) for kind, (path, told) in bad_nets(folder).items()}
        (folder / "note.jpg").write_text("no picture")
        asked["no picture"] = style_picture, folder / "note.jpg", "not a picture"
        for kind, (read, path, told) in asked.items():
            said = _refusal(read, path)
            print(f"{kind:20}{said.partition(': ')[2].splitlines()[0] if said else 'taken'}")
            if told not in said:
                complaints.append(f"{kind}: is not refused as it should be")
        if Path(RAN).exists():
            complaints.append("code of a checkpoint was run")
    return complaints


def _refusal(read: Callable[[Path], object], path: Path) -> str:
    try:
        read(path)
    except StyleError as error:
        return str(error)
    return ""


def judge_training(kind: str, names: Sequence[str], jury: Panel, options: Sequence[str]) -> list[str]:
    """Trains one style of each painting by the command and measures it; returns what is missed.

    `options` are for `train`.
    """
    promise, distances, minutes = PROMISES[kind], [], []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            picture = SAMPLES / "media" / "style" / f"{name}.jpg"
            began = time.perf_counter()
            start = () if "--base" in options else ("--base", _another(name, jury))
            _train(picture, Path(folder), jury.device, (*options, *promise.options, *start))
            minutes.append((time.perf_counter() - began) / 60)
            style = load_style(Path(folder) / "trial.safetensors", (SHELF,)).on(jury.device)
            target = manner(jury.vgg, picture, jury.device)
            painted = [style.paint(one, 1e10) for one in jury.photographs]
            untouched = gram_distance(jury.vgg, target, jury.photographs)
            distances.append(gram_distance(jury.vgg, target, painted) / untouched)
        print(
            f"train {kind:7} {name:26} {minutes[-1]:6.2f} minutes, D {distances[-1]:.3f} at 1e10", flush=True
        )
    limit = promise.minutes["cuda" if jury.device.type == "cuda" else "cpu"]
    complaints = []
    if (middle := median(distances)) > promise.distance:
        complaints.append(f"train {kind}: median D {middle:.3f} at 1e10, above {promise.distance}")
    if (took := median(minutes)) > limit:
        complaints.append(f"train {kind}: {took:.2f} minutes, above {limit:g}")
    return complaints


def _another(name: str, jury: Panel) -> str:
    """The style of the shelf that is nearest to a painting, but for those that learnt from `PAINTINGS`."""
    target = manner(jury.vgg, SAMPLES / "media" / "style" / f"{name}.jpg", jury.device)
    others = [path for path in shelf(None) if Path(read_record(path).picture).stem not in PAINTINGS]
    return nearest([load_style(path) for path in others], target).name


def _train(picture: Path, out: Path, device: torch.device, options: Sequence[str]) -> None:
    vgg = SAMPLES / "weights" / "vgg19_features_relu4_1.safetensors"
    content = SAMPLES / "media" / "content"
    command = [sys.executable, "-m", "stylereel.cli.main", "train", str(picture), "--name", "trial"]
    command += ["--content", str(content), "--vgg", str(vgg), "--out", str(out), "--device", str(device)]
    subprocess.run([*command, "--progress", "off", *options], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Prints the tables, and fails where a promised limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--styles", help="some of the shelf, with commas between; `none` judges none")
    parser.add_argument("--pictures", type=int, help="how many held-out photographs, else all")
    parser.add_argument("--weights", help="style weights with commas between, else 1e9 … 1e11")
    parser.add_argument("--device", default="auto", help="auto, cuda, mps or cpu")
    parser.add_argument("--train", nargs="?", const="affine,full", help="affine, full, or both")
    parser.add_argument("--paintings", default=",".join(PAINTINGS), help="what --train makes styles of")
    parser.add_argument(
        "--base",
        help="the style that --train starts from, else the nearest that learnt from none of the paintings",
    )
    parser.add_argument("--steps", help="how long --train trains, else as long as the command does")
    asked = parser.parse_args()
    weights = tuple(sorted(map(float, asked.weights.split(",")))) if asked.weights else WEIGHTS
    jury = panel(asked.pictures, pick_device(asked.device))
    paths = [] if asked.styles == "none" else shelf(asked.styles)
    missed = judge_shelf(paths, jury, weights) + judge_morphs(paths, jury) if paths else []
    missed += judge_refusals()
    for kind in (asked.train or "").split(","):
        given = (("--base", asked.base), ("--steps", asked.steps))
        options = [word for pair in given if pair[1] for word in pair]
        missed += judge_training(kind, asked.paintings.split(","), jury, options) if kind else []
    print(*(f"missed: {complaint}" for complaint in missed) if missed else ("every limit is kept",), sep="\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
