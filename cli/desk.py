"""Everything a command works on, gathered once: film file, cut, media facts, shot book, plan. No torch."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from .. import presets
from ..core.cut import Cut, MediaFacts, Plan
from ..core.errors import MediaError, UsageError
from ..core.film import Film, ShelfPreset, read_film, shelf_presets
from ..core.film_file import Output
from ..core.media.headers import HeaderMemory
from ..core.nets.shelf import find_style, sha256
from ..core.paths import PathMap
from ..core.plan import make_plan
from ..core.preset import is_style_path
from ..core.scenes import Dressed, dress
from ..core.shotbook import Book, read_book
from ..otio_adapters.timelines import read_cut

FILM_FILE = "film.toml"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says, before anything is read; `no_film` looks for no film file."""

    cut: Path
    film: Path | None = None
    preset: str | None = None
    sets: tuple[str, ...] = ()
    sequence: str | None = None
    out: Path | None = None
    maps: tuple[str, ...] = ()
    handles: str | None = None
    no_film: bool = False


@dataclass(frozen=True)
class Desk:
    """A cut with everything that belongs to it, planned."""

    wishes: Wishes
    film: Film
    cut: Cut
    dressed: Dressed
    facts: dict[str, MediaFacts | MediaError]
    out: Path
    book: Book
    plan: Plan

    def style_file(self, style: str) -> Path:
        """The file of a preset's style."""
        return style_file(style)

    def style_key(self, style: str) -> str:
        """The content hash of a preset's style."""
        return style_key(style)


def open_desk(wishes: Wishes) -> Desk:
    """Reads everything and plans. Raises what the rooms raise, with the place in it."""
    film = open_film(wishes)
    cut = read_cut(wishes.cut, wishes.sequence, film.paths)
    dressed = dress(cut, film, wishes.preset, wishes.sets)
    facts = gather_facts(cut)
    out = out_folder(wishes)
    book = read_book(out)
    plan = make_plan(cut, film, dressed, facts, book, style_key)
    return Desk(wishes, film, cut, dressed, facts, out, book, plan)


def out_folder(wishes: Wishes) -> Path:
    """Where everything goes."""
    return wishes.out or wishes.cut.with_name(f"{wishes.cut.stem}_stylereel")


def planned_again(desk: Desk, film: Film, sets: tuple[str, ...] = ()) -> Plan:
    """The plan with another film or further `--set`s, on the same cut and media."""
    dressed = dress(desk.cut, film, desk.wishes.preset, (*desk.wishes.sets, *sets))
    return make_plan(desk.cut, film, dressed, desk.facts, desk.book, style_key)


def open_film(wishes: Wishes) -> Film:
    """The film file with the command line's paths and handles, or the film that has none."""
    found = None if wishes.no_film else wishes.film or _film_near(Path.cwd())
    film = read_film(found, shelf())
    pairs = (*(_pair(text) for text in wishes.maps), *film.paths.pairs)
    paths = PathMap(tuple((editor, str(Path(here).expanduser().resolve())) for editor, here in pairs))
    return replace(film, paths=paths, output=_with_handles(film.output, wishes.handles))


def shelf() -> dict[str, ShelfPreset]:
    """The presets that ship, and the user's own."""
    return shelf_presets(shelf_folders())


def shelf_folders() -> tuple[Path, ...]:
    """Where presets and styles lie: what ships, then the user's own folder."""
    return (Path(presets.__file__).parent, user_presets())


def user_presets() -> Path:
    """The user's own folder of presets and styles."""
    return platformdirs.user_config_path("stylereel", appauthor=False) / "presets"


def style_file(style: str) -> Path:
    """The file of a preset's style: on a shelf, or at its path. Raises StyleError."""
    return find_style(style, () if is_style_path(style) else shelf_folders())


@cache
def style_key(style: str) -> str:
    """The content hash of a preset's style. Raises StyleError where there is none."""
    return sha256(style_file(style))


def gather_facts(cut: Cut) -> dict[str, MediaFacts | MediaError]:
    """What the headers of all used media say, by the editor's path, or why there is nothing to say."""
    memory = HeaderMemory(platformdirs.user_cache_path("stylereel", appauthor=False) / "headers.json")
    paths = {use.media.editor_path: use.media.path for use in cut.uses}
    facts = {editor_path: _or_error(memory.facts, path) for editor_path, path in paths.items()}
    memory.keep()
    return facts


def _or_error(read: Callable[[Path], MediaFacts], path: Path) -> MediaFacts | MediaError:
    try:
        return read(path)
    except MediaError as error:
        return error


def _film_near(folder: Path) -> Path | None:
    found = (place / FILM_FILE for place in (folder, *folder.parents))
    return next((path for path in found if path.is_file()), None)


def _pair(text: str) -> tuple[str, str]:
    editor, equals, here = text.partition("=")
    if not (equals and editor and here):
        raise UsageError("is not EDITOR=HERE, such as C:/footage=/mnt/footage", where=f"--map {text}")
    return editor, here


def _with_handles(output: Output, handles: str | None) -> Output:
    if handles is None:
        return output
    value = int(handles) if re.fullmatch(r"\d+", handles) else handles
    try:
        return Output.model_validate({**output.model_dump(), "handles": value})
    except ValidationError as error:
        raise UsageError(
            "is neither frames (12, 12f) nor seconds (1s)", where=f"--handles {handles}"
        ) from error
