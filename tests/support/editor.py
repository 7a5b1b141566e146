"""What an editor would show of an xmeml document: every record frame of every clip, read on its own.

Reads with the standard library alone, so that StyleReel's reading is not held against itself. `shown`
follows nests, speed and media of any rate; `placed` knows straight cuts and transitions alone, and
leaves nests and clips of another rate out.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from support.seen import NUDGE, Position, Seen, all_pictures

_TICKS = 254_016_000_000
_STILLS = (".png", ".jpg", ".tif", ".exr")
Key = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """A clip item: record frame `first + i` shows frame `media_first + i` of `path`, i below `frames`."""

    track: str
    first: int
    frames: int
    path: str
    media_first: int
    name: str
    ticks: int
    start_timecode: str
    reel: str

    def shows(self) -> Iterator[tuple[int, int]]:
        """Each record frame with the media frame that is seen or heard there."""
        for offset in range(self.frames):
            yield self.first + offset, self.media_first + offset


def placed(document: bytes, sequence: str, kind: str = "video") -> list[Placed]:
    """The enabled clips of a sequence on its enabled tracks, those without a media file left out."""
    root = ElementTree.fromstring(document)
    files = {file.get("id"): file for file in root.iter("file") if len(file)}
    (found,) = (each for each in root.iter("sequence") if each.findtext("name") == sequence)
    clips = []
    for number, track in enumerate(found.findall(f"media/{kind}/track"), 1):
        if track.findtext("enabled") != "FALSE":
            items = [item for item in track if _rate(item) in (None, _rate(found))]
            clips += _on_track(f"{kind[0].upper()}{number}", items, files)
    return sorted(clips)


def path_of(pathurl: str) -> str:
    """A `pathurl` as a path: `C:/a b.mov` or `/a/b.mov`."""
    path = unquote(pathurl.removeprefix("file://localhost"))
    return path[1:] if path[2:3] == ":" else path


def _on_track(track: str, items: list[Element], files: dict[str | None, Element]) -> Iterator[Placed]:
    for index, item in enumerate(items):
        reference = item.find("file")
        if item.tag != "clipitem" or item.findtext("enabled") == "FALSE" or reference is None:
            continue
        file = files[reference.get("id")]
        if file.findtext("pathurl") is None:
            continue
        first, stop = _number(item, "start"), _number(item, "end")
        if first == -1:
            first = _number(_transition(items[index - 1]), "start")
        if stop == -1:
            stop = _number(_transition(items[index + 1]), "end")
        begin, end = _number(item, "in"), _number(item, "out")
        assert end - begin == stop - first, f"{item.get('id')}: {begin}…{end} stands on {first}…{stop}"
        yield Placed(
            track,
            first,
            stop - first,
            path_of(file.findtext("pathurl") or ""),
            begin,
            item.findtext("name") or "",
            _number(item, "pproTicksIn"),
            file.findtext("timecode/string") or "",
            file.findtext("timecode/reel/name") or "",
        )


def _rate(item: Element) -> tuple[str | None, ...] | None:
    rate = item.find("rate")
    return None if rate is None else (rate.findtext("timebase"), rate.findtext("ntsc"))


def _transition(item: Element) -> Element:
    assert item.tag == "transitionitem", f"an edge is -1 beside <{item.tag}>"
    return item


def _number(item: Element, tag: str) -> int:
    return int(item.findtext(tag) or 0)


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its files and sequences in full, by id."""

    files: dict[str | None, Element]
    bodies: dict[str | None, Element]
    sequence: Element


@dataclass(frozen=True, slots=True)
class _Item:
    """A clip item as it is placed: record frames `first` … `stop - 1`, cut in at `cut`."""

    item: Element
    first: int
    stop: int
    cut: int


def opened(data: bytes, name: str) -> Document:
    """A document at its one sequence of that name which stands in full."""
    root = ElementTree.fromstring(data)
    files = {file.get("id"): file for file in root.iter("file") if len(file)}
    bodies = {each.get("id"): each for each in root.iter("sequence") if len(each)}
    (found,) = (each for each in bodies.values() if each.findtext("name") == name)
    return Document(files, bodies, found)


def shown(data: bytes, name: str) -> Iterator[Seen]:
    """Everything that a sequence shows: every record frame of every enabled clip, through all nests."""
    document = opened(data, name)
    return _sequence(document, document.sequence)


def rate_of(element: Element) -> Fraction:
    """The rate of a sequence or a clip item."""
    base, ntsc = int(element.findtext("rate/timebase") or 0), element.findtext("rate/ntsc") == "TRUE"
    return Fraction(base * 1000, 1001) if ntsc else Fraction(base)


def _sequence(document: Document, sequence: Element) -> Iterator[Seen]:
    grid = rate_of(sequence)
    for number, track in enumerate(sequence.findall("media/video/track"), 1):
        if track.findtext("enabled") != "FALSE":
            for item in _items(track, grid):
                yield from _clip(document, item, f"V{number}", grid)


def _items(track: Element, grid: Fraction) -> Iterator[_Item]:
    items = [item for item in track if item.tag in ("clipitem", "transitionitem", "generatoritem")]
    for index, item in enumerate(items):
        if item.tag != "clipitem" or item.findtext("enabled") == "FALSE":
            continue
        first, stop = _number(item, "start"), _number(item, "end")
        cut = first
        if first == -1:
            join = _transition(items[index - 1])
            first = _number(join, "start")
            fade = join.findtext("alignment") == "start-black"
            cut = first + (
                0 if fade else int(Fraction(_number(join, "cutPointTicks")) * grid / _TICKS + NUDGE)
            )
        if stop == -1:
            stop = _number(_transition(items[index + 1]), "end")
        yield _Item(item, first, stop, cut)


def _clip(document: Document, placed: _Item, track: str, grid: Fraction) -> Iterator[Seen]:
    nest, file = placed.item.find("sequence"), placed.item.find("file")
    if nest is not None:
        body = document.bodies[nest.get("id")]
        inner: dict[int, list[Seen]] = {}
        for seen in _sequence(document, body):
            inner.setdefault(seen.record, []).append(seen)
        for record, position in _positions(placed, grid):
            for seen in inner.get(position.frame(rate_of(body)), []):
                yield Seen(f"{track}/{seen.track}", record, seen.path, seen.position)
    elif file is not None and (url := document.files[file.get("id")].findtext("pathurl")):
        path = path_of(url)
        length = document.files[file.get("id")].findtext("duration")
        if path.lower().endswith(_STILLS) and length is None:
            yield from (Seen(track, r, path, Position(Fraction(0))) for r in range(placed.first, placed.stop))
            return
        path = all_pictures(path) if path.lower().endswith(_STILLS) else path
        yield from (Seen(track, record, path, at) for record, at in _positions(placed, grid))


def _positions(placed: _Item, grid: Fraction) -> Iterator[tuple[int, Position]]:
    """Every record frame with the moment of the media, or of the nest, that is shown there."""
    item, records = placed.item, range(placed.first, placed.stop)
    begin = Fraction(_number(item, "in")) / rate_of(item)  # seconds of the clip's own axis
    remap = _remap(item)
    keys = _keys(remap) if remap is not None else []
    if keys and _slope(keys, begin * grid) is None:
        for record in records:
            value, falls = _on_graph(keys, begin * grid + record - placed.first)
            yield record, Position(value / grid, falls)
        return
    percent = Fraction(_parameter(remap, "speed") or "100") / 100 if remap is not None else Fraction(1)
    ticks = item.findtext("pproTicksIn"), item.findtext("pproTicksOut")
    ahead = placed.cut - placed.first
    if keys:
        speed = _slope(keys, begin * grid)
        assert speed is not None
        start = _on_graph(keys, begin * grid + ahead)[0]
        start = Fraction(ceil(start - NUDGE) - 1) if speed < 0 else start
    elif ticks[0] is not None and ticks[1] is not None:
        first, stop = (Fraction(int(each)) * grid / _TICKS for each in ticks)
        plain = remap is None and abs(stop - first - len(records)) < 1
        speed = Fraction(1) if plain else (stop - first) / len(records)
        start = first + ahead * speed
    else:
        speed = percent
        start = (begin * grid + ahead) * speed
    for record in records:
        yield record, Position((start + (record - placed.cut) * speed) / grid)


def _remap(item: Element) -> Element | None:
    effects = item.findall("filter/effect")
    return next((each for each in effects if each.findtext("effectid") == "timeremap"), None)


def _parameter(remap: Element, name: str) -> str | None:
    found = (each for each in remap.findall("parameter") if each.findtext("parameterid") == name)
    return next((each.findtext("value") for each in found), None)


def _keys(remap: Element) -> list[Key]:
    """The graph of a clip's speed: (when on the axis of in and out, frames of media)."""
    keys = [
        (Fraction(key.findtext("when") or 0), Fraction(key.findtext("value") or 0))
        for key in remap.iter("keyframe")
    ]
    return sorted(keys)


def _slope(keys: list[Key], begin: Fraction) -> Fraction | None:
    """The slope of a straight graph where the clip begins; None where the graph bends."""
    slopes = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in pairwise(keys)]
    if any(abs(slope - slopes[0]) > abs(slopes[0]) / 1000 for slope in slopes):
        return None
    at = max(sum(when <= begin for when, _ in keys) - 1, 0)
    return slopes[min(at, len(slopes) - 1)]


def _on_graph(keys: list[Key], when: Fraction) -> tuple[Fraction, bool]:
    """The graph's value, and whether it falls there. It goes on straight beyond its ends."""
    at = min(max(sum(each <= when for each, _ in keys) - 1, 0), len(keys) - 2)
    (left, low), (right, high) = keys[at : at + 2]
    return low + (when - left) * (high - low) / (right - left), high < low
