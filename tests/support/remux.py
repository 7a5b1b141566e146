"""Films copied packet by packet into a file that says other things of its colours, as careless tools do."""

from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer

UNSAID = {"colorspace": 2, "color_trc": 2, "color_primaries": 2, "color_range": 0}
AS_2020 = {"colorspace": 9, "color_primaries": 9}


def remux(source: Path, path: Path, container: dict[str, int] | None = None, pictures: str = "") -> Path:
    """A copy; `container` are tags that it says, `pictures` a bitstream filter that changes their own."""
    with av.open(str(source)) as taken, av.open(str(path), "w") as made:
        stream = taken.streams.video[0]
        copy = _like(stream, made)
        copy.metadata.update(stream.metadata)
        changed = BitStreamFilterContext(pictures, stream, copy) if pictures else None
        for key, code in (container or {}).items():
            setattr(copy.codec_context, key, code)
        for packet in taken.demux(stream):
            if packet.size:
                for one in changed.filter(packet) if changed else [packet]:
                    one.stream = copy
                    made.mux(one)
    return path


def _like(stream: av.VideoStream, made: OutputContainer) -> av.VideoStream:
    """A stream for the packets of another; PyAV's own way loses the rate, without which there is no MXF."""
    if made.format.name != "mxf":
        return made.add_stream_from_template(stream)
    copy = made.add_stream(stream.codec.name, rate=stream.guessed_rate, options={"profile": "dnxhr_hqx"})
    copy.width, copy.height, copy.pix_fmt = stream.width, stream.height, stream.pix_fmt
    for key in UNSAID:
        setattr(copy.codec_context, key, getattr(stream, key))
    return copy
