"""Paints one candidate at one style weight on all samples, and takes its numbers.

Knows painters and measures; nothing of files, of ranking or of sheets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..errors import StyleError
from ..nets.dialled import Painter
from ..training.losses import Vgg
from .flash import Flashes
from .flicker import flicker
from .measures import as_array, content_distance, content_kept, noise_gain, seam, square, style_distance
from .samples import Sample, flashes_of
from .verdict import Marks


@dataclass(frozen=True)
class Candidate:
    """What could paint the film: a painter, and of the picture it comes from the Gram matrices, if known.

    `picture` is that picture, (H, W, 3) uint8 RGB; `about` says in a few words where it comes from,
    `doubts` what speaks against it before it is tried. `weights` are those it is tried at.
    """

    name: str
    painter: Painter
    weights: tuple[float, ...]
    about: str = ""
    manner: list[Tensor] | None = None
    picture: np.ndarray | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Take:
    """A candidate at one weight: its marks, and the middle frame of every sample, (H, W, 3) uint8 RGB."""

    marks: Marks
    looks: tuple[np.ndarray, ...]


def take(candidate: Candidate, style_weight: float, samples: Sequence[Sample], vgg: Vgg | None) -> Take:
    """Paints the samples, which lie on the painter's device; without `vgg` its two distances are missing.

    Style and content distance and noise gain are taken on the middle squares of 256 pixels of flat
    samples, flicker and flashes of the worst clip, the seam of the worst 360 picture. Raises StyleError
    where the net gives no picture.
    """
    played = [Played(sample, _painted(candidate, style_weight, sample)) for sample in samples]
    squares = [square(sample.middle) for sample in samples if not sample.sphere]
    squares = squares or [square(sample.middle) for sample in samples]

    def paint(pixels: Tensor) -> Tensor:
        return candidate.painter.paint(pixels, style_weight)

    styled = [paint(pixels) for pixels in squares] if vgg else []
    clips = [one for one in played if one.sample.is_clip]
    flashes = [one.flashes() for one in clips]
    marks = Marks(
        style_weight,
        kept={one.sample.name: content_kept(one.middle, one.sample.middle) for one in played},
        noise_gain=noise_gain(paint, squares),
        style_distance=style_distance(vgg, candidate.manner, styled, squares)
        if vgg and candidate.manner
        else None,
        content_distance=content_distance(vgg, styled, squares) if vgg else None,
        flicker=_worst(one.flicker() for one in clips),
        seam=_worst(seam(one.middle) for one in played if one.sample.sphere),
        flashes=_worst(found.per_second for found in flashes),
        flashing=_flashing(zip(flashes, (one.sample for one in clips), strict=True)),
    )
    return Take(marks, tuple(as_picture(one.middle) for one in played))


@dataclass(frozen=True)
class Played:
    """A sample and its frames as they are painted."""

    sample: Sample
    frames: list[Tensor]

    @property
    def middle(self) -> Tensor:
        """The frame that stands for the sample, painted."""
        return self.frames[len(self.frames) // 2]

    def flicker(self) -> float:
        """See `flicker.flicker`."""
        return flicker(self.frames, self.sample.frames, self.sample.moved, sphere=self.sample.sphere)

    def flashes(self) -> Flashes:
        """See `samples.flashes_of`."""
        return flashes_of(self.frames, self.sample.rate, self.sample.sphere)


def as_picture(pixels: Tensor) -> np.ndarray:
    """(1, 3, H, W) on 0 … 255 → (H, W, 3) uint8."""
    return np.clip(np.rint(as_array(pixels)), 0, 255).astype(np.uint8)


def _painted(candidate: Candidate, style_weight: float, sample: Sample) -> list[Tensor]:
    frames = [candidate.painter.paint(frame, style_weight, sphere=sample.sphere) for frame in sample.frames]
    if not all(bool(torch.isfinite(frame).all()) for frame in frames):
        hint = "Its file is damaged or it was badly trained; choose another style."
        raise StyleError(f"the net gives no picture for {sample.name}", where=candidate.name, hint=hint)
    return frames


def _flashing(flashed: Iterable[tuple[Flashes, Sample]]) -> str:
    """For what a style makes a clip too flashy, that was not; the headset says more."""
    added = [
        sample
        for flashes, sample in flashed
        if not flashes.passes and sample.flashes and sample.flashes.passes
    ]
    if not added:
        return ""
    return "a headset" if any(sample.sphere for sample in added) else "a screen"


def _worst(values: Iterable[float]) -> float | None:
    return max(values, default=None)
