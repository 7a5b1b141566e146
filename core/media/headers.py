"""Headers of media read once and remembered by path, size, time of change and the program's version.

What is remembered is only ever a saving: a memory that is lost, broken or cannot be written costs time
and nothing else.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_type_hints

from ..cut import MediaFacts, MediaKind
from ..errors import MediaError
from .probe import read_facts
from .sequence import numbered

_FORMAT = 11
_HINTS = get_type_hints(MediaFacts)


class HeaderMemory:
    """The headers in one file; `keep` writes what was learnt."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._program = version("stylereel")  # another may know more of the same file
        self._learnt = False

    def facts(self, path: Path, kind: MediaKind = "movie", rate: Fraction | None = None) -> MediaFacts:
        """What the media's header says; raises MediaError like `read_facts`."""
        try:
            stamp = [*_stamp(path, kind), self._program]
        except (OSError, MediaError):
            return read_facts(path, kind, rate)
        place = str(path.resolve()) if kind == "movie" else f"{kind} {rate} {path.resolve()}"
        if known := _remembered(self._known.get(place), stamp):
            return known
        facts = read_facts(path, kind, rate)
        self._known[place] = {"stamp": stamp, "facts": _record(facts)}
        self._learnt = True
        return facts

    def keep(self) -> None:
        """Writes the memory, if it has learnt anything."""
        if not self._learnt:
            return
        part = self._path.with_suffix(f".{os.getpid()}.part")
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps({"format": _FORMAT, "headers": self._known}), "utf-8")
            part.replace(self._path)


def _stamp(path: Path, kind: MediaKind) -> list[int]:
    """Size and time of change of a file; of numbered pictures their count, sum and the latest."""
    stats = [one.stat() for one in (numbered(path) if kind == "sequence" else (path,))]
    return [len(stats), sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats)]


def _record(facts: MediaFacts) -> dict[str, Any]:
    return {key: str(value) if isinstance(value, Fraction) else value for key, value in asdict(facts).items()}


def _remembered(entry: object, stamp: list[object]) -> MediaFacts | None:
    """The facts of an entry with this stamp, or None where it is another's or malformed."""
    if not isinstance(entry, dict) or entry.get("stamp") != stamp:
        return None
    try:
        values = dict(entry["facts"])
        exact = {name: Fraction(values[name]) for name, kind in _HINTS.items() if kind is Fraction}
        known = MediaFacts(**{**values, **exact})
    except (TypeError, ValueError, KeyError, ZeroDivisionError):
        return None
    sound = all(isinstance(getattr(known, name), kind) for name, kind in _HINTS.items())
    return known if sound and known.rate > 0 else None


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    known = data.get("headers") if isinstance(data, Mapping) and data.get("format") == _FORMAT else None
    return known if isinstance(known, dict) else {}
