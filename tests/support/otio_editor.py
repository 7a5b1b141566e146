"""What an editor would show of an `.otio`: every record frame of every clip, read on its own.

Plain JSON, no OpenTimelineIO: nests, time warps in both dialects, mixed rates, transitions.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, prod
from typing import Any, Literal

from support.editor import path_of
from support.seen import Position, Seen

Node = dict[str, Any]
Warp = Literal["otio", "premiere"]


@dataclass(frozen=True, slots=True)
class _Item:
    """A clip or nest on its track: record frames `first` … `stop - 1` seen, its cut at `cut`."""

    node: Node
    first: int
    stop: int
    cut: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the document is to be read: its frames a second, and what a time warp's range counts."""

    grid: Fraction
    warp: Warp = "otio"


def shown(data: bytes, grid: Fraction, warp: Warp = "otio") -> Iterator[Seen]:
    """Everything that a timeline shows at `grid` frames a second; of the warps `warp` is the dialect."""
    return _stack(json.loads(data)["tracks"], Dialect(grid, warp))


def exact(rate: float) -> Fraction:
    """The rate that a rounded number means: 23.976 is 24000/1001."""
    whole = round(rate)
    return Fraction(whole) if abs(rate - whole) < 0.001 else Fraction(whole * 1000, 1001)


def _stack(stack: Node, how: Dialect) -> Iterator[Seen]:
    """What stands in a stack, counted from its own first frame."""
    layers = [child for child in stack["children"] if child.get("kind", "Video") == "Video"]
    for number, layer in enumerate(layers, 1):
        if layer.get("enabled", True):
            if _is(layer, "Track"):
                yield from _track(layer, f"V{number}", how)
            else:
                stop = round(_seconds(layer, how) * how.grid)
                yield from _shows(_Item(layer, 0, stop, 0), f"V{number}", how)


def _track(track: Node, name: str, how: Dialect) -> Iterator[Seen]:
    for item in _items(track, how):
        yield from _shows(item, name, how)


def _items(track: Node, how: Dialect) -> Iterator[_Item]:
    at = Fraction(0)
    children = track["children"]
    for index, child in enumerate(children):
        if _is(child, "Transition"):
            continue
        begin, at = at, at + _seconds(child, how)
        cut, stop = round(begin * how.grid), round(at * how.grid)
        before = children[index - 1] if index and _is(children[index - 1], "Transition") else None
        after = children[index + 1 : index + 2]
        head = _time(before["in_offset"]) if before else 0
        tail = _time(after[0]["out_offset"]) if after and _is(after[0], "Transition") else 0
        yield _Item(child, cut - round(head * how.grid), stop + round(tail * how.grid), cut)


def _shows(placed: _Item, track: str, how: Dialect) -> Iterator[Seen]:
    node = placed.node
    if not node.get("enabled", True) or _is(node, "Gap"):
        return
    if _is(node, "Clip"):
        media = _reference(node)
        path, known = _path(media), media and media.get("available_range")
        start = _time(known["start_time"]) if known else Fraction(0)
        if path:
            for record, seconds in _moments(placed, how, start):
                yield Seen(track, record, path, Position(seconds - start))
        return
    inner: dict[int, list[Seen]] = {}
    for seen in _stack(node, how) if _is(node, "Stack") else _track(node, "V1", how):
        inner.setdefault(seen.record, []).append(seen)
    for record, seconds in _moments(placed, how, Fraction(0)):
        for seen in inner.get(Position(seconds).frame(how.grid), []):
            yield Seen(f"{track}/{seen.track}", record, seen.path, seen.position)


def _moments(placed: _Item, how: Dialect, default: Fraction) -> Iterator[tuple[int, Fraction]]:
    """Every record frame with the seconds of the clip's own time that are shown there."""
    node, speed = placed.node, _speed(placed.node)
    own = node.get("source_range")
    start = _time(own["start_time"]) if own else default
    if speed < 0:
        rate = exact(own["duration"]["rate"]) if own else how.grid
        length = _seconds(node, how) * abs(speed) * rate
        start += (ceil(length) - 1) / rate
    for record in range(placed.first, placed.stop):
        yield record, start + (record - placed.cut) * speed / how.grid


def _seconds(node: Node, how: Dialect) -> Fraction:
    """How long an item stands on its track."""
    own, speed = node.get("source_range"), _speed(node)
    if own:
        length = _time(own["duration"])
    elif _is(node, "Clip"):
        known = (_reference(node) or {}).get("available_range")
        length = _time(known["duration"]) if known else Fraction(0)
    elif _is(node, "Track"):
        children = [child for child in node["children"] if not _is(child, "Transition")]
        length = sum((_seconds(child, how) for child in children), Fraction(0))
    else:
        length = max((_seconds(child, how) for child in node["children"]), default=Fraction(0))
    return length / abs(speed) if how.warp == "premiere" and speed else length


def _speed(node: Node) -> Fraction:
    effects = node.get("effects") or []
    scalars = [each.get("time_scalar", 0.0) for each in effects if _is(each, "LinearTimeWarp", "FreezeFrame")]
    frozen = any(_is(each, "FreezeFrame") for each in effects)
    return Fraction(0) if frozen else Fraction(prod(Fraction(str(scalar)) for scalar in scalars))


def _reference(clip: Node) -> Node | None:
    if "media_references" in clip:
        return clip["media_references"].get(clip["active_media_reference_key"])
    return clip.get("media_reference")


def _path(media: Node | None) -> str:
    """The media's path, that of all its pictures for an image sequence; empty where there is no file."""
    if media is None or _is(media, "MissingReference", "GeneratorReference"):
        return ""
    if _is(media, "ImageSequenceReference"):
        url = f"{media['target_url_base']}{media['name_prefix']}*{media['name_suffix']}"
    else:
        url = media["target_url"]
    return path_of(url.replace("file:///", "file://localhost/"))


def _time(value: Node) -> Fraction:
    return Fraction(value["value"]) / exact(value["rate"])


def _is(node: Node, *schemas: str) -> bool:
    return node["OTIO_SCHEMA"].partition(".")[0] in schemas
