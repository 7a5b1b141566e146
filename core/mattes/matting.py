"""The matte of a source's frames: every kind, combined and refined as a preset says.

A matte is for a frame's number in the source and its picture; it follows from the source alone, so that
a trim changes no pixel of it. Knows nothing of styles.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..cut import MediaFacts, MediaRef
from ..media.colour import to_rgb
from ..media.source import Source, open_source
from ..preset import Matte
from .file import FileMatte
from .keys import chroma_key, luma_key
from .model import model_picture, open_model
from .placement import Look, placed
from .refine import guided, luma, refined, scaled_to
from .settings import Region
from .sky import SkyEye, small
from .steady import Found, Steady

_At = Callable[[int, np.ndarray], np.ndarray]
_RADIUS, _EPSILON = 1 / 64, 2e-3  # of the guided filter: a share of the longer side, a variance
_BEYOND = 64  # columns that a net without wrapping sees of a sphere beyond its edges
_SOME = 0.005  # of a frame's area


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
        return "the sky is uncertain; look at it with `stylereel matte`" if self.certainty < 0.6 else ""


class Matting:
    """The matte of one source on a device of nets; `sphere` where its frames close left to right.

    Raises what nets and files raise when they are opened, and then frame by frame. For one thread.
    """

    def __init__(
        self,
        matte: Matte,
        media: MediaRef,
        known: MediaFacts | None,
        look: Look,
        *,
        sphere: bool = False,
        device: torch.device | str = "cpu",
    ) -> None:
        self._media, self._known, self._look = media, known, look
        self._sphere, self._device = sphere, torch.device(device)
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

    def at(self, number: int, pixels: Tensor) -> Tensor:
        """The matte for source frame `number` with its picture (1, 3, H, W) on 0 … 255: (1, 1, H, W).

        float32 on 0 … 1, 1 inside, on the CPU; exactly 0 and 1 away from edges.
        """
        if self._last is None or self._last[0] != number:
            picture = pixels[0].permute(1, 2, 0).clamp(0, 255).cpu().numpy()
            self._last = number, np.ascontiguousarray(self._at(number, picture), np.float32)
        return torch.from_numpy(self._last[1])[None, None]

    def _built(self, region: Region) -> _At:
        raw = self._raw(region)
        return lambda number, picture: refined(raw(number, picture), region, self._sphere)

    def _raw(self, region: Region) -> _At:
        if region.kind == "luma":
            return lambda number, picture: luma_key(picture, region)
        if region.kind == "chroma":
            return lambda number, picture: chroma_key(picture, region)
        if region.kind == "file":
            place = placed(region, self._media, self._known, self._look)
            file = FileMatte(region, place, self._media, self._sphere)
            self._open.callback(file.close)
            return file.at
        if region.kind == "sky":
            return self._sky()
        if region.kind == "model":
            return self._model(region)
        return _combined(str(region.kind), [self._built(part) for part in region.of])

    def _sky(self) -> _At:
        eye = SkyEye(device=self._device)
        found = self._found(lambda picture: eye.see(picture, self._sphere), small)

        def at(number: int, picture: np.ndarray) -> np.ndarray:
            soft = found(number, picture)
            self._note(soft)
            return self._sharpened(soft, picture)

        return at

    def _model(self, region: Region) -> _At:
        eye, step = open_model(region, self._device)
        beyond = _BEYOND if self._sphere and not (region.size and "x" in region.size) else 0

        def see(picture: np.ndarray) -> np.ndarray:
            wide = np.pad(picture, ((0, 0), (beyond, beyond), (0, 0)), mode="wrap")
            return eye(np.ascontiguousarray(wide))[:, beyond : beyond + picture.shape[1]]

        found = self._found(see, lambda picture: model_picture(picture, step))
        return lambda number, picture: self._sharpened(found(number, picture), picture)

    def _found(
        self, see: Callable[[np.ndarray], np.ndarray], smaller: Callable[[np.ndarray], np.ndarray]
    ) -> _At:
        """What a net sees in small pictures, kept steady where that is wanted."""
        if not self._steady:
            return lambda number, picture: see(smaller(picture))

        def find(number: int, picture: np.ndarray | None) -> Found:
            seen = smaller(self._picture(number) if picture is None else picture)
            return np.rint(luma(seen) * 255).astype(np.uint8), see(seen)

        return Steady(find, self._sphere).at

    def _sharpened(self, soft: np.ndarray, picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        large = scaled_to(soft, width, height, self._sphere)
        radius = max(2, round(_RADIUS * max(height, width)))
        return guided(large, picture, radius, _EPSILON, self._sphere)

    def _picture(self, number: int) -> np.ndarray:
        """A frame of the source that nobody else has at hand: one before the shot's."""
        if self._source is None:
            self._source = self._open.enter_context(open_source(self._media))
        return to_rgb(self._source.read(number))[0].permute(1, 2, 0).clamp(0, 255).numpy()

    def _note(self, soft: np.ndarray) -> None:
        unsure = soft > 0.1
        sure = float(np.abs(2 * soft[unsure] - 1).mean()) if unsure.any() else 1.0
        old, count = self.sight, self.sight.frames + 1
        share = old.share + (float((soft > 0.5).mean()) - old.share) / count
        self.sight = replace(
            old, frames=count, share=share, certainty=old.certainty * (count - 1) / count + sure / count
        )


def _combined(kind: str, parts: list[_At]) -> _At:
    def at(number: int, picture: np.ndarray) -> np.ndarray:
        mattes = [part(number, picture) for part in parts]
        if kind == "not":
            return 1 - mattes[0]
        return np.minimum.reduce(mattes) if kind == "and" else np.maximum.reduce(mattes)

    return at
