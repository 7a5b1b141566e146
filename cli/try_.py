"""The command `try`: what a picture's style could be on one frame, without training anything."""

from itertools import count
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ..core.dial import FAINTEST, STRONGEST, weight_name
from ..core.errors import OutputError, StyleError, StyleReelError, UsageError
from ..core.naming import safe_name
from . import options as o
from .desk import Wishes
from .interrupt import interruptible
from .one_frame import moment, picture_of
from .seen import CurveOption, LutOption, seen
from .show import check_progress, out
from .steps import saying, training_progress

if TYPE_CHECKING:
    import numpy as np

    from ..core.training.triptych import Files

Picture = Annotated[Path, typer.Argument(metavar="PICTURE", help="The style picture.")]
Frame = Annotated[
    str,
    typer.Argument(
        metavar="FRAME", help="What is painted: a picture, FILM@12, FILM@TIMECODE or CUT@TIMECODE."
    ),
]
Weight = Annotated[
    float, typer.Option("--style-weight", metavar="WEIGHT", help="1e9 (faint) … 1e11 (strongest).")
]
Size = Annotated[
    int | None,
    typer.Option(
        "--size",
        metavar="PIXELS",
        min=64,
        help="The short side to paint at; 256, or 720 on a GPU. Strokes keep their size in pixels.",
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        min=1,
        help="Steps of the optimisation, however long they take; else as many as a minute has, 20 to 60.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FILE", help="The painted picture, a PNG; else PICTURE_on_FRAME.png in this folder."
    ),
]

_CPU_SIZE, _GPU_SIZE = 256, 720  # what fits in a minute
_STEPS, _SECONDS = 60, 50.0  # without --steps: a minute, with what is loaded before
_LEAST_SIDE = 64


class Stopped(StyleReelError):
    """The user stopped the optimisation."""

    exit_code = 130

    def __init__(self, done: int, steps: int, picture: Path) -> None:
        kept = "the picture so far is kept" if done else "there is no picture yet"
        super().__init__(f"stopped after {done} of {steps} steps; {kept}", where=str(picture))


def try_(
    picture: Picture,
    frame: Frame,
    style_weight: Weight = 3e10,
    size: Size = None,
    steps: Steps = None,
    vgg: o.VggOption = None,
    out_file: Out = None,
    sequence: o.SequenceOption = None,
    maps: o.MapOption = None,
    search: o.SearchOption = None,
    rate: o.RateOption = None,
    curve: CurveOption = "auto",
    input_lut: LutOption = None,
    device: o.DeviceOption = "auto",
    progress_kind: o.ProgressOption = "auto",
) -> None:
    """Paint one frame in a picture's style within a minute, to see what it could be. Trains nothing."""
    check_progress(progress_kind)
    _check_weight(style_weight)
    look = seen(curve, input_lut)
    from ..core.training.doubts import doubts
    from ..core.training.pictures import style_picture

    manner = style_picture(picture)
    wishes = Wishes(Path(), sequence=sequence, maps=tuple(maps or ()), search=tuple(search or ()), rate=rate)
    found = moment(frame, wishes)
    files = _free(out_file, f"{safe_name(picture.stem)}_on_{found.name}")
    if vgg and not vgg.is_file():
        raise StyleError("there is no file of VGG-19", where=str(vgg))
    say = saying(progress_kind)
    for doubt in doubts(picture, manner):
        say("warning", f"{picture.name}: {doubt}")

    from ..core.render import pick_device
    from ..core.training.trial import Wanted, attempt

    on = pick_device(device)
    side = size or (_CPU_SIZE if on.type == "cpu" else _GPU_SIZE)
    most = steps or _STEPS
    wanted = Wanted(
        _large_enough(picture_of(found, look), frame), manner, picture.stem, style_weight, most, side, vgg
    )
    say("picture", f"what it looks like so far: {files.sheet}")
    with interruptible("step") as stop, training_progress(progress_kind, most) as tell:
        done = attempt(wanted, files, on, tell, stop, inf if steps else _SECONDS)
        stopped = stop()
    if done < most and stopped:
        raise Stopped(done, most, files.picture)
    if done < most:
        say("time", f"the minute is over after {done} of {most} steps; --steps {most} makes them all")
    for written in files.both:
        out.print(escape(str(written)), soft_wrap=True)


def _check_weight(style_weight: float) -> None:
    if not 0 < style_weight <= STRONGEST:
        hint = f"{weight_name(FAINTEST)} is faint; 0 would be the source itself."
        what = f"a style weight lies above 0 and up to {weight_name(STRONGEST)}"
        raise UsageError(what, where=f"--style-weight {style_weight:g}", hint=hint)


def _free(given: Path | None, name: str) -> "Files":
    """Where the pictures go: as it was given, else by name, numbered where that is taken."""
    from ..core.training.triptych import Files

    if given is None:
        names = (name if number == 1 else f"{name}_{number}" for number in count(1))
        return next(files for name in names if not (files := Files(Path(f"{name}.png"))).taken)
    if given.suffix.lower() != ".png":
        raise UsageError("a picture is written as .png", where=f"--out {given}")
    if taken := Files(given).taken:
        hint = "Choose another name with --out, or leave it out."
        raise OutputError("the file is there already", where=str(taken), hint=hint)
    return Files(given)


def _large_enough(pixels: "np.ndarray", text: str) -> "np.ndarray":
    height, width = pixels.shape[:2]
    if min(height, width) < _LEAST_SIDE:
        hint = f"Its short side needs {_LEAST_SIDE} pixels or more."
        raise UsageError(f"too small to show a style: {width}×{height}", where=text, hint=hint)
    return pixels
