"""A soft matte decided by the picture's regions: what is sure of it spreads over what looks alike.

Source: the random walker with priors (Grady 2005, "Multilabel random walker image segmentation using prior
models"), each prior weighed by how sure it is, as in Barron & Poole 2016, "The fast bilateral solver".
Knows small pictures; nothing of nets.
"""

from collections.abc import Callable

import cv2
import numpy as np

_TIE = 500.0  # of two neighbours that look the same, against a pixel that is sure
_ALIKE = 2.0  # ΔE (CIE 1976) between neighbours: beyond about twice as much they are none
_LOOSE = 1e-4  # of a tie that there always is
_SURELY, _UNSURE = 6, 0.01  # how sure falls off towards a half, and what a half still counts
_MOST = 600  # steps of the solver
_SETTLED = 1e-8  # that a pixel is off on average, weighed and squared: the largest error is a few hundredths


def spread(soft: np.ndarray, picture: np.ndarray, sphere: bool) -> np.ndarray:
    """A matte, (h, w) float32 on 0 … 1, as it is best for whole regions of its picture.

    The picture is (h, w, 3) RGB on 0 … 255. The result has the least Σ c (x - p)² + Σ w (x - y)² over the
    pixels, whose matte p is sure by c, and the pairs of neighbours x and y, which w ties together.
    """
    light = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    sure = np.abs(2 * soft - 1) ** _SURELY + np.float32(_UNSURE)
    ties = [_ties(light, axis, closed) for axis, closed in enumerate((False, sphere))]

    def weighed(x: np.ndarray) -> np.ndarray:
        return sure * x + sum(_apart(x, tie, axis) for axis, tie in enumerate(ties))

    own = sure + sum(tie + np.roll(tie, 1, axis) for axis, tie in enumerate(ties))
    return _solved(weighed, sure * soft, own, soft).clip(0, 1)


def _ties(light: np.ndarray, axis: int, closed: bool) -> np.ndarray:
    """How strongly each pixel is tied to the next one, (h, w); the last to the first where it is `closed`."""
    step = np.square(light - np.roll(light, -1, axis)).sum(2)
    ties = np.float32(_TIE) * (np.exp(-step / np.float32(_ALIKE**2)) + np.float32(_LOOSE))
    if not closed:
        ties.swapaxes(0, axis)[-1] = 0
    return ties


def _apart(x: np.ndarray, ties: np.ndarray, axis: int) -> np.ndarray:
    """How far each pixel is from those that it is tied to along an axis."""
    step = ties * (x - np.roll(x, -1, axis))
    return step - np.roll(step, 1, axis)


def _solved(
    weighed: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray, own: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """The x that `weighed` makes what is wanted, by conjugate gradients (Hestenes & Stiefel 1952).

    `own` is what each pixel weighs itself, by which they are preconditioned; x begins as `first`.
    """
    x, off = first.copy(), wanted - weighed(first)
    way = eased = off / own
    left = float((off * eased).sum())
    for _ in range(_MOST):
        if left <= _SETTLED * x.size:
            break
        seen = weighed(way)
        length = np.float32(left / float((way * seen).sum()))
        x += length * way
        off -= length * seen
        eased = off / own
        left, before = float((off * eased).sum()), left
        way = eased + np.float32(left / before) * way
    return x
