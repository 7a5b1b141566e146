"""Which filters of a clip item act on its picture after the style. Knows names, not what they do."""

from collections.abc import Iterator

from .tree import Element
from .values import decimal, enabled

_BEFORE = frozenset(  # what belongs to the clip's place, or is no picture
    "timeremap basic basicmotion motion opacity audiolevels audiopan graphicandtype".split()
)
_IDLE_AT_ZERO = frozenset(("crop", "deformation", "distort"))  # some tools write them on every clip


def later_effects(item: Element) -> list[str]:
    """The names of the effects that are applied to what the clip shows: Lumetri, a stabiliser, a crop."""
    return list(dict.fromkeys(_later(item)))


def _later(item: Element) -> Iterator[str]:
    for filter_ in item.all("filter"):
        effect = filter_.find("effect")
        if effect is None or not enabled(filter_) or effect.value("pproBypass").upper() == "TRUE":
            continue
        effect_id, name = effect.value("effectid"), effect.value("name")
        if effect.value("mediatype").lower() == "audio" or effect_id.lower() in _BEFORE:
            continue
        if effect_id.lower() not in _IDLE_AT_ZERO or _acts(effect):
            yield name or effect_id or "an effect without a name"


def _acts(effect: Element) -> bool:
    return any(each.find("keyframe") or decimal(each, "value") for each in effect.all("parameter"))
