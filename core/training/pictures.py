"""Style pictures and content pictures for training. Never imports torch, knows nothing of nets."""

from pathlib import Path

import cv2
import numpy as np

from ..errors import StyleError

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
STYLE_SIDE = 256  # the short side at which a style's manner is measured
SMALLEST_STYLE = 128
CONTENT_SIDE = 400  # the short side at which pictures to train on are kept


def read_picture(path: Path, short_side: int | None = None) -> np.ndarray:
    """A picture as uint8 RGB, (H, W, 3), its short side made `short_side` where it is longer.

    Raises StyleError where there is none, or none that can be read.
    """
    hint = "JPEG, PNG, TIFF, WebP and BMP can be: save it as one of these, or look whether it is damaged."
    unread = StyleError("not a picture that can be read", where=str(path), hint=hint)
    try:
        content = np.fromfile(path, np.uint8)
        pixels = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except FileNotFoundError as error:
        raise StyleError("there is no such picture", where=str(path)) from error
    except (OSError, cv2.error) as error:
        raise unread from error
    if pixels is None:
        raise unread
    return np.ascontiguousarray(shrunk(pixels, short_side or min(pixels.shape[:2]))[:, :, ::-1])


def shrunk(pixels: np.ndarray, short_side: int) -> np.ndarray:
    """A picture, its short side made `short_side` where it is longer."""
    scale = short_side / min(pixels.shape[:2])
    if scale >= 1:
        return pixels
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def style_picture(path: Path) -> np.ndarray:
    """A style picture, uint8 RGB at short side 256; one too small or too flat is refused."""
    return check_style(read_picture(path, STYLE_SIDE), path)


def check_style(pixels: np.ndarray, path: Path) -> np.ndarray:
    """The same picture. Raises StyleError where it is too small or too flat to be a style's."""
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST_STYLE:
        raise StyleError(
            f"too small for a style: {width}×{height}",
            where=str(path),
            hint=f"Its short side needs {SMALLEST_STYLE} pixels or more; look for a larger one.",
        )
    if pixels.std() < 4:
        hint = "Take a picture with strokes, or with --crop the part of it that has some."
        raise StyleError(
            "too flat for a style: there is hardly any contrast in it", where=str(path), hint=hint
        )
    return pixels


def picture_beside(style: Path) -> Path | None:
    """The picture beside a style's file, by its name: what it learnt from."""
    return next((one for suffix in SUFFIXES if (one := style.with_suffix(suffix)).is_file()), None)


def content_pictures(*folders: Path) -> list[Path]:
    """The pictures below folders that may be trained on, by name; `._*` of a Mac are none.

    `kodim*` and every fifth of the others in a folder are held out, so that a style can be measured on
    pictures it has never seen. Raises StyleError where none is left.
    """
    kept = [path for folder in folders for path in _kept(folder)]
    if not kept:
        where = ", ".join(map(str, folders))
        hint = "Some dozens of frames do, better a few hundred."
        raise StyleError("there are too few pictures to train on", where=where, hint=hint)
    return kept


def held_out(folder: Path) -> list[Path]:
    """The pictures below a folder that no training sees, by name. Raises StyleError where it is none."""
    kept = set(_kept(folder))
    return [path for path in _pictures(folder) if path not in kept]


def _kept(folder: Path) -> list[Path]:
    others = [path for path in _pictures(folder) if not path.name.startswith("kodim")]
    return [path for index, path in enumerate(others) if index % 5]


def _pictures(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise StyleError("there is no such folder of pictures to train on", where=str(folder))
    names = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return [path for path in names if not path.name.startswith("._")]


def some_pictures(paths: list[Path], count: int, short_side: int) -> list[np.ndarray]:
    """The first `count` that can be read of pictures from all over `paths`, like `read_picture`.

    Raises StyleError where none can be read.
    """
    spread = paths[:: max(1, len(paths) // count)]
    found: list[np.ndarray] = []
    for path in dict.fromkeys((*spread, *paths)):
        try:
            found.append(read_picture(path, short_side))
        except StyleError:
            continue
        if len(found) == count:
            break
    if not found:
        raise StyleError("none of the pictures to train on can be read", where=str(paths[0].parent))
    return found
