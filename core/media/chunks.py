"""How the files of PNG and TIFF are laid out: chunks, and a directory of entries. Knows no pictures.

Source: PNG, third edition, 5; TIFF 6.0, 2.
"""

import struct
import zlib
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
TIFFS = (b"II*\0", b"MM\0*")


def png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of every chunk of a PNG; raises struct.error where the file ends within one's head."""
    place = len(PNG)
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        yield kind, content[place + 8 : place + 8 + length]
        place += 12 + length


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and its sum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def tiff_entries(content: bytes) -> tuple[str, list[tuple[int, int, int, bytes]]]:
    """The order of a TIFF's bytes, as `struct` has it, and its first directory.

    An entry is its tag, type, count, and four bytes of a value or of its place. Raises struct.error where
    the file ends before.
    """
    order = "<" if content.startswith(b"II") else ">"
    (directory,) = struct.unpack_from(f"{order}I", content, 4)
    (count,) = struct.unpack_from(f"{order}H", content, directory)
    heads = (directory + 2 + 12 * number for number in range(count))
    return order, [struct.unpack_from(f"{order}HHI4s", content, head) for head in heads]
