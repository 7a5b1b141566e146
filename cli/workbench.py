"""The commands around rendering: `demo`, `train`, `doctor`, `schema`."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ..core.errors import StyleReelError, UsageError
from ..core.film_file import schema as film_schema
from . import options as o
from .desk import Wishes, open_desk, shelf_folders, style_file, user_presets
from .show import check_progress, err, out, print_json
from .steps import training_progress

if TYPE_CHECKING:
    from ..core.training.order import Order

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
        metavar="FOLDER",
        help="Pictures to train on; frames of the film are best. Without it, frames of the demo's film.",
    ),
]
Vgg = Annotated[
    Path | None,
    typer.Option("--vgg", metavar="FILE", help="VGG-19's weights; else torchvision fetches them."),
]
Base = Annotated[
    str, typer.Option("--base", metavar="STYLE", help="The style whose base net and γ, β to start from.")
]
NewBase = Annotated[
    str | None,
    typer.Option("--new-base", metavar="NAME", help="Train a base net from scratch over all the pictures."),
]
Steps = Annotated[
    int | None, typer.Option("--steps", min=1, help="Steps to train; 300, or 3600 for a new base.")
]
Licence = Annotated[
    str, typer.Option("--licence", help="The licence of the pictures, for the style's record.")
]
TrainOut = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Where the style goes; else your own shelf.")
]


class TrainingStopped(StyleReelError):
    """The user stopped a training run."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__(
            "training was stopped before its end", hint="Nothing is kept of it: the next run begins anew."
        )


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the demo goes.")] = Path(
        "stylereel_demo"
    ),
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
    quiet: o.QuietOption = False,
) -> None:
    """Draw a small 360° film, render its four scenes and show what came of it."""
    from .demo.film import draw_demo
    from .demo.look_back import draw_before_after
    from .render import Manner, render_desk

    err.print(f"drawing the film into {escape(str(folder))} …", soft_wrap=True)
    cut = draw_demo(folder)
    desk = open_desk(Wishes(cut, sets=("projection=equirect",), out=cut.parent / "styled", no_film=True))
    delivered = render_desk(desk, desk.plan.shots, Manner(device, progress_kind, quiet))
    picture = draw_before_after(desk, delivered.timeline, cut.parent / "before_after.jpg")
    err.print(
        "look at this picture first: source above, styled below, the style weight under both", soft_wrap=True
    )
    out.print(escape(str(picture)), soft_wrap=True)


def train(
    pictures: Pictures,
    names: Names,
    content: Content = None,
    vgg: Vgg = None,
    base: Base = "exam",
    new_base: NewBase = None,
    steps: Steps = None,
    licence: Licence = "unknown",
    out_dir: TrainOut = None,
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
) -> None:
    """Make a style of a picture, and a preset that wears it: a few minutes for γ and β on a base."""
    check_progress(progress_kind)
    if len(names) != len(pictures) or len(set(names)) != len(names):
        raise UsageError(
            "every picture needs a --name of its own", where=f"{len(pictures)} pictures, {len(names)} names"
        )
    if len(pictures) > 1 and not new_base:
        raise UsageError(
            "several pictures make a new base only", hint="Give one picture, or --new-base NAME."
        )
    from ..core.training.order import NEW_BASE, NEW_STYLE, Order, check_order

    recipe = NEW_BASE if new_base else NEW_STYLE
    try:
        with nullcontext(content) if content else _drawn() as folder:
            order = Order(
                pictures=dict(zip(names, pictures, strict=True)),
                content=folder,
                out=out_dir or user_presets(),
                recipe=recipe.lasting(steps) if steps else recipe,
                licence=licence,
                base=None if new_base else style_file(base),
                new_base=new_base or "",
                vgg=vgg,
                folders=shelf_folders(),
            )
            check_order(order)  # before torch is loaded, which takes a while
            written = _trained(order, device, progress_kind)
    except KeyboardInterrupt:
        raise TrainingStopped from None
    for path in written:
        out.print(escape(str(path)), soft_wrap=True)


def _drawn() -> AbstractContextManager[Path]:
    from .demo.content import drawn_content

    text = "no --content: training on drawn frames of the demo; frames of your film make a better style"
    err.print(text, soft_wrap=True)
    return drawn_content()


def _trained(order: "Order", device: str, progress_kind: str) -> list[Path]:
    from ..core.render import pick_device
    from ..core.training.train import train

    with training_progress(progress_kind, order.recipe.steps) as tell:
        return train(order, pick_device(device), tell)


def doctor(as_data: o.JsonOption = False) -> None:
    """Say what works on this machine, and what to do where something does not."""
    from .checkup import checkup

    found = list(checkup())
    if as_data:
        print_json([{"check": one.what, "ok": one.ok, "says": one.says, "hint": one.hint} for one in found])
    else:
        for one in found:
            mark = "[green]ok[/]" if one.ok else "[red]no[/]"
            out.print(f"{mark}  {escape(one.what)}: {escape(one.says)}", soft_wrap=True)
            if one.hint and not one.ok:
                out.print(f"    {escape(one.hint)}", soft_wrap=True)
    if not all(one.ok for one in found):
        raise typer.Exit(1)


def schema() -> None:
    """Print the film file's JSON Schema, for editors that complete and check TOML."""
    print_json(film_schema())
