"""Whether an output folder still holds what was rendered into it, and what its films look like.

Knows the shot book and how a file is held against it. Knows nothing of timelines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from .errors import MediaError, VerifyError
from .media.files import reason
from .media.formats import FORMATS
from .media.inspect_film import Sight, inspect_film, inspect_pictures
from .media.pictures import decoded_picture
from .media.tags import Tags
from .media.verify import Slate, verify_file
from .rates import timecode
from .shotbook import Book, Version, read_book, size_of
from .whole import content_hash

_BESIDE = 3  # folders up from a film, or from one of its numbered pictures


@dataclass(frozen=True, slots=True)
class Checked:
    """One styled file: `faults` must not be, `remarks` are to be looked at."""

    shot: str
    path: Path
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def check_book(book: Book, deep: bool = False) -> Iterator[Checked]:
    """Every shot's newest version: its file's hash, length, timecode and tags; where `deep` all frames."""
    for name in book.entries:
        if version := book.latest(name):
            yield _checked(name, book.files(version), version, deep)


def _checked(name: str, files: tuple[Path, ...], version: Version, deep: bool) -> Checked:
    path = files[0]
    faults: list[str] = []
    remarks: list[str] = []
    try:
        if gone := [one for one in files if not one.exists()]:
            return Checked(name, path, (_missing(gone, len(files)),))
        if version.size != (size := size_of(files)):
            faults.append(f"it has {size} bytes, not {version.size}")
        elif version.digest and content_hash(files) != version.digest:
            faults.append("its content is not what was written: the hash differs")
        if version.promise is None:
            remarks.append("it was rendered by a version that kept no hash and no promise of it")
        else:
            remarks += _hold(path, version.promise)
    except OSError as error:
        faults.append(f"it cannot be read: {reason(error)}")
    except (VerifyError, MediaError) as error:
        faults.append(error.what)
    if deep and not (version.promise or {}).get("still"):
        _look(files, version.promise or {}, faults, remarks)
    return Checked(name, path, tuple(faults), tuple(remarks))


def _missing(gone: list[Path], files: int) -> str:
    if files == 1:
        return "the file is missing"
    return f"{len(gone)} of its {files} pictures are missing: {gone[0].name}" + (" …" if gone[1:] else "")


def _hold(path: Path, promise: Any) -> list[str]:
    """Holds a file against its promise; what cannot be said of it. Raises VerifyError and MediaError."""
    if promise["still"]:
        decoded_picture(path)
        return []
    verify_file(path, slate_of(promise))
    if promise.get("colours") or FORMATS[promise["codec"]].numbered:
        return []
    return ["it was rendered by a version that kept no colour tags of it"]


def slate_of(promise: Any) -> Slate:
    """A promise of the book as a slate; its pixel aspect and sphere are the file's own."""
    return Slate(
        Fraction(promise["rate"]),
        promise["frames"],
        promise["start"],
        promise["drop_frame"],
        promise["reel"],
        None,
        form=FORMATS[promise["codec"]],
        colours=Tags(**promise["colours"]) if promise.get("colours") else None,
        sound=promise.get("sound", False),
    )


def _look(files: tuple[Path, ...], promise: Any, faults: list[str], remarks: list[str]) -> None:
    try:
        if len(files) == 1:
            sights = inspect_film(files[0], promise.get("frames"))
        else:
            sights = inspect_pictures(files, Fraction(promise["rate"]))
    except MediaError as error:
        faults.append(error.what)
        return
    for sight in sights:
        if sight.is_fault:
            faults.append(_told(sight, promise))
        elif sight.kind == "black" or promise.get("moving", True):
            remarks.append(_told(sight, promise))


def _told(sight: Sight, promise: Any) -> str:
    """A sight in words: `frames 12-14 are black (from 01:00:00:12)`."""
    one = sight.first == sight.last
    frames, be = (f"frame {sight.first}", "is") if one else (f"frames {sight.first}-{sight.last}", "are")
    words = {"corrupt": "cannot be decoded", "duplicate": f"{be} the one before it again"}
    what = f"{frames} {words.get(sight.kind, f'{be} {sight.kind}')}"
    if not promise:
        return what
    place = timecode(promise["start"] + sight.first, Fraction(promise["rate"]), promise["drop_frame"])
    return f"{what} ({place if one else f'from {place}'})"


def check_file(path: Path, deep: bool = False) -> Checked:
    """One film: against the shot book that it lies beside, or where none knows it, whether it can be read.

    All its frames where `deep`.
    """
    from .media.probe import read_facts

    for folder in path.resolve().parents[:_BESIDE]:
        book = read_book(folder)
        for name, entry in book.entries.items():
            for version in entry.versions:
                if path.resolve() in book.files(version):
                    return _checked(name, book.files(version), version, deep)
    try:
        read_facts(path)
    except MediaError as error:
        return Checked(path.name, path, (error.what,))
    faults: list[str] = []
    remarks = ["no shot book knows it, so there is nothing to hold it against"]
    if deep:
        _look((path,), {}, faults, remarks)
    return Checked(path.name, path, tuple(faults), tuple(remarks))
