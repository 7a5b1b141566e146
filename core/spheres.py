"""What a preset comes to on one media file: whether its picture is a sphere, how its eyes lie, its strokes,
through what it is shown.

Knows presets, what headers say and how large the sequence is. Knows nothing of pixels.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from .cut import Cut, MediaFacts
from .preset import read_recipe, recipe_values

_SPHERE = 'If it is 360°: projection = "equirect"; if not, projection = "flat" says so.'


def settled(recipe: str, known: MediaFacts, cut: Cut) -> str:
    """A recipe for a media file: nothing is `auto` any more, and strokes count in pixels of its frame.

    `auto` is what the header says, else flat, and one eye. A stroke scale is relative to the sequence's
    picture, into which the frame fits; to the frame itself where the document has no size, or where a
    sphere lies in a sequence that is none.
    """
    size = (known.width, known.height)
    return _settled(recipe, known.projection, known.stereo, size, cut.picture)


def parted(recipe: str, known: MediaFacts) -> MediaFacts:
    """The facts of a source; that its frames do not part into the eyes of a settled recipe is trouble too."""
    stereo = recipe_values(recipe)["stereo"]
    side = {"top-bottom": known.height, "side-by-side": known.width}.get(stereo, 0)
    if side % 2 == 0:
        return known
    what = f"frames of {known.width} x {known.height} do not part into two eyes ({stereo})"
    told = f'{what}; stereo = "mono" paints them as one picture.'
    return replace(known, trouble=f"{known.trouble} {told}".strip())


@lru_cache
def _settled(
    recipe: str, said: str, eyes: str, size: tuple[int, int], picture: tuple[int, int] | None
) -> str:
    values = json.loads(recipe)
    if values["projection"] == "auto":
        values["projection"] = "equirect" if said == "equirect" else "flat"
    if values["stereo"] == "auto":
        values["stereo"] = eyes
    if values["stroke_scale"] is not None:
        ratio = _ratio(size, picture, values["projection"] == "equirect", values["stereo"])
        values["stroke_scale"] = round(values["stroke_scale"] * ratio, 4)
    return json.dumps(values, sort_keys=True)


def _ratio(size: tuple[int, int], picture: tuple[int, int] | None, sphere: bool, stereo: str) -> float:
    """How many pixels of a frame lie on one of the sequence, along a side."""
    if picture is None or 0 in picture:
        return 1.0
    if sphere and abs(_shape(*picture, stereo) - 2) > 0.1:
        return 1.0
    return max(size[0] / picture[0], size[1] / picture[1])


def _shape(width: int, height: int, stereo: str) -> float:
    """The width over the height of one eye."""
    return width / height * {"top-bottom": 2.0, "side-by-side": 0.5}.get(stereo, 1.0)


def rules(recipe: str, known: MediaFacts, origins: Mapping[str, str]) -> dict[str, str]:
    """The rule of every key of a recipe; of those that the media had a part in, that too."""
    values, told = recipe_values(recipe), dict(origins)
    said = known.projection or known.stereo != "mono"
    header = "by the media's header" if said else "the media's header says nothing of a sphere"
    for key in ("projection", "stereo"):
        if values[key] == "auto":
            told[key] = f"{told.get(key, 'default')}: auto, {header}"
    if "stroke_scale" in values:
        own = f"{values['stroke_scale']:g} in the sequence's picture"
        told["stroke_scale"] = f"{told.get('stroke_scale', 'default')}: {own}"
    if known.hdr and read_recipe(recipe).follows_tags:
        told["curve"] = f"{told.get('curve', 'default')}: auto, PQ or HLG by the media's header"
    return told


def doubts(recipe: str, known: MediaFacts, name: str) -> Iterator[str]:
    """What to say of a media file whose projection is left to its header."""
    if recipe_values(recipe)["projection"] != "auto":
        return
    if not known.projection and known.closes:
        yield f"{name} looks like 360°, but does not say so, and is painted flat. {_SPHERE}"
    elif known.projection not in ("", "equirect"):
        yield f"{name} says that it is {known.projection}, which is painted as a flat picture"


def sphere_name(recipe: str) -> str:
    """`360°`, `360° top-bottom`, or an empty text for a flat picture of one eye."""
    values: dict[str, Any] = json.loads(recipe)
    sphere = "360°" if values["projection"] == "equirect" else ""
    eyes = values["stereo"] if values["stereo"] not in ("mono", "auto") else ""
    return " ".join(filter(None, (sphere, eyes)))


def shown_name(recipe: str) -> str:
    """`through show.cube`, `through slog3`, or an empty text where only tags may say it."""
    wear = read_recipe(recipe)
    if wear.input_lut:
        return f"through {Path(wear.input_lut).name}"
    return f"through {wear.curve}" if wear.curve not in ("auto", "display") else ""
