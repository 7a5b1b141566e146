"""A sheet to look at: what styles look like so far, from left to right along the dial.

Knows nothing of how they are fitted.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ..dial import weight_name
from ..nets.dialled import Style
from ..whole import write_whole
from .crops import as_tensor

TILE = 256
_WEIGHTS = (1e9, 1e10, 3e10, 1e11)
_HEAD, _GAP = 32, 4
_PAPER, _INK = 24, 220


def draw_sheet(
    path: Path,
    styles: Sequence[Style],
    learnt: Sequence[np.ndarray],
    pictures: Sequence[np.ndarray],
    caption: str,
) -> None:
    """Writes what each style learns from, then each picture, then it painted at 1e9, 1e10, 3e10 and 1e11.

    `learnt` are the style pictures and `pictures` what is painted, (H, W, 3) uint8 RGB. One style has a
    row for every picture; several share one picture each, in turn. Raises OutputError.
    """
    many = len(styles) > 1
    rows = [_head(caption)]
    for number, (style, manner) in enumerate(zip(styles, learnt, strict=True)):
        shown = [pictures[number % len(pictures)]] if many else pictures
        rows += [_row(style, manner if at == 0 else None, picture) for at, picture in enumerate(shown)]
    sheet = np.concatenate(rows)
    done, content = cv2.imencode(".png", np.ascontiguousarray(sheet[:, :, ::-1]))
    write_whole(path, content.tobytes() if done else b"", "the sheet")


def _row(style: Style, manner: np.ndarray | None, picture: np.ndarray) -> np.ndarray:
    pixels = as_tensor(tile(picture))[None].to(style.gamma.device)
    painted = [style.paint(pixels, weight).clamp(0, 255)[0] for weight in _WEIGHTS]
    tiles = [one.permute(1, 2, 0).round().byte().cpu().numpy() for one in painted]
    blank = np.full((TILE, TILE, 3), _PAPER, np.uint8)
    return _framed([blank if manner is None else _fitted(manner), tile(picture), *tiles])


def tile(picture: np.ndarray) -> np.ndarray:
    """The middle of a picture, a square; smaller ones are repeated in mirror images."""
    top, left = (max(0, length - TILE) // 2 for length in picture.shape[:2])
    square = picture[top : top + TILE, left : left + TILE]
    missing = ((0, TILE - length) for length in square.shape[:2])
    return np.pad(square, (*missing, (0, 0)), "symmetric")


def _fitted(picture: np.ndarray) -> np.ndarray:
    """A whole picture in a tile."""
    scale = TILE / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:TILE, :TILE]
    square = np.full((TILE, TILE, 3), _PAPER, np.uint8)
    top, left = ((TILE - length) // 2 for length in small.shape[:2])
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def _framed(tiles: Sequence[np.ndarray]) -> np.ndarray:
    """Tiles in a row with gaps between them, and one below."""
    padded = [np.pad(tile, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=_PAPER) for tile in tiles]
    return np.concatenate(padded, 1)


def _head(caption: str) -> np.ndarray:
    width = (2 + len(_WEIGHTS)) * (TILE + _GAP)
    head = np.full((_HEAD, width, 3), _PAPER, np.uint8)
    for column, text in enumerate((caption, "source", *map(weight_name, _WEIGHTS))):
        place = column * (TILE + _GAP) + 6, _HEAD - 10
        cv2.putText(head, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.55, (_INK,) * 3, 1, cv2.LINE_AA)
    return head
