"""Who is tried in an audition: what the words of the command line mean. Never imports torch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import StyleError
from ..core.layers import NET_FILES
from ..core.nets.shelf import is_style, styles_in
from ..core.training.pictures import SUFFIXES
from .desk import shelf_folders, style_file


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate before anything is loaded: its name on the sheet, its file."""

    name: str
    path: Path

    @property
    def is_picture(self) -> bool:
        """Whether it has to be rehearsed first."""
        return self.path.suffix.lower() in SUFFIXES


def named(words: Sequence[str]) -> list[Named]:
    """Candidates by what the command line calls them; without words, the whole shelf.

    Raises StyleError where there is none of a name.
    """
    paths = [path for word in words for path in _paths(word)] if words else shelf()
    found: dict[str, Path] = {}
    for path in dict.fromkeys(paths):
        name, number = path.stem, 2
        while name in found:
            name, number = f"{path.stem} ({number})", number + 1
        found[name] = path
    return [Named(name, path) for name, path in found.items()]


def shelf() -> list[Path]:
    """The styles that ship, and the user's own; of one name the user's. By name."""
    by_name = {path.stem: path for folder in shelf_folders() for path in styles_in(folder)}
    return [by_name[name] for name in sorted(by_name)]


def _paths(word: str) -> Iterator[Path]:
    """The files that a word means: a folder's styles, nets and pictures, a picture, or a style."""
    path = Path(word).expanduser()
    if path.is_dir():
        yield from _below(path)
    elif path.suffix.lower() in SUFFIXES:
        yield path
    else:
        yield style_file(word)


def _below(folder: Path) -> Iterator[Path]:
    """Everything in a folder that could be tried; a style's own picture is none, nor is a base."""
    files = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    nets = [path for path in files if path.suffix.lower() in NET_FILES]
    nets = [path for path in nets if path.suffix.lower() != ".safetensors" or is_style(path)]
    taken = {path.stem for path in nets}
    pictures = [path for path in files if path.suffix.lower() in SUFFIXES and path.stem not in taken]
    if not (nets or pictures):
        raise StyleError("there is neither a style nor a picture in this folder", where=str(folder))
    yield from (*nets, *pictures)
