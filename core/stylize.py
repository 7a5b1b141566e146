"""One frame, then the next: a shot's source frames → painted frames, steadied, over their sources.

Knows the order of things: painted at full strength on each side of a matte, steadied, blended with the
source, put together along the matte. Knows nothing of segments, files that are written, or where presets
come from.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import tee

import cv2
import torch
from torch import Tensor

from .ahead import ahead
from .errors import MediaError, StyleError, StyleReelError
from .job import Brush, Job
from .mattes.sides import composite
from .mattes.worn import Share, opened
from .media.colour import to_rgb
from .media.reader import VideoFrame
from .media.source import Source
from .nets.dialled import blend
from .rates import FrameRange
from .steady.flow import as_array, as_tensor, filtered
from .steady.follow import Step, follow
from .steady.steadying import Moving, steadied

# what PyTorch says of too little memory on Linux, Windows and a Mac
_SHORT = re.compile("allocate memory|not enough memory|out of memory|Invalid buffer size")


@dataclass(frozen=True, slots=True)
class Painted:
    """A source frame with its picture before and after, (1, 3, H, W) float32 on 0 … 255."""

    frame: VideoFrame
    before: Tensor
    after: Tensor


@dataclass(frozen=True, slots=True)
class Sourced:
    """A source frame and its picture, (1, 3, H, W) float32 on 0 … 255."""

    frame: VideoFrame
    before: Tensor


class _Last:
    """Reads a source's frames; the one that was read last stays at hand."""

    def __init__(self, reader: Source) -> None:
        self._reader = reader
        self._held: tuple[int, Sourced] | None = None

    def at(self, number: int) -> Sourced:
        """A frame with its picture, the same again where it stands. Raises MediaError."""
        if self._held is None or self._held[0] != number:
            frame = self._reader.read(number)
            self._held = number, Sourced(frame, to_rgb(frame))
        return self._held[1]


def painted(job: Job, reader: Source, parts: Sequence[FrameRange]) -> Iterator[Painted]:
    """The frames of some parts of a shot in order, painted on the thread that asks for them.

    What they are steadied by is painted too, and thrown away. A frame at weight 0 is its source.
    """
    wanted = {number for part in parts for number in range(part.first, part.stop)}
    last = _Last(reader)
    with opened(job.matte) as matte:
        for run in _runs(job, parts, reader.clock.frames):
            with closing(ahead(_followed(job, last, run))) as followed:
                for sides in _sides(job, followed):
                    if sides[0].number in wanted:
                        yield _over_its_source(job, sides, matte)


def _sides(job: Job, followed: Iterator[Moving[Sourced]]) -> Iterator[tuple[Moving[Sourced], ...]]:
    """The frames as each side of a matte wears them, the preset's first, at full strength and steadied."""
    brushes = job.brushes
    clips = (
        _full(job, brush, clip) for brush, clip in zip(brushes, tee(followed, len(brushes)), strict=True)
    )
    if job.reach:
        clips = (_steadied(job, clip) for clip in clips)
    return zip(*clips, strict=True)


def _steadied(job: Job, clip: Iterable[Moving[Sourced]]) -> Iterator[Moving[Sourced]]:
    flow, sharpen = job.wear.stability.flow, job.wear.stability.sharpen
    parted = (_changed(one, partial(_parted, job)) for one in clip)
    for one in steadied(parted, flow, job.reach, sharpen, sphere=job.sphere):
        yield _changed(one, partial(_joined, job))


def _changed(one: Moving[Sourced], change: Callable[[Tensor], Tensor]) -> Moving[Sourced]:
    return one if one.picture is None else replace(one, picture=change(one.picture))


def _parted(job: Job, picture: Tensor) -> Tensor:
    """A picture whose left and right edges meet: eyes beside each other are laid above each other."""
    return torch.cat(picture.chunk(2, 3), 2) if job.eyes_beside else picture


def _joined(job: Job, picture: Tensor) -> Tensor:
    """The way back from `_parted`."""
    return torch.cat(picture.chunk(2, 2), 3) if job.eyes_beside else picture


def _runs(job: Job, parts: Sequence[FrameRange], frames: int) -> list[FrameRange]:
    """What is needed for some parts, up to the media's last frame, as ranges that do not touch."""
    runs: list[FrameRange] = []
    for part in parts:
        needed = job.needed(part)
        first, stop = needed.first, max(part.stop, min(needed.stop, frames))
        if runs and first <= runs[-1].stop:
            first, stop = runs[-1].first, max(runs.pop().stop, stop)
        runs.append(FrameRange(first, stop))
    return runs


def _followed(job: Job, reader: _Last, run: FrameRange) -> Iterator[Moving[Sourced]]:
    """The frames of a run with the steps between them, as far as they are painted and steadied."""
    last: Moving[Sourced] | None = None
    for number, sourced in _decoded(job, reader, run):
        goes_on = job.reach and last and last.number == number - 1
        both = goes_on and job.dose(number)[0] > 0 and job.dose(number - 1)[0] > 0
        step = _step(job, last.item.before, sourced.before) if last and both else None
        last = Moving(number, sourced, step)
        yield last


def _step(job: Job, before: Tensor, after: Tensor) -> Step | None:
    if before.shape != after.shape:
        return None
    one, other = (as_array(_parted(job, picture)) for picture in (before, after))
    return follow(one, other, sphere=job.sphere)


def _decoded(job: Job, reader: _Last, run: FrameRange) -> Iterator[tuple[int, Sourced]]:
    """The source's frame and picture for each frame of a run.

    What cannot be read beside the shot is left out: the shot can do without.
    """
    for number in range(run.first, run.stop):
        try:
            yield number, reader.at(job.shot.source_frame(number))
        except MediaError:
            if number in job.shot.frames:
                raise


def _full(job: Job, brush: Brush, clip: Iterable[Moving[Sourced]]) -> Iterator[Moving[Sourced]]:
    """The frames with their pictures at full strength; what is shown again as it was is painted once."""
    done: Moving[Sourced] | None = None
    for one in clip:
        dose = job.dose(one.number)
        if done is None or done.item is not one.item or job.dose(done.number) != dose:
            done = replace(one, picture=_picture(job, brush, one) if dose[0] else None)
        yield replace(one, picture=done.picture)


def _picture(job: Job, brush: Brush, one: Moving[Sourced]) -> Tensor:
    """What the net makes of a frame as a display shows it, blurred first where the preset says so."""
    source, (painter, weight) = one.item.before, brush(one.number)
    seen = job.display.shown(one.item.frame, source)
    if job.wear.stability.median:
        seen = _joined(job, _blurred(_parted(job, seen), job.wear.stability.median, job.sphere))
    try:
        picture = painter.full(seen.to(job.device), weight, sphere=job.sphere).cpu()
    except RuntimeError as error:
        if not (isinstance(error, torch.OutOfMemoryError) or _SHORT.search(str(error))):
            raise
        size = f"{source.shape[3]} x {source.shape[2]}"
        what = f"a frame of {size} does not fit into the memory of {job.device}"
        hint = "Free memory there, or render with --device cpu."
        raise StyleReelError(what, where=job.shot.name, hint=hint) from error
    if not bool(torch.isfinite(picture).all()):
        what = f"the net gives no picture for frame {one.number}"
        hint = "The net's file is damaged or was badly trained; choose another style."
        raise StyleError(what, where=job.shot.name, hint=hint)
    return job.display.kept(one.item.frame, picture, source)


def _blurred(pixels: Tensor, size: int, sphere: bool) -> Tensor:
    """The median of every `size` x `size` pixels."""
    return as_tensor(filtered(as_array(pixels), lambda picture: cv2.medianBlur(picture, size), sphere=sphere))


def _over_its_source(job: Job, sides: Sequence[Moving[Sourced]], matte: Share | None) -> Painted:
    """What is put together of the sides of a frame, each over its source as its weight says."""
    number, frame, before = sides[0].number, sides[0].item.frame, sides[0].item.before
    if sides[0].picture is None:
        return Painted(frame, before, before)
    worn, *beside = (_blended(before, one, brush) for one, brush in zip(sides, job.brushes, strict=True))
    if matte:
        share = matte(job.shot.source_frame(number), frame, before)
        worn = composite(beside[0] if beside else before, worn, share)
    return Painted(frame, before, worn)


def _blended(before: Tensor, one: Moving[Sourced], brush: Brush) -> Tensor:
    painter, weight = brush(one.number)
    assert one.picture is not None, "a side is painted where the other one is"
    return blend(before, one.picture, painter.share(weight))
