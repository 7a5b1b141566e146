"""From a file to a cut through OpenTimelineIO: the timeline that is asked for, and what it uses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from opentimelineio.schema import Timeline

from ...core.cut import Cut, Note
from ...core.exchange import Reading
from ...core.paths import PathMap
from .dialect import OURS, Spoken
from .formats import Opened, choose, name_of, opened
from .media import Places, is_absolute
from .read import read as read_timeline
from .trim import Standing

_RELATIVE = (
    "clips name their media relative to this timeline: put the styled one into the same folder before "
    "it is opened, or deliver a bundle"
)


@dataclass(frozen=True, slots=True)
class Document:
    """An opened file, the timeline of it that was read, its cut, where the uses stand in it, and the
    dialect that its speed changes are in."""

    opened: Opened
    timeline: Timeline
    cut: Cut
    standings: dict[str, Standing]
    dialect: Spoken


def read(path: Path, data: bytes | None, sequence: str | None, paths: PathMap, reading: Reading) -> Document:
    """A sequence of a file, or of `data`, an `.otio` that stands in its place.

    Raises TimelineError where it cannot be read, UsageError where the choice is not clear or
    something is missing to read it.
    """
    source = opened(path, reading, data)
    timeline = choose(source.timelines, path, sequence)
    places = Places(source.folder, paths)
    found = read_timeline(timeline, name_of(timeline, path), path, places, reading)
    notes = (*source.notes, *found.cut.notes, *_relative(found.cut, path))
    cut = replace(found.cut, notes=notes, drop_frame=_drops(timeline))
    return Document(source, timeline, cut, found.standings, found.dialect)


def _relative(cut: Cut, path: Path) -> Iterator[Note]:
    """A word where an `.otio` must stay in its folder; a bundle has its media with it."""
    if path.suffix.lower() == ".otio" and not all(is_absolute(use.media.editor_path) for use in cut.uses):
        yield Note("W-URL", _RELATIVE)


def _drops(timeline: Timeline) -> bool:
    """What only timelines of our own making tell."""
    told = timeline.metadata.get(OURS)
    return bool(told.get("drop_frame")) if hasattr(told, "get") else False
