"""The tables of a film file: what each may say, with types, ranges and defaults.

Knows nothing of how a file is read or of what its names stand for.
"""

import re
import string
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from .exchange import Manner
from .patterns import compile_pattern
from .preset import Length, PresetBody, Strict, Wear

_NAME_FIELDS = ("shot", "preset", "version")
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def _pattern(text: str) -> str:
    compile_pattern(text)
    return text


def _template(text: str) -> str:
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        text.format(shot="a_010", preset="b", version=1)
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        fields = set()
    if not {"shot", "version"} <= fields <= set(_NAME_FIELDS):
        message = 'must hold {shot} and {version}, and may hold {preset}: "{shot}_{preset}_v{version:03}"'
        raise PydanticCustomError("template", message)
    if unsafe := _UNSAFE.findall("".join(literal for literal, *_ in string.Formatter().parse(text))):
        raise ValueError(f"cannot hold {' '.join(unsafe)}: it is a file's name on every system")
    return text


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]


class Output(Strict):
    """What is written.

    `codec` names the format of styled film; a source with alpha turns prores into prores4444, and ffv1 is for
    archives alone. With png, tiff and exr every shot is a folder of numbered pictures.
    `handles` are extra record frames at both ends of a shot, as far as the media has them. `media`:
    styled files hold what is used (trim) or all of the source (full, auto where most of it is used).
    `delivery`: in place of the originals, on tracks above them, or there with live ramps.
    `bake_retime` makes movies of freezes and stills that stand under a ramp. With `mux_audio` styled films
    carry the sound of their source too; the timeline plays it from the original all the same. With `hardware`
    H.264 and HEVC are encoded by the graphics card or processor's own encoder, where one works.
    """

    codec: Literal[
        "prores",
        "prores4444",
        "dnxhr",
        "dnxhr444",
        "dnxhr-mxf",
        "cineform",
        "h264",
        "hevc",
        "ffv1",
        "png",
        "tiff",
        "exr",
    ] = "prores"
    handles: Length = "0f"
    media: Literal["trim", "full", "auto"] = "trim"
    delivery: Manner = "replace"
    bake_retime: bool = False
    mux_audio: bool = False
    hardware: bool = False
    name: Annotated[str, AfterValidator(_template)] = "{shot}_{preset}_v{version:03}"


class Match(Strict):
    """Which clips a scene holds: all given patterns must fit."""

    marker: Pattern | None = None
    clip: Pattern | None = None
    track: Pattern | None = None
    label: Pattern | None = None
    nest: Pattern | None = None
    file: Pattern | None = None

    @model_validator(mode="after")
    def _something(self) -> "Match":
        if not any((self.marker, self.clip, self.track, self.label, self.nest, self.file)):
            raise ValueError('needs one of marker, clip, track, label, nest, file; clip = "*" is every clip')
        return self


class Scene(Strict):
    """One rule: the clips that fit `match` wear `preset`, with the values of `set`."""

    name: Annotated[str, Field(min_length=1)]
    match: Match
    preset: str | None = None
    settings: Wear = Field(default=Wear(), alias="set")


class ShotRule(Strict):
    """What one shot, by its name, wears differently."""

    preset: str | None = None
    settings: Wear = Field(default=Wear(), alias="set")
    note: str = ""


class FilmFile(Strict):
    """Everything that a film file may say."""

    output: Output = Output()
    presets: dict[str, PresetBody] = {}  # noqa: RUF012 (pydantic copies it)
    scenes: list[Scene] = []  # noqa: RUF012
    shots: dict[str, ShotRule] = {}  # noqa: RUF012
    paths: dict[str, str] = {}  # noqa: RUF012


def schema() -> dict[str, Any]:
    """The JSON Schema of a film file, for editors that complete and check it."""
    found = FilmFile.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "StyleReel film file",
    }
