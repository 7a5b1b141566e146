"""The command `audition`: candidates for a film's look, painted, measured and ranked on one sheet."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from ..core.dial import STRONGEST, weight_name
from ..core.errors import StyleError, StyleReelError, UsageError
from . import options as o
from .desk import Wishes, wishes_at
from .place import new_png
from .seen import CurveOption, LutOption, Seen, seen
from .show import check_progress, counted, out, print_json
from .steps import Say, saying

if TYPE_CHECKING:  # they import torch
    from ..core.audition.samples import Sample
    from ..core.audition.sheet import Entry
    from .playing import Outcome

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PICTURES|STYLES…",
        help="Styles of the shelf, style files, checkpoints of others, pictures, folders of them; else the "
        "shelf.",
    ),
]
On = Annotated[
    Path | None,
    typer.Option(
        "--on",
        metavar="FOLDER|CUT",
        help="What to try them on: stills and clips, or what a timeline uses. Else a drawn screen test.",
    ),
]
Weights = Annotated[
    str, typer.Option("--weights", metavar="W,W,…", help="The style weights that each one is tried at.")
]
Frames = Annotated[
    int | None,
    typer.Option(
        "--frames", min=2, max=240, help="Frames of a clip; else a second, in which flashes are counted."
    ),
]
Steps = Annotated[
    int, typer.Option("--steps", min=2, help="How long a picture is rehearsed before it is judged.")
]
Base = Annotated[
    str | None,
    typer.Option(
        "--base", metavar="STYLE", help="The style that rehearsals start from; else the nearest of the shelf."
    ),
]
ProjectionOption = Annotated[
    str,
    typer.Option(
        "--projection", metavar="auto|flat|equirect", help="Whether --on is 360°; auto looks at the edges."
    ),
]
SheetOut = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="The sheet, a .png; else audition.png here.")
]


_PROJECTIONS = ("auto", "flat", "equirect")


class Stopped(StyleReelError):
    """The user stopped an audition."""

    exit_code = 130

    def __init__(self, count: int) -> None:
        said = f"the sheet shows {counted(count, 'candidate')}" if count else "nothing was judged yet"
        super().__init__(f"stopped before all were through; {said}")


def audition(
    words: Words = None,
    on: On = None,
    weights: Weights = "3e9,1e10,5e10",
    frames: Frames = None,
    steps: Steps = 80,
    base: Base = None,
    vgg: o.VggOption = None,
    projection: ProjectionOption = "auto",
    sequence: o.SequenceOption = None,
    maps: o.MapOption = None,
    search: o.SearchOption = None,
    rate: o.RateOption = None,
    curve: CurveOption = "auto",
    input_lut: LutOption = None,
    out_file: SheetOut = None,
    device: o.DeviceOption = "auto",
    as_data: o.JsonOption = False,
    progress_kind: o.ProgressOption = "auto",
) -> None:
    """Try styles, nets and pictures on a test set: one contact sheet, numbers, a ranking with reasons.

    A picture is rehearsed first: a short training of γ and β. Ctrl-C ends with the sheet of those that
    were judged until then.
    """
    check_progress(progress_kind)
    tried, sheet, say = _weights(weights), _sheet_path(out_file), saying(progress_kind)
    asked = {"sequence": sequence, "maps": tuple(maps or ()), "search": tuple(search or ()), "rate": rate}
    cut = wishes_at(on, "--on", asked)
    _check_projection(projection)
    look = seen(curve, input_lut)
    from .casting import named  # OpenCV: only now, as the commands that look must answer at once

    candidates = named(words or ())
    from ..core.render import pick_device  # torch: only now, so that what is refused is refused at once
    from .playing import Stage, play, stage_vgg

    chosen = pick_device(device)
    samples = [sample.on(chosen) for sample in _samples(on, cut, frames, projection, look, say)]
    loaded = stage_vgg(vgg, chosen, say)
    outcome = play(candidates, Stage(samples, tried, chosen, loaded, base, steps, progress_kind, say))
    entries = _ranked(outcome)
    if entries:
        _write_sheet(sheet, samples, entries)
        _tell(entries, outcome, samples, sheet, as_data)
    if outcome.stopped:
        raise Stopped(len(entries))
    if not entries:
        name, why = next(iter(outcome.refused.items()))
        raise StyleError(why, where=name, hint="There is no other candidate.")
    if outcome.refused:
        raise typer.Exit(1)


def _weights(text: str) -> tuple[float, ...]:
    hint = f"Numbers above 0 and up to {weight_name(STRONGEST)}, such as 3e9,1e10,5e10."
    try:
        found = sorted({float(part) for part in text.split(",")})
    except ValueError as error:
        raise UsageError("are no style weights", where=f"--weights {text}", hint=hint) from error
    if not found or not all(0 < weight <= STRONGEST for weight in found):
        raise UsageError("are no style weights", where=f"--weights {text}", hint=hint)
    return tuple(found)


def _sheet_path(wished: Path | None) -> Path:
    """Where the sheet goes; a file that is there is never overwritten."""
    if wished is None:
        names = (f"audition{'' if number == 1 else f'_{number}'}.png" for number in range(1, 10_000))
        return next(path for name in names if not (path := Path(name)).exists())
    return new_png(wished, "--out")


def _check_projection(projection: str) -> None:
    if projection not in _PROJECTIONS:
        raise UsageError(f"is none of {', '.join(_PROJECTIONS)}", where=f"--projection {projection}")


def _samples(
    on: Path | None, cut: Wishes | None, frames: int | None, projection: str, look: Seen, say: Say
) -> "list[Sample]":
    from .demo.screen_test import FRAMES, draw_screen_test
    from .rushes import Taking, of_cut, of_folder

    if on is None:
        look.check(None, "no --on")
        say("samples", "no --on: drawing a screen test; your own footage says more")
        return list(draw_screen_test(frames or FRAMES))
    taking = Taking(frames, projection, say, look)
    return of_cut(cut, taking) if cut else of_folder(on, taking)


def _ranked(outcome: "Outcome") -> "list[Entry]":
    """Those that were judged, the best first."""
    from ..core.audition.sheet import Entry
    from ..core.audition.verdict import ranked

    marks = {name: [one.marks for one in takes] for name, (_, takes) in outcome.played.items()}
    doubts = {name: candidate.doubts for name, (candidate, _) in outcome.played.items()}
    return [Entry(*outcome.played[verdict.name], verdict) for verdict in ranked(marks, doubts)]


def _write_sheet(path: Path, samples: "Sequence[Sample]", entries: "Sequence[Entry]") -> None:
    from ..core.audition.judging import as_picture
    from ..core.audition.sheet import draw_sheet, png
    from ..core.nets.files import write_new

    count = counted(len(entries), "candidate")
    about = f"{count}, painted at a short side of 256 pixels: in the film strokes are finer"
    source = [as_picture(sample.middle) for sample in samples]
    write_new(path, png(draw_sheet([sample.name for sample in samples], source, entries, about)))


def _tell(
    entries: "Sequence[Entry]", outcome: "Outcome", samples: "Sequence[Sample]", sheet: Path, as_data: bool
) -> None:
    if as_data:
        names = [sample.name for sample in samples]
        rows = [_row(place, entry) for place, entry in enumerate(entries, 1)]
        return print_json({"sheet": str(sheet), "on": names, "ranking": rows, "refused": outcome.refused})
    table = Table(box=None, pad_edge=False)
    for column in ("", "candidate", "of 100", "why"):
        table.add_column(column, overflow="fold", justify="right" if column in ("", "of 100") else "left")
    for place, entry in enumerate(entries, 1):
        score, reasons = f"{100 * entry.verdict.score:.0f}", "\n".join(entry.verdict.reasons)
        table.add_row(str(place), escape(entry.verdict.name), score, escape(reasons))
    for name, why in outcome.refused.items():
        table.add_row("-", escape(name), "", f"[red]{escape(f'is no candidate: {why}')}[/]")
    out.print(table)
    out.print(escape(str(sheet)), soft_wrap=True)


def _row(place: int, entry: "Entry") -> dict[str, Any]:
    """One candidate as JSON: its place, why, and its numbers at every weight."""
    verdict = entry.verdict
    takes = [{**asdict(one.marks), "content_kept": one.marks.content_kept} for one in entry.takes]
    return {
        "place": place,
        "name": verdict.name,
        "about": entry.candidate.about,
        "score": verdict.score,
        "best_style_weight": verdict.best,
        "reasons": list(verdict.reasons),
        "takes": takes,
    }
