"""The filters of Premiere's clip items as lines of text: the speed of a clip, and keyframed effects.

Knows how they are written; knows nothing of clips.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context
from fractions import Fraction
from typing import Literal

from .cut import Effect
from .parts import chain, leaf, node, truth

_PARAMETER = 'authoringApp="PremierePro"'
_DECIMALS = Context(prec=28)
Place = Literal["", "start", "in", "out", "end"]


@dataclass(frozen=True, slots=True)
class SpeedKey:
    """A keyframe of a speed graph: `when` on the axis of in and out, `value` in frames of the media.

    `place` names the four that Premiere sets itself; a person's own has none.
    """

    when: int | Fraction
    value: Fraction
    place: Place = ""


def decimal(value: Fraction) -> str:
    """A number as XML has it: whole where it is, else to 12 places."""
    if value.denominator == 1:
        return str(value.numerator)
    exact = _DECIMALS.divide(value.numerator, value.denominator)
    return f"{exact:.12f}".rstrip("0").rstrip(".")


def speed_filter(percent: Fraction, variable: bool, last: int, keys: Sequence[SpeedKey]) -> list[str]:
    """`timeremap`: a speed in per cent, below 0 for reverse, and its graph; the media ends at `last`."""
    graph = [
        *_named("graphdict", 0, (0, last)),
        *chain(_speed_key(key) for key in keys),
        *node("interpolation", [leaf("name", "FCPCurve")]),
    ]
    parameters = [
        _named("variablespeed", int(variable), (0, 1)),
        _named("speed", f"{float(percent):.3f}".rstrip("0").rstrip("."), (-100000, 100000)),
        _named("reverse", truth(percent < 0)),
        _named("frameblending", "FALSE"),
        *([graph] if keys else []),
    ]
    body = _effect("Time Remap", "timeremap")
    body += chain(node("parameter", parameter, _PARAMETER) for parameter in parameters)
    return node("filter", node("effect", body))


def effect_filter(effect: Effect, zero: int) -> list[str]:
    """A filter with one parameter; `zero` is where the clip's cut stands on the axis of in and out."""
    body = [
        *_named(effect.parameter, effect.value, effect.bounds),
        *chain(_key(zero + offset, value) for offset, value in effect.keys),
    ]
    opening = [*_effect(effect.name, effect.effect_id), leaf("pproBypass", "false")]
    return node("filter", node("effect", [*opening, *node("parameter", body, _PARAMETER)]))


def _effect(name: str, effect_id: str) -> list[str]:
    words = {"effectcategory": "motion", "effecttype": "motion", "mediatype": "video"}
    return [leaf("name", name), leaf("effectid", effect_id), *(leaf(*pair) for pair in words.items())]


def _named(name: str, value: object, bounds: Iterable[int] = ()) -> list[str]:
    """What a parameter begins with."""
    limits = [leaf(tag, bound) for tag, bound in zip(("valuemin", "valuemax"), bounds, strict=False)]
    return [leaf("parameterid", name), leaf("name", name), *limits, leaf("value", value)]


def _speed_key(key: SpeedKey) -> list[str]:
    flags = [leaf("speedvirtualkf", "TRUE"), leaf(f"speedkf{key.place}", "TRUE")] if key.place else []
    return node(
        "keyframe", [leaf("when", decimal(Fraction(key.when))), leaf("value", decimal(key.value)), *flags]
    )


def _key(when: int, value: int) -> list[str]:
    return node("keyframe", [leaf("when", when), leaf("value", value)])
