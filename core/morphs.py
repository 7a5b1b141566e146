"""Where clips meet in a dissolve and their styles bend into each other, on both sides alike.

Knows record frames, looks and weights. Knows nothing of media or of how styles are mixed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .cut import Bend, Transition
from .dial import from_dial, to_dial
from .preset import Wear
from .ramps import Envelope, head_window
from .rates import FrameRange


@dataclass(frozen=True, slots=True)
class Meeting:
    """A dissolve over whose `window` of record frames a clip becomes its neighbour, or comes from it.

    `other` is the neighbour's style, "" where it has the same one; `weight` is its style weight.
    """

    window: FrameRange
    comes: bool
    other: str
    weight: float

    def share(self, record: float) -> float:
        """How much of the neighbour there is at a record position, 0 … 1; 0 on the clip's own side."""
        part = min(1.0, max(0.0, (record - self.window.first) / len(self.window)))
        return 1 - part if self.comes else part


@dataclass(frozen=True, slots=True)
class Bent:
    """A clip's weight and style over time: a curve, and the meetings at its ends."""

    curve: Envelope
    meetings: tuple[Meeting, ...] = ()

    @property
    def weight(self) -> float:
        """The clip's own style weight."""
        return self.curve.weight

    @property
    def is_flat(self) -> bool:
        """Whether weight and style are the same everywhere."""
        return self.curve.is_flat and not self.meetings

    def at(self, record: float) -> float:
        """The style weight at a record position, in meetings along the dial towards the neighbour's."""
        weight = self.curve.at(record)
        for meeting in self.meetings:
            if share := meeting.share(record):
                low, high = to_dial(weight), to_dial(meeting.weight)
                weight = meeting.weight if share == 1 else from_dial(low + (high - low) * share)
        return weight

    def bend(self, record: float) -> Bend | None:
        """The style that the clip's own is bent towards at a record position, and how far."""
        found = ((one.other, one.share(record)) for one in self.meetings if one.other)
        return max((bend for bend in found if bend[1] > 0), key=lambda bend: bend[1], default=None)


def meeting(
    cut: int, transition: Transition | None, comes: bool, own: Wear, other: Wear, base: Callable[[str], str]
) -> Meeting | str | None:
    """How two clips meet at `cut`, seen from one of them; None where they do not morph, or why they cannot.

    They morph over a dissolve where one of them wants to. `base` gives the base net of a style, "" for a
    net that has none.
    """
    if transition is None or transition.kind != "dissolve" or not (own.morph or other.morph):
        return None
    if own.chain or other.chain:
        return "a chain of nets has no one style to bend"
    (mine,), (theirs,) = own.links, other.links
    if mine.style != theirs.style and not base(mine.style) == base(theirs.style) != "":
        return f'"{mine.style}" and "{theirs.style}" are not styles of one base net'
    window = head_window(cut, transition, None)
    return Meeting(window, comes, theirs.style if mine.style != theirs.style else "", other.style_weight)
