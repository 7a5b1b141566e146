"""Paths of an edit on two machines: `C:/footage` at the editor's is `/mnt/footage` at the renderer's.

Works on text, so that Windows, Mac and UNC paths mean the same on every system.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_WINDOWS = re.compile(r"([A-Za-z]:[/\\]|[/\\]{2}[^/\\])")


def is_windows(path: str) -> bool:
    """Whether a path's text is one of Windows: a drive or a UNC share."""
    return bool(_WINDOWS.match(path))


def _kind(path: str) -> str:
    """Whose path it is: of a Windows drive, a UNC share, or another system; empty for a relative one."""
    if is_windows(path):
        return "drive" if path[1] == ":" else "share"
    return "other" if path.startswith("/") else ""


def _tidy(path: str) -> str:
    return path.replace("\\", "/") if is_windows(path) else path


def _tail(path: str, prefix: str) -> str | None:
    """What follows `prefix` in `path` at a folder's border, or None. Windows ignores case."""
    path, prefix = _tidy(path), _tidy(prefix).rstrip("/")
    fold = str.casefold if is_windows(prefix + "/") else str
    if fold(path[: len(prefix)]) != fold(prefix):
        return None
    tail = path[len(prefix) :]
    return tail if tail == "" or tail.startswith("/") else None


@dataclass(frozen=True, slots=True)
class PathMap:
    """Pairs of (editor's prefix, this machine's prefix).

    The longest prefix that fits wins, of equally long ones that of the first pair.
    """

    pairs: tuple[tuple[str, str], ...] = ()

    def seen_from(self, editor_paths: Iterable[str]) -> "PathMap":
        """The same pairs for a cut with media at these paths, those of its editor's machine first.

        Several editors may call one folder of this machine by different names: first stand the names
        that most of the media came by, then those of the same kind (drive, share, other system).
        """
        known = [_tidy(path) for path in editor_paths if _kind(path)]

        def nearness(pair: tuple[str, str]) -> tuple[int, ...]:
            kind = _kind(pair[0])
            came = sum(_tail(path, pair[0]) is not None for path in known)
            same = sum(_kind(path) == kind for path in known)
            return came, same, sum(is_windows(path) == is_windows(pair[0]) for path in known)

        return PathMap(tuple(sorted(self.pairs, key=nearness, reverse=True)))

    def to_local(self, editor_path: str) -> Path:
        """Where this machine finds what the editor calls `editor_path`."""
        return Path(_swap(editor_path, self.pairs))

    def to_editor(self, path: Path) -> str:
        """What the editor's machine calls a path of this one, with `/` between folders.

        A name of the first pair's system goes before a longer prefix of another one's, which an editor
        there could not open.
        """
        back = [(local, editor) for editor, local in self.pairs]
        fitting = [pair for pair in back if _tail(str(path), pair[0]) is not None]
        own = [pair for pair in fitting if is_windows(pair[1]) == is_windows(back[0][1])]
        return _tidy(_swap(str(path), own or fitting))

    def reaches(self, path: Path) -> bool:
        """Whether the editor can open a path of this machine: no pairs, or one that holds it."""
        return not self.pairs or any(_tail(str(path), local) is not None for _, local in self.pairs)


def _swap(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in sorted(pairs, key=lambda pair: -len(_tidy(pair[0]).rstrip("/"))):
        if (tail := _tail(path, before)) is not None:
            return _tidy(after).rstrip("/") + tail or "/"
    return path
