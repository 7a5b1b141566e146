"""A sheet of a shelf: the thumbnail of every preset, with its name. Never imports torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .training import letters
from .training.pictures import read_picture

_COLUMNS = 2
_TALL, _WIDE, _GAP, _LINE = 192, 534, 24, 34  # pixels; thumbnails are 712 × 256
_PAPER, _INK, _FAINT = (250, 247, 240), (34, 36, 46), (122, 120, 116)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A preset on the wall; `thumbnail` is None where it has no picture."""

    name: str
    title: str
    thumbnail: Path | None


def draw_gallery(exhibits: Sequence[Exhibit]) -> np.ndarray:
    """The sheet, (H, W, 3) uint8 RGB, two presets a row. Raises StyleError for a thumbnail that is none."""
    rows = [exhibits[at : at + _COLUMNS] for at in range(0, len(exhibits), _COLUMNS)]
    height, width = _GAP + len(rows) * (_TALL + _LINE + _GAP), _GAP + _COLUMNS * (_WIDE + _GAP)
    sheet = np.full((height, width, 3), _PAPER, np.uint8)
    for down, row in enumerate(rows):
        for across, exhibit in enumerate(row):
            _hang(sheet, exhibit, _GAP + down * (_TALL + _LINE + _GAP), _GAP + across * (_WIDE + _GAP))
    return sheet


def _hang(sheet: np.ndarray, exhibit: Exhibit, top: int, left: int) -> None:
    end = letters.write(sheet, exhibit.name, left, top + 18, 12, _INK, letters.SANS_BOLD)
    room = left + _WIDE - end - 14
    letters.write(sheet, _fitted(exhibit.title, room), end + 14, top + 18, 9, _FAINT, letters.SANS)
    frame = sheet[top + _LINE : top + _LINE + _TALL, left : left + _WIDE]
    if exhibit.thumbnail is None:
        letters.write(frame, "no thumbnail", 12, 24, 9, _FAINT, letters.SANS)
        return
    picture = read_picture(exhibit.thumbnail)
    scale = min(_TALL / picture.shape[0], _WIDE / picture.shape[1])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:_TALL, :_WIDE]
    frame[: small.shape[0], : small.shape[1]] = small


def _fitted(title: str, room: float) -> str:
    """As many words of a title as there is room for."""
    words = title.split()
    while words and letters.width(" ".join(words), 9, letters.SANS) > room:
        words.pop()
    return " ".join(words)
