"""The exam paper: typeset problems, answers in blue ink on squared paper, a red pen over them."""

import numpy as np

from . import letters
from .letters import Colour, Pen
from .page import Page

_INK, _PAPER, _RULE = (24, 24, 32), (250, 244, 226), (150, 184, 214)
_BLUE, _RED = (28, 62, 176), (206, 30, 38)


def draw_exam() -> Page:
    """The whole paper."""
    page = Page(_PAPER)
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


def _ring(page: Page, x: float, y: float, width: float, height: float) -> None:
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


def _answer(page: Page, x: float, y: float, width: float, height: float) -> None:
    """A box of squared paper to write an answer in."""
    page.box(x, y, width, height, (246, 247, 240), _INK)
    for step in range(16, int(max(width, height)), 16):
        if step < width:
            page.line([(x + step, y + 2), (x + step, y + height - 3)], _RULE, 0.9)
        if step < height:
            page.line([(x + 2, y + step), (x + width - 3, y + step)], _RULE, 0.9)


def _heading(page: Page, x: float, y: float, number: str, words: str, points: str) -> None:
    page.text(number, x, y, 26, _INK, letters.BOOK_BOLD)
    page.text(words, x + 40, y, 21, _INK, letters.BOOK)
    page.text(
        points, x + 474 - letters.width(points, 17, letters.BOOK_ITALIC), y, 17, _INK, letters.BOOK_ITALIC
    )


def _fraction(
    page: Page, top: str, bottom: str, x: float, y: float, size: float, colour: Colour, pen: Pen
) -> float:
    """A fraction whose bar lies on y; returns where it ends, x."""
    wide = max(letters.width(part, size, pen) for part in (top, bottom)) + 8
    page.centred(top, x + wide / 2, y - 9, size, colour, pen)
    page.centred(bottom, x + wide / 2, y + size + 10, size, colour, pen)
    page.line([(x, y), (x + wide, y)], colour, 2)
    return x + wide


def _integral_sign(page: Page, x: float, y: float, height: float, colour: Colour, thick: float) -> None:
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


def _integral(page: Page, x: float, y: float) -> None:
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


def _matrix(page: Page, rows: list[str], x: float, y: float, size: float, colour: Colour, pen: Pen) -> float:
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


def _eigenvalues(page: Page, x: float, y: float) -> None:
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


def _graph(page: Page, x: float, y: float) -> None:
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


def _series(page: Page, x: float, y: float) -> None:
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
