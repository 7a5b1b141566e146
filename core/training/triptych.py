"""A picture before and after, with the style between them, and the files of both.

Never imports torch, knows nothing of how they came to be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

_HEAD, _GAP = 32, 4
_PAPER, _INK = 24, 220


@dataclass(frozen=True, slots=True)
class Files:
    """What is written: the painted picture, and a sheet of it beside its source and its style."""

    picture: Path

    @property
    def sheet(self) -> Path:
        """Where the three pictures go."""
        return self.picture.with_name(f"{self.picture.stem}_sheet.png")

    @property
    def taken(self) -> Path | None:
        """One of the two that is there already, if any."""
        return next((path for path in self.both if path.exists()), None)

    @property
    def both(self) -> tuple[Path, Path]:
        """The picture, then the sheet."""
        return self.picture, self.sheet


def triptych(pictures: Sequence[np.ndarray], captions: Sequence[str]) -> np.ndarray:
    """Pictures side by side, as high as the first, each below its caption; all (H, W, 3) uint8 RGB."""
    height = pictures[0].shape[0]
    framed = (
        _captioned(_as_high(picture, height), text) for picture, text in zip(pictures, captions, strict=True)
    )
    return np.concatenate(list(framed), 1)


def as_png(picture: np.ndarray) -> bytes:
    """A picture, (H, W, 3) uint8 RGB, as a PNG file."""
    return cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))[1].tobytes()


def _as_high(picture: np.ndarray, height: int) -> np.ndarray:
    if picture.shape[0] == height:
        return picture
    how = cv2.INTER_AREA if picture.shape[0] > height else cv2.INTER_CUBIC
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return cv2.resize(picture, (width, height), interpolation=how)


def _captioned(picture: np.ndarray, text: str) -> np.ndarray:
    framed = np.pad(picture, ((_HEAD, _GAP), (_GAP, _GAP), (0, 0)), constant_values=_PAPER)
    ascii_only = text.encode("ascii", "replace").decode()  # the letters that OpenCV has
    cv2.putText(
        framed, ascii_only, (_GAP, _HEAD - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (_INK,) * 3, 1, cv2.LINE_AA
    )
    return framed
