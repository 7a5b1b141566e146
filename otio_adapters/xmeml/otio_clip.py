"""One item of an xmeml track as OpenTimelineIO has it: media reference, source range, time effects.

Speed is written in OpenTimelineIO's own dialect: the duration of a source range is what the clip takes
on the timeline. Knows nothing of tracks or of what stands in a nest.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Any

import opentimelineio as otio

from ...core.cut import MediaRef
from ...core.paths import PathMap
from ...core.rates import FrameRange
from ...core.timemap import Graph, Time, TimeMap
from ..pathurls import to_path
from .clip import markers_of
from .clock import own_frame, time_of
from .media import file_of, kind_of, may_move, media_of, read_file
from .otio_meta import METADATA, filters, item_metadata, label_of, marker, parameters, time, told
from .track import Placed
from .tree import Element
from .values import FARTHEST, Passed, enabled, number, rate_of, timecode_of

_NUDGE = Fraction(1, 1_000_000)
_NUMBERED = re.compile(r"(.*?)(?<!%)(?<!%[0-9A-Fa-f])(\d+)(\.[^./]*)", re.DOTALL)  # not the 20 of a %20


@dataclass(frozen=True, slots=True)
class Around:
    """What an item needs of its document: the rate of its sequence, and every file in full.

    `known` keeps what has been read of a file, by its place in the document and its kind.
    """

    rate: Fraction
    files: Mapping[str, Element]
    known: dict[tuple[int, str], MediaRef] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Played:
    """When an item shows which frames of what is under it, counted at the sequence's rate from `first`.

    `effects` change its speed. `more` has what they cannot say.
    """

    first: Fraction
    effects: list[otio.schema.Effect] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


def clip_of(place: Placed, around: Around) -> otio.schema.Clip:
    """A clip item or a generator, enabled or not, with its media wherever the document defines it."""
    item, file = place.item, file_of(place.item, around.files)
    if item.tag == "generatoritem" or file is None or not file.value("pathurl"):
        played, begins = how_played(place, around.rate), Fraction(0)
        reference = _no_file(item, file)
    else:
        played, media = _media(place, file, around)
        begins = Fraction(media.start) * around.rate / (media.plays or around.rate)
        reference = _reference(file, media)
    clip = otio.schema.Clip(name=item.value("name"), media_reference=reference)
    dress(clip, place, played, begins, around.rate)
    return clip


def how_played(place: Placed, grid: Fraction, plays: Fraction | None = None) -> Played:
    """An item's speed and the frame it begins on; its in where its numbers cannot be meant."""
    try:
        found, _ = time_of(place, grid, plays)
    except Passed as passed:
        own = own_frame(place.item, grid)
        return Played(max(0, number(place.item, "in") or 0) * own, more={"unread": passed.reason})
    return played_as(found, len(place.record))


def played_as(found: Time, length: int) -> Played:
    """A time map in OpenTimelineIO's words; keyframes become their mean, and are kept beside it."""
    more: dict[str, Any] = {}
    if isinstance(found, Graph):
        more["graph"] = [[str(offset), str(frame)] for offset, frame in found.keys]
        step = Fraction(found.frame(length) - found.frame(0), length)
        first = Fraction(found.frame(0))
    else:
        assert isinstance(found, TimeMap), "an item of a document is not seen through a nest"
        first, step = found.first, found.step
    if step == 1:
        return Played(first, more=more)
    if step == 0:
        return Played(first, [otio.schema.FreezeFrame()], more)
    if step < 0:  # the range holds what is shown, its first frame last
        first -= ceil(length * -step - _NUDGE) - 1
    return Played(first, [otio.schema.LinearTimeWarp(time_scalar=float(step))], more)


def dress(item: otio.core.Item, place: Placed, played: Played, begins: Fraction, rate: Fraction) -> None:
    """Gives a clip or a nest its range, effects, markers, label and all that a document says of it.

    `begins` is the first frame of what is under it, as its own clock counts.
    """
    first = begins + played.first
    item.source_range = otio.opentime.TimeRange(time(first, rate), time(len(place.record), rate))
    item.enabled = enabled(place.item)
    item.color = label_of(place.item)
    item.effects.extend([*played.effects, *filters(place.item)])
    marks = markers_of(place.item, own_frame(place.item, rate))
    item.markers.extend(marker(each, begins, rate) for each in marks)
    metadata = item_metadata(place.item, place.id)
    item.metadata[METADATA] = {**metadata[METADATA], **played.more}


def _media(place: Placed, element: Element, around: Around) -> tuple[Played, MediaRef]:
    grid = around.rate
    try:
        file = read_file(place.item, element, grid)
    except Passed as passed:  # camera raw, or a path that is none: OpenTimelineIO need not read it
        played = how_played(place, grid)
        return Played(played.first, played.effects, {**played.more, "unread": passed.reason}), _named(
            element, grid
        )
    kind = "still"
    if may_move(file, grid):
        try:
            found, _ = time_of(place, grid, file.plays)
            kind = kind_of(file, found.frames(FrameRange(0, len(place.record))))
        except Passed:
            kind = "movie"
    played = Played(Fraction(0)) if kind == "still" else how_played(place, grid, file.plays)
    key = element.start, kind
    if key not in around.known:
        around.known[key] = media_of(file, kind, grid, PathMap())
    return played, around.known[key]


def _named(element: Element, grid: Fraction) -> MediaRef:
    """A file that this program cannot read, as far as the document tells of it."""
    rate, path = rate_of(element) or grid, to_path(element.value("pathurl"))
    length = number(element, "duration")
    return MediaRef(
        name=element.value("name"),
        editor_path=path,
        path=Path(path),
        rate=grid,
        start=timecode_of(element, rate)[0],
        frames=length if length is not None and 0 < length <= FARTHEST else None,
        reel=element.value("timecode", "reel", "name"),
        plays=rate,
    )


def _reference(file: Element, media: MediaRef) -> otio.core.MediaReference:
    counted = media.plays or media.rate
    has = None
    if media.frames and media.kind != "still":
        has = otio.opentime.TimeRange(time(media.start, counted), time(media.frames, counted))
    metadata = told(id=file.attributes.get("id", ""), reel=media.reel, drop_frame=media.drop_frame)
    pathurl = file.value("pathurl")
    numbered = _NUMBERED.fullmatch(pathurl) if media.kind == "sequence" else None
    if numbered is None:
        reference = otio.schema.ExternalReference(target_url=pathurl, available_range=has, metadata=metadata)
        reference.name = media.name
        return reference
    folder, slash, prefix = numbered[1].rpartition("/")
    reference = otio.schema.ImageSequenceReference(
        target_url_base=folder + slash,
        name_prefix=prefix,
        name_suffix=numbered[3],
        start_frame=int(numbered[2]),
        frame_zero_padding=len(numbered[2]),
        rate=float(counted),
        available_range=has,
        metadata=metadata,
    )
    reference.name = media.name
    return reference


def _no_file(item: Element, file: Element | None) -> otio.core.MediaReference:
    """A title, matte or slug by what makes it; a reference to nothing where the document leads nowhere."""
    effect, stub = item.find("effect"), item.find("file")
    file_id = stub.attributes.get("id", "") if stub else ""
    if effect is None and (file is None or item.find("multiclip")):
        kind = "multicam" if item.find("multiclip") else ""
        return otio.schema.MissingReference(metadata=told(id=file_id, kind=kind))
    source = file.value("mediaSource") if file else ""
    return otio.schema.GeneratorReference(
        name=(file.value("name") if file else "") or item.value("name"),
        generator_kind=(effect.value("effectid") if effect else "") or source or "Slug",
        parameters=parameters(effect) if effect else {},
        metadata=told(id=file_id, source=source),
    )
