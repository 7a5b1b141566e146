"""`shots.json`: what the shots of a film are called, and what was rendered of them.

Kept beside the output, so that names stay after a re-cut and nothing is rendered twice. Knows
nothing of how shots are made or rendered.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

from .cut import MediaRef, Shot, seen_of
from .errors import OutputError
from .media.formats import FORMATS
from .media.tags import Tags
from .naming import base_of, safe_name
from .numbering import run_from
from .paths import is_windows
from .rates import FrameRange
from .whole import content_hash, write_whole

BOOK_NAME = "shots.json"
_FORMAT = 1
Mezzanine = tuple[tuple[str, int, int], ...]
"""Files of lossless frames, relative to the book's folder, with the first of those in use and the stop."""


@dataclass(frozen=True, slots=True)
class Version:
    """One rendered version of a shot: `file` is relative to the book's folder, `made_of` what went in. Of
    numbered pictures `file` is the first, and `size` and `digest` are those of all.

    `steadiness` is what was measured of it, as `flicker.measured` gives it; `doubt` is what was odd about its
    matte when it was rendered. `digest` is the file's hash and `promise` what it should say of itself;
    versions that were rendered before these were kept have neither. `mezzanine` is what a film was encoded of
    whose format cannot be joined of its own packets.
    """

    number: int
    key: str
    file: str
    size: int
    made_of: Mapping[str, str]
    steadiness: Mapping[str, float] | None = None
    doubt: str = ""
    digest: str = ""
    promise: Mapping[str, Any] | None = None
    mezzanine: Mezzanine = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One shot as it last was: which source frames it showed, and its versions, the oldest first."""

    name: str
    media: str
    fingerprint: str
    frames: FrameRange
    track: str
    preset: str
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """Every shot that was ever rendered into one folder, by name."""

    folder: Path
    entries: Mapping[str, Entry]

    def cached(self, name: str, key: str) -> Version | None:
        """The newest version of a shot with this key whose files are still there with their size."""
        return next(
            (version for version in self._newest(name) if version.key == key and self._kept(version)), None
        )

    def latest(self, name: str) -> Version | None:
        """The newest version of a shot."""
        return next(iter(self._newest(name)), None)

    def next_version(self, name: str) -> int:
        """The number that the next rendered version of a shot gets, from 1."""
        latest = self.latest(name)
        return latest.number + 1 if latest else 1

    def path(self, version: Version) -> Path:
        """Where a version's file is, or the first of its numbered pictures."""
        return self.folder / version.file

    def files(self, version: Version) -> tuple[Path, ...]:
        """All files that a version is made of."""
        return _files(self.path(version), version.promise)

    def _newest(self, name: str) -> Iterable[Version]:
        entry = self.entries.get(name)
        return reversed(entry.versions) if entry else ()

    def _kept(self, version: Version) -> bool:
        try:
            return size_of(self.files(version)) == version.size
        except OSError:
            return False


def read_book(folder: Path) -> Book:
    """The shot book of an output folder; an empty one where there is none. Raises OutputError."""
    path = folder / BOOK_NAME
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != _FORMAT:
            raise ValueError(f"format {data['format']!r} is not {_FORMAT}")
        return Book(folder, {entry.name: entry for entry in map(_entry, data["shots"])})
    except (FileNotFoundError, NotADirectoryError):  # whether a folder can be there is seen on writing
        return Book(folder, {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "Move it away to start a new one: shots are then named and rendered afresh."
        raise OutputError(f"the shot book cannot be read: {error}", where=str(path), hint=hint) from error


def write_book(book: Book) -> None:
    """Writes the book into its folder, whole or not at all. Raises OutputError."""
    data = {"format": _FORMAT, "shots": [_record(entry) for entry in book.entries.values()]}
    content = (json.dumps(data, indent=1) + "\n").encode("utf-8")
    write_whole(book.folder / BOOK_NAME, content, "the shot book")


def with_version(
    book: Book,
    shot: Shot,
    file: Path,
    colours: Tags | None = None,
    steadiness: Mapping[str, float] | None = None,
    doubt: str = "",
    mezzanine: Mezzanine = (),
) -> Book:
    """The book after a shot was rendered into `file`, which lies in the book's folder and is complete.

    Of numbered pictures `file` is the first. `colours` are the tags that it was written with.
    """
    made_of, promise = json.loads(shot.made_of), promised(shot, colours)
    files = _files(file, promise)
    number = book.next_version(shot.name)
    version = Version(
        number,
        shot.key,
        file.relative_to(book.folder).as_posix(),
        size_of(files),
        made_of,
        steadiness,
        doubt,
        content_hash(files),
        promise,
        mezzanine,
    )
    former = book.entries.get(shot.name)
    entry = Entry(
        name=shot.name,
        media=media_identity(shot.media),
        fingerprint=made_of["source"],
        frames=seen_of(shot.uses),
        track=shot.uses[0].track,
        preset=shot.preset,
        versions=(*(former.versions if former else ()), version),
    )
    return replace(book, entries={**book.entries, shot.name: entry})


def size_of(files: Iterable[Path]) -> int:
    """The bytes that files have; raises OSError where one is missing."""
    return sum(path.stat().st_size for path in files)


def _files(path: Path, promise: Mapping[str, Any] | None) -> tuple[Path, ...]:
    """The files of styled media by the first and what it promises of itself."""
    if promise and not promise["still"] and FORMATS[promise["codec"]].numbered:
        return run_from(path, promise["frames"])
    return (path,)


def promised(shot: Shot, colours: Tags | None) -> dict[str, Any]:
    """What the styled file of a shot says of itself; `moving` where its pictures differ."""
    return {
        "frames": len(shot.frames),
        "rate": str(shot.rate),
        "start": shot.start,
        "drop_frame": shot.drop_frame,
        "reel": shot.media.reel,
        "codec": shot.codec,
        **({"sound": True} if shot.sound else {}),
        "still": shot.still,
        "moving": not shot.picks,
        "colours": asdict(colours) if colours else None,
    }


def media_identity(media: MediaRef) -> str:
    """The same text for the same file: its path in one Unicode form, without case on Windows."""
    path = normalize("NFC", media.editor_path)
    return path.replace("\\", "/").casefold() if is_windows(path) else path


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where a shot that wants its former name comes from."""

    scene: str
    media: str
    fingerprint: str
    frames: FrameRange
    track: str
    preset: str


def remembered(book: Book, sightings: Sequence[Sighting]) -> list[str | None]:
    """The former name of each shot: same scene and media, and the most frames in common.

    Each name is given once; a shot in the same preset comes before one in another, then one on the same
    track before one that went to another (a styled copy stands above its original).
    """
    shelves = _shelves(book.entries.values())
    found: list[tuple[bool, bool, int, int, str]] = []
    for at, sighting in enumerate(sightings):
        for entry in _near(shelves, sighting).values():
            common = len(entry.frames.clamped(sighting.frames))
            if common:
                strange = (entry.preset != sighting.preset, entry.track != sighting.track)
                found.append((*strange, -common, at, entry.name))
    names: list[str | None] = [None] * len(sightings)
    given: set[str] = set()
    for *_, at, name in sorted(found):
        if names[at] is None and name not in given:
            names[at] = name
            given.add(name)
    return names


_Shelf = tuple[list[int], list[Entry], int]


def _shelves(entries: Iterable[Entry]) -> dict[tuple[str, str], _Shelf]:
    """The entries of each (scene, media), sorted by first frame, and the longest one's length."""
    rows: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        for media in {entry.media, entry.fingerprint} - {""}:
            rows.setdefault((base_of(entry.name).casefold(), media), []).append(entry)
    shelves = {}
    for place, row in rows.items():
        row.sort(key=lambda entry: entry.frames.first)
        shelves[place] = ([entry.frames.first for entry in row], row, max(len(entry.frames) for entry in row))
    return shelves


def _near(shelves: Mapping[tuple[str, str], _Shelf], sighting: Sighting) -> dict[str, Entry]:
    """The entries that may share frames with a sighting, by name."""
    near: dict[str, Entry] = {}
    for media in (sighting.fingerprint, sighting.media):
        place = (safe_name(sighting.scene).casefold(), media)
        firsts, row, longest = shelves.get(place, ([], [], 0))
        begin = bisect_left(firsts, sighting.frames.first - longest)
        near |= {entry.name: entry for entry in row[begin : bisect_left(firsts, sighting.frames.stop)]}
    return near


def _record(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry), "frames": [entry.frames.first, entry.frames.stop]}


def _entry(data: Mapping[str, Any]) -> Entry:
    versions = tuple(map(_version, data["versions"]))
    return Entry(**{**data, "frames": FrameRange(*data["frames"]), "versions": versions})


def _version(data: Mapping[str, Any]) -> Version:
    pieces = ((str(file), int(first), int(stop)) for file, first, stop in data.get("mezzanine", ()))
    return Version(**{**data, "mezzanine": tuple(pieces)})
