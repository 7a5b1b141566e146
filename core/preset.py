"""How a style is worn: the keys of a preset, their types, ranges and defaults.

Knows which values this version can render and refuses the others by name. Knows nothing of files,
scenes, clips or nets; what is merged from where is decided by `film` and `scenes`.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .dial import STRONGEST
from .paths import is_windows

_LENGTH = re.compile(r"(\d+)\s*f|(\d+(?:\.\d+)?)\s*s")


def built(*values: object) -> AfterValidator:
    """A check that accepts only `values`, those that this version can render."""
    works = " or ".join(f"{value:g}" if isinstance(value, float) else json.dumps(value) for value in values)

    def check(value: object) -> object:
        if value in values:
            return value
        context = {"works": "leave it out" if values == (None,) else f"what works now is {works}"}
        raise PydanticCustomError("not_built", "is not built in this version; {works}", context)

    return AfterValidator(check)


def _length(value: object) -> str:
    """`24`, `"24f"`, `"1.5s"` → text of one form."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return f"{value}f"
    if isinstance(value, str) and _LENGTH.fullmatch(value.strip().lower()):
        return value.strip().lower().replace(" ", "")
    raise PydanticCustomError("length", 'Input should be frames (24 or "24f") or seconds ("1.5s")')


def _ramp_length(value: object) -> str:
    """A length, or `"transition"`."""
    if isinstance(value, str) and value.strip().lower() == "transition":
        return "transition"
    try:
        return _length(value)
    except PydanticCustomError:
        message = 'Input should be frames (24 or "24f"), seconds ("1.5s") or "transition"'
        raise PydanticCustomError("length", message) from None


def _length_schema(*words: str) -> WithJsonSchema:
    pattern = "|".join((r"\d+\s*f", r"\d+(\.\d+)?\s*s", *words))
    return WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^({pattern})$"}]}
    )


Length = Annotated[str, BeforeValidator(_length), _length_schema()]
RampLength = Annotated[str, BeforeValidator(_ramp_length), _length_schema("transition")]
StyleWeight = Annotated[float, Field(ge=0, le=STRONGEST, allow_inf_nan=False)]


def length_in_frames(length: str, rate: Fraction) -> int:
    """`"24f"` or `"1.5s"` → whole frames at `rate` (the nearest)."""
    match = _LENGTH.fullmatch(length)
    if not match:
        raise ValueError(f"{length!r} is neither frames nor seconds")
    return int(match[1]) if match[1] else floor(Fraction(match[2]) * rate + Fraction(1, 2))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """`{"ramp.out": "0f"}` → `{"ramp": {"out": "0f"}}`; tables given as such are merged in."""
    tree: dict[str, Any] = {}
    for key, value in values.items():
        *parents, last = key.split(".")
        branch = tree
        for parent in parents:
            below = branch.get(parent)
            branch[parent] = branch = dict(below) if isinstance(below, Mapping) else {}
        both = isinstance(value, Mapping) and isinstance(branch.get(last), Mapping)
        branch[last] = {**branch[last], **value} if both else value
    return tree


def flat(values: Mapping[str, Any], parent: str = "") -> dict[str, Any]:
    """`{"ramp": {"out": "0f"}}` → `{"ramp.out": "0f"}`."""
    leaves: dict[str, Any] = {}
    for key, value in values.items():
        leaves |= flat(value, f"{parent}{key}.") if isinstance(value, Mapping) else {parent + key: value}
    return leaves


class Strict(BaseModel):
    """A table of the film file: no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Ramp(Strict):
    """How the style weight rises and falls at the ends of a clip; `to` is where it starts from."""

    at: Literal["scene", "cut", "transition"] = "scene"
    in_: RampLength = Field(default="transition", alias="in")
    out: RampLength = "transition"
    to: StyleWeight = 0.0
    curve: Literal["linear", "smooth", "ease"] = "linear"


class Stability(Strict):
    """Steadying in time: the flow-guided blend's share, and the median's frames."""

    flow: Annotated[float, built(0.0)] = 0.0
    median: Annotated[int, built(0)] = 0


class Wear(Strict):
    """Every key that says how a style is worn; what `set` and `--set` can reach."""

    model_config = ConfigDict(json_schema_extra={"patternProperties": {r"^(ramp|stability)\.[a-z]+$": {}}})

    style: Annotated[str, Field(min_length=1)] | None = None
    chain: Annotated[list[Any], built([])] = []
    style_weight: StyleWeight = 1e10
    trained_weight: Annotated[float, Field(gt=0, le=STRONGEST, allow_inf_nan=False)] = 1e10
    ramp: Ramp = Ramp()
    matte: Annotated[Any, built(False, "none"), AfterValidator(lambda _: False)] = False
    projection: Annotated[Literal["flat", "equirect", "auto"], built("flat", "equirect")] = "flat"
    stability: Stability = Stability()
    keep_colour: Annotated[float, built(0.0)] = 0.0
    stroke_scale: Annotated[float, built(1.0)] = 1.0
    morph: Annotated[bool, built(False)] = False

    @model_validator(mode="before")
    @classmethod
    def _undot(cls, data: Any) -> Any:
        return nested(data) if isinstance(data, Mapping) else data

    def given(self) -> dict[str, Any]:
        """The keys that were written, flat: `{"ramp.out": "0f"}`."""
        return flat(self.model_dump(by_alias=True, exclude_unset=True))


class PresetBody(Wear):
    """A preset as it is written: what it wears, and which preset it goes on from."""

    extends: Annotated[str, Field(min_length=1)] | None = None
    title: str | None = None
    licence: str | None = None

    def given(self) -> dict[str, Any]:
        """The keys that are worn, flat; not the texts about the preset."""
        return {key: value for key, value in super().given().items() if key not in _ABOUT}


_ABOUT = ("extends", "title", "licence")


def is_style_path(style: str) -> bool:
    """Whether a preset's `style` is a file (`nets/udnie.pth`), not the name of a style on the shelf."""
    return "/" in style or "\\" in style or style.lower().endswith((".safetensors", ".pth", ".pt", ".model"))


def rooted_style(values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Flat values whose style, where it is a path, is absolute: relative paths start at `folder`.

    A path of Windows stays as it is on other systems.
    """
    style = values.get("style")
    if not isinstance(style, str) or not is_style_path(style) or (is_windows(style) and os.name != "nt"):
        return dict(values)
    return {**values, "style": str((folder / style.replace("\\", "/")).absolute())}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Values that one rule gives, flat and checked, and the rule's name for people. Equal to itself alone."""

    rule: str
    values: Mapping[str, Any]


def merged(layers: Iterable[Layer]) -> tuple[Wear, dict[str, str]]:
    """Layers, the strongest first → what is worn, and the rule that gave each value.

    Keys that no rule gives have their default and do not appear among the rules.
    """
    values: dict[str, Any] = {}
    rules: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            if key not in values:
                values[key], rules[key] = value, layer.rule
    return Wear.model_validate(values), rules


def recipe_text(wear: Wear) -> str:
    """Everything a preset resolved to, as JSON with its keys sorted."""
    return json.dumps(wear.model_dump(by_alias=True), sort_keys=True)


def read_recipe(text: str) -> Wear:
    """The preset that `recipe_text` wrote down."""
    return Wear.model_validate(json.loads(text))
