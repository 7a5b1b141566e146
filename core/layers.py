"""What several rules give a preset, made one: the stronger over the weaker, key by key.

Knows which keys belong together (a style and how its net is declared, a chain and its links). Knows
nothing of where rules come from or which is the stronger.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .dial import scaled, to_dial, weight_name
from .errors import UsageError
from .faults import in_words
from .paths import PathMap, is_windows
from .preset import Link, Wear, flat, nested

CHECKPOINTS = (".pth", ".pt", ".model")
NET_FILES = (".safetensors", *CHECKPOINTS, ".onnx")
THUMBNAIL = "_thumbnail.jpg"  # behind the name of a preset: what it looks like
_CHANGED = "A rule without matte.kind changes the matte below it; give matte.kind too for one of its own."
_OF_A_STYLE = ("trained_weight", "net")  # keys that mean nothing for another style


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Values that one rule gives, flat and checked, and the rule's name for people. Equal to itself alone."""

    rule: str
    values: Mapping[str, Any]


def merged(layers: Iterable[Layer]) -> tuple[Wear, dict[str, str]]:
    """Layers, the strongest first → what is worn, and the rule that gave each value.

    Keys that no rule gives have their default and do not appear among the rules. A chain's links have
    the weights that they are worn with, and `style_weight` is that of the first, or 0.
    Raises UsageError where a rule changes a link that is not there, or a matte into one that cannot be.
    """
    layers = tuple(layers)
    together = reduce(_over, reversed(layers), Layer("", {}))
    values = together.values
    if lost := next((key for key in values if key.startswith("chain.")), None):
        rule = next(layer.rule for layer in layers if lost in layer.values)
        hint = "There is no chain here; the weight of its style is style_weight."
        raise UsageError(f"{lost}: there is no such link", where=rule, hint=hint)
    origins = {key: _giver(key, layers) for key in values}
    try:
        wear = Wear.model_validate(values)
    except ValidationError as error:
        raise UsageError(
            in_words(error, Wear), where=_at_odds(error, origins, layers), hint=_CHANGED
        ) from error
    if wear.matte and wear.matte.trouble:
        where = next(rule for key, rule in origins.items() if key.startswith("matte."))
        raise UsageError(f"matte: {wear.matte.trouble}", where=where)
    return wear, origins


def _at_odds(error: ValidationError, origins: Mapping[str, str], layers: Iterable[Layer]) -> str:
    """The rules whose keys of a matte do not go together, the stronger over the weaker."""
    names = {f"matte.{name}" for fault in error.errors() for name in fault.get("ctx", {}).get("keys", ())}
    rules = {rule for key, rule in origins.items() if key in names}
    return " over ".join(dict.fromkeys(layer.rule for layer in layers if layer.rule in rules))


def _over(below: Layer, above: Layer) -> Layer:
    return Layer(above.rule, combined(below.values, above.values, above.rule))


def _giver(key: str, layers: Iterable[Layer]) -> str:
    """The strongest rule that gives a key; for a chain and its weight also one that changes a link."""
    own = {key, "chain"} if key == "style_weight" else {key}
    given = ((layer.rule, name) for layer in layers for name in layer.values)
    return next(rule for rule, name in given if name in own or ("chain" in own and name.startswith("chain.")))


def combined(below: Mapping[str, Any], above: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    """Flat values under stronger ones.

    A style takes the place of a chain and a chain that of a style, a curve that of a LUT and a LUT that of a
    curve; a matte with a kind, or none, that of a matte. In a chain `style_weight` sets the
    first link and the others follow by the same factor along the dial; `chain.1.style_weight` and the
    like change one link. Raises UsageError, at `where`, for a link that is not there.
    """
    if above.get("style"):
        below = _without(below, "chain", *_OF_A_STYLE)
    if above.get("chain"):
        below = _without(below, "chain", "style", "style_weight", *_OF_A_STYLE)
    if "curve" in above or above.get("input_lut"):
        below = _without(below, "curve", "input_lut")
    if "matte" in above or "matte.kind" in above:
        below = _without(below, "matte")
    elif any(key.startswith("matte.") for key in above):
        below = {key: value for key, value in below.items() if key != "matte"}
    changes = {key: value for key, value in above.items() if key.startswith("chain.")}
    values = {**below, **_without(above, "chain."), **({"chain": above["chain"]} if "chain" in above else {})}
    if not values.get("chain"):
        return {**values, **changes}
    if alone := next((key for key in above if key.startswith(_OF_A_STYLE)), None):
        hint = f"Write it into the link: chain.0.{alone}."
        raise UsageError(f"{alone}: in a chain every link has its own", where=where, hint=hint)
    links = _changed([Link.model_validate(link) for link in values["chain"]], changes, where)
    weight = above.get("style_weight")
    if weight is None:
        keeps = "chain.0.style_weight" not in changes
        weight = below.get("style_weight", links[0].style_weight) if keeps else links[0].style_weight
    if weight:
        links = _played_at(weight, links)
    return {
        **values,
        "style_weight": weight,
        "chain": [link.model_dump(exclude_unset=True) for link in links],
    }


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Values less some keys and all that lies in them."""
    heads = tuple(f"{name.removesuffix('.')}." for name in names)
    return {key: value for key, value in values.items() if key not in names and not key.startswith(heads)}


def _changed(links: list[Link], changes: Mapping[str, Any], where: str) -> list[Link]:
    for key, value in changes.items():
        _, number, name = key.split(".", 2)
        if int(number) >= len(links):
            hint = f"The chain has {len(links)} links; the last is chain.{len(links) - 1}."
            raise UsageError(f"{key}: there is no such link", where=where, hint=hint)
        if int(number) == 0 and name == "style_weight" and value == 0:
            hint = "The first link carries the dial: style_weight = 0 is the source."
            raise UsageError(f"{key}: cannot be 0", where=where, hint=hint)
        own = flat(links[int(number)].model_dump(exclude_unset=True))
        if name == "style":
            own = _without(own, *_OF_A_STYLE)
        links[int(number)] = Link.model_validate(nested({**own, name: value}))
    return links


def _played_at(weight: float, links: list[Link]) -> list[Link]:
    """The first link at a style weight above 0, the others in their old proportion along the dial."""
    factor = to_dial(weight) / to_dial(links[0].style_weight)
    weights = [weight, *(scaled(link.style_weight, factor) for link in links[1:])]
    return [link.model_copy(update={"style_weight": own}) for link, own in zip(links, weights, strict=True)]


def refuse_weight(settings: Layer, wear: Wear) -> None:
    """Raises UsageError where the command line gives a chain one style weight, which it has several of."""
    weight = settings.values.get("style_weight")
    if wear.chain and weight:
        name, first = weight_name(weight), wear.links[0].style
        hint = (
            f'--set chain.0.style_weight={name} is for the first ("{first}"); style_weight=0 is the source.'
        )
        what = "what is worn is a chain, and each of its links has a weight"
        raise UsageError(what, where=f"--set style_weight={name}", hint=hint)


def check_net(link: Link, where: str, *, poles: bool = False) -> None:
    """Raises UsageError where an ONNX net is not declared, or something else is, or is to paint `poles`."""
    if not link.style.lower().endswith(".onnx"):
        if link.net:
            what = f'net is for ONNX nets; "{link.style}" says itself what it takes'
            raise UsageError(what, where=where, hint="Leave net out.")
    elif link.net is None or link.net.range is None:
        hint = 'net = { range = "-1..1" }, or "0..1", "0..255", "imagenet": as the net was trained.'
        raise UsageError(
            f"net.range is missing: no file says which values {link.style} takes", where=where, hint=hint
        )
    elif poles:
        hint = "Leave poles out, or wear a style or a checkpoint of pytorch/examples."
        what = f"poles need a net whose statistics can be reached; {link.style} is painted as a whole"
        raise UsageError(what, where=where, hint=hint)


def is_style_path(style: str) -> bool:
    """Whether a preset's `style` is a file (`nets/udnie.pth`), not the name of a style on the shelf."""
    return "/" in style or "\\" in style or style.lower().endswith(NET_FILES)


def rooted_style(values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Flat values whose styles, LUTs and mattes, as far as they are paths, are absolute, from `folder`."""
    return _moved(values, lambda path: _rooted(path, folder))


def mapped_style(values: Mapping[str, Any], paths: PathMap) -> dict[str, Any]:
    """The same where this machine finds what the editor's machine calls so."""
    return _moved(values, lambda path: str(paths.to_local(path)))


def _moved(values: Mapping[str, Any], move: Callable[[str], str]) -> dict[str, Any]:
    own = {key: _moved_file(key, value, move) for key, value in values.items()}
    if isinstance(chain := own.get("chain"), list):
        own["chain"] = [{**link, "style": _moved_file("style", link["style"], move)} for link in chain]
    return {
        key: _moved_matte(key.removeprefix("matte."), value, move) if key.startswith("matte.") else value
        for key, value in own.items()
    }


def _moved_file(key: str, value: Any, move: Callable[[str], str]) -> Any:
    """A LUT, or a style that is none of the shelf, moved; what else a key says as it is."""
    styled = key == "style" or (key.startswith(("chain.", "matte.")) and key.endswith(".style"))
    named = isinstance(value, str) and (key == "input_lut" or (styled and is_style_path(value)))
    return move(value) if named else value


def _moved_matte(key: str, value: Any, move: Callable[[str], str]) -> Any:
    """A value of a matte, its file and its net moved; a net of a name is none."""
    if key == "of" and isinstance(value, list):
        return [{name: _moved_matte(name, one, move) for name, one in part.items()} for part in value]
    named = isinstance(value, str) and (key == "file" or (key == "model" and is_style_path(value)))
    return move(value) if named else value


def _rooted(path: str, folder: Path) -> str:
    """A path that is absolute; one of Windows stays as it is on other systems."""
    foreign = is_windows(path) and os.name != "nt"
    return path if foreign else str((folder / path.replace("\\", "/")).absolute())
