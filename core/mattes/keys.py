"""Mattes by the picture's own light and colour. Knows nothing of files or nets."""

import numpy as np

from .refine import luma
from .settings import Region

_BLUE, _RED = 1.8556, 1.5748  # BT.709: what B - Y and R - Y are divided by


def luma_key(picture: np.ndarray, region: Region) -> np.ndarray:
    """Where luma lies between `low` and `high`; 0 from `soft` beyond them on. See `Region`."""
    light = luma(picture)
    return np.minimum(_rise(light - region.low, region.soft), _rise(region.high - light, region.soft))


def chroma_key(picture: np.ndarray, region: Region) -> np.ndarray:
    """Where a pixel's colour, whatever its light, is no farther than `tolerance` from the key's."""
    wanted = np.array([[int(str(region.colour)[at : at + 2], 16) for at in (1, 3, 5)]], np.float32)[None]
    far = np.hypot(*(mine - key for mine, key in zip(_chroma(picture), _chroma(wanted), strict=True)))
    return _rise(region.tolerance - far, region.soft)


def _rise(beyond: np.ndarray, soft: float) -> np.ndarray:
    """1 from 0 on, 0 up to -soft, even in between."""
    if not soft:
        return (beyond >= 0).astype(np.float32)
    return (1 + beyond / soft).clip(0, 1).astype(np.float32)


def _chroma(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blue and red colour difference, each ±0.5 for full colours."""
    light, values = luma(picture), picture.astype(np.float32).clip(0, 255) / 255
    return (values[..., 2] - light) / _BLUE, (values[..., 0] - light) / _RED
