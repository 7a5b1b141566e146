"""Random crops of the pictures that are trained on. Knows nothing of nets or of how they are fitted."""

import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import StyleError
from .pictures import CONTENT_SIDE, read_picture

_KEPT = 500  # pictures in memory: about 300 MB


def as_tensor(pixels: np.ndarray) -> Tensor:
    """(H, W, 3) → (3, H, W) float32 on 0 … 255."""
    return torch.from_numpy(pixels).permute(2, 0, 1).float()


class Crops:
    """Random crops of random pictures: random scale, mirrored half of the time.

    What a batch holds follows from its seed alone, whatever was asked for before. A picture that cannot
    be read is passed by.
    """

    def __init__(self, paths: list[Path], size: int) -> None:
        self._paths, self._size = list(paths), size
        self._kept: dict[Path, np.ndarray] = {}
        self._broken: set[Path] = set()

    def batch(self, count: int, seed: int) -> Tensor:
        """(count, 3, size, size) float32 on 0 … 255. Raises StyleError where no picture can be read."""
        chance = random.Random(seed)
        return torch.stack([self._crop(chance) for _ in range(count)])

    def _crop(self, chance: random.Random) -> Tensor:
        picture = self._picture(chance)
        short = min(picture.shape[:2])
        side = chance.randint(min(self._size, short), short)
        top, left = (chance.randint(0, length - side) for length in picture.shape[:2])
        crop = as_tensor(picture[top : top + side, left : left + side])[None]
        crop = F.interpolate(crop, (self._size, self._size), mode="bilinear", antialias=True)[0]
        return crop.flip(2) if chance.random() < 0.5 else crop

    def _picture(self, chance: random.Random) -> np.ndarray:
        while True:
            path = chance.choice(self._paths)
            if path in self._kept:
                return self._kept[path]
            if path in self._broken:
                continue
            try:
                picture = read_picture(path, CONTENT_SIDE)
            except StyleError as error:
                self._broken.add(path)
                if len(self._broken) == len(self._paths):
                    where = str(path.parent)
                    raise StyleError("none of the pictures to train on can be read", where=where) from error
                continue
            if len(self._kept) == _KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[path] = picture
            return picture
