"""The four places of the demo's film and their light. Knows nothing of cameras, time or cuts."""

from collections.abc import Iterator

import numpy as np

from .world import RGB, Ball, Box, Ground, Place, floats


def _mixed(share: np.ndarray, on: RGB, off: RGB) -> np.ndarray:
    share = np.clip(share, 0, 1)[:, None].astype(np.float32)
    return floats(off) * (1 - share) + floats(on) * share


def _edge(value: np.ndarray, soft: float = 0.12) -> np.ndarray:
    """0 below -soft, 1 above soft, even in between."""
    return np.clip(value / (2 * soft) + 0.5, 0, 1)


def _lawn(grass: RGB, path: RGB) -> Ground:
    """Grass in mown stripes, and a winding path from the front to the back."""

    def colour(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        stripes = _mixed(
            _edge(np.sin(y * 1.1 + x * 0.35), 0.4), grass, (0.8 * grass[0], 0.8 * grass[1], 0.8 * grass[2])
        )
        on_path = _edge(1.5 - np.abs(y - 2.6 - 1.2 * np.sin(x * 0.16)))[:, None]
        return stripes * (1 - on_path) + floats(path) * on_path

    return colour


def _tiles(light: RGB, dark: RGB, side: float) -> Ground:
    """A chequered square with a ring around the camera's stand."""

    def colour(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        even = np.sin(x * np.pi / side) * np.sin(y * np.pi / side)
        tiles = _mixed(_edge(even, 0.08), light, dark)
        ring = _edge(0.14 - np.abs(np.hypot(x, y) - 3.4), 0.05)[:, None]
        return tiles * (1 - ring) + floats((0.75, 0.32, 0.2)) * ring

    return colour


def _road(asphalt: RGB, paint: RGB) -> Ground:
    """A road with a dashed middle line and kerbs, between pavements."""

    def colour(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        dashes = _edge(0.12 - np.abs(y - 5.4), 0.04) * _edge(np.sin(x * 1.3), 0.2)
        kerbs = _edge(0.14 - np.abs(np.abs(y - 5.4) - 3.4), 0.04)
        stones = _mixed(_edge(np.sin(x * 4) * np.sin(y * 4), 0.3), (0.3, 0.26, 0.34), (0.36, 0.31, 0.4))
        road = _edge(3.4 - np.abs(y - 5.4))[:, None] * np.ones(3, np.float32)
        base = floats(asphalt) * road + stones * (1 - road)
        painted = np.clip(dashes + kerbs, 0, 1)[:, None].astype(np.float32)
        return base * (1 - painted) + floats(paint) * painted

    return colour


def _tree(x: float, y: float, tall: float, leaf: RGB, bark: RGB = (0.36, 0.24, 0.16)) -> Iterator[Box | Ball]:
    yield Box(x, y, (0.4, 0.4, tall * 0.6), bark)
    yield Ball(x, y, tall * 0.72, tall * 0.3, leaf)
    yield Ball(x + tall * 0.14, y - tall * 0.12, tall * 0.58, tall * 0.22, leaf)
    yield Ball(x - tall * 0.12, y + tall * 0.14, tall * 0.56, tall * 0.2, leaf)


def _pine(x: float, y: float, tall: float, needle: RGB) -> Iterator[Box | Ball]:
    yield Box(x, y, (0.35, 0.35, tall * 0.3), (0.2, 0.14, 0.12))
    for step in range(5):
        yield Ball(x, y, tall * (0.3 + 0.16 * step), tall * (0.21 - 0.036 * step), needle)


def _campus() -> Place:
    brick, stone, green = (0.72, 0.36, 0.26), (0.86, 0.78, 0.64), (0.28, 0.5, 0.2)
    pane = (0.62, 0.78, 0.9)
    return Place(
        zenith=(0.26, 0.52, 0.86),
        horizon=(0.98, 0.86, 0.72),
        sun=(-38, 42),
        sun_colour=(1.0, 0.86, 0.6),
        shade=0.46,
        ground=_lawn((0.42, 0.66, 0.26), (0.86, 0.76, 0.58)),
        things=(
            Box(26, 12, (10, 16, 12), brick, windows=pane),
            Box(21, 20, (2, 5, 17), stone, windows=pane),
            Box(20, -20, (20, 8, 9), stone, windows=pane),
            Box(-24, 6, (8, 26, 9), brick, windows=pane),
            Box(-4, -24, (14, 8, 14), (0.8, 0.62, 0.46), windows=pane),
            *_tree(10, -4.5, 6.5, green),
            *_tree(6, 11, 7.5, (0.36, 0.56, 0.2)),
            *_tree(-9, -6, 6, green),
            *_tree(-10, 10, 7, (0.72, 0.56, 0.18)),
            *_tree(15, -8, 7, (0.34, 0.56, 0.24)),
        ),
        clouds=0.56,
    )


def _square() -> Place:
    marble, pane, hedge = (0.93, 0.9, 0.84), (0.3, 0.5, 0.72), (0.22, 0.46, 0.26)
    pillars = (Box(15, y, (1, 1, 8), marble) for y in range(-9, 13, 3))
    return Place(
        zenith=(0.1, 0.36, 0.78),
        horizon=(0.7, 0.86, 0.97),
        sun=(150, 50),
        sun_colour=(1.0, 0.97, 0.88),
        shade=0.5,
        ground=_tiles((0.9, 0.86, 0.78), (0.66, 0.62, 0.6), 0.9),
        things=(
            *pillars,
            Box(16, 1.5, (4, 26, 2), marble, base=8),
            Box(22, 1.5, (6, 24, 9), (0.82, 0.74, 0.6), windows=pane),
            Box(-2, -20, (26, 8, 10), (0.9, 0.72, 0.5), windows=pane),
            Box(-20, 4, (6, 22, 8), (0.76, 0.84, 0.82), windows=pane),
            Box(4, 24, (24, 6, 12), (0.86, 0.6, 0.5), windows=pane),
            Box(-6, 9, (6, 1.4, 1.2), hedge),
            Box(7, -9, (6, 1.4, 1.2), hedge),
            Box(-8, -5, (2.4, 2.4, 1), marble),
            Ball(-8, -5, 2.2, 1.2, (0.3, 0.62, 0.66)),
            *_tree(8, 13, 6, (0.3, 0.58, 0.26)),
            *_tree(-12, -10, 6, (0.34, 0.6, 0.22)),
        ),
        clouds=0.5,
    )


def _city() -> Place:
    lamp = (1.0, 0.82, 0.42)
    towers = (
        (24, 14, 9, 26), (30, -4, 8, 34), (18, -15, 8, 20), (2, -20, 10, 28), (-14, -18, 8, 18),
        (-26, -4, 10, 30), (-20, 16, 9, 22), (-2, 20, 9, 34), (12, 21, 8, 18),
    )  # fmt: skip
    hues = ((0.24, 0.2, 0.36), (0.3, 0.2, 0.32), (0.18, 0.2, 0.38))
    blocks = (
        Box(x, y, (wide, wide, tall), hues[i % 3], windows=lamp, lit=0.42 + 0.08 * (i % 4))
        for i, (x, y, wide, tall) in enumerate(towers)
    )
    posts = [(x, y) for x in (-12, -4, 4, 12) for y in (1.3, 9.6)]
    return Place(
        zenith=(0.16, 0.12, 0.4),
        horizon=(1.0, 0.52, 0.3),
        sun=(14, 5),
        sun_colour=(1.0, 0.62, 0.3),
        shade=0.62,
        ground=_road((0.22, 0.2, 0.28), (0.95, 0.84, 0.5)),
        things=(
            *blocks,
            *(Box(x, y, (0.14, 0.14, 4.2), (0.16, 0.14, 0.2)) for x, y in posts),
            *(Ball(x, y, 4.3, 0.32, (1.0, 0.9, 0.6)) for x, y in posts),
            Box(-7, 6.8, (4, 1.8, 1.2), (0.86, 0.2, 0.22)),
            Box(9, 4.0, (4, 1.8, 1.2), (0.2, 0.5, 0.72)),
        ),
        clouds=0.6,
        cloud_colour=(0.98, 0.5, 0.5),
        haze=60,
    )


def _hill() -> Place:
    snow, needle = (0.6, 0.7, 0.92), (0.1, 0.26, 0.28)
    trees = (
        (9, 9, 7),
        (13, 3, 9),
        (7, -9, 6),
        (-8, -7, 8),
        (-12, 2, 7),
        (-6, 11, 9),
        (1, -13, 8),
        (16, -10, 10),
    )
    return Place(
        zenith=(0.02, 0.05, 0.18),
        horizon=(0.2, 0.32, 0.56),
        sun=(34, 34),
        sun_colour=(0.94, 0.95, 0.86),
        shade=0.42,
        ground=_lawn(snow, (0.42, 0.5, 0.74)),
        things=(
            Box(11, -3, (5, 6, 3), (0.44, 0.28, 0.2), windows=(1.0, 0.78, 0.34), lit=1.0),
            Box(11, -3, (5.6, 6.8, 0.7), (0.78, 0.84, 0.98), base=3),
            Box(11, -4.4, (0.8, 0.8, 2), (0.34, 0.2, 0.18), base=3.4),
            *(
                Ball(x, y, -14, 17.2, (0.36, 0.46, 0.7))
                for x, y in ((48, 20), (50, -26), (-44, 24), (-40, -30))
            ),
            *(part for x, y, tall in trees for part in _pine(x, y, tall, needle)),
        ),
        clouds=0.46,
        cloud_colour=(0.4, 0.5, 0.72),
        stars=700,
        haze=90,
    )


PLACES = {"campus": _campus, "square": _square, "city": _city, "hill": _hill}
