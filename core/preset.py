"""How a style is worn: the keys of a preset, their types, ranges and defaults.

Knows which values this version can render and refuses the others by name. Knows nothing of files,
scenes, clips or nets; which rule's values win is decided by `layers`.
"""

import json
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from .dial import STRONGEST
from .mattes.settings import Region, matte_kind, unlike
from .strict import NetSize, Range, Share, Strict

_LENGTH = re.compile(r"(\d+)\s*f|(\d+(?:\.\d+)?)\s*s")


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


def _lut_file(value: object) -> object:
    """`"none"` → no LUT."""
    if value == "none":
        return None
    if isinstance(value, str) and not value.lower().endswith(".cube"):
        raise PydanticCustomError("lut", 'Input should be a .cube file ("show.cube"), or "none"')
    return value


def _length_schema(*words: str) -> WithJsonSchema:
    pattern = "|".join((r"\d+\s*f", r"\d+(\.\d+)?\s*s", *words))
    return WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": f"^({pattern})$"}]}
    )


LutFile = Annotated[str | None, BeforeValidator(_lut_file)]
Length = Annotated[str, BeforeValidator(_length), _length_schema()]
RampLength = Annotated[str, BeforeValidator(_ramp_length), _length_schema("transition")]
StyleWeight = Annotated[float, Field(ge=0, le=STRONGEST, allow_inf_nan=False)]
TrainedWeight = Annotated[float, Field(gt=0, le=STRONGEST, allow_inf_nan=False)]
StyleName = Annotated[str, Field(min_length=1)]
StrokeScale = Annotated[float, Field(ge=0.25, le=8, allow_inf_nan=False)]


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


class Ramp(Strict):
    """How the style weight rises and falls at the ends of a clip; `to` is where it starts from."""

    at: Literal["scene", "cut", "transition"] = "scene"
    in_: RampLength = Field(default="transition", alias="in")
    out: RampLength = "transition"
    to: StyleWeight = 0.0
    curve: Literal["linear", "smooth", "ease"] = "linear"


class Stability(Strict):
    """Steadying in time, along the motion of the source.

    `flow` is the share of the frames before in every painted frame, `flow_median` the frames that a painted
    frame is the median of, itself the middle one; `sharpen` is how much of its finest detail is added to what
    is steadied, which softens it; `median` blurs the source before it is painted, over so many pixels. 0 is
    none of it.
    """

    flow: Annotated[float, Field(ge=0, le=0.9, allow_inf_nan=False)] = 0.5
    flow_median: Literal[0, 3, 5] = 0
    sharpen: Share = 0.24
    median: Literal[0, 3, 5] = 0


class Net(Strict):
    """What an ONNX net's file does not say: the values it takes and gives, and sizes that it needs.

    `output` is for a net that gives another range than it takes. `imagenet` is 0..1 less ImageNet's
    mean over its standard deviation.
    """

    range: Range | None = None
    output: Range | None = None
    size: NetSize | None = None
    colour: Literal["rgb", "bgr"] = "rgb"


class _Strength(Strict):
    style_weight: StyleWeight = 1e10
    trained_weight: TrainedWeight = 1e10
    net: Net | None = None


class Link(_Strength):
    """One net of a chain: a style, and how strongly it paints what the link before it gave."""

    style: StyleName


class LinkChange(_Strength):
    """What a rule changes in a link of a chain that another rule gives."""

    style: StyleName | None = None


class Matte(Region):
    """Where in a frame a preset is worn: outside a matte or inside it, and what the other side wears.

    The other side stays the original, or wears what the key of its name says: another style weight,
    another style. A rule may change single keys of a matte that another rule gives. `stabilise` keeps
    what a net finds steady along the picture's motion.
    """

    apply: Literal["outside", "inside"] = "outside"
    inside: LinkChange | None = None
    outside: LinkChange | None = None
    stabilise: bool = True

    @property
    def other(self) -> LinkChange | None:
        """What the side wears that the preset is not worn on; None where it stays the original."""
        return self.inside if self.apply == "outside" else self.outside

    @property
    def trouble(self) -> str:
        """Why this cannot be a whole matte; empty where it can."""
        if self.inside if self.apply == "inside" else self.outside:
            worn = f'{self.apply} is the side that the preset is worn on (apply = "{self.apply}")'
            return f"{worn}; its own keys say how"
        return unlike(self)


def _carried(links: list[Link]) -> list[Link]:
    if links and links[0].style_weight == 0:
        message = "the first link carries the dial and cannot be 0; style_weight = 0 beside it is the source"
        raise PydanticCustomError("carried", message)
    return links


Chain = Annotated[
    Annotated[list[Link], AfterValidator(_carried), Tag("[links]")]
    | Annotated[dict[Annotated[str, Field(pattern=r"^\d+$")], LinkChange], Tag("[changes]")],
    Discriminator(lambda value: "[changes]" if isinstance(value, Mapping) else "[links]"),
]


def _with_words(schema: dict[str, Any]) -> None:
    schema.setdefault("oneOf", []).append({"enum": ["sky", "none"]})


WornMatte = Annotated[
    Annotated[Matte, Tag("[matte]")] | Annotated[Literal[False], Tag("[none]")],
    Discriminator(lambda value: "[none]" if value is False else "[matte]"),
    BeforeValidator(matte_kind),
    Field(json_schema_extra=_with_words),
]
_DOTTED = r"^((ramp|stability|net)\.[a-z_]+|matte\.[a-z_.]+|chain\.\d+\.[a-z_.]+)$"


class Wear(Strict):
    """Every key that says how a style is worn; what `set` and `--set` can reach.

    `chain` has the links in their order; from a rule that only changes some of them (`chain.0.style_weight`)
    it has those changes by the link's number, which `layers.merged` resolves. What is `auto`, and strokes,
    which are measured in the sequence's picture, `spheres.settled` resolves for a media file. `curve` is that
    of the source, through which it is shown to the nets; `auto` follows each frame's tags. `input_lut`, a
    `.cube` file from the source's codes to a display, takes its place.
    """

    model_config = ConfigDict(json_schema_extra={"patternProperties": {_DOTTED: {}}})

    style: StyleName | None = None
    chain: Chain = []  # noqa: RUF012 (pydantic copies it)
    style_weight: StyleWeight = 1e10
    trained_weight: TrainedWeight = 1e10
    net: Net | None = None
    ramp: Ramp = Ramp()
    matte: WornMatte = False
    projection: Literal["flat", "equirect", "auto"] = "auto"
    stereo: Literal["mono", "top-bottom", "side-by-side", "auto"] = "auto"
    poles: bool = False
    stability: Stability = Stability()
    keep_colour: Share = 0.0
    stroke_scale: StrokeScale | None = None
    morph: bool = False
    curve: Literal["auto", "display", "pq", "hlg", "slog3", "logc3", "vlog"] = "auto"
    input_lut: LutFile = None

    @model_validator(mode="before")
    @classmethod
    def _undot(cls, data: Any) -> Any:
        return nested(data) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "Wear":
        if self.style and self.chain:
            raise PydanticCustomError("both", "has a style and a chain; one or the other is worn")
        if self.input_lut and self.curve != "auto":
            raise PydanticCustomError(
                "shown", "has a curve and an input_lut; footage is shown through one of them"
            )
        return self

    @property
    def follows_tags(self) -> bool:
        """Whether the footage's tags say through which curve it is shown."""
        return self.curve == "auto" and not self.input_lut

    def shows(self, hdr: bool) -> bool:
        """Whether footage, which is PQ or HLG or not, is shown through a curve or a LUT."""
        return hdr if self.follows_tags else self.curve != "display"

    @property
    def links(self) -> tuple[Link, ...]:
        """The nets that paint, one after the other: the chain's, or that of the style, if there is one."""
        if isinstance(self.chain, list) and self.chain:
            return tuple(self.chain)
        if self.style is None:
            return ()
        own = {"style_weight": self.style_weight, "trained_weight": self.trained_weight, "net": self.net}
        return (Link(style=self.style, **own),)

    @property
    def other(self) -> Link | None:
        """The style of its own that the other side of a matte wears, if it has one."""
        change = self.matte.other if self.matte else None
        return Link(**{**change.model_dump(), "net": change.net}) if change and change.style else None

    def style_key(self, key: Callable[[str], str]) -> str:
        """The content of every style that paints, of which `key` gives one's."""
        found = "+".join(key(link.style) for link in self.links)
        return f"{found} | {key(self.other.style)}" if self.other else found

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


def recipe_text(wear: Wear) -> str:
    """Everything a preset resolved to, as JSON with its keys sorted."""
    return json.dumps(wear.model_dump(by_alias=True), sort_keys=True)


def recipe_values(text: str) -> dict[str, Any]:
    """What `recipe_text` wrote down, flat, for people: a chain by its links, nothing that is not set."""
    values = json.loads(text)
    if values.get("chain"):
        values["chain"] = {str(number): link for number, link in enumerate(values["chain"])}
    return {key: value for key, value in flat(values).items() if value is not None}


def read_recipe(text: str) -> Wear:
    """The preset that `recipe_text` wrote down."""
    return Wear.model_validate(json.loads(text))
