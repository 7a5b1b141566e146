"""What a frame's numbers mean: matrix, range, transfer and primaries as H.273 codes.

Decides what an untagged frame means, and what is left of tags that a format cannot say all of. Knows nothing
of pixels, so that probing never needs torch.
"""

import re
import struct
from dataclasses import dataclass, replace

from av import VideoFrame
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from .formats import Says
from .layouts import planar_name
from .rgb import is_rgb, is_rgb_with_alpha

GBR, BT709, UNSPECIFIED, BT470BG, BT601, LINEAR, BT2020 = 0, 1, 2, 5, 6, 8, 9
SRGB = 13  # of transfers
LIMITED, FULL = 1, 2
LUMA_WEIGHTS: dict[int, tuple[float, float]] = {  # matrix → the weights of red and of blue in luma
    BT709: (0.2126, 0.0722),
    BT470BG: (0.299, 0.114),
    BT601: (0.299, 0.114),
    BT2020: (0.2627, 0.0593),
}
_PLANAR_YUV = re.compile(r"(yuv[aj]?4(10|11|20|22|40|44)p|gray)(9|10|12|14|16)?(le)?")
HDR = {16, 18}  # PQ, HLG
_UNSAID = {0, UNSPECIFIED, 3}
_SAME_CURVE_AS_709 = {BT709, UNSPECIFIED, 6, 14, 15}
_SRGB = {0, LINEAR, SRGB}  # linear light (8) is decoded to a display's curve
_TRANSFERS = {BT709, 4, 5, *range(7, 14), 16, 17, 18}  # of H.273, but for others' names for the same
_PRIMARIES = {1, 4, 5, 6, *range(8, 13), 22}


_NAMES: dict[str, dict[int, str]] = {
    "matrix": {GBR: "RGB", BT709: "BT.709", BT470BG: "BT.601", BT601: "BT.601", BT2020: "BT.2020"},
    "range": {LIMITED: "limited", FULL: "full"},
    "transfer": {
        **{BT709: "BT.709", 4: "gamma 2.2", 5: "gamma 2.8", 6: "BT.601", LINEAR: "linear", SRGB: "sRGB"},
        **{14: "BT.2020", 16: "PQ", 18: "HLG"},
    },
    "primaries": {
        **{BT709: "BT.709", 5: "BT.601 (625 lines)", 6: "BT.601 (525 lines)"},
        **{9: "BT.2020", 11: "DCI-P3", 12: "Display P3"},
    },
}


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file or a frame says of its colours: H.273 codes, and of the range FFmpeg's, 0 where unsaid."""

    matrix: int
    range: int
    transfer: int
    primaries: int

    @classmethod
    def of(cls, holder: VideoFrame | VideoStream) -> "Tags":
        """Those of a frame, or of a stream as its container has them."""
        said = (holder.colorspace, holder.color_range, holder.color_trc, holder.color_primaries)
        return cls(*map(int, said))

    @property
    def whole(self) -> bool:
        """Whether matrix, transfer and primaries are said; FFmpeg's MOV and MP4 have all of them or none."""
        return UNSPECIFIED not in (self.matrix, self.transfer, self.primaries)

    def within(self, says: Says) -> "Tags":
        """The same, without the transfer and the primaries that there are no words for."""
        transfer, primaries = (
            code if not known or code in known else UNSPECIFIED
            for code, known in ((self.transfer, says.transfers), (self.primaries, says.primaries))
        )
        return replace(self, transfer=transfer, primaries=primaries)

    def filled(self, other: "Tags") -> "Tags":
        """The same, and of what it leaves unsaid what `other` says."""
        kinds = ("matrix", "transfer", "primaries")
        unsaid = {kind: getattr(other, kind) for kind in kinds if getattr(self, kind) == UNSPECIFIED}
        return replace(self, range=self.range or other.range, **unsaid)

    def words(self, kind: str) -> str:
        """One of them for people: `BT.709 (1)`."""
        code = getattr(self, kind)
        unsaid = code in _UNSAID and code not in _NAMES[kind]
        return f"{_NAMES[kind].get(code, 'unspecified' if unsaid else 'another')} ({code})"


@dataclass(frozen=True, slots=True)
class Colour:
    """The meaning of a picture's numbers; nothing in it is unspecified but a transfer or primaries that
    H.273 has no name for (2)."""

    matrix: int
    full_range: bool
    transfer: int
    primaries: int

    def tag(self, frame: VideoFrame) -> None:
        """Write the meaning onto a frame."""
        frame.colorspace, frame.color_trc, frame.color_primaries = self.matrix, self.transfer, self.primaries
        frame.color_range = FULL if self.full_range else LIMITED


def colour_of(frame: VideoFrame) -> Colour:
    """What a decoded frame means, in the codes it will be written with.

    An untagged matrix is BT.601 up to 1024 x 576 and BT.709 above; RGB that says nothing is sRGB, which
    is shown as BT.709 is.
    """
    matrix = _matrix(int(frame.colorspace), frame.width, frame.height)
    if is_rgb(frame) or is_rgb_with_alpha(frame):
        transfer, primaries = int(frame.color_trc), int(frame.color_primaries)
        transfer = BT709 if transfer in _SRGB else _transfer(transfer)
        return Colour(matrix, True, transfer, _primaries(primaries, BT709, frame.height))
    full_range = int(frame.color_range) == FULL or frame.format.name.startswith("yuvj")
    primaries = _primaries(int(frame.color_primaries), matrix, frame.height)
    return Colour(matrix, full_range, _transfer(int(frame.color_trc)), primaries)


def rgb_transfer(frame: VideoFrame, colour: Colour) -> int:
    """The transfer of an RGB picture that is made of a frame: what was RGB stays sRGB where it was that."""
    rgb = is_rgb(frame) or is_rgb_with_alpha(frame)
    return SRGB if rgb and int(frame.color_trc) in _SRGB | _UNSAID else colour.transfer


def upright_size(frame: VideoFrame) -> tuple[int, int]:
    """Width and height of a frame's picture when it is shown upright."""
    return (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)


def mirrored(frame: VideoFrame) -> bool:
    """Whether a frame is to be shown mirrored, by the determinant of its display matrix; no angle says so."""
    data = side_data(frame, Type.DISPLAYMATRIX)
    if data is None:
        return False
    a, b, _, c, d = struct.unpack_from("<5i", data)
    return a * d < b * c


def side_data(frame: VideoFrame, kind: Type) -> bytes | None:
    """What lies beside a frame's pixels of one kind; None where it has none, or some that PyAV has no name
    for (EXIF), beside which it shows no other. Not of pictures: see `probe`."""
    try:
        data = frame.side_data.get(kind.name)
    except ValueError:
        return None
    return None if data is None else bytes(data)


def unsupported_pixels(frame: VideoFrame) -> str:
    """Why a frame's pixels cannot be rendered exactly, as a sentence; empty where they can."""
    if is_rgb(frame) or is_rgb_with_alpha(frame):
        return ""
    if not _PLANAR_YUV.fullmatch(planar_name(frame.format.name)):
        return (
            f"Its pixels are {frame.format.name}; this version renders RGB, grey and YCbCr of 8 to 16 bits."
        )
    if int(frame.colorspace) not in _UNSAID | LUMA_WEIGHTS.keys():
        return f"Its colour matrix (H.273 code {int(frame.colorspace)}) is not BT.601, BT.709 or BT.2020."
    return ""


def _matrix(code: int, width: int, height: int) -> int:
    if code not in _UNSAID:
        return BT601 if code == BT470BG else code
    return BT601 if height <= 576 and width <= 1024 else BT709


def _transfer(code: int) -> int:
    if code in _SAME_CURVE_AS_709:
        return BT709
    return code if code in _TRANSFERS else UNSPECIFIED


def _primaries(code: int, matrix: int, height: int) -> int:
    if code in _UNSAID:
        return {BT709: 1, BT2020: 9}.get(matrix, 5 if height == 576 else 6)
    return code if code in _PRIMARIES else 6 if code == 7 else UNSPECIFIED
