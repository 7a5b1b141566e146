"""Pictures and numbered pictures on disk, with a number in each; written by cv2 and PyAV alone."""

from pathlib import Path

import av
import cv2
import numpy as np

from support.burnin import draw_number


def noise(seed: int = 0, size: tuple[int, int] = (64, 48), deep: bool = False) -> np.ndarray:
    """Random RGB, height x width x 3, uint8 or uint16; `size` is (width, height)."""
    random = np.random.default_rng(seed)
    kind = np.uint16 if deep else np.uint8
    return random.integers(0, np.iinfo(kind).max, (size[1], size[0], 3), kind, endpoint=True)


def write_still(path: Path, pixels: np.ndarray) -> Path:
    """Writes RGB, grey, or RGB with alpha as the last layer."""
    order = pixels if pixels.ndim == 2 else pixels[..., [2, 1, 0, *range(3, pixels.shape[2])]]
    assert cv2.imwrite(str(path), order)
    return path


def write_by_codec(
    path: Path, pixels: np.ndarray, codec: str, pixel_format: str, how: dict[str, str] | None = None
) -> Path:
    """Writes RGB with one of FFmpeg's picture encoders."""
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream(codec, rate=25, options=how or {})
        stream.height, stream.width = pixels.shape[:2]
        stream.pix_fmt = pixel_format
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24" if pixels.dtype == np.uint8 else "rgb48le")
        container.mux(stream.encode(frame.reformat(format=pixel_format)))
        container.mux(stream.encode())
    return path


def write_numbered(folder: Path, numbers: range, name: str = "shot_{:04}.png") -> Path:
    """A picture for each number, which it shows; returns the first."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        write_still(folder / name.format(number), draw_number(number))
    return folder / name.format(numbers[0])
