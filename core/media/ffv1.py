"""Whether a packet of FFV1 is whole: its slices carry checksums, which FFmpeg's decoder only mutters about.

Knows the tail of a slice (RFC 9043, 4.9) of version 3 with checksums, as our files are written.
"""

import zlib

_TAIL = 8  # bytes: the slice's size in 3, a status, a CRC in 4 that brings the sum over all to 0
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))  # zlib sums bits from the other end


def is_whole(packet: bytes) -> bool:
    """Whether every slice of a packet has the checksum that it says; False without checksums too."""
    end = len(packet)
    while end >= _TAIL:
        first = end - _TAIL - int.from_bytes(packet[end - _TAIL : end - _TAIL + 3], "big")
        if first < 0 or zlib.crc32(packet[first:end].translate(_TURNED), 0xFFFFFFFF) != 0xFFFFFFFF:
            return False
        end = first
    return end == 0 and bool(packet)
