"""More skies than there are pictures: lessons turned, cropped, relit, and with skies of others or drawn ones.

And more of what is none: behind the things of some pictures lies what other pictures show, out of focus.
What a batch holds follows from its seed alone. Knows nothing of nets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from .sky_hints import hints_of
from .sky_lessons import Lesson

_SOME = 0.03  # of a picture: less is no sky to learn from
_RELIT, _SWAPPED, _DRAWN = 0.3, 0.15, 0.1  # of the samples with sky
_OVERCAST = 0.3  # of those relit
_FOCUSED = 0.4  # of the samples without
_TURN = 10.0  # degrees
_SMALLEST = 0.35  # of a side that a crop may have


@dataclass(frozen=True, slots=True)
class Batch:
    """Pictures (B, 3, side, side) on 0 … 255 and skies (B, 1, side / 2, …) on 0 … 1, float32.

    `hints` are maps (n, C, side / 32, …), … of the n samples `hinted`, which show what the teacher saw.
    """

    pictures: np.ndarray
    skies: np.ndarray
    hinted: np.ndarray
    hints: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True)
class _Sample:
    pixels: np.ndarray
    sky: np.ndarray
    hints: list[np.ndarray]


class Samples:
    """Batches of squares, made of lessons, a share of them of those `with_sky`.

    Of these a share has its sky `covered` by what is none, and a share of those by a `plain` ground.
    """

    def __init__(
        self, lessons: Sequence[Lesson], with_sky: float = 0.5, covered: float = 0.1, plain: float = 0.0
    ) -> None:
        self._with_sky, self._covered, self._plain = with_sky, covered, plain
        self._open = [one for one in lessons if one.share >= _SOME]
        self._closed = [one for one in lessons if one.share < _SOME]
        self._skies = [one for one in self._open if one.share >= 0.2]

    def batch(self, count: int, side: int, seed: int) -> Batch:
        """So many samples; 32 divides their side."""
        chance = np.random.default_rng(seed)
        made = [self._sample(side, chance) for _ in range(count)]
        hinted = [at for at, one in enumerate(made) if one.hints]
        return Batch(
            np.stack([one.pixels.transpose(2, 0, 1) for one in made]),
            np.stack([one.sky[None] for one in made]),
            np.array(hinted, np.int64),
            tuple(np.stack(maps) for maps in zip(*(made[at].hints for at in hinted), strict=True)),
        )

    def _sample(self, side: int, chance: np.random.Generator) -> _Sample:
        lit = (chance.random() < self._with_sky and self._open) or self._closed or self._open
        lesson = lit[chance.integers(len(lit))]
        way = _way(lesson, side, chance)
        pixels, sky = _through(lesson, way, side)
        as_seen = True  # it shows what the teacher saw
        if sky.max() > 0.5:
            which = chance.random()
            if which < _RELIT:
                pixels = pixels + sky[..., None] * (_relit(pixels, chance) - pixels)
            elif which < _RELIT + _SWAPPED + _DRAWN + self._covered:
                pixels, sky = self._other_sky(pixels, sky, which - _RELIT, chance)
                as_seen = False
        elif chance.random() < _FOCUSED:
            pixels, as_seen = _focused(pixels, chance), False
        pixels = _developed(pixels, chance)
        hints = hints_of(lesson, way, side) if as_seen and lesson.hints else []
        return _Sample(pixels, cv2.resize(sky, (side // 2, side // 2), interpolation=cv2.INTER_AREA), hints)

    def _other_sky(
        self, pixels: np.ndarray, sky: np.ndarray, which: float, chance: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """The picture under the sky of another picture, or a drawn one.

        Or none: where the sky was is what a picture without one shows, or a plain ground.
        """
        if which >= _SWAPPED + _DRAWN:
            share = np.sqrt(sky)[..., None]
            return pixels + share * (self._ground(len(sky), chance) - pixels), np.zeros_like(sky)
        borrows = which < _SWAPPED and self._skies
        other = self._borrowed(len(sky), chance) if borrows else drawn_sky(len(sky), chance)
        sky = sky**2 if chance.random() < 0.5 else sky  # so that a rim of the old sky is no sign
        return pixels + sky[..., None] * (other - pixels), sky

    def _ground(self, side: int, chance: np.random.Generator) -> np.ndarray:
        """What lies behind things where there is no sky: another picture out of focus, or a plain wall."""
        if not self._closed or (self._plain and chance.random() < self._plain):
            return drawn_ground(side, chance)
        lesson = self._closed[chance.integers(len(self._closed))]
        shown, _ = _through(lesson, _way(lesson, side, chance), side)
        return _blurred(shown, chance)

    def _borrowed(self, side: int, chance: np.random.Generator) -> np.ndarray:
        """A part of another picture that is nearly all sky."""
        lesson = self._skies[chance.integers(len(self._skies))]
        height = len(lesson.sky)
        filled = (lesson.sky > 200).mean(1) > 0.85
        rows = int(np.argmin(filled)) if not filled.all() else height
        if rows < height // 8:
            return drawn_sky(side, chance)
        part = lesson.pixels[:rows, :]
        part = part[:, ::-1] if chance.random() < 0.5 else part
        return cv2.resize(np.ascontiguousarray(part), (side, side)).astype(np.float32)


def _way(lesson: Lesson, side: int, chance: np.random.Generator) -> np.ndarray:
    """The way (2, 3) from a square's pixels to those of a part of a lesson, turned, mirrored and squeezed."""
    height, width = lesson.sky.shape
    scale = chance.uniform(_SMALLEST, 1.0)
    wide, high = (min(1.0, scale * 1.25 ** chance.uniform(-1, 1)) for _ in range(2))
    if chance.random() < 0.25:
        wide = high = 1.0
    box = np.array((wide * width, high * height))
    middle = box / 2 + chance.random(2) * (np.array((width, height)) - box)
    angle = np.radians(chance.uniform(-_TURN, _TURN) * (chance.random() < 0.5))
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    unit = turn * (box / side * np.array((chance.choice((-1, 1)), 1)))
    return np.hstack([unit, (middle - unit @ np.full(2, side / 2))[:, None]])


def _through(lesson: Lesson, way: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """What a square shows of a lesson, mirrored at its borders; the sky on 0 … 1."""
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    pixels, sky = (
        cv2.warpAffine(plane, way, (side, side), flags=how, borderMode=cv2.BORDER_REFLECT_101).astype(
            np.float32
        )
        for plane in (lesson.pixels, lesson.sky)
    )
    return pixels, sky / 255


def drawn_sky(side: int, chance: np.random.Generator) -> np.ndarray:
    """A gradient between two colours of day, dusk, haze or night, often with clouds: side x side x 3."""
    hues = np.array(
        (
            ((70, 130, 210), (190, 215, 235)),
            ((40, 60, 120), (250, 170, 110)),
            ((190, 195, 200), (225, 225, 225)),
            ((6, 8, 22), (40, 50, 80)),
            ((110, 80, 130), (255, 200, 150)),
            ((20, 90, 190), (120, 180, 230)),
        ),
        np.float32,
    )
    above, below = hues[chance.integers(len(hues))] * chance.uniform(0.8, 1.15, 3).astype(np.float32)
    down = np.linspace(0, 1, side, dtype=np.float32)[:, None, None] ** chance.uniform(0.5, 2)
    sky = np.broadcast_to(above + down * (below - above), (side, side, 3)).astype(np.float32)
    if chance.random() < 0.6:
        clouds = sum(_grain(side, 2**octave, chance) / 1.7**octave for octave in range(1, 6))
        share = np.clip((clouds - chance.uniform(-0.3, 0.8)) * chance.uniform(0.5, 2), 0, 1)[..., None]
        light = chance.uniform(0.3, 1.0) * 255 * chance.uniform(0.9, 1.0, 3)
        sky = sky + share * (light.astype(np.float32) - sky)
    return sky


def drawn_ground(side: int, chance: np.random.Generator) -> np.ndarray:
    """A wall, a lawn or a curtain out of focus, in a colour that skies hardly have: side x side x 3."""
    reds, browns, greens = ((175, 185), (5, 20), (30, 80))  # OpenCV's hues, of 180
    low, high = (reds, browns, greens)[chance.integers(3)]
    colour = (chance.uniform(low, high) % 180, chance.uniform(70, 220), chance.uniform(25, 150))
    one = cv2.cvtColor(np.array([[colour]]).astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.float32)
    light = 1 + np.float32(chance.uniform(0, 0.4)) * _grain(side, 1, chance)[..., None]
    return one * light.clip(0.2, 2)


def _grain(side: int, cells: int, chance: np.random.Generator) -> np.ndarray:
    coarse = chance.standard_normal((cells + 2, 2 * cells + 2)).astype(np.float32)
    return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)


def _relit(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    if chance.random() < _OVERCAST:
        cloud = np.float32(chance.uniform(130, 250)) * chance.uniform(0.94, 1.0, 3).astype(np.float32)
        return cloud + np.float32(chance.uniform(0, 0.5)) * (pixels - pixels.mean((0, 1)))
    tint = chance.uniform(0.7, 1.3, 3).astype(np.float32) * np.float32(chance.uniform(0.35, 1.3))
    return 255 * (pixels.clip(0, 255) / 255) ** np.float32(chance.uniform(0.6, 1.7)) * tint


def _focused(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The picture in focus on one side of a line alone, dark there at times, as close-ups and rooms are."""
    y, x = np.mgrid[0 : len(pixels), 0 : len(pixels)].astype(np.float32) / len(pixels) - 0.5
    angle = chance.uniform(0, 2 * np.pi)
    edge = (np.cos(angle) * x + np.sin(angle) * y - chance.uniform(-0.4, 0.4)) * chance.uniform(2, 20)
    share = np.clip(edge + 0.5, 0, 1)[..., None].astype(np.float32)
    light = np.float32(chance.uniform(0.1, 1.2))
    return pixels + share * (light * _blurred(pixels, chance) - pixels)


def _blurred(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Far out of focus; blurred at a quarter of the size, where that costs little."""
    small = cv2.resize(pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), chance.uniform(0.3, 5.0))
    return cv2.resize(small, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC)


def _developed(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """The picture as another camera would have taken it: light, colour, grain, sharpness."""
    grey = pixels.mean(2, keepdims=True)
    pixels = grey + (pixels - grey) * np.float32(chance.uniform(0.4, 1.4) if chance.random() < 0.9 else 0)
    pixels = 255 * (pixels.clip(0, 255) / 255) ** np.float32(2 ** chance.uniform(-0.8, 0.8))
    pixels = pixels * chance.uniform(0.88, 1.12, 3).astype(np.float32) * np.float32(chance.uniform(0.75, 1.2))
    if chance.random() < 0.2:
        pixels = cv2.GaussianBlur(pixels, (0, 0), chance.uniform(0.5, 1.8))
    if chance.random() < 0.4:
        noise = chance.standard_normal(pixels.shape, np.float32)
        pixels = pixels + noise * np.float32(chance.uniform(1, 9))
    return pixels.clip(0, 255).astype(np.float32)
