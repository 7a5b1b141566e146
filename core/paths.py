"""Paths of an edit on two machines: `C:/footage` at the editor's is `/mnt/footage` at the renderer's.

Works on text, so that Windows, Mac and UNC paths mean the same on every system.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_WINDOWS = re.compile(r"([A-Za-z]:[/\\]|[/\\]{2}[^/\\])")


def is_windows(path: str) -> bool:
    """Whether a path's text is one of Windows: a drive or a UNC share."""
    return bool(_WINDOWS.match(path))


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
    """Pairs of (editor's prefix, this machine's prefix). The longest prefix that fits wins."""

    pairs: tuple[tuple[str, str], ...] = ()

    def to_local(self, editor_path: str) -> Path:
        """Where this machine finds what the editor calls `editor_path`."""
        return Path(_swap(editor_path, self.pairs))

    def to_editor(self, path: Path) -> str:
        """What the editor's machine calls a path of this one, with `/` between folders."""
        back = tuple((local, editor) for editor, local in self.pairs)
        return _tidy(_swap(str(path), back))

    def reaches(self, path: Path) -> bool:
        """Whether the editor can open a path of this machine: no pairs, or one that holds it."""
        return not self.pairs or any(_tail(str(path), local) is not None for _, local in self.pairs)


def _swap(path: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for before, after in sorted(pairs, key=lambda pair: -len(pair[0])):
        if (tail := _tail(path, before)) is not None:
            return _tidy(after).rstrip("/") + tail or "/"
    return path
