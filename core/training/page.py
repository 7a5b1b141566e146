"""A page to draw on, in pixels of a picture 1024 wide and 768 high. Knows nothing of what is drawn."""

import cv2
import numpy as np

from . import letters
from .letters import Colour, Pen, curve

WIDTH, HEIGHT = 1024, 768
_FINE = 2  # drawn at twice the size, then brought down


class Page:
    """A canvas with rulers: all positions and sizes in pixels of the finished page."""

    def __init__(self, colour: Colour) -> None:
        self.canvas = np.full((HEIGHT * _FINE, WIDTH * _FINE, 3), colour, np.uint8)

    def text(
        self, text: str, x: float, y: float, size: float, colour: Colour, pen: Pen = letters.SANS
    ) -> float:
        """Letters from (x, y) on, `size` the height of capitals; returns where they end, x."""
        return letters.write(self.canvas, text, x * _FINE, y * _FINE, size * _FINE, colour, pen) / _FINE

    def centred(self, text: str, x: float, y: float, size: float, colour: Colour, pen: Pen) -> None:
        """Letters with x in their middle."""
        self.text(text, x - letters.width(text, size, pen) / 2, y, size, colour, pen)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour,
        edge: Colour | None = None,
        r: float = 0,
    ) -> None:
        """A filled rectangle with corners of radius `r`, in an edge 2 pixels wide if one is given."""
        if edge is not None:
            self.box(x, y, width, height, edge, r=r)
            x, y, width, height = x + 2, y + 2, width - 4, height - 4
        x0, y0, x1, y1 = (round(side * _FINE) for side in (x, y, x + width, y + height))
        if r:
            outline = _rounded(x0, y0, x1, y1, min(r * _FINE, (x1 - x0) // 2, (y1 - y0) // 2)) - 0.5
            cv2.fillPoly(self.canvas, [_fixed(outline)], fill, cv2.LINE_AA, 4)
        else:
            cv2.rectangle(self.canvas, (x0, y0), (x1 - 1, y1 - 1), fill, -1)

    def line(
        self, points: list[tuple[float, float]], colour: Colour, thick: float = 1.5, smooth: bool = False
    ) -> None:
        """A line through points, straight or `smooth`."""
        path = np.array(points, float) * _FINE
        path = _fixed(curve(path) if smooth else path)
        cv2.polylines(self.canvas, [path], False, colour, max(1, round(thick * _FINE)), cv2.LINE_AA, 4)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle around (x, y)."""
        centre = round(x * _FINE), round(y * _FINE)
        cv2.circle(self.canvas, centre, round(radius * _FINE), colour, -1, cv2.LINE_AA)

    def finished(self, height: int) -> np.ndarray:
        """The page as a picture: uint8 RGB, height x height * 4 / 3 x 3."""
        size = (round(height * WIDTH / HEIGHT), height)
        return cv2.resize(self.canvas, size, interpolation=cv2.INTER_AREA)


def _fixed(points: np.ndarray) -> np.ndarray:
    """Points in the sixteenths of a pixel that OpenCV draws with."""
    return np.rint(points * 16).astype(np.int32)


def _rounded(x0: float, y0: float, x1: float, y1: float, r: float) -> np.ndarray:
    """The outline of a rectangle with round corners, Nx2."""
    turn = np.linspace(0, np.pi / 2, 12)
    middles = (x1 - r, y1 - r), (x0 + r, y1 - r), (x0 + r, y0 + r), (x1 - r, y0 + r)
    arcs = ((middle, turn + quarter * np.pi / 2) for quarter, middle in enumerate(middles))
    return np.concatenate([middle + r * np.stack([np.cos(t), np.sin(t)], axis=1) for middle, t in arcs])
