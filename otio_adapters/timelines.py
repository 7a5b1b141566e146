"""The door of this room: every timeline StyleReel reads, and the same document back with styled media.

Formats are told apart by their suffix. What is inside a format is its own modules' business;
OpenTimelineIO is loaded only where an `.otio` is read.
"""

from collections.abc import Mapping
from pathlib import Path

from ..core.cut import Cut, StyledMedia
from ..core.errors import NotBuiltError, TimelineError, UsageError, VerifyError
from ..core.exchange import Delivery
from ..core.paths import PathMap
from . import xmeml_check, xmeml_patch, xmeml_read
from .compare import FAULT, compare

_XMEML = (".xml", ".xmeml")
_PLANNED = (".edl", ".aaf", ".otioz", ".otiod")
_OTHER = {
    ".prproj": "A Premiere project cannot be read: File > Export > Final Cut Pro XML makes what can.",
    ".fcpxml": "Final Cut Pro X writes another XML: bring it through Premiere, as Final Cut Pro XML.",
}


def sequences(path: Path) -> list[str]:
    """The names of the sequences that stand on their own (not those only nested in another).

    Raises TimelineError where the file cannot be read as a timeline.
    """
    data = _load(path)
    if _is_xmeml(path):
        found = xmeml_read.top_sequences(xmeml_read.load(path, data))
        return [xmeml_read.name_of(sequence) for sequence in found]
    from . import otio_read

    return [otio_read.name_of(timeline, path) for timeline in otio_read.load(path, data)]


def read_cut(path: Path, sequence: str | None = None, paths: PathMap = PathMap()) -> Cut:  # noqa: B008
    """What a sequence uses of which media, and what is passed by and why.

    `paths` says where this machine finds the editor's media. Raises UsageError where `sequence` is
    unknown, or not given and there are several; TimelineError where the file cannot be read.
    """
    return _read(path, _load(path), sequence, paths)


def relink(cut: Cut, styled: Mapping[str, StyledMedia], delivery: Delivery = Delivery()) -> bytes:  # noqa: B008
    """The document of `cut` with the uses named in `styled` (by `Use.id`) on their styled media.

    Nothing is written. Raises TimelineError where the document has changed since `cut` was read.
    """
    data = _load(cut.path)
    known = {use.id for use in cut.uses}
    if strangers := sorted(set(styled) - known):
        raise TimelineError(f"the cut has no clip {strangers[0]!r} to relink", where=str(cut.path))
    fresh = _read(cut.path, data, cut.sequence, PathMap())
    if _shape(fresh) != _shape(cut):
        hint = "Run the same command again: what is rendered already is kept."
        raise TimelineError("the timeline has changed since it was read", where=str(cut.path), hint=hint)
    if _is_xmeml(cut.path):
        document = xmeml_read.load(cut.path, data)
        return xmeml_patch.patch(document, xmeml_read.choose(document, cut.sequence), cut, styled, delivery)
    from . import otio_patch

    return otio_patch.patch(cut.path, data, cut, styled)


def check_relink(
    cut: Cut,
    styled: Mapping[str, StyledMedia],
    written: bytes | Path,
    delivery: Delivery = Delivery(),  # noqa: B008
) -> None:
    """Reads a relinked document again and compares it with the cut it came from.

    Raises VerifyError where a clip has moved, shows another frame of its source, is on other media
    than was promised, or where a reference leads nowhere that led somewhere before.
    """
    data = _load(written) if isinstance(written, Path) else written
    again = _again(cut, data)
    if _is_xmeml(cut.path):
        before, after = (xmeml_read.load(cut.path, each) for each in (_load(cut.path), data))
        xmeml_check.check(cut, before, after)
    compare(cut, again, styled, delivery, timecodes=_is_xmeml(cut.path))


def output_suffix(path: Path) -> str:
    """The suffix of the document that `relink` gives for this one."""
    return path.suffix if _is_xmeml(path) else ".otio"


def _again(cut: Cut, data: bytes) -> Cut:
    name = cut.sequence
    if _is_xmeml(cut.path):
        name = xmeml_patch.styled_name(xmeml_read.load(cut.path, _load(cut.path)), name)
    try:
        return _read(cut.path, data, name, PathMap())
    except (TimelineError, UsageError) as error:
        what = f"the relinked timeline cannot be read again: {error.what}"
        raise VerifyError(what, where=str(cut.path), hint=FAULT) from error


def _is_xmeml(path: Path) -> bool:
    return path.suffix.lower() in _XMEML


def _load(path: Path) -> bytes:
    suffix, where = path.suffix.lower(), str(path)
    if suffix in _PLANNED:
        hint = "Export Final Cut Pro XML from Premiere, or .otio."
        raise NotBuiltError(f"{suffix} timelines are not read by this version", where=where, hint=hint)
    if suffix not in (*_XMEML, ".otio"):
        hint = _OTHER.get(suffix, "Export Final Cut Pro XML (.xml) from Premiere, or .otio.")
        raise TimelineError(f"a {suffix or 'file without a suffix'} is no timeline", where=where, hint=hint)
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TimelineError(f"the timeline cannot be read: {reason}", where=where) from error


def _read(path: Path, data: bytes, sequence: str | None, paths: PathMap) -> Cut:
    if _is_xmeml(path):
        document = xmeml_read.load(path, data)
        return xmeml_read.read(document, xmeml_read.choose(document, sequence), paths)
    from . import otio_read

    return otio_read.read(otio_read.choose(otio_read.load(path, data), path, sequence), path, paths)


def _shape(cut: Cut) -> list[tuple[object, ...]]:
    """All that must not have changed between reading and relinking; where media lies may."""
    return [(use.id, use.record, use.time, use.head, use.tail, use.media.editor_path) for use in cut.uses]
