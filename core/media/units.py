"""Whether a packet of HEVC holds what an encoder wrote: FFmpeg shows what zeros say without a word.

Three zeros in a row never stand in one of its units (Rec. ITU-T H.265, 7.4.2.3): where a disk or a copy
failed they do. Knows packets alone; nothing of frames.
"""

from collections.abc import Callable, Iterator

from av import Packet
from av.video.stream import VideoStream

_PADDING = 64  # zeros behind a unit that a careless muxer may leave there


def unit_check(stream: VideoStream) -> Callable[[Packet], bool]:
    """Whether a packet of a stream is damaged, as far as its units show; never where they have no lengths."""
    extra = stream.codec_context.extradata or b""
    if stream.codec.name != "hevc" or len(extra) < 22 or extra[0] != 1:
        return lambda packet: False
    length = (extra[21] & 3) + 1  # of the numbers that say how long units are
    return lambda packet: any(map(_is_wiped, _units(bytes(packet), length)))


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
    held = unit.rstrip(b"\0")
    return len(unit) - len(held) > _PADDING or b"\0\0\0" in held
