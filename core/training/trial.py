"""From a style picture and a frame to two files that grow: the painted picture, and before | style | after.

Knows the order of things, not how pixels are optimised.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..dial import weight_name
from ..nets.files import write_new
from ..whole import write_whole
from .crops import as_tensor
from .losses import load_vgg
from .optimise import Trial, optimised
from .pictures import shrunk
from .triptych import Files, as_png, triptych

_EVERY = 5.0  # seconds from one picture to the next
_LEAST = 20  # steps: before them a style can hardly be seen


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is tried: `frame`, (H, W, 3) float32 RGB on 0 … 255, in the style of `manner`, which is uint8
    RGB at short side 256. `style` names it on the sheet."""

    frame: np.ndarray
    manner: np.ndarray
    style: str
    style_weight: float
    steps: int
    short_side: int
    vgg: Path | None = None


def attempt(
    wanted: Wanted,
    files: Files,
    device: torch.device,
    tell: Callable[[Trial], None],
    stop: Callable[[], bool],
    seconds: float = inf,
) -> int:
    """Paints until the last step, until `stop` or so many seconds, and returns how many steps were made.

    Loading does not count, and 20 steps are made in any case. The files are written every few seconds
    and at the end; without a step there are none. Raises StyleError where VGG cannot be loaded,
    OutputError where a file is there already or cannot be written.
    """
    vgg = load_vgg(wanted.vgg).to(device).to(memory_format=torch.channels_last)
    source = as_tensor(shrunk(wanted.frame, wanted.short_side))[None].to(device)
    manner = as_tensor(wanted.manner)[None].to(device)
    done, written, best, began = 0, False, source, time.monotonic()
    last = began
    for trial, best in optimised(source, manner, vgg, wanted.style_weight, wanted.steps):
        done = trial.step
        tell(trial)
        if stop() or (done >= _LEAST and time.monotonic() - began >= seconds):
            break
        if time.monotonic() - last >= _EVERY:
            _write(files, wanted, source, best, again=written)
            written, last = True, time.monotonic()
    if done:
        _write(files, wanted, source, best, again=written)
    return done


def _write(files: Files, wanted: Wanted, source: Tensor, painted: Tensor, *, again: bool) -> None:
    before, after = _pixels(source), _pixels(painted)
    captions = ("before", wanted.style, weight_name(wanted.style_weight))
    write: Callable[[Path, bytes], None] = write_whole if again else write_new
    write(files.picture, as_png(after))
    write(files.sheet, as_png(triptych((before, wanted.manner, after), captions)))


def _pixels(picture: Tensor) -> np.ndarray:
    return picture[0].permute(1, 2, 0).round().clamp(0, 255).byte().cpu().numpy()
