"""How fast an OTIO item plays, how long it is on its track, and its time map.

Two dialects of `LinearTimeWarp` are written: in OpenTimelineIO's own the duration of `source_range`
is that on the timeline, in Premiere's it is that of the source. Which one a document speaks is
`dialect`'s to tell.
"""

from fractions import Fraction
from math import ceil

import opentimelineio as otio

from ...core.timemap import TimeMap
from .times import frames_at

_NUDGE = Fraction(1, 1_000_000)
_FINEST = 10_000_000  # the largest denominator of a speed: -0.8 is -4/5, whatever its float says
_HARMLESS = frozenset(  # what belongs to the clip's place, or is no picture; by name, or by id as in xmeml
    (
        *("motion", "basic motion", "basic", "basicmotion", "opacity"),
        *("volume", "channel volume", "panner", "audiolevels", "audiopan"),
    )
)


def speed_of(item: otio.core.Item) -> Fraction | None:
    """The product of an item's time effects; below 0 in reverse, 0 for a freeze.

    None where one of them is of a kind that nobody knows. Raises ValueError where one is no number.
    """
    speed = Fraction(1)
    for effect in _time_effects(item):
        if not isinstance(effect, otio.schema.LinearTimeWarp):
            return None
        frozen = isinstance(effect, otio.schema.FreezeFrame)
        speed *= 0 if frozen else _exact(effect.time_scalar)
    return speed


def unknown_effect(item: otio.core.Item) -> str:
    """The name of the first time effect that is not understood."""
    unknown = (fx for fx in _time_effects(item) if not isinstance(fx, otio.schema.LinearTimeWarp))
    return next((name_of(effect) for effect in unknown), "")


def name_of(effect: otio.schema.Effect) -> str:
    """What an effect is called."""
    return effect.effect_name or effect.name or effect.schema_name()


def later_effects(item: otio.core.Item) -> list[str]:
    """The effects that act on the picture after the style has; motion and opacity do no harm there."""
    others = (fx for fx in item.effects if not isinstance(fx, otio.schema.TimeEffect) and _is_on(fx))
    return [name for effect in others if (name := name_of(effect)).casefold() not in _HARMLESS]


def length_of(item: otio.core.Item, rate: Fraction, premiere: bool) -> Fraction:
    """How many record frames an item takes on its track, not rounded.

    Raises ValueError or OTIOError where it has no length.
    """
    length = frames_at(item.duration(), rate)
    if length < 0:
        raise ValueError(f"{item.name or item.schema_name()} is {float(length):g} frames long")
    speed = speed_of(item) if premiere else None
    return length / abs(speed) if speed else length


def line(start: Fraction, length: Fraction, step: Fraction) -> TimeMap:
    """The time map of an item that begins at media frame `start` and takes `length` record frames.

    Played in reverse, the last frame of its range comes first.
    """
    if step >= 0:
        return TimeMap(start, step)
    return TimeMap(start + ceil(length * -step - _NUDGE) - 1, step)


def _time_effects(item: otio.core.Item) -> list[otio.schema.TimeEffect]:
    return [fx for fx in item.effects if isinstance(fx, otio.schema.TimeEffect) and _is_on(fx)]


def _is_on(effect: otio.schema.Effect) -> bool:
    return getattr(effect, "enabled", True)


def _exact(scalar: float) -> Fraction:
    try:
        return Fraction(scalar).limit_denominator(_FINEST)
    except (ValueError, OverflowError, TypeError) as error:
        raise ValueError(f"a speed of {scalar} makes no sense") from error
