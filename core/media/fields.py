"""Interlaced frames made progressive: one frame out for each frame in, at its own moment.

Knows three frames in a row, nothing of files.
"""

from av import VideoFrame
from av.filter import Graph


def deinterlaced(before: VideoFrame | None, frame: VideoFrame, after: VideoFrame | None) -> VideoFrame:
    """`frame` at the moment of its first field, by FFmpeg's bwdif; its neighbours help where there are any.

    The same three frames always give the same picture. Field order is the frames' own.
    """
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    weaver, sink = graph.add("bwdif", "mode=send_frame:deint=all"), graph.add("buffersink")
    source.link_to(weaver)
    weaver.link_to(sink)
    graph.configure()
    shown = [one for one in (before, frame, after) if one is not None]
    for one in shown:
        graph.vpush(one)
    graph.vpush(None)
    found = [graph.vpull() for _ in shown][0 if before is None else 1]
    found.pts, found.time_base = frame.pts, frame.time_base  # the filter's clock is twice as fast
    return found
