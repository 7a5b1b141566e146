"""What one xmeml clip item uses: its media and time map, or why it stays on its original.

Knows files, rates and the two clocks of a clip item; knows nothing of tracks or of other clips.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import PurePosixPath

from ..core.cut import Marker, MediaRef, Note, Skipped, Use
from ..core.paths import PathMap
from ..core.rates import FrameRange, parse_timecode, rate_from_timebase
from ..core.timemap import TimeMap
from .pathurls import on_disk, to_path
from .premiere import DEFAULT_MARKER_COLOUR, colour_name, frames_of
from .xmeml_track import Placed, number
from .xmltree import Element

STILLS = frozenset(
    ".png .jpg .jpeg .tif .tiff .bmp .gif .psd .tga .exr .dpx .cin .webp .heic .ai .eps .svg".split()
)
_NO_MEDIA = "a title, generator or adjustment layer: it has no media file"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a clip item needs of its document: the sequence's rate, every file's definition, the paths."""

    rate: Fraction
    files: Mapping[str, Element]
    paths: PathMap


class _Passed(Exception):
    """Why a clip stays on its original."""


def rate_of(element: Element | None) -> Fraction | None:
    """The rate of an element's `<rate>`, or None where it has none that makes sense."""
    timebase = number(element, "rate", "timebase") if element else None
    if element is None or timebase is None or not 0 < timebase <= 1000:
        return None
    return rate_from_timebase(timebase, element.value("rate", "ntsc").upper() == "TRUE")


def timecode_of(element: Element, rate: Fraction) -> tuple[int, bool]:
    """`<timecode>` → (frame count at `rate`, drop frame); 0 where there is none."""
    text = element.value("timecode", "string")
    drop_frame = element.value("timecode", "displayformat").upper() == "DF"
    try:
        return parse_timecode(text.replace(":", ";") if drop_frame else text, rate)
    except ValueError:
        return max(0, number(element, "timecode", "frame") or 0), drop_frame


def markers_of(element: Element) -> tuple[Marker, ...]:
    """The markers that stand directly in a sequence or a clip item, on its own axis."""
    found = []
    for marker in element.all("marker"):
        first, stop = number(marker, "in"), number(marker, "out")
        if first is None or first < 0:
            continue
        packed = number(marker, "pproColor")
        colour = DEFAULT_MARKER_COLOUR if packed is None else colour_name(packed & 0xFFFFFFFF)
        span = FrameRange(first, max(first, first if stop is None else stop))
        found.append(Marker(marker.value("name"), marker.value("comment"), span, colour))
    return tuple(found)


def enabled(element: Element) -> bool:
    """Whether a clip or a track is switched on."""
    return element.value("enabled").upper() != "FALSE"


def file_of(item: Element, files: Mapping[str, Element]) -> Element | None:
    """The file of a clip item in full, wherever the document defines it."""
    file = item.find("file")
    if file is None or file.children:
        return file
    return files.get(file.attributes.get("id", ""))


def read_clip(place: Placed, track: str, around: Surroundings) -> tuple[Use | Skipped, list[Note]]:
    """One clip item as a use, or as skipped with the reason, and what is to be noted of it."""
    name = place.item.value("name")
    try:
        _check_kind(place, around)
        media = _media(place.item, around)
        first, notes = _first_frame(place, around.rate)
    except _Passed as passed:
        return Skipped(name, track, place.record, str(passed)), []
    first += place.record.first - place.covered.first
    use = Use(
        id=place.id,
        track=track,
        clip=name or media.name,
        record=place.record,
        time=TimeMap(Fraction(first)),
        media=media,
        head=place.head,
        tail=place.tail,
        label=place.item.value("labels", "label2"),
        markers=markers_of(place.item),
    )
    return use, notes


def _check_kind(place: Placed, around: Surroundings) -> None:
    item = place.item
    if not enabled(item):
        raise _Passed("disabled")
    if item.tag == "generatoritem":
        raise _Passed(_NO_MEDIA)
    if item.find("sequence"):
        raise _Passed("unsupported: a nested sequence")
    if item.find("multiclip"):
        raise _Passed("unsupported: a multicam clip; flatten it in Premiere")
    _check_file(item, around)
    if place.trouble:
        raise _Passed(place.trouble)
    if _has_speed(item):
        raise _Passed("unsupported: a speed change")
    if item.value("stillframe").upper() == "TRUE":
        raise _Passed("unsupported: a freeze frame")
    if number(item, "subclipinfo", "startoffset"):
        raise _Passed("unsupported: a subclip with an offset of its own")
    _check_rates(item, around)


def _check_file(item: Element, around: Surroundings) -> None:
    file = file_of(item, around.files)
    stub = item.find("file")
    if file is None and stub is not None:
        file_id = stub.attributes.get("id", "")
        raise _Passed(f"unsupported: its file {file_id!r} is defined nowhere in the document")
    if file is None or not file.value("pathurl"):
        raise _Passed(_NO_MEDIA)
    suffix = PurePosixPath(to_path(file.value("pathurl"))).suffix.lower()
    if suffix in STILLS:
        length, out = number(file, "duration"), number(item, "out")
        moves = length is not None and out is not None and 1 < out <= length
        raise _Passed("unsupported: an image sequence" if moves else "a still image")


def _has_speed(item: Element) -> bool:
    """Whether a time remap does anything: a plain 100 % forward one does not."""
    for filter_ in item.all("filter"):
        effect = filter_.find("effect")
        if effect is None or effect.value("effectid").lower() != "timeremap":
            continue
        values = {p.value("parameterid").lower(): p.value("value").upper() for p in effect.all("parameter")}
        graph = any(p.find("keyframe") for p in effect.all("parameter"))
        plain = values.get("speed", "100") in ("100", "100.0") and values.get("reverse", "FALSE") == "FALSE"
        if graph or not plain or values.get("variablespeed", "0") not in ("0", "FALSE"):
            return True
    return False


def _check_rates(item: Element, around: Surroundings) -> None:
    file = file_of(item, around.files)
    for what, element in (("the clip", item), ("its file", file)):
        if element is None or element.find("rate") is None:
            continue
        rate = rate_of(element)
        if rate != around.rate:
            text = f"at {rate}" if rate else "at a rate that makes no sense"
            raise _Passed(f"unsupported: {what} runs {text} in a sequence at {around.rate}")


def _media(item: Element, around: Surroundings) -> MediaRef:
    file = file_of(item, around.files)
    assert file is not None, "_check_file has seen it"
    editor_path = to_path(file.value("pathurl"))
    start, drop_frame = timecode_of(file, around.rate)
    length = number(file, "duration")
    return MediaRef(
        name=file.value("name") or PurePosixPath(editor_path).name,
        editor_path=editor_path,
        path=on_disk(around.paths.to_local(editor_path)),
        rate=around.rate,
        start=start,
        drop_frame=drop_frame,
        frames=length if length is not None and length > 0 else None,
        reel=file.value("timecode", "reel", "name"),
    )


def _first_frame(place: Placed, rate: Fraction) -> tuple[int, list[Note]]:
    """The media frame at the start of `place.covered`. Ticks win over in and out."""
    item, span = place.item, len(place.covered)
    first, stop = number(item, "in"), number(item, "out")
    if first is None or stop is None or first < 0:
        raise _Passed("unsupported: its in or out is not a whole number of frames")
    ticks_in, ticks_out = number(item, "pproTicksIn"), number(item, "pproTicksOut")
    if ticks_in is None or ticks_out is None or ticks_in < 0:
        if stop - first != span:
            raise _Passed(f"unsupported: a speed change: {stop - first} frames fill {span}")
        return first, []
    exact_first, exact_stop = frames_of(ticks_in, rate), frames_of(ticks_out, rate)
    if abs(exact_stop - exact_first - span) >= 1:
        filled = float(exact_stop - exact_first)
        raise _Passed(f"unsupported: a speed change: {filled:g} frames fill {span}")
    if abs(exact_first - first) < 1 and stop - first == span:
        return first, []
    frame = floor(exact_first + Fraction(1, 1_000_000))
    said = f"in and out say {first} to {stop}, the ticks {frame} to {frame + span}"
    message = f"{item.value('name')}: {said}; the ticks are taken"
    return frame, [Note("W-TICKS", message, place.record.first)]
