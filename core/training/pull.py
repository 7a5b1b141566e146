"""How hard a style has to pull, so that pictures far from photographs are learnt as fast as others.

The style loss is relative to the picture's own Gram matrices G*, so that a step of the painted
picture's G changes it by 1/‖G*‖: on a drawn page, whose edges are several times those of any
photograph, the content wins for as much longer. The pull gives that back.
"""

from collections.abc import Sequence
from math import exp, log
from statistics import fmean

import torch
from torch import Tensor

from .losses import Features, Vgg, grams

_LEAST, _MOST = 1.0, 8.0


@torch.no_grad()
def pulls_of(
    targets: Sequence[Features], photographs: Tensor, vgg: Vgg, insistence: float = 1.0
) -> tuple[float, ...]:
    """How much stronger style pictures' Gram matrices are than those of photographs, 1 … 8 each.

    `targets` are the pictures' features, `photographs` (B, 3, H, W) on 0 … 255: the mean, over layers
    and photographs, of the ratio of norms (geometric); times `insistence`. Paintings have 1 … 2.4, drawn
    pages 3.5 … 6.6.
    """
    usual = _strength(vgg(photographs))
    ratios = (exp(_strength(features) - usual) for features in targets)
    return tuple(round(insistence * min(_MOST, max(_LEAST, ratio)), 2) for ratio in ratios)


def _strength(features: Features) -> float:
    """The mean logarithm of the norms of the Gram matrices of pictures."""
    return fmean(log(float(one.norm())) for layer in grams(features) for one in layer)
