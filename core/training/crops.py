"""Random crops of the pictures that are trained on. Knows nothing of nets or of how they are fitted."""

import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import StyleError
from .pictures import read_picture

_SIDE = 400  # the short side at which pictures are kept
_KEPT = 500  # pictures in memory: about 300 MB


def as_tensor(pixels: np.ndarray) -> Tensor:
    """(H, W, 3) → (3, H, W) float32 on 0 … 255."""
    return torch.from_numpy(pixels).permute(2, 0, 1).float()


class Crops:
    """Random crops of random pictures: random scale, mirrored half of the time.

    A picture that cannot be read is passed by from then on.
    """

    def __init__(self, paths: list[Path], size: int, seed: int) -> None:
        self._paths, self._size, self._random = list(paths), size, random.Random(seed)
        self._kept: dict[Path, np.ndarray] = {}

    def batch(self, count: int) -> Tensor:
        """(count, 3, size, size) float32 on 0 … 255. Raises StyleError where no picture can be read."""
        return torch.stack([self._crop() for _ in range(count)])

    def _crop(self) -> Tensor:
        picture = self._picture()
        short = min(picture.shape[:2])
        side = self._random.randint(min(self._size, short), short)
        top, left = (self._random.randint(0, length - side) for length in picture.shape[:2])
        crop = as_tensor(picture[top : top + side, left : left + side])[None]
        crop = F.interpolate(crop, (self._size, self._size), mode="bilinear", antialias=True)[0]
        return crop.flip(2) if self._random.random() < 0.5 else crop

    def _picture(self) -> np.ndarray:
        while True:
            path = self._random.choice(self._paths)
            if path in self._kept:
                return self._kept[path]
            try:
                picture = read_picture(path, _SIDE)
            except StyleError as error:
                self._paths.remove(path)
                if not self._paths:
                    raise StyleError(
                        "none of the pictures to train on can be read", where=str(path.parent)
                    ) from error
                continue
            if len(self._kept) == _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[path] = picture
            return picture
