"""`stylereel`: the command line. Each command is a function of its room; here are only names and exits."""

import gc
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer

from ..core.errors import StyleReelError
from ..core.ram import keep_memory
from . import audition, compare, look, matte, render, train, train_sky, try_, verify, workbench
from .interrupt import Interrupted
from .show import show_error

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(workbench.demo)
app.command()(look.scenes)
app.command()(look.plan)
app.command()(compare.diff)
app.command()(render.render)
app.command()(render.shot)
app.command()(verify.verify)
app.command()(matte.matte)
app.command()(look.presets)
app.command()(train.train)
app.command("train-sky")(train_sky.train_sky)
app.command("try")(try_.try_)
app.command()(audition.audition)
app.command()(workbench.doctor)
app.command()(workbench.schema)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"stylereel {version('stylereel')}")
        raise typer.Exit


@app.callback()
def _root(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Paint the scenes of a cut with style transfer, and get a timeline back that relinks frame for frame."""


def _speak_utf8() -> None:
    """Both channels take every name, also where the system has another encoding (redirected on Windows)."""
    for channel in (sys.stdout, sys.stderr):
        if isinstance(channel, TextIOWrapper):
            channel.reconfigure(encoding="utf-8", errors="replace")


def main() -> NoReturn:
    """Runs a command; every error ends in one message and an exit code, a traceback only with --debug."""
    _speak_utf8()
    keep_memory()
    gc.set_threshold(100_000)  # a cut is many objects that all stay: looking through them again takes a third
    try:
        app()
    except StyleReelError as error:
        if "--debug" in sys.argv:
            raise
        show_error(error)
        sys.exit(error.exit_code)
    except (
        SystemExit
    ) as ended:  # typer's own word for Ctrl-C where no command listens for it: 130, in silence
        if ended.code == Interrupted.exit_code:
            show_error(Interrupted())
        raise
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        what = f"something unexpected: {type(error).__name__}: {error}"
        show_error(StyleReelError(what, hint="Please report it with what `stylereel --debug …` prints."))
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    main()
