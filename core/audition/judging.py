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
    painted = [_painted(candidate, style_weight, sample) for sample in samples]
    squares = [square(sample.middle) for sample in samples if not sample.sphere]
    squares = squares or [square(sample.middle) for sample in samples]

    def paint(pixels: Tensor) -> Tensor:
        return candidate.painter.paint(pixels, style_weight)

    styled = [paint(pixels) for pixels in squares] if vgg else []
    pairs = [(frames[len(frames) // 2], sample) for frames, sample in zip(painted, samples, strict=True)]
    flashed = [
        (flashes_of(frames, sample.rate, sample.sphere), sample)
        for frames, sample in zip(painted, samples, strict=True)
        if sample.is_clip
    ]
    marks = Marks(
        style_weight,
        kept={sample.name: content_kept(middle, sample.middle) for middle, sample in pairs},
        noise_gain=noise_gain(paint, squares),
        style_distance=style_distance(vgg, candidate.manner, styled, squares)
        if vgg and candidate.manner
        else None,
        content_distance=content_distance(vgg, styled, squares) if vgg else None,
        flicker=_worst(
            flicker(frames, sample.frames, sample.moved, sphere=sample.sphere)
            for frames, sample in zip(painted, samples, strict=True)
            if sample.is_clip
        ),
        seam=_worst(seam(middle) for middle, sample in pairs if sample.sphere),
        flashes=_worst(flashes.per_second for flashes, _ in flashed),
        flashing=_flashing(flashed),
    )
    return Take(marks, tuple(as_picture(middle) for middle, _ in pairs))


def as_picture(pixels: Tensor) -> np.ndarray:
    """(1, 3, H, W) on 0 … 255 → (H, W, 3) uint8."""
    return np.clip(np.rint(as_array(pixels)), 0, 255).astype(np.uint8)


def _painted(candidate: Candidate, style_weight: float, sample: Sample) -> list[Tensor]:
    frames = [candidate.painter.paint(frame, style_weight, sphere=sample.sphere) for frame in sample.frames]
    if not all(bool(torch.isfinite(frame).all()) for frame in frames):
        hint = "Its file is damaged or it was badly trained; choose another style."
        raise StyleError(f"the net gives no picture for {sample.name}", where=candidate.name, hint=hint)
    return frames


def _flashing(flashed: Sequence[tuple[Flashes, Sample]]) -> str:
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
