"""What the units of a packet of H.264 or HEVC say of it: whether they hold what an encoder wrote, and whether
other pictures are built on it.

Decoders show what zeros say without a word. Three of them in a row never stand in a unit (Rec. ITU-T H.264,
7.4.1, and H.265, 7.4.2.3): where a disk or a copy failed they do. Knows packets alone; nothing of frames.
"""

import re
from collections.abc import Callable, Iterator

from av import Packet
from av.video.stream import VideoStream

_PADDING = 64  # zeros behind a unit that a careless muxer may leave there
_H264_SLICES = (1, 2, 5)  # units that a picture's first slice stands in
_LENGTH_AT = {"h264": 4, "hevc": 21}  # where a stream's head says how long the units' lengths are
_START = re.compile(b"\0\0\1")
_WIPED = re.compile(b"(?<!\0)\0{3,}[^\0\1]")  # before a 1 they are a start code that a muxer left in a unit

Units = Callable[[Packet], Iterator[bytes]]


def unit_check(stream: VideoStream) -> Callable[[Packet], bool]:
    """Whether a packet of a stream is damaged, as far as its units show; never where they have no lengths.

    Many zeros at a unit's end are damage too, but in a stream that is padded so: by its first packet.
    """
    units, padded = _measured_units(stream), None
    if not units:
        return lambda packet: False

    def is_damaged(packet: Packet) -> bool:
        nonlocal padded
        found = [*units(packet)]
        ends = any(map(_ends_wiped, found))
        padded = ends if padded is None else padded
        return any(map(_is_wiped, found)) or (ends and not padded)

    return is_damaged


def spare_check(stream: VideoStream) -> Callable[[Packet], bool]:
    """Whether a packet of a stream says that no other picture is built on its own (H.264's nal_ref_idc)."""
    if stream.codec.name != "h264":
        return lambda packet: False
    units = _measured_units(stream) or (lambda packet: iter(_START.split(bytes(packet))))
    return lambda packet: next((not unit[0] & 0x60 for unit in units(packet) if _is_slice(unit)), False)


def _measured_units(stream: VideoStream) -> Units | None:
    """The way to a packet's units where each stands behind its length."""
    extra, place = stream.codec_context.extradata or b"", _LENGTH_AT.get(stream.codec.name)
    if place is None or len(extra) <= place or extra[0] != 1:
        return None
    length = (extra[place] & 3) + 1
    return lambda packet: _units(bytes(packet), length)


def _units(packet: bytes, length: int) -> Iterator[bytes]:
    """The units of a packet; what is left where they have other lengths than they say comes as one."""
    place = 0
    while place + length < len(packet):
        size = int.from_bytes(packet[place : place + length])
        if not 0 < size <= len(packet) - place - length:
            yield packet[place:]
            return
        place += length
        yield packet[place : place + size]
        place += size


def _is_wiped(unit: bytes) -> bool:
    return _WIPED.search(unit) is not None


def _ends_wiped(unit: bytes) -> bool:
    return len(unit) - len(unit.rstrip(b"\0")) > _PADDING


def _is_slice(unit: bytes) -> bool:
    return bool(unit) and unit[0] & 31 in _H264_SLICES
