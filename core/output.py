"""The output folder: what lies where, which shots are in it, and how a timeline is put there.

Knows nothing of how shots are rendered or timelines relinked.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .cut import Cut, Facts, Plan, Shot, StyledMedia
from .errors import MediaError, OutputError, StyleReelError
from .media.formats import FORMATS
from .media.probe import read_facts
from .paths import PathMap
from .shotbook import Book
from .styled import styled_kind
from .whole import write_whole

SEGMENTS = "segments"
MEDIA = "media"
MATTES = "mattes"
_STILL_BYTES_PER_PIXEL = 6  # 16-bit RGB at its worst


def prepare(out: Path) -> None:
    """Makes the output folder and tries to write there. Raises OutputError before anything is rendered."""
    trial = out / ".stylereel.part"
    try:
        for folder in (out, out / MEDIA, out / SEGMENTS):
            folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"\0" * 4096)
    except OSError as error:
        what = f"the output folder cannot be written: {error.strerror or error}"
        raise OutputError(what, where=str(out), hint="Choose another folder with --out.") from error
    finally:
        with suppress(OSError):
            trial.unlink()


def styled_media(plan: Plan, book: Book, paths: PathMap) -> dict[str, StyledMedia]:
    """The styled file of every use whose shot is rendered as it is planned, by the use's id.

    Raises MediaError where a styled file cannot be read any more.
    """
    styled: dict[str, StyledMedia] = {}
    for shot in plan.shots:
        version = book.cached(shot.name, shot.key)
        if version is None:
            continue
        media = _styled(shot, book.path(version).resolve(), paths)
        for use in shot.uses:
            first = 0 if shot.picks else shot.frames.first - use.media.first
            styled[use.id] = replace(media, first_frame=first)
    return styled


def _styled(shot: Shot, path: Path, paths: PathMap) -> StyledMedia:
    known = read_facts(path, styled_kind(shot), shot.rate)
    return StyledMedia(
        path=path,
        editor_path=paths.to_editor(path),
        first_frame=shot.frames.first,
        frames=len(shot.frames),
        rate=shot.rate,
        start=shot.start,
        width=known.width,
        height=known.height,
        drop_frame=shot.drop_frame,
        reel=shot.media.reel,
        shot=shot.name,
        baked=bool(shot.picks),
        kind=styled_kind(shot),
    )


def publish(path: Path, content: bytes) -> Path | None:
    """Writes the timeline to `path`, whole; where it copied a former one that differs to (`…_v001`).

    Raises OutputError where it cannot be written.
    """
    try:
        present = path.read_bytes() if path.exists() else None
    except OSError as error:
        what = f"the former timeline cannot be read: {error.strerror or error}"
        raise OutputError(what, where=str(path)) from error
    if present == content:
        return None
    former = _former(path) if present is not None else None
    if former and present is not None:
        write_whole(former, present, "the former timeline")
    write_whole(path, content, "the timeline")
    return former


def publish_bundle(path: Path, write: Callable[[], None]) -> Path | None:
    """Has `write` make the bundle at `path`; where it moved a former one to, which comes back if it fails."""
    former = _former(path) if path.exists() else None
    try:
        if former:
            path.rename(former)
        write()
    except BaseException:
        if former and former.exists() and not path.exists():
            former.rename(path)
        raise
    return former


def _former(path: Path) -> Path:
    number = 1
    while (former := path.with_stem(f"{path.stem}_v{number:03}")).exists():
        number += 1
    return former


def offline(shots: Iterable[Shot], cut: Cut, whole: bool = False) -> StyleReelError | None:
    """One error that names every shot whose media or matte is missing or cannot be read, or None.

    Where the `whole` cut is meant, every clip that the reader found no media for is missing too.
    """
    lost = [shot for shot in shots if shot.status == "offline"]
    missing, matteless = ([one for one in lost if one.matteless is kind] for kind in (False, True))
    unfound = [note for note in cut.notes if whole and note.code == "E-OFFLINE"]
    if not lost and not unfound:
        return None
    found, look = list[str](), list[str]()
    if missing or unfound:
        kinds = ((len(missing), "shot"), (len(unfound), "clip"))
        counts = " and ".join(f"{n} {kind}" + ("s" if n > 1 else "") for n, kind in kinds if n)
        are = "is" if len(missing) + len(unfound) == 1 else "are"
        found = [f"the media of {counts} {are} missing or cannot be read:", *_lines(missing, cut)]
        found += [f"  {cut.timecode(note.record or 0)}  {note.message}" for note in unfound]
        look = ["Map the folder with --map EDITOR=HERE"] if missing else []
        look += ["say where footage lies with --search FOLDER"] if unfound else []
    if matteless:
        found += ["the matte of these shots cannot be used:", *_lines(matteless, cut)]
    hint = ", ".join([*look, "or leave these clips on their originals with --skip-offline."])
    code = "E-OFFLINE" if missing or unfound else "E-MATTE"
    return MediaError("\n".join(found), hint=hint[0].upper() + hint[1:], code=code)


def _lines(shots: Iterable[Shot], cut: Cut) -> Iterator[str]:
    for shot in shots:
        place = "" if shot.matteless else f"{shot.media.path}: "
        yield f"  {cut.timecode(shot.uses[0].record.first)}  {shot.uses[0].clip}: {place}{shot.reason}"


def expected_megabytes(plan: Plan, facts: Facts) -> float:
    """About what the shots to be rendered take on disk: as segments, and joined."""
    total = 0.0
    for shot in plan.shots:
        known = facts[shot.media.editor_path]
        if shot.status in ("new", "changed") and not isinstance(known, MediaError):
            bytes_per_pixel = _STILL_BYTES_PER_PIXEL if shot.still else FORMATS[shot.codec].bytes_per_pixel
            total += 2 * bytes_per_pixel * known.width * known.height * len(shot.frames)
    return total / 1e6
