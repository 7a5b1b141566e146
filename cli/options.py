"""The options that several commands share, described once."""

from pathlib import Path
from typing import Annotated

import typer

CutFile = Annotated[
    Path,
    typer.Argument(metavar="CUT", help="The timeline: Final Cut Pro XML, .otio, .edl or .aaf."),
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
VggOption = Annotated[
    Path | None,
    typer.Option("--vgg", metavar="FILE", help="VGG-19's weights; else torchvision fetches them."),
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
MediaOption = Annotated[
    str | None,
    typer.Option(
        "--media",
        metavar="trim|full|auto",
        help="Styled files hold what is used, or all of the source (auto: where most of it is used).",
    ),
]
CodecOption = Annotated[
    str | None,
    typer.Option(
        "--codec",
        metavar="NAME",
        help="What is written: prores (also prores4444), dnxhr, dnxhr444, dnxhr-mxf, cineform, h264, hevc, "
        "ffv1; png, tiff or exr: a folder of numbered pictures for each shot.",
    ),
]
DeliveryOption = Annotated[
    str | None,
    typer.Option(
        "--delivery",
        metavar="replace|stacked|live",
        help="In place of the originals, on tracks above them, or there with ramps as opacity keyframes.",
    ),
]
BakeOption = Annotated[
    bool | None,
    typer.Option("--bake-retime/--no-bake-retime", help="Make movies of freezes and stills under a ramp."),
]
SoundOption = Annotated[
    bool | None,
    typer.Option("--mux-audio/--no-mux-audio", help="Write the source's sound into the styled films too."),
]
HardwareOption = Annotated[
    bool | None,
    typer.Option(
        "--hardware/--no-hardware",
        help="Encode H.264 and HEVC on the graphics card where one can; not the same bytes on every machine.",
    ),
]
RateOption = Annotated[
    str | None,
    typer.Option("--rate", metavar="FPS", help="The frame rate of an EDL: 25, 23.976, 30000/1001."),
]
SearchOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--search",
        metavar="FOLDER",
        help="Where the media of clips lies that name no path (EDL, AAF).",
    ),
]
DialectOption = Annotated[
    str,
    typer.Option(
        "--retime-dialect",
        metavar="auto|otio|premiere",
        help="How an .otio counts the range of a retimed clip: in timeline frames, or in source frames.",
    ),
]
ContainerOption = Annotated[
    str | None,
    typer.Option("--as", metavar="otio|otioz|otiod", help="What an OpenTimelineIO timeline is written as."),
]
ClipSchemaOption = Annotated[
    int | None,
    typer.Option("--clip-schema", metavar="1|2", help="Write an .otio in Clip.1 or Clip.2."),
]
UrlsOption = Annotated[
    str | None,
    typer.Option("--urls", metavar="file|path", help="Write media in an .otio as file:// or as plain paths."),
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
HardwareDecodingOption = Annotated[
    bool,
    typer.Option(
        "--hardware-decoding",
        help="Decode H.264, HEVC and VP9 on the graphics card, where that gives the same pictures; it tells "
        "less of damage in a file than the processor.",
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option("--device", metavar="auto|cuda|mps|cpu", help="What the nets run on; auto takes the best."),
]
