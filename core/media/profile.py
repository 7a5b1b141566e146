"""The colour profile (ICC) of a picture's file: PNG, JPEG and TIFF have one in a place of its own.

What a picture's numbers mean to those who manage colours; carried, and of what lies in it its name is read.
"""

import struct
import zlib
from pathlib import Path

from .chunks import PNG, TIFFS, png_chunk, png_chunks, tiff_entries
from .files import decoding

_JPEG = b"\xff\xd8"
_ICC_SEGMENT = b"ICC_PROFILE\0"
_TIFF_TAG, _BYTES = 34675, 7
_INSTEAD = (b"iCCP", b"sRGB", b"gAMA", b"cHRM")  # of a PNG: what a profile takes the place of
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


def with_profile(content: bytes, profile: bytes) -> bytes:
    """A whole PNG or TIFF that has a profile, in the place of its own.

    A PNG keeps its `cICP`, which has the last word of the two (PNG, third edition, 4.3) and says what is HDR.
    Raises ValueError where the file is damaged.
    """
    try:
        if _profile_in(content) == profile:
            return content
        return (_png_with if content.startswith(PNG) else _tiff_with)(content, profile)
    except (struct.error, zlib.error) as error:
        raise ValueError(f"it is damaged: {error}") from error


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
    if content.startswith(PNG):
        return _png_profile(content)
    if content.startswith(_JPEG):
        return _jpeg_profile(content)
    return _tiff_profile(content) if content.startswith(TIFFS) else b""


def _png_profile(content: bytes) -> bytes:
    for kind, body in png_chunks(content):
        if kind == b"iCCP":
            name, _, packed = body.partition(b"\0")
            return zlib.decompress(packed[1:]) if name else b""
        if kind == b"IDAT":
            break
    return b""


def _png_with(content: bytes, profile: bytes) -> bytes:
    head, *others = ((kind, body) for kind, body in png_chunks(content) if kind not in _INSTEAD)
    own = (b"iCCP", b"profile\0\0" + zlib.compress(profile))
    return PNG + b"".join(png_chunk(*chunk) for chunk in (head, own, *others))


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
    order, entries = tiff_entries(content)
    for tag, _, length, value in entries:
        if tag == _TIFF_TAG:
            (place,) = struct.unpack(f"{order}I", value)
            return content[place : place + length]
    return b""


def _tiff_with(content: bytes, profile: bytes) -> bytes:
    """The profile and a new directory stand behind all else; what was the directory is none any more."""
    order, entries = tiff_entries(content)
    content += b"\0" * (len(content) % 2)
    place = len(content)
    own = (_TIFF_TAG, _BYTES, len(profile), struct.pack(f"{order}I", place))
    entries = sorted([*(entry for entry in entries if entry[0] != _TIFF_TAG), own])
    profile += b"\0" * (len(profile) % 2)
    head = content[:4] + struct.pack(f"{order}I", place + len(profile)) + content[8:]
    directory = b"".join(struct.pack(f"{order}HHI4s", *entry) for entry in entries)
    return head + profile + struct.pack(f"{order}H", len(entries)) + directory + bytes(4)  # the last one
