"""What a preset may say of a matte: its kind, what that kind needs, and how it is refined.

Knows keys, types and which belong together. Knows nothing of files, nets or pictures.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ..strict import NetSize, Range, Share, Strict

Kind = Literal["sky", "file", "luma", "chroma", "model", "and", "or", "not"]
Pixels = Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]
_OWN: Mapping[str, tuple[str, ...]] = {
    "sky": (),
    "file": ("file", "channel", "offset"),
    "luma": ("low", "high", "soft"),
    "chroma": ("colour", "tolerance", "soft"),
    "model": ("model", "classes", "values", "range", "size", "order"),
    "and": ("of",),
    "or": ("of",),
    "not": ("of",),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {"file": ("file",), "chroma": ("colour",), "model": ("model",)}
_COUNTS = {"and": (2, 99), "or": (2, 99), "not": (1, 1)}


def matte_kind(value: object) -> object:
    """`"sky"` → a table with that kind; `"none"` → no matte."""
    if value is None or value == "none":
        return False
    return {"kind": value} if isinstance(value, str) else value


class Region(Strict):
    """A part of a frame. Lengths are pixels of the frame, `ground` and keys shares of 1.

    `of` are the regions that `and`, `or` and `not` make one. A `file` is read at the source's timecode,
    or `offset` frames of the source after its first one; `{media}` in its name is the source's name.
    `low` … `high` of luma, or up to `tolerance` from a colour, is inside; `soft` is how far beyond it fades.
    `grow`, `shrink`, `ground` (nothing below that share of the height), `feather` and `invert` follow in
    this order.
    """

    kind: Kind | None = None
    of: list["Region"] = []  # noqa: RUF012 (pydantic copies it)
    file: Text | None = None
    channel: Literal["auto", "alpha", "luma"] = "auto"
    offset: int | None = None
    low: Share = 0.0
    high: Share = 1.0
    soft: Share = 0.05
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    tolerance: Share = 0.15
    model: Text | None = None
    classes: list[Annotated[int, Field(ge=0)] | Text] = []  # noqa: RUF012
    values: Literal["softmax", "sigmoid", "none"] | None = None
    range: Range | None = None
    size: NetSize | None = None
    order: Literal["rgb", "bgr"] = "rgb"
    grow: Pixels = 0.0
    shrink: Pixels = 0.0
    ground: Share | None = None
    feather: Pixels = 0.0
    invert: bool = False

    @model_validator(mode="after")
    def _sound(self) -> "Region":
        if self.kind and (stray := strays(self)):
            message = "{key} is not for a matte of the kind {kind}"
            about = {"key": stray, "kind": self.kind, "keys": ("kind", stray)}
            raise PydanticCustomError("stray", message, about)
        if odd := next(filter(None, map(unlike, self.of)), ""):
            raise PydanticCustomError("part", "one of its parts: {odd}", {"odd": odd})
        if self.low > self.high:
            message = "low lies above high, so nothing is inside"
            raise PydanticCustomError("range", message, {"keys": ("low", "high")})
        return self


def strays(region: Region) -> str:
    """A key that says something and belongs to another kind of matte, or nothing."""
    others = {key for keys in _OWN.values() for key in keys} - {*_OWN[region.kind or "sky"]}
    plain = {key: Region.model_fields[key].default for key in others}
    return next((key for key in sorted(others) if getattr(region, key) != plain[key]), "")


def unlike(region: Region) -> str:
    """Why a region is not whole, in words; empty where it is."""
    if region.kind is None:
        return 'kind is missing: "sky", "file", "luma", "chroma", "model", "and", "or" or "not"'
    if lacks := [key for key in _NEEDED.get(region.kind, ()) if getattr(region, key) is None]:
        return f"{lacks[0]} is missing, which a matte of the kind {region.kind} needs"
    if region.kind == "luma" and (region.low, region.high) == (0, 1):
        return "low or high is missing: from 0 to 1 a matte of the kind luma takes in every light"
    if stray := strays(region):
        return f"{stray} is not for a matte of the kind {region.kind}"
    least, most = _COUNTS.get(region.kind, (0, 0))
    if not least <= len(region.of) <= most:
        wanted = "one matte" if most == 1 else "two mattes or more"
        return f'"{region.kind}" needs {wanted}: of = [ {{ kind = "sky" }}, … ]'
    return ""
