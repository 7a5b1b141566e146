"""What a file says of the sphere: read from a decoded frame or a picture's file, written into a finished
MP4 or MOV.

Written are both forms that are about: Google's Spherical Video V2 (`st3d` and `sv3d` in the sample entry)
and V1 (XML in a `uuid` box of the track). Knows boxes, nothing of pictures or styles.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from av import VideoFrame
from av.sidedata.sidedata import Type

from ..errors import VerifyError
from .boxes import VISUAL, Box, inside, is_video, root, sample_entry, top
from .tags import side_data

_PROJECTIONS = ("equirect", "a cubemap", "a part of a sphere", "half a sphere", "rectilinear", "fisheye")
_STEREO = ("mono", "side-by-side", "top-bottom")
_V1 = bytes.fromhex("ffcc8263f8554a938814587a02521fdd")
_V1_STEREO = {"mono": "", "top-bottom": "top-bottom", "side-by-side": "left-right"}
_V2_STEREO = {"mono": 0, "top-bottom": 1, "side-by-side": 2}
_INTO = (b"moov", b"trak", b"mdia", b"minf", b"stbl")  # what holds boxes and nothing else
_AFTER = (b"colr", b"pasp", b"clap", b"fiel", b"btrt")  # of a sample entry, what the sphere goes before
_GPANO = tuple(
    re.compile(rb"GPano:" + name + rb"""\s*(?:=\s*["']|>)\s*([\w.-]+)""")
    for name in (
        b"ProjectionType",
        b"FullPanoWidthPixels",
        b"CroppedAreaImageWidthPixels",
        b"FullPanoHeightPixels",
        b"CroppedAreaImageHeightPixels",
    )
)
_TWICE = 0.02  # from 2 : 1
_LIKE = 3.0  # of the steps beside it: how large that over the edge may be
_PLAIN = 4.0  # deviation along an edge that is black, or nothing but sky


def projection_of(frame: VideoFrame) -> str:
    """`equirect`, another projection in words, or an empty text where the file says nothing of a sphere."""
    data = side_data(frame, Type.SPHERICAL)
    if data is None:
        return ""
    number = struct.unpack_from("<i", data)[0]
    return _PROJECTIONS[number] if 0 <= number < len(_PROJECTIONS) else "an unknown projection"


def projection_in(content: bytes) -> str:
    """The same of a picture's file, whose XMP says it (Google's Photo Sphere metadata, GPano)."""
    found = (tag.search(content) for tag in _GPANO)
    kind, *sides = (one and one[1].decode("ascii", "replace") for one in found)
    if kind != "equirectangular":
        return f"an unknown projection ({kind})" if kind else ""
    pairs = zip(sides[::2], sides[1::2], strict=True)
    whole = all(None in pair or pair[0] == pair[1] for pair in pairs)
    return "equirect" if whole else "a part of a sphere"


def stereo_of(frame: VideoFrame) -> str:
    """How the two eyes lie in a frame, as far as the file says so; `mono` for all that is not built."""
    data = side_data(frame, Type.STEREO3D)
    number = 0 if data is None else struct.unpack_from("<i", data)[0]
    return _STEREO[number] if 0 <= number < len(_STEREO) else "mono"


def closes(frame: VideoFrame) -> bool:
    """Whether a frame is twice as wide as high, and its left edge goes on at its right: perhaps 360°."""
    if abs(frame.width / frame.height - 2) > _TWICE:
        return False
    grey = frame.reformat(format="gray").to_ndarray().astype(np.float32)
    steps = np.abs(np.diff(np.concatenate([grey[:, -9:], grey[:, :9]], 1), axis=1)).mean(0)
    if grey[:, 0].std() < _PLAIN:
        return False
    return bool(steps[8] <= _LIKE * max(1.0, float(np.delete(steps, 8).mean())))


def mark_sphere(path: Path, stereo: str = "mono") -> None:
    """Writes into a finished MP4 or MOV that its picture is a whole sphere, equirectangular.

    The file is changed in its place, so hand in one that is not published yet. Chunk offsets are moved
    where the boxes grow before the media. Raises VerifyError where it is no such file, or is marked
    already, and OSError.
    """
    with path.open("r+b") as file:
        boxes = {box.kind: box for box in top(file)}
        moov = boxes.get(b"moov")
        if moov is None or b"mdat" not in boxes:
            raise VerifyError("it is no MP4 or MOV that could be marked as 360°", where=str(path))
        file.seek(moov.first)
        before = file.read(moov.size)
        after = marked(before, stereo, path)
        behind = moov.stop < path.stat().st_size
        if behind:
            try:
                after = _moved(after, moov.first, len(after) - len(before))
            except struct.error as error:
                what = "its table of chunks has no room: its media would lie behind 4 GB"
                raise VerifyError(what, where=str(path)) from error
            _make_room(file, moov.stop, len(after) - len(before))
        file.seek(moov.first)
        file.write(after)


def marked(moov: bytes, stereo: str, path: Path) -> bytes:
    """A `moov` box whose first video track says that it is a sphere; chunk offsets stay as they are."""
    track = next((box for box in inside(moov, root(moov)) if is_video(moov, box)), None)
    entry = None if track is None else sample_entry(moov, track)
    if track is None or entry is None:
        raise VerifyError("it has no video track that could be marked as 360°", where=str(path))
    parts = [*inside(moov, entry, VISUAL)]
    if any(part.kind in (b"sv3d", b"st3d") for part in parts):
        raise VerifyError("it says already that it is 360°", where=str(path))
    place = next((part.first for part in parts if part.kind in _AFTER), entry.stop)
    grown = bytearray(moov)
    grown[track.stop : track.stop] = _v1(stereo)
    grown[place:place] = _v2(stereo)
    for box in _around(moov, entry, track):
        more = len(_v2(stereo)) + (len(_v1(stereo)) if box.first <= track.first else 0)
        at = box.first if box.head == 8 else box.first + 8
        form = ">I" if box.head == 8 else ">Q"
        struct.pack_into(form, grown, at, box.size + more)
    return bytes(grown)


def _around(moov: bytes, entry: Box, track: Box) -> Iterator[Box]:
    """All boxes that a sample entry lies in, itself among them."""
    box = root(moov)
    while box.first != entry.first:
        yield box
        skip = 8 if box.kind == b"stsd" else 0
        box = next(one for one in inside(moov, box, box.head + skip) if one.first <= entry.first < one.stop)
    yield entry


def _v2(stereo: str) -> bytes:
    """`st3d` and `sv3d`: how the eyes lie, and an equirectangular sphere that is not turned."""
    pose = _full(b"prhd", struct.pack(">3i", 0, 0, 0))
    sphere = _box(b"proj", pose + _full(b"equi", struct.pack(">4I", 0, 0, 0, 0)))
    eyes = _full(b"st3d", bytes([_V2_STEREO[stereo]]))
    return eyes + _box(b"sv3d", _full(b"svhd", b"StyleReel\0") + sphere)


def _v1(stereo: str) -> bytes:
    said = {"Spherical": "true", "Stitched": "true", "StitchingSoftware": "StyleReel"}
    said |= {"ProjectionType": "equirectangular", "StereoMode": _V1_STEREO[stereo]}
    tags = "".join(f"<GSpherical:{tag}>{text}</GSpherical:{tag}>" for tag, text in said.items() if text)
    spaces = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    spaces += ' xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/"'
    text = f'<?xml version="1.0"?><rdf:SphericalVideo {spaces}>{tags}</rdf:SphericalVideo>'
    return _box(b"uuid", _V1 + text.encode("ascii"))


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _full(kind: bytes, content: bytes) -> bytes:
    return _box(kind, bytes(4) + content)


def _moved(moov: bytes, place: int, shift: int) -> bytes:
    """A `moov` whose chunks, where they lie behind `place` of the file, lie `shift` bytes further on."""
    data = bytearray(moov)
    for table in _tables(moov, root(moov)):
        form, width = (">I", 4) if table.kind == b"stco" else (">Q", 8)
        count = struct.unpack_from(">I", moov, table.inner + 4)[0]
        for at in range(table.inner + 8, table.inner + 8 + count * width, width):
            offset = struct.unpack_from(form, moov, at)[0]
            if offset > place:
                struct.pack_into(form, data, at, offset + shift)
    return bytes(data)


def _tables(moov: bytes, box: Box) -> Iterator[Box]:
    for part in inside(moov, box):
        if part.kind in (b"stco", b"co64"):
            yield part
        elif part.kind in _INTO:
            yield from _tables(moov, part)


def _make_room(file: BinaryIO, place: int, count: int, block: int = 1 << 20) -> None:
    """Moves everything from `place` on by `count` bytes towards the end, the last block first."""
    at = file.seek(0, 2)
    while at > place:
        first = max(place, at - block)
        file.seek(first)
        content = file.read(at - first)
        file.seek(first + count)
        file.write(content)
        at = first
