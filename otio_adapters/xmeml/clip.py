"""What one xmeml clip item uses: its media and time map, or why it stays on its original.

Knows nothing of tracks, of other clips, or of nested sequences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from ...core.cut import Marker, MediaKind, MediaRef, Note, Skipped, Use
from ...core.paths import PathMap
from ...core.rates import FrameRange
from ...core.timemap import Time, TimeMap
from ..premiere.numbers import DEFAULT_MARKER_COLOUR, colour_name
from .clock import own_frame, time_of
from .effects import later_effects
from .grain import grain_of
from .media import NO_MEDIA, File, file_of, kind_of, may_move, media_of, read_file
from .track import Placed
from .tree import Element
from .values import FARTHEST, Passed, enabled, number

_LONGEST = 2_000_000  # record frames: nine hours at 60 a second


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a clip item needs of its document: the sequence's rate, every file's definition, the paths.

    `known` and `media` keep what has been read of files, by their place in the document.
    """

    rate: Fraction
    files: Mapping[str, Element]
    paths: PathMap
    known: dict[int, File] = field(default_factory=dict)
    media: dict[tuple[int, MediaKind], MediaRef] = field(default_factory=dict)


def markers_of(element: Element, frame: Fraction = Fraction(1)) -> tuple[Marker, ...]:
    """The markers that stand directly in a sequence or a clip item, on its own axis.

    `frame` is how many frames one of that axis lasts.
    """
    found = []
    for marker in element.all("marker"):
        first, stop = number(marker, "in"), number(marker, "out")
        if first is None or not 0 <= first <= FARTHEST:
            continue
        stop = first if stop is None else min(max(first, stop), FARTHEST)
        packed = number(marker, "pproColor")
        colour = DEFAULT_MARKER_COLOUR if packed is None else colour_name(packed & 0xFFFFFFFF)
        span = FrameRange(round(first * frame), round(stop * frame))
        found.append(Marker(marker.value("name"), marker.value("comment"), span, colour))
    return tuple(found)


def read_clip(place: Placed, track: str, around: Surroundings) -> tuple[Use | Skipped, list[Note]]:
    """One clip item as a use, or as skipped with the reason, and what is to be noted of it."""
    item, name = place.item, place.item.value("name")
    try:
        check_place(place)
        file = _file(item, around)
        kind, time, notes = _shown(place, file, around)
    except Passed as passed:
        return skipped(place, track, passed)
    media = _media(file, kind, around)
    use = Use(
        id=place.id,
        track=track,
        clip=name or media.name,
        record=place.record,
        time=time,
        media=media,
        head=place.head,
        tail=place.tail,
        label=item.value("labels", "label2"),
        markers=markers_of(item, own_frame(item, around.rate)),
        grain=Fraction(0) if kind == "still" else grain_of(item, time, around.rate),
    )
    if effects := ", ".join(later_effects(item)):
        message = f"{use.clip}: {effects} will act on the styled picture"
        notes = [*notes, Note("W-CLIPFX", message, place.record.first)]
    return use, notes


def check_place(place: Placed) -> None:
    """Raises Passed where an item is switched off, or stands nowhere that makes sense."""
    if not enabled(place.item):
        raise Passed("disabled")
    if place.trouble:
        raise Passed(place.trouble)
    if len(place.covered) > _LONGEST:
        raise Passed(f"unsupported: it is {len(place.covered):,} frames long, and {_LONGEST:,} is the most")


def skipped(place: Placed, track: str, passed: Passed) -> tuple[Skipped, list[Note]]:
    """An item that stays on its original, and the note on it where there is to be one."""
    name = place.item.value("name")
    notes = [Note(passed.code, f"{name}: {passed.advice}", place.record.first)] if passed.code else []
    if passed.reason == "disabled":
        notes = [Note("W-DISABLED", f"{name} on {track} is disabled", place.record.first)]
    return Skipped(name, track, place.record, passed.reason), notes


def _file(item: Element, around: Surroundings) -> File:
    if item.tag == "generatoritem":
        raise Passed(NO_MEDIA)
    if item.find("multiclip"):
        advice = "multicam clips are not followed: Multi-Camera > Flatten in Premiere"
        raise Passed("unsupported: a multicam clip; flatten it in Premiere", "E-MULTICAM", advice)
    element = file_of(item, around.files)
    if element is None or element.start not in around.known:
        file = read_file(item, element, around.rate)
        around.known[file.element.start] = file
        return file
    return around.known[element.start]


def _shown(place: Placed, file: File, around: Surroundings) -> tuple[MediaKind, Time, list[Note]]:
    """What kind of media a clip shows, when it shows which frame, and what is to be noted of that."""
    if may_move(file, around.rate):
        time, notes = time_of(place, around.rate, file.plays)
        kind = kind_of(file, time.frames(FrameRange(0, len(place.record))))
        if kind != "still":
            return kind, time, notes
    return "still", TimeMap(Fraction(0), Fraction(0)), []  # its in is about an hour of half a day


def _media(file: File, kind: MediaKind, around: Surroundings) -> MediaRef:
    key = file.element.start, kind
    if key not in around.media:
        around.media[key] = media_of(file, kind, around.rate, around.paths)
    return around.media[key]
