"""ProRes of an odd width: encoded one column wider, and told its true width in the head of every packet.

The encoders refuse such pictures or garble their last column of colour; the format itself holds them, in
blocks of 16 columns. Knows the frame header of ProRes (SMPTE RDD 36), nothing of files.
"""

import struct

import numpy as np
from av import Packet, VideoFrame

from ..errors import VerifyError

_WIDTH = 16  # the byte where the width stands: behind size, "icpf", header size, version and vendor


def one_column_wider(frame: VideoFrame) -> VideoFrame:
    """A 10-bit frame of odd width with its last column twice; tags are kept."""
    wider = VideoFrame(frame.width + 1, frame.height, frame.format.name)
    for before, after in zip(frame.planes, wider.planes, strict=True):
        codes = np.frombuffer(bytes(before), np.uint16)
        lines = codes.reshape(before.height, -1)[:, : before.width]
        room = np.zeros((after.height, after.line_size // 2), np.uint16)
        room[:, : after.width] = lines[:, -1:]
        room[:, : before.width] = lines
        after.update(room.tobytes())
    wider.colorspace, wider.color_range = frame.colorspace, frame.color_range
    wider.color_trc, wider.color_primaries = frame.color_trc, frame.color_primaries
    return wider


def with_width(packet: Packet, width: int) -> Packet:
    """A copy of a ProRes packet whose picture is one column narrower than it was encoded."""
    content = bytearray(bytes(packet))
    if content[4:8] != b"icpf" or struct.unpack_from(">H", content, _WIDTH)[0] != width + 1:
        raise VerifyError("the ProRes encoder gave a packet that is not understood")
    struct.pack_into(">H", content, _WIDTH, width)
    narrower = Packet(bytes(content))
    narrower.pts, narrower.dts, narrower.time_base = packet.pts, packet.dts, packet.time_base
    narrower.duration, narrower.is_keyframe = packet.duration, True
    return narrower
