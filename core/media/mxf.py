"""What an MXF says of its picture: colours read, the shape of its pixels written.

Knows the one set of the file's header that describes the picture (SMPTE ST 377-1, annex F). FFmpeg writes it
for square pixels whatever they are, and lets the pictures overrule it on reading. Knows nothing of the media.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from ..errors import VerifyError
from .tags import UNSPECIFIED, Tags

_SET = bytes.fromhex("060e2b34025301010d0101010101")
_KEY = _SET[:4]  # every key of SMPTE's begins so
_PICTURES = {0x28, 0x29, 0x51}  # of sets: a picture in YUV, in RGB, an MPEG picture
_ESSENCE = bytes.fromhex("060e2b34010201010d010301")  # the media begins: the header is over
_ASPECT, _TRANSFER, _PRIMARIES, _MATRIX = 0x320E, 0x3210, 0x3219, 0x321A  # local tags of the set
_WIDTH, _HEIGHT = 0x3209, 0x3208  # as shown; what is stored may be more
# the last byte but two of a label: what it is in H.273
_TRANSFERS = {1: 4, 2: 1, 3: 7, 5: 12, 6: 8, 7: 17, 8: 11, 9: 14, 10: 16, 11: 18}
_PRIMARY_COLOURS = {1: 6, 2: 5, 3: 1, 4: 9, 5: 10, 6: 12, 10: 11}
_MATRICES = {1: 6, 2: 1, 3: 7, 4: 8, 5: 0, 6: 9}


def described_tags(path: Path) -> Tags:
    """What an MXF says of the colours of its picture, but for the range; unsaid what it does not say.

    Raises OSError.
    """
    with path.open("rb") as file:
        found = {tag: value for tag, _, value in _description(file)}

    def code(tag: int, known: dict[int, int]) -> int:
        label = found.get(tag, b"")
        return known.get(label[13], UNSPECIFIED) if len(label) == 16 else UNSPECIFIED

    return Tags(code(_MATRIX, _MATRICES), 0, code(_TRANSFER, _TRANSFERS), code(_PRIMARIES, _PRIMARY_COLOURS))


def say_aspect(path: Path, pixel_aspect: Fraction) -> None:
    """Writes into a finished MXF of square pixels what they are: width over height.

    The file is changed in its place, so hand in one that is not published yet. Raises VerifyError where it is
    no such file, and OSError.
    """
    with path.open("r+b") as file:
        items = {tag: (place, value) for tag, place, value in _description(file)}
        if not {_ASPECT, _WIDTH, _HEIGHT} <= items.keys():
            raise VerifyError("it is no MXF that could say what its pixels are", where=str(path))
        width, height = (int.from_bytes(items[tag][1], "big") for tag in (_WIDTH, _HEIGHT))
        shown = pixel_aspect * width / height
        file.seek(items[_ASPECT][0])
        file.write(shown.numerator.to_bytes(4, "big") + shown.denominator.to_bytes(4, "big"))


def _description(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """The items of the picture's description: tag, place in the file, value."""
    for key, first, size in _sets(file):
        if key[: len(_SET)] != _SET or key[14] not in _PICTURES:
            continue
        file.seek(first)
        data, at = file.read(size), 0
        while at + 4 <= len(data):
            tag, length = (int.from_bytes(data[at + part : at + part + 2], "big") for part in (0, 2))
            yield tag, first + at + 4, data[at + 4 : at + 4 + length]
            at += 4 + length
        return


def _sets(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """What the header is made of: the key, place and size of every part before the media."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(25)
        if len(head) < 17 or not head.startswith(_KEY) or head.startswith(_ESSENCE):
            return
        digits = head[16] & 0x7F if head[16] & 0x80 else 0  # of the size, unless it is one of a byte
        if digits > 8:
            return
        size = int.from_bytes(head[17 : 17 + digits], "big") if digits else head[16]
        yield head[:16], at + 17 + digits, size
        at += 17 + digits + size
