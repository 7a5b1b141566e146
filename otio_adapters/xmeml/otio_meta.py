"""What OpenTimelineIO has no place for: the `stylereel` metadata, markers, labels and filters of xmeml.

All of it is plain data of OpenTimelineIO's own schemas, so that a file can be read where this program
is not installed.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from ...core.cut import Marker
from .tree import Element
from .values import enabled, number

METADATA = "stylereel"
_SPEED = "timeremap"
_NUMBERS = {"in": "in", "out": "out", "ticks_in": "pproTicksIn", "ticks_out": "pproTicksOut"}
_LINK = ("mediatype", "trackindex", "clipindex", "groupindex")


def told(**values: Any) -> dict[str, Any]:
    """Metadata of ours, without what is empty."""
    return {METADATA: {key: value for key, value in values.items() if value not in (None, "", [], {})}}


def item_metadata(item: Element, item_id: str) -> dict[str, Any]:
    """What an item says of itself: its id, the numbers of its clocks, links, label, channel."""
    file = item.find("file")
    return told(
        id=item_id,
        masterclipid=item.value("masterclipid"),
        file=file.attributes.get("id", "") if file else "",
        label=item.value("labels", "label2"),
        channel=number(item, "sourcetrack", "trackindex"),
        links=[_link(link) for link in item.all("link")],
        attributes={name: value for name, value in item.attributes.items() if name != "id"},
        **{name: number(item, tag) for name, tag in _NUMBERS.items()},
    )


def track_metadata(track: Element, left_out: list[dict[str, Any]]) -> dict[str, Any]:
    """What a track says of itself: exploded stereo, its output channel; and what could not be placed."""
    return told(
        attributes=dict(track.attributes),
        locked=track.value("locked").upper() == "TRUE",
        output_channel=number(track, "outputchannelindex"),
        left_out=left_out,
    )


def label_of(item: Element) -> otio.core.Color | None:
    """An item's label, by its name: what colour it has is a setting of the editor's."""
    name = item.value("labels", "label2")
    return otio.core.Color(name=name) if name else None


def marker(of: Marker, start: Fraction, rate: Fraction) -> otio.schema.Marker:
    """A marker, `start` frames later; its colour is one of OpenTimelineIO's names or `#RRGGBB`."""
    times = (start + of.span.first, Fraction(len(of.span)))
    return otio.schema.Marker(
        name=of.name,
        marked_range=otio.opentime.TimeRange(*(time(frames, rate) for frames in times)),
        color=of.colour.upper(),
        comment=of.comment,
    )


def time(frames: Fraction | int, rate: Fraction) -> otio.opentime.RationalTime:
    """Frames at a rate as OpenTimelineIO's floating-point time."""
    return otio.opentime.RationalTime(float(frames), float(rate))


def filters(item: Element) -> Iterator[otio.schema.Effect]:
    """The filters of an item but that of its speed, with their parameters and keyframes."""
    for filter_ in item.all("filter"):
        effect = filter_.find("effect")
        if effect is None or effect.value("effectid").lower() == _SPEED:
            continue
        found = otio.schema.Effect(
            name=effect.value("name"),
            effect_name=effect.value("effectid") or effect.value("name"),
            metadata=told(
                category=effect.value("effectcategory"),
                mediatype=effect.value("mediatype"),
                parameters=parameters(effect),
            ),
        )
        found.enabled = enabled(filter_) and effect.value("pproBypass").upper() != "TRUE"
        yield found


def parameters(effect: Element) -> dict[str, Any]:
    """The values of an effect or a generator by their ids; keyframes as pairs of when and value."""
    found: dict[str, Any] = {}
    for parameter in effect.all("parameter"):
        value = parameter.find("value")
        entry: dict[str, Any] = {"value": _plain(value) if value else ""}
        keys = [[key.value("when"), _plain(key.find("value"))] for key in parameter.all("keyframe")]
        found[parameter.value("parameterid") or parameter.value("name")] = entry | (
            {"keyframes": keys} if keys else {}
        )
    return found


def _plain(value: Element | None) -> Any:
    if value is None:
        return ""
    return {child.tag: _plain(child) for child in value.children} if value.children else value.text.strip()


def _link(link: Element) -> dict[str, Any]:
    values = {tag: number(link, tag) if tag != "mediatype" else link.value(tag) for tag in _LINK}
    return {"clip": link.value("linkclipref"), **{tag: value for tag, value in values.items() if value}}
