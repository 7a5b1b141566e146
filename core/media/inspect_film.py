"""Every frame of a finished film looked at: what cannot be decoded, what is black, what stands still.

Knows one file and nothing of what it should show: that a picture is black may be right.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path
from typing import Literal

import numpy as np
from av import VideoFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from ..errors import MediaError
from .ffv1 import is_whole
from .files import FORGETFUL, STRICT, decoding, open_media, picture_stream
from .pictures import decoded_picture
from .units import unit_check

_SIDE = 96  # columns of the small picture that frames are compared by
_BLACK = 3.0  # levels of 255 above black that a black picture may have somewhere
_STILL = 0.25  # levels that two pictures of a freeze differ by on average
_FREEZE_SECONDS = 1

Kind = Literal["corrupt", "black", "duplicate", "frozen"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What frames `first` … `last` of a file are, counted from 0."""

    kind: Kind
    first: int
    last: int

    @property
    def is_fault(self) -> bool:
        """Whether no film may be so; the others are to be looked at."""
        return self.kind == "corrupt"


@dataclass(frozen=True, slots=True)
class _Seen:
    corrupt: bool
    small: np.ndarray | None = None
    print: bytes = b""


def inspect_film(path: Path, expected: int | None = None) -> list[Sight]:
    """What there is to say of a film's frames, in order. `expected` frames should be there.

    A frame that is the one before it, bit for bit, is a duplicate; a run of frames a second long and
    longer that differ by next to nothing is frozen. Raises MediaError where the file cannot be opened.
    """
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        return _sights(_frames(container, stream), stream.average_rate or Fraction(25), expected or 0)


def inspect_pictures(paths: Sequence[Path], rate: Fraction) -> list[Sight]:
    """The same of numbered pictures that play at `rate`; what differs from the first in shape is corrupt."""
    return _sights(_pictures(paths), rate, len(paths))


def _sights(frames: Iterable[_Seen], rate: Fraction, expected: int) -> list[Sight]:
    kinds: list[Kind | None] = []
    before: _Seen | None = None
    for seen in frames:
        kinds.append(_kind(before, seen))
        before = seen
    kinds.extend("corrupt" for _ in range(len(kinds), expected))
    freeze = max(2, round(rate * _FREEZE_SECONDS))
    return [sight for run in _runs(kinds) for sight in _told(run, freeze)]


def _pictures(paths: Sequence[Path]) -> Iterator[_Seen]:
    shape: tuple[int, int, str] | None = None
    for path in paths:
        try:
            frame = decoded_picture(path, strict=True)
        except MediaError:
            yield _Seen(corrupt=True)
            continue
        own = frame.width, frame.height, frame.format.name
        shape = shape or own
        yield _seen(frame) if own == shape else _Seen(corrupt=True)


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[_Seen]:
    """Every frame in order of time; a packet that gives none is a corrupt one."""
    stream.thread_type = "SLICE"
    if stream.codec.name in FORGETFUL:
        stream.codec_context.thread_count = 1  # and what it shows of a damaged frame it marks
    else:
        stream.codec_context.options = STRICT
    lost: list[int] = []  # the times of packets that gave none
    summed: bool | None = None  # whether its packets have checksums that hold, by the first of them
    is_damaged, hurt = unit_check(stream), set[int | None]()  # the times of damaged packets
    for packet in container.demux(stream):
        if is_damaged(packet):
            hurt.add(packet.pts)
        if packet.size and stream.codec.name == "ffv1":
            whole = is_whole(bytes(packet))
            summed = whole if summed is None else summed
            if summed and not whole:
                yield _Seen(corrupt=True)
                continue
        try:
            frames = packet.decode()
        except FFmpegError:
            if packet.pts is None:
                yield _Seen(corrupt=True)
            else:
                insort(lost, packet.pts)
            continue
        for frame in frames:
            while lost and frame.pts is not None and lost[0] < frame.pts:
                del lost[0]
                yield _Seen(corrupt=True)
            yield _Seen(corrupt=True) if frame.pts in hurt else _seen(frame)
    yield from (_Seen(corrupt=True) for _ in lost)


def _seen(frame: VideoFrame) -> _Seen:
    if frame.is_corrupt:
        return _Seen(corrupt=True)
    height = max(1, round(frame.height * _SIDE / frame.width))
    small = frame.reformat(width=_SIDE, height=height, format="gray").to_ndarray().astype(np.float32)
    digest = blake2b(digest_size=16)
    for plane in frame.planes:
        digest.update(bytes(plane))
    return _Seen(False, small, digest.digest())


def _kind(before: _Seen | None, seen: _Seen) -> Kind | None:
    if seen.corrupt or seen.small is None:
        return "corrupt"
    if seen.small.max() <= _BLACK:
        return "black"
    if before is None or before.small is None:
        return None
    if before.print == seen.print:
        return "duplicate"
    return "frozen" if float(np.abs(before.small - seen.small).mean()) < _STILL else None


def _runs(kinds: list[Kind | None]) -> Iterator[list[tuple[int, Kind]]]:
    """Neighbouring frames of one sort; duplicates and frozen ones are of one."""
    run: list[tuple[int, Kind]] = []
    for at, kind in enumerate(kinds):
        if run and (kind is None or _sort(kind) != _sort(run[-1][1])):
            yield run
            run = []
        if kind is not None:
            run.append((at, kind))
    if run:
        yield run


def _sort(kind: Kind) -> Kind:
    return "frozen" if kind == "duplicate" else kind


def _told(run: list[tuple[int, Kind]], freeze: int) -> Iterator[Sight]:
    first, last = run[0][0], run[-1][0]
    kind = _sort(run[0][1])
    if kind != "frozen":
        yield Sight(kind, first, last)
    elif len(run) + 1 >= freeze:
        yield Sight("frozen", first - 1, last)
    else:
        yield from (Sight("duplicate", at, at) for at, one in run if one == "duplicate")
