"""Many kinds of source that make frame-exact reading hard, each with its frame numbers burnt in."""

import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av

from support.burnin import write_counter

RATE = Fraction(24000, 1001)
INTERLACED = {"x264-params": "tff=1:open-gop=1:scenecut=0"}
FRAMES = 60
_UNSHIFTED = {"avoid_negative_ts": "disabled"}


def _counter(name: str, **how) -> Callable[[Path], Path]:
    return lambda folder: write_counter(folder / name, FRAMES, RATE, **how)


def _fragmented(folder: Path) -> Path:
    options = {"movflags": "frag_keyframe+empty_moov"}
    return write_counter(folder / "fragmented.mp4", FRAMES, RATE, container_options=options)


def _trimmed_head(folder: Path) -> Path:
    """An edit list that begins within the first group of pictures: five frames are never shown."""
    return remux(_counter("whole.mp4")(folder), folder / "head.mp4", shift=-5 * 1001)


def _trimmed_tail(folder: Path) -> Path:
    """An edit list that ends seven frames before the media does."""
    path = _counter("tail.mp4")(folder)
    data = bytearray(path.read_bytes())
    place = data.index(b"elst") + 12  # the duration of the first edit, in movie ticks of 1/24000 s
    data[place : place + 4] = struct.pack(">I", (FRAMES - 7) * 1001)
    path.write_bytes(data)
    return path


def _delayed(folder: Path) -> Path:
    """An empty edit: the first frame is shown a second late."""
    return remux(_counter("whole.mp4")(folder), folder / "delayed.mp4", shift=24 * 1001)


def _turned(folder: Path) -> Path:
    """Held upright by a phone: stored on its side."""
    return remux(_counter("flat.mp4")(folder), folder / "turned.mp4", rotation=90)


def remux(source: Path, path: Path, shift: int = 0, rotation: int = 0) -> Path:
    """A packet copy with every time moved by `shift` ticks."""
    with av.open(str(source)) as before, av.open(str(path), "w", options=_UNSHIFTED) as after:
        stream = after.add_stream_from_template(before.streams.video[0])
        if rotation:
            stream.set_display_rotation(rotation)
        for packet in before.demux(video=0):
            if packet.size:
                packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                after.mux(packet)
    return path


# name → how to write it in a folder, the number on its first frame, its frames
SOURCES: dict[str, tuple[Callable[[Path], Path], int, int]] = {
    "mp4-bframes": (_counter("b.mp4"), 0, FRAMES),
    "mp4-open-gop": (_counter("open.mp4", open_gop=True, bframes=3), 0, FRAMES),
    "mp4-sound": (_counter("sound.mp4", sound=True), 0, FRAMES),
    "mp4-no-edit-list": (_counter("bare.mp4", container_options={"use_editlist": "0"}), 0, FRAMES),
    "mp4-trimmed-head": (_trimmed_head, 5, FRAMES - 5),
    "mp4-trimmed-tail": (_trimmed_tail, 0, FRAMES - 7),
    "mp4-delayed": (_delayed, 0, FRAMES),
    "mp4-fragmented": (_fragmented, 0, FRAMES),
    "hevc-open-gop": (_counter("hevc.mp4", codec="hevc", open_gop=True), 0, FRAMES),
    "h264-ts": (_counter("h264.ts", open_gop=True), 0, FRAMES),
    "h264-mkv": (_counter("h264.mkv"), 0, FRAMES),
    "mpeg2-ts": (_counter("mpeg2.ts", codec="mpeg2"), 0, FRAMES),
    "mpeg2-mxf": (_counter("mpeg2.mxf", codec="mpeg2"), 0, FRAMES),
    "prores-mov": (_counter("prores.mov", codec="prores", sound=True), 0, FRAMES),
    "mjpeg-avi": (_counter("mjpeg.avi", codec="mjpeg"), 0, FRAMES),
    "h264-avi": (_counter("h264.avi", bframes=0), 0, FRAMES),
    "mpeg2-avi": (_counter("mpeg2.avi", codec="mpeg2"), 0, FRAMES),
    "animation-mov": (_counter("palette.mov", codec="animation"), 0, FRAMES),
    "ffv1-mkv": (_counter("ffv1.mkv", codec="ffv1"), 0, FRAMES),
    "vp9-webm": (_counter("vp9.webm", codec="vp9"), 0, FRAMES),
    "av1-mp4": (_counter("av1.mp4", codec="av1"), 0, FRAMES),
    "dnxhr-mov": (_counter("dnxhr.mov", codec="dnxhr"), 0, FRAMES),
    "dnxhr-mxf": (_counter("dnxhr.mxf", codec="dnxhr"), 0, FRAMES),
    "cineform-mov": (_counter("cineform.mov", codec="cineform", size=(320, 192)), 0, FRAMES),
    "uyvy-mov": (_counter("uyvy.mov", codec="raw", matrix="bt709"), 0, FRAMES),
    "h264-interlaced": (_counter("fields.mp4", options=INTERLACED), 0, FRAMES),
    "mpeg2-interlaced-mxf": (
        _counter("fields.mxf", codec="mpeg2", options={"flags": "+ildct+ilme"}),
        0,
        FRAMES,
    ),
    "h264-turned": (_turned, 0, FRAMES),
}
SIZES = {"cineform-mov": (320, 192), "h264-turned": (180, 320)}  # the others are 320 x 180


def write_uneven(path: Path) -> Path:
    """A clip of variable frame rate: every fifth frame is held for two."""
    even = write_counter(path.with_name("even.mp4"), 30, RATE, bframes=0)
    return respace(even, path, [1 + (index in range(4, 29, 5)) for index in range(30)])


def respace(even: Path, path: Path, held: Sequence[int]) -> Path:
    """A packet copy of an even film without B-frames on which frame i is held for `held[i]`."""
    with av.open(str(even)) as before, av.open(str(path), "w") as after:
        original = before.streams.video[0]
        stream = after.add_stream_from_template(original)
        step = round(1 / original.time_base / original.average_rate)
        packets = [packet for packet in before.demux(video=0) if packet.size]
        for index, packet in enumerate(packets):
            packet.pts = packet.dts = sum(held[:index]) * step
            packet.duration = held[index] * step
            packet.stream = stream
            after.mux(packet)
    return path
