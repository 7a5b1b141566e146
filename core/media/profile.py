"""The colour profile (ICC) of a picture's file: PNG, JPEG and TIFF have one in a place of its own.

What a picture's numbers mean to those who manage colours; carried, and of what lies in it its name is read.
"""

import struct
import zlib
from pathlib import Path

from .files import decoding

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_ICC_SEGMENT = b"ICC_PROFILE\0"
_TIFF_TAG = 34675
_SPACE = slice(16, 20)  # of a profile: which colours it is for
_HEAD, _MOST_TAGS = 128, 200  # of a profile: the bytes before its table of tags, and how many that may have
_NAMELESS = "without a name"


def colour_profile(path: Path) -> bytes:
    """The profile in a picture's file; empty where it has none of RGB colours, or none that can be read.

    Raises MediaError where the file cannot be read at all.
    """
    with decoding(path):
        content = path.read_bytes()
    try:
        found = _profile_in(content)
    except (struct.error, zlib.error, ValueError, IndexError):
        return b""
    return found if found[_SPACE] == b"RGB " else b""


def profile_name(profile: bytes) -> str:
    """What a profile calls itself (`Display P3`); "without a name" where it does not, empty of an empty one.

    Source: ICC.1:2022, 7.3, 9.2.41 and 10.15; ICC.1:2001-04, 6.5.17.
    """
    if not profile:
        return ""
    try:
        return _described(profile) or _NAMELESS
    except (struct.error, UnicodeDecodeError):
        return _NAMELESS


def _described(profile: bytes) -> str:
    """The text of a profile's `desc`: in its first language, or, in one of version 2, in ASCII."""
    (count,) = struct.unpack_from(">I", profile, _HEAD)
    for number in range(min(count, _MOST_TAGS)):
        tag, place, _ = struct.unpack_from(">4sII", profile, _HEAD + 4 + 12 * number)
        if tag == b"desc" and profile[place : place + 4] == b"mluc":
            length, offset = struct.unpack_from(">II", profile, place + 20)
            return profile[place + offset : place + offset + length].decode("utf-16-be").strip("\0 ")
        if tag == b"desc":
            (length,) = struct.unpack_from(">I", profile, place + 8)
            return profile[place + 12 : place + 12 + length].decode("ascii").strip("\0 ")
    return ""


def _profile_in(content: bytes) -> bytes:
    if content.startswith(_PNG):
        return _png_profile(content)
    if content.startswith(_JPEG):
        return _jpeg_profile(content)
    return _tiff_profile(content) if content[:4] in (b"II*\0", b"MM\0*") else b""


def _png_profile(content: bytes) -> bytes:
    place = len(_PNG)
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        if kind == b"iCCP":
            name, _, packed = content[place + 8 : place + 8 + length].partition(b"\0")
            return zlib.decompress(packed[1:]) if name else b""
        if kind == b"IDAT":
            return b""
        place += 12 + length
    return b""


def _jpeg_profile(content: bytes) -> bytes:
    """The profile's parts, in the order of their numbers."""
    parts: dict[int, bytes] = {}
    place = len(_JPEG)
    while True:
        mark, kind, length = struct.unpack_from(">BBH", content, place)
        if mark != 0xFF or kind == 0xDA:  # the picture itself begins
            break
        body = content[place + 4 : place + 2 + length]
        if kind == 0xE2 and body.startswith(_ICC_SEGMENT):
            parts[body[len(_ICC_SEGMENT)]] = body[len(_ICC_SEGMENT) + 2 :]
        place += 2 + length
    return b"".join(parts[number] for number in sorted(parts))


def _tiff_profile(content: bytes) -> bytes:
    order = "<" if content.startswith(b"II") else ">"
    (directory,) = struct.unpack_from(f"{order}I", content, 4)
    (entries,) = struct.unpack_from(f"{order}H", content, directory)
    for number in range(entries):
        tag, _, length, place = struct.unpack_from(f"{order}HHII", content, directory + 2 + 12 * number)
        if tag == _TIFF_TAG:
            return content[place : place + length]
    return b""
