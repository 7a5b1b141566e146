"""The boxes that MP4 and MOV are made of: found, and what they say of colours.

Knows where boxes lie. Knows nothing of the media in them.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .tags import FULL, LIMITED, UNSPECIFIED, Tags

VISUAL = 86  # bytes of a visual sample entry, its header included, before its own boxes
_LARGEST = 1 << 28  # bytes of a `moov`: hours of film have one of a few million


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a file or of bytes: where it begins, how long it and its header are."""

    kind: bytes
    first: int
    size: int
    head: int

    @property
    def stop(self) -> int:
        """Behind its last byte."""
        return self.first + self.size

    @property
    def inner(self) -> int:
        """Where its content begins."""
        return self.first + self.head


def top(file: BinaryIO) -> Iterator[Box]:
    """The boxes of a file."""
    end = file.seek(0, 2)
    first = 0
    while first + 8 <= end:
        file.seek(first)
        box = _read(file.read(16), 0, first, end)
        yield box
        first = box.stop


def _read(data: bytes, at: int, first: int, end: int) -> Box:
    """The box whose header lies at `at` of `data`; one of size 0 goes on to `end`, which none may pass."""
    size, kind = struct.unpack_from(">I4s", data, at)
    head = 16 if size == 1 else 8
    if size == 1 and at + 16 <= len(data):
        size = struct.unpack_from(">Q", data, at + 8)[0]
    size = size or end - first
    return Box(kind, first, max(head, min(size, end - first)), head)


def root(data: bytes) -> Box:
    """The box that some bytes are."""
    return _read(data, 0, 0, len(data))


def inside(data: bytes, box: Box, skip: int = 0) -> Iterator[Box]:
    """The boxes in one, of which `skip` bytes are none, header included."""
    first = box.first + (skip or box.head)
    while first + 8 <= box.stop:
        part = _read(data, first, first, box.stop)
        yield part
        first = part.stop


def _find(data: bytes, box: Box, *path: bytes) -> Box | None:
    for part in inside(data, box):
        if part.kind == path[0]:
            return part if len(path) == 1 else _find(data, part, *path[1:])
    return None


def is_video(moov: bytes, track: Box) -> bool:
    """Whether a box of a `moov` is a track of pictures."""
    handler = _find(moov, track, b"mdia", b"hdlr") if track.kind == b"trak" else None
    return handler is not None and moov[handler.inner + 8 : handler.inner + 12] == b"vide"


def sample_entry(moov: bytes, track: Box) -> Box | None:
    """The first description of a track's samples."""
    table = _find(moov, track, b"mdia", b"minf", b"stbl", b"stsd")
    return None if table is None else next(inside(moov, table, table.head + 8), None)


def boxed_tags(path: Path) -> Tags:
    """What an MP4 or MOV says of the colours of its pictures; all unsaid where it has no `colr` box.

    Decoders overrule it by what the pictures say, editing programs need not. Raises OSError.
    """
    found = _colour_box(path)
    if found[:4] not in (b"nclc", b"nclx") or len(found) < 10:
        return Tags(UNSPECIFIED, 0, UNSPECIFIED, UNSPECIFIED)
    primaries, transfer, matrix = struct.unpack_from(">3H", found, 4)
    said = 0 if len(found) < 11 else FULL if found[10] & 0x80 else LIMITED
    return Tags(matrix, said, transfer, primaries)


def _colour_box(path: Path) -> bytes:
    """The content of the first `colr` box; nothing where there is none."""
    with path.open("rb") as file:
        place = next((box for box in top(file) if box.kind == b"moov" and box.size < _LARGEST), None)
        if place is None:
            return b""
        file.seek(place.first)
        moov = file.read(place.size)
    track = next((box for box in inside(moov, root(moov)) if is_video(moov, box)), None)
    entry = None if track is None else sample_entry(moov, track)
    boxes = () if entry is None else inside(moov, entry, VISUAL)
    return next((moov[box.inner : box.stop] for box in boxes if box.kind == b"colr"), b"")
