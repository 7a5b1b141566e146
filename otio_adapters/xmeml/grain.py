"""How finely a clip item can say where its media begins: in whole frames, in ticks, in decimals.

Styled media may begin later in its source only by what the clip's own clock can say; elsewhere frames
would be shown at another moment. Knows numbers of a clip item; knows nothing of files.
"""

from fractions import Fraction

from ...core.timemap import Time, TimeMap
from .clock import own_frame
from .speed import is_frozen, remap_of
from .tree import Element
from .values import number


def grain_of(item: Element, time: Time, grid: Fraction) -> Fraction:
    """The frames of the grid, the sequence's rate, of which media of a clip item may begin a multiple later.

    `time` is its map as it was read. 0 where any number will do.
    """
    own, ticks = own_frame(item, grid), _has_ticks(item)
    if time.plain and ticks:
        return Fraction(0)
    if time.direction == 0:
        chosen = is_frozen(item) and number(item, "stillframeoffset")
        return own if chosen or number(item, "pproTicksIn") is None else Fraction(0)
    remap = remap_of(item)
    backwards = isinstance(time, TimeMap) and time.step < 0  # its first frame is a whole one of the grid
    said = Fraction(0) if ticks or (remap and remap.keys) else own * axis_speed(item)
    return said if not backwards else Fraction(said.numerator or 1)


def axis_speed(item: Element) -> Fraction:
    """Frames of the media for each one of the axis of in and out."""
    remap = None if is_frozen(item) else remap_of(item)
    return (remap.speed if remap else None) or Fraction(1)


def _has_ticks(item: Element) -> bool:
    begin, end = number(item, "pproTicksIn"), number(item, "pproTicksOut")
    return begin is not None and end is not None and begin != end
