"""Where styled files come from: the note that each of them carries, and `sources.json` beside them.

The note is in the file's own metadata; the manifest has it by the file's name, for when an editor's
tool has rewritten the file and lost it. Opens no media.
"""

import json
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import normalize

from .cut import Shot
from .whole import write_whole

STYLED_TAG = "com.stylereel.source"  # the key of the note in a file's metadata
MANIFEST = "sources.json"
_FORMAT = 1


def origin_note(shot: Shot) -> str:
    """What the styled file of a shot says of its source, as JSON text of ASCII alone.

    `first_frame`, `start` and `rate` count the source's frames. A baked file has `frozen`, the one
    source frame that it shows, or `picks`: pairs of a source frame and how often it is shown. `live`
    says that its ramps are opacity keyframes in the timeline.
    """
    media = shot.media
    note: dict[str, Any] = {
        "media": media.editor_path,
        "first_frame": shot.frames.first,
        "rate": str(media.rate),
        "start": media.start,
        "drop_frame": media.drop_frame,
        "reel": media.reel,
        "kind": media.kind,
        "shot": shot.name,
        "preset": shot.preset,
    }
    if shot.picks:
        runs = [[frame, len([*again])] for frame, again in groupby(shot.picks)]
        note |= {"frozen": runs[0][0]} if len(runs) == 1 else {"picks": runs}
    return json.dumps(note | ({"live": True} if shot.live else {}))


def note_source(path: Path, note: str) -> None:
    """Writes the note of a styled file into the manifest of its folder. Raises OutputError."""
    files = _files(path.parent) | {_name(path): json.loads(note)}
    content = json.dumps({"format": _FORMAT, "files": files}, indent=1) + "\n"
    write_whole(path.parent / MANIFEST, content.encode("utf-8"), "the list of sources")


def noted_source(path: Path) -> str:
    """The note that the manifest of its folder has of a file, or an empty text."""
    note = _files(path.parent).get(_name(path))
    return json.dumps(note) if isinstance(note, dict) else ""


def _files(folder: Path) -> dict[str, Any]:
    """Notes by file name; none where there is no manifest, or none of ours."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    files = data.get("files") if isinstance(data, dict) and data.get("format") == _FORMAT else None
    return files if isinstance(files, dict) else {}


def _name(path: Path) -> str:
    return normalize("NFC", path.name)
