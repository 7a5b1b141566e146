"""Equal steps of the dial shall change the picture equally: where the knots of a finished style belong.

What a style learnt along the dial is a way from its faintest to its strongest picture. Where a step of the
dial goes far on it, a ramp jumps; so the knots are put to even places of the way, which changes how far each
weight goes on it and not the way. None goes less far than it learnt to. Knows nothing of how styles learn.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from ..nets.dialled import KNOTS, Style, at_places

_LOOKS = 2  # between two knots


def evened(style: Style, photographs: Tensor) -> Style:
    """A style with its knots at even places of its way over `photographs`, (B, 3, H, W) on 0 … 255."""
    places = even_places(_changes(style, photographs))
    return replace(style, gamma=at_places(style.gamma, places), beta=at_places(style.beta, places))


def even_places(changes: Sequence[float]) -> list[float]:
    """Places 0 … K - 1 on a way of K knots that part its length evenly, none before its own knot.

    `changes` are the lengths of the way's parts, as many between every two knots.
    """
    way = np.concatenate([[0.0], np.cumsum(changes)])
    own = np.arange(len(KNOTS), dtype=np.float64)
    at = np.linspace(0, own[-1], len(way))
    even = np.interp(way[-1] * own / own[-1], way, at)
    return [float(place) for place in np.maximum(own, even)]


@torch.inference_mode()
def _changes(style: Style, photographs: Tensor) -> list[float]:
    """How far the picture goes from look to look along the dial: mean absolute differences."""
    count = (len(KNOTS) - 1) * _LOOKS
    weights = np.geomspace(KNOTS[0], KNOTS[-1], count + 1)
    looks = (style.full(photographs, float(weight)) for weight in weights)
    return [float((after - before).abs().mean()) for before, after in pairwise(looks)]
