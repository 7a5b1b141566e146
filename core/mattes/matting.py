"""The matte of a source's frames: every kind, combined and refined as a preset says.

A matte is for a frame's number in the source and its picture; it follows from the source alone, so that
a trim changes no pixel of it. Knows nothing of styles.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from types import TracebackType
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..cut import MediaFacts, MediaRef
from ..errors import MediaError
from ..media.display import Display
from ..media.reader import VideoFrame
from ..media.source import Source, open_source
from ..preset import Matte
from ..steady.flow import as_array
from .file import FileMatte
from .keys import chroma_key, luma_key
from .model import model_picture, open_model
from .placement import Look, placed
from .refine import guided, refined, scaled_to
from .settings import Region
from .sky import SkyEye, small
from .steady import Found, Steady

_At = Callable[[int, np.ndarray], np.ndarray]
_See = Callable[[np.ndarray], Found]
_RADIUS, _EPSILON = 1 / 64, 2e-3  # of the guided filter: a share of the longer side, a variance
_BEYOND = 64  # columns that a net without wrapping sees of a sphere beyond its edges
_SURE = 0.6
_SOME = 0.005  # of a frame's area
_SIDES = {"top-bottom": 0, "side-by-side": 1}


@dataclass(frozen=True, slots=True)
class Shape:
    """How frames lie: whether they close left to right, and how their eyes are beside each other."""

    sphere: bool = False
    stereo: str = "mono"

    def eyes(self, frame: np.ndarray) -> list[np.ndarray]:
        """The pictures of a frame, (H, W, …), one for each eye."""
        if self.stereo not in _SIDES:
            return [frame]
        return np.split(frame, 2, _SIDES[self.stereo])

    def joined(self, eyes: Sequence[np.ndarray]) -> np.ndarray:
        """A frame of its eyes' pictures."""
        return np.concatenate(eyes, _SIDES[self.stereo]) if len(eyes) > 1 else eyes[0]


@dataclass(frozen=True, slots=True)
class Sight:
    """How sky was seen in frames: their number, the mean share of the area, and how certain, 0 … 1.

    Certainty is how far from undecided the net was, where it was not plainly outside.
    """

    frames: int = 0
    share: float = 0.0
    certainty: float = 1.0

    def doubt(self) -> str:
        """What is to be said of it; empty where nothing is."""
        if not self.frames:
            return ""
        if self.share < _SOME:
            return "no sky found"
        return "the sky is uncertain; look at it with `stylereel matte`" if self.certainty < _SURE else ""

    def with_frame(self, sky: np.ndarray) -> "Sight":
        """The same with another frame's sky, as the net saw it."""
        open_to_it = sky > 0.1
        sure = float(np.abs(2 * sky[open_to_it] - 1).mean()) if open_to_it.any() else 1.0
        return self.with_sight(Sight(1, float((sky > 0.5).mean()), sure))

    def with_sight(self, other: "Sight") -> "Sight":
        """Both together."""
        frames = self.frames + other.frames
        part = other.frames / max(frames, 1)
        share = self.share + part * (other.share - self.share)
        return Sight(frames, share, self.certainty + part * (other.certainty - self.certainty))


class Matting:
    """The matte of one source on a device of nets; each eye has its own, and wraps where it is a sphere.

    It looks at frames as the `display` shows them, and so as nets do.

    Raises what nets and files raise when they are opened, and then frame by frame. For one thread.
    """

    def __init__(
        self,
        matte: Matte,
        media: MediaRef,
        known: MediaFacts | None,
        look: Look,
        *,
        shape: Shape = Shape(),
        display: Display = Display(),  # noqa: B008 (frozen)
        device: torch.device | str = "cpu",
    ) -> None:
        self._media, self._known, self._look = media, known, look
        self._shape, self._display, self._device = shape, display, torch.device(device)
        self._steady = matte.stabilise and media.kind != "still"
        self._open = ExitStack()
        self._source: Source | None = None
        self._last: tuple[int, np.ndarray] | None = None
        self.sight = Sight()
        self._at = self._built(matte)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every file."""
        self._open.close()
        self._source = None

    def of(self, number: int, frame: VideoFrame, pixels: Tensor) -> Tensor:
        """The matte for source frame `number`, with it and its picture as `to_rgb` gives it; see `at`."""
        return self.at(number, self._display.shown(frame, pixels))

    def at(self, number: int, pixels: Tensor) -> Tensor:
        """The matte for source frame `number`, shown as (1, 3, H, W) on 0 … 255: (1, 1, H, W).

        float32 on 0 … 1, 1 inside, on the CPU; exactly 0 and 1 away from edges.
        """
        if self._last is None or self._last[0] != number:
            self._last = number, np.ascontiguousarray(self._at(number, _array(pixels)), np.float32)
        return torch.from_numpy(self._last[1])[None, None]

    def _built(self, region: Region) -> _At:
        raw, sphere = self._raw(region), self._shape.sphere
        return self._by_eye(lambda matte: refined(matte, region, sphere), raw)

    def _by_eye(self, change: Callable[[np.ndarray], np.ndarray], raw: _At) -> _At:
        shape = self._shape
        return lambda at, picture: shape.joined([change(eye) for eye in shape.eyes(raw(at, picture))])

    def _raw(self, region: Region) -> _At:
        if region.kind == "luma":
            return lambda number, picture: luma_key(picture, region)
        if region.kind == "chroma":
            return lambda number, picture: chroma_key(picture, region)
        if region.kind == "file":
            return self._file(region)
        if region.kind == "sky":
            return self._seen(self._sky())
        if region.kind == "model":
            return self._seen(self._model(region))
        return _combined(str(region.kind), [self._built(part) for part in region.of])

    def _file(self, region: Region) -> _At:
        place = placed(region, self._media, self._known, self._look)
        file = FileMatte(region, place, self._media, self._shape.sphere and self._shape.stereo == "mono")
        self._open.callback(file.close)
        return file.at

    def _seen(self, see: _See) -> _At:
        """What a net sees in each eye's picture, kept steady where that is wanted, true to edges."""
        eyes = [self._found(see, which) for which in range(1 + (self._shape.stereo in _SIDES))]
        sphere = self._shape.sphere

        def at(number: int, picture: np.ndarray) -> np.ndarray:
            pictures = self._shape.eyes(picture)
            mattes = (
                sharpened(found(number, one), one, sphere) for found, one in zip(eyes, pictures, strict=True)
            )
            return self._shape.joined([*mattes])

        return at

    def _found(self, see: _See, which: int) -> _At:
        """What a net finds in one eye's pictures, at the size that it sees them at."""
        if not self._steady:
            return lambda number, picture: see(picture)[1]

        def find(number: int, picture: np.ndarray | None) -> Found | None:
            if picture is None and (picture := self._picture(number, which)) is None:
                return None
            return see(picture)

        return Steady(find, self._shape.sphere).at

    def _sky(self) -> _See:
        eye, sphere = SkyEye(device=self._device), self._shape.sphere

        def see(picture: np.ndarray) -> Found:
            seen = small(picture)
            sky = eye.see(seen, sphere)
            self.sight = self.sight.with_frame(sky)
            return seen, sky

        return see

    def _model(self, region: Region) -> _See:
        eye, step = open_model(region, self._device)
        wraps = self._shape.sphere and not (region.size and "x" in region.size)
        beyond = step * ceil(_BEYOND / step) if wraps else 0

        def see(picture: np.ndarray) -> Found:
            seen = model_picture(picture, step)
            wide = np.pad(seen, ((0, 0), (beyond, beyond), (0, 0)), mode="wrap")
            return seen, eye(np.ascontiguousarray(wide))[:, beyond : beyond + seen.shape[1]]

        return see

    def _picture(self, number: int, which: int) -> np.ndarray | None:
        """An eye's picture of a frame that nobody else has at hand: one before the shot's.

        None where it cannot be read: the shot can do without.
        """
        if self._source is None:
            self._source = self._open.enter_context(open_source(self._media))
        try:
            frame = self._source.read(number)
            return self._shape.eyes(_array(self._display.seen(frame)))[which]
        except MediaError:
            return None


def _array(pixels: Tensor) -> np.ndarray:
    return np.ascontiguousarray(as_array(pixels).clip(0, 255))


def sharpened(soft: np.ndarray, picture: np.ndarray, sphere: bool) -> np.ndarray:
    """What a net saw in a small picture, at the size of the whole one and true to its edges."""
    height, width = picture.shape[:2]
    large = scaled_to(soft, width, height, sphere)
    radius = max(2, round(_RADIUS * max(height, width)))
    return guided(large, picture, radius, _EPSILON, sphere)


def _combined(kind: str, parts: list[_At]) -> _At:
    def at(number: int, picture: np.ndarray) -> np.ndarray:
        mattes = [part(number, picture) for part in parts]
        if kind == "not":
            return 1 - mattes[0]
        return np.minimum.reduce(mattes) if kind == "and" else np.maximum.reduce(mattes)

    return at
