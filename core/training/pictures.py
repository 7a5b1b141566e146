"""Style pictures and content pictures for training. Knows nothing of nets."""

import random
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import StyleError

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
STYLE_SIDE = 256  # the short side at which a style's manner is measured
_CONTENT_SIDE = 400


def read_picture(path: Path, short_side: int) -> Tensor:
    """A picture as (3, H, W) uint8 RGB, its short side made `short_side` where it is longer."""
    content = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    pixels = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    if pixels is None:
        raise StyleError(
            "not a picture that can be read" if path.is_file() else "there is no such picture",
            where=str(path),
        )
    scale = short_side / min(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(np.ascontiguousarray(pixels[:, :, ::-1])).permute(2, 0, 1)


def style_picture(path: Path) -> Tensor:
    """A style picture, (3, H, W) float32 on 0 … 255 at short side 256; one too small or flat is refused."""
    pixels = read_picture(path, STYLE_SIDE).float()
    if min(pixels.shape[1:]) < 128:
        size = f"{pixels.shape[2]}×{pixels.shape[1]}"
        raise StyleError(
            f"too small for a style: {size}", where=str(path), hint="Its short side needs 128 pixels or more."
        )
    if pixels.std() < 4:
        raise StyleError("too flat for a style: there is hardly any contrast in it", where=str(path))
    return pixels


def content_pictures(folder: Path) -> list[Path]:
    """The pictures below a folder that may be trained on, by name.

    `kodim*` and every fifth of the others are held out, so that a style can be measured on pictures
    it has never seen.
    """
    names = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    others = [path for path in names if not path.name.startswith("kodim")]
    kept = [path for index, path in enumerate(others) if index % 5]
    if not kept:
        raise StyleError(
            "there are too few pictures to train on", where=str(folder), hint="Some dozens of frames do."
        )
    return kept


class Crops:
    """Random crops of random pictures: random scale, mirrored half of the time."""

    def __init__(self, paths: list[Path], size: int, seed: int) -> None:
        self._paths, self._size, self._random = paths, size, random.Random(seed)
        self._kept: dict[Path, Tensor] = {}

    def batch(self, count: int) -> Tensor:
        """(count, 3, size, size) float32 on 0 … 255."""
        return torch.stack([self._crop() for _ in range(count)])

    def _crop(self) -> Tensor:
        path = self._random.choice(self._paths)
        if path not in self._kept:
            self._kept[path] = read_picture(path, _CONTENT_SIDE)
        picture = self._kept[path]
        short = min(picture.shape[1:])
        side = self._random.randint(min(self._size, short), short)
        top, left = (self._random.randint(0, length - side) for length in picture.shape[1:])
        crop = picture[None, :, top : top + side, left : left + side].float()
        crop = F.interpolate(crop, (self._size, self._size), mode="bilinear", antialias=True)[0]
        return crop.flip(2) if self._random.random() < 0.5 else crop
