"""The command `train-sky`: the net that finds the sky, from pictures and a teacher."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ..core.errors import UsageError
from . import options as o
from .interrupt import Interrupted, interruptible
from .seen import AS_TAGGED
from .show import check_progress, out
from .steps import saying, training_progress

if TYPE_CHECKING:
    from ..core.training.sky_train import SkyOrder

Content = Annotated[
    list[Path],
    typer.Option(
        "--content", metavar="FOLDER", help="Pictures and clips, with sky and without; again for more."
    ),
]
TeacherFile = Annotated[
    Path,
    typer.Option("--teacher", metavar="FILE", help="The net whose mattes are learnt: its graph and weights."),
]
SkyOut = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the net goes: NAME.safetensors.")]
Mattes = Annotated[
    Path | None,
    typer.Option("--mattes", metavar="DIR", help="Where the teacher's mattes are kept; else beside --out."),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--no-sky", metavar="GLOB", help="Pictures with no sky, whatever the teacher sees; again for more."
    ),
]
_EVERY = 40  # of the drawn frames, each of which is looked at through a dozen windows


def train_sky(
    content: Content,
    teacher: TeacherFile,
    out_file: SkyOut,
    mattes: Mattes = None,
    without: Without = None,
    start: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The net that learns on; else a new one.")
    ] = None,
    share: Annotated[
        float,
        typer.Option("--share", min=0, max=1, help="How much is taken of what it learns on: 0 to 1."),
    ] = 1.0,
    steps: Annotated[
        int, typer.Option("--steps", min=1, help="Steps to train, of twelve pictures each.")
    ] = 9000,
    with_sky: Annotated[
        float, typer.Option("--with-sky", min=0, max=1, help="The share of samples from pictures with sky.")
    ] = 0.5,
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
) -> None:
    """Train the net that finds the sky, on a teacher's mattes of your pictures and of drawn frames.

    Ctrl-C keeps what is done: the same command goes on where it stopped.
    """
    check_progress(progress_kind)
    if out_file.suffix != ".safetensors":
        raise UsageError("is no .safetensors file", where=f"--out {out_file}")
    if start is None and share != 1:
        raise UsageError("is for a net that learns on", where=f"--share {share:g}", hint="Name it by --from.")
    say = saying(progress_kind)
    with interruptible("step") as stop, ExitStack() as open_folders:
        from ..core.training.sky_fit import SkyRecipe
        from ..core.training.sky_train import SkyOrder, check_sky_order
        from .content import gathered
        from .demo.content import drawn_content

        recipe = SkyRecipe(steps=steps, with_sky=with_sky)
        order = SkyOrder(
            content=(),
            teacher=teacher,
            out=out_file,
            kept=mattes or out_file.with_suffix(".mattes"),
            recipe=recipe.going_on if start else recipe,
            without=tuple(without or ()),
            start=start,
            share=share,
        )
        check_sky_order(order)
        folders = [open_folders.enter_context(gathered(one, None, AS_TAGGED, say, stop)) for one in content]
        drawn = open_folders.enter_context(drawn_content(_EVERY))
        order = replace(order, content=(*(folder for some in folders for folder in some), drawn))
        written = None if stop() else _trained(order, device, progress_kind, stop)
    if written is None:
        raise Interrupted
    out.print(escape(str(written)), soft_wrap=True)


def _trained(order: "SkyOrder", device: str, progress_kind: str, stop: Callable[[], bool]) -> Path | None:
    from ..core.render import pick_device
    from ..core.training.sky_train import train_sky

    say = saying(progress_kind)

    def looked(done: int, of: int) -> None:
        if done % 20 == 0:
            say("content", f"the teacher looks at picture {done + 1} of {of} …")

    with training_progress(progress_kind, order.recipe.steps) as tell:
        return train_sky(order, pick_device(device), looked, tell, stop)
