"""A ramp as opacity keyframes over the original, for the editor to drag. Knows no document."""

from .cut import Use
from .dial import to_dial
from .ramps import Envelope
from .rates import FrameRange

_STEPS = 8  # keyframes of a curved ramp, its first one left out


def opacity_keys(use: Use, curve: Envelope) -> tuple[tuple[int, float], ...]:
    """(record offset from the cut, per cent) wherever a line of the ramp begins or ends; none for none.

    The styled picture lies over its source, so that the weight's share along the even dial is its
    opacity.
    """
    if curve.is_flat or not curve.weight:
        return ()
    records = {use.visible.first, use.visible.stop - 1}
    for window in (curve.rise, curve.fall):
        records |= {record for record in _knots(window, curve.curve) if record in use.visible}
    full = to_dial(curve.weight)
    return tuple(
        (record - use.record.first, round(100 * to_dial(curve.at(record)) / full, 3))
        for record in sorted(records)
    )


def _knots(window: FrameRange, curve: str) -> set[int]:
    """Record frames between which a ramp runs nearly straight; a rise is full behind its window, a
    fall before it."""
    if not len(window):
        return set()
    steps = 1 if curve == "linear" else _STEPS
    inside = {window.first + len(window) * step // steps for step in range(steps + 1)}
    return inside | {window.first - 1, window.stop - 1}
