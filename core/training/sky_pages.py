"""Drawn frames that no sky is in: pages of writing, title cards, tables, patterns, shapes.

A teacher takes smooth colour for sky; these teach that it is not. Knows nothing of nets or files.
"""

from collections.abc import Callable

import cv2
import numpy as np

from .sky_lessons import KEPT_SIDE, Lesson

PAGES = 36
_SIZE = (KEPT_SIDE, KEPT_SIDE * 16 // 9)
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
)
_LETTERS = np.array(list("aaabcdeeeefghiiklmnnoooprrssttuuvwxyz    ABDEGMRST0123456789.,:+=-"))


def pages(count: int = PAGES, seed: int = 7) -> list[Lesson]:
    """Some drawn frames, each the same for its number and the seed."""
    return [_page(np.random.default_rng((seed, number))) for number in range(count)]


def _page(chance: np.random.Generator) -> Lesson:
    ways: tuple[Callable[[np.ndarray, np.random.Generator], None], ...] = (_written, _titled, _ruled, _shaped)
    picture = _ground(chance)
    first, second = chance.integers(len(ways)), chance.integers(2 * len(ways))
    ways[first](picture, chance)
    if second < len(ways):
        ways[second](picture, chance)
    return Lesson(picture, np.zeros(_SIZE, np.uint8))


def _ground(chance: np.random.Generator) -> np.ndarray:
    """Paper, a plain colour, or one that fades into another, in any direction."""
    light = chance.uniform(225, 255, 3) if chance.random() < 0.4 else chance.uniform(0, 255, 3)
    other = light if chance.random() < 0.4 else chance.uniform(0, 255, 3)
    y, x = np.mgrid[0 : _SIZE[0], 0 : _SIZE[1]] / max(_SIZE)
    angle = chance.uniform(0, 2 * np.pi)
    way = (np.cos(angle) * x + np.sin(angle) * y).astype(np.float32)
    way = ((way - way.min()) / np.ptp(way))[..., None]
    grain = chance.standard_normal(_SIZE).astype(np.float32)[..., None] * np.float32(chance.uniform(0, 5))
    return (light + way * (other - light) + grain).clip(0, 255).astype(np.uint8)


def _ink(picture: np.ndarray, chance: np.random.Generator) -> tuple[float, ...]:
    """A colour that can be read on the picture."""
    dark = picture.mean() > 127
    return tuple(chance.uniform(0, 90, 3) if dark else chance.uniform(165, 255, 3))


def _words(chance: np.random.Generator, length: int) -> str:
    return "".join(_LETTERS[chance.integers(len(_LETTERS), size=length)])


def _written(picture: np.ndarray, chance: np.random.Generator) -> None:
    """Lines of writing from top to bottom."""
    scale, font, ink = chance.uniform(0.3, 1.0), _FONTS[chance.integers(len(_FONTS))], _ink(picture, chance)
    pitch = round(scale * chance.uniform(26, 44))
    left = int(chance.integers(4, 60))
    for line in range(pitch, _SIZE[0], pitch):
        if chance.random() < 0.85:
            text = _words(chance, int(chance.integers(8, 70)))
            cv2.putText(
                picture, text, (left, line), font, scale, ink, int(chance.integers(1, 3)), cv2.LINE_AA
            )


def _titled(picture: np.ndarray, chance: np.random.Generator) -> None:
    """A few large words."""
    font = _FONTS[chance.integers(len(_FONTS))]
    for _ in range(chance.integers(1, 4)):
        scale, at = (
            chance.uniform(1.2, 3.5),
            (int(chance.integers(0, 200)), int(chance.integers(40, _SIZE[0]))),
        )
        text = _words(chance, int(chance.integers(3, 14)))
        cv2.putText(
            picture, text, at, font, scale, _ink(picture, chance), int(chance.integers(2, 7)), cv2.LINE_AA
        )


def _ruled(picture: np.ndarray, chance: np.random.Generator) -> None:
    """A table, squared paper, or a chequered board."""
    pitch, ink = int(chance.integers(12, 90)), _ink(picture, chance)
    if chance.random() < 0.4:
        y, x = np.mgrid[0 : _SIZE[0], 0 : _SIZE[1]] // pitch
        picture[(x + y) % 2 == 0] = ink
        return
    for at in range(pitch, max(_SIZE), pitch):
        cv2.line(picture, (0, at), (_SIZE[1], at), ink, 1, cv2.LINE_AA)
        cv2.line(picture, (at, 0), (at, _SIZE[0]), ink, 1, cv2.LINE_AA)


def _shaped(picture: np.ndarray, chance: np.random.Generator) -> None:
    """Boxes, discs and strokes of plain colours."""
    for _ in range(chance.integers(3, 25)):
        colour = tuple(chance.uniform(0, 255, 3))
        a, b = (tuple(map(int, chance.integers((0, 0), _SIZE[::-1]))) for _ in range(2))
        kind = chance.integers(3)
        if kind == 0:
            cv2.rectangle(picture, a, b, colour, -1)
        elif kind == 1:
            cv2.circle(picture, a, int(chance.integers(5, 110)), colour, -1, cv2.LINE_AA)
        else:
            cv2.line(picture, a, b, colour, int(chance.integers(1, 12)), cv2.LINE_AA)
