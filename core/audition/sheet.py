"""The contact sheet of an audition: the source once, then every candidate, the best first.

Each candidate has its style picture, its verdict, and a row for every style weight: its numbers (red
where they break a limit) and every sample as it is painted. Arrays and words in, an array out.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import cv2
import numpy as np

from ..dial import weight_name
from ..training import letters
from .judging import Candidate, Take
from .verdict import Marks, Verdict, faults_of

WIDTH = 1600
_PAPER, _INK, _FAINT, _RULE = (250, 247, 240), (34, 36, 46), (122, 120, 116), (206, 202, 194)
_RED, _BEST = (196, 44, 36), (28, 110, 76)
_EDGE, _GAP, _LEFT, _HEAD, _THUMB, _LINE = 24, 6, 150, 44, 96, 20  # pixels
_NUMBERS = 148  # pixels, what stands left of a row
_LETTERS = 128  # in a line of a verdict
_NAME = 640  # pixels for a name


@dataclass(frozen=True)
class Entry:
    """One candidate with everything that came of it."""

    candidate: Candidate
    takes: tuple[Take, ...]
    verdict: Verdict


def draw_sheet(
    names: Sequence[str], source: Sequence[np.ndarray], entries: Sequence[Entry], about: str = ""
) -> np.ndarray:
    """The sheet, uint8 RGB, 1600 wide; `names` and `source` are those of the samples, uint8 RGB.

    Entries stand in the order given. `about` is a line below the title.
    """
    tall, wides = _tiles(source)
    strips = [_title(about), _named(names, wides), _row(source, wides, tall, tall)]
    for place, entry in enumerate(entries, 1):
        strips.append(_head(place, entry))
        for taken in entry.takes:
            row = _row(taken.looks, wides, tall, max(tall, _NUMBERS))
            _write_numbers(row, taken.marks, taken.marks.style_weight == entry.verdict.best)
            strips.append(row)
    return np.concatenate([*strips, _blank(_EDGE)])


def _tiles(pictures: Sequence[np.ndarray]) -> tuple[int, list[int]]:
    """One height for all tiles, so that they fill a row, and their widths."""
    aspects = [picture.shape[1] / picture.shape[0] for picture in pictures]
    room = WIDTH - 2 * _EDGE - _LEFT - _GAP * len(aspects)
    tall = min(256, int(room / sum(aspects)))
    return tall, [round(tall * aspect) for aspect in aspects]


def _title(about: str) -> np.ndarray:
    strip = _blank(_HEAD + _LINE)
    _say(strip, "Audition", _EDGE, 34, 17, _INK, letters.SANS_BOLD)
    words = "style: distance to the style picture, 0 its manner, 1 none of it · kept: of the drawing"
    words += " · flicker: times the source's · grain: how many times as strong · seam: 1 is none"
    _say(strip, f"{about}", _EDGE + 140, 34, 11, _INK)
    _say(strip, words, _EDGE, 58, 9, _FAINT)
    return strip


def _named(names: Sequence[str], wides: Sequence[int]) -> np.ndarray:
    strip = _blank(24)
    for name, left, wide in zip(names, _lefts(wides), wides, strict=True):
        _say(strip, _fitting(name, wide, 10), left, 18, 10, _INK)
    return strip


def _row(pictures: Sequence[np.ndarray], wides: Sequence[int], tall: int, room: int) -> np.ndarray:
    """Pictures `tall` pixels high on a strip that has `room` for more."""
    strip = _blank(room + _GAP)
    for picture, left, wide in zip(pictures, _lefts(wides), wides, strict=True):
        kind = cv2.INTER_AREA if tall < picture.shape[0] else cv2.INTER_CUBIC
        strip[:tall, left : left + wide] = cv2.resize(picture, (wide, tall), interpolation=kind)
    return strip


def _lefts(wides: Sequence[int]) -> Iterator[int]:
    left = _EDGE + _LEFT
    for wide in wides:
        yield left
        left += wide + _GAP


def _head(place: int, entry: Entry) -> np.ndarray:
    """The style picture, the name, the verdict."""
    reasons = [line for reason in entry.verdict.reasons for line in textwrap.wrap(reason, _LETTERS)]
    strip = _blank(max(_THUMB, 34 + _LINE * len(reasons)) + 28)
    cv2.line(strip, (_EDGE, 8), (WIDTH - _EDGE, 8), _RULE, 1)
    top, left, picture = 18, _EDGE + _LEFT, entry.candidate.picture
    if picture is not None:
        strip[top : top + _THUMB, _EDGE : _EDGE + _LEFT - 16] = _thumb(picture)
    name = _fitting(f"{place}  {entry.verdict.name}", _NAME, 16, letters.SANS_BOLD)
    end = _say(strip, name, left, top + 18, 16, _INK, letters.SANS_BOLD) + 18
    about = _fitting(entry.candidate.about, WIDTH - _EDGE - 120 - end, 10)
    _say(strip, about, end, top + 18, 10, _FAINT)
    grade = f"{100 * entry.verdict.score:.0f} of 100"
    _say(strip, grade, WIDTH - _EDGE - letters.width(grade, 11, letters.SANS), top + 18, 11, _INK)
    for number, line in enumerate(reasons):
        _say(strip, line, left, top + 44 + number * _LINE, 11, _BEST if number == 0 else _RED)
    return strip


def _thumb(picture: np.ndarray) -> np.ndarray:
    """The middle of a style picture."""
    wide = _LEFT - 16
    scale = max(_THUMB / picture.shape[0], wide / picture.shape[1])
    size = (max(wide, round(picture.shape[1] * scale)), max(_THUMB, round(picture.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = cv2.resize(picture, size, interpolation=kind)
    top, left = (large.shape[0] - _THUMB) // 2, (large.shape[1] - wide) // 2
    return large[top : top + _THUMB, left : left + wide]


def _write_numbers(strip: np.ndarray, marks: Marks, best: bool) -> None:
    end = _say(strip, weight_name(marks.style_weight), _EDGE, 16, 14, _INK, letters.SANS_BOLD)
    if best:
        _say(strip, "best", end + 10, 16, 10, _BEST, letters.SANS_BOLD)
    broken = {fault.kind for fault in faults_of(marks)}
    for number, (label, text, kind) in enumerate(_numbers(marks)):
        base = 40 + number * _LINE
        _say(strip, label, _EDGE, base, 9, _FAINT)
        _say(strip, text, _EDGE + 76, base, 10, _RED if kind in broken else _INK)


def _numbers(marks: Marks) -> Iterator[tuple[str, str, str]]:
    """Label, number, and the kind of fault that it would be."""
    values = (
        ("style", marks.style_distance, ".2f", ""),
        ("kept", marks.content_kept, ".0%", "loses"),
        ("flicker", marks.flicker, ".1f", "flicker"),
        ("grain", marks.noise_gain, ".1f", "noise"),
        ("seam", marks.seam, ".1f", "seam"),
        ("flashes", marks.flashes, ".0f", "flashes"),
    )
    for label, value, form, kind in values:
        yield label, "-" if value is None else format(value, form), kind


def _blank(tall: int) -> np.ndarray:
    return np.full((tall, WIDTH, 3), _PAPER, np.uint8)


def _say(
    strip: np.ndarray, text: str, x: float, y: float, size: float, colour: letters.Colour,
    pen: letters.Pen = letters.SANS,
) -> float:  # fmt: skip
    return letters.write(strip, _legible(text), x, y, size, colour, pen)


def _fitting(text: str, room: float, size: float, pen: letters.Pen = letters.SANS) -> str:
    """As much of a text, legible, as fits into `room` pixels."""
    text = _legible(text)
    while text and letters.width(text, size, pen) > room:
        text = text[:-1]
    return text


def _legible(text: str) -> str:
    """The text in letters that the face has: accents are left out, what it lacks is a question mark."""
    plain = (letter for letter in normalize("NFKD", text) if not 0x300 <= ord(letter) < 0x370)
    return "".join(letter if _has(letter) else "?" for letter in plain)


def _has(letter: str) -> bool:
    try:
        letters.width(letter, 1, letters.SANS)
    except KeyError:
        return False
    return True


def png(sheet: np.ndarray) -> bytes:
    """The content of a PNG file."""
    done, content = cv2.imencode(".png", np.ascontiguousarray(sheet[:, :, ::-1]))
    assert done  # of a plain array in memory
    return content.tobytes()
