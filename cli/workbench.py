"""The commands around rendering: `demo`, `doctor`, `schema`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ..core.film_file import schema as film_schema
from . import options as o
from .desk import Wishes, open_desk
from .show import err, out, print_json


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
