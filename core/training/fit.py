"""Fits styles: γ and β alone on a base that exists, or a base with several styles from scratch.

Every sample draws its style weight log-uniformly over the whole dial, with γ and β interpolated
between the knots as at run time, so that one run trains the dial. The loss of a sample is
(content + w·style) / (1 + w) with w = style weight / 2.5e8, so that strong samples do not drown the
rest, plus what the net adds to noise and small shifts: that is the flicker of a painted film.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from ..nets.dialled import KNOTS, between
from ..nets.reel import Affine, ReelNet
from .crops import Crops
from .losses import (
    CONTENT_LAYERS,
    Features,
    Vgg,
    content_loss,
    grams,
    instability,
    roughness,
    shaken,
    style_loss,
)
from .order import Recipe

_WEIGHT_UNIT = 2.5e8
_DECAY = 0.998  # of the average over the steps, at most
_NOISE = 5.0


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


def start_from(net: ReelNet, gamma: Tensor, beta: Tensor) -> Looks:
    """One style on a net that exists, starting from the γ and β, (knots, affine_size), of another."""
    looks = Looks(deepcopy(net), 1)
    with torch.no_grad():
        looks.gamma.copy_(gamma[None])
        looks.beta.copy_(beta[None])
    return looks


def fit(
    looks: Looks, targets: list[Features], crops: Crops, vgg: Vgg, recipe: Recipe
) -> Iterator[tuple[Progress, Looks]]:
    """Fits `looks` to the style pictures' features and yields every step with the averaged looks so far.

    The last averaged looks (see `averaging`) are the result. All tensors stay on the device of `looks`.
    """
    torch.manual_seed(recipe.seed)
    device = looks.gamma.device
    looks.requires_grad_(True)
    looks.net.requires_grad_(recipe.net_rate > 0)
    manner = [torch.cat(layers) for layers in zip(*(grams(features) for features in targets), strict=True)]
    parameters = [p for p in looks.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(_groups(looks, recipe))
    rates = [group["lr"] for group in optimiser.param_groups]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rates, recipe.steps, pct_start=warm_up(recipe.steps)
    )
    averaged = averaging(looks)
    for step in range(1, recipe.steps + 1):
        pixels = crops.batch(recipe.batch).to(device, memory_format=torch.channels_last)
        loss, progress = _loss(looks, pixels, manner, vgg, recipe, step)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 5.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(looks)
        yield progress, cast(Looks, averaged.module)


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


def _loss(
    looks: Looks, pixels: Tensor, manner: list[Tensor], vgg: Vgg, recipe: Recipe, step: int
) -> tuple[Tensor, Progress]:
    device, count = pixels.device, len(pixels)
    spread = torch.arange(count)  # a batch has different styles, and weights from all over the dial
    style = ((torch.randint(len(looks.gamma), ()) + spread) % len(looks.gamma)).to(device)
    position = ((torch.rand(()) + spread / count) % 1).to(device) * (len(KNOTS) - 1)
    weight = 10 ** (9 + 2 * position / (len(KNOTS) - 1)) / _WEIGHT_UNIT
    shift = (int(torch.randint(-2, 3, ())), int(torch.randint(-2, 3, ())))
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type != "mps"):
        painted = looks(pixels, style, position)
        again = looks(shaken(pixels, shift, _NOISE), style, position)
        seen = vgg(painted)
        with torch.no_grad():
            source = vgg(pixels, CONTENT_LAYERS)
        content = content_loss(seen, source)
        manners = style_loss(seen, [layer[style] for layer in manner])
    shaky = instability(painted, again, shift, _NOISE)
    loss = (
        ((content + weight * manners) / (1 + weight)).mean()
        + 1e-3 * roughness(painted)
        + recipe.steadiness * shaky
    )
    means = (float(part.detach().mean()) for part in (content, manners, shaky))
    return loss, Progress(step, *means)
