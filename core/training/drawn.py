"""The three style pictures of the shelf, drawn: an exam paper, a code editor, an enrolment form.

Everything on them is this project's own. Knows nothing of nets or files; the letters come from
`letters`. Pages are laid out in pixels of a picture 1024 wide and 768 high.
"""

import re
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from ..errors import UsageError
from . import letters
from .letters import Colour, Pen, curve

_WIDTH, _HEIGHT, _FINE = 1024, 768, 2  # drawn at twice the size, then brought down


class _Page:
    """A canvas with rulers: all positions and sizes in pixels of the finished page."""

    def __init__(self, colour: Colour) -> None:
        self.canvas = np.full((_HEIGHT * _FINE, _WIDTH * _FINE, 3), colour, np.uint8)

    def text(
        self, text: str, x: float, y: float, size: float, colour: Colour, pen: Pen = letters.SANS
    ) -> float:
        return letters.write(self.canvas, text, x * _FINE, y * _FINE, size * _FINE, colour, pen) / _FINE

    def centred(self, text: str, x: float, y: float, size: float, colour: Colour, pen: Pen) -> None:
        self.text(text, x - letters.width(text, size, pen) / 2, y, size, colour, pen)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour,
        edge: Colour | None = None,
        r: int = 0,
    ) -> None:
        """A filled rectangle with round corners of radius `r`, and a hairline if `edge` is given."""
        if edge is not None:
            self.box(x, y, width, height, edge, r=r)
            x, y, width, height = x + 2, y + 2, width - 4, height - 4
        x0, y0, x1, y1 = (round(v * _FINE) for v in (x, y, x + width, y + height))
        q = min(r * _FINE, (x1 - x0) // 2, (y1 - y0) // 2)
        if not q:
            cv2.rectangle(self.canvas, (x0, y0), (x1 - 1, y1 - 1), fill, -1)
            return
        turn = np.linspace(0, np.pi / 2, 12)
        corners = ((x1 - q, y1 - q, 0), (x0 + q, y1 - q, 1), (x0 + q, y0 + q, 2), (x1 - q, y0 + q, 3))
        arcs = [
            np.stack([cx + q * np.cos(turn + k * np.pi / 2), cy + q * np.sin(turn + k * np.pi / 2)], 1)
            for cx, cy, k in corners
        ]
        outline = np.rint((np.concatenate(arcs) - 0.5) * 16).astype(np.int32)
        cv2.fillPoly(self.canvas, [outline], fill, cv2.LINE_AA, 4)

    def line(
        self, points: list[tuple[float, float]], colour: Colour, thick: float = 1.5, smooth: bool = False
    ) -> None:
        path = np.array(points, float) * _FINE
        fixed = np.rint((curve(path) if smooth else path) * 16).astype(np.int32)
        cv2.polylines(self.canvas, [fixed], False, colour, max(1, round(thick * _FINE)), cv2.LINE_AA, 4)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        cv2.circle(
            self.canvas, (round(x * _FINE), round(y * _FINE)), round(radius * _FINE), colour, -1, cv2.LINE_AA
        )

    def finished(self, height: int) -> np.ndarray:
        size = (round(height * _WIDTH / _HEIGHT), height)
        return cv2.resize(self.canvas, size, interpolation=cv2.INTER_AREA)


# ---- the exam paper -------------------------------------------------------------------------

_INK, _PAPER, _RULE = (24, 24, 32), (250, 244, 226), (150, 184, 214)
_BLUE, _RED = (28, 62, 176), (206, 30, 38)


def _exam() -> _Page:
    page = _Page(_PAPER)
    page.centred("MATHEMATICS II · EXAM", 410, 62, 38, _INK, letters.BOOK_BOLD)
    page.line([(24, 84), (800, 84)], _INK, 3)
    page.line([(24, 91), (800, 91)], _INK, 1)
    page.box(824, 18, 178, 76, _PAPER, _INK)
    page.line([(824, 94), (1002, 18)], _INK, 1.5)
    page.text("37", 842, 58, 32, _RED, letters.HAND)
    page.text("60", 940, 84, 26, _INK, letters.BOOK)
    _ring(page, 870, 46, 52, 34)
    _integral(page, 24, 104)
    _eigenvalues(page, 520, 104)
    _graph(page, 24, 448)
    _series(page, 520, 448)
    return page


def _ring(page: _Page, x: float, y: float, width: float, height: float) -> None:
    """A ring of the red pen that overshoots its beginning."""
    turns = np.linspace(-2.2, 4.6, 22)
    stretch = 1 + 0.03 * turns
    page.line(
        [
            (x + width * s * np.cos(t), y + height * s * np.sin(t))
            for t, s in zip(turns, stretch, strict=True)
        ],
        _RED,
        3.2,
        smooth=True,
    )


def _answer(page: _Page, x: float, y: float, width: float, height: float) -> None:
    """A box of squared paper to write an answer in."""
    page.box(x, y, width, height, (246, 247, 240), _INK)
    for step in range(16, int(max(width, height)), 16):
        if step < width:
            page.line([(x + step, y + 2), (x + step, y + height - 3)], _RULE, 0.9)
        if step < height:
            page.line([(x + 2, y + step), (x + width - 3, y + step)], _RULE, 0.9)


def _heading(page: _Page, x: float, y: float, number: str, words: str, points: str) -> None:
    page.text(number, x, y, 26, _INK, letters.BOOK_BOLD)
    page.text(words, x + 40, y, 21, _INK, letters.BOOK)
    page.text(
        points, x + 474 - letters.width(points, 17, letters.BOOK_ITALIC), y, 17, _INK, letters.BOOK_ITALIC
    )


def _fraction(
    page: _Page, top: str, bottom: str, x: float, y: float, size: float, colour: Colour, pen: Pen
) -> float:
    """A fraction whose bar lies on y; returns where it ends, x."""
    wide = max(letters.width(part, size, pen) for part in (top, bottom)) + 8
    page.centred(top, x + wide / 2, y - 9, size, colour, pen)
    page.centred(bottom, x + wide / 2, y + size + 10, size, colour, pen)
    page.line([(x, y), (x + wide, y)], colour, 2)
    return x + wide


def _integral_sign(page: _Page, x: float, y: float, height: float, colour: Colour, thick: float) -> None:
    h = height
    page.line(
        [
            (x + h * 0.36, y + h * 0.06),
            (x + h * 0.27, y),
            (x + h * 0.2, y + h * 0.14),
            (x + h * 0.16, y + h * 0.5),
            (x + h * 0.12, y + h * 0.86),
            (x + h * 0.05, y + h),
            (x - h * 0.04, y + h * 0.94),
        ],
        colour,
        thick,
        smooth=True,
    )


def _integral(page: _Page, x: float, y: float) -> None:
    _heading(page, x, y + 28, "1.", "Compute the integral", "(8 P)")
    _integral_sign(page, x + 60, y + 44, 96, _INK, 4)
    page.text("∞", x + 104, y + 58, 15, _INK, letters.BOOK)
    page.text("0", x + 84, y + 142, 15, _INK, letters.BOOK)
    end = page.text("x", x + 122, y + 104, 32, _INK, letters.BOOK_ITALIC)
    page.text("2", end, y + 84, 18, _INK, letters.BOOK)
    end = page.text("e", end + 18, y + 104, 32, _INK, letters.BOOK_ITALIC)
    end = page.text("-λx", end, y + 84, 19, _INK, letters.BOOK_ITALIC)
    end = page.text("dx", end + 10, y + 104, 32, _INK, letters.BOOK_ITALIC)
    end = page.text("=", end + 10, y + 104, 28, _INK, letters.BOOK)
    _fraction(page, "2", "λ·λ·λ", end + 12, y + 92, 26, _INK, letters.BOOK_ITALIC)
    _answer(page, x, y + 158, 472, 176)
    page.text("u = x·x   dv = e(-λx)", x + 18, y + 198, 25, _BLUE, letters.HAND)
    _integral_sign(page, x + 26, y + 214, 58, _BLUE, 3)
    end = page.text("2x e(-λx) dx =", x + 58, y + 256, 27, _BLUE, letters.HAND)
    _fraction(page, "2", "λ", end + 8, y + 246, 24, _BLUE, letters.HAND)
    page.text("[ -x e(-λx)/λ ] = 2/3λ", x + 18, y + 316, 25, _BLUE, letters.HAND)
    page.line([(x + 290, y + 328), (x + 372, y + 290)], _RED, 4)
    page.text("?!", x + 420, y + 322, 36, _RED, letters.HAND)
    page.text("✓", x + 412, y + 222, 46, _RED, letters.HAND)


def _matrix(page: _Page, rows: list[str], x: float, y: float, size: float, colour: Colour, pen: Pen) -> float:
    """A matrix in brackets, its first row's baseline at y + size; cells are parted by blanks."""
    cells = [row.split() for row in rows]
    step, pitch = max(letters.width(c, size, pen) for row in cells for c in row) + 16, size + 16
    wide, high = step * len(cells[0]) + 14, pitch * len(rows) + 2
    for j, row in enumerate(cells):
        for i, cell in enumerate(row):
            page.centred(cell, x + 8 + step * (i + 0.5), y + size + pitch * j + 4, size, colour, pen)
    for edge, inward in ((x, 8), (x + wide, -8)):
        page.line(
            [(edge + inward, y - 4), (edge, y - 4), (edge, y + high), (edge + inward, y + high)], colour, 3
        )
    return x + wide


def _eigenvalues(page: _Page, x: float, y: float) -> None:
    _heading(page, x, y + 28, "2.", "Find all eigenvalues of", "(12 P)")
    end = page.text("A =", x + 40, y + 102, 32, _INK, letters.BOOK_ITALIC)
    end = _matrix(page, ["2 -1 0", "-1 2 α", "0 β 3"], end + 14, y + 44, 22, _INK, letters.BOOK)
    end = page.text("v =", end + 24, y + 102, 30, _INK, letters.BOOK_ITALIC)
    _matrix(page, ["1", "λ", "0"], end + 14, y + 44, 22, _INK, letters.BOOK)
    _answer(page, x, y + 174, 480, 160)
    page.text("det(A - λ E) = 0", x + 18, y + 212, 27, _BLUE, letters.HAND)
    page.text("(2-λ)(2-λ)(3-λ) - α β = 0", x + 18, y + 262, 26, _BLUE, letters.HAND)
    page.text("λ = 1, 3, 3", x + 40, y + 316, 30, _BLUE, letters.HAND)
    page.line([(x + 34, y + 326), (x + 214, y + 322)], _BLUE, 3)
    _ring(page, x + 150, y + 306, 128, 27)
    page.text("✓", x + 424, y + 238, 50, _RED, letters.HAND)
    page.text("+ 9", x + 316, y + 318, 32, _RED, letters.HAND)


def _graph(page: _Page, x: float, y: float) -> None:
    _heading(page, x, y + 28, "3.", "Sketch f and its limit", "(20 P)")
    _answer(page, x, y + 42, 472, 262)
    left, base = x + 56, y + 236
    page.line([(x + 20, base), (x + 452, base)], _INK, 3)
    page.line([(left, y + 296), (left, y + 54)], _INK, 3)
    page.line([(x + 438, base - 8), (x + 454, base), (x + 438, base + 8)], _INK, 3)
    page.line([(left - 8, y + 70), (left, y + 54), (left + 8, y + 70)], _INK, 3)
    for tick in range(1, 6):
        page.line([(left + tick * 64, base - 7), (left + tick * 64, base + 7)], _INK, 2.5)
        page.text(str(tick), left + tick * 64 - 6, base + 30, 18, _INK, letters.BOOK)
    page.text("f(x)", left + 12, y + 76, 22, _INK, letters.BOOK_ITALIC)
    run = np.linspace(0, 372, 60)
    page.line(
        [(left + t, base - 64 - 96 * np.sin(t / 34) * np.exp(-t / 190)) for t in run], _BLUE, 4.5, smooth=True
    )
    page.line([(left + t, base - 64 - 96 * np.exp(-t / 190)) for t in run], _RED, 3, smooth=True)
    for t in range(0, 372, 24):
        page.line([(left + t, base - 64), (left + t + 14, base - 64)], _INK, 2)
    page.text("σ → 0", x + 306, y + 108, 26, _BLUE, letters.HAND)
    page.text("units?", x + 340, y + 292, 26, _RED, letters.HAND)


def _series(page: _Page, x: float, y: float) -> None:
    _heading(page, x, y + 28, "4.", "True or false? Prove it.", "(20 P)")
    page.text("Σ", x + 40, y + 102, 50, _INK, letters.BOOK)
    page.text("∞", x + 50, y + 46, 13, _INK, letters.BOOK)
    page.text("n=1", x + 38, y + 128, 15, _INK, letters.BOOK_ITALIC)
    end = _fraction(page, "1", "n·n", x + 88, y + 78, 22, _INK, letters.BOOK)
    end = page.text("=", end + 8, y + 90, 26, _INK, letters.BOOK)
    end = _fraction(page, "π·π", "6", end + 8, y + 78, 22, _INK, letters.BOOK)
    end = page.text("≤", end + 12, y + 90, 26, _INK, letters.BOOK)
    _fraction(page, "∂f", "∂x", end + 6, y + 78, 23, _INK, letters.BOOK_ITALIC)
    for row, (word, crossed) in enumerate((("true", True), ("false", False))):
        page.box(x + 370, y + 54 + row * 42, 28, 28, _PAPER, _INK)
        page.text(word, x + 410, y + 78 + row * 42, 22, _INK, letters.BOOK)
        if crossed:
            page.line([(x + 366, y + 50), (x + 402, y + 88)], _BLUE, 4)
            page.line([(x + 402, y + 50), (x + 366, y + 88)], _BLUE, 4)
    _answer(page, x, y + 144, 480, 160)
    page.text("Fourier: f(x) = x·x, a = 4/n", x + 16, y + 184, 24, _BLUE, letters.HAND)
    page.text("→ Σ 1/n·n = π·π/6   q.e.d.", x + 16, y + 234, 25, _BLUE, letters.HAND)
    page.line([(x + 18, y + 252), (x + 330, y + 246)], _RED, 3)
    page.text("why?  see 2b)", x + 30, y + 288, 28, _RED, letters.HAND)
    page.text("✓", x + 412, y + 290, 50, _RED, letters.HAND)


# ---- the code editor ------------------------------------------------------------------------

_CODE = """\
from reel import Frame, Net, dial, weight
import math, random, sys   # 37 of 60

STYLE = "exam"   # who wears what
LIMIT = 2e10 + sum(range(42)) / len(STYLE)

class Painter(Net, name="reel", deep=16):
    def paint(self, frame, weight=1e9):
        if not frame.pixels:
            return None     # nothing to do
        u = dial(weight) * 0.5 + 1 / 3
        for row, line in enumerate(frame):
            ink = math.sin(row * 0.25) ** 2
            line[:] = self.mix(ink, u, "red")
            while ink < LIMIT and u != 7:
                yield Frame(line, f"{row}")
        return {"style": STYLE, "u": u}

@cache(size=128, slots=True)  # recursion!
def matrix(n: int) -> list[float]:
    return [i / (n + 1) for i in range(n)]
"""
_NIGHT, _PANEL, _FAINT, _WHITE = (34, 36, 46), (24, 25, 33), (92, 98, 128), (240, 240, 234)
_PINK, _CYAN, _GREEN, _YELLOW = (255, 96, 168), (104, 220, 250), (96, 242, 132), (242, 236, 130)
_ORANGE, _VIOLET = (255, 172, 92), (190, 150, 255)
_CODE_PEN = Pen(broad=0.8, fine=1.6, advance=12)
_SYNTAX: tuple[tuple[str, Colour], ...] = (
    (r"#.*", _FAINT),
    (r'f?"[^"]*"', _YELLOW),
    (r"\b(?:from|import|class|def|if|not|return|for|in|while|and|yield)\b", _PINK),
    (r"\b(?:None|True|self)\b|@", _VIOLET),
    (r"\b\d[\w.]*|\b[A-Z]{3,}\b", _ORANGE),
    (r"\b[A-Z]\w*|\bint\b|\bfloat\b|\blist\b", _CYAN),
    (r"\w+(?=\()", _GREEN),
    (r"[-+*/=<>!:]+", _PINK),
    (r"\s+|\w+|.", _WHITE),
)


def _tokens(line: str) -> Iterator[tuple[int, str, Colour]]:
    """(column, text, colour) of a line of code."""
    pattern = re.compile("|".join(f"({rule})" for rule, _ in _SYNTAX))
    for match in pattern.finditer(line):
        yield match.start(), match[0], _SYNTAX[(match.lastindex or 1) - 1][1]


def _code() -> _Page:
    page = _Page(_NIGHT)
    lines, top, pitch, left, column = _CODE.splitlines(), 60, 32, 76, 18.0
    page.box(0, 0, _WIDTH, 48, _PANEL)
    for tab, (name, hue) in enumerate((("painter.py", _CYAN), ("film.toml", _ORANGE), ("cut.xml", _GREEN))):
        page.box(tab * 226 + 4, 6, 220, 48, _NIGHT if tab == 0 else (44, 46, 58), r=8)
        page.dot(tab * 226 + 26, 27, 8, hue)
        page.text(name, tab * 226 + 44, 35, 18, _WHITE if tab == 0 else _FAINT, letters.MONO)
    page.box(4, 6, 220, 5, _PINK)
    page.box(left - 4, top + 11 * pitch, 760, pitch, (58, 62, 84))
    page.box(left + 8 * column, top + 13 * pitch + 1, 26 * column, pitch - 2, (62, 92, 148), r=4)
    page.box(888, 48, 136, _HEIGHT - 48, _PANEL)
    page.box(888, 52, 136, 118, (54, 56, 74))
    for row, line in enumerate(lines):
        base = top + row * pitch + 24
        number = str(row + 1)
        page.text(
            number,
            56 - letters.width(number, 17, letters.MONO),
            base,
            17,
            _ORANGE if row == 11 else _FAINT,
            letters.MONO,
        )
        for guide in range(0, len(line) - len(line.lstrip()), 4):
            page.line(
                [(left + guide * column + 3, base - 24), (left + guide * column + 3, base + 8)],
                (70, 74, 98),
                2,
            )
        for at, word, colour in _tokens(line):
            page.text(word, left + at * column, base, 21, colour, _CODE_PEN)
            if word.strip():
                _minimap(page, row, at, len(word), colour)
    page.box(left + 34 * column + 2, top + 13 * pitch + 3, 4, pitch - 6, _WHITE)
    page.box(0, _HEIGHT - 34, _WIDTH, 34, (108, 72, 200))
    page.text("main*   21:42   utf-8   python 3.11   2 errors", 16, _HEIGHT - 10, 17, _WHITE, letters.MONO)
    page.dot(1000, _HEIGHT - 17, 8, _GREEN)
    return page


def _minimap(page: _Page, row: int, at: int, length: int, colour: Colour) -> None:
    """A word as a bar on the map at the right edge, four times over down the file."""
    for copy in range(4):
        page.box(896 + at * 2.6, 58 + row * 8 + copy * 168, length * 2.6 - 1.5, 4.5, colour)


# ---- the enrolment form ---------------------------------------------------------------------

_NAVY, _UNI, _GOLD, _SKY = (8, 34, 88), (20, 74, 158), (246, 184, 38), (214, 228, 246)
_GREY, _SNOW, _TEXT = (150, 166, 192), (255, 255, 255), (26, 36, 60)
_FINE_GREEN, _FINE_RED = (44, 150, 84), (204, 52, 56)


def _form() -> _Page:
    page = _Page(_SKY)
    page.box(0, 0, _WIDTH, 78, _NAVY)
    page.box(0, 78, _WIDTH, 9, _GOLD)
    for ring, colour in ((29, _GOLD), (23, _NAVY), (17, _GOLD)):
        page.dot(46, 39, ring, colour)
    page.text("UNIVERSITY ENROLMENT", 92, 53, 31, _SNOW, letters.SANS_BOLD)
    page.box(800, 16, 204, 46, _GOLD, r=23)
    page.centred("LOG OUT", 902, 49, 21, _NAVY, letters.SANS_BOLD)
    _tabs(page)
    _fields(page, 20, 150)
    _modules(page, 524, 150)
    _schedule(page, 20, 470)
    return page


def _tabs(page: _Page) -> None:
    for tab, name in enumerate(("1 Person", "2 Courses", "3 Exams", "4 Fees", "5 Print")):
        page.box(20 + tab * 198, 98, 190, 42, _UNI if tab == 1 else _SNOW, _UNI, r=6)
        page.centred(name, 115 + tab * 198, 127, 20, _SNOW if tab == 1 else _UNI, letters.SANS_BOLD)


def _panel(page: _Page, x: float, y: float, width: float, height: float, title: str) -> None:
    page.box(x, y, width, height, _SNOW, _UNI, r=8)
    page.box(x, y, width, 38, _UNI, r=8)
    page.box(x, y + 26, width, 12, _UNI)
    page.text(title, x + 14, y + 28, 20, _SNOW, letters.SANS_BOLD)
    page.box(x + width - 40, y + 10, 26, 18, _GOLD, r=4)


def _fields(page: _Page, x: float, y: float) -> None:
    _panel(page, x, y, 488, 308, "Student data")
    rows = (
        ("Name *", "Ada Example", ""),
        ("Number *", "0420 1337", "wrong"),
        ("Degree", "B.Sc. Film", "list"),
        ("Term", "Winter 3", "list"),
    )
    for row, (label, value, kind) in enumerate(rows):
        top = y + 50 + row * 50
        page.text(label, x + 16, top + 28, 19, _TEXT, letters.SANS_BOLD)
        edge = _FINE_RED if kind == "wrong" else _UNI
        page.box(x + 156, top, 316, 40, (255, 240, 236) if kind == "wrong" else (246, 250, 255), edge, r=5)
        page.text(value, x + 170, top + 29, 20, edge, letters.SANS)
        if kind == "list":
            page.box(x + 432, top + 2, 38, 36, _UNI, r=4)
            page.line([(x + 442, top + 15), (x + 451, top + 25), (x + 460, top + 15)], _SNOW, 3.5)
        if kind == "wrong":
            page.dot(x + 450, top + 20, 13, _FINE_RED)
            page.centred("!", x + 451, top + 28, 18, _SNOW, letters.SANS_BOLD)
    for row, (label, ticked) in enumerate((("I have read the rules", True), ("Send letters", False))):
        left = x + 16 + row * 286
        page.box(left, y + 262, 30, 30, _GOLD if ticked else _SNOW, _UNI, r=4)
        page.text(label, left + 40, y + 285, 17, _TEXT, letters.SANS)
        if ticked:
            page.line([(left + 6, y + 276), (left + 13, y + 285), (left + 25, y + 267)], _NAVY, 4)


def _modules(page: _Page, x: float, y: float) -> None:
    _panel(page, x, y, 480, 308, "Modules this term")
    rows = (
        ("Linear Algebra", "8", "OPEN", _FINE_GREEN),
        ("Analysis II", "9", "FULL", _FINE_RED),
        ("Film History", "6", "WAIT", _GOLD),
        ("Statistics", "5", "OPEN", _FINE_GREEN),
        ("Optics Lab", "4", "OPEN", _FINE_GREEN),
        ("Ethics", "2", "FULL", _FINE_RED),
    )
    for row, (name, credits, status, colour) in enumerate(rows):
        top = y + 40 + row * 44
        page.box(x + 2, top, 476, 44, (234, 241, 252) if row % 2 else _SNOW)
        page.line([(x + 2, top + 43), (x + 476, top + 43)], _GREY, 1.5)
        page.text(name, x + 52, top + 31, 20, _TEXT, letters.SANS)
        page.box(x + 14, top + 9, 26, 26, _SNOW, _UNI, r=13)
        if status == "OPEN":
            page.dot(x + 27, top + 22, 7, _UNI)
        page.text(credits, x + 290, top + 31, 20, _UNI, letters.SANS_BOLD)
        page.box(x + 344, top + 6, 120, 32, colour, r=16)
        page.centred(status, x + 404, top + 30, 17, _NAVY if colour is _GOLD else _SNOW, letters.SANS_BOLD)


def _schedule(page: _Page, x: float, y: float) -> None:
    _panel(page, x, y, 984, 214, "Timetable")
    hues = (_UNI, _GOLD, _FINE_GREEN, (96, 132, 200), _FINE_RED)
    for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")):
        left = x + 90 + day * 148
        page.text(name, left + 46, y + 62, 18, _UNI, letters.SANS_BOLD)
        for hour in range(3):
            if (day * 2 + hour * 3) % 5 != 4:
                hue = hues[(day + hour * 2) % 5]
                page.box(left + 4, y + 72 + hour * 46, 138, 40, hue, r=6)
                ink = _NAVY if hue is _GOLD else _SNOW
                page.text(
                    ("HS 1", "Lab 4", "Aula", "Kino")[(day + hour) % 4],
                    left + 16,
                    y + 100 + hour * 46,
                    18,
                    ink,
                    letters.SANS_BOLD,
                )
        page.line([(left, y + 42), (left, y + 210)], _GREY, 2)
    for hour in range(3):
        page.text(f"{8 + hour * 2}:15", x + 14, y + 100 + hour * 46, 18, _TEXT, letters.SANS_BOLD)
        page.line([(x + 4, y + 69 + hour * 46), (x + 978, y + 69 + hour * 46)], _GREY, 2)
    for place, (name, fill, ink) in enumerate(
        (
            ("SAVE", _FINE_GREEN, _SNOW),
            ("ENROL NOW", _GOLD, _NAVY),
            ("CANCEL", _FINE_RED, _SNOW),
            ("PRINT", _NAVY, _SNOW),
        )
    ):
        page.box(20 + place * 250, 698, 234, 54, fill, _NAVY, r=10)
        page.centred(name, 137 + place * 250, 736, 24, ink, letters.SANS_BOLD)


_PICTURES: dict[str, Callable[[], _Page]] = {"exam": _exam, "code": _code, "form": _form}


def draw_picture(name: str, height: int = 768) -> np.ndarray:
    """The style picture `name` (`exam`, `code` or `form`): uint8 RGB, height x height * 4 / 3 x 3.

    The same on every machine, but for the last bit of anti-aliasing between releases of OpenCV.
    Raises UsageError where there is no such picture.
    """
    if name not in _PICTURES:
        raise UsageError(f"no picture is called {name!r}", hint=f"there are {', '.join(_PICTURES)}")
    return _PICTURES[name]().finished(height)
