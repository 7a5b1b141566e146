"""What the sky net learns from: pictures, and where the teacher sees sky in them.

A panorama (twice as wide as high, and it closes) is looked at as a whole and through a dozen windows. What
the teacher makes of a picture is kept in a folder, by the picture's content, so that it sees every picture
once. Knows nothing of nets that learn.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from ..errors import StyleError
from ..whole import write_whole
from .pictures import read_picture, shrunk
from .sky_teacher import Look, Teacher

SEEN_SIDE = 512  # the short side at which the teacher gets a picture
KEPT_SIDE = 300  # … and at which it is kept in memory
_WINDOWS, _WINDOW = 12, 384
_SEAM = 1.7  # times the median step from column to column
_TURN = 2.399963  # radians from one window to the next: the golden angle


@dataclass(frozen=True, slots=True)
class Lesson:
    """A picture, (H, W, 3) uint8 RGB, and its sky, (H, W) uint8; `hints` are the teacher's (`Look`)."""

    pixels: np.ndarray
    sky: np.ndarray
    hints: tuple[np.ndarray, ...] = ()

    @property
    def share(self) -> float:
        """How much of the picture is sky, 0 … 1."""
        return float((self.sky > 127).mean())


def lessons(
    paths: Sequence[Path],
    teacher: Teacher,
    kept: Path,
    without: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda done, of: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Lesson]:
    """The lessons of some pictures; those that cannot be read are passed by.

    Looks that `kept` has not are made and put there. Pictures whose names match one of the globs `without`
    show no sky, whatever the teacher takes for it. `told` hears how many pictures of how many are
    done; `stop` ends it between two. Raises OutputError where a look cannot be kept, StyleError where
    no picture can be read.
    """
    found: list[Lesson] = []
    for done, path in enumerate(paths):
        if stop():
            break
        told(done, len(paths))
        try:
            picture = read_picture(path, SEEN_SIDE)
        except StyleError:
            continue
        plain = any(path.match(name) for name in without)
        found += [_plain(view) if plain else _lesson(view, teacher, kept) for view in views(picture)]
    if not found and not stop():
        raise StyleError("none of the pictures can be read", where=str(paths[0].parent))
    return found


def views(picture: np.ndarray) -> Iterator[np.ndarray]:
    """The picture, and where it is a panorama, windows into it."""
    yield picture
    if _closes(picture):
        for number in range(_WINDOWS):
            pitch, field = np.radians((-12, 4, 20)[number % 3]), np.radians((75, 90, 105, 60)[number % 4])
            yield window(picture, number * _TURN, pitch, field)


def _closes(picture: np.ndarray) -> bool:
    """Whether it is twice as wide as high, and its sides meet as any two of its columns do."""
    if picture.shape[1] != 2 * picture.shape[0]:
        return False
    seen = picture.astype(np.float32)
    apart = np.abs(seen - np.roll(seen, 1, axis=1)).mean((0, 2))
    return bool(apart[0] <= _SEAM * np.median(apart[1:]))


def window(picture: np.ndarray, yaw: float, pitch: float, field: float) -> np.ndarray:
    """What a lens with a square field sees in an equirectangular picture; angles in radians."""
    height, width = picture.shape[:2]
    across = (np.arange(_WINDOW) + 0.5 - _WINDOW / 2) / (_WINDOW / 2) * np.tan(field / 2)
    x, y = np.meshgrid(across, -across)
    up = y * np.cos(pitch) + np.sin(pitch)
    front = np.cos(pitch) - y * np.sin(pitch)
    longitude = np.arctan2(x, front) + yaw
    latitude = np.arctan2(up, np.hypot(x, front))
    place = (
        ((longitude / (2 * np.pi) + 0.5) % 1 * width - 0.5).astype(np.float32),
        ((0.5 - latitude / np.pi) * height - 0.5).astype(np.float32),
    )
    return cv2.remap(picture, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


def _plain(picture: np.ndarray) -> Lesson:
    small = shrunk(picture, KEPT_SIDE)
    return Lesson(small, np.zeros(small.shape[:2], np.uint8))


def _lesson(picture: np.ndarray, teacher: Teacher, kept: Path) -> Lesson:
    digest = blake2b(teacher.key.encode() + picture.tobytes(), digest_size=16).hexdigest()
    path = kept / f"{digest}.npz"
    look = _kept_look(path)
    if look is None:
        look = teacher.look(picture)
        file = BytesIO()
        np.savez_compressed(file, look.sky, *look.hints)
        write_whole(path, file.getvalue(), "a teacher's look")
    small = shrunk(picture, KEPT_SIDE)
    sky = cv2.resize(look.sky, small.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return Lesson(small, sky, look.hints)


def _kept_look(path: Path) -> Look | None:
    try:
        with np.load(path) as held:
            sky, *hints = (held[name] for name in held.files)
    except (OSError, ValueError, BadZipFile):
        return None
    return Look(sky, tuple(hints))
