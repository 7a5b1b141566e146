"""A shot that is to be rendered: what its frames wear, and what its pixels depend on.

Knows shots, presets and keys. Knows nothing of media or of how a frame is painted.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

import torch

from .cut import Bend, Shot
from .mattes.worn import WornMatte
from .media.display import Display
from .media.formats import FORMATS, lossless
from .media.lut import Lut
from .media.pictures import still_suffix
from .nets.dialled import Painter
from .preset import Wear, read_recipe
from .rates import FrameRange
from .steady.reach import NOWHERE, Reach, reach
from .store import Segment, segments

Brush = Callable[[int], tuple[Painter, float]]
"""What paints a frame of the source, and at which weight."""


@dataclass(frozen=True)
class Job:
    """A shot that is to be rendered, with its painter on the device; `style_key` is its content's hash.

    `fingerprint` is that of the source's content and, where its frames have no numbers of their own,
    of the rate that it is read at. `bends` has the content's hash of the style that a frame is bent towards,
    and how far; `bent` gives the painter for a bend of the shot. `lut` is what `input_lut` names. With
    `hardware_decoding` the graphics card decodes the source, where it gives the same pictures.
    """

    shot: Shot
    fingerprint: str
    painter: Painter
    style_key: str
    device: torch.device
    bends: Mapping[int, tuple[str, float]] = field(default_factory=dict)
    bent: Callable[[str, float], Painter] | None = None
    matte: WornMatte | None = None
    lut: Lut | None = None
    hardware_decoding: bool = False

    def segments(self, span: FrameRange | None = None) -> list[Segment]:
        """What the shot is made of, or some frames of it."""
        wear, shot = self.wear, self.shot
        span = span or shot.frames
        own = slice(span.first - shot.frames.first, span.stop - shot.frames.first)
        projection = "equirect" if wear.projection == "equirect" else "flat"
        source = self.fingerprint if shot.codec == "prores" else f"{self.fingerprint} as {shot.codec}"
        recipe = (source, self.style_key, projection, *_manner(wear))
        recipe += (f"matte {self.matte.key}",) if self.matte else ()
        recipe += (f"LUT {self.lut.key}",) if self.lut else ()
        around = self._around if self.reach else None
        suffix = still_suffix(shot.media.path) if shot.still else lossless(FORMATS[shot.codec]).suffix
        return segments(span, shot.weights[own], recipe, shot.picks[own], suffix, self.bends, around)

    @cached_property
    def wear(self) -> Wear:
        """How its style is worn."""
        return read_recipe(self.shot.recipe)

    @cached_property
    def display(self) -> Display:
        """How its frames are shown to nets."""
        return Display(self.wear.curve, self.lut)

    @cached_property
    def reach(self) -> Reach:
        """How far its frames look around themselves; a still and a freeze have nothing around them."""
        stability = self.wear.stability
        alone = self.shot.still or self.shot.picks
        return NOWHERE if alone else reach(stability.flow, stability.flow_median)

    @property
    def sphere(self) -> bool:
        """Whether its frames are 360°, and close at their left and right."""
        return self.wear.projection == "equirect"

    @property
    def eyes(self) -> int | None:
        """The side of a picture (1, 3, H, W) along which two eyes lie in its frames, or None for one."""
        return {"top-bottom": 2, "side-by-side": 3}.get(self.wear.stereo)

    @cached_property
    def _shown(self) -> tuple[FrameRange, ...]:
        """The frames that clips need, in runs: the shot's, but for those that fill up a file."""
        frames = self.shot.frames
        runs = (run.clamped(frames) for run in self.shot.shown or (frames,))
        return tuple(run for run in runs if len(run))

    def shows(self, frame: int) -> bool:
        """Whether a clip needs a frame; others are written as they are."""
        return any(frame in run for run in self._shown)

    def paints(self, frame: int) -> bool:
        """Whether a frame is painted: one that is shown, or by which such a one is steadied."""
        return any(frame in run for run in self._painted) and self.dose(frame)[0] > 0

    @cached_property
    def _painted(self) -> tuple[FrameRange, ...]:
        return tuple(self._since(run) for run in self._shown)

    def dose(self, frame: int) -> tuple[float, Bend | None]:
        """A frame's style weight and its bend; of one that is not shown, those of the nearest that is."""
        shot = self.shot
        own = self._nearest(frame)
        return shot.weights[own - shot.frames.first], shot.bends.get(own)

    def _nearest(self, frame: int) -> int:
        within = (min(max(frame, run.first), run.stop - 1) for run in self._shown or (self.shot.frames,))
        return min(within, key=lambda one: abs(one - frame))

    def needed(self, part: FrameRange) -> FrameRange:
        """The source frames that some of the shot's depend on."""
        spans = [part, *(self._since(run.clamped(part)) for run in self._shown if len(run.clamped(part)))]
        return FrameRange(min(one.first for one in spans), max(one.stop for one in spans))

    def _since(self, part: FrameRange) -> FrameRange:
        return self.reach.since(part, lambda frame: self.dose(frame)[0] > 0)

    def _around(self, part: FrameRange) -> list[Sequence[object]]:
        """How frames are painted that a part's own are steadied by and that are not in its key: runs of like
        ones, around the part and of those in it that are not shown. Behind them which are, where not all.
        """
        needed = self.needed(part)
        others = (at for at in range(needed.first, needed.stop) if at not in part or not self.shows(at))
        doses = groupby(others, lambda at: (self.dose(at)[0], self.bends.get(self._nearest(at))))
        shown = [run.clamped(part) for run in self._shown]
        partly = [[run.first, run.stop] for run in shown if 0 < len(run) < len(part)]
        return [*([len([*frames]), *dose] for dose, frames in doses), *partly]

    def painter_at(self, frame: int) -> Painter:
        """What paints a frame."""
        if (bend := self.dose(frame)[1]) is None:
            return self.painter
        assert self.bent, "a shot that morphs comes with its bent painters"
        return self.bent(*bend)

    @property
    def brushes(self) -> tuple[Brush, ...]:
        """What paints the frames; for a matte whose other side is painted too, that side's as well."""
        both = self.matte and self.matte.sides.other
        return (self._brush, self._brush_beside) if both else (self._brush,)

    def _brush(self, frame: int) -> tuple[Painter, float]:
        return self.painter_at(frame), self.dose(frame)[0]

    def _brush_beside(self, frame: int) -> tuple[Painter, float]:
        assert self.matte, "only a matte has another side"
        return self.matte.sides.beside(*self._brush(frame))


def _manner(wear: Wear) -> Iterator[str]:
    """What else than the source and the styles' own content a painted pixel depends on."""
    yield f"{wear.trained_weight:g}"
    if wear.curve != "auto":
        yield f"curve {wear.curve}"
    if wear.keep_colour:
        yield f"keep colour {wear.keep_colour!r}"
    if wear.stroke_scale not in (None, 1):
        yield f"strokes {wear.stroke_scale!r}"
    if wear.stereo in ("top-bottom", "side-by-side"):
        yield f"eyes {wear.stereo}"
    if wear.poles and wear.projection == "equirect":
        yield "poles"
    stability = wear.stability
    if stability.flow or stability.flow_median:
        yield f"steadied by {stability.flow!r}, {stability.flow_median} and {stability.sharpen!r}"
    if stability.median:
        yield f"median blur {stability.median}"
    if wear.chain or wear.net:
        yield json.dumps([link.model_dump(exclude={"style"}) for link in wear.links])
