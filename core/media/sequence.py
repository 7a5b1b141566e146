"""Numbered pictures as if they were one film: which files they are, and frame by frame.

A frame's number is its place in the run, from 0. Knows single pictures; nothing of movies.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from av import VideoFrame

from ..errors import MediaError
from ..numbering import split_number
from .clock import Clock
from .files import decoding
from .pictures import decoded_picture, read_picture, shows_through


def numbered(first: Path) -> tuple[Path, ...]:
    """The pictures that follow `first` by the last digits of its name, itself the first.

    Raises MediaError: E-OFFLINE where it is missing or another one is that later ones follow, E-DECODE
    where its name has no number.
    """
    with decoding(first):
        first.stat()
        names = {path.name: path for path in first.parent.iterdir()}
    parts = split_number(first.stem)
    if parts is None:
        hint = "Relink the clip to the first picture, such as shot_0001.png."
        raise MediaError("its name has no number", where=str(first), hint=hint, code="E-DECODE")
    before, digits, after = parts
    number, run = int(digits) + 1, [first]
    while path := names.get(f"{before}{number:0{len(digits)}}{after}{first.suffix}"):
        run.append(path)
        number += 1
    if later := _later(names, parts, first.suffix, number):
        missing = f"{before}{number:0{len(digits)}}{after}{first.suffix}"
        what = f"{missing} is missing: {run[-1].name} is followed by {later}"
        hint = "Render or copy the missing pictures, or move those behind the gap to another folder."
        raise MediaError(what, where=str(first), hint=hint, code="E-OFFLINE")
    return tuple(run)


def _later(names: Mapping[str, Path], like: tuple[str, str, str], suffix: str, number: int) -> str | None:
    """The next picture of the same name with a number above `number`, if there is one."""
    before, digits, after = like
    pattern = re.compile(f"{re.escape(before)}(\\d{{{len(digits)},}}){re.escape(after + suffix)}")
    found = ((int(match[1]), name) for name in names if (match := pattern.fullmatch(name)))
    return min((pair for pair in found if pair[0] > number), default=(0, None))[1]


class PictureReader:
    """A picture (`still`), or a run of numbered ones, read as `FrameReader` reads a film.

    Nothing is held open.
    """

    def __init__(self, path: Path, rate: Fraction, *, still: bool = False) -> None:
        self.path = path
        self.pixel_aspect = Fraction(1)
        self._pictures = (path,) if still else numbered(path)
        self._alpha = shows_through(decoded_picture(path))
        self._last: tuple[int, VideoFrame] = (0, read_picture(path, alpha=self._alpha))
        self.size = self._last[1].width, self._last[1].height
        self.clock = Clock(rate, len(self._pictures), Fraction(0), Fraction(1))

    def read(self, index: int) -> VideoFrame:
        """Picture `index`, counted from 0; MediaError where it is missing, damaged or of another size."""
        if not 0 <= index < len(self._pictures):
            what = f"frame {index} does not exist: it has {len(self._pictures)} frames"
            hint = "Relink the clip to the pictures it was cut from."
            raise MediaError(what, where=str(self.path), hint=hint, code="E-DECODE")
        if index != self._last[0]:
            frame = read_picture(self._pictures[index], alpha=self._alpha)
            self._check_size(frame, self._pictures[index])
            self._last = index, frame
        return self._last[1]

    def _check_size(self, frame: VideoFrame, path: Path) -> None:
        if (frame.width, frame.height) != self.size:
            width, height = self.size
            what = f"it is {frame.width} x {frame.height}, the first of the sequence {width} x {height}"
            raise MediaError(what, where=str(path), hint="Render it again.", code="E-DECODE")
