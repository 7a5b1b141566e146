"""Fits styles: γ and β alone on a base, or the net's weights too, for one style or several at once.

Every sample draws its style weight log-uniformly over the whole dial (half a step between knots beyond
its ends counts as the end), with γ and β interpolated between the knots as at run time, so that one run
trains the dial. The loss of a sample is
(content + p·w·style) / (1 + p·w) with w = style weight / 2.5e8, so that strong samples do not drown the
rest, and p the style's pull; plus what the net adds to noise and small shifts: that is the flicker of
a painted film. What a step draws follows from the seed and the step's number alone, so that a run
that was stopped goes on as if it had not been. Knows nothing of files.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from math import isfinite
from typing import Any, cast

import torch
from torch import Tensor, nn

from ..ahead import ahead
from ..errors import StyleError
from ..nets.dialled import KNOTS, Style, between
from ..nets.frame import Affine
from ..nets.reel import ReelNet
from .crops import Crops
from .losses import (
    CONTENT_LAYERS,
    Vgg,
    content_loss,
    instability,
    roughness,
    shaken,
    style_loss,
)
from .order import Recipe
from .precision import fast

_WEIGHT_UNIT = 2.5e8
_DECAY = 0.998  # of the average over the steps, at most
_NOISE = 5.0
_EVEN = 1.0  # of the loss: how straight γ and β run from knot to knot
_SEEDS = 1_000_003  # from one run's seeds of its steps to those of the next
_MOMENTS = ("exp_avg", "exp_avg_sq")  # Adam's


@dataclass(frozen=True, slots=True)
class Progress:
    """One step's losses, means over its batch."""

    step: int
    content: float
    style: float
    instability: float


class Looks(nn.Module):
    """The net with the knots of one or several styles: γ and β are (styles, knots, affine_size)."""

    def __init__(self, net: ReelNet, styles: int) -> None:
        super().__init__()
        self.net = net
        self.gamma = nn.Parameter(torch.ones(styles, len(KNOTS), net.affine_size))
        self.beta = nn.Parameter(torch.zeros(styles, len(KNOTS), net.affine_size))

    def forward(self, pixels: Tensor, style: Tensor, position: Tensor) -> Tensor:
        """Paints (B, 3, H, W) in the styles (B,) at positions (B,), 0 … knots - 1."""
        affine = Affine(between(self.gamma[style], position), between(self.beta[style], position))
        return self.net(pixels, affine)


def start_from(starts: Sequence[Style]) -> Looks:
    """Styles on the net of others, each with γ and β of one of those; all on one net."""
    looks = Looks(deepcopy(starts[0].net), len(starts))
    with torch.no_grad():
        looks.gamma.copy_(torch.stack([start.gamma for start in starts]))
        looks.beta.copy_(torch.stack([start.beta for start in starts]))
    return looks


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt from: Gram matrices of the styles, (styles, C, C) a layer, their pulls, and crops."""

    manner: list[Tensor]
    pulls: Tensor
    crops: Crops
    vgg: Vgg


def lesson(manners: Sequence[Sequence[Tensor]], pulls: Sequence[float], crops: Crops, vgg: Vgg) -> Lesson:
    """A lesson of the Gram matrices of style pictures, (1, C, C) a layer, in the order of the styles."""
    manner = [torch.cat(layers) for layers in zip(*manners, strict=True)]
    return Lesson(manner, torch.tensor(pulls, device=manner[0].device), crops, vgg)


class Fit:
    """A training run behind `step` steps of its recipe; `result` are the averaged looks so far.

    All tensors stay on the device of `looks`.
    """

    def __init__(self, looks: Looks, taught: Lesson, recipe: Recipe) -> None:
        self.step, self._looks, self._taught, self._recipe = 0, looks, taught, recipe
        looks.requires_grad_(True)
        looks.net.requires_grad_(recipe.net_rate > 0)
        self._optimiser = torch.optim.Adam(_groups(looks, recipe))
        rates = [group["lr"] for group in self._optimiser.param_groups]
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, rates, recipe.steps, pct_start=warm_up(recipe.steps)
        )
        self._averaged = averaging(looks)

    @property
    def result(self) -> Looks:
        """The looks averaged over the steps (see `averaging`)."""
        return cast(Looks, self._averaged.module)

    def steps(self) -> Generator[Progress, None, None]:
        """Goes on to the recipe's end, step by step. Raises StyleError where the training breaks down."""
        device = self._looks.gamma.device
        with closing(ahead(self._batches(self.step + 1))) as batches:
            for pixels in batches:
                self.step += 1
                progress = self._learn(pixels.to(device, memory_format=torch.channels_last))
                if not all(map(isfinite, (progress.content, progress.style, progress.instability))):
                    raise _broken_down(self.step)
                yield progress

    def _batches(self, first: int) -> Iterator[Tensor]:
        for step in range(first, self._recipe.steps + 1):
            yield self._taught.crops.batch(self._recipe.batch, self._seed(step))

    def _seed(self, step: int) -> int:
        return self._recipe.seed * _SEEDS + step

    def _learn(self, pixels: Tensor) -> Progress:
        torch.manual_seed(self._seed(self.step))
        loss, means = _loss(self._looks, pixels, self._taught, self._recipe)
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in self._looks.parameters() if p.requires_grad], 5.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._looks)
        return Progress(self.step, *means.tolist())

    def state(self) -> dict[str, Tensor]:
        """Everything that the steps so far have changed, by name; nothing before the first."""
        found: dict[str, Tensor] = {}
        for name, parameter, average in self._learning() if self.step else ():
            moments = (self._optimiser.state[parameter][moment] for moment in _MOMENTS)
            found |= dict(zip(_names(name), (parameter.detach(), average, *moments), strict=True))
        return found

    def restore(self, step: int, state: dict[str, Tensor]) -> None:
        """Takes up a run of the same recipe behind `step` steps. Raises ValueError for another's state."""
        learning = list(self._learning()) if step else []
        wanted = {key: parameter.shape for name, parameter, _ in learning for key in _names(name)}
        if wanted != {key: tensor.shape for key, tensor in state.items()} or step > self._recipe.steps:
            raise ValueError("it holds another net's numbers")
        self._optimiser.step()  # without gradients nothing moves; the schedule waits for a first one
        for _ in range(step):
            self._schedule.step()
        self.step = step
        self._averaged.n_averaged.fill_(step)
        for name, parameter, average in learning:
            now, mean, *moments = (state[key] for key in _names(name))
            with torch.no_grad():
                parameter.copy_(now)
                average.copy_(mean)
                kept = (torch.empty_like(parameter).copy_(moment) for moment in moments)
                held = {"step": torch.tensor(float(step)), **dict(zip(_MOMENTS, kept, strict=True))}
                self._optimiser.state[parameter] = held

    def _learning(self) -> Iterator[tuple[str, Tensor, Tensor]]:
        """The parameters that are learnt: their names, what they are now, and their averages."""
        averages = dict(self.result.named_parameters())
        for name, parameter in self._looks.named_parameters():
            if parameter.requires_grad:
                yield name, parameter, averages[name].detach()


def _names(parameter: str) -> tuple[str, ...]:
    return tuple(f"{part}.{parameter}" for part in ("now", "average", *_MOMENTS))


def _broken_down(step: int) -> StyleError:
    hint = "Train it once more with another picture, a smaller --pull or without --full."
    return StyleError(
        "the training broke down: its loss is no number any more", where=f"step {step}", hint=hint
    )


def averaging(looks: nn.Module) -> torch.optim.swa_utils.AveragedModel:
    """An exponential moving average over the steps that forgets its start, however few steps there are."""
    return torch.optim.swa_utils.AveragedModel(looks, avg_fn=_average)


def _average(averaged: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
    """One step of it after `count` others: the decay rises to its full height with them."""
    decay = torch.as_tensor((1 + count) / (10 + count), dtype=current.dtype, device=current.device)
    return torch.lerp(current, averaged, decay.clamp(max=_DECAY))


def warm_up(steps: int) -> float:
    """The share of the steps on which the rate rises: 5 %, but never exactly one step.

    OneCycleLR divides by the number of those steps less one.
    """
    return 0.05 if 0.05 * steps != 1 else 0.1


def _groups(looks: Looks, recipe: Recipe) -> list[dict[str, Any]]:
    """γ and β at their own pace; the net's weights too, where they are fitted."""
    knots = {"params": [looks.gamma, looks.beta], "lr": recipe.affine_rate}
    return (
        [knots, {"params": list(looks.net.parameters()), "lr": recipe.net_rate}]
        if recipe.net_rate
        else [knots]
    )


def bend(looks: Looks) -> Tensor:
    """How far γ and β are from straight lines along the dial: the mean square of their second differences.

    Kept small, so that a ramp has no step that shows and no style weight falls behind its neighbours.
    """
    return looks.gamma.diff(n=2, dim=1).square().mean() + looks.beta.diff(n=2, dim=1).square().mean()


def _loss(looks: Looks, pixels: Tensor, taught: Lesson, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The loss of a batch, and its mean content, style and instability: (3,)."""
    device, count = pixels.device, len(pixels)
    spread = torch.arange(count)  # a batch has different styles, and weights from all over the dial
    style = ((torch.randint(len(looks.gamma), ()) + spread) % len(looks.gamma)).to(device)
    share = (torch.rand(()) + spread / count) % 1
    position = (share * len(KNOTS) - 0.5).clamp(0, len(KNOTS) - 1).to(device)  # every knot as often
    weight = 10 ** (9 + 2 * position / (len(KNOTS) - 1)) / _WEIGHT_UNIT * taught.pulls[style]
    shift = (int(torch.randint(-2, 3, ())), int(torch.randint(-2, 3, ())))
    with fast(device.type):
        painted = looks(pixels, style, position)
        again = looks(shaken(pixels, shift, _NOISE), style, position)
        seen = taught.vgg(painted)
        with torch.no_grad():
            source = taught.vgg(pixels, CONTENT_LAYERS)
        content = content_loss(seen, source)
        manners = style_loss(seen, [layer[style] for layer in taught.manner])
    shaky = instability(painted, again, shift, _NOISE)
    loss = (
        ((content + weight * manners) / (1 + weight)).mean()
        + 1e-3 * roughness(painted)
        + recipe.steadiness * shaky
        + _EVEN * bend(looks)
    )
    return loss, torch.stack([part.detach().mean() for part in (content, manners, shaky)])
