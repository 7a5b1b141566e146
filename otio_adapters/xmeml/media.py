"""The media of a clip item: its file wherever the document defines it, its path, rate, length and kind.

Opens no file. What this version cannot decode is said here, with what to do about it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import PurePosixPath

from ...core.cut import MediaKind, MediaRef
from ...core.numbering import split_number
from ...core.paths import PathMap
from ...core.placing import Untold
from ...core.rates import FrameRange
from ..pathurls import names_a_file, on_disk, to_path
from .tree import Element
from .values import FARTHEST, Passed, is_cut_off, meant_rate, number, rate_of, told_timecode

STILLS = frozenset(
    ".png .jpg .jpeg .tif .tiff .bmp .gif .psd .tga .exr .dpx .cin .webp .heic .ai .eps .svg".split()
)
NO_MEDIA = "a title, generator or adjustment layer: it has no media file"
_LINKED = frozenset(".aep .aepx .aegraphic .mogrt .prproj .plb".split())
_RAW = frozenset(".r3d .braw .ari .arx .crm .nev .rmf".split())
_VIRTUAL_HOURS = 6  # a still is a clip of half a day; pictures that move are not
_NUMBERED = re.compile(r"\d+$")


def file_of(item: Element, files: Mapping[str, Element]) -> Element | None:
    """The file of a clip item in full, wherever the document defines it."""
    file = item.find("file")
    if file is None or file.children:
        return file
    return files.get(file.attributes.get("id", ""))


@dataclass(frozen=True, slots=True)
class File:
    """What a document says of a media file.

    `plays` is the rate at which it plays the file's own frames, None where what it says makes no
    sense; `length` counts at the sequence's rate, as the document has it.
    """

    element: Element
    path: str
    suffix: str
    plays: Fraction | None
    length: int | None

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture, or the first of several."""
        return self.suffix in STILLS


def read_file(item: Element, element: Element | None, grid: Fraction) -> File:
    """The file of a clip item, `element` in full. Raises Passed where this version can read none."""
    pathurl, stub = element.value("pathurl") if element else "", item.find("file")
    if element is None and stub is not None:
        file_id = stub.attributes.get("id", "")
        raise Passed(f"unsupported: its file {file_id!r} is defined nowhere in the document")
    if element is None or element.find("pathurl") is None or (not pathurl and element.find("mediaSource")):
        raise Passed(NO_MEDIA)
    if not names_a_file(pathurl):
        advice = f"its path is no file: {pathurl!r}; relink it in Premiere"
        raise Passed("unsupported: its path is no file", "W-URL", advice)
    path = to_path(pathurl)
    suffix = PurePosixPath(path).suffix.lower()
    _check_decoder(suffix)
    rate = rate_of(element)
    plays = None if rate is None or is_cut_off(rate) else rate
    return File(element, path, suffix, plays, _length(element, grid))


def _check_decoder(suffix: str) -> None:
    if suffix in _LINKED:
        advice = f"{suffix} is rendered by another program: use Render and Replace in Premiere"
        raise Passed(f"unsupported: {suffix} has no frames of its own", "E-DECODE", advice)
    if suffix in _RAW:
        advice = f"{suffix} is camera raw: use Render and Replace in Premiere, or link ProRes instead"
        raise Passed(f"unsupported: {suffix} is camera raw without a decoder", "E-DECODE", advice)


def may_move(file: File, grid: Fraction) -> bool:
    """Whether a file is more than one picture, as far as its name and its length tell."""
    if not file.is_picture:
        return True
    if file.length is None or not 1 < file.length < _VIRTUAL_HOURS * 3600 * grid:
        return False
    return file.suffix == ".gif" or _NUMBERED.search(PurePosixPath(file.path).stem) is not None


def kind_of(file: File, needed: FrameRange) -> MediaKind:
    """What a file that may move is, whose clip needs those frames: pictures move within their length.

    Those that have a folder of their name for themselves are never stills, whatever a clip needs of them.
    """
    if not file.is_picture:
        return "movie"
    within = file.length is not None and needed.first >= 0 and needed.stop <= file.length + 1
    if not within and not _has_folder(PurePosixPath(file.path)):
        return "still"
    return "movie" if file.suffix == ".gif" else "sequence"


def _has_folder(path: PurePosixPath) -> bool:
    """Whether it is `take/take.00086400.png`."""
    parts = split_number(path.stem)
    return parts is not None and parts[0].rstrip("._-") == path.parent.name != ""


def media_of(file: File, kind: MediaKind, grid: Fraction, paths: PathMap) -> MediaRef:
    """A file as the timeline speaks of it. Where it says no rate that makes sense, all counts at `grid`."""
    counted = file.plays or meant_rate(file.element) or grid
    said, drop_frame = told_timecode(file.element, counted)
    start = said or 0
    media = partial(Untold, nothing=said is None) if None in (said, drop_frame) else MediaRef
    return media(
        name=file.element.value("name") or PurePosixPath(file.path).name,
        editor_path=file.path,
        path=on_disk(paths.to_local(file.path)),
        rate=grid,
        start=start if file.plays else round(start * grid / counted),
        drop_frame=bool(drop_frame),
        frames=1 if kind == "still" else _frames(file.element) if file.plays else file.length,
        reel=file.element.value("timecode", "reel", "name"),
        kind=kind,
        plays=file.plays,
    )


def _frames(file: Element) -> int | None:
    length = number(file, "duration")
    return length if length is not None and 0 < length <= FARTHEST else None


def _length(file: Element, grid: Fraction) -> int | None:
    """The length in frames of the grid, where the document says it."""
    length, counted = _frames(file), meant_rate(file) or grid
    return None if length is None else max(1, round(length * grid / counted))
