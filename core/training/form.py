"""The enrolment form of a university that does not exist, in its blue and gold."""

from . import letters
from .page import WIDTH, Page

_NAVY, _UNI, _GOLD, _SKY = (8, 34, 88), (20, 74, 158), (246, 184, 38), (214, 228, 246)
_GREY, _SNOW, _TEXT = (150, 166, 192), (255, 255, 255), (26, 36, 60)
_FINE_GREEN, _FINE_RED = (44, 150, 84), (204, 52, 56)


def draw_form() -> Page:
    """The whole page."""
    page = Page(_SKY)
    page.box(0, 0, WIDTH, 78, _NAVY)
    page.box(0, 78, WIDTH, 9, _GOLD)
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


def _tabs(page: Page) -> None:
    for tab, name in enumerate(("1 Person", "2 Courses", "3 Exams", "4 Fees", "5 Print")):
        page.box(20 + tab * 198, 98, 190, 42, _UNI if tab == 1 else _SNOW, _UNI, r=6)
        page.centred(name, 115 + tab * 198, 127, 20, _SNOW if tab == 1 else _UNI, letters.SANS_BOLD)


def _panel(page: Page, x: float, y: float, width: float, height: float, title: str) -> None:
    page.box(x, y, width, height, _SNOW, _UNI, r=8)
    page.box(x, y, width, 38, _UNI, r=8)
    page.box(x, y + 26, width, 12, _UNI)
    page.text(title, x + 14, y + 28, 20, _SNOW, letters.SANS_BOLD)
    page.box(x + width - 40, y + 10, 26, 18, _GOLD, r=4)


def _fields(page: Page, x: float, y: float) -> None:
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


def _modules(page: Page, x: float, y: float) -> None:
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


def _schedule(page: Page, x: float, y: float) -> None:
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
