"""Everything a command works on, gathered once: film file, cut, media facts, shot book, plan. No torch."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

import platformdirs
from pydantic import ValidationError

from .. import presets
from ..core.conform import conformed
from ..core.cut import Cut, Facts, MediaFacts, MediaKind, MediaRef, Plan
from ..core.errors import MediaError, UsageError
from ..core.exchange import Dialect, Reading
from ..core.film import Film, ShelfPreset, read_film, shelf_presets
from ..core.film_file import Output
from ..core.layers import is_style_path
from ..core.mattes.content import MatteContent, matte_content
from ..core.media.cube import read_cube
from ..core.media.headers import HeaderMemory
from ..core.media.probe import read_facts
from ..core.media.search import footage_in
from ..core.nets.shelf import find_style, is_style, read_record, styles_in
from ..core.nets.unopened import check_file, net_key
from ..core.paths import PathMap
from ..core.placing import placed
from ..core.plan import Styles, make_plan
from ..core.preset import Matte
from ..core.rates import FrameRange, snap_rate
from ..core.scenes import Dressed, dress
from ..core.shotbook import Book, read_book
from ..core.tracing import in_place, traced
from ..otio_adapters.timelines import BUNDLES, is_xmeml, read_cut

FILM_FILE = "film.toml"
_HANDLES = "is neither frames (12, 12f) nor seconds (1s)"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says, before anything is read; `no_film` looks for no film file.

    `output` has keys of the film file's `[output]`, `timeline` those of `Delivery` that are about the
    file alone.
    """

    cut: Path
    film: Path | None = None
    preset: str | None = None
    sets: tuple[str, ...] = ()
    sequence: str | None = None
    out: Path | None = None
    maps: tuple[str, ...] = ()
    search: tuple[Path, ...] = ()
    rate: str | None = None
    dialect: str = "auto"
    output: Mapping[str, Any] = field(default_factory=dict)
    timeline: Mapping[str, Any] = field(default_factory=dict)
    no_film: bool = False


@dataclass(frozen=True)
class Desk:
    """A cut with everything that belongs to it, planned.

    `document` is the cut as its file tells it, `cut` the same in the true frames of its sources.
    """

    wishes: Wishes
    film: Film
    document: Cut
    cut: Cut
    dressed: Dressed
    facts: Facts
    out: Path
    book: Book
    plan: Plan

    def style_file(self, style: str) -> Path:
        """The file of a preset's style."""
        return style_file(style)

    def style_key(self, style: str) -> str:
        """The content hash of a preset's style."""
        return style_key(style)


@dataclass(frozen=True)
class OpenCut:
    """A cut with its media, not planned: `cut` is `document` in the true frames of its sources."""

    film: Film
    document: Cut
    cut: Cut
    facts: Facts


def open_cut(wishes: Wishes) -> OpenCut:
    """Reads a cut and the headers of its media. Raises what the rooms raise, with the place in it."""
    film = open_film(wishes)
    memory = HeaderMemory(platformdirs.user_cache_path("stylereel", appauthor=False) / "headers.json")
    document = read_cut(wishes.cut, wishes.sequence, film.paths, _reading(wishes, memory))
    said = gather_facts(document, memory)
    film = replace(film, paths=film.paths.seen_from(use.media.editor_path for use in document.uses))
    sources = traced(placed(document, said), said, film.paths)
    facts = gather_facts(sources, memory)
    memory.keep()
    manner, notes = in_place(film.output.delivery, document, sources)
    film = replace(film, output=film.output.model_copy(update={"delivery": manner}))
    cut = conformed(sources, facts)
    return OpenCut(film, document, replace(cut, notes=(*cut.notes, *notes)), facts)


def open_desk(wishes: Wishes) -> Desk:
    """Reads everything and plans. Raises what the rooms raise, with the place in it."""
    opened = open_cut(wishes)
    film, document, cut, facts = opened.film, opened.document, opened.cut, opened.facts
    dressed = dress(cut, film, wishes.preset, wishes.sets)
    out = out_folder(wishes)
    book = read_book(out)
    plan = make_plan(cut, film, dressed, facts, book, STYLES)
    return Desk(wishes, film, document, cut, dressed, facts, out, book, plan)


def _reading(wishes: Wishes, memory: HeaderMemory) -> Reading:
    try:
        rate = snap_rate(Fraction(wishes.rate)) if wishes.rate else None
    except (ValueError, ZeroDivisionError) as error:
        hint = "Frames per second: 25, 23.976 or 30000/1001."
        raise UsageError("is not a frame rate", where=f"--rate {wishes.rate}", hint=hint) from error
    if rate and wishes.cut.suffix.lower() != ".edl":
        raise UsageError("is for EDLs; this timeline says its own rate", where=f"--rate {wishes.rate}")
    if wishes.dialect not in (dialects := get_args(Dialect)):
        raise UsageError(f"is none of {', '.join(dialects)}", where=f"--retime-dialect {wishes.dialect}")
    if is_xmeml(wishes.cut):
        _refuse_for_xmeml(wishes)
    if missing := [folder for folder in wishes.search if not folder.is_dir()]:
        raise UsageError("is not a folder", where=f"--search {missing[0]}")
    return Reading(rate, cast(Dialect, wishes.dialect), footage_in(wishes.search, memory.facts))


def _refuse_for_xmeml(wishes: Wishes) -> None:
    """Premiere's XML leaves nothing open, and names every file."""
    if wishes.dialect != "auto":
        what = "is for OpenTimelineIO's files; Premiere's XML leaves nothing open"
        raise UsageError(what, where=f"--retime-dialect {wishes.dialect}")
    if wishes.search:
        what = "is for clips that name no file; Premiere's XML names every one"
        hint = "Media that was moved: --map EDITOR=HERE says where a folder of the editor's lies here."
        raise UsageError(what, where=f"--search {wishes.search[0]}", hint=hint)


def wishes_at(path: Path | None, option: str, asked: Mapping[str, Any]) -> Wishes | None:
    """What to open where `path`, which `option` gave, is a timeline; None for a folder, or none at all.

    A folder with a bundle's suffix is a timeline. `asked` are other fields of `Wishes`. Raises MediaError
    where nothing is there, UsageError where what was asked for is about a timeline and there is none.
    """
    if path is not None and (not path.is_dir() or path.suffix.lower() in BUNDLES):
        if not path.exists():
            where = f"{option} {path}"
            raise MediaError("there is no such folder or timeline", where=where, code="E-OFFLINE")
        return Wishes(path, **asked)
    if given := next((key for key, value in asked.items() if value), None):
        own = "map" if given == "maps" else given
        raise UsageError(f"is for {option} CUT, a timeline", where=f"--{own}")
    return None


def out_folder(wishes: Wishes) -> Path:
    """Where everything goes."""
    return wishes.out or wishes.cut.with_name(f"{wishes.cut.stem}_stylereel")


def planned_again(desk: Desk, film: Film, sets: tuple[str, ...] = ()) -> Plan:
    """The plan with another film or further `--set`s, on the same cut and media."""
    dressed = dress(desk.cut, film, desk.wishes.preset, (*desk.wishes.sets, *sets))
    return make_plan(desk.cut, film, dressed, desk.facts, desk.book, STYLES)


def open_film(wishes: Wishes) -> Film:
    """The film file with the command line's paths and output, or the film that has none."""
    found = None if wishes.no_film else wishes.film or _film_near(Path.cwd())
    film = read_film(found, shelf())
    paths = PathMap((*map_pairs(wishes.maps), *_resolved(film.paths.pairs)))
    return replace(film, paths=paths, output=_with_output(film.output, wishes.output))


def shelf() -> dict[str, ShelfPreset]:
    """The presets that ship, and the user's own."""
    return shelf_presets(shelf_folders())


def shelf_folders() -> tuple[Path, ...]:
    """Where presets and styles lie: what ships, then the user's own folder."""
    return (Path(presets.__file__).parent, user_presets())


def user_presets() -> Path:
    """The user's own folder of presets and styles."""
    return platformdirs.user_config_path("stylereel", appauthor=False) / "presets"


def shipped_styles() -> tuple[Path, ...]:
    """The styles that ship, all on one base net."""
    return tuple(styles_in(shelf_folders()[0]))


def style_file(style: str) -> Path:
    """The file of a preset's style: on a shelf, or at its path. Raises StyleError."""
    return find_style(style, () if is_style_path(style) else shelf_folders())


@cache
def style_key(style: str) -> str:
    """The content hash of a preset's style. Raises StyleError where there is none that can be worn."""
    path = style_file(style)
    check_file(path, shelf_folders())
    return net_key(path)


@cache
def style_base(style: str) -> str:
    """The hash of a style's base net, "" for a net that has none. Raises StyleError where it is torn."""
    path = style_file(style)
    return read_record(path).base if is_style(path) else ""


@cache
def _header(path: Path, kind: MediaKind, rate: Fraction) -> MediaFacts:
    return read_facts(path, kind, rate)


def matte_of(matte: Matte, media: MediaRef, known: MediaFacts | None, frames: FrameRange) -> MatteContent:
    """What a preset's matte is for frames of a source; raises as `matte_content` does."""
    return matte_content(matte, media, known, frames, _header)


@cache
def lut_key(path: str) -> str:
    """The hash of a LUT's numbers. Raises UsageError, with the line, where it cannot be worn."""
    return read_cube(Path(path)).key


STYLES = Styles(style_key, style_base, matte_of, lut_key)


def gather_facts(cut: Cut, memory: HeaderMemory) -> Facts:
    """What the headers of all used media say, by the editor's path, or why there is nothing to say."""
    media = {use.media.editor_path: use.media for use in cut.uses}
    return {path: _or_error(memory, one) for path, one in media.items()}


def _or_error(memory: HeaderMemory, media: MediaRef) -> MediaFacts | MediaError:
    try:
        return memory.facts(media.path, media.kind, media.plays or media.rate)
    except MediaError as error:
        return error


def _film_near(folder: Path) -> Path | None:
    found = (place / FILM_FILE for place in (folder, *folder.parents))
    return next((path for path in found if path.is_file()), None)


def map_pairs(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """What `--map EDITOR=HERE` says: the editor's folders, and where each lies here, in full."""
    return _resolved(map(_pair, texts))


def _resolved(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((editor, str(Path(here).expanduser().resolve())) for editor, here in pairs)


def _pair(text: str) -> tuple[str, str]:
    editor, equals, here = text.partition("=")
    if not (equals and editor and here):
        raise UsageError("is not EDITOR=HERE, such as C:/footage=/mnt/footage", where=f"--map {text}")
    return editor, here


def _with_output(output: Output, wished: Mapping[str, Any]) -> Output:
    for key, given in wished.items():
        value = int(given) if key == "handles" and re.fullmatch(r"\d+", given) else given
        try:
            output = Output.model_validate({**output.model_dump(), key: value})
        except ValidationError as error:
            choices = error.errors()[0]["msg"].removeprefix("Input should be ").replace("'", "")
            what = _HANDLES if key == "handles" else f"is not {choices}"
            raise UsageError(what, where=f"--{key.replace('_', '-')} {given}") from error
    return output
