"""The options that several commands share, described once."""

from pathlib import Path
from typing import Annotated

import typer

CutFile = Annotated[
    Path, typer.Argument(metavar="CUT", help="The timeline: Premiere's Final Cut Pro XML, or .otio.")
]
FilmFileOption = Annotated[
    Path | None,
    typer.Option("--film", metavar="FILE", help="The film file; else ./film.toml or one above it."),
]
PresetOption = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="The preset for clips that no scene or marker dresses."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A key of every preset: style_weight=2e10, ramp.in=24f."),
]
SequenceOption = Annotated[
    str | None, typer.Option("--sequence", metavar="NAME", help="Which sequence, where the file has several.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="EDITOR=HERE", help="A folder of the editor's machine and where it is on this one."
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The output folder; else <cut>_stylereel beside the cut."),
]
HandlesOption = Annotated[
    str | None,
    typer.Option("--handles", metavar="LENGTH", help="Extra frames at both ends of a shot: 12, 12f or 1s."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProgressOption = Annotated[
    str,
    typer.Option(
        "--progress", metavar="auto|jsonl|off", help="A bar on a terminal, or a line of JSON an event."
    ),
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print errors and results only.")]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="Print every clip and warning.")]
DeviceOption = Annotated[
    str,
    typer.Option("--device", metavar="auto|cuda|mps|cpu", help="What the nets run on; auto takes the best."),
]
