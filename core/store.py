"""Finished segments, kept by a hash of everything that changes a pixel of them.

A segment counts only with its commit record, which is written last; so whatever a killed run left
behind is either whole or not there. Knows nothing of how segments are made.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .errors import OutputError
from .rates import FrameRange
from .whole import content_hash, write_whole

RENDERER = "6"  # goes up with every change of this program that changes a pixel
GRID = 24  # frames; segments begin on multiples of it in the source, wherever a shot begins


@dataclass(frozen=True, slots=True)
class Segment:
    """Frames of a shot that are rendered and kept together. `key` and `suffix` name their file."""

    frames: FrameRange
    key: str
    suffix: str = ".mov"


def segments(
    frames: FrameRange,
    weights: Sequence[float],
    recipe: Sequence[str],
    picks: Sequence[int] = (),
    suffix: str = ".mov",
    bends: Mapping[int, object] = {},
    around: Callable[[FrameRange], Sequence[object]] | None = None,
) -> list[Segment]:
    """The segments of a shot on the absolute grid of its source's frames, cut to `frames`.

    `weights` has one style weight a frame; `recipe` is everything else that changes a pixel, the
    source's fingerprint before the style. Where all weights are 0 only the source has a part in the key.
    Where `picks` has the source frame of each frame, it matters and not where in the shot it is shown.
    `bends` has what else changes the pixels of single frames; `around` what does outside a part's frames.
    """
    found = []
    for start in range(frames.first - frames.first % GRID, frames.stop, GRID):
        part = FrameRange(start, start + GRID).clamped(frames)
        own = tuple(weights[part.first - frames.first : part.stop - frames.first])
        matters = recipe if any(own) else recipe[:1]
        seen = picks[part.first - frames.first : part.stop - frames.first]
        place = [[*seen]] if seen else [part.first, part.stop]
        bent = [[at - part.first, bends[at]] for at in range(part.first, part.stop) if at in bends]
        beside = [around(part)] if around and any(own) else []
        text = json.dumps([RENDERER, *place, own, *matters, *bent, *beside])
        found.append(Segment(part, blake2b(text.encode(), digest_size=16).hexdigest(), suffix))
    return found


def _committed(path: Path) -> dict[str, Any]:
    """The commit record of a segment's file that is what it says, else nothing. Reads all of the file."""
    try:
        record = json.loads(path.with_suffix(".json").read_text("utf-8"))
        whole = record["bytes"] == path.stat().st_size
        return record if whole and record.get("hash") in (None, content_hash([path])) else {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of segments."""

    folder: Path

    def path(self, segment: Segment) -> Path:
        """Where the segment's file is, or will be."""
        return self.folder / segment.key[:2] / f"{segment.key}{segment.suffix}"

    def has(self, segment: Segment) -> bool:
        """Whether the segment is finished: its commit record is there, and its file what it says."""
        return _committed(self.path(segment)).get("frames") == len(segment.frames)

    def holds(self, path: Path) -> bool:
        """Whether the file of some finished segment is still there, and what its commit record says."""
        return bool(_committed(path))

    def keep(self, segment: Segment, write: Callable[[Path], object]) -> None:
        """Has `write` make the segment's file, then commits it. Raises OutputError where it cannot."""
        path = self.path(segment)
        record = path.with_suffix(".json")
        try:
            record.unlink(missing_ok=True)
            write(path)
            size, found = path.stat().st_size, content_hash([path])
        except OSError as error:
            what = f"the segment cannot be kept: {error.strerror or error}"
            hint = "What is finished is kept; run the same command again."
            raise OutputError(what, where=str(path), hint=hint) from error
        text = json.dumps({"bytes": size, "frames": len(segment.frames), "hash": found})
        write_whole(record, text.encode("utf-8"), "the segment's record")
