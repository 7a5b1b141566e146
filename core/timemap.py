"""From a clip's record frames to frames of its media. Knows nothing of clips or files."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from .rates import FrameRange

_NUDGE = Fraction(1, 1_000_000)  # what a real NLE forgives before it floors to the frame below


@dataclass(frozen=True, slots=True)
class TimeMap:
    """A straight line: record offset `i` (from the cut; negative in the head handle) shows the
    media frame `floor(first + i * step)`, counted from 0 in the file.

    `step` is media frames per record frame: 1 for a plain clip.
    """

    first: Fraction
    step: Fraction = Fraction(1)

    def frame(self, offset: int) -> int:
        """The media frame shown at a record offset; may lie outside the media."""
        return floor(self.first + offset * self.step + _NUDGE)

    def frames(self, offsets: FrameRange) -> FrameRange:
        """The media frames that a range of record offsets needs."""
        if not len(offsets):
            return FrameRange(self.frame(offsets.first), self.frame(offsets.first))
        ends = self.frame(offsets.first), self.frame(offsets.stop - 1)
        return FrameRange(min(ends), max(ends) + 1)

    def offset(self, frame: int) -> Fraction:
        """The record offset, not rounded, at which a media frame starts to be shown."""
        return (frame - self.first) / self.step
