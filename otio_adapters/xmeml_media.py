"""The media of a clip item: its file wherever the document defines it, its path, rate, length and kind.

Opens no file. What this version cannot decode is said here, with what to do about it.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath

from ..core.cut import MediaKind, MediaRef
from ..core.paths import PathMap
from ..core.rates import FrameRange
from .pathurls import names_a_file, on_disk, to_path
from .xmeml_values import FARTHEST, Passed, is_cut_off, meant_rate, number, rate_of, timecode_of
from .xmltree import Element

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


def usable_file(item: Element, files: Mapping[str, Element]) -> Element:
    """The file of a clip item. Raises Passed where it names none that this version can read."""
    file, stub = file_of(item, files), item.find("file")
    if file is None and stub is not None:
        file_id = stub.attributes.get("id", "")
        raise Passed(f"unsupported: its file {file_id!r} is defined nowhere in the document")
    pathurl = file.value("pathurl") if file else ""
    if file is None or file.find("pathurl") is None or (not pathurl and file.find("mediaSource")):
        raise Passed(NO_MEDIA)
    if not names_a_file(pathurl):
        advice = f"its path is no file: {pathurl!r}; relink it in Premiere"
        raise Passed("unsupported: its path is no file", "W-URL", advice)
    suffix = _suffix(file)
    if suffix in _LINKED:
        advice = f"{suffix} is rendered by another program: use Render and Replace in Premiere"
        raise Passed(f"unsupported: {suffix} has no frames of its own", "E-DECODE", advice)
    if suffix in _RAW:
        advice = f"{suffix} is camera raw: use Render and Replace in Premiere, or link ProRes instead"
        raise Passed(f"unsupported: {suffix} is camera raw without a decoder", "E-DECODE", advice)
    return file


def plays_at(file: Element) -> Fraction | None:
    """The rate at which a document plays a file's own frames; None where what it says makes no sense."""
    rate = rate_of(file)
    return None if rate is None or is_cut_off(rate) else rate


def must_be_a_still(file: Element, grid: Fraction) -> bool:
    """Whether a file is a single picture whatever its clip says."""
    if _suffix(file) not in STILLS:
        return False
    numbered = _NUMBERED.search(PurePosixPath(to_path(file.value("pathurl"))).stem)
    length = _length(file, grid)
    moves = length is not None and 1 < length < _VIRTUAL_HOURS * 3600 * grid
    return not moves or (numbered is None and _suffix(file) != ".gif")


def kind_of(file: Element, needed: FrameRange, grid: Fraction) -> MediaKind:
    """What a file is whose clip needs those frames, counted at `grid`: pictures move within their length.

    Ask `must_be_a_still` before.
    """
    if _suffix(file) not in STILLS:
        return "movie"
    length = _length(file, grid)
    if length is None or needed.first < 0 or needed.stop > length + 1:
        return "still"
    return "movie" if _suffix(file) == ".gif" else "sequence"


def media_of(file: Element, kind: MediaKind, grid: Fraction, paths: PathMap) -> MediaRef:
    """A file as the timeline speaks of it. Where it says no rate that makes sense, all counts at `grid`."""
    editor_path = to_path(file.value("pathurl"))
    plays = plays_at(file)
    counted = plays or meant_rate(file) or grid
    start, drop_frame = timecode_of(file, counted)
    return MediaRef(
        name=file.value("name") or PurePosixPath(editor_path).name,
        editor_path=editor_path,
        path=on_disk(paths.to_local(editor_path)),
        rate=grid,
        start=start if plays else round(start * grid / counted),
        drop_frame=drop_frame,
        frames=1 if kind == "still" else _frames(file) if plays else _length(file, grid),
        reel=file.value("timecode", "reel", "name"),
        kind=kind,
        plays=plays,
    )


def _suffix(file: Element) -> str:
    return PurePosixPath(to_path(file.value("pathurl"))).suffix.lower()


def _frames(file: Element) -> int | None:
    length = number(file, "duration")
    return length if length is not None and 0 < length <= FARTHEST else None


def _length(file: Element, grid: Fraction) -> int | None:
    """The length in frames of the grid, where the document says it."""
    length, counted = _frames(file), meant_rate(file) or grid
    return None if length is None else max(1, round(length * grid / counted))
