"""Fits the sky net to lessons: soft mattes of the teacher, binary cross entropy, overlap, and its hints.

What a step draws follows from the recipe's seed and the step's number alone. Knows nothing of files.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..ahead import ahead
from ..errors import StyleError
from ..mattes.sky_net import WIDTHS, SkyNet
from .fit import averaging, warm_up
from .sky_hints import spread_of
from .sky_lessons import Lesson
from .sky_samples import Batch, Samples

_SEEDS = 1_000_003
_MOMENTS = ("exp_avg", "exp_avg_sq")
_FAR = 5.0  # deviations: what is further off counts no more
_SKY = 0.02  # of a sample: with less its overlap says nothing


@dataclass(frozen=True, slots=True)
class SkyRecipe:
    """How long and how fast the net learns, in batches of squares, a share of them `with_sky`.

    The first steps, a share `early` of all, are of smaller squares, which cost less (Howard and Gugger 2020).
    `covered` and `plain` are as `Samples` has them.
    """

    steps: int = 9000
    batch: int = 12
    side: int = 256
    early_side: int = 160
    early: float = 0.7
    rate: float = 4e-3
    decay: float = 0.02
    with_sky: float = 0.5
    covered: float = 0.1
    plain: float = 0.0
    seed: int = 1

    @property
    def going_on(self) -> "SkyRecipe":
        """The same for a net that has learnt already: at a quarter of the rate, at full size throughout.

        With plain grounds too in the place of skies, which it takes for sky still.
        """
        return replace(self, rate=self.rate / 4, early=0.0, covered=0.12, plain=0.5)


@dataclass(frozen=True, slots=True)
class SkyProgress:
    """One step's losses, means over its batch: cross entropy, 1 - overlap of what has sky, missed hints."""

    step: int
    entropy: float
    overlap: float
    hints: float


class _Guesses(nn.Module):
    """What the teacher's maps are, guessed from the pupil's: a convolution of a single pixel each."""

    def __init__(self, lessons: Sequence[Lesson]) -> None:
        super().__init__()
        spread = spread_of(lessons)
        self.heads = nn.ModuleList(
            nn.Conv2d(width, len(mean), 1) for width, (mean, _) in zip(WIDTHS[::-1], spread, strict=False)
        )
        for at, (mean, deviation) in enumerate(spread):
            self.register_buffer(f"mean{at}", torch.from_numpy(mean), persistent=False)
            self.register_buffer(f"deviation{at}", torch.from_numpy(deviation), persistent=False)

    def forward(self, maps: Sequence[Tensor], hints: Sequence[Tensor]) -> Tensor:
        """How far the guesses are off on average, in squared deviations of the teacher's."""
        missed = [
            (head(mine) - (hint - getattr(self, f"mean{at}")) / getattr(self, f"deviation{at}")).square()
            for at, (head, mine, hint) in enumerate(zip(self.heads, maps, hints, strict=False))
        ]
        return torch.stack([one.clamp(max=_FAR**2).mean() for one in missed]).mean()


class SkyFit:
    """A training run behind `step` steps of its recipe, on a device: of a new net, or of `start`."""

    def __init__(
        self,
        lessons: Sequence[Lesson],
        recipe: SkyRecipe,
        device: torch.device,
        start: SkyNet | None = None,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.step, self._recipe, self._device = 0, recipe, device
        self._samples = Samples(lessons, recipe.with_sky, recipe.covered, recipe.plain)
        net = start.unfolded(self._some()) if start else SkyNet()
        self._net = net.to(device).to(memory_format=torch.channels_last).train()
        self._guesses = _Guesses(lessons).to(device)
        self._learns = {**_named("net", self._net), **_named("guesses", self._guesses)}
        self._optimiser = torch.optim.AdamW(self._learns.values(), recipe.rate, weight_decay=recipe.decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimiser, recipe.rate, recipe.steps, pct_start=warm_up(recipe.steps)
        )
        self._averaged = averaging(self._net)

    def _some(self) -> Tensor:
        recipe = self._recipe
        return torch.from_numpy(self._samples.batch(4 * recipe.batch, recipe.side, recipe.seed).pictures)

    def result(self) -> SkyNet:
        """The net as it is so far, averaged over the steps, on the CPU, its norms folded."""
        net = SkyNet()
        net.load_state_dict(self._averaged.module.state_dict())
        return net.folded().requires_grad_(False)

    def steps(self) -> Generator[SkyProgress, None, None]:
        """Goes on to the recipe's end, step by step. Raises StyleError where the training breaks down."""
        with closing(ahead(self._batches(self.step + 1))) as batches:
            for batch in batches:
                self.step += 1
                progress = self._learn(batch)
                if not isfinite(progress.entropy):
                    raise StyleError("the training broke down", where=f"step {self.step}")
                yield progress

    def _batches(self, first: int) -> Iterator[Batch]:
        recipe = self._recipe
        for step in range(first, recipe.steps + 1):
            side = recipe.early_side if step <= recipe.early * recipe.steps else recipe.side
            yield self._samples.batch(recipe.batch, side, recipe.seed * _SEEDS + step)

    def _learn(self, batch: Batch) -> SkyProgress:
        seen = self._given(batch.pictures).to(memory_format=torch.channels_last)
        wanted = self._given(batch.skies)
        logits, maps = self._net.seen_by(seen)
        entropy = F.binary_cross_entropy_with_logits(logits, wanted)
        missed = _missed(torch.sigmoid(logits), wanted)
        hints = logits.new_zeros(())
        if len(batch.hinted):
            which = self._given(batch.hinted)
            hints = self._guesses([one[which] for one in maps], [*map(self._given, batch.hints)])
        loss = entropy + missed + hints
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._learns.values(), 5.0)
        self._optimiser.step()
        self._schedule.step()
        self._averaged.update_parameters(self._net)
        return SkyProgress(self.step, *(float(one.detach()) for one in (entropy, missed, hints)))

    def _given(self, numbers: np.ndarray) -> Tensor:
        return torch.from_numpy(numbers).to(self._device)

    def state(self) -> dict[str, Tensor]:
        """Everything that the steps so far have changed, by name; nothing before the first."""
        if not self.step:
            return {}
        found = {f"now.{name}": tensor for name, tensor in self._net.state_dict().items()}
        found |= {f"average.{name}": one for name, one in self._averaged.module.state_dict().items()}
        found |= {f"guesses.{name}": tensor for name, tensor in self._guesses.state_dict().items()}
        for name, parameter in self._learns.items():
            if held := self._optimiser.state.get(parameter):  # none of what had nothing to guess yet
                found |= {f"{moment}.{name}": held[moment] for moment in _MOMENTS}
                found[f"steps.{name}"] = held["step"]
        return found

    def restore(self, step: int, state: dict[str, Tensor]) -> None:
        """Takes up a run of the same recipe behind `step` steps. Raises ValueError for another's state."""
        if not step:
            return
        try:
            self._net.load_state_dict(_part(state, "now"))
            self._guesses.load_state_dict(_part(state, "guesses"))
            self._averaged.module.load_state_dict(_part(state, "average"))
            self._optimiser.step()  # without gradients nothing moves; the schedule waits for a first one
            for _ in range(step):
                self._schedule.step()
            counts, moments = _part(state, "steps"), {moment: _part(state, moment) for moment in _MOMENTS}
            for name in counts:
                parameter = self._learns[name]
                held = {
                    moment: torch.empty_like(parameter).copy_(moments[moment][name]) for moment in _MOMENTS
                }
                self._optimiser.state[parameter] = {"step": counts[name].clone(), **held}
        except (RuntimeError, KeyError) as error:
            raise ValueError("it holds another net's numbers") from error
        self.step = step
        self._averaged.n_averaged.fill_(step)


def _named(head: str, module: nn.Module) -> dict[str, nn.Parameter]:
    return {f"{head}.{name}": one for name, one in module.named_parameters()}


def _part(state: dict[str, Tensor], head: str) -> dict[str, Tensor]:
    return {name.removeprefix(f"{head}."): one for name, one in state.items() if name.startswith(f"{head}.")}


def _missed(sky: Tensor, wanted: Tensor) -> Tensor:
    """1 less the soft overlap (intersection over union) of the samples that have sky, on average."""
    both = torch.minimum(sky, wanted).sum((1, 2, 3))
    either = torch.maximum(sky, wanted).sum((1, 2, 3))
    counts = (wanted.mean((1, 2, 3)) > _SKY).float()
    return ((1 - both / either.clamp(min=1.0)) * counts).sum() / counts.sum().clamp(min=1.0)
