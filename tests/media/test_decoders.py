"""Decoding by hardware, played by the processor or real where a machine has it: the frames are the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av import VideoFrame
from av.error import ExternalError
from stylereel.core.errors import MediaError
from stylereel.core.media import decoders
from stylereel.core.media import reader as reader_room
from stylereel.core.media.decoders import tried_decoders, working_decoder
from stylereel.core.media.files import open_media
from stylereel.core.media.layouts import laid_out, planar
from stylereel.core.media.reader import FrameReader
from support.burnin import write_counter
from support.pictures import number_in
from support.sources import SOURCES

RATE, FRAMES = Fraction(24000, 1001), 60
KINDS = ["mp4-open-gop", "mp4-trimmed-head", "h264-turned", "h264-interlaced", "hevc-open-gop", "h264-ts"]
FILMS = {
    "8 bits": dict(),
    "full range": dict(full_range=True, pix_fmt="yuvj420p", matrix="bt709"),
    "HEVC": dict(codec="hevc"),
    "HEVC of 10 bits, PQ": dict(codec="hevc", pix_fmt="yuv420p10le", matrix="pq"),
    "VP9": dict(codec="vp9"),
    "an odd height": dict(size=(318, 178)),
}


@dataclass
class Packet:
    """A packet that the played hardware decodes: its way, and which of the stream it is."""

    packet: Any
    way: str
    number: int

    def decode(self) -> list[VideoFrame]:
        frames = self.packet.decode()
        if self.way == "breaks" and self.number >= 30:
            raise ExternalError(1, "the card was pulled")
        if self.way == "loses":
            frames = [frame for frame in frames if frame.key_frame]
        return [shown(frame, self.way) for frame in frames]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.packet, name)

    def __buffer__(self, flags: int) -> memoryview:
        return memoryview(self.packet)

    def __bytes__(self) -> bytes:
        return bytes(self.packet)


@dataclass
class Container:
    """What FFmpeg opens for hardware."""

    container: Any
    way: str

    def demux(self, stream: Any) -> Iterator[Packet]:
        return (Packet(packet, self.way, at) for at, packet in enumerate(self.container.demux(stream)))

    def decode(self, stream: Any) -> Iterator[VideoFrame]:
        return (frame for packet in self.demux(stream) for frame in packet.decode())

    def __enter__(self) -> "Container":
        return self

    def __exit__(self, *error: object) -> None:
        self.container.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.container, name)


def shown(frame: VideoFrame, way: str) -> VideoFrame:
    """A frame as hardware hands it out, half packed."""
    half = laid_out(frame, "p010le" if "10" in frame.format.name else "nv12")
    half.pts, half.time_base = frame.pts, frame.time_base
    if way == "wrong":
        half.planes[0].update(bytes(half.planes[0].buffer_size))
    return half


def opened(path: Path, decoder: str = "") -> Any:
    container = open_media(path)
    return Container(container, decoder) if decoder else container


@pytest.fixture
def played(monkeypatch):
    """Makes all readers decode by hardware that does it in some way."""
    for room in (decoders, reader_room):
        monkeypatch.setattr(room, "open_media", opened)

    def plays(way: str) -> None:
        monkeypatch.setattr(reader_room, "working_decoder", lambda path: way)

    return plays


def codes(frame: VideoFrame) -> list[np.ndarray]:
    bits = frame.format.components[0].bits
    return [decoders.plane_codes(plane, bits) for plane in frame.planes]


def alike(one: VideoFrame, other: VideoFrame) -> bool:
    return all(map(np.array_equal, codes(one), codes(other)))


def at_random(path: Path, frames: int) -> None:
    """63 frames by hardware and by the processor, at random."""
    with FrameReader(path) as plain, FrameReader(path, hardware=True) as hard:
        for at in random.Random(11).choices(range(frames), k=63):
            assert alike(hard.read(at), plain.read(at)), at


@pytest.mark.parametrize("film", FILMS)
def test_hardware_is_trusted_where_its_first_frames_are_the_same(tmp_path, played, film):
    path = write_counter(tmp_path / "film.mkv", 20, RATE, **FILMS[film])
    assert decoders._gives_the_same(path, "right")
    assert not decoders._gives_the_same(path, "wrong")
    with open_media(path) as container:
        packed = [shown(frame, "right") for frame in container.decode(video=0)]
    assert {frame.format.name for frame in packed} <= {"nv12", "p010le"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["right", "breaks", "loses"])
def test_every_frame_is_the_one_that_the_processor_gives(tmp_path, played, kind, way):
    """Whether hardware decodes all of them, is pulled out or passes some by."""
    played(way)
    write, first, frames = SOURCES[kind]
    path = write(tmp_path)
    at_random(path, frames)
    with FrameReader(path, hardware=True) as hard:
        assert [number_in(hard.read(at)) for at in range(frames)] == [*range(first, first + frames)]
        assert bool(hard._decoder) == (way == "right")


def test_what_hardware_cannot_give_the_processor_names(tmp_path, played):
    played("loses")
    path = write_counter(tmp_path / "film.mp4", FRAMES, RATE, bframes=0)
    data = bytearray(path.read_bytes())
    with open_media(path) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    place, size = places[30]
    data[place + size // 2 : place + size] = bytes(size - size // 2)
    path.write_bytes(data)
    with FrameReader(path, hardware=True) as hard:
        assert number_in(hard.read(29)) == 29
        with pytest.raises(MediaError, match="frame 30 is damaged"):
            hard.read(30)


def test_what_is_not_defined_to_the_bit_stays_with_the_processor(tmp_path, monkeypatch):
    monkeypatch.setattr(decoders, "_gives_the_same", lambda path, kind: True)
    assert working_decoder(write_counter(tmp_path / "film.mp4", 3, RATE, "mpeg2")) == ""
    assert working_decoder(write_counter(tmp_path / "film.mov", 3, RATE, "prores")) == ""
    (tmp_path / "text.mp4").write_text("no film")
    assert working_decoder(tmp_path / "text.mp4") == ""


@pytest.mark.parametrize("film", FILMS)
def test_real_hardware_gives_the_very_same_frames(tmp_path, film):
    path = write_counter(tmp_path / "film.mkv", FRAMES, RATE, **{"size": (640, 360), **FILMS[film]})
    if not working_decoder(path):
        pytest.skip("no hardware of this machine decodes it")
    with FrameReader(path, hardware=True) as hard:
        hard.read(3)
        assert hard._decoder and hard._decoded
        assert planar(next(hard._decoded)).format.name.startswith("yuv420p")
    at_random(path, FRAMES)


@pytest.mark.parametrize("kind", KINDS)
def test_real_hardware_finds_every_frame(tmp_path, kind):
    write, first, frames = SOURCES[kind]
    path = write(tmp_path)
    if not working_decoder(path):
        pytest.skip("no hardware of this machine decodes it")
    at_random(path, frames)
    with FrameReader(path, hardware=True) as hard:
        assert [number_in(hard.read(at)) for at in range(frames)] == [*range(first, first + frames)]
        assert hard._decoder


def test_the_doctor_tries_what_is_there():
    assert set(tried_decoders()) == {"H.264", "HEVC", "VP9"}
