"""Style pictures and content pictures for training. Never imports torch, knows nothing of nets."""

from pathlib import Path

import cv2
import numpy as np

from ..errors import StyleError

SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")
STYLE_SIDE = 256  # the short side at which a style's manner is measured


def read_picture(path: Path, short_side: int) -> np.ndarray:
    """A picture as uint8 RGB, (H, W, 3), its short side made `short_side` where it is longer.

    Raises StyleError where there is none, or none that can be read.
    """
    try:
        content = np.fromfile(path, np.uint8)
        pixels = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except FileNotFoundError as error:
        raise StyleError("there is no such picture", where=str(path)) from error
    except (OSError, cv2.error) as error:
        raise StyleError("not a picture that can be read", where=str(path)) from error
    if pixels is None:
        raise StyleError("not a picture that can be read", where=str(path))
    scale = short_side / min(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(pixels[:, :, ::-1])


def style_picture(path: Path) -> np.ndarray:
    """A style picture, uint8 RGB at short side 256; one too small or too flat is refused."""
    pixels = read_picture(path, STYLE_SIDE)
    height, width = pixels.shape[:2]
    if min(height, width) < 128:
        raise StyleError(
            f"too small for a style: {width}×{height}",
            where=str(path),
            hint="Its short side needs 128 pixels or more.",
        )
    if pixels.std() < 4:
        raise StyleError("too flat for a style: there is hardly any contrast in it", where=str(path))
    return pixels


def content_pictures(folder: Path) -> list[Path]:
    """The pictures below a folder that may be trained on, by name; `._*` of a Mac are none.

    `kodim*` and every fifth of the others are held out, so that a style can be measured on pictures
    it has never seen. Raises StyleError where none is left.
    """
    if not folder.is_dir():
        raise StyleError("there is no such folder of pictures to train on", where=str(folder))
    names = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    others = [path for path in names if not path.name.startswith(("kodim", "._"))]
    kept = [path for index, path in enumerate(others) if index % 5]
    if not kept:
        raise StyleError(
            "there are too few pictures to train on", where=str(folder), hint="Some dozens of frames do."
        )
    return kept


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
