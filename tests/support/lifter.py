"""Rendering without a net: a painter whose work can be read off, shots and jobs made by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import torch
from stylereel.core.cut import MediaKind, MediaRef, Shot
from stylereel.core.job import Job
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.nets.dialled import Painter
from stylereel.core.preset import Stability, Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.render import render_segments
from stylereel.core.store import Store
from torch import Tensor

UNSTEADIED = Wear(style="lift", stability=Stability(flow=0.0, flow_median=0))


@dataclass
class Lifter(Painter):
    """A painter that lifts the picture by one level for every 1e9 of weight."""

    seen: list[float] = field(default_factory=list)

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        self.seen.append(style_weight)
        return pixels + style_weight / 1e9

    def share(self, style_weight: float) -> float:
        return float(style_weight > 0)

    def on(self, device: torch.device) -> "Lifter":
        return self


def ref(path: Path, rate: Fraction, kind: MediaKind = "movie", **values) -> MediaRef:
    return MediaRef(path.name, str(path), path, rate, kind=kind, **values)


def shot(media: MediaRef, frames: FrameRange, weights: tuple[float, ...], **values) -> Shot:
    known = {"name": "a_010", "preset": "lift", "recipe": recipe_text(UNSTEADIED), "uses": ()}
    return Shot(**{**known, "status": "new", **values}, media=media, frames=frames, weights=weights)


def job(wanted: Shot, painter: Lifter | None = None) -> Job:
    fingerprint = read_facts(wanted.media.path, wanted.media.kind, wanted.media.rate).fingerprint
    return Job(wanted, fingerprint, painter or Lifter(), "lift", torch.device("cpu"))


def go(work: Job, store: Store, stop: Callable[[], bool] = lambda: False) -> tuple[bool, int]:
    """Renders the segments; whether it came to the end, and how many frames it told of."""
    told: list[int] = []
    return render_segments(work, store, told.append, stop), sum(told)


def pictures(path: Path) -> list[Tensor]:
    """Every frame of a film, 1 x 3 x H x W."""
    with FrameReader(path) as reader:
        return [to_rgb(frame) for frame in map(reader.read, range(reader.clock.frames))]
