"""The style weight as an even dial. Knows nothing of nets: numbers in, numbers out.

A style weight W is labelled as the makers of `fast_neural_style` know it, 1e9 (faint) … 1e11
(strongest), 0 is the source. Steps in W do not look even; steps in u do:

    u(W) = W / 2e9                       for W <= 1e9
    u(W) = 1/2 + log10(W / 1e9) / 4      above
"""

import re
from collections.abc import Sequence
from math import log10

FAINTEST = 1e9
STRONGEST = 1e11
KNOTS: tuple[float, ...] = (1e9, 10**9.5, 1e10, 10**10.5, 1e11)  # style weights that γ and β are stored for


def to_dial(style_weight: float) -> float:
    """Style weight 0 … 1e11 → dial position u, 0 … 1. Raises ValueError outside that range."""
    if not 0 <= style_weight <= STRONGEST:
        raise ValueError(f"a style weight lies between 0 and 1e11, not at {style_weight:g}")
    return style_weight / 2e9 if style_weight <= FAINTEST else 0.5 + log10(style_weight / FAINTEST) / 4


def from_dial(u: float) -> float:
    """Dial position u, 0 … 1 → style weight."""
    if not 0 <= u <= 1:
        raise ValueError(f"a dial position lies between 0 and 1, not at {u:g}")
    return 2e9 * u if u <= 0.5 else FAINTEST * 10 ** (4 * u - 2)


def scaled(style_weight: float, factor: float) -> float:
    """A style weight whose dial position is `factor` times as far, at most the strongest."""
    return style_weight if factor == 1 else from_dial(min(1.0, to_dial(style_weight) * factor))


def even_mean(style_weights: Sequence[float]) -> float:
    """The style weight that lies in the middle of others along the dial."""
    if len(set(style_weights)) == 1:
        return style_weights[0]
    return from_dial(sum(map(to_dial, style_weights)) / len(style_weights))


def weight_name(style_weight: float) -> str:
    """A style weight as people write it: `2e10`, `1.5e9`, `0`."""
    return re.sub(r"e\+0*", "e", f"{style_weight:.3g}")


def share(style_weight: float, full: float = FAINTEST) -> float:
    """How much of the styled picture is blended over the source: 0 … 1 along the dial, all of it from
    the style weight `full` on."""
    return min(1.0, to_dial(style_weight) / to_dial(full))
