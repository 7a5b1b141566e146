"""One picture of a whole film: moments from left to right, source above styled, the ramps below.

Arrays and numbers in, an array out; knows nothing of plans, files or nets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...core.dial import to_dial
from ...core.training import letters

_PAPER, _INK, _FAINT = (250, 247, 240), (34, 36, 46), (188, 184, 176)
_HUES = ((46, 110, 200), (214, 120, 30), (150, 70, 190), (40, 150, 90), (200, 50, 70))
_EDGE, _GAP, _HEAD, _PLOT, _LEFT = 24, 8, 34, 150, 76  # pixels
_TICKS = ((0.0, "0"), (1e9, "1e9"), (1e10, "1e10"), (1e11, "1e11"))


@dataclass(frozen=True, slots=True)
class Moment:
    """A record frame as it was and as it became: two uint8 RGB pictures of one shape."""

    record: int
    source: np.ndarray
    styled: np.ndarray
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """The style weights (0 … 1e11) of one clip, one for every record frame from `first` on."""

    first: int
    weights: tuple[float, ...]


def contact_sheet(
    moments: Sequence[Moment], curves: Sequence[Curve], width: int = 1600, columns: int = 4
) -> np.ndarray:
    """The sheet: uint8 RGB, `width` wide. Moments stand in the order given, `columns` side by side.

    The curves are drawn along the even dial of style weights, overlapping where clips dissolve; a
    thin line marks every moment. Raises ValueError without moments.
    """
    if not moments:
        raise ValueError("a contact sheet needs at least one moment")
    columns = min(columns, len(moments))
    wide = (width - 2 * _EDGE + _GAP) // columns - _GAP
    tall = round(wide * moments[0].source.shape[0] / moments[0].source.shape[1])
    row = _HEAD + 2 * (tall + _GAP)
    below = row * -(-len(moments) // columns) + _EDGE
    sheet = np.full((below + _PLOT + _EDGE, width, 3), _PAPER, np.uint8)
    for place, moment in enumerate(moments):
        left, top = _EDGE + place % columns * (wide + _GAP), place // columns * row
        _place(sheet, moment, left, top, wide, tall)
    _plot(sheet[below : below + _PLOT, _LEFT : width - _EDGE], [m.record for m in moments], curves)
    for weight, text in _TICKS:
        base = below + _level(weight) + 5
        letters.write(sheet, text, _LEFT - 10 - letters.width(text, 10, letters.SANS), base, 10, _INK)
    return sheet


def _place(sheet: np.ndarray, moment: Moment, left: int, top: int, wide: int, tall: int) -> None:
    """One moment: its caption, its source, its styled picture."""
    letters.write(sheet, moment.caption, left, top + _HEAD - 10, 11, _INK, letters.SANS)
    for row, picture in enumerate((moment.source, moment.styled)):
        above = top + _HEAD + row * (tall + _GAP)
        shrunk = cv2.resize(picture, (wide, tall), interpolation=cv2.INTER_AREA)
        sheet[above : above + tall, left : left + wide] = shrunk


def _level(weight: float) -> int:
    """A weight's height in the plot, in pixels from its top."""
    return round((1 - to_dial(weight)) * (_PLOT - 3)) + 1


def _plot(plot: np.ndarray, records: list[int], curves: Sequence[Curve]) -> None:
    """Draws into a part of the sheet, in place."""
    wide = plot.shape[1]
    frames = max([record + 1 for record in records] + [curve.first + len(curve.weights) for curve in curves])
    for weight, _ in _TICKS:
        cv2.line(plot, (0, _level(weight)), (wide, _level(weight)), _FAINT, 1)
    for number, curve in enumerate(curves):
        hue = _HUES[number % len(_HUES)]
        edges = (curve.first + np.arange(len(curve.weights) + 1)) * wide / frames
        levels = [_level(weight) for weight in curve.weights]
        line = np.stack([np.repeat(edges, 2)[1:-1], np.repeat(levels, 2)], axis=1).round().astype(np.int32)
        area = np.concatenate([line, [(line[-1, 0], _PLOT - 2), (line[0, 0], _PLOT - 2)]])
        tinted = cv2.fillPoly(plot.copy(), [area], hue)
        plot[:] = (plot * 0.75 + tinted * 0.25).astype(np.uint8)
        cv2.polylines(plot, [line], False, hue, 2, cv2.LINE_AA)
    for record in records:
        x = round((record + 0.5) * wide / frames)
        for y in range(0, _PLOT, 8):
            cv2.line(plot, (x, y), (x, y + 3), _INK, 1)
