"""Mattes by hand: settings, small films and pictures of them, and what they are for frames of a source."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import torch
from stylereel.core.cut import MediaRef
from stylereel.core.mattes.matting import Matting, Shape
from stylereel.core.media.probe import read_facts
from stylereel.core.preset import Matte, Wear, nested

RATE = Fraction(25)


def matte(**values: Any) -> Matte:
    """A preset's matte, as a film file says it."""
    found = Wear.model_validate(nested({"matte": values})).matte
    assert found
    return found


def write_film(
    path: Path, frames: Sequence[np.ndarray], rate: Fraction = RATE, start: str = "", kind: str = "rgb24"
) -> Path:
    """A film without loss of pictures, (H, W, 3) or (H, W, 4) uint8; `start` is its timecode."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("png", rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = kind
        if start:
            stream.metadata["timecode"] = start
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=kind)))
        container.mux(stream.encode())
    return path


def write_picture(path: Path, pixels: np.ndarray) -> Path:
    """A PNG of (H, W, 3) RGB or (H, W) grey, uint8."""
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), pixels[..., ::-1] if pixels.ndim == 3 else pixels)
    return path


def grey(level: int, size: tuple[int, int] = (32, 24)) -> np.ndarray:
    """A plain picture, (H, W, 3) uint8, of a size (width, height)."""
    return np.full((size[1], size[0], 3), level, np.uint8)


def colours(seed: int = 3, size: tuple[int, int] = (96, 64)) -> np.ndarray:
    """A picture of soft patches of many colours, (H, W, 3) uint8."""
    coarse = np.random.default_rng(seed).uniform(0, 255, (size[1] // 8, size[0] // 8, 3)).astype(np.float32)
    return cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def tensor(pixels: np.ndarray) -> torch.Tensor:
    """(H, W, 3) as (1, 3, H, W) float32."""
    return torch.from_numpy(pixels.astype(np.float32).transpose(2, 0, 1)[None].copy())


@contextmanager
def at_work(media: MediaRef, shape: Shape = Shape(), **values: Any) -> Iterator[Matting]:
    """The matte of some settings on a source."""
    known = read_facts(media.path, media.kind, media.rate) if media.path.is_file() else None
    with Matting(matte(**values), media, known, read_facts, shape=shape) as matting:
        yield matting


def matte_of(pixels: np.ndarray, shape: Shape = Shape(), **values: Any) -> np.ndarray:
    """The matte of one picture that lies in no file, (H, W)."""
    nowhere = MediaRef("still.png", "still.png", Path("still.png"), RATE, kind="still")
    with at_work(nowhere, shape, **values) as matting:
        return matting.at(0, tensor(pixels))[0, 0].numpy()
