"""One frame, then the next: a shot's source frames → painted frames, steadied, over their sources.

Knows the order of things: painted at full strength on each side of a matte, steadied, blended with the
source, put together along the matte. A frame of 8192 x 4096 has 400 MB: what is done with is let go of
before the next is made. Knows nothing of segments, files that are written, or where presets come from.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import cv2
import numpy as np
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
from .nets.memory import fits
from .rates import FrameRange, joined
from .steady.flow import as_array, as_tensor, filtered, grey
from .steady.follow import Link
from .steady.steadying import Moving, steadied

# what PyTorch says of too little memory on Linux, Windows and a Mac
_SHORT = re.compile("allocate memory|not enough memory|out of memory|Invalid buffer size")
_WAITING = 3  # frames between one step of the work and the next, at most
_AT_WORK = 30  # pictures that lie in memory while so many wait
_T = TypeVar("_T")


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
            self._held = None
            frame = self._reader.read(number)
            self._held = number, Sourced(frame, to_rgb(frame))
        return self._held[1]


def waiting(size: tuple[int, int]) -> int:
    """How many frames so wide and high may wait between two steps of the work: none where memory is short."""
    return _WAITING if fits(_AT_WORK * 12 * size[0] * size[1], torch.device("cpu")) else 0


def painted(
    job: Job, reader: Source, parts: Sequence[FrameRange], depth: int = _WAITING
) -> Iterator[Painted]:
    """The frames of some parts of a shot in order, painted on the thread that asks for them.

    What they are steadied by is painted too, and thrown away. A frame at weight 0 is its source. Up to
    `depth` frames are read ahead.
    """
    wanted = {number for part in parts for number in range(part.first, part.stop)}
    last = _Last(reader)
    with opened(job.matte) as matte:
        for run in _runs(job, parts, reader.clock.frames):
            with closing(ahead(_followed(job, last, run, early=depth > 0), depth)) as followed:
                for sides in _sides(job, followed):
                    if sides[0].number in wanted:
                        yield _over_its_source(job, sides, matte)
                    del sides


def _sides(job: Job, followed: Iterator[Moving[Sourced]]) -> Iterator[tuple[Moving[Sourced], ...]]:
    """The frames as each side of a matte wears them, the preset's first, at full strength and steadied."""
    brushes = job.brushes
    clips = map(partial(_full, job), brushes, _in_step(followed, len(brushes)))
    if job.reach:
        clips = map(partial(_steadied, job), clips)
    return map(_together, *clips)


def _together(*items: _T) -> tuple[_T, ...]:
    return items


def _in_step(items: Iterator[_T], count: int) -> list[Iterator[_T]]:
    """The same items so many times, for those who take them in step. (Of `tee` dozens stay in memory.)"""
    queues: list[deque[_T]] = [deque() for _ in range(count)]

    def taken(own: deque[_T]) -> Iterator[_T]:
        while own or _handed_out(items, queues):
            yield own.popleft()

    return [taken(queue) for queue in queues]


def _handed_out(items: Iterator[_T], queues: Sequence[deque[_T]]) -> bool:
    """Puts the next item, if there is one, into every queue."""
    for item in items:
        for queue in queues:
            queue.append(item)
        return True
    return False


def _steadied(job: Job, clip: Iterator[Moving[Sourced]]) -> Iterator[Moving[Sourced]]:
    """A clip with its pictures steadied, each eye by itself."""
    flow, sharpen = job.wear.stability.flow, job.wear.stability.sharpen
    calm = partial(steadied, flow=flow, reach=job.reach, sharpen=sharpen, sphere=job.sphere)
    if job.eyes is None:
        return calm(clip)
    eyes = (map(partial(_eye, number, job.eyes), one) for number, one in enumerate(_in_step(clip, 2)))
    return map(partial(_both, job), *map(calm, eyes))


def _eye(number: int, side: int, one: Moving[Sourced]) -> Moving[Sourced]:
    """What an eye sees of a frame in which two lie along a side."""
    own = None if one.picture is None else one.picture.chunk(2, side)[number].contiguous()
    return replace(one, links=one.links[number : number + 1], picture=own)


def _both(job: Job, left: Moving[Sourced], right: Moving[Sourced]) -> Moving[Sourced]:
    """A frame of two eyes: the way back from `_eye`."""
    if left.picture is None or right.picture is None:
        return left
    return replace(left, picture=_joined(job, [left.picture, right.picture]))


def _parted(job: Job, picture: Tensor) -> Sequence[Tensor]:
    """The picture of each eye."""
    return [one.contiguous() for one in picture.chunk(2, job.eyes)] if job.eyes else [picture]


def _joined(job: Job, eyes: Sequence[Tensor]) -> Tensor:
    """The way back from `_parted`."""
    return torch.cat([*eyes], job.eyes) if job.eyes else eyes[0]


def _runs(job: Job, parts: Sequence[FrameRange], frames: int) -> list[FrameRange]:
    """What is needed for some parts, up to the media's last frame, as ranges that do not touch."""
    needed = ((part, job.needed(part)) for part in parts)
    return joined(FrameRange(one.first, max(part.stop, min(one.stop, frames))) for part, one in needed)


def _followed(job: Job, reader: _Last, run: FrameRange, early: bool) -> Iterator[Moving[Sourced]]:
    """The frames of a run linked to those before, as far as they are painted and steadied.

    The steps are found `early`, or when they are asked for: behind the painting.
    """
    last: tuple[int, list[np.ndarray]] | None = None  # the frame before, if it is painted, and its light
    for number, sourced in _decoded(job, reader, run):
        light = _light(job, sourced.before) if job.reach and job.paints(number) else None
        goes_on = last is not None and last[0] == number - 1
        links = _links(job, last[1], light) if last and goes_on and light else ()
        last = (number, light) if light else None
        if early:
            _ = [link.step for link in links]
        moving = Moving(number, sourced, links)
        del sourced, links
        yield moving
        del moving


def _light(job: Job, picture: Tensor) -> list[np.ndarray]:
    """What each eye's motion is found by."""
    return [grey(as_array(one)) for one in _parted(job, picture)]


def _links(job: Job, before: Sequence[np.ndarray], after: Sequence[np.ndarray]) -> tuple[Link, ...]:
    """The link of each eye, where both frames are as large."""
    return tuple(
        Link(one, other, sphere=job.sphere, both=job.reach.radius > 0)
        for one, other in zip(before, after, strict=True)
        if one.shape == other.shape
    )


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


def _full(job: Job, brush: Brush, clip: Iterator[Moving[Sourced]]) -> Iterator[Moving[Sourced]]:
    """The frames with their pictures at full strength; what is shown again as it was is painted once."""
    done: Moving[Sourced] | None = None
    for one in clip:
        dose = job.dose(one.number)
        if done is None or done.item is not one.item or job.dose(done.number) != dose:
            done = None
            done = replace(one, picture=_picture(job, brush, one) if job.paints(one.number) else None)
        shown = [replace(one, picture=done.picture)]
        done = done if job.shot.picks else None  # without picks no frame is shown again
        del one
        yield shown.pop()  # so that it does not lie here while it is steadied


def _picture(job: Job, brush: Brush, one: Moving[Sourced]) -> Tensor:
    """What the net makes of a frame as a display shows it, blurred first where the preset says so."""
    source, (painter, weight) = one.item.before, brush(one.number)
    seen = job.display.shown(one.item.frame, source)
    if job.wear.stability.median:
        median = job.wear.stability.median
        seen = _joined(job, [_blurred(eye, median, job.sphere) for eye in _parted(job, seen)])
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
    if sides[0].picture is None or not job.shows(number):
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
