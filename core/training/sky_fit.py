"""Fits the sky net to lessons: soft mattes of the teacher, binary cross entropy and overlap.

What a step draws follows from the recipe's seed and the step's number alone. Knows nothing of files.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from math import isfinite

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..ahead import ahead
from ..errors import StyleError
from ..mattes.sky_net import SkyNet
from .fit import averaging, warm_up
from .sky_lessons import Lesson
from .sky_samples import Samples

_SEEDS = 1_000_003
_MOMENTS = ("exp_avg", "exp_avg_sq")
_SKY = 0.02  # of a sample: with less its overlap says nothing


@dataclass(frozen=True, slots=True)
class SkyRecipe:
    """How long and how fast the net learns, in batches of squares, a share of them `with_sky`.

    The first steps, a share `early` of all, are of smaller squares, which cost less (Howard and Gugger 2020).
    """

    steps: int = 9000
    batch: int = 12
    side: int = 256
    early_side: int = 160
    early: float = 0.7
    rate: float = 4e-3
    decay: float = 0.02
    with_sky: float = 0.5
    seed: int = 1


@dataclass(frozen=True, slots=True)
class SkyProgress:
    """One step's losses, means over its batch: cross entropy, and 1 - overlap of what has sky."""

    step: int
    entropy: float
    overlap: float


class SkyFit:
    """A training run behind `step` steps of its recipe, on a device."""

    def __init__(self, lessons: Sequence[Lesson], recipe: SkyRecipe, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.step, self._recipe, self._device = 0, recipe, device
        self._samples = Samples(lessons, recipe.with_sky)
        self._net = SkyNet().to(device).to(memory_format=torch.channels_last).train()
        self._optimiser = torch.optim.AdamW(self._net.parameters(), recipe.rate, weight_decay=recipe.decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, recipe.rate, recipe.steps, pct_start=warm_up(recipe.steps)
        )
        self._averaged = averaging(self._net)

    def result(self) -> SkyNet:
        """The net as it is so far, averaged over the steps, on the CPU, its norms folded."""
        net = SkyNet()
        net.load_state_dict(self._averaged.module.state_dict())
        return net.folded().requires_grad_(False)

    def steps(self) -> Generator[SkyProgress, None, None]:
        """Goes on to the recipe's end, step by step. Raises StyleError where the training breaks down."""
        with closing(ahead(self._batches(self.step + 1))) as batches:
            for pictures, skies in batches:
                self.step += 1
                progress = self._learn(torch.from_numpy(pictures), torch.from_numpy(skies))
                if not isfinite(progress.entropy):
                    raise StyleError("the training broke down", where=f"step {self.step}")
                yield progress

    def _batches(self, first: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        recipe = self._recipe
        for step in range(first, recipe.steps + 1):
            side = recipe.early_side if step <= recipe.early * recipe.steps else recipe.side
            yield self._samples.batch(recipe.batch, side, recipe.seed * _SEEDS + step)

    def _learn(self, pictures: Tensor, skies: Tensor) -> SkyProgress:
        seen = pictures.to(self._device, memory_format=torch.channels_last)
        wanted = skies.to(self._device)
        logits = self._net(seen)
        entropy = F.binary_cross_entropy_with_logits(logits, wanted)
        missed = _missed(torch.sigmoid(logits), wanted)
        loss = entropy + missed
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._net.parameters(), 5.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._net)
        return SkyProgress(self.step, float(entropy.detach()), float(missed.detach()))

    def state(self) -> dict[str, Tensor]:
        """Everything that the steps so far have changed, by name; nothing before the first."""
        if not self.step:
            return {}
        found = {f"now.{name}": tensor for name, tensor in self._net.state_dict().items()}
        found |= {f"average.{name}": one for name, one in self._averaged.module.state_dict().items()}
        for name, parameter in self._net.named_parameters():
            found |= {f"{moment}.{name}": self._optimiser.state[parameter][moment] for moment in _MOMENTS}
        return found

    def restore(self, step: int, state: dict[str, Tensor]) -> None:
        """Takes up a run of the same recipe behind `step` steps. Raises ValueError for another's state."""
        if not step:
            return
        try:
            self._net.load_state_dict(_part(state, "now"))
            self._averaged.module.load_state_dict(_part(state, "average"))
            moments = {moment: _part(state, moment) for moment in _MOMENTS}
            self._optimiser.step()  # without gradients nothing moves; the schedule waits for a first one
            for _ in range(step):
                self._schedule.step()
            for name, parameter in self._net.named_parameters():
                held = {
                    moment: torch.empty_like(parameter).copy_(moments[moment][name]) for moment in _MOMENTS
                }
                self._optimiser.state[parameter] = {"step": torch.tensor(float(step)), **held}
        except (RuntimeError, KeyError) as error:
            raise ValueError("it holds another net's numbers") from error
        self.step = step
        self._averaged.n_averaged.fill_(step)


def _part(state: dict[str, Tensor], head: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{head}."): one for name, one in state.items() if name.startswith(f"{head}.")}


def _missed(sky: Tensor, wanted: Tensor) -> Tensor:
    """1 less the soft overlap (intersection over union) of the samples that have sky, on average."""
    both = torch.minimum(sky, wanted).sum((1, 2, 3))
    either = torch.maximum(sky, wanted).sum((1, 2, 3))
    counts = (wanted.mean((1, 2, 3)) > _SKY).float()
    return ((1 - both / either.clamp(min=1.0)) * counts).sum() / counts.sum().clamp(min=1.0)
