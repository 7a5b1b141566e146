"""Pictures to train on where the user names none: frames of the demo's film. Their own footage is better."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ...core.whole import write_whole
from .footage import TAKES, draw_take

_EVERY = 8  # frames


@contextmanager
def drawn_content(every: int = _EVERY) -> Iterator[Path]:
    """A folder of drawn frames, of four places, one of `every` so many; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="stylereel") as name:
        for take in TAKES:
            for number, picture in enumerate(islice(draw_take(take), 0, None, every)):
                content = cv2.imencode(".png", np.ascontiguousarray(picture[:, :, ::-1]))[1]
                write_whole(Path(name) / f"{take.place}_{number:02}.png", content.tobytes())
        yield Path(name)
