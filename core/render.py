"""Renders a shot: source frames → painted segments → one styled file.

Decoding, painting and encoding overlap on three threads; at most a handful of frames is in memory,
however long the shot. Knows nothing of timelines or of where presets come from.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import torch
from torch import Tensor

from .ahead import ahead
from .cut import Shot
from .errors import StyleError, StyleReelError, UsageError
from .media.colour import repaint, to_rgb
from .media.probe import STYLED_TAG
from .media.reader import FrameReader, VideoFrame
from .media.verify import Slate
from .media.writer import Piece, join_segments, write_segment
from .nets.dialled import Painter
from .preset import read_recipe
from .rates import FrameRange
from .store import Segment, Store, segments


@dataclass(frozen=True)
class Job:
    """A shot that is to be rendered, with its painter on the device; `style_key` is its content's hash.

    `fingerprint` is that of the source's content.
    """

    shot: Shot
    fingerprint: str
    painter: Painter
    style_key: str
    device: torch.device

    def segments(self) -> list[Segment]:
        """What the shot is made of."""
        wear = read_recipe(self.shot.recipe)
        recipe = (self.fingerprint, self.style_key, wear.projection, f"{wear.trained_weight:g}")
        return segments(self.shot.frames, self.shot.weights, recipe)


@dataclass(frozen=True, slots=True)
class Painted:
    """A source frame with its picture before and after, (1, 3, H, W) float32 on 0 … 255."""

    frame: VideoFrame
    before: Tensor
    after: Tensor


def render_segments(
    job: Job, store: Store, on_frames: Callable[[int], None], stop: Callable[[], bool]
) -> bool:
    """Renders what the store has not of a shot; whether it came to the end.

    `on_frames` hears of every finished frame, those found in the store first; `stop` is asked after
    every segment. Raises MediaError where a frame cannot be read, OutputError where nothing can be written.
    """
    parts = job.segments()
    missing = [part for part in parts if not store.has(part)]
    on_frames(len(job.shot.frames) - sum(len(part.frames) for part in missing))
    if not missing:
        return True
    with (
        FrameReader(job.shot.media.path) as reader,
        closing(ahead(_painted(job, reader, missing))) as painted,
    ):
        finished = _told(painted, on_frames)
        for part in missing:
            frames = islice(finished, len(part.frames))
            store.keep(part, lambda path, frames=frames: _write(path, frames, job, reader))
            if stop() and part is not missing[-1]:
                return False
    return True


def _write(path: Path, frames: Iterator[Painted], job: Job, reader: FrameReader) -> None:
    written = (repaint(painted.frame, painted.before, painted.after) for painted in frames)
    write_segment(path, written, job.shot.media.rate, pixel_aspect=reader.pixel_aspect)


def _told(painted: Iterator[Painted], on_frames: Callable[[int], None]) -> Iterator[Painted]:
    for item in painted:
        on_frames(1)
        yield item


def _painted(job: Job, reader: FrameReader, missing: list[Segment]) -> Iterator[Painted]:
    """The frames of the missing segments in order, painted on the thread that asks for them."""
    wear = read_recipe(job.shot.recipe)
    weights = dict(zip(range(job.shot.frames.first, job.shot.frames.stop), job.shot.weights, strict=True))
    indices = chain.from_iterable(range(part.frames.first, part.frames.stop) for part in missing)
    with closing(
        ahead((index, frame, to_rgb(frame)) for index, frame in _decoded(reader, indices))
    ) as decoded:
        for index, frame, before in decoded:
            after = before
            if weights[index] > 0:
                after = _paint(job, before, weights[index], wear.projection == "equirect", index)
            yield Painted(frame, before, after)


def _paint(job: Job, before: Tensor, weight: float, sphere: bool, index: int) -> Tensor:
    try:
        after = job.painter.paint(before.to(job.device), weight, sphere=sphere).cpu()
    except torch.OutOfMemoryError as error:
        what = (
            f"a frame of {before.shape[3]} x {before.shape[2]} does not fit into the memory of {job.device}"
        )
        hint = "Free memory there, or render with --device cpu."
        raise StyleReelError(what, where=job.shot.name, hint=hint) from error
    if not bool(torch.isfinite(after).all()):
        hint = "The net's file is damaged or was badly trained; choose another style."
        raise StyleError(f"the net gives no picture for frame {index}", where=job.shot.name, hint=hint)
    return after


def _decoded(reader: FrameReader, indices: Iterator[int]) -> Iterator[tuple[int, VideoFrame]]:
    for index in indices:
        yield index, reader.read(index)


def join_shot(job: Job, store: Store, path: Path, pieces: list[Piece] | None = None) -> Slate:
    """Joins a shot's finished segments into the styled file at `path`, verified; what it says of itself.

    `pieces` are other files and frames of them, where not all of the shot comes from its segments.
    """
    shot = job.shot
    with FrameReader(shot.media.path) as reader:
        aspect = reader.pixel_aspect
    tag = {
        "media": shot.media.editor_path,
        "first_frame": shot.frames.first,
        "shot": shot.name,
        "preset": shot.preset,
    }
    slate = Slate(
        rate=shot.media.rate,
        frames=len(shot.frames),
        start=shot.media.start + shot.frames.first,
        drop_frame=shot.media.drop_frame,
        reel=shot.media.reel,
        pixel_aspect=aspect,
        metadata={STYLED_TAG: json.dumps(tag, ensure_ascii=False)},
    )
    join_segments(pieces or own_pieces(job, store), path, slate)
    return slate


def own_pieces(job: Job, store: Store) -> list[Piece]:
    """A shot's segments from end to end."""
    return [Piece(store.path(part), FrameRange(0, len(part.frames))) for part in job.segments()]


def pick_device(name: str = "auto") -> torch.device:
    """`cpu`, `mps`, `cuda` or `cuda:1` by name, or the best that this machine has.

    Raises UsageError where it has none of that name.
    """
    counts = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if name == "auto":
        return torch.device(next(kind for kind, count in counts.items() if count))
    kind, colon, number = name.partition(":")
    if kind not in counts or (colon and not number.isdigit()):
        raise UsageError("is none of auto, cuda, mps, cpu", where=f"--device {name}")
    if int(number or 0) >= counts[kind]:
        hint = "Leave --device out to take the best that there is; `stylereel doctor` says which."
        raise UsageError("this machine has no such device that works", where=f"--device {name}", hint=hint)
    return torch.device(name)
