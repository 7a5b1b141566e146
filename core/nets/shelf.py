"""What lies on a shelf of styles: names, records, hashes. Never imports torch, never loads a net.

A style file is a safetensors file with γ and β and the SHA-256 of the base net it belongs to; a base
is found by that hash alone and never changed once written.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from safetensors import SafetensorError, safe_open

from ..errors import StyleError
from ..layers import NET_FILES, is_style_path
from ..paths import is_windows

FORMAT = "stylereel 1"


@dataclass(frozen=True, slots=True)
class StyleRecord:
    """What a style file says of itself; `training` is the record of how it was made."""

    name: str
    base: str
    licence: str
    picture: str
    picture_sha256: str
    training: dict[str, object]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, as hexadecimal text. Raises StyleError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StyleError(f"cannot be read: {error.strerror or error}", where=str(path)) from error


def find_style(style: str, folders: Iterable[Path], beside: Path = Path()) -> Path:
    """The file of a style: a name on a shelf, where a later folder's wins, or a path (from `beside`).

    Raises StyleError where there is none, with the nearest names.
    """
    shelf = tuple(folders)
    for folder in reversed(shelf):
        if (path := folder / f"{style}.safetensors").is_file():
            return path
    path = (beside / style).expanduser()
    if path.suffix.lower() in NET_FILES and path.is_file():
        return path
    if is_style_path(style):
        raise _no_file(path)
    names = sorted({path.stem for folder in shelf for path in folder.glob("*.safetensors") if is_style(path)})
    near = get_close_matches(style, names, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"The shelf has: {', '.join(names) or 'nothing'}."
    raise StyleError(
        f"there is no style {style!r}", hint=f"{hint} A style can also be the path of a net's file."
    )


def _no_file(path: Path) -> StyleError:
    if path.is_file():
        return StyleError(f"no file of a net: it does not end in {', '.join(NET_FILES)}", where=str(path))
    foreign = is_windows(str(path)) and os.name != "nt"
    hint = "This is a Windows path; give the one of this machine." if foreign else "Check the style's path."
    return StyleError(f"there is no file {path}", hint=hint)


def find_base(style: Path, base: str, folders: Iterable[Path]) -> Path:
    """The base net of a style by its hash: beside it, or in a folder. Raises StyleError where it is not."""
    for path in (
        path for folder in (style.parent, *folders) for path in sorted(folder.glob("*.safetensors"))
    ):
        if path != style and not is_style(path) and sha256(path) == base:
            return path
    raise StyleError(
        f"its base net {base[:12]}… is neither beside it nor on the shelf",
        where=str(style),
        hint="Keep a style and its base in one folder.",
    )


def styles_in(folder: Path) -> list[Path]:
    """Our style files of a folder, by name."""
    return [path for path in sorted(folder.glob("*.safetensors")) if is_style(path)]


def is_style(path: Path) -> bool:
    """Whether a file is one of our style files (and not a base, a checkpoint or something else)."""
    try:
        return read_metadata(path).get("kind") == "style"
    except StyleError:
        return False


def read_metadata(path: Path) -> dict[str, str]:
    """The text metadata of a safetensors file. Raises StyleError where it is none."""
    try:
        with safe_open(path, framework="numpy") as file:
            return file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise StyleError(f"not a readable safetensors file: {error}", where=str(path)) from error


def read_record(path: Path) -> StyleRecord:
    """What a style file says of itself. Raises StyleError where it is none of ours, or incomplete."""
    text = read_metadata(path)
    if text.get("format") != FORMAT or text.get("kind") != "style":
        raise StyleError("not a StyleReel style file", where=str(path))
    try:
        return StyleRecord(
            text["name"],
            text["base"],
            text["licence"],
            text["picture"],
            text["picture_sha256"],
            json.loads(text["training"]),
        )
    except (KeyError, ValueError) as error:
        raise StyleError(f"its record is damaged: {error}", where=str(path)) from error
