"""What a clip item says of its speed: the `timeremap` filter, its graph, a frozen frame.

Knows the filter alone. What the numbers mean on the clip's clocks is `clock`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from .tree import Element
from .values import FARTHEST, Passed, decimal, enabled

FASTEST = 1000  # media frames per record frame: what is beyond is a slip of the keyboard
_JUNK = 10_000  # frames beyond the graph's own limits that no keyframe stands

Key = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Remap:
    """A speed filter. `speed` is media frames per record frame without its sign, None where it says none.

    `keys` are (frame on the axis of in and out, media frame) by rising frame; fewer than two are none.
    """

    speed: Fraction | None
    reverse: bool
    keys: tuple[Key, ...]


def remap_of(item: Element) -> Remap | None:
    """The speed filter of a clip item, or None where there is none that is switched on.

    Raises Passed where an effect bends time in a way that nobody has described.
    """
    for effect in _effects(item):
        if "timewarp" in effect.value("effectid").lower():
            name = effect.value("name") or effect.value("effectid")
            advice = f"{name} moves frames about: render and replace the clip in Premiere"
            raise Passed(f"unsupported: the effect {name}", "E-TIMEEFFECT", advice)
    effect = speed_effect(item)
    return _remap(effect) if effect else None


def speed_effect(item: Element) -> Element | None:
    """The effect of a clip item that changes its speed, if there is one that is switched on."""
    for effect in _effects(item):
        if effect.value("effectid").lower() == "timeremap" and effect.value("mediatype").lower() != "audio":
            return effect
    return None


def is_frozen(item: Element) -> bool:
    """Whether a clip item shows one frame all along."""
    return item.value("stillframe").upper() == "TRUE"


def _effects(item: Element) -> Iterator[Element]:
    filters = (filter_ for filter_ in item.all("filter") if enabled(filter_))
    return (effect for filter_ in filters if (effect := filter_.find("effect")))


def _remap(effect: Element) -> Remap:
    parameters = {each.value("parameterid").lower(): each for each in effect.all("parameter")}
    percent = decimal(parameters["speed"], "value") if "speed" in parameters else None
    reverse = "reverse" in parameters and parameters["reverse"].value("value").upper() in ("TRUE", "1")
    speed = abs(percent) / 100 if percent is not None else None
    graph = parameters.get("graphdict")
    keys = dict(_keys(graph)) if graph is not None else {}
    backwards = reverse or (percent is not None and percent < 0)
    return Remap(speed, backwards, tuple(sorted(keys.items())) if len(keys) > 1 else ())


def _keys(graph: Element) -> Iterator[Key]:
    """The keyframes that can be meant: real exports hold virtual ones at frame -1815255671."""
    low, high = decimal(graph, "valuemin"), decimal(graph, "valuemax")
    room = _JUNK if low is None or high is None else max(_JUNK, high - low)
    for keyframe in graph.all("keyframe"):
        when, value = decimal(keyframe, "when"), decimal(keyframe, "value")
        if when is None or value is None or max(abs(when), abs(value)) > FARTHEST:
            continue
        if (low is None or value >= low - room) and (high is None or value <= high + room):
            yield when, value
