"""Whether a clip flashes more than photosensitive eyes should be shown, frame by frame as it plays.

After the thresholds of WCAG 2.x ("general flash and red flash thresholds"), which Recommendation
ITU-R BT.1702 shares: a flash is a pair of opposing transitions, a transition is the way from a peak of
light to a valley or back, and more than three flashes within any second that take more than a quarter
of a field of view at once are too many. Knows display pictures, no files or nets. It finds what should
be looked at; it is no certificate.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import cv2
import numpy as np

MOST_FLASHES = 3  # in any second
_AREA = 0.25  # of a field
_TOGETHER = 1 / 16  # seconds: what turns within them is one flash; it is half of a rise at four a second
_GENERAL = 0.1  # of the largest relative luminance, where the darker state is below `_BRIGHT`
_BRIGHT = 0.8
_RED = 20 / 320  # of R - G - B in linear light, where one of the states is a saturated red
_SATURATED = 0.8  # R / (R + G + B)
_LUMINANCE = np.array((0.2126, 0.7152, 0.0722), np.float32)
_CODES = np.arange(256, dtype=np.float32) / 255
_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is looked at: the shares of its width and height that one field takes.

    Light is averaged in cells, `cells` across at most: finer patterns do not count (WCAG lets those
    below 0.1 degree pass). `wraps` where the picture's left and right edge meet.
    """

    width: float
    height: float
    cells: int
    wraps: bool = False


SCREEN = View(1 / 3, 1 / 3, 300)
"""A film on a screen: any ten degrees, as WCAG estimates them (341 x 256 pixels of 1024 x 768)."""

HEADSET = View(1 / 4, 1 / 2, 720, wraps=True)
"""A 360° picture in a headset: the field is all that the eyes see at once, 90° x 90°, wherever they look.

BT.1702 takes its quarter of the whole screen likewise. Ten degrees of a sphere would be stricter, but an
object that moves by fills and leaves them as a flash does: ordinary footage would fail.
"""


@dataclass(frozen=True, slots=True)
class Flashes:
    """The worst second of a clip, in the field where it is worst.

    `per_second` flashes (one transition is half of one, so that a cut is 0.5), `red` or general ones,
    in the second that begins at frame `first`. `area` is the largest share of a field, 0 … 1, that
    turned at once anywhere in the clip; what is not more than a quarter makes no flash.
    """

    per_second: float
    red: bool
    first: int
    area: float

    @property
    def passes(self) -> bool:
        """Whether the clip stays within the limits."""
        return self.per_second <= MOST_FLASHES


def measure_flashes(frames: Iterable[np.ndarray], rate: Fraction | float, view: View = SCREEN) -> Flashes:
    """The flashes of frames of one size, (H, W, 3) display RGB on 0 … 255, shown at `rate` a second.

    Memory does not grow with the clip. Red flashes are those of WCAG 2.0 and 2.1, (R - G - B) x 320
    above 20, as analysers of broadcast use them; the distance in u'v' of WCAG 2.2 has no value for
    black. Raises ValueError where the rate is not above 0.
    """
    if not rate > 0:
        raise ValueError(f"a frame rate must be above 0, not {rate}")
    general, red = _Tally(float(rate), _GENERAL, view), _Tally(float(rate), _RED, view)
    for frame in frames:
        light = _light(frame, view)
        luminance = light @ _LUMINANCE
        general.add(luminance, luminance < _BRIGHT)
        redness = np.maximum(2 * light[..., 0] - light.sum(2), 0)
        red.add(redness, (redness > 0) & (light[..., 0] >= _SATURATED * light.sum(2)))
    worst = red if red.most > general.most else general
    return Flashes(worst.most / 2, worst is red, worst.first, max(general.area, red.area))


def _light(frame: np.ndarray, view: View) -> np.ndarray:
    """Linear light, 0 … 1, averaged over the view's cells: (rows, columns, 3) float32."""
    codes = frame if frame.dtype == np.uint8 else np.rint(frame.clip(0, 255)).astype(np.uint8)
    linear = _LINEAR[codes]
    height, width = frame.shape[:2]
    if width <= view.cells:
        return linear
    return cv2.resize(linear, (view.cells, ceil(height * view.cells / width)), interpolation=cv2.INTER_AREA)


class _Tally:
    """Counts one kind of flash in every field, over the last second."""

    def __init__(self, rate: float, least: float, view: View) -> None:
        self.most, self.first, self.area = 0, 0, 0.0
        self._window, self._together = ceil(rate), max(1, round(rate * _TOGETHER))
        self._least, self._view = least, view
        self._frame = 0
        self._swings: _Swings | None = None

    def add(self, value: np.ndarray, counts: np.ndarray) -> None:
        """One more frame: the quantity in every cell, and where a state of it makes a transition count."""
        if self._swings is None:
            self._swings = _Swings(value, counts, self._least)
            return
        turned = [_shares(cells, self._view) for cells in self._swings.step(value, counts)]
        if not self._frame:
            self._open(turned[0].shape)
        self._frame += 1
        self._lately[:, self._frame % self._together] = turned
        shares = self._lately.sum(1).clip(max=1)
        self.area = max(self.area, float(shares.max()))
        self._count(*(shares > _AREA))

    def _open(self, fields: tuple[int, ...]) -> None:
        self._lately = np.zeros((2, self._together, *fields), np.float32)  # shares that rose, that fell
        self._way = np.zeros(fields, np.int8)  # of a field's last transition; 0: none yet
        self._last = np.zeros((self._window, *fields), bool)
        self._seen = np.zeros(fields, np.int16)

    def _count(self, rising: np.ndarray, falling: np.ndarray) -> None:
        """A field that rises or falls makes a transition where it went the other way before."""
        rose, fell = rising & (self._way < 1), falling & (self._way > -1)
        self._way[fell] = -1
        self._way[rose] = 1
        oldest = self._last[self._frame % self._window]
        self._seen -= oldest
        oldest[:] = rose | fell
        self._seen += oldest
        self._lately[:, :, oldest] = 0  # what made a transition makes no other
        if (top := int(self._seen.max())) > self.most:
            self.most, self.first = top, max(0, self._frame - self._window + 1)


class _Swings:
    """The peaks and valleys of a quantity in every cell: a turn counts once it is `least` deep.

    A slow fade is one transition however long it takes, and noise that is not `least` deep is none.
    """

    def __init__(self, value: np.ndarray, counts: np.ndarray, least: float) -> None:
        self._high, self._low = value.copy(), value.copy()
        self._high_counts, self._low_counts = counts.copy(), counts.copy()
        self._way = np.zeros(value.shape, np.int8)  # of the last transition; 0: none yet
        self._least = least

    def step(self, value: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Masks of the cells in which this frame made a rise, or a fall, deep enough.

        `counts` is where this state of the cell lets a transition from or to it count.
        """
        self._peak(value, counts, value > self._high)
        self._valley(value, counts, value < self._low)
        fell = (self._way >= 0) & (self._high - value >= self._least) & (self._high_counts | counts)
        rose = (self._way <= 0) & (value - self._low >= self._least) & (self._low_counts | counts) & ~fell
        self._way[fell], self._way[rose] = -1, 1
        self._valley(value, counts, fell)
        self._peak(value, counts, rose)
        return rose, fell

    def _peak(self, value: np.ndarray, counts: np.ndarray, where: np.ndarray) -> None:
        np.copyto(self._high, value, where=where)
        np.copyto(self._high_counts, counts, where=where)

    def _valley(self, value: np.ndarray, counts: np.ndarray, where: np.ndarray) -> None:
        np.copyto(self._low, value, where=where)
        np.copyto(self._low_counts, counts, where=where)


def _shares(mask: np.ndarray, view: View) -> np.ndarray:
    """How much of each field, 0 … 1, a mask takes; fields lie an eighth of their size apart."""
    rows = max(1, round(mask.shape[0] * view.height))
    columns = max(1, round(mask.shape[1] * view.width))
    if view.wraps:
        mask = np.concatenate([mask, mask[:, : columns - 1]], axis=1)
    sums = cv2.integral(mask.astype(np.uint8))
    tops, lefts = _starts(mask.shape[0], rows)[:, None], _starts(mask.shape[1], columns)
    bottoms, rights = tops + rows, lefts + columns
    fields = sums[bottoms, rights] - sums[tops, rights] - sums[bottoms, lefts] + sums[tops, lefts]
    return fields.astype(np.float32) / (rows * columns)


def _starts(length: int, field: int) -> np.ndarray:
    """Where fields begin on a side, the last so that it ends with it."""
    return np.unique([*range(0, length - field, max(1, field // 8)), length - field])
