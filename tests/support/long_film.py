"""A film of hours in a few megabytes: closed groups of pictures that show nothing, and some with numbers."""

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from support.burnin import draw_number

GROUP = 240
SIZE = (160, 90)
_OPTIONS = {
    "crf": "12",
    "preset": "ultrafast",
    "x264-params": f"keyint={GROUP}:min-keyint={GROUP}:scenecut=0:bframes=2:b-adapt=0:open-gop=0:threads=1",
}


def write_long(path: Path, groups: int, rate: Fraction, numbered: Collection[int], start: str) -> Path:
    """A film of `groups` x 240 frames with B-frames, whose groups in `numbered` show each frame's number,
    modulo 65536; all others are grey. `start` is its timecode."""
    blank = _group(rate, None)
    with av.open(str(path), "w", options={"movie_timescale": str(rate.numerator)}) as container:
        stream = container.add_stream("libx264", rate=rate, options=_OPTIONS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.time_base = 1 / rate
        stream.metadata["timecode"] = start
        for group in range(groups):
            packets = _group(rate, group * GROUP) if group in numbered else blank
            for content, pts, dts, key in packets:
                packet = av.Packet(content)
                packet.pts, packet.dts = group * GROUP + pts, group * GROUP + dts
                packet.time_base, packet.duration, packet.is_keyframe = 1 / rate, 1, key
                packet.stream = stream
                container.mux(packet)
    return path


def _group(rate: Fraction, first: int | None) -> list[tuple[bytes, int, int, bool]]:
    """One closed group: of each packet its bytes, pts, dts and whether it is a key frame."""
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = *SIZE, "yuv420p"
    coder.time_base, coder.framerate, coder.options = 1 / rate, rate, dict(_OPTIONS)
    coder.flags |= av.codec.context.Flags.global_header
    packets = []
    for at in range(GROUP):
        picture = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        if first is not None:
            picture = draw_number((first + at) % 65536, SIZE)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = at, 1 / rate
        packets += coder.encode(frame)
    packets += coder.encode(None)
    return [(bytes(one), one.pts, one.dts, one.is_keyframe) for one in packets]
