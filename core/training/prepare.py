"""Makes a style picture ready: cropped to its best part, cut up and pasted together again.

A style is the mean of a picture's strokes and colours, so that empty paper in it becomes empty film.
Never imports torch, knows nothing of nets.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from ..errors import UsageError
from .pictures import SMALLEST_STYLE, STYLE_SIDE, check_style, read_picture, shrunk

Box = tuple[int, int, int, int]  # left, top, width, height in pixels of the picture

_SHARES = (0.6, 0.45, 0.3)  # of the picture's sides: the crops that are looked for
_AS_DENSE = 0.75  # of the detail in the smallest of them
_CANVAS = (STYLE_SIDE, STYLE_SIDE * 3 // 2)
_BLOCK, _PATCH = 72, 56  # sides of a block of texture, a quarter of the canvas, and of one of colour
_SCALES = (1.0, 1.5, 0.7, 1.0, 1.5, 0.7, 1.0, 1.0)  # of the strokes in blocks of texture: the crop's is 1
_SOFT = 3.0  # pixels over which a block's edge fades, so that cutting draws no lines of its own
_WORTH = 0.3  # of the detail in the richest block: what has less is nearly empty
_COLOURS = 4
_SEEN = 2e-3  # of the picture: a colour that has less is the edge of another
_APART = 40.0  # in RGB: colours that are nearer are one
_STRONG = 96  # a step between neighbours that counts as much as any stronger one


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is done to a style picture before it is learnt from; `crop` "auto" finds the richest part."""

    crop: Box | Literal["auto"] | None = None
    cut_and_paste: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A style picture as it is learnt from, uint8 RGB at short side 256, and what was cropped for it."""

    pixels: np.ndarray
    crop: Box | None


def prepared(path: Path, preparation: Preparation) -> Prepared:
    """The style picture of a file, made ready. Cut and paste without a crop takes the richest part.

    Raises StyleError where it cannot be read or is too small or flat, UsageError for a crop outside it.
    """
    crop = preparation.crop or ("auto" if preparation.cut_and_paste else None)
    if crop is None:
        return Prepared(check_style(read_picture(path, STYLE_SIDE), path), None)
    whole = read_picture(path)
    box = richest(whole) if crop == "auto" else _inside(crop, whole, path)
    piece = check_style(shrunk(_cut(whole, box), STYLE_SIDE), path)
    if preparation.cut_and_paste:
        piece = cut_and_paste(whole, piece, min(piece.shape[:2]) / min(box[2:]))
    return Prepared(piece, box)


def richest(picture: np.ndarray) -> Box:
    """The part of a picture that has most detail: as large as it can be without losing much of that."""
    small = shrunk(picture, STYLE_SIDE)
    fine = detail(small)
    scale = min(picture.shape[:2]) / min(small.shape[:2])
    allowed = [share for share in _SHARES if share * min(picture.shape[:2]) >= SMALLEST_STYLE] or [1.0]
    boxes = [_window(fine, share) for share in allowed]
    dense = [float(_cut(fine, box).mean()) for box in boxes]
    box = next(box for box, found in zip(boxes, dense, strict=True) if found >= _AS_DENSE * dense[-1])
    left, top, width, height = (round(length * scale) for length in box)
    tall, wide = picture.shape[:2]
    width, height = min(width, wide), min(height, tall)
    return min(left, wide - width), min(top, tall - height), width, height


def _window(fine: np.ndarray, share: float) -> Box:
    height, width = (max(1, round(share * length)) for length in fine.shape)
    top, left = _best(fine, height, width)
    return left, top, width, height


def detail(picture: np.ndarray) -> np.ndarray:
    """How much goes on at every pixel, (H, W) float32: steps to its neighbours in any channel.

    The strongest count no more than good ones.
    """
    pixels = picture.astype(np.float32)
    across, down = (
        np.abs(cv2.Sobel(pixels, cv2.CV_32F, *way, ksize=3)).max(2) / 4 for way in ((1, 0), (0, 1))
    )
    return np.minimum(np.maximum(across, down), _STRONG)


def cut_and_paste(whole: np.ndarray, piece: np.ndarray, scale: float) -> np.ndarray:
    """A canvas of 256 × 384 covered with `piece`, with blocks of texture and of colour pasted in.

    The texture is the picture's richest, at several sizes (`scale` brings `whole` to that of `piece`),
    and covers what is emptiest; the colours are the picture's own, over the strokes that lie there.
    """
    canvas = _tiled(piece)
    fresh = np.ones(whole.shape[:2], np.float32)  # 0 where a block was taken from
    for size in _SCALES:
        scaled = _resized(whole, scale * size)
        if min(scaled.shape[:2]) <= _BLOCK:
            continue
        top, left = _richest_block(scaled, fresh)
        block = scaled[top : top + _BLOCK, left : left + _BLOCK]
        _paste(canvas, block, _best(-detail(canvas), _BLOCK, _BLOCK))
        _spend(fresh, (top, left), scale * size)
    for number, colour in enumerate(palette(whole)):
        top, left = _place(number)
        under = canvas[top : top + _PATCH, left : left + _PATCH]
        _paste(canvas, _coloured(under, colour), (top, left))
    return canvas


def palette(picture: np.ndarray, count: int = _COLOURS) -> list[np.ndarray]:
    """The colours that a picture is known by, RGB float32: common or strong ones, apart from each other.

    A picture without colours has its paper and its ink.
    """
    small = shrunk(picture, STYLE_SIDE).reshape(-1, 3)
    cells, counts = np.unique(small >> 4, axis=0, return_counts=True)
    colours = cells.astype(np.float32) * 16 + 8
    strength = (1 + np.ptp(colours, axis=1)) * np.sqrt(counts) * (counts >= _SEEN * len(small))
    found: list[np.ndarray] = []
    for colour in colours[np.argsort(-strength, kind="stable")][: np.count_nonzero(strength)]:
        if all(np.linalg.norm(colour - other) > _APART for other in found):
            found.append(colour)
        if len(found) == count:
            break
    return found


def _inside(crop: Box, picture: np.ndarray, path: Path) -> Box:
    left, top, width, height = crop
    tall, wide = picture.shape[:2]
    if left < 0 or top < 0 or width < 1 or height < 1 or left + width > wide or top + height > tall:
        where = f"--crop {','.join(map(str, crop))}"
        hint = f"{path.name} has {wide}×{tall} pixels; a crop is left, top, width, height."
        raise UsageError("the crop is not inside the picture", where=where, hint=hint)
    return crop


def _cut(picture: np.ndarray, box: Box) -> np.ndarray:
    left, top, width, height = box
    return picture[top : top + height, left : left + width]


def _best(worth: np.ndarray, height: int, width: int) -> tuple[int, int]:
    """Top and left of the window with the highest sum."""
    sums = cv2.integral(worth)
    windows = (
        sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]
    )
    top, left = np.unravel_index(int(windows.argmax()), windows.shape)
    return int(top), int(left)


def _tiled(piece: np.ndarray) -> np.ndarray:
    """The canvas covered with a piece and its mirror images."""
    missing = ((0, max(0, want - have)) for want, have in zip(_CANVAS, piece.shape[:2], strict=True))
    return np.pad(piece, (*missing, (0, 0)), "symmetric")[: _CANVAS[0], : _CANVAS[1]].copy()


def _resized(picture: np.ndarray, scale: float) -> np.ndarray:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)


def _richest_block(picture: np.ndarray, fresh: np.ndarray) -> tuple[int, int]:
    """Top and left of the richest block that is new, or of the richest where what is new is nearly empty."""
    fine = detail(picture)
    left_over = fine * cv2.resize(fresh, fine.shape[::-1], interpolation=cv2.INTER_AREA)
    (top, left), best = (_best(worth, _BLOCK, _BLOCK) for worth in (left_over, fine))
    found, most = left_over[top : top + _BLOCK, left : left + _BLOCK], fine[best[0] :, best[1] :]
    return (top, left) if found.sum() >= _WORTH * most[:_BLOCK, :_BLOCK].sum() else best


def _spend(fresh: np.ndarray, corner: tuple[int, int], scale: float) -> None:
    """Notes that a block was taken, at `corner` of the picture scaled, so that the next is another one."""
    top, left, side = (round(length / scale) for length in (*corner, _BLOCK))
    fresh[top : top + side, left : left + side] = 0


def _place(number: int) -> tuple[int, int]:
    """Where a block of colour goes: in a zigzag from left to right."""
    free = _CANVAS[1] - _PATCH
    top = (_CANVAS[0] - _PATCH) * (1 + 2 * (number % 2)) // 4
    return top, free * (2 * number + 1) // (2 * _COLOURS)


def _coloured(block: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """The strokes of a block as they would be in one colour: dark stays dark, paper becomes the colour."""
    grey = block.astype(np.float32).mean(2, keepdims=True)
    low, high = float(grey.min()), float(grey.max())
    light = (grey - low) / max(1.0, high - low)
    return (low + light * (colour - low)).clip(0, 255)


def _paste(canvas: np.ndarray, block: np.ndarray, corner: tuple[int, int]) -> None:
    top, left = corner
    inner = np.zeros(block.shape[:2], np.float32)
    margin = round(_SOFT)
    inner[margin:-margin, margin:-margin] = 1
    share = cv2.GaussianBlur(inner, (0, 0), _SOFT / 2)[..., None]
    place = canvas[top : top + block.shape[0], left : left + block.shape[1]]
    place[:] = np.rint(place * (1 - share) + block * share).astype(np.uint8)
