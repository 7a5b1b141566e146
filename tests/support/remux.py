"""Films copied packet by packet into a file that says other things of its colours, as careless tools do."""

from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext

UNSAID = {"colorspace": 2, "color_trc": 2, "color_primaries": 2, "color_range": 0}
AS_2020 = {"colorspace": 9, "color_primaries": 9}


def remux(source: Path, path: Path, container: dict[str, int] | None = None, pictures: str = "") -> Path:
    """A copy; `container` are tags that it says, `pictures` a bitstream filter that changes their own."""
    with av.open(str(source)) as taken, av.open(str(path), "w") as made:
        stream = taken.streams.video[0]
        copy = made.add_stream_from_template(stream)
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
