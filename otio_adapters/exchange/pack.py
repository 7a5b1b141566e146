"""Writes the bundles `.otioz` and `.otiod`: a relinked document, and copies of all media it names.

A bundle appears whole or not at all. Media that is missing here keeps the path that it had.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import opentimelineio as otio
from opentimelineio.schema import ExternalReference, ImageSequenceReference

from ...core.cut import Cut
from ...core.errors import OutputError, VerifyError
from ...core.exchange import Delivery
from ...core.manifest import MANIFEST
from ...core.paths import PathMap
from ..pathurls import to_path
from .bundle import DOCUMENT, MEDIA, bundled_document
from .formats import opened
from .media import local_path
from .patch import written

_VERSION_FILE, _VERSION = "version.txt", "1.0.0"


def write_bundle(cut: Cut, document: bytes, path: Path, paths: PathMap) -> None:
    """Puts `document`, what `relink` gave for `cut`, and its media into a new bundle at `path`.

    `paths` says where this machine finds the editor's media. A bundle that stood at `path` goes.
    Raises OutputError where it cannot be written, VerifyError where it does not read as it should.
    """
    source = opened(cut.path, cut.reading, document)
    inside: dict[Path, str] = {}
    for clip in (clip for timeline in source.timelines for clip in timeline.find_clips()):
        for reference in clip.media_references().values():
            _bring_in(reference, source.folder, paths, inside)
    text = written(source, Delivery())
    try:
        with _whole(path) as part:
            if path.suffix.lower() == ".otiod":
                _write_folder(part, text, inside)
            else:
                _write_zip(part, text, inside)
    except (OSError, ValueError, zipfile.LargeZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        what = f"the bundle cannot be written: {reason}"
        raise OutputError(what, where=str(path), hint="Is there room on the disk?") from error
    if bundled_document(path) != text:
        raise VerifyError("the bundle does not hold the timeline that was put into it", where=str(path))


def _bring_in(
    reference: otio.core.MediaReference, folder: Path, paths: PathMap, inside: dict[Path, str]
) -> None:
    """Gives a reference its place in the bundle, and notes which files are to be copied there."""
    if isinstance(reference, ExternalReference) and reference.target_url:
        path = _local(reference.target_url, folder, paths)
        if path.is_file():
            reference.target_url = f"{MEDIA}/{quote(_named(path, inside))}"
    elif isinstance(reference, ImageSequenceReference) and reference.available_range:
        count = reference.number_of_images_in_sequence()
        files = [_local(reference.target_url_for_image_number(n), folder, paths) for n in range(count)]
        if files and all(file.is_file() for file in files):
            place = _named(files[0].parent, inside)
            inside |= {file: f"{place}/{file.name}" for file in (*files, files[0].with_name(MANIFEST))}
            reference.target_url_base = f"{MEDIA}/{quote(place)}"


def _local(url: str, folder: Path, paths: PathMap) -> Path:
    return local_path(to_path(url), folder, paths)


def _named(path: Path, inside: dict[Path, str]) -> str:
    """A name in the bundle that no other file has; the same for the same file."""
    if path not in inside:
        taken = {name.casefold() for name in inside.values()}
        name, number = path.name, 2
        while name.casefold() in taken:
            name, number = f"{path.stem}_{number}{path.suffix}", number + 1
        inside[path] = name
    return inside[path]


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place beside `path` whose content takes its place at the end, or goes."""
    with tempfile.TemporaryDirectory(prefix=".stylereel.", dir=path.parent) as folder:
        part, former = Path(folder) / path.name, Path(folder) / "former"
        yield part
        if path.exists():
            path.replace(former)
        part.replace(path)


def _write_zip(part: Path, text: bytes, inside: dict[Path, str]) -> None:
    with zipfile.ZipFile(part, "w") as bundle:
        bundle.writestr(_VERSION_FILE, _VERSION, zipfile.ZIP_DEFLATED)
        bundle.writestr(DOCUMENT, text, zipfile.ZIP_DEFLATED)
        for path, name in inside.items():
            if path.is_file():
                bundle.write(path, PurePosixPath(MEDIA, name).as_posix(), zipfile.ZIP_STORED)


def _write_folder(part: Path, text: bytes, inside: dict[Path, str]) -> None:
    (part / MEDIA).mkdir(parents=True)
    (part / _VERSION_FILE).write_text(_VERSION, "utf-8")
    for path, name in inside.items():
        if path.is_file():
            (part / MEDIA / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part / MEDIA / name)
    (part / DOCUMENT).write_bytes(text)
