"""Headers of media read once and remembered by path, size and time of change.

What is remembered is only ever a saving: a memory that is lost, broken or cannot be written costs time
and nothing else.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..cut import MediaFacts
from .probe import read_facts

_FORMAT = 1


class HeaderMemory:
    """The headers in one file; `keep` writes what was learnt."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._learnt = False

    def facts(self, path: Path) -> MediaFacts:
        """What the media's header says; raises MediaError like `read_facts`."""
        try:
            stat = path.stat()
        except OSError:
            return read_facts(path)
        place, stamp = str(path.resolve()), [stat.st_size, stat.st_mtime_ns]
        if (known := self._known.get(place)) and known.get("stamp") == stamp:
            with suppress(TypeError, ValueError, KeyError):
                return MediaFacts(**{**known["facts"], "rate": Fraction(known["facts"]["rate"])})
        facts = read_facts(path)
        self._known[place] = {"stamp": stamp, "facts": {**asdict(facts), "rate": str(facts.rate)}}
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


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    known = data.get("headers") if isinstance(data, Mapping) and data.get("format") == _FORMAT else None
    return known if isinstance(known, dict) else {}
