"""Reading a film file and the presets of the shelf, with every fault at once.

Knows how presets go on from each other. Knows nothing of the cut that is to be dressed (`scenes`),
of ramps, or of styles beyond their names.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .errors import UsageError
from .faults import Fault, did_you_mean, film_error, model_faults, syntax_error
from .film_file import FilmFile, Output, Scene, ShotRule
from .layers import THUMBNAIL, Layer, rooted_style
from .paths import PathMap
from .preset import PresetBody


@dataclass(frozen=True, slots=True)
class ShelfPreset:
    """A preset of a shelf's folder, as its file `path` has it."""

    name: str
    path: Path
    body: PresetBody

    @property
    def title(self) -> str:
        """A line about it for people; its name where it has none."""
        return self.body.title or self.name

    @property
    def thumbnail(self) -> Path | None:
        """What it looks like, if there is a picture of that beside it."""
        path = self.path.with_name(f"{self.name}{THUMBNAIL}")
        return path if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Film:
    """A film file that has no faults, or none at all (`path` is None).

    `presets` has every preset that can be named, of the file and of the shelf, as its layers, its
    own first and those it extends behind. Styles that are paths are absolute in them. `again` is what the
    command `shot` sets on a shot by its name, above all else.
    """

    path: Path | None = None
    output: Output = field(default_factory=Output)
    presets: Mapping[str, tuple[Layer, ...]] = field(default_factory=dict)
    scenes: tuple[Scene, ...] = ()
    shots: Mapping[str, ShotRule] = field(default_factory=dict)
    paths: PathMap = field(default_factory=PathMap)
    again: Mapping[str, Layer] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that relative paths of the film are relative to."""
        return self.path.parent if self.path else Path.cwd()


def shelf_presets(folders: Iterable[Path]) -> dict[str, ShelfPreset]:
    """The presets of some folders, by name; a later folder's wins. Folders may be absent.

    Raises FilmError where a preset's file has faults.
    """
    shelf: dict[str, ShelfPreset] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            text, data = _load(path)
            try:
                shelf[path.stem] = ShelfPreset(path.stem, path, PresetBody.model_validate(data))
            except ValidationError as error:
                raise film_error(str(path), text, list(model_faults(error, PresetBody))) from error
    return shelf


def read_film(path: Path | None, shelf: Mapping[str, ShelfPreset]) -> Film:
    """The film file at `path`, or the film that only has the shelf's presets where `path` is None.

    Raises FilmError with every fault of the file, UsageError where it cannot be read.
    """
    if path is None:
        return Film(presets=_all_presets(FilmFile(), shelf, Path.cwd()))
    text, data = _load(path)
    faults = list(_meaning_faults(data, shelf))
    try:
        film_file = FilmFile.model_validate(data)
    except ValidationError as error:
        faults = [*model_faults(error, FilmFile), *faults]
        raise film_error(str(path), text, faults) from error
    faults = faults or list(_style_faults(film_file, shelf, path.parent))
    if faults:
        raise film_error(str(path), text, faults)
    return Film(
        path=path,
        output=film_file.output,
        presets=_all_presets(film_file, shelf, path.parent),
        scenes=tuple(film_file.scenes),
        shots=film_file.shots,
        paths=PathMap(tuple(film_file.paths.items())),
    )


def with_shot_settings(film: Film, shot: str, settings: Layer) -> Film:
    """The film with further values for one shot, over those of the file and any `--set` for all."""
    return replace(film, again={shot: Layer(settings.rule, rooted_style(settings.values, film.folder))})


def _load(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return text, tomllib.loads(text)
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8 text", where=str(path), hint="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise syntax_error(str(path), error) from error


def _meaning_faults(data: Mapping[str, Any], shelf: Mapping[str, ShelfPreset]) -> Iterator[Fault]:
    """What can be said of names before the tables are known to be sound."""
    presets = data.get("presets")
    presets = presets if isinstance(presets, dict) else {}
    known = {*presets, *shelf}
    for name, body in presets.items():
        parent = body.get("extends") if isinstance(body, dict) else None
        if not isinstance(parent, str):
            continue
        if parent not in (known if parent != name else shelf):
            yield Fault(("presets", name, "extends"), _unknown(parent, known - {name}))
        elif circle := _circle(name, presets):
            yield Fault(("presets", name, "extends"), "goes round in a circle: " + " → ".join(circle))
    scenes, shots = data.get("scenes"), data.get("shots")
    wearers = [(("scenes", at), scene) for at, scene in enumerate(scenes if isinstance(scenes, list) else [])]
    wearers += [(("shots", name), shot) for name, shot in (shots if isinstance(shots, dict) else {}).items()]
    for place, wearer in wearers:
        named = wearer.get("preset") if isinstance(wearer, dict) else None
        if isinstance(named, str) and named not in known:
            yield Fault((*place, "preset"), _unknown(named, known))


def _unknown(name: str, known: "set[str]") -> str:
    return f'there is no preset "{name}"' + did_you_mean(name, known)


def _circle(name: str, presets: Mapping[str, Any]) -> list[str]:
    """The way from a preset of the file back to itself, or nothing; the shelf's namesake is another."""
    way = [name]
    while True:
        body = presets.get(way[-1])
        parent = body.get("extends") if isinstance(body, dict) else None
        if not isinstance(parent, str) or parent == way[-1] or parent not in presets:
            return []
        if parent in way:
            return [*way, parent] if parent == name else []
        way.append(parent)


def _style_faults(film_file: FilmFile, shelf: Mapping[str, ShelfPreset], folder: Path) -> Iterator[Fault]:
    for name in film_file.presets:
        if not any(
            layer.values.get("style") or layer.values.get("chain")
            for layer in _layers(name, film_file, shelf, folder)
        ):
            hint = 'style = "…" (of the shelf, or a file), chain = […] or extends = "…" (a preset) is missing'
            yield Fault(("presets", name), f"has no style: {hint}")


def _all_presets(
    film_file: FilmFile, shelf: Mapping[str, ShelfPreset], folder: Path
) -> dict[str, tuple[Layer, ...]]:
    names = [*film_file.presets, *(name for name in shelf if name not in film_file.presets)]
    return {name: tuple(_layers(name, film_file, shelf, folder)) for name in names}


def _layers(
    name: str, film_file: FilmFile, shelf: Mapping[str, ShelfPreset], folder: Path
) -> Iterator[Layer]:
    """A preset's own values, then those of what it extends."""
    passed: set[str] = set()
    while name in film_file.presets and name not in passed:
        passed.add(name)
        body = film_file.presets[name]
        yield Layer(f"[presets.{name}] of the film file", rooted_style(body.given(), folder))
        if body.extends is None:
            return
        name = body.extends
    yield from _shelf_layers(name, shelf)


def _shelf_layers(name: str, shelf: Mapping[str, ShelfPreset]) -> Iterator[Layer]:
    passed: list[str] = []
    while True:
        preset = shelf.get(name)
        if preset is None or name in passed:
            what = _unknown(name, set(shelf)) if preset is None else f"{name} goes round in a circle"
            raise UsageError(f"extends: {what}", where=str(shelf[passed[-1]].path) if passed else "")
        passed.append(name)
        yield Layer(f'preset "{name}" of the shelf', rooted_style(preset.body.given(), preset.path.parent))
        if preset.body.extends is None:
            return
        name = preset.body.extends
