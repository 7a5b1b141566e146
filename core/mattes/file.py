"""Mattes from files: a movie with alpha, a luma matte, numbered pictures, one picture.

Knows how a placed file is read. Knows nothing of where it stands.
"""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from ..cut import MediaRef
from ..errors import MediaError
from ..media.alpha import alpha_of, light_of
from ..media.pictures import decoded_picture
from ..media.reader import FrameReader, VideoFrame
from ..media.rgb import has_alpha
from ..media.sequence import numbered
from .placement import Placement
from .refine import scaled_to
from .settings import Region


class FileMatte:
    """A matte's file, opened when it is first asked; `close` lets go of it."""

    def __init__(self, region: Region, placement: Placement, media: MediaRef, sphere: bool) -> None:
        self._region, self._placement, self._media, self._sphere = region, placement, media, sphere
        self._reader: FrameReader | None = None
        self._open = ExitStack()
        self._held: tuple[int, np.ndarray] | None = None
        self._run: tuple[Path, ...] = ()

    def at(self, number: int, picture: np.ndarray) -> np.ndarray:
        """The matte for source frame `number`, at the size of its picture.

        Raises MediaError where its frame is missing or cannot be decoded, with the source's frame.
        """
        frame = self._placement.frame(number)
        if self._held is None or self._held[0] != frame:
            self._held = frame, self._read(frame, number)
        return scaled_to(self._held[1], picture.shape[1], picture.shape[0], self._sphere)

    def close(self) -> None:
        """Lets go of the file."""
        self._open.close()
        self._reader = None

    def _read(self, frame: int, number: int) -> np.ndarray:
        try:
            found = self._decoded(frame)
            wanted = self._region.channel
            seen = (
                alpha_of(found)
                if wanted == "alpha" or (wanted == "auto" and has_alpha(found))
                else light_of(found)
            )
        except MediaError as error:
            what = f"the matte for frame {number} of {self._media.name}, its frame {frame}: {error.what}"
            where = error.where or str(self._placement.path)
            raise MediaError(what, where=where, hint=error.hint, code=error.code) from error
        return np.ascontiguousarray(seen)

    def _decoded(self, frame: int) -> VideoFrame:
        place = self._placement
        if place.kind != "movie":
            self._run = self._run or (numbered(place.path) if place.kind == "sequence" else (place.path,))
            return decoded_picture(self._run[frame])
        if self._reader is None:
            self._reader = self._open.enter_context(FrameReader(place.path, place.rate))
        return self._reader.read(frame)
