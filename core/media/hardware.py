"""The encoders that are part of this machine's graphics card or processor, and whether they can be trusted.

FFmpeg lists many that there is no hardware for, and some that take pictures and give back others. So they are
tried, and what they wrote is looked at. Knows nothing of how films are written.
"""

from fractions import Fraction
from functools import lru_cache
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av import VideoFrame
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from .files import decoding, open_media, picture_stream
from .formats import Format, Hardware
from .layouts import plane_codes
from .tags import UNSPECIFIED, Tags

_TRIAL, _FRAMES = (640, 360), 8
_ALIKE = 30.0  # dB between lumas; what is encoded at such a quality has more than 40
_RATE = Fraction(25)


def working_hardware(form: Format) -> Hardware | None:
    """The first of a format's hardware encoders that encodes some pictures here, or None."""
    return next((way for way in form.hardware if encodes(way)), None)


@lru_cache(maxsize=64)
def encodes(way: Hardware) -> bool:
    """Whether an encoder takes a few pictures and gives as many packets."""
    if way.encoder not in av.codecs_available:
        return False
    try:
        return _packets(way) == _FRAMES
    except (FFmpegError, ValueError):
        return False


def _packets(way: Hardware) -> int:
    coder = av.CodecContext.create(way.encoder, "w")
    assert isinstance(coder, VideoCodecContext)
    (coder.width, coder.height), coder.pix_fmt = _TRIAL, way.pixels
    coder.time_base, coder.framerate, coder.options = 1 / _RATE, _RATE, dict(way.options)
    count = 0
    for index in range(_FRAMES):
        frame = VideoFrame(*_TRIAL, way.pixels)
        for plane in frame.planes:
            plane.update(bytes([16 * index]) * plane.buffer_size)
        frame.pts, frame.time_base = index, 1 / _RATE
        count += len(coder.encode(frame))
    return count + len(coder.encode(None))


def own_tags(path: Path) -> Tags:
    """What the pictures of a film say of their colours by themselves, whatever its container says.

    All unsaid where none can be decoded. Raises MediaError where the file cannot be read.
    """
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        decoder = av.CodecContext.create(stream.codec.name, "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.extradata = stream.codec_context.extradata
        packets = (packet for packet in container.demux(stream) if packet.size)
        frames = (frame for packet in chain(packets, [None]) for frame in decoder.decode(packet))
        frame = next(frames, None)
        return Tags.of(frame) if frame else Tags(UNSPECIFIED, 0, UNSPECIFIED, UNSPECIFIED)


def looks_like(coded: VideoFrame, given: VideoFrame) -> bool:
    """Whether a decoded frame is the picture that was encoded, by size, bits and luma; both are planar."""
    bits = [frame.format.components[0].bits for frame in (coded, given)]
    if (coded.width, coded.height, bits[0]) != (given.width, given.height, bits[1]):
        return False
    one, other = (plane_codes(frame.planes[0], bits[0]) for frame in (coded, given))
    error = float(np.mean((one - other) ** 2))
    return error == 0 or 10 * np.log10((2 ** bits[0] - 1) ** 2 / error) >= _ALIKE
