"""A small world of boxes, balls and a ground, seen all around from one point: what a 360° camera sees.

Metres; x to the front, y to the left, z up; the camera stands at the origin, `EYE` above the ground.
A sight is an equirectangular picture, float32 RGB 0 … 1, whose middle column looks to the front and
whose left edge meets its right one. Knows nothing of the demo's places, of time or of files.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

EYE = 1.6
RGB = tuple[float, float, float]
Ground = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x, y -> colours
_FAR = np.float32(1e9)


@dataclass(frozen=True, slots=True)
class Box:
    """A block on the ground: its middle, its size, its colour; `windows` light up on its walls."""

    x: float
    y: float
    size: RGB
    colour: RGB
    base: float = 0.0
    windows: RGB | None = None
    lit: float = 0.5  # share of windows that are lit


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball, such as a tree's crown; `z` is its middle's height above the ground."""

    x: float
    y: float
    z: float
    radius: float
    colour: RGB


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scene plays and in which light.

    `sun` is its longitude and latitude in degrees, `clouds` the share of the sky they cover,
    `stars` how many there are, `haze` the metres at which things fade half into the horizon.
    """

    zenith: RGB
    horizon: RGB
    sun: tuple[float, float]
    sun_colour: RGB
    shade: float
    ground: Ground
    things: tuple[Box | Ball, ...]
    clouds: float = 0.45
    cloud_colour: RGB = (1.0, 1.0, 1.0)
    stars: int = 0
    haze: float = 70.0


def floats(values: Sequence[float]) -> np.ndarray:
    """A colour or a point as a float32 array."""
    return np.array(values, np.float32)


def rays(width: int, height: int) -> np.ndarray:
    """The direction every pixel looks in: unit vectors, height x width x 3."""
    longitude = (0.5 - (np.arange(width) + 0.5) / width) * 2 * np.pi
    latitude = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    flat = np.cos(latitude)[:, None]
    up = np.broadcast_to(np.sin(latitude)[:, None], (height, width))
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), up], axis=-1).astype(np.float32)


def draw_place(place: Place, width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """The sight of a place without its clouds, and how much of the sky is seen, height x width, 0 … 1."""
    looks = rays(width, height)
    sun = towards(*place.sun)
    reach = np.full((height, width), _FAR, np.float32)
    sight = _sky(place, looks, sun)
    _lay_ground(place, looks, sun, sight, reach)
    for thing in place.things:
        _stand(place, thing, looks, sun, sight, reach)
    fade = (1 - 0.5 ** (np.where(reach < _FAR, reach, 0) / place.haze))[..., None]
    return sight * (1 - fade) + floats(place.horizon) * fade, (reach == _FAR).astype(np.float32)


def draw_clouds(place: Place, width: int, height: int) -> np.ndarray:
    """How thick the clouds are, height x width, 0 … 1; without a seam, so that they may drift around."""
    looks = rays(width, height)
    stretched = looks / (np.abs(looks[..., 2:]) + 0.35)
    noise = np.sum([_waves(stretched, 2.2 * 2**octave, octave) / 1.7**octave for octave in range(5)], axis=0)
    noise = (noise - noise.min()) / np.ptp(noise)
    above = np.clip(looks[..., 2] * 5, 0, 1)
    return (np.clip((noise - (1 - place.clouds)) * 4, 0, 1) * above).astype(np.float32)


def towards(longitude: float, latitude: float) -> np.ndarray:
    """The unit vector to a longitude (to the left) and latitude in degrees."""
    lon, lat = np.radians((longitude, latitude))
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], np.float32)


def _waves(points: np.ndarray, scale: float, seed: int) -> np.ndarray:
    """Smooth noise: plane waves that run in eight directions."""
    chance = np.random.default_rng(seed)
    runs, phases = chance.normal(size=(8, 3)) * scale, chance.uniform(0, 2 * np.pi, 8)
    return np.sin(points @ runs.T.astype(np.float32) + phases.astype(np.float32)).mean(axis=-1)


def _sky(place: Place, looks: np.ndarray, sun: np.ndarray) -> np.ndarray:
    rise = np.clip(looks[..., 2:], 0, 1) ** 0.55
    sky = floats(place.horizon) * (1 - rise) + floats(place.zenith) * rise
    near = np.clip(looks @ sun, 0, 1)[..., None]
    sky = sky + floats(place.sun_colour) * (0.35 * near**12 + 0.5 * near**180)
    sky = np.where(near > np.cos(np.radians(3.2)), floats(place.sun_colour) * 0.5 + 0.5, sky)
    chance = np.random.default_rng(7)
    height, width = looks.shape[:2]
    rows, columns = chance.integers(0, height // 2, place.stars), chance.integers(0, width, place.stars)
    sky[rows, columns] += chance.uniform(0.2, 0.8, (place.stars, 1)).astype(np.float32)
    return np.clip(sky, 0, 1).astype(np.float32)


def _lay_ground(
    place: Place, looks: np.ndarray, sun: np.ndarray, sight: np.ndarray, reach: np.ndarray
) -> None:
    below = looks[..., 2] < -0.004
    distance = EYE / -looks[below][:, 2]
    points = looks[below] * distance[:, None]
    dark = np.zeros(len(points), bool)
    near = distance < 120  # farther shadows lie in the haze
    for thing in place.things:
        under = np.flatnonzero(near & ~dark)
        under = under[_near_line(thing, points[under], sun)]
        dark[under] = _hit(thing, points[under] + floats((0, 0, 1e-3)), sun)[0] < _FAR
    light = np.where(dark, place.shade, 1.0).astype(np.float32)[:, None]
    sight[below] = place.ground(points[:, 0], points[:, 1]) * light
    reach[below] = distance


def _stand(
    place: Place,
    thing: Box | Ball,
    looks: np.ndarray,
    sun: np.ndarray,
    sight: np.ndarray,
    reach: np.ndarray,
) -> None:
    """Draws a thing where it is nearer than what is there."""
    eye = np.zeros(3, np.float32)
    rows, columns = np.nonzero(_near_line(thing, eye, looks))
    distance, normal = _hit(thing, eye, looks[rows, columns])
    front = distance < reach[rows, columns]
    rows, columns, distance, normal = rows[front], columns[front], distance[front], normal[front]
    points = looks[rows, columns] * distance[:, None]
    colour = np.broadcast_to(floats(thing.colour), points.shape)
    if isinstance(thing, Box) and thing.windows:
        colour = _windows(thing, points, normal, colour)
    if isinstance(thing, Ball):
        colour = colour * (0.86 + 0.3 * _waves(points, 6.0 / thing.radius, 3))[:, None]
    lambert = np.clip(normal @ sun, 0, 1)[:, None]
    sight[rows, columns] = np.clip(colour * (place.shade + (1 - place.shade) * lambert), 0, 1)
    reach[rows, columns] = distance


def _near_line(thing: Box | Ball, eye: np.ndarray, look: np.ndarray) -> np.ndarray:
    """Which lines from `eye` (one, or one each) along `look` pass through the ball around a thing."""
    if isinstance(thing, Box):
        middle = floats((thing.x, thing.y, thing.base - EYE + thing.size[2] / 2))
        radius = np.linalg.norm(thing.size) / 2
    else:
        middle, radius = floats((thing.x, thing.y, thing.z - EYE)), thing.radius
    gap = middle - eye
    along = gap @ look if look.ndim == 1 else look @ gap
    return (along > -radius) & ((gap**2).sum(axis=-1) - along**2 <= radius**2)


def _hit(thing: Box | Ball, eye: np.ndarray, looks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far along each ray a thing is first met (`_FAR` where it is not), and its normal there."""
    return _hit_box(thing, eye, looks) if isinstance(thing, Box) else _hit_ball(thing, eye, looks)


def _hit_box(box: Box, eye: np.ndarray, looks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    half = floats((box.size[0] / 2, box.size[1] / 2, box.size[2] / 2))
    middle = floats((box.x, box.y, box.base - EYE + box.size[2] / 2))
    safe = np.where(np.abs(looks) < 1e-6, np.float32(1e-6), looks)
    one, other = (middle - half - eye) / safe, (middle + half - eye) / safe
    enter, leave = np.minimum(one, other), np.maximum(one, other)
    first, last = enter.max(axis=-1), leave.min(axis=-1)
    face = enter.argmax(axis=-1)
    normal = np.zeros(enter.shape, np.float32)
    np.put_along_axis(normal, face[..., None], 1, axis=-1)
    met = (first < last) & (first > 1e-3)
    return np.where(met, first, _FAR), normal * -np.sign(safe)


def _hit_ball(ball: Ball, eye: np.ndarray, looks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    middle = floats((ball.x, ball.y, ball.z - EYE)) - eye
    along = (looks * middle).sum(axis=-1)
    inside = along**2 - (middle**2).sum(axis=-1) + ball.radius**2
    distance = along - np.sqrt(np.maximum(inside, 0))
    met = (inside > 0) & (distance > 1e-3)
    return np.where(met, distance, _FAR), (looks * distance[..., None] - middle) / np.float32(ball.radius)


def _windows(box: Box, points: np.ndarray, normal: np.ndarray, wall: np.ndarray) -> np.ndarray:
    """A grid of windows 2 m wide and 3 m high; some are lit, the others dark."""
    across = np.where(np.abs(normal[:, 0]) > 0.5, points[:, 1] - box.y, points[:, 0] - box.x) / 2.0 + 100.25
    floors = (points[:, 2] + EYE - box.base) / 3.0
    column, floor = np.floor(across), np.floor(floors)
    pane = (
        (across - column > 0.28) & (across - column < 0.78) & (floors - floor > 0.3) & (floors - floor < 0.8)
    )
    pane &= np.abs(normal[:, 2]) < 0.5
    chance = np.modf(np.abs(np.sin(column * 12.9898 + floor * 78.233 + box.x) * 43758.5))[0]
    glass = np.where(
        (chance < box.lit)[:, None], floats(box.windows or box.colour), floats(box.colour) * 0.45
    )
    return np.where(pane[:, None], glass, wall)
