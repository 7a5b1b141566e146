"""The command `matte`: what a shot's matte finds, as media that is looked at, or used in the editor."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape

from ..core.cut import Shot
from ..core.errors import UsageError
from ..core.events import Advanced, Began, Doubted, Finished
from ..core.lock import held
from ..core.output import MATTES, prepare
from ..core.standing import settings_by_shot
from ..core.styled import free_path
from . import options as o
from .asking import about_a_cut
from .desk import Desk, Wishes, open_desk
from .interrupt import Interrupted, interruptible
from .render import Manner, named, renderable, workshop
from .show import err, out, progress, show_notes

_PLAIN = {"codec": "prores", "mux_audio": False, "hardware": False}  # whatever films are written as


@about_a_cut()
def matte(
    wishes: Wishes,
    name: Annotated[str, typer.Argument(metavar="SHOT", help="The shot's name, as `plan` shows it.")],
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
    quiet: o.QuietOption = False,
) -> None:
    """Write a shot's matte as media: white inside, black outside, with the shot's timecode.

    Look at it before you trust it; laid above the clip it is a luma matte.
    """
    if given := [key for key in _PLAIN if key in wishes.output]:
        where = f"--{given[0].replace('_', '-')}"
        raise UsageError("a matte is written as ProRes, and that of a still as PNG", where=where)
    desk = open_desk(replace(wishes, output={**wishes.output, **_PLAIN}))
    shot = renderable(named(desk.plan, name), desk)
    manner = Manner(device, progress_kind, quiet)
    if manner.talks:
        show_notes(desk.plan, False)
        if own := settings_by_shot(shot.name, desk.book):
            told = f'was last rendered with {own} by "stylereel shot"; its matte then: --set that here too'
            err.print(f"[yellow]{escape(shot.name)}[/] {escape(told)}", soft_wrap=True)
    _write(desk, shot, manner)


@contextmanager
def _at_work(desk: Desk) -> Iterator[None]:
    """Holds the output folder."""
    prepare(desk.out)
    with held(desk.out):
        yield


def _write(desk: Desk, shot: Shot, manner: Manner) -> None:
    from ..core.matte_media import write_matte  # torch: only now, so that what is refused is refused at once

    started = time.monotonic()
    with progress(manner.progress, manner.quiet) as tell, interruptible("frame") as stop:

        def told() -> None:
            tell(Advanced(shot.name, 1))
            if stop():
                raise Interrupted

        folder = desk.out / MATTES
        with workshop(desk, manner, tell, stop).matting(shot) as matting, _at_work(desk):
            tell(Began(1, len(shot.frames)))
            folder.mkdir(exist_ok=True)
            path = free_path(folder / f"{shot.name}_matte{'.png' if shot.still else '.mov'}")
            write_matte(shot, matting, path, told)
            if doubt := matting.sight.doubt():
                tell(Doubted(shot.name, doubt))
        tell(Finished(shot.name, path.name, time.monotonic() - started))
    out.print(escape(str(path)), soft_wrap=True)
