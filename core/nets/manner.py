"""What a style is measured against, small enough to travel in its file. Knows nothing of pictures or VGG.

The Gram matrices of a style picture's features are symmetric, and a few of their eigenvectors hold
nearly all of them: with 32 of each, style distances change by less than a hundredth.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from .topology import MANNER, RANK


def packed_manner(grams: Sequence[Tensor]) -> dict[str, Tensor]:
    """Gram matrices, (1, C, C) each, or none, as factors F by name, (C, 32) float16: F·Fᵀ is nearly it."""
    return {name: _factor(matrix[0]) for name, matrix in zip(MANNER, grams, strict=bool(grams))}


def unpacked_manner(tensors: Mapping[str, Tensor]) -> list[Tensor]:
    """The Gram matrices, (1, C, C) float32 each, of a style file's tensors; none where it has none."""
    factors = [tensors[name].float() for name in MANNER if name in tensors]
    return [(factor @ factor.T)[None] for factor in factors] if len(factors) == len(MANNER) else []


def _factor(matrix: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(matrix.double().cpu())  # in double: on mps there is none
    return (vectors[:, -RANK:] * values[-RANK:].clamp(min=0).sqrt()).half().contiguous()
