"""The code editor: a program of no use in syntax colours on a dark page."""

import re
from collections.abc import Iterator

from . import letters
from .letters import Colour, Pen
from .page import HEIGHT, WIDTH, Page

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


def draw_editor() -> Page:
    """The whole window."""
    page = Page(_NIGHT)
    lines, top, pitch, left, column = _CODE.splitlines(), 60, 32, 76, 18.0
    page.box(0, 0, WIDTH, 48, _PANEL)
    for tab, (name, hue) in enumerate((("painter.py", _CYAN), ("film.toml", _ORANGE), ("cut.xml", _GREEN))):
        page.box(tab * 226 + 4, 6, 220, 48, _NIGHT if tab == 0 else (44, 46, 58), r=8)
        page.dot(tab * 226 + 26, 27, 8, hue)
        page.text(name, tab * 226 + 44, 35, 18, _WHITE if tab == 0 else _FAINT, letters.MONO)
    page.box(4, 6, 220, 5, _PINK)
    page.box(left - 4, top + 11 * pitch, 760, pitch, (58, 62, 84))
    page.box(left + 8 * column, top + 13 * pitch + 1, 26 * column, pitch - 2, (62, 92, 148), r=4)
    page.box(888, 48, 136, HEIGHT - 48, _PANEL)
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
    page.box(0, HEIGHT - 34, WIDTH, 34, (108, 72, 200))
    page.text("main*   21:42   utf-8   python 3.11   2 errors", 16, HEIGHT - 10, 17, _WHITE, letters.MONO)
    page.dot(1000, HEIGHT - 17, 8, _GREEN)
    return page


def _minimap(page: Page, row: int, at: int, length: int, colour: Colour) -> None:
    """A word as a bar on the map at the right edge, four times over down the file."""
    for copy in range(4):
        page.box(896 + at * 2.6, 58 + row * 8 + copy * 168, length * 2.6 - 1.5, 4.5, colour)
