"""Films whose every sample of sound says its own number."""

import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import AudioFrame

from support.burnin import write_counter

_BLOCK = 1000


def numbered(first: int, count: int, channels: int) -> np.ndarray:
    """Samples `first` … of all channels, packed: each says its number and its channel, in 24 of 32 bits."""
    samples = (np.arange(first, first + count)[:, None] * 8 + np.arange(channels)) % (1 << 23)
    return (samples << 8).astype(np.int32).reshape(1, -1)


def noise(first: int, count: int, channels: int) -> np.ndarray:
    """Samples of a noise that never repeats, for formats that keep no single bits."""
    found = [
        np.random.default_rng((7, block)).integers(-(2**28), 2**28, (_BLOCK, channels))
        for block in range(first // _BLOCK, (first + count) // _BLOCK + 1)
    ]
    return np.concatenate(found)[first % _BLOCK :][:count].astype(np.int32).reshape(1, -1)


def write_sounding(
    path: Path,
    frames: int,
    rate: Fraction,
    coder: str = "pcm_s24le",
    layouts: tuple[str, ...] = ("stereo",),
    *,
    sample_rate: int = 48000,
    samples=numbered,
    late: Fraction = Fraction(0),
    start_timecode: str | None = None,
) -> Path:
    """A film with burnt-in numbers and tracks of sound that begin `late` seconds after the picture."""
    silent = write_counter(
        path.with_stem(f"{path.stem}_silent"), frames, rate, _codec(path), start_timecode=start_timecode
    )
    options = {"movie_timescale": str(rate.numerator)} if path.suffix in (".mov", ".mp4") else {}
    with av.open(str(silent)) as before, av.open(str(path), "w", options=options) as after:
        picture = after.add_stream_from_template(before.streams.video[0])
        if start_timecode:
            picture.metadata["timecode"] = start_timecode
        tracks = [after.add_stream(coder, rate=sample_rate, layout=layout) for layout in layouts]
        for packet in before.demux(video=0):
            if packet.size:
                packet.stream = picture
                after.mux(packet)
        for track, layout in zip(tracks, layouts, strict=True):
            _speak(after, track, layout, round(frames / rate * sample_rate), samples, late)
    silent.unlink()
    return path


def _codec(path: Path) -> str:
    return {".mxf": "mpeg2", ".ts": "mpeg2"}.get(path.suffix, "h264")


def _speak(container, track, layout: str, count: int, samples, late: Fraction) -> None:
    channels = av.AudioLayout(layout).nb_channels
    for first in range(0, count, _BLOCK):
        block = samples(first, min(_BLOCK, count - first), channels)
        frame = AudioFrame.from_ndarray(block, format="s32", layout=layout)
        frame.sample_rate, frame.time_base = track.rate, Fraction(1, track.rate)
        frame.pts = first + round(late * track.rate)
        container.mux(track.encode(frame))
    container.mux(track.encode(None))


def everything(path: Path, number: int = 0) -> np.ndarray:
    """All samples of a track, decoded from its top, packed as 32 bits."""
    return from_top(path, number)[1]


def from_top(path: Path, number: int = 0) -> tuple[int, np.ndarray]:
    """The same, after the number that the first of them has in the file's own time."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[number]
        packed = av.AudioResampler("s32", stream.layout.name, stream.rate)
        frames = [*container.decode(stream)]
        parts = [part.to_ndarray() for one in frames for part in packed.resample(one)]
        return round(frames[0].pts * frames[0].time_base * stream.rate), np.hstack(parts)


def reorder(path: Path, tag: int) -> Path:
    """Gives the one track of sound of a MOV, with a layout, another by Apple's number, which has an order."""
    content = bytearray(path.read_bytes())
    place = (
        content.index(b"chan", content.rindex(b"moov")) + 8
    )  # tag, bits of channels, count of descriptions
    content[place : place + 12] = tag.to_bytes(4, "big") + bytes(8)
    path.write_bytes(content)
    return path


def undecodable(path: Path, *numbers: int) -> Path:
    """Makes tracks of sound of a MOV, counted from 0, ones in a format that FFmpeg has no decoder for."""
    content = bytearray(path.read_bytes())
    places = [found.start() for found in re.compile(b"stsd").finditer(content, content.rindex(b"moov"))]
    for number in numbers:
        place = places[1 + number] + 16  # after the picture's; version, count, size
        content[place : place + 4] = b"apac"  # the spatial sound of telephones
    path.write_bytes(content)
    return path
