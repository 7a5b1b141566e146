"""Mattes from files: a movie with alpha, a luma matte, numbered pictures, one picture.

Knows how a placed file is read. Knows nothing of where it stands.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import lru_cache

import numpy as np

from ..cut import MediaRef
from ..errors import MediaError
from ..media.alpha import alpha_of, light_of
from ..media.pictures import stored_picture
from ..media.reader import FrameReader, VideoFrame
from ..media.rgb import has_alpha
from ..media.sequence import numbered
from .placement import Placement
from .refine import scaled_to, settled
from .settings import Region

_NEARLY = 1 / 250  # a step of 8 bits: black and white that went through other pixels are hardly ever exact
_LOOKS = 16  # at a file's alpha: where it is opaque in all of them, it is no matte


class FileMatte:
    """A matte's file, opened when it is first asked; `close` lets go of it.

    Of the channel `auto` it is the alpha, where that is not opaque all through the file, else the light.
    """

    def __init__(self, region: Region, placement: Placement, media: MediaRef, sphere: bool) -> None:
        self._region, self._placement, self._media, self._sphere = region, placement, media, sphere
        self._open = ExitStack()
        self._read: Callable[[int], VideoFrame] | None = None
        self._held: tuple[int, np.ndarray] | None = None

    def at(self, number: int, picture: np.ndarray) -> np.ndarray:
        """The matte for source frame `number`, at the size of its picture.

        Raises MediaError where its frame is missing or cannot be decoded, with the source's frame.
        """
        frame = self._placement.frame(number)
        if self._held is None or self._held[0] != frame:
            self._held = frame, settled(self._seen(frame, number), _NEARLY)
        return scaled_to(self._held[1], picture.shape[1], picture.shape[0], self._sphere)

    def close(self) -> None:
        """Lets go of the file."""
        self._open.close()
        self._read = None

    def _seen(self, frame: int, number: int) -> np.ndarray:
        place, wanted = self._placement, self._region.channel
        try:
            self._read = self._read or _reader(place, self._open)
            found = self._read(frame)
            if wanted == "alpha":
                return _upright(alpha_of(found), found)
            through = wanted == "auto" and _shows_through(place)
            if not through:
                return _upright(light_of(found), found)
            opaque = np.ones((found.height, found.width), np.float32)  # as some write what has no hole in it
            return _upright(alpha_of(found) if has_alpha(found) else opaque, found)
        except MediaError as error:
            what = f"the matte for frame {number} of {self._media.name}, its frame {frame}: {error.what}"
            where = error.where or str(place.path)
            raise MediaError(what, where=where, hint=error.hint, code=error.code) from error


def _reader(place: Placement, closing: ExitStack) -> Callable[[int], VideoFrame]:
    if place.kind == "movie":
        return closing.enter_context(FrameReader(place.path, place.rate)).read
    run = numbered(place.path) if place.kind == "sequence" else (place.path,)
    return lambda frame: stored_picture(run[frame])


@lru_cache(maxsize=32)
def _shows_through(place: Placement) -> bool:
    """Whether any of some frames, from a file's first to its last, has an alpha that is not opaque.

    Found once for every placed file. What cannot be decoded is passed by: it is told when it is needed.
    """
    last = place.facts.frames - 1
    with ExitStack() as closing:
        read = _reader(place, closing)
        for frame in sorted({last * look // (_LOOKS - 1) for look in range(_LOOKS)}):
            with suppress(MediaError):
                found = read(frame)
                if has_alpha(found) and alpha_of(found).min() < 1:
                    return True
                if place.kind == "movie" and not has_alpha(found):
                    return False
    return False


def _upright(matte: np.ndarray, frame: VideoFrame) -> np.ndarray:
    """A matte as its frame is to be shown."""
    return np.ascontiguousarray(np.rot90(matte, frame.rotation // 90))
