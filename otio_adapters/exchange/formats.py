"""What OpenTimelineIO timelines a file holds: `.otio`, the bundles `.otioz` and `.otiod`, `.edl`, `.aaf`.

Every foreign reader's exceptions end here. EDL and AAF need adapters of their own, which are extras.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import accumulate
from pathlib import Path

import opentimelineio as otio
from opentimelineio.schema import SerializableCollection, Timeline

from ...core.cut import Note
from ...core.errors import TimelineError, UsageError
from ...core.exchange import Reading
from .bundle import bundled_document, media_folder
from .dialect import OURS
from .edl import read_edl

SUFFIXES = (".otio", ".otioz", ".otiod", ".edl", ".aaf")
_BUNDLES = (".otioz", ".otiod")
_DEEPEST = 600  # brackets in brackets: beyond some thousands OpenTimelineIO ends the process
_SCHEMA_HINT = (
    "Save it with the OpenTimelineIO version that wrote it, for an older schema (Clip.1, Marker.2)."
)


@dataclass(frozen=True)
class Opened:
    """The timelines of a file, and `root`, the object that holds them all.

    `folder` is where relative media paths start. `older` says whether the clips are of the schema
    `Clip.1`. `notes` say what was odd in the file.
    """

    root: otio.core.SerializableObject
    timelines: list[Timeline]
    folder: Path
    older: bool = False
    notes: tuple[Note, ...] = ()


def opened(path: Path, reading: Reading, data: bytes | None = None) -> Opened:
    """The timelines of a file, or of `data`, an `.otio` that stands in its place.

    Raises TimelineError where it cannot be read, UsageError where something is missing to read it.
    """
    suffix = path.suffix.lower()
    if data is not None:
        return _parsed(path, data, media_folder(path) if suffix in _BUNDLES else path.parent)
    if suffix == ".edl":
        edl = read_edl(path, _bytes(path), reading.rate)
        return Opened(edl.timeline, [edl.timeline], path.parent, notes=edl.notes)
    if suffix == ".aaf":
        root = _aaf(path)
        timelines = _timelines(root, path)
        for timeline in timelines:
            timeline.metadata[OURS] = {"dialect": "otio"}
        return Opened(root, timelines, path.parent)
    if suffix in _BUNDLES:
        return _parsed(path, bundled_document(path), media_folder(path))
    return _parsed(path, _bytes(path), path.parent)


def name_of(timeline: Timeline, path: Path) -> str:
    """A timeline's name, or the file's where it has none."""
    return timeline.name or path.stem


def choose(timelines: list[Timeline], path: Path, name: str | None) -> Timeline:
    """The timeline of that name, or the only one. Raises UsageError rather than guess."""
    names = [name_of(timeline, path) for timeline in timelines]
    listed = ", ".join(repr(each) for each in names)
    if name is None:
        if len(timelines) == 1:
            return timelines[0]
        what = f"there are {len(names)} timelines in this file"
        hint = f"Choose one with --sequence: {listed}."
    elif names.count(name) == 1:
        return timelines[names.index(name)]
    elif name in names:
        what, hint = f"several timelines are called {name!r}", "Give them different names and export again."
    else:
        close = get_close_matches(name, names, 1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {listed}."
        what = f"there is no timeline {name!r}"
    raise UsageError(what, where=str(path), hint=hint, code="E-SEQ")


def _parsed(path: Path, data: bytes, folder: Path) -> Opened:
    depths = data.translate(None, bytes(set(range(256)) - set(b"[]{}")))
    if max(accumulate(1 if byte in b"[{" else -1 for byte in depths), default=0) > _DEEPEST:
        what = "the file is nested too deep to be read"
        raise TimelineError(what, where=str(path), hint="Is a sequence nested in itself?", code="E-SCHEMA")
    try:
        root = otio.adapters.read_from_string(
            data.decode("utf-8-sig"),
            "otio_json",
            media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia,
        )
    except (otio.exceptions.OTIOError, ValueError, TypeError, KeyError, RuntimeError) as error:
        unsupported = isinstance(error, otio.exceptions.UnsupportedSchemaError)
        reason = " ".join(str(error).split()) or type(error).__name__
        hint = _SCHEMA_HINT if unsupported else "Export the timeline again."
        what = f"OpenTimelineIO {otio.__version__} cannot read this file: {reason}"
        raise TimelineError(what, where=str(path), hint=hint, code="E-SCHEMA") from error
    older = b'"Clip.1"' in data and b'"Clip.2"' not in data
    return Opened(root, _timelines(root, path), folder, older)


def _timelines(root: otio.core.SerializableObject, path: Path) -> list[Timeline]:
    if found := list(_inside(root)):
        return found
    named = root.schema_name() if isinstance(root, otio.core.SerializableObject) else "value"
    what, hint = f"the file holds a {named}, no timeline", "Export the whole timeline."
    raise TimelineError(what, where=str(path), hint=hint, code="E-SEQ")


def _inside(root: otio.core.SerializableObject) -> Iterator[Timeline]:
    if isinstance(root, Timeline):
        yield root
    elif isinstance(root, SerializableCollection):
        children: list[otio.core.SerializableObject] = list(root)
        for each in children:
            yield from _inside(each)


def _aaf(path: Path) -> otio.core.SerializableObject:
    _bytes(path, 1)  # says clearly what is wrong with a file that cannot be opened
    if "AAF" not in otio.adapters.available_adapter_names():
        raise UsageError(
            "reading AAF needs another package", where=str(path), hint="pip install 'stylereel[aaf]'"
        )
    try:
        with _silent():
            return otio.adapters.read_from_file(
                str(path), "AAF", media_linker_name=otio.media_linker.MediaLinkingPolicy.DoNotLinkMedia
            )
    except Exception as error:  # a damaged AAF raises whatever it hits upon
        reason = " ".join(str(error).split()) or type(error).__name__
        what = f"the AAF adapter cannot read this file: {reason}"
        raise TimelineError(what, where=str(path), hint="Export the AAF again.", code="E-SCHEMA") from error


@contextmanager
def _silent() -> Iterator[None]:
    """Without what the AAF reader tells the log of every odd file."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _bytes(path: Path, count: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TimelineError(f"the timeline cannot be read: {reason}", where=str(path)) from error
