"""How much a rendered shot flickers, and how sharp it is: a pointer for the report, from a few of its frames.

Knows a shot and its styled file. Knows nothing of how it was steadied.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import mean

import cv2
from torch import Tensor

from .cut import Shot
from .errors import MediaError
from .media.colour import to_rgb
from .media.reader import VideoFrame
from .media.source import open_source
from .preset import read_recipe
from .steady.flow import as_array, as_tensor, farneback
from .steady.measure import motions, sharpness, warping_error
from .styled import open_styled

_PAIRS = 6  # of consecutive frames, from all over the shot
_SIDE = 256  # lines that frames are brought to, where they have more


def measured(shot: Shot, styled: Path) -> Mapping[str, float] | None:
    """The flicker of a shot's styled file; None where it has no two painted frames in a row, or one is gone.

    `flicker` is the warping error of its painted frames less that of the source's own, in levels of 255, by
    Farnebäck's flow, which no steadying goes by; 0 is as steady as the source. `sharpness` is the mean
    gradient of luma over the source's. Both are means over `pairs` of frames of at most 256 lines.
    """
    numbers = range(shot.frames.first, shot.frames.stop - 1)
    both = [at for at in numbers if min(shot.weights[at - shot.frames.first :][:2]) > 0]
    if shot.still or shot.picks or not both:
        return None
    chosen = [both[(2 * at + 1) * len(both) // (2 * _PAIRS)] for at in range(min(_PAIRS, len(both)))]
    sphere = read_recipe(shot.recipe).projection == "equirect"
    try:
        with open_source(shot.media) as source, open_styled(shot, styled) as painted:
            found = [
                _of_pair(_pair(source.read, at), _pair(painted.read, at - shot.frames.first), sphere)
                for at in sorted({*chosen})
            ]
    except MediaError:
        return None
    ours, own, sharp, sharp_before = (mean(column) for column in zip(*found, strict=True))
    return {
        "flicker": round(ours - own, 2),
        "sharpness": round(sharp / max(sharp_before, 1e-6), 2),
        "pairs": len(found),
    }


def _pair(read: Callable[[int], VideoFrame], at: int) -> list[Tensor]:
    return [_small(to_rgb(read(number))) for number in (at, at + 1)]


def _of_pair(source: list[Tensor], painted: list[Tensor], sphere: bool) -> tuple[float, float, float, float]:
    """Warping error and sharpness: the painted frames' error, the source's own, and likewise."""
    moved = motions(source, sphere=sphere, search=farneback)
    ours, own = (warping_error(pair, moved, sphere=sphere) for pair in (painted, source))
    return ours, own, sharpness(painted), sharpness(source)


def _small(pixels: Tensor) -> Tensor:
    height, width = pixels.shape[2:]
    if height <= _SIDE:
        return pixels
    size = round(width * _SIDE / height), _SIDE
    return as_tensor(cv2.resize(as_array(pixels), size, interpolation=cv2.INTER_AREA))
