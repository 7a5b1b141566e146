"""The door of this room: every timeline StyleReel reads, and the same document back with styled media.

Formats are told apart by their suffix. What is inside a format is its own modules' business;
OpenTimelineIO is loaded only where it is needed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..core.cut import Cut, StyledMedia
from ..core.errors import TimelineError, UsageError, VerifyError
from ..core.exchange import Delivery, Reading
from ..core.paths import PathMap
from .compare import FAULT, compare
from .xmeml import check as xmeml_check
from .xmeml import patch as xmeml_patch
from .xmeml import read as xmeml_read

_XMEML = (".xml", ".xmeml")
_OTIO = (".otio", ".otioz", ".otiod", ".edl", ".aaf")
BUNDLES = (".otioz", ".otiod")
TIMELINES = (*_XMEML, *_OTIO)
_OTHER = {
    ".prproj": "A Premiere project cannot be read: File > Export > Final Cut Pro XML makes what can.",
    ".fcpxml": "Final Cut Pro X writes another XML: bring it through Premiere, as Final Cut Pro XML.",
}


def sequences(path: Path, reading: Reading = Reading()) -> list[str]:  # noqa: B008
    """The names of the sequences that stand on their own (not those only nested in another).

    Raises TimelineError where the file cannot be read as a timeline.
    """
    if is_xmeml(path):
        found = xmeml_read.top_sequences(xmeml_read.load(path, _bytes(path)))
        return [xmeml_read.name_of(sequence) for sequence in found]
    from .exchange import formats as otio_formats

    return [otio_formats.name_of(timeline, path) for timeline in otio_formats.opened(path, reading).timelines]


def read_cut(
    path: Path,
    sequence: str | None = None,
    paths: PathMap = PathMap(),  # noqa: B008
    reading: Reading = Reading(),  # noqa: B008
) -> Cut:
    """What a sequence uses of which media, and what is passed by and why.

    `paths` says where this machine finds the editor's media, `reading` what the document leaves
    open. Raises UsageError where `sequence` is unknown, or not given and there are several, or
    something is missing to read this format; TimelineError where the file cannot be read.
    """
    if is_xmeml(path):
        document = xmeml_read.load(path, _bytes(path))
        found = xmeml_read.read(document, xmeml_read.choose(document, sequence), paths)
        return replace(found, reading=reading)
    from .exchange import cut as otio_cut

    return otio_cut.read(path, None, sequence, paths, reading).cut


def relink(cut: Cut, styled: Mapping[str, StyledMedia], delivery: Delivery = Delivery()) -> bytes:  # noqa: B008
    """The document of `cut` with the uses named in `styled` (by `Use.id`) on their styled media.

    Nothing is written. EDL and AAF come back as `.otio`, and so does the document of a bundle, for
    `write_bundle` to put it into one. Raises TimelineError where the document has changed since
    `cut` was read, UsageError where the delivery is none that the format can hold.
    """
    output_suffix(cut.path, delivery)  # refuses what the format cannot hold
    if strangers := sorted(set(styled) - {use.id for use in cut.uses}):
        raise TimelineError(f"the cut has no clip {strangers[0]!r} to relink", where=str(cut.path))
    if is_xmeml(cut.path):
        document = xmeml_read.load(cut.path, _bytes(cut.path))
        sequence = xmeml_read.choose(document, cut.sequence)
        _refuse_changed(cut, xmeml_read.read(document, sequence, PathMap()))
        return xmeml_patch.patch(document, sequence, cut, styled, delivery)
    from .exchange import cut as otio_cut
    from .exchange import patch as otio_patch

    opened = otio_cut.read(cut.path, None, cut.sequence, PathMap(), cut.reading)
    _refuse_changed(cut, opened.cut)
    return otio_patch.patch(opened, styled, delivery)


def archive(cut: Cut, styled: Mapping[str, StyledMedia]) -> bytes:
    """An `.otio` for the archive, whatever the cut came from: styled clips with both of their references.

    Raises TimelineError where the document cannot be read any more.
    """
    from .exchange import archive as otio_archive

    return otio_archive.archive(cut, styled, _bytes(cut.path) if is_xmeml(cut.path) else b"")


def write_bundle(cut: Cut, document: bytes, path: Path, paths: PathMap = PathMap()) -> None:  # noqa: B008
    """Puts a relinked document and every media file that it names into `path`, a new `.otioz` or `.otiod`.

    Raises OutputError where it cannot be written; half a bundle is never left there.
    """
    from .exchange import pack as otio_pack

    otio_pack.write_bundle(cut, document, path, paths)


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
    data = _document(written) if isinstance(written, Path) else written
    if is_xmeml(cut.path):
        before = xmeml_read.load(cut.path, _bytes(cut.path))
        name = xmeml_patch.styled_name(before, cut.sequence)
        with _readable(cut):
            after = xmeml_read.load(cut.path, data)
            again = xmeml_read.read(after, xmeml_read.choose(after, name), PathMap())
        xmeml_check.check(cut, before, after)
        compare(cut, again, styled, delivery)
        return
    from .exchange import cut as otio_cut
    from .exchange.check import comparable

    with _readable(cut):
        again = otio_cut.read(cut.path, data, cut.sequence, PathMap(), cut.reading).cut
    compare(cut, *comparable(cut, again, styled), delivery, timecodes=False)


def output_suffix(path: Path, delivery: Delivery = Delivery()) -> str:  # noqa: B008
    """The suffix of what is given back for this timeline: its own where that can be written, else `.otio`.

    Raises UsageError where the delivery asks for another format than this one can become, or for what
    it has no words for.
    """
    if is_xmeml(path):
        if delivery.container:
            hint = "Leave --as out; an .otio with both references lies beside the timeline anyway."
            what = f"Premiere's XML comes back as XML, not as .{delivery.container}"
            raise UsageError(what, where=str(path), hint=hint)
        return path.suffix
    if delivery.manner == "live":
        what = "OpenTimelineIO has no opacity, so that live ramps cannot be written into an .otio"
        hint = "Deliver with --delivery replace or stacked, or export Final Cut Pro XML from Premiere."
        raise UsageError(what, where=str(path), hint=hint)
    if delivery.container:
        return f".{delivery.container}"
    suffix = path.suffix.lower()
    return suffix if suffix in BUNDLES else ".otio"


@contextmanager
def _readable(cut: Cut) -> Iterator[None]:
    """What cannot be read of a relinked document is a fault of it."""
    try:
        yield
    except (TimelineError, UsageError) as error:
        what = f"the relinked timeline cannot be read again: {error.what}"
        raise VerifyError(what, where=str(cut.path), hint=FAULT) from error


def is_xmeml(path: Path) -> bool:
    """Whether it is Premiere's XML, by its suffix. Raises TimelineError where it is no timeline at all."""
    suffix = path.suffix.lower()
    if suffix not in TIMELINES:
        hint = _OTHER.get(suffix, "Export Final Cut Pro XML (.xml) from Premiere, or .otio.")
        what = f"a {suffix or 'file without a suffix'} is no timeline"
        raise TimelineError(what, where=str(path), hint=hint)
    return suffix in _XMEML


def _document(path: Path) -> bytes:
    if path.suffix.lower() not in BUNDLES:
        return _bytes(path)
    from .exchange.bundle import bundled_document

    return bundled_document(path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise TimelineError(f"the timeline cannot be read: {reason}", where=str(path)) from error


def _refuse_changed(cut: Cut, fresh: Cut) -> None:
    if _shape(fresh) != _shape(cut):
        hint = "Run the same command again: what is rendered already is kept."
        raise TimelineError("the timeline has changed since it was read", where=str(cut.path), hint=hint)


def _shape(cut: Cut) -> list[tuple[object, ...]]:
    """All that must not have changed between reading and relinking; where media lies may."""
    return [(use.id, use.record, use.time, use.head, use.tail, use.media.editor_path) for use in cut.uses]
