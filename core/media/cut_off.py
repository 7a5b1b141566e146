"""Whether a picture's file ends before its picture does: FFmpeg fills what TIFF and OpenEXR lack with black.

Follows the tables of both formats to the last byte that they name, and decodes nothing. Of other formats the
decoder says so.
"""

import struct
from pathlib import Path
from typing import BinaryIO

_STRIPS = {273: 279, 324: 325}  # of TIFF: where strips and tiles begin, and how long they are
_NUMBERS = {3: "H", 4: "I"}
_EXR = b"\x76\x2f\x31\x01"
_NOT_LINES = 0x1A00  # tiled, deep and of several parts
_LINES = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256}  # in a chunk, by compression
_MOST = 1 << 24  # bytes of a table


def is_cut_off(path: Path) -> bool:
    """Whether a TIFF or an OpenEXR of lines is shorter than it says; OSError where it cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4)
        try:
            if head in (b"II*\0", b"MM\0*"):
                return _tiff_end(file, "<" if head[:1] == b"I" else ">") > size
            return head == _EXR and _exr_end(file) > size
        except struct.error:  # not even its tables are there
            return True


def _read(file: BinaryIO, form: str) -> tuple[int, ...]:
    return struct.unpack(form, _taken(file, struct.calcsize(form)))


def _taken(file: BinaryIO, size: int) -> bytes:
    if size > _MOST:
        raise struct.error("no table is as long")
    return file.read(size)


def _tiff_end(file: BinaryIO, order: str) -> int:
    """Where the last strip or tile of the first picture ends."""
    file.seek(_read(file, f"{order}I")[0])
    (count,) = _read(file, f"{order}H")
    entries = {}
    for place in range(file.tell(), file.tell() + 12 * count, 12):
        file.seek(place)
        tag, kind, length = _read(file, f"{order}HHI")
        if kind in _NUMBERS and tag in (*_STRIPS, *_STRIPS.values()):
            entries[tag] = _values(file, f"{order}{length}{_NUMBERS[kind]}", order)
    pairs = (zip(entries[first], entries[long], strict=False) for first, long in _STRIPS.items()
             if first in entries and long in entries)  # fmt: skip
    return max((begin + length for both in pairs for begin, length in both), default=0)


def _values(file: BinaryIO, form: str, order: str) -> tuple[int, ...]:
    """The values of an entry: in it where they fit into four bytes, else where it says."""
    if struct.calcsize(form) > 4:
        file.seek(_read(file, f"{order}I")[0])
    return _read(file, form)


def _exr_end(file: BinaryIO) -> int:
    """Where the last chunk of lines ends; beyond every file where one was never written."""
    (version,) = _read(file, "<I")
    if version & _NOT_LINES:
        return 0
    compression, lines = 0, 0
    while name := _word(file):
        _word(file)
        value = _taken(file, _read(file, "<I")[0])
        if name == b"compression":
            (compression,) = struct.unpack("<B", value)
        if name == b"dataWindow":
            _, top, _, bottom = struct.unpack("<4i", value)
            lines = bottom - top + 1
    offsets = _read(file, f"<{-(-lines // _LINES.get(compression, 1))}Q")
    if not offsets or 0 in offsets or max(offsets) > file.seek(0, 2):
        return 1 << 64
    file.seek(max(offsets))
    _, length = _read(file, "<iI")
    return file.tell() + length


def _word(file: BinaryIO) -> bytes:
    """Text up to its closing zero."""
    found = b""
    while (letter := file.read(1)) != b"\0":
        if not letter:
            raise struct.error("the file ends within a word")
        found += letter
    return found
