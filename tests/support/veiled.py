"""Films with an alpha channel, written by PyAV alone."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SIZE = (320, 180)
_RATE = Fraction(30000, 1001)
ALPHA = {
    "prores4444": dict(codec="prores", pix_fmt="yuva444p10le", options={"profile": "4", "alpha_bits": "16"}),
    "rgba": dict(codec="png", pix_fmt="rgba"),
}


def write_veiled(path: Path, codec: str, pix_fmt: str, options=None) -> Path:
    """Eight frames that are clear at their left and solid at their right."""
    encoder = {"prores": "prores_ks", "png": "png"}[codec]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=_RATE, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *SIZE, pix_fmt
        for index in range(8):
            picture = np.full((SIZE[1], SIZE[0], 4), 30 * index, np.uint8)
            picture[..., 3] = np.linspace(0, 255, SIZE[0]).round()
            frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format=pix_fmt)
            frame.pts, frame.time_base = index, 1 / _RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
