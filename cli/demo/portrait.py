"""A portrait: a head of smoothly joined ellipsoids in studio light, so that a test set has a face.

Distance functions marched by spheres (Hart 1996, "Sphere tracing"). x to the right, y up, z towards the
camera; a head is about 2 high. Knows nothing of films or files.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from .world import RGB, floats

_FINE = 1.25  # drawn larger, then brought down
_STEPS, _NEAR = 36, 2e-3
_CAMERA = 4.0  # z
_REACH = 1.22  # half of what is seen, at z = 0
_TURN = np.radians(-17.0)  # the head's, to its right
_SKIN, _LIPS, _HAIR, _CLOTH = (0.86, 0.62, 0.49), (0.74, 0.34, 0.32), (0.2, 0.12, 0.08), (0.16, 0.3, 0.42)
_KEY, _FILL, _RIM = (-0.62, 0.5, 0.62), (0.8, 0.1, 0.5), (0.6, 0.5, -0.7)

Distance = Callable[[np.ndarray], np.ndarray]  # points (N, 3) → (N,)


def draw_portrait(side: int) -> np.ndarray:
    """The portrait, uint8 RGB, side x side."""
    large = round(side * _FINE)
    across = (np.arange(large, dtype=np.float32) + 0.5) / large * 2 - 1
    x, y = np.meshgrid(across * _REACH, -across * _REACH)
    eye = floats((0, 0, _CAMERA))
    looks = np.stack([x, y, np.full_like(x, -_CAMERA)], -1).reshape(-1, 3)
    looks /= np.linalg.norm(looks, axis=1, keepdims=True)
    picture = _backdrop(x, y).reshape(-1, 3)
    hit, points = _march(eye, looks)
    picture[hit] = _shaded(points, looks[hit])
    picture = (np.clip(picture, 0, 1) ** (1 / 1.9) * 255).reshape(large, large, 3)
    return cv2.resize(picture.round().astype(np.uint8), (side, side), interpolation=cv2.INTER_AREA)


def _backdrop(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A wall with a pool of light behind the shoulder."""
    pool = np.exp(-((x - 0.7) ** 2 + (y - 0.3) ** 2) / 0.9)[..., None]
    return floats((0.1, 0.12, 0.14)) + pool * floats((0.34, 0.27, 0.2))


def _march(eye: np.ndarray, looks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which rays meet the figure, and where."""
    going, along = np.arange(len(looks)), np.full(len(looks), _CAMERA - 1.7, np.float32)
    hit = np.zeros(len(looks), bool)
    for _ in range(_STEPS):
        distance = _figure(eye + looks[going] * along[going, None])
        along[going] += 0.9 * distance
        hit[going[distance < _NEAR]] = True
        going = going[(distance >= _NEAR) & (along[going] < _CAMERA + 1.0)]
    return hit, eye + looks[hit] * along[hit, None]


def _shaded(points: np.ndarray, looks: np.ndarray) -> np.ndarray:
    """The colours of points on the figure: key, fill and rim light, a little shine."""
    steps = np.eye(3, dtype=np.float32) * 4e-3
    slope = np.stack([_figure(points + step) - _figure(points - step) for step in steps], -1)
    normal = slope / (np.linalg.norm(slope, axis=1, keepdims=True) + 1e-9)
    colour, shine = _paint(points)
    key, fill, rim = (floats(light) / np.linalg.norm(light) for light in (_KEY, _FILL, _RIM))
    shadow = _shadow(points + normal * 0.03, key)
    lit = 0.95 * np.clip(normal @ key, 0, 1) * shadow + 0.2 * np.clip(normal @ fill, 0, 1) + 0.07
    back = 0.55 * np.clip(normal @ rim, 0, 1) * (1 - np.clip(-(normal * looks).sum(1), 0, 1)) ** 2
    half = key - looks
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    glint = np.clip((normal * half).sum(1), 0, 1) ** 36 * shine * shadow
    return colour * (lit + back)[:, None] * floats((1.0, 0.95, 0.88)) + glint[:, None]


def _shadow(points: np.ndarray, light: np.ndarray) -> np.ndarray:
    """0 in the shadow … 1 in the light, soft at its edge."""
    seen, along = np.ones(len(points), np.float32), np.full(len(points), 0.04, np.float32)
    for _ in range(14):
        distance = _figure(points + light * along[:, None])
        seen = np.minimum(seen, np.clip(9 * distance / along, 0, 1))
        along += np.clip(distance, 0.03, 0.2)
    return seen


def _turned(points: np.ndarray) -> np.ndarray:
    """Points in the head's own frame."""
    cos, sin = np.float32(np.cos(_TURN)), np.float32(np.sin(_TURN))
    x, y, z = points.T
    return np.stack([cos * x - sin * z, y, sin * x + cos * z], -1)


def _figure(points: np.ndarray) -> np.ndarray:
    """The distance to the nearest part."""
    return np.minimum.reduce([part(points) for part in (_face, _eyes, _hair, _clothes)])


def _face(points: np.ndarray) -> np.ndarray:
    p = _turned(points)
    mirrored = np.abs(p) * floats((1, 0, 0)) + p * floats((0, 1, 1))
    d = _ball(p, (0, 0.26, -0.1), (0.68, 0.8, 0.8))
    d = _joined(d, _ball(p, (0, -0.42, 0.14), (0.46, 0.56, 0.5)), 0.28)
    d = _joined(d, _ball(mirrored, (0.34, -0.12, 0.42), (0.22, 0.24, 0.22)), 0.22)
    d = _joined(d, _ball(mirrored, (0.2, 0.28, 0.62), (0.22, 0.07, 0.14)), 0.12)
    d = _carved(d, _ball(mirrored, (0.26, 0.12, 0.84), (0.17, 0.11, 0.16)), 0.1)
    d = _joined(d, _rod(p, (0, 0.2, 0.68), (0, -0.12, 0.85), 0.05), 0.11)
    d = _joined(d, _ball(mirrored, (0.075, -0.16, 0.77), (0.06, 0.05, 0.08)), 0.06)
    d = _carved(d, _ball(mirrored, (0.055, -0.21, 0.82), (0.03, 0.02, 0.04)), 0.02)
    d = _joined(d, _ball(p, (0, -0.43, 0.665), (0.17, 0.042, 0.07)), 0.03)
    d = _joined(d, _ball(p, (0, -0.53, 0.655), (0.15, 0.052, 0.075)), 0.03)
    d = _carved(d, _ball(p, (0, -0.478, 0.74), (0.17, 0.008, 0.06)), 0.02)
    d = _joined(d, _ball(p, (0, -0.82, 0.5), (0.16, 0.12, 0.14)), 0.15)
    d = np.minimum(d, _ball(mirrored, (0.7, 0.06, -0.02), (0.07, 0.2, 0.13)))
    return _joined(d, _rod(points, (0, -0.7, -0.12), (0, -1.8, -0.2), 0.36), 0.16)


def _eyes(points: np.ndarray) -> np.ndarray:
    p = _turned(points)
    mirrored = np.abs(p) * floats((1, 0, 0)) + p * floats((0, 1, 1))
    lids = _ball(mirrored, (0.26, 0.115, 0.63), (0.135, 0.062, 0.13))
    return np.maximum(_ball(mirrored, (0.26, 0.12, 0.62), (0.125, 0.125, 0.125)), lids)


def _hair(points: np.ndarray) -> np.ndarray:
    p = _turned(points)
    strands = 0.012 * np.sin(p[:, 0] * 46 + 5 * np.sin(p[:, 1] * 5)) * np.sin(p[:, 2] * 21 + 3 * p[:, 1])
    d = _joined(
        _ball(p, (0, 0.36, -0.2), (0.82, 0.86, 0.84)), _ball(p, (0, -0.5, -0.42), (0.74, 0.72, 0.5)), 0.2
    )
    return _carved(d + strands, _ball(p, (0.06, -0.22, 0.86), (0.6, 0.86, 0.86)), 0.06) * 0.8


def _clothes(points: np.ndarray) -> np.ndarray:
    d = _ball(points, (0, -2.0, -0.25), (1.5, 0.82, 0.62))
    return _joined(d, _rod(points, (-0.4, -1.22, 0.0), (0.4, -1.22, 0.0), 0.12), 0.1)


def _paint(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Colour and shine of points on the figure."""
    parts = np.stack([part(points) for part in (_face, _eyes, _hair, _clothes)]).argmin(0)
    p = _turned(points)
    colours = np.stack([floats(colour) for colour in (_SKIN, (0.92, 0.91, 0.9), _HAIR, _CLOTH)])[parts]
    for share, colour in _made_up(p):
        colours = np.where((parts == 0)[:, None], colours * (1 - share) + floats(colour) * share, colours)
    sight = np.hypot(np.abs(p[:, 0] - 0.035) - 0.26, p[:, 1] - 0.12)
    for radius, iris in ((0.058, (0.2, 0.34, 0.4)), (0.027, (0.02, 0.02, 0.03))):
        colours[(parts == 1) & (sight < radius)] = iris
    return colours, np.take(floats((0.1, 0.6, 0.16, 0.05)), parts)


def _made_up(p: np.ndarray) -> Iterator[tuple[np.ndarray, RGB]]:
    """How much of which colour lies on the skin: lips, cheeks, brows, lashes."""
    side = np.abs(p[:, 0])
    lips = np.hypot(p[:, 0] / 0.19, (p[:, 1] + 0.48) / 0.1)
    cheeks = np.hypot((side - 0.36) / 0.26, (p[:, 1] + 0.14) / 0.22)
    brows = np.hypot((side - 0.27) / 0.19, (p[:, 1] - 0.335 + 0.5 * (side - 0.24) ** 2) / 0.036)
    lash = np.abs(np.hypot((side - 0.26) / 0.14, (p[:, 1] - 0.115) / 0.07) - 1) / 0.2 + 9 * (p[:, 1] < 0.13)
    in_front = p[:, 2] > 0.3
    for reach, soft, strength, colour in (
        (cheeks, 1.0, 0.22, (0.86, 0.4, 0.34)),
        (lips, 0.2, 0.9, _LIPS),
        (brows, 0.4, 0.85, _HAIR),
        (lash, 0.6, 0.85, _HAIR),
    ):
        yield (np.clip((1 - reach) / soft, 0, 1) * strength * in_front)[:, None], colour


def _ball(points: np.ndarray, middle: RGB, radii: RGB) -> np.ndarray:
    """About the distance to an ellipsoid."""
    away = points - floats(middle)
    near = np.linalg.norm(away / floats(radii), axis=1)
    return near * (near - 1) / (np.linalg.norm(away / np.square(floats(radii)), axis=1) + 1e-6)


def _rod(points: np.ndarray, start: RGB, stop: RGB, radius: float) -> np.ndarray:
    """The distance to a rod with round ends."""
    way, away = floats(stop) - floats(start), points - floats(start)
    share = np.clip(away @ way / (way @ way), 0, 1)[:, None]
    return np.linalg.norm(away - share * way, axis=1) - np.float32(radius)


def _joined(one: np.ndarray, other: np.ndarray, soft: float) -> np.ndarray:
    """Both, their border smoothed over `soft`."""
    share = np.clip(0.5 + (other - one) / (2 * soft), 0, 1)
    return other + (one - other) * share - soft * share * (1 - share)


def _carved(body: np.ndarray, hollow: np.ndarray, soft: float) -> np.ndarray:
    """The body without the hollow."""
    return -_joined(-body, hollow, soft)
