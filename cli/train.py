"""The command `train`: a picture becomes a style, on the frames of a film."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.markup import escape

from ..core.errors import UsageError
from . import options as o
from .desk import shelf_folders, shipped_styles, style_file, user_presets, wishes_at
from .interrupt import Interrupted, interruptible
from .seen import CurveOption, LutOption, seen
from .show import check_progress, out
from .steps import Say, saying, training_progress

if TYPE_CHECKING:
    from ..core.training.order import Order, Recipe
    from ..core.training.prepare import Preparation

T = TypeVar("T")

Pictures = Annotated[
    list[Path], typer.Argument(metavar="PICTURE…", help="One style picture, or several for a new base.")
]
Names = Annotated[
    list[str],
    typer.Option("--name", metavar="NAME", help="The name of the style and its preset; one a picture."),
]
Content = Annotated[
    Path | None,
    typer.Option(
        "--content",
        metavar="FOLDER|CUT",
        help="What to train on: pictures and clips, or what a timeline uses; your own footage is best. "
        "Without it, frames of the demo's film.",
    ),
]
Full = Annotated[
    bool,
    typer.Option("--full", help="Train the whole net, which makes a base of the style's own: NAME_base."),
]
Prepare = Annotated[
    str | None,
    typer.Option(
        "--prepare",
        metavar="cut-and-paste",
        help="Cover what is empty in the picture with its richest parts, at several sizes, and its colours.",
    ),
]
Crop = Annotated[
    str | None,
    typer.Option(
        "--crop", metavar="X,Y,W,H|auto", help="Learn from a part; auto takes the richest in detail."
    ),
]
Pulls = Annotated[
    list[float] | None,
    typer.Option(
        "--pull",
        metavar="FACTOR",
        help="How hard the style pulls: 2 for paintings, 8 for drawn pages, half of it for a base"
        " from scratch; one a picture. Else measured.",
    ),
]
Steadiness = Annotated[
    float | None,
    typer.Option(
        "--steadiness",
        min=0,
        max=1,
        help="How much it counts against a style that it boils where the film has grain; else 0.01.",
    ),
]
Dial = Annotated[
    float,
    typer.Option(
        "--dial",
        min=0.1,
        max=1,
        help="The share of the learnt dial that is spread over all of it: less for a style that boils.",
    ),
]
Base = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="STYLE",
        help="The style to start from; else the nearest that ships, and a new base from scratch.",
    ),
]
NewBase = Annotated[
    str | None,
    typer.Option("--new-base", metavar="NAME", help="Train a base net over all the pictures."),
]
Steps = Annotated[
    int | None,
    typer.Option("--steps", min=1, help="Steps to train; 240, or 720 with --full, or 6000 for a new base."),
]
Licences = Annotated[
    list[str] | None,
    typer.Option("--licence", help="The licence of the picture, for the style's record; one, or one each."),
]
TrainOut = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the style goes; else your own shelf.")
]


def train(
    pictures: Pictures,
    names: Names,
    content: Content = None,
    curve: CurveOption = "auto",
    input_lut: LutOption = None,
    full: Full = False,
    prepare: Prepare = None,
    crop: Crop = None,
    pulls: Pulls = None,
    steadiness: Steadiness = None,
    dial: Dial = 1.0,
    vgg: o.VggOption = None,
    base: Base = None,
    new_base: NewBase = None,
    steps: Steps = None,
    licences: Licences = None,
    sequence: o.SequenceOption = None,
    maps: o.MapOption = None,
    search: o.SearchOption = None,
    rate: o.RateOption = None,
    out_dir: TrainOut = None,
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
) -> None:
    """Make a style of a picture, and a preset that wears it: a few minutes for γ and β on a base.

    Ctrl-C keeps what is done: the same command goes on where it stopped, to the same result.
    """
    check_progress(progress_kind)
    _check_names(pictures, names, new_base, full)
    from ..core.training.order import Order, check_order
    from .content import gathered

    asked = {"sequence": sequence, "maps": tuple(maps or ()), "search": tuple(search or ()), "rate": rate}
    cut = wishes_at(content, "--content", asked)
    recipe = _recipe(new_base, base, full)
    recipe = replace(recipe, dial=dial)
    recipe = recipe if steadiness is None else replace(recipe, steadiness=steadiness)
    order = Order(
        pictures=dict(zip(names, pictures, strict=True)),
        content=(),
        out=out_dir or user_presets(),
        recipe=recipe.lasting(steps) if steps else recipe,
        licences=_each(licences or ("unknown",), len(names)),
        starts=(style_file(base),) if base else () if new_base else shipped_styles(),
        new_base=new_base or (f"{names[0]}_base" if full else ""),
        vgg=vgg,
        folders=shelf_folders(),
        pulls=_each(pulls or (), len(names)),
        preparation=_preparation(prepare, crop, len(pictures)),
    )
    check_order(order)  # before torch is loaded, which takes a while
    say, look = saying(progress_kind), seen(curve, input_lut)
    _warn(order, say)
    with interruptible("step") as stop, gathered(content, cut, look, say, stop) as folders:
        written = [] if stop() else _trained(replace(order, content=folders), device, progress_kind, stop)
    if not written:
        raise Interrupted
    for path in written:
        out.print(escape(str(path)), soft_wrap=True)


def _trained(order: "Order", device: str, progress_kind: str, stop: Callable[[], bool]) -> list[Path]:
    from ..core.render import pick_device
    from ..core.training.train import train
    from .demo.screen_test import draw_scene

    saying(progress_kind)("sheet", f"what it looks like so far: {order.sheet}")
    with training_progress(progress_kind, order.recipe.steps) as tell:
        return train(order, pick_device(device), tell, stop, draw_scene())


def _check_names(pictures: list[Path], names: list[str], new_base: str | None, full: bool) -> None:
    if len(names) != len(pictures) or len(set(names)) != len(names):
        raise UsageError(
            "every picture needs a --name of its own", where=f"{len(pictures)} pictures, {len(names)} names"
        )
    if len(pictures) > 1 and not new_base:
        raise UsageError(
            "several pictures make a new base only", hint="Give one picture, or --new-base NAME."
        )
    if new_base and full:
        raise UsageError("a new base is the whole net anyway", where="--full", hint="Leave --full out.")


def _recipe(new_base: str | None, base: str | None, full: bool) -> "Recipe":
    from ..core.training.order import NEW_BASE, NEW_STYLE, WHOLE_NET

    return NEW_BASE if new_base and not base else WHOLE_NET if new_base or full else NEW_STYLE


def _each(given: Sequence[T], count: int) -> tuple[T, ...]:
    """One for all pictures, or one each."""
    return tuple(given) * (count if len(given) == 1 else 1)


def _preparation(prepare: str | None, crop: str | None, pictures: int) -> "Preparation":
    from ..core.training.prepare import Preparation

    if prepare not in (None, "cut-and-paste"):
        raise UsageError("is not cut-and-paste", where=f"--prepare {prepare}")
    if crop in (None, "auto"):
        return Preparation("auto" if crop else None, bool(prepare))
    numbers = [int(number) for number in crop.split(",")] if re.fullmatch(r"\d+(,\d+){3}", crop) else []
    if not numbers:
        hint = "Left, top, width and height in pixels of the picture, such as 120,80,400,400."
        raise UsageError("is neither X,Y,W,H nor auto", where=f"--crop {crop}", hint=hint)
    if pictures > 1:
        raise UsageError("one crop cannot be of several pictures", where=f"--crop {crop}", hint="Take auto.")
    left, top, width, height = numbers
    return Preparation((left, top, width, height), bool(prepare))


def _warn(order: "Order", say: Say) -> None:
    """Says what speaks against the pictures."""
    from ..core.training.doubts import doubts
    from ..core.training.prepare import prepared

    for path in order.pictures.values():
        for doubt in doubts(path, prepared(path, order.preparation).pixels):
            say("warning", f"{path.name}: {doubt}")
