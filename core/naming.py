"""Names of shots: `midterm_010`, `midterm_020`, … in the order of the film, kept from cut to cut.

Names are safe as file names on every system and differ by more than case. Knows nothing of what a
shot is: bases, kept names and taken names come in, names go out.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import count
from unicodedata import normalize

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_NAME = re.compile(r"(.*)_(\d+)", re.DOTALL)


def safe_name(text: str, limit_bytes: int = 60) -> str:
    """A text as a part of a file name that Windows, macOS and Linux all take; never empty."""
    name = _UNSAFE.sub("_", normalize("NFC", text)).strip(" ._")
    name = name.encode("utf-8", "replace")[:limit_bytes].decode("utf-8", "ignore").rstrip(" ._") or "shot"
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def base_of(name: str) -> str:
    """`midterm_010` → `midterm`."""
    match = _NAME.fullmatch(name)
    return match[1] if match else name


def number_shots(scenes: Sequence[str], kept: Sequence[str | None], taken: Iterable[str]) -> list[str]:
    """Names for shots in the order of the film, one for each scene's name in `scenes`.

    `kept` has the name of a shot that has one already; of two that claim one name the first keeps
    it. `taken` are names that may not be given again. A shot between two kept ones gets a number
    between theirs (`_015`), else the next free ten.
    """
    bases = [safe_name(scene) for scene in scenes]
    names: list[str | None] = []
    used = {name.casefold() for name in taken}
    claimed: set[str] = set()
    for name in kept:
        fresh = name is not None and name.casefold() not in claimed
        names.append(name if fresh else None)
        claimed |= {name.casefold()} if name is not None else set()
    used |= claimed
    rows: dict[str, list[int]] = {}
    for at, base in enumerate(bases):
        rows.setdefault(base.casefold(), []).append(at)
    for row in rows.values():
        _fill(row, names, bases[row[0]], used)
    return [name for name in names if name is not None]


def _fill(row: Sequence[int], names: list[str | None], base: str, used: set[str]) -> None:
    """Names the shots of one base that have none, run by run between those that have one."""
    start = 0
    while start < len(row):
        stop = start
        while stop < len(row) and names[row[stop]] is None:
            stop += 1
        below = _number(names[row[start - 1]]) if start else 0
        above = _number(names[row[stop]]) if stop < len(row) else None
        for at, number in zip(row[start:stop], _numbers(stop - start, below, above, base, used), strict=True):
            names[at] = _named(base, number)
            used.add(_named(base, number).casefold())
        start = stop + 1


def _numbers(wanted: int, below: int, above: int | None, base: str, used: set[str]) -> list[int]:
    """Free numbers, rising: evenly between two kept ones where there is room, else tens behind all."""
    if above is not None:
        between = [below + (above - below) * (at + 1) // (wanted + 1) for at in range(wanted)]
        free = all(_named(base, number).casefold() not in used for number in between)
        if free and len({below, *between, above}) == wanted + 2 and below < above:
            return between
    taken = [_number(name) for name in used if base_of(name) == base.casefold()]
    first = max((below, *taken)) // 10 * 10 + 10 if wanted else 0
    tens = count(first, 10)
    return [next(tens) for _ in range(wanted)]


def _named(base: str, number: int) -> str:
    return f"{base}_{number:03}"


def _number(name: str | None) -> int:
    match = _NAME.fullmatch(name or "")
    return int(match[2]) if match else 0
