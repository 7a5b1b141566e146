"""What an editor would show of an xmeml document: every record frame of every clip, read on its own.

Reads with the standard library alone, so that StyleReel's reading is not held against itself. Knows
straight cuts and transitions as Premiere writes them; nests and clips of another rate are left out.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element


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
