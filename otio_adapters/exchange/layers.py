"""The video layers of an OTIO stack or track: which items stand where on them, and beside which transitions.

Positions are computed from the schema's own numbers; OTIO's own ranges ignore time warps.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import RationalTime
from opentimelineio.schema import Stack, Timeline, Track

from ...core.rates import FrameRange
from .clip import Place
from .dialect import OURS
from .times import exact_rate, is_frame_rate, nearest
from .warp import length_of


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a stack, `V1`, `V2`, … from the bottom up: a video track, or an item on its own."""

    name: str
    whole: otio.core.Item
    items: tuple[otio.core.Composable, ...]

    @property
    def track(self) -> Track | None:
        """The track, where the layer is one."""
        return self.whole if isinstance(self.whole, Track) else None


def layers_of(nest: Stack | Track) -> Iterator[Layer]:
    """The video layers of a stack; a track that stands as a nest has one."""
    if isinstance(nest, Track):
        yield Layer("V1", nest, tuple(nest))
        return
    shown = (
        child for child in nest if not isinstance(child, Track) or child.kind == otio.schema.TrackKind.Video
    )
    for index, child in enumerate((one for one in shown if isinstance(one, otio.core.Item)), 1):
        yield Layer(f"V{index}", child, tuple(child) if isinstance(child, Track) else (child,))


def foreign_tracks(nest: Stack | Track) -> Iterator[Track]:
    """The tracks of a stack that hold neither pictures nor sound."""
    kinds = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)
    tracks = (child for child in nest if isinstance(child, Track)) if isinstance(nest, Stack) else ()
    return (track for track in tracks if track.kind not in kinds)


def places_of(layer: Layer, rate: Fraction, premiere: bool) -> Iterator[Place]:
    """Every clip, gap and nest of a layer at its place, in the layer's own frames."""
    here = Fraction(0)
    for index, item in enumerate(layer.items):
        if not isinstance(item, otio.core.Item):
            continue
        length = length_of(item, rate, premiere)
        yield Place(
            item=item,
            id=f"{layer.name}/{index + 1}",
            track=layer.name,
            record=FrameRange(nearest(here), nearest(here + length)),
            length=length,
            before=_transition(layer.items, index, -1),
            after=_transition(layer.items, index, 1),
            track_off=layer.track is not None and not layer.track.enabled,
        )
        here += length


def timeline_rate(timeline: Timeline) -> Fraction:
    """The rate of the timeline's timecode, where it has one; else that which most items count in.

    Raises ValueError or OTIOError where there is none.
    """
    start = timeline.global_start_time
    if start is not None and is_frame_rate(start.rate):
        return exact_rate(start.rate)
    if rates := _rates(timeline.tracks):
        return rates.most_common(1)[0][0]
    for clip in timeline.find_clips():
        return exact_rate(clip.duration().rate)
    raise ValueError("it has no clips, so that its rate is unknown")


def nest_rate(nest: Stack | Track, outer: Fraction) -> Fraction:
    """The rate of a nest's own frames: what our own reader of Premiere's XML noted of it, else that of its
    gaps and transitions, which no media has a part in, else that of the sequence around it."""
    if noted := _noted_rate(nest):
        return noted
    rates = Counter(exact_rate(time.rate) for time in _own_times(nest) if is_frame_rate(time.rate))
    return outer if outer in rates or not rates else rates.most_common(1)[0][0]


def _noted_rate(nest: Stack | Track) -> Fraction | None:
    told = nest.metadata.get(OURS)
    nested = told.get("nested") if told is not None and hasattr(told, "get") else None
    text = nested.get("rate") if nested is not None and hasattr(nested, "get") else None
    try:
        rate = Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return None
    return rate if 1 <= rate <= 1000 else None


def _own_times(nest: Stack | Track) -> Iterator[RationalTime]:
    for item in (item for layer in layers_of(nest) for item in layer.items):
        if isinstance(item, otio.schema.Gap) and item.source_range is not None:
            yield item.source_range.duration
        elif isinstance(item, otio.schema.Transition):
            yield from (item.in_offset, item.out_offset)


def _rates(nest: Stack | Track) -> Counter[Fraction]:
    return Counter(
        exact_rate(item.source_range.duration.rate)
        for layer in layers_of(nest)
        for item in layer.items
        if isinstance(item, otio.core.Item)
        and item.source_range is not None
        and is_frame_rate(item.source_range.duration.rate)
    )


def _transition(
    items: tuple[otio.core.Composable, ...], index: int, step: int
) -> tuple[otio.schema.Transition, bool] | None:
    """The transition beside an item, and whether a picture stands on its other side."""
    beside, beyond = index + step, index + 2 * step
    if not 0 <= beside < len(items):
        return None
    transition = items[beside]
    if not isinstance(transition, otio.schema.Transition):
        return None
    meets = 0 <= beyond < len(items) and not isinstance(items[beyond], otio.schema.Gap)
    return transition, meets
