"""Where things were in another frame of a film, and pictures moved to where they are now.

Knows frames as arrays, (H, W, 3) or (H, W) float32 on 0 … 255; nothing of nets, files or time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from ..bands import bands

_LUMA = np.array((0.2126, 0.7152, 0.0722), np.float32)  # ITU-R BT.709
_WRAPPED = 64  # columns that are laid on at both sides of a 360 picture, so that flow crosses its edge
_LARGE = 2**22  # pixels beyond which a picture is searched at a quarter of its size
_TAPS = 8  # columns that a warp may reach beyond that edge

Search = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Two grey pictures, (H, W) uint8 → where each pixel of the first is in the second, less its own place:
(H, W, 2) float32, x and y."""


@dataclass(frozen=True, slots=True)
class Motion:
    """Where each pixel of a frame is in another one: `place` (H, W, 2) in pixels, x and y.

    `seen` (H, W) is false where it is hidden there, or outside the picture; `perhaps` is true too where it
    might be seen all the same.
    """

    place: np.ndarray
    seen: np.ndarray
    perhaps: np.ndarray


def as_array(pixels: Tensor) -> np.ndarray:
    """(1, 3, H, W) on 0 … 255 as (H, W, 3) float32, not clipped."""
    return pixels[0].permute(1, 2, 0).float().cpu().numpy()


def as_tensor(picture: np.ndarray) -> Tensor:
    """(H, W, 3) float32 as (1, 3, H, W)."""
    return torch.from_numpy(np.ascontiguousarray(picture.transpose(2, 0, 1)))[None]


def luma(picture: np.ndarray) -> np.ndarray:
    """A picture, (H, W, 3), as (H, W) float32 on 0 … 255, clipped."""
    return picture.clip(0, 255) @ _LUMA


def grey(picture: np.ndarray) -> np.ndarray:
    """What a search wants of a picture, (H, W, 3): its luma, (H, W) uint8."""
    found = np.empty(picture.shape[:2], np.uint8)
    for band in bands(*picture.shape[:2]):
        found[band.rows] = np.rint(luma(picture[band.rows]))
    return found


def inverse_search(preset: int, finest: int) -> Search:
    """Dense inverse search (Kroeger et al. 2016) with one of OpenCV's presets.

    It goes down to pictures halved `finest` times; 0 is every pixel.
    """

    def searched(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        search = cv2.DISOpticalFlow.create(preset)
        search.setFinestScale(finest)
        return search.calc(one, other, np.zeros((*one.shape, 2), np.float32))

    return searched


def farneback(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Polynomial expansion (Farnebäck 2003): a search that has nothing in common with the others."""
    start = np.zeros((*one.shape, 2), np.float32)
    return cv2.calcOpticalFlowFarneback(one, other, start, 0.5, 5, 15, 5, 7, 1.5, 0)


def at_half_size(search: Search) -> Search:
    """The same search on pictures of half their size: a quarter of the time, and steadier.

    Of a quarter from 4K on, for the time and the memory that a search takes.
    """

    def searched(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        height, width = one.shape
        part = 2 if one.size <= _LARGE else 4
        size = max(width // part, 16), max(height // part, 16)
        smaller = (cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in (one, other))
        found = cv2.resize(search(*smaller), (width, height), interpolation=cv2.INTER_LINEAR)
        found *= np.array((width / size[0], height / size[1]), np.float32)
        return found

    return searched


def motion_between(search: Search, now: np.ndarray, then: np.ndarray, *, sphere: bool = False) -> Motion:
    """Where each pixel of the grey picture `now` is in `then`, (H, W) uint8 each.

    Checked forward and backward as in Sundaram, Brox & Keutzer 2010, and loosely too. On the sphere flow goes
    across the edge where the picture closes, and `place` may lie beyond it.
    """
    return next(_motions(search, now, then, sphere))


def motions_between(
    search: Search, now: np.ndarray, then: np.ndarray, *, sphere: bool = False
) -> tuple[Motion, Motion]:
    """The same, and the other way round."""
    back, forth = _motions(search, now, then, sphere)
    return back, forth


def _motions(search: Search, now: np.ndarray, then: np.ndarray, sphere: bool) -> Iterator[Motion]:
    now, then = (_wrapped(picture, _WRAPPED) if sphere else picture for picture in (now, then))
    back, forth = search(now, then), search(then, now)
    yield _checked(back, forth, sphere)
    yield _checked(forth, back, sphere)


def _checked(back: np.ndarray, forth: np.ndarray, sphere: bool) -> Motion:
    height, width = back.shape[:2]
    edge = _WRAPPED if sphere else 0
    inner = slice(edge, width - edge)
    places = np.empty((height, width - 2 * edge, 2), np.float32)
    seen, perhaps = (np.empty(places.shape[:2], bool) for _ in range(2))
    for band in bands(height, width):
        way = back[band.rows]
        place = still_place(height, width, band.rows) + way
        returned = cv2.remap(forth, *_maps(place), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        length = (way**2).sum(-1) + (returned**2).sum(-1)
        apart = ((way + returned) ** 2).sum(-1)
        there = inside(place, height, width, sphere)
        places[band.rows] = place[:, inner] - np.array((edge, 0), np.float32)
        seen[band.rows] = (there & (apart <= 0.01 * length + 0.5))[:, inner]
        perhaps[band.rows] = (there & (apart <= 0.1 * length + 2))[:, inner]
    return Motion(places, seen, perhaps)


def inside(place: np.ndarray, height: int, width: int, sphere: bool) -> np.ndarray:
    """Which places lie within a picture; a sphere has no left and right edge."""
    x, y = place[..., 0], place[..., 1]
    return (y >= 0) & (y <= height - 1) & (sphere | ((x >= 0) & (x <= width - 1)))


def still_place(height: int, width: int, rows: slice = slice(None)) -> np.ndarray:
    """The place, (H, W, 2), of pixels that did not move, of a picture or of some of its rows."""
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)[rows]), -1).astype(np.float32)


def warped(picture: np.ndarray, place: np.ndarray, kind: int, *, sphere: bool = False) -> np.ndarray:
    """What a picture has at every `place`, interpolated by one of OpenCV's kinds; round the sphere's edge."""
    width = picture.shape[1]
    seen = _wrapped(picture, _TAPS) if sphere else np.ascontiguousarray(picture)
    found = np.empty((*place.shape[:2], *picture.shape[2:]), picture.dtype)
    for band in bands(*place.shape[:2]):
        x, y = _maps(place[band.rows])
        if sphere:
            x = x % width + _TAPS
        found[band.rows] = cv2.remap(seen, x, y, kind, borderMode=cv2.BORDER_REPLICATE)
    return found


def filtered(
    picture: np.ndarray, kernel: Callable[[np.ndarray], np.ndarray], *, sphere: bool = False
) -> np.ndarray:
    """A picture through a small filter, of at most 8 pixels to a side; round the sphere's edge."""
    if not sphere:
        return kernel(picture)
    return kernel(_wrapped(picture, _TAPS))[:, _TAPS:-_TAPS]


def _maps(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.ascontiguousarray(place[..., 0]), np.ascontiguousarray(place[..., 1])


def _wrapped(picture: np.ndarray, columns: int) -> np.ndarray:
    return np.pad(picture, ((0, 0), (columns, columns), *((0, 0),) * (picture.ndim - 2)), mode="wrap")
