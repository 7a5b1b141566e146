"""`.cube` files, the LUTs of Adobe, Iridas and Resolve: text to tables, with every fault told by its line.

A file has a table of one dimension (a curve for each channel), of three, or the first in front of the second.
Knows text and numbers. Knows nothing of pictures, and never imports torch, so that a plan may look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NoReturn

import numpy as np

from ..errors import UsageError
from .files import reason

_SIZES = {1: (2, 65536), 3: (2, 256)}  # what Adobe's specification allows, by dimensions
_BYTES = 1 << 30
_LARGEST = 65504.0  # the largest number of a picture in half floats
_NARROWEST = 1e-6  # input
_SIZE_KEYS = {"LUT_1D_SIZE": 1, "LUT_3D_SIZE": 3}
_RANGE_KEYS = {"LUT_1D_INPUT_RANGE": 1, "LUT_3D_INPUT_RANGE": 3}
_DOMAIN_KEYS = ("DOMAIN_MIN", "DOMAIN_MAX")
_HINT = "Export the LUT again as a .cube file, or choose another one."


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table. `values` is float32: (N, 3) of one dimension, a curve for each channel, or (B, G, R, 3) of
    three, its axes blue, green, red. It is laid evenly from `low` to `high`, (3,) in red, green, blue."""

    values: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """A `.cube` file: its tables in the order in which they are worn. `key` is the hash of their numbers."""

    tables: tuple[Table, ...]

    @property
    def key(self) -> str:
        """32 hex digits of all that changes a pixel: not of names, titles or comments."""
        digest = blake2b(digest_size=16)
        for table in self.tables:
            digest.update(repr(table.values.shape).encode())
            for numbers in (table.values, table.low, table.high):
                digest.update(np.ascontiguousarray(numbers, "<f4").tobytes())
        return digest.hexdigest()


@dataclass
class _Head:
    """What the keywords of a file say, and in which lines: `sizes` and `ranges` by dimensions."""

    path: Path
    sizes: dict[int, int] = field(default_factory=dict)
    ranges: dict[int, tuple[float, float]] = field(default_factory=dict)
    domain: dict[str, list[float]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def refuse(self, line: int, what: str) -> NoReturn:
        """Raises UsageError for a line, counted from 1; 0 is the file as a whole."""
        place = f"{self.path}, line {line}" if line else str(self.path)
        raise UsageError(f"the LUT: {what}", where=place, hint=_HINT)


def read_cube(path: Path) -> Cube:
    """The tables of a file. Raises UsageError, with the line, where it is missing or cannot be worn."""
    lines = _lines(path)
    head, first = _head(path, lines)
    order = sorted(head.sizes)
    counts = [head.sizes[kind] ** kind for kind in order]
    numbers = _numbers(head, lines, first, sum(counts))
    tables, begin = [], 0
    for kind, count in zip(order, counts, strict=True):
        part, size = numbers[begin : begin + count], head.sizes[kind]
        low, high = _span(head, kind)
        tables.append(Table(part.reshape(*(size,) * kind, 3), low, high))
        begin += count
    return Cube(tuple(tables))


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _BYTES:
            raise UsageError("the LUT: it is larger than any .cube file", where=str(path), hint=_HINT)
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        hint = "A LUT's path is relative to the film file, after --set to the current folder."
        what = "there is no such file" if isinstance(error, FileNotFoundError) else reason(error)
        raise UsageError(f"the LUT: {what}", where=str(path), hint=hint) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _said(lines: Sequence[str], begin: int = 0) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers from 1, without comments."""
    for number in range(begin, len(lines)):
        if text := lines[number].partition("#")[0].strip():
            yield number + 1, text


def _head(path: Path, lines: Sequence[str]) -> tuple[_Head, int]:
    """What stands above the numbers, and the index of the first line of them."""
    head = _Head(path)
    for line, text in _said(lines):
        key, *words = text.split()
        if key[0] in "+-.0123456789" or key.lower() in ("nan", "inf", "infinity"):
            _check_head(head, line)
            return head, line - 1
        if key in head.lines:
            head.refuse(line, f"{key} stands twice")
        head.lines[key] = line
        _keyword(head, key, words, line)
    what = "it has no numbers" if head.lines else "it is empty"
    return head.refuse(0, what)


def _keyword(head: _Head, key: str, words: Sequence[str], line: int) -> None:
    if kind := _SIZE_KEYS.get(key):
        least, most = _SIZES[kind]
        size = int(words[0]) if len(words) == 1 and words[0].isdecimal() and len(words[0]) < 9 else 0
        if not least <= size <= most:
            head.refuse(line, f"{key} is to be one whole number from {least} to {most}")
        head.sizes[kind] = size
    elif key in _DOMAIN_KEYS:
        head.domain[key] = _floats(head, key, words, 3, line)
    elif kind := _RANGE_KEYS.get(key):
        low, high = _floats(head, key, words, 2, line)
        head.ranges[kind] = low, high
    elif key != "TITLE":
        head.refuse(line, f'"{key[:40]}" is no keyword of a .cube file that this version knows')


def _floats(head: _Head, key: str, words: Sequence[str], count: int, line: int) -> list[float]:
    try:
        found = [float(word) for word in words]
    except ValueError:
        found = []
    if len(found) != count or not _sound(found):
        head.refuse(line, f"{key} is to be {count} numbers")
    return found


def _sound(numbers: Sequence[float] | np.ndarray) -> bool:
    """Whether pictures can have all of some numbers; NaN is none."""
    return bool((np.abs(numbers) <= _LARGEST).all())


def _check_head(head: _Head, line: int) -> None:
    """Refuses what does not go together, before the numbers that begin in a line."""
    if not head.sizes:
        head.refuse(line, "LUT_1D_SIZE or LUT_3D_SIZE is missing above the numbers")
    if head.domain and (head.ranges or len(head.sizes) > 1):
        where = head.lines[next(iter(head.domain))]
        head.refuse(where, "DOMAIN_MIN and DOMAIN_MAX are for files of one table, without LUT_…_INPUT_RANGE")
    for key, kind in _RANGE_KEYS.items():
        if kind in head.ranges and kind not in head.sizes:
            head.refuse(head.lines[key], f"{key} belongs to a table that the file has not")
    for kind in head.sizes:
        low, high = _span(head, kind)
        if not (high - low > _NARROWEST).all():
            keys = (*_DOMAIN_KEYS, *(key for key, own in _RANGE_KEYS.items() if own == kind))
            head.refuse(
                max(head.lines.get(key, 0) for key in keys), "its input ends where it begins, or before"
            )


def _span(head: _Head, kind: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the input of a table begins and ends, by channel."""
    if kind in head.ranges:
        low, high = ([end] * 3 for end in head.ranges[kind])
    else:
        low, high = (
            head.domain.get(key, [end] * 3) for key, end in zip(_DOMAIN_KEYS, (0.0, 1.0), strict=True)
        )
    return np.array(low, np.float32), np.array(high, np.float32)


def _numbers(head: _Head, lines: Sequence[str], first: int, wanted: int) -> np.ndarray:
    """The numbers from a line on, (wanted, 3) float32."""
    try:
        found = np.loadtxt(lines[first:], np.float64, comments="#", ndmin=2)
    except ValueError:
        found = np.empty((0, 0))
    if found.shape != (wanted, 3) or not _sound(found):
        _refuse_numbers(head, lines, first, wanted)
    return found.astype(np.float32)


def _refuse_numbers(head: _Head, lines: Sequence[str], first: int, wanted: int) -> NoReturn:
    """Says which line of the numbers is at fault."""
    count, line = 0, first
    for line, text in _said(lines, first):
        words = text.split()
        try:
            values = [float(word.replace("_", "no")) for word in words]
        except ValueError:
            head.refuse(line, f'"{text[:40]}" is not three numbers')
        if len(values) != 3:
            head.refuse(line, f"here are {len(values)} numbers, not three")
        if not _sound(values):
            head.refuse(line, f'"{text[:40]}" holds a number that no picture has (NaN, or without end)')
        count += 1
        if count > wanted:
            head.refuse(line, f"here is more than the {wanted} lines of numbers that its size asks for")
    head.refuse(line, f"it ends after {count} lines of numbers; its size asks for {wanted}")
