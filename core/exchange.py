"""How a timeline is to be read, and how the styled one is to be given back. Knows no format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Literal

Dialect = Literal["auto", "otio", "premiere"]
Manner = Literal["replace", "stacked", "live"]
Container = Literal["otio", "otioz", "otiod"]
UrlStyle = Literal["as-is", "file", "path"]


@dataclass(frozen=True, slots=True)
class Footage:
    """A media file that a clip without a path may mean. `start` is the timecode of its first frame
    as a frame count at `rate`, None where it carries none; `name` is the file's, with its suffix, and
    `editor_path` what the editor's machine calls it, empty where nobody has said it yet."""

    path: Path
    name: str
    rate: Fraction
    frames: int
    start: int | None = None
    drop_frame: bool = False
    reel: str = ""
    editor_path: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader has to be told where the document leaves it open.

    `rate` is that of an EDL, which names none. `dialect` says how a `LinearTimeWarp` counts its
    clip's range: in frames of the timeline (`otio`) or of the source (`premiere`). `footage` is
    where clips are looked for that name no path, by reel, timecode and name.
    """

    rate: Fraction | None = None
    dialect: Dialect = "auto"
    footage: tuple[Footage, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the styled timeline is given back.

    `replace` puts the styled media in place of the originals, `stacked` on a new track above each
    clip, `live` too, with `opacity` keyframes in the place of ramps: by the use's id, pairs of a
    record offset from the cut and per cent. `container`, `clip_schema` (1 or 2) and `urls` are for
    OpenTimelineIO's own files; None and `as-is` leave them as the input has them.
    """

    manner: Manner = "replace"
    opacity: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)
    container: Container | None = None
    clip_schema: int | None = None
    urls: UrlStyle = "as-is"
