"""Mattes made larger, smaller, softer, and true to a picture's edges. All wrap left to right on the sphere.

A matte is (H, W) float32, 0 … 1, 1 inside. Knows nothing of where mattes come from.
"""

from collections.abc import Callable
from math import ceil

import cv2
import numpy as np

from .settings import Region

_LOWEST = 1 / 1024  # less is none of it: outside and inside are exact
_PLATEAU = 0.08  # of a guided matte: what it leaves of texture where the matte was sure


def refined(matte: np.ndarray, region: Region, sphere: bool) -> np.ndarray:
    """A matte grown, shrunk, cut at the ground line, feathered and inverted, as its settings say."""
    if region.grow:
        matte = _spread(matte, region.grow, cv2.dilate, sphere)
    if region.shrink:
        matte = _spread(matte, region.shrink, cv2.erode, sphere)
    if region.ground is not None:
        matte = matte.copy()
        matte[round(region.ground * len(matte)) :] = 0
    if region.feather:
        matte = feathered(matte, region.feather, sphere)
    return 1 - matte if region.invert else matte


def feathered(matte: np.ndarray, pixels: float, sphere: bool) -> np.ndarray:
    """An edge that fades over `pixels` to both sides; farther from it nothing changes."""
    reach = ceil(pixels)
    kernel = cv2.getGaussianKernel(2 * reach + 1, max(pixels, 1) / 2.5, cv2.CV_32F)
    soft = _around(
        matte,
        reach,
        sphere,
        lambda wide: cv2.sepFilter2D(wide, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE),
    )
    return settled(soft)


def settled(matte: np.ndarray, lowest: float = _LOWEST) -> np.ndarray:
    """The same with what is nearly 0 or 1 made so: less than `lowest` away."""
    matte = np.where(matte < lowest, np.float32(0), matte)
    return np.where(matte > 1 - lowest, np.float32(1), matte).astype(np.float32)


def guided(matte: np.ndarray, picture: np.ndarray, radius: int, epsilon: float, sphere: bool) -> np.ndarray:
    """The matte with the edges of a picture, (H, W, 3) on 0 … 255.

    The guided filter of He, Sun & Tang 2010 on luma; `epsilon` is a variance on 0 … 1. What was sure
    stays exactly 0 or 1.
    """
    guide = luma(picture)
    together = np.dstack([guide, matte, guide * matte, guide * guide])
    means = _box(together, radius, sphere)
    light, mean, both, square = (means[..., at] for at in range(4))
    slope = (both - light * mean) / (square - light * light + epsilon)
    lines = _box(np.dstack([slope, mean - slope * light]), radius, sphere)
    sharp = lines[..., 0] * guide + lines[..., 1]
    return settled(((sharp - _PLATEAU) / (1 - 2 * _PLATEAU)).clip(0, 1).astype(np.float32))


def luma(picture: np.ndarray) -> np.ndarray:
    """BT.709's luma of RGB on 0 … 255: (H, W) float32 on 0 … 1, cut to it."""
    weights = np.array((0.2126, 0.7152, 0.0722), np.float32) / 255
    return (picture.astype(np.float32) @ weights).clip(0, 1)


def scaled_to(matte: np.ndarray, width: int, height: int, sphere: bool) -> np.ndarray:
    """A matte at another size, linear between its pixels."""
    if matte.shape == (height, width):
        return matte
    if not sphere or width < matte.shape[1]:
        smaller = width < matte.shape[1] and height < matte.shape[0]
        how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        return cv2.resize(matte, (width, height), interpolation=how)
    x = (np.arange(width, dtype=np.float32) + 0.5) * matte.shape[1] / width - 0.5 + 1
    y = ((np.arange(height, dtype=np.float32) + 0.5) * matte.shape[0] / height - 0.5).clip(0, len(matte) - 1)
    wide = np.pad(matte, ((0, 0), (1, 1)), mode="wrap")
    across, down = np.meshgrid(x, y)
    return cv2.remap(wide, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _spread(
    matte: np.ndarray, pixels: float, how: Callable[[np.ndarray, np.ndarray], np.ndarray], sphere: bool
) -> np.ndarray:
    reach = max(1, round(pixels))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return _around(matte, reach, sphere, lambda wide: how(wide, disc))


def _box(planes: np.ndarray, radius: int, sphere: bool) -> np.ndarray:
    size = (2 * radius + 1,) * 2
    return _around(
        planes,
        radius,
        sphere,
        lambda wide: cv2.boxFilter(wide, -1, size, borderType=cv2.BORDER_REPLICATE),
    )


def _around(
    planes: np.ndarray, reach: int, sphere: bool, change: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """A change that looks `reach` pixels far, across the edge where a sphere closes."""
    if not sphere:
        return change(planes)
    sides = ((0, 0), (reach, reach), *((0, 0) for _ in planes.shape[2:]))
    width = planes.shape[1]
    return np.ascontiguousarray(change(np.pad(planes, sides, mode="wrap"))[:, reach : reach + width])
