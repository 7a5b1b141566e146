"""From a file to a cut through OpenTimelineIO: the timeline that is asked for, and what it uses."""

from dataclasses import dataclass, replace
from pathlib import Path

from opentimelineio.schema import Timeline

from ..core.cut import Cut
from ..core.exchange import Reading
from ..core.paths import PathMap
from .otio_dialect import OURS
from .otio_formats import Opened, choose, name_of, opened
from .otio_media import Places
from .otio_read import read as read_timeline
from .otio_trim import Standing


@dataclass(frozen=True, slots=True)
class Document:
    """An opened file, the timeline of it that was read, its cut, and where the uses stand in it."""

    opened: Opened
    timeline: Timeline
    cut: Cut
    standings: dict[str, Standing]


def read(path: Path, data: bytes | None, sequence: str | None, paths: PathMap, reading: Reading) -> Document:
    """A sequence of a file, or of `data`, an `.otio` that stands in its place.

    Raises TimelineError where it cannot be read, UsageError where the choice is not clear or
    something is missing to read it.
    """
    source = opened(path, reading, data)
    timeline = choose(source.timelines, path, sequence)
    places = Places(source.folder, paths, reading.footage)
    found = read_timeline(timeline, name_of(timeline, path), path, places, reading)
    cut = replace(found.cut, notes=(*source.notes, *found.cut.notes), drop_frame=_drops(timeline))
    return Document(source, timeline, cut, found.standings)


def _drops(timeline: Timeline) -> bool:
    """What only timelines of our own making tell."""
    told = timeline.metadata.get(OURS)
    return bool(told.get("drop_frame")) if hasattr(told, "get") else False
