"""Films whose motion is known: a slow pan over soft blots, which may be cut to another one."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

STEP = 1.5  # pixels a frame, to the left


def blots(seed: int, height: int, width: int) -> np.ndarray:
    """Soft blots over the whole range, (H, W, 3) float32 on 0 … 255, that close at left and right."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3)).astype(np.float32)
    padded = cv2.copyMakeBorder(noise, 0, 0, 32, 32, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(padded, (0, 0), 3)[:, 32:-32]
    return (128 + 50 * soft / soft.std()).clip(0, 255)


def pan(number: int, cut: int | None = None, size: tuple[int, int] = (96, 64)) -> np.ndarray:
    """Frame `number` of a pan, (H, W, 3) uint8; from frame `cut` on over other blots."""
    width, height = size
    whole = blots(2 if cut is not None and number >= cut else 1, height, 4 * width)
    moved = np.array(((1, 0, -STEP * number), (0, 1, 0)), np.float32)
    shifted = cv2.warpAffine(whole, moved, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
    return np.rint(shifted.clip(0, 255)).astype(np.uint8)


def write_pan(path: Path, frames: int, rate: Fraction, cut: int | None = None) -> Path:
    """A pan without loss, as a film."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv422p10le"
        for number in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pan(number, cut), format="rgb24")))
        container.mux(stream.encode())
    return path
