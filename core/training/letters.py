"""A face of strokes, drawn by this project, and the pens that write it. Knows nothing of pages.

No font of the system is used, so that a drawn picture is the same on every machine. A glyph is its
advance and its strokes on a grid: 14 units from the baseline to the top of a capital, 10 to the top
of an x, 5 below the baseline; every point is two digits of base 36, x and y (the baseline is 5).
A stroke that begins with `~` is a curve through its points, any other is straight.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np

Colour = tuple[int, int, int]

_BASELINE, _CAPITAL = 5, 14
_FOOTLESS = "tf1λπθ"
_GLYPHS = {
    " ": "8",
    "a": "b ~1d4f7f8c 8c85 ~8b4a17355588",
    "b": "b 2k25 ~2d5f8e9a865527",
    "c": "a ~8d5f2e1a265587",
    "d": "b 8k85 ~8d5f2e1a265587",
    "e": "b 1a9a ~9a8e5f2e1a265597",
    "f": "7 ~7j5k3i3e 3e35 1f6f",
    "g": "b 8f84 ~8d5f2e1a265587 ~84603012",
    "h": "b 2k25 ~2c5f7f8d8a 8a85",
    "i": "5 2f25 2i2j",
    "j": "5 3f33 ~332000 3i3j",
    "k": "b 2k25 8f2a 4c95",
    "l": "5 2k25",
    "m": "h 2f25 ~2c5f6f8d8a 8a85 ~8cbfcfedea eae5",
    "n": "b 2f25 ~2c5f7f8d8a 8a85",
    "o": "b ~5f2e1a2655869a8e5f",
    "p": "b 2f20 ~2d5f8e9a865527",
    "q": "b 8f80 ~8d5f2e1a265587",
    "r": "8 2f25 ~2b4e6f7e",
    "s": "a ~8d5f2d5a875517",
    "t": "7 3j37 ~374576 1f6f",
    "u": "b 2f29 ~29366588 8f85",
    "v": "a 1f55 559f",
    "w": "e 1f45 457f 7fa5 a5df",
    "x": "a 1f95 9f15",
    "y": "a 1f55 9f30",
    "z": "a 1f9f 9f15 1595",
    "A": "e 157j 7jd5 39b9",
    "B": "c 2j25 ~2j7jahae7c2c ~2c8cb9b68525",
    "C": "d ~bg7j3h1c3775b8",
    "D": "e 2j25 ~2j7jbgccb87525",
    "E": "b 2j25 2jaj 2c8c 25a5",
    "F": "b 2j25 2jaj 2c8c",
    "G": "e ~bg7j3h1c3775b7 b5bc bc7c",
    "H": "d 2j25 bjb5 2cbc",
    "I": "5 2j25",
    "J": "9 6j68 ~684516",
    "K": "c 2j25 bj2b 5db5",
    "L": "b 2j25 25a5",
    "M": "g 2j25 2j85 85ej eje5",
    "N": "d 2j25 2jb5 b5bj",
    "O": "e ~7j3h1c3775b7dcbh7j",
    "P": "c 2j25 ~2j7jahae7b2b",
    "Q": "e ~7j3h1c3775b7dcbh7j 88d4",
    "R": "c 2j25 ~2j7jahae7b2b 7bb5",
    "S": "b ~ag6j2g6ca86518",
    "T": "e 7j75 1jdj",
    "U": "d 2j2a ~2a4595ba bjba",
    "V": "e 1j75 75dj",
    "W": "i 1j55 559j 9jd5 d5hj",
    "X": "d 1jc5 cj15",
    "Y": "e 1j7c dj7c 7c75",
    "Z": "c 2jbj bj15 15b5",
    "0": "b ~5j2h1c2755879c8h5j",
    "1": "b 5j55 5j2g",
    "2": "b ~1g3j7j9g7c15 1595",
    "3": "b ~1h5j8h8d4c ~4c8b985517",
    "4": "b 7j75 7j19 19a9",
    "5": "b 8j2j 2j2c ~2c5e9b864517",
    "6": "b ~8i4i1c185598 ~988b5c19",
    "7": "b 1j9j 9j45",
    "8": "b ~5j2g5c995519 ~195c8g5j",
    "9": "b ~26669c9g5j1g ~1g2d5c9f",
    ".": "5 2526",
    ",": "5 2613",
    ":": "5 2526 2d2e",
    ";": "5 2613 2d2e",
    "!": "5 2j29 2526",
    "?": "a ~1h4j8h7e4b 4b49 4546",
    "(": "6 ~4k1c43",
    ")": "6 ~1k4c13",
    "[": "6 4k1k 1k13 1343",
    "]": "6 1k4k 4k43 4313",
    "{": "7 ~5k3j3e1c ~1c3a3553",
    "}": "7 ~1k3j3e5c ~5c3a3513",
    "+": "b 5f57 1b9b",
    "-": "9 1b7b",
    "=": "b 1d9d 1999",
    "/": "8 137k",
    "*": "a 5h5b 2g8c 8g2c",
    "<": "a 8f1b 1b87",
    ">": "a 1f8b 8b17",
    "_": "b 1494",
    "'": "5 2k2h",
    '"': "7 2k2h 5k5h",
    "#": "d 4j35 9j85 1fbf 19b9",
    "%": "e bj25 ~3j1g3d5g3j ~ab88a5c8ab",
    "@": "e ~aad9dfaj4j1f184489 ~9f6f5b699cac",
    "|": "5 2k23",
    "·": "5 2b2c",
    "α": "c ~bf87551a5f8db5",
    "β": "b ~202h5k8h7e4d ~4d8b985527",
    "λ": "b ~1k3k95 5c15",
    "π": "c 1faf 3f35 8f85",
    "θ": "b ~5k2h1c2755879c8h5k 2c8c",
    "σ": "c ~bf5f2e1a2655869a7f",
    "Σ": "d 2jbj 2j7c 7c25 25b5",
    "Δ": "e 157j 7jd5 15d5",
    "∞": "i ~9b6e3e1b38689bcefehbf8c89b",
    "∂": "b ~2j6k9f8855182c5e8c",
    "→": "g 1beb aeeb a8eb",
    "≤": "a 8h1d 1d89 1686",
    "✓": "e ~1a3855 55ck",
}


@dataclass(frozen=True, slots=True)
class Pen:
    """How strokes are inked, in units of the grid.

    A nib `broad` units wide lies flat (thick stems, thin arms), its hairline is `fine`; serif feet
    or none, space between letters, a slant, one advance for all letters, and how far points stray
    (a hand).
    """

    broad: float = 1.1
    fine: float = 0.9
    serif: bool = False
    tracking: float = 0.0
    slant: float = 0.0
    advance: int | None = None
    stray: float = 0.0


BOOK = Pen(broad=2.3, fine=1.0, serif=True, tracking=0.8)
BOOK_ITALIC = Pen(broad=2.1, fine=1.0, slant=0.24, tracking=0.8)
BOOK_BOLD = Pen(broad=2.9, fine=1.0, serif=True, tracking=1.4)
MONO = Pen(broad=0.7, fine=1.3, advance=12)
SANS = Pen(broad=0.6, fine=1.3)
SANS_BOLD = Pen(broad=1.6, fine=1.7)
HAND = Pen(broad=0.2, fine=1.3, slant=0.3, stray=0.55)


def width(text: str, size: float, pen: Pen) -> float:
    """How far `write` would go on, in pixels."""
    return sum(_advance(letter, pen) for letter in text) * size / _CAPITAL


def write(
    canvas: np.ndarray, text: str, x: float, y: float, size: float, colour: Colour, pen: Pen = SANS
) -> float:
    """Writes on uint8 HxWx3 from (x, y), the baseline's left end, with capitals `size` pixels high.

    Returns where to go on, x. A letter that the face lacks is a KeyError.
    """
    unit = size / _CAPITAL
    for place, letter in enumerate(text):
        shift = (pen.advance - _glyph(letter)[0]) / 2 if pen.advance else 0.0
        for stroke in _inked(letter, pen, place * 7 + ord(letter)):
            points = stroke - (0, _BASELINE)
            points = points * (1, -1) + np.outer(points[:, 1], (pen.slant, 0)) + (shift, 0)
            _sweep(canvas, points * unit + (x, y), pen.broad * unit, pen.fine * unit, colour)
        x += _advance(letter, pen) * unit
    return x


def curve(points: np.ndarray, steps: int = 8) -> np.ndarray:
    """A smooth line (Catmull-Rom) through points Nx2: ((N - 1) * steps + 1)x2."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    if np.array_equal(points[0], points[-1]):
        padded[0], padded[-1] = points[-2], points[1]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        parts.append(b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))))
    return np.concatenate([*parts, points[-1:]])


@cache
def _glyph(letter: str) -> tuple[int, tuple[tuple[bool, np.ndarray], ...]]:
    """Advance, and (curved, points Nx2) of every stroke."""
    advance, *strokes = _GLYPHS[letter].split()
    digits = ([int(digit, 36) for digit in stroke.lstrip("~")] for stroke in strokes)
    points = [np.array(row, float).reshape(-1, 2) for row in digits]
    curved = [stroke.startswith("~") for stroke in strokes]
    return int(advance, 36), tuple(zip(curved, points, strict=True))


def _advance(letter: str, pen: Pen) -> float:
    return pen.advance or _glyph(letter)[0] + pen.tracking


def _inked(letter: str, pen: Pen, seed: int) -> Iterator[np.ndarray]:
    """The strokes as lines, with serif feet where the pen has them."""
    stray = np.random.default_rng(seed)
    strokes = _glyph(letter)[1]
    footed = pen.serif and letter.isalnum() and letter not in _FOOTLESS
    for curved, points in strokes:
        if pen.stray:
            points = points + stray.normal(0, pen.stray, points.shape)
        yield curve(points) if curved else points
        if footed and not curved:
            yield from _feet(points, [other for _, other in strokes if other is not points])


def _feet(points: np.ndarray, others: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Serifs at the free ends of a steep stroke."""
    (x0, y0), (x1, y1) = points[0], points[-1]
    if abs(y1 - y0) < max(4, abs(x1 - x0) / 2):
        return
    for x, y in ((x0, y0), (x1, y1)):
        if any((other[[0, -1]] == (x, y)).all(axis=1).any() for other in others):
            continue
        right = 0.0 if x0 == x1 and y > 14 and y != 19 else 2.3
        yield np.array([(x - 2.3, y), (x + right, y)])


def _sweep(canvas: np.ndarray, line: np.ndarray, broad: float, fine: float, colour: Colour) -> None:
    """Inks a line Nx2 with a flat nib `broad` pixels wide and a hairline of `fine`."""
    half = np.array((broad / 2, 0))
    fixed = np.rint(line * 16).astype(np.int32)
    for a, b in pairwise(line):
        quad = np.array([a - half, a + half, b + half, b - half]) * 16
        quad = cv2.convexHull(np.rint(quad).astype(np.int32))
        cv2.fillConvexPoly(canvas, quad, colour, cv2.LINE_AA, 4)
    cv2.polylines(canvas, [fixed], False, colour, max(1, round(fine)), cv2.LINE_AA, 4)
