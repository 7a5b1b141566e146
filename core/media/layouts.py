"""Frames whose samples lie otherwise (packed, half packed, big-endian) laid out in planes; no number changes.

Knows pixel formats alone: nothing of files, colours or nets.
"""

import re

import numpy as np
from av import VideoFrame
from av.video.plane import VideoPlane

_PLANES = {
    "uyvy422": "yuv422p",
    "yuyv422": "yuv422p",
    "yvyu422": "yuv422p",
    "nv12": "yuv420p",
    "nv21": "yuv420p",
    "nv16": "yuv422p",
    "nv24": "yuv444p",
    "nv42": "yuv444p",
    "p010le": "yuv420p10le",
    "p210le": "yuv422p10le",
    "p410le": "yuv444p10le",
    "y210le": "yuv422p10le",
    "y212le": "yuv422p12le",
    "xv30le": "yuv444p10le",
    "xv36le": "yuv444p12le",
}
_BIG_ENDIAN = re.compile(r"(yuva?4[0-9]{2}p(?:9|1[0246]))be")


def planar_name(name: str) -> str:
    """The format that `planar` gives a frame of format `name`."""
    big = _BIG_ENDIAN.fullmatch(name)
    return f"{big[1]}le" if big else _PLANES.get(name, name)


def planar(frame: VideoFrame) -> VideoFrame:
    """The frame with its samples in planes, where they are luma and chroma; else the frame itself."""
    name = frame.format.name
    if (wanted := planar_name(name)) == name:
        return frame
    return laid_out(frame, wanted)


def laid_out(frame: VideoFrame, name: str) -> VideoFrame:
    """The frame with its samples lying as in format `name`, of as many bits and as much chroma."""
    meant = int(frame.colorspace), int(frame.color_range)
    other = frame.reformat(
        format=name,
        src_colorspace=meant[0],
        dst_colorspace=meant[0],
        src_color_range=meant[1],
        dst_color_range=meant[1],
        threads=1,  # swscale's own write over each other's lines where a width is no multiple of 16
    )
    other.color_trc, other.color_primaries = frame.color_trc, frame.color_primaries
    other.colorspace, other.color_range = meant
    return other


def plane_codes(plane: VideoPlane, bits: int, rows: slice = slice(None)) -> np.ndarray:
    """The codes of a plane, or of `rows` of it, as float32, h x w, without the padding at its lines' ends."""
    kind = np.dtype(np.uint8 if bits <= 8 else np.uint16)
    codes = np.frombuffer(plane, kind)  # pyright: ignore[reportCallIssue, reportArgumentType]
    lines = codes.reshape(plane.height, plane.line_size // kind.itemsize)
    return lines[rows, : plane.width].astype(np.float32)
