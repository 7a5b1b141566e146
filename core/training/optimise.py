"""Paints one picture by optimising its pixels: what a style could be, before any net is trained.

Gatys, Ecker & Bethge 2016 ("Image Style Transfer Using Convolutional Neural Networks") with the losses
of `train`, so that a style weight means the same: (content + p·w·style) / (1 + p·w) with w = style
weight / 2.5e8 and p the style's pull. L-BFGS from the source, at one size: measured against Adam, and
against both from coarse to fine, it has the lowest loss for its time. Knows nothing of nets or files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import dial
from ..errors import StyleError
from .losses import CONTENT_LAYERS, Vgg, content_loss, grams, roughness, style_loss
from .precision import fast
from .pull import pulls_of

_WEIGHT_UNIT = 2.5e8
_MARGIN = 8  # pixels laid on around the picture: VGG's zeros beyond the edge would draw a frame
_SCALE = 1000.0  # of the loss, to where L-BFGS takes whole steps
_REMEMBERED = 20  # steps that L-BFGS knows the curvature from
_ASTRAY = 2.0  # times the lowest loss: then it begins anew from there


@dataclass(frozen=True, slots=True)
class Trial:
    """One step: the losses before it, and `loss`, what is made small of them."""

    step: int
    content: float
    style: float
    loss: float


def optimised(
    source: Tensor, manner: Tensor, vgg: Vgg, style_weight: float, steps: int
) -> Iterator[tuple[Trial, Tensor]]:
    """Yields every step, and the best picture so far.

    Pictures are (1, 3, H, W) float32 on 0 … 255, on the device of `vgg`; `manner` is the style picture
    at short side 256, whose strokes keep their size in pixels. `style_weight` lies above 0 and up to
    1e11. The source's sides must be longer than the margin of 8 pixels. Raises StyleError where VGG's
    weights are no numbers.
    """
    share = dial.share(style_weight)
    wide = F.pad(source, (_MARGIN,) * 4, mode="reflect")
    for trial, painted in _descent(wide, _Aim(wide, manner, vgg, max(style_weight, dial.FAINTEST)), steps):
        picture = painted[..., _MARGIN:-_MARGIN, _MARGIN:-_MARGIN].clamp(0, 255)
        yield trial, source + share * (picture - source)


class _Aim:
    """What a picture is optimised towards: content and style, and how they are weighed."""

    def __init__(self, source: Tensor, manner: Tensor, vgg: Vgg, style_weight: float) -> None:
        self._vgg, self._kind = vgg, source.device.type
        with torch.no_grad(), fast(self._kind):
            features = vgg(manner)
            self._style = grams(features)
            self._content = vgg(source, CONTENT_LAYERS)
        (pull,) = pulls_of([features], source, vgg)
        self._weight = pull * style_weight / _WEIGHT_UNIT

    def losses(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Content, style, and the loss that is made small."""
        rows = pixels.flatten().view_as(pixels)  # so that the gradient comes back in rows, as L-BFGS has it
        with fast(self._kind):
            seen = self._vgg(rows.contiguous(memory_format=torch.channels_last))
            content = content_loss(seen, self._content).sum()
            style = style_loss(seen, self._style).sum()
        loss = (content + self._weight * style) / (1 + self._weight) + 1e-3 * roughness(pixels)
        return content, style, loss


def _descent(start: Tensor, aim: _Aim, steps: int) -> Iterator[tuple[Trial, Tensor]]:
    """Every step from `start`, and the picture of the lowest loss so far."""
    best, lowest = start, float("inf")
    walk = _Walk(start, aim)
    for step in range(1, steps + 1):
        before = walk.pixels.detach().clone()
        content, style, loss = walk.step()
        if step == 1 and not isfinite(loss):
            hint = "Give a file of VGG-19 with torchvision's key names: --vgg FILE."
            raise StyleError("VGG-19 sees no numbers in the picture: its weights are damaged", hint=hint)
        if loss < lowest:
            best, lowest = before, loss
        elif not loss < _ASTRAY * lowest:  # also where it is no number
            walk = _Walk(best, aim)
        yield Trial(step, content, style, loss), best


class _Walk:
    """L-BFGS over pixels, one step at a time, without a line search; it never thinks it has arrived."""

    def __init__(self, start: Tensor, aim: _Aim) -> None:
        self._aim = aim
        self.pixels = start.contiguous().clone().requires_grad_()
        self._optimiser = torch.optim.LBFGS(
            [self.pixels], max_iter=1, history_size=_REMEMBERED, tolerance_grad=0, tolerance_change=0
        )
        self._losses: tuple[float, float, float] = (0, 0, 0)

    def step(self) -> tuple[float, float, float]:
        """Content, style and loss of the pixels before it."""
        self._optimiser.step(self._judge)
        return self._losses

    def _judge(self) -> Tensor:
        self._optimiser.zero_grad()
        content, style, loss = self._aim.losses(self.pixels)
        self._losses = float(content.detach()), float(style.detach()), float(loss.detach())
        scaled = _SCALE * loss
        scaled.backward()
        return scaled
