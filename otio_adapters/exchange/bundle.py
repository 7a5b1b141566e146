"""The bundles `.otioz` (a zip) and `.otiod` (a folder): a timeline and its media in one place.

Media in a zip is laid out once in the user's cache, under a name that follows what the zip lists, so
that it can be read in place.
"""

import hashlib
import lzma
import os
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

import platformdirs

from ...core.errors import TimelineError

DOCUMENT = "content.otio"
MEDIA = "media"
_DAMAGE = (  # what zipfile lets through of damaged, encrypted or strangely packed bundles
    OSError,
    EOFError,
    KeyError,
    ValueError,
    OverflowError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


def bundled_document(path: Path) -> bytes:
    """The `.otio` inside a bundle. Raises TimelineError where there is none that can be read."""
    try:
        if path.suffix.lower() == ".otiod":
            return (path / DOCUMENT).read_bytes()
        with zipfile.ZipFile(path) as bundle:
            return bundle.read(DOCUMENT)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error


def media_folder(path: Path) -> Path:
    """The folder that a bundle's relative media paths start in. Raises TimelineError.

    That of a zip is a cache folder, into which its media is copied where it is not there yet.
    """
    if path.suffix.lower() == ".otiod":
        return path
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = [entry for entry in bundle.infolist() if _is_media(entry)]
            folder = _cache(entries)
            for entry in entries:
                _lay_out(bundle, entry, folder / entry.filename)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    return folder


def _is_media(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename).parts
    return not entry.is_dir() and len(parts) > 1 and parts[0] == MEDIA and ".." not in parts


def _cache(entries: list[zipfile.ZipInfo]) -> Path:
    listed = "\n".join(f"{entry.filename}\t{entry.file_size}\t{entry.CRC}" for entry in entries)
    key = hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return platformdirs.user_cache_path("stylereel", appauthor=False) / "bundles" / key


def _lay_out(bundle: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Copies one file out of a zip, whole or not at all."""
    if target.exists() and target.stat().st_size == entry.file_size:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with bundle.open(entry) as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _unreadable(path: Path, error: Exception) -> TimelineError:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    what = f"the bundle cannot be read: {' '.join(str(reason).split())}"
    return TimelineError(what, where=str(path), hint="Export it again.", code="E-SCHEMA")
