"""A picture in bands of rows: what is computed of one band stays in the processor's caches, and takes little
memory however large the picture is. Knows nothing of what is computed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_PIXELS = 1 << 18
_GRAIN = 8  # rows: where the edges of bands may lie, and how far they look around themselves


@dataclass(frozen=True, slots=True)
class Band:
    """The `rows` of a picture that a band gives, and the `seen` ones that it is made of.

    That is a few more on both sides, as many as resampled chroma reaches.
    """

    rows: slice
    seen: slice

    @property
    def own(self) -> slice:
        """Which of the rows that are seen are its own."""
        return slice(self.rows.start - self.seen.start, self.rows.stop - self.seen.start)

    @property
    def height(self) -> int:
        """How many rows are seen."""
        return self.seen.stop - self.seen.start


def bands(height: int, width: int) -> Iterator[Band]:
    """The bands of a picture from top to bottom."""
    rows = max(_GRAIN, _PIXELS // width // _GRAIN * _GRAIN)
    for first in range(0, height, rows):
        stop = min(height, first + rows)
        yield Band(slice(first, stop), slice(max(0, first - _GRAIN), min(height, stop + _GRAIN)))


def whole(height: int) -> Band:
    """A picture in one band."""
    return Band(slice(0, height), slice(0, height))


def halved(rows: slice, height: int, stored: int) -> slice:
    """Rows of a plane that has `stored` of them for a picture's `height`: all, half, or a quarter of them."""
    times = 0
    while -(-height >> times) > stored:
        times += 1
    return slice(rows.start >> times, -(-rows.stop >> times))
