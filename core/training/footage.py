"""Frames of films as pictures to train on: own footage is the best content.

Knows ranges of media, however they were found. Knows nothing of timelines or of nets.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from ..cut import Cut, Facts, MediaRef
from ..errors import MediaError
from ..exchange import Footage
from ..media.colour import to_array
from ..media.display import Display
from ..media.source import Source, open_source
from ..naming import safe_name
from ..rates import FrameRange
from ..whole import write_whole
from .pictures import CONTENT_SIDE, shrunk

FRAMES = 300
_FLAT = 4.0  # standard deviation on 0 … 255: black leader, a fade's end


@dataclass(frozen=True, slots=True)
class Stretch:
    """Frames of one media file that may be trained on."""

    media: MediaRef
    frames: FrameRange


def used_stretches(cut: Cut, facts: Facts) -> list[Stretch]:
    """The media that a cut shows, clip by clip; what is missing or reaches outside its file is left out."""
    found = []
    for use in cut.uses:
        known = facts.get(use.media.editor_path)
        if known is None or isinstance(known, MediaError):
            continue
        first, stop = max(0, use.media_frames.first), min(known.frames, use.media_frames.stop)
        if first < stop:
            found.append(Stretch(use.media, FrameRange(first, stop)))
    return found


def whole_films(footage: Iterable[Footage]) -> list[Stretch]:
    """Film files from their first frame to their last."""
    return [
        Stretch(MediaRef(film.name, str(film.path), film.path, film.rate), FrameRange(0, film.frames))
        for film in footage
        if film.frames
    ]


def spread(stretches: Sequence[Stretch], count: int) -> list[tuple[MediaRef, int]]:
    """About `count` frames, each once: some of every stretch, of longer ones more, evenly apart.

    Where there are more stretches than that, the middles of evenly chosen ones. In the order of files
    and frames.
    """
    if len(stretches) > count:
        stretches = [stretches[len(stretches) * at // count] for at in range(count)]
    total = sum(len(one.frames) for one in stretches)
    chosen: dict[tuple[Path, int], MediaRef] = {}
    for one in stretches:
        length = len(one.frames)
        share = min(length, max(1, count * length // total))
        numbers = (one.frames.first + length * (2 * at + 1) // (2 * share) for at in range(share))
        chosen |= {(one.media.path, number): one.media for number in numbers}
    return [(media, number) for (_, number), media in sorted(chosen.items(), key=lambda one: one[0])]


def write_frames(
    frames: Iterable[tuple[MediaRef, int]],
    folder: Path,
    passed_by: Callable[[MediaError], None],
    stop: Callable[[], bool] = lambda: False,
    display: Display = Display(),  # noqa: B008 (frozen)
) -> int:
    """Writes frames as PNG at short side 400 and returns how many; those without a picture are left out.

    They are as `display` shows them, and their names say what they show, so that a training that goes on
    knows whether it learns from the same.

    `passed_by` hears of media that cannot be read; the rest of its frames are left out. `stop` is asked
    after every frame. Raises OutputError.
    """
    written = 0
    for path, group in groupby(frames, key=lambda one: one[0].path):
        chosen = list(group)
        try:
            with open_source(chosen[0][0]) as reader:
                for number, pixels in _pictures(reader, [number for _, number in chosen], display):
                    if pixels.std() >= _FLAT:
                        name = f"{_name(path)}_{number:07}_{_digest(pixels.tobytes())}.png"
                        write_whole(folder / name, _png(pixels), "a frame")
                        written += 1
                    if stop():
                        return written
        except MediaError as error:
            passed_by(error)
    return written


def _pictures(reader: Source, numbers: Iterable[int], display: Display) -> Iterator[tuple[int, np.ndarray]]:
    """Frames as (H, W, 3) uint8 RGB."""
    for number in numbers:
        pixels = to_array(display.seen(reader.read(number)).clamp(0, 255))
        yield number, np.rint(shrunk(pixels, CONTENT_SIDE) / 257).astype(np.uint8)


def _name(path: Path) -> str:
    """A name for the frames of a file; files of one name in several folders have others."""
    return f"{safe_name(path.stem, 80)}_{_digest(str(path).encode())}"


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=4).hexdigest()


def _png(pixels: np.ndarray) -> bytes:
    how = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    return cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]), how)[1].tobytes()
