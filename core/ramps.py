"""One style weight for every record frame of a clip.

Works on record frames, along the even dial u of `dial`, so that steps look even. Knows nothing of
presets, neighbours or media: a clip's ends and its ramps' lengths come in as numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .cut import Transition
from .dial import from_dial, to_dial
from .rates import FrameRange

CURVES: Mapping[str, Callable[[float], float]] = {
    "linear": lambda p: p,
    "smooth": lambda p: p * p * (3 - 2 * p),  # gentle at both ends
    "ease": lambda p: p * (2 - p),  # quick away from `to`, settling into the full weight
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """The weight of a clip over time: `to` … `weight`, rising over `rise`, falling over `fall`.

    The first frame of `rise` and the last of `fall` have `to`, the frames between the two windows
    have `weight`; an empty window is no ramp. Windows are in record frames, may lie partly outside
    the clip, and do not overlap.
    """

    weight: float
    to: float
    curve: str
    rise: FrameRange
    fall: FrameRange

    def at(self, record: float) -> float:
        """The style weight at a record position; `to` before and after the ramps."""
        share = min(_risen(self.rise, record), _risen(_mirrored(self.fall), -record))
        if share >= 1:
            return self.weight
        low = to_dial(self.to)
        mixed = from_dial(min(1.0, low + (to_dial(self.weight) - low) * CURVES[self.curve](share)))
        return self.to if share <= 0 else min(max(mixed, self.to), self.weight)

    @property
    def is_flat(self) -> bool:
        """Whether the weight is the same everywhere."""
        return self.to == self.weight or not (len(self.rise) or len(self.fall))


def flat(curve: Envelope) -> Envelope:
    """The full weight everywhere."""
    nothing = FrameRange(curve.rise.first, curve.rise.first), FrameRange(curve.fall.stop, curve.fall.stop)
    return replace(curve, rise=nothing[0], fall=nothing[1])


def envelope(
    weight: float, to: float, curve: str, rise: FrameRange, fall: FrameRange
) -> tuple[Envelope, bool]:
    """The weight over time, and whether the ramps had to be scaled because they are longer than the clip.

    A `to` above the weight is the weight. Ramps that overlap keep their outer ends and meet.
    """
    to = min(to, weight)
    if rise.stop <= fall.first:
        return Envelope(weight, to, curve, rise, fall), False
    room = fall.stop - rise.first
    middle = rise.first + len(rise) * room // (len(rise) + len(fall))
    return Envelope(weight, to, curve, FrameRange(rise.first, middle), FrameRange(middle, fall.stop)), True


def head_window(cut: int, transition: Transition | None, frames: int | None) -> FrameRange:
    """The record frames over which a clip that starts at `cut` comes in.

    `frames` is the ramp's length, None for as long as the transition. At a dissolve a length is
    centred on the cut, and of an odd one the extra frame lies behind it, as Premiere centres its
    dissolves. A fade's ramp starts in the black.
    """
    if transition is None:
        return FrameRange(cut, cut + (frames or 0))
    if frames is None:
        return FrameRange(cut - transition.before, cut + transition.after)
    if transition.kind == "fade":
        return FrameRange(cut - transition.before, cut - transition.before + frames)
    return FrameRange(cut - frames // 2, cut - frames // 2 + frames)


def tail_window(cut: int, transition: Transition | None, frames: int | None) -> FrameRange:
    """The record frames over which a clip that ends at `cut` goes out; the mirror of `head_window`.

    At a dissolve it is the same window as that of the clip which comes in.
    """
    if transition is None:
        return FrameRange(cut - (frames or 0), cut)
    if frames is not None and transition.kind == "fade":
        return FrameRange(cut + transition.after - frames, cut + transition.after)
    return head_window(cut, transition, frames)


def _risen(window: FrameRange, record: float) -> float:
    """How far a ramp over `window` has come: 0 … 1; 1 everywhere for an empty one."""
    if not len(window):
        return 1.0
    return min(1.0, max(0.0, (record - window.first) / len(window)))


def _mirrored(window: FrameRange) -> FrameRange:
    """The window with time running backwards: its last frame first."""
    return FrameRange(1 - window.stop, 1 - window.first)
