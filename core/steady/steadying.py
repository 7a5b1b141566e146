"""A painted clip, steadied along its source's motion: a median of neighbours, then a blend with the past,
and some of the detail back that both take.

Knows painted pictures at full strength and the steps between their sources. Knows nothing of nets, weights
or files.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import cv2
import numpy as np
import torch
from torch import Tensor

from .flow import Motion, as_array, as_tensor, filtered, still_place, warped
from .follow import Link, Step
from .reach import Reach

_SOFT = 1.0  # σ in pixels: how softly what is followed ends beside what is not
_FINE = 1.0  # σ in pixels: finer than this is the finest detail
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Moving(Generic[Item]):
    """A frame of a clip: its number in the source, and the link to it from the frame before.

    `picture` is (1, 3, H, W) on 0 … 255; None where the frame is not painted. There are no `links` behind a
    gap and at the top, else one, or one for each eye. `item` is whatever belongs to it.
    """

    number: int
    item: Item
    links: tuple[Link, ...] = ()
    picture: Tensor | None = None

    @property
    def step(self) -> Step | None:
        """The step to it, or to its first eye, from the frame before; None behind a cut too."""
        return self.links[0].step if self.links else None


def steadied(
    clip: Iterator[Moving[Item]], flow: float, reach: Reach, sharpen: float, *, sphere: bool = False
) -> Iterator[Moving[Item]]:
    """The same frames with their pictures steadied; consecutive ones come a `reach.radius` late.

    `flow` is the share of the past in the blend, 0 … 0.9, and `sharpen`, 0 … 1, that of the finest detail
    which is added where a frame could be followed from the one before.
    """
    past = Past(flow, reach.period, sphere)
    for window, at in _windows(clip, reach.radius):
        picture = median_along(window, at, sphere) if reach.radius else window[at].picture
        one = replace(window[at], picture=None)
        del window
        if reach.period:
            picture = past.blended(one.number, picture, one.step.back if one.step else None)
        if sharpen and one.step and picture is not None:
            picture = _sharpened(picture, sharpen * _softly(one.step.back.seen, sphere), sphere)
        finished = replace(one, picture=picture)
        del one, picture
        yield finished
        del finished  # it need not lie beside the next one, which is made now


def _windows(clip: Iterator[Moving[Item]], radius: int) -> Iterator[tuple[Sequence[Moving[Item]], int]]:
    """Every frame with up to `radius` frames on either side, and which of the window's it is."""
    held: deque[Moving[Item]] = deque(maxlen=2 * radius + 1)
    waiting = 0  # the last of those held, which had no turn yet
    for one in clip:
        held.append(one)
        del one
        waiting += 1
        if waiting > radius:
            yield _turn(held, waiting)
            waiting -= 1
    while waiting:
        yield _turn(held, waiting)
        waiting -= 1


def _turn(held: deque[Moving[Item]], waiting: int) -> tuple[Sequence[Moving[Item]], int]:
    """All that is held and whose turn it is; what no later one needs is held no longer."""
    window = [*held]
    if len(held) == held.maxlen:
        held.popleft()
    return window, len(window) - waiting


def median_along(window: Sequence[Moving[Item]], at: int, sphere: bool) -> Tensor | None:
    """The median of a painted frame and its neighbours in the window, moved to where they are in it.

    Where a neighbour cannot be followed the frame's own picture stands in for it.
    """
    own = window[at].picture
    if own is None:
        return None
    before, after = ([*_followed(window, at, way, own, sphere)] for way in (-1, 1))
    both = min(len(before), len(after))  # an even number of pictures has no middle
    if not both:
        return own
    return torch.stack([own, *before[:both], *after[:both]]).median(0).values


def _followed(
    window: Sequence[Moving[Item]], at: int, way: int, own: Tensor, sphere: bool
) -> Iterator[Tensor]:
    """The neighbours one way, the nearest first, as far as the frame can be followed."""
    place: np.ndarray | None = None
    seen = np.ones(own.shape[2:], bool)
    here = as_array(own)
    while 0 <= at + way < len(window):
        step = window[max(at, at + way)].step
        at += way
        picture = window[at].picture
        if step is None or picture is None:
            return
        link = step.back if way < 0 else step.forth
        assert link, "a median goes both ways"
        place, seen = _further(place, seen, link, sphere)
        moved = warped(as_array(picture), place, cv2.INTER_LANCZOS4, sphere=sphere)
        yield as_tensor(np.where(seen[..., None], moved, here))


def _further(
    place: np.ndarray | None, seen: np.ndarray, link: Motion, sphere: bool
) -> tuple[np.ndarray, np.ndarray]:
    """A motion followed over one more frame."""
    if place is None:
        return link.place, link.seen
    way = link.place - still_place(*seen.shape)
    further = place + warped(way, place, cv2.INTER_LINEAR, sphere=sphere)
    inside = warped(link.seen.astype(np.float32), place, cv2.INTER_LINEAR, sphere=sphere)
    return further, seen & (inside > 0.5)


@dataclass
class Past:
    """What is remembered of the frames before, for a blend that forgets on a grid of source frames.

    With the period P, line b of memory begins at frame (b − 1)·P and gives the frames b·P … (b + 1)·P − 1;
    two lines run at a time. After P frames the beginning counts for less than a thousandth.
    """

    flow: float
    period: int
    sphere: bool = False
    lines: dict[int, np.ndarray] = field(default_factory=dict)

    def blended(self, number: int, picture: Tensor | None, back: Motion | None) -> Tensor | None:
        """Frame `number` of the source with what is remembered blended in; frames come in their order.

        `back` leads to the frame before; None begins anew, and so does the frame after an unpainted one.
        """
        if picture is None:
            self.lines.clear()
            return None
        own, block = as_array(picture), number // self.period
        known, self.lines = self.lines if back else {}, {}
        for line in (block, block + 1):  # of which the old one is let go of before the next is mixed
            self.lines[line] = self._mixed(own, known.pop(line), back) if back and line in known else own
        return as_tensor(self.lines[block])

    def _mixed(self, own: np.ndarray, before: np.ndarray, back: Motion) -> np.ndarray:
        moved = warped(before, back.place, cv2.INTER_LANCZOS4, sphere=self.sphere)
        moved -= own
        moved *= self.flow * _softly(back.seen, self.sphere)[..., None]
        moved += own
        return moved


def _sharpened(picture: Tensor, share: np.ndarray, sphere: bool) -> Tensor:
    """An unsharp mask of the finest detail, by a share (H, W)."""
    own = as_array(picture)
    fine = filtered(own, lambda one: cv2.GaussianBlur(one, (0, 0), _FINE), sphere=sphere)
    np.subtract(own, fine, out=fine)
    fine *= share[..., None]
    fine += own
    return as_tensor(fine)


def _softly(seen: np.ndarray, sphere: bool) -> np.ndarray:
    """A mask with its border softened inwards, 0 … 1."""
    hard = seen.astype(np.float32)
    return filtered(hard, lambda mask: cv2.GaussianBlur(mask, (0, 0), _SOFT), sphere=sphere) * hard
