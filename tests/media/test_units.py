"""What the units of packets tell of damage that decoders show without a word."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media.inspect_film import Sight, inspect_film
from stylereel.core.media.reader import FrameReader
from support.burnin import write_counter
from support.pictures import number_in

RATE = Fraction(25)
FRAMES, HURT = 24, 19


def rewritten(path: Path, at: int | None, change: Callable[[bytes], bytes]) -> Path:
    """The film with other bytes in the `at`th packet, or in all."""
    new = path.with_name(f"new {path.name}")
    with av.open(str(path)) as source, av.open(str(new), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(one for one in source.demux(video=0) if one.size):
            other = av.Packet(change(bytes(packet)) if at in (number, None) else bytes(packet))
            other.pts, other.dts, other.time_base = packet.pts, packet.dts, packet.time_base
            other.is_keyframe, other.stream = packet.is_keyframe, stream
            target.mux(other)
    return new


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("zeros", [4, 40])
def test_zeros_that_a_decoder_shows_are_damage(tmp_path, codec, zeros):
    path = write_counter(tmp_path / "film.mp4", FRAMES, RATE, codec, bframes=0)

    def wiped(packet: bytes) -> bytes:
        place = len(packet) * 2 // 3
        return packet[:place] + bytes(zeros) + packet[place + zeros :]

    new = rewritten(path, HURT, wiped)
    with FrameReader(new) as reader:
        assert [number_in(reader.read(at)) for at in range(HURT)] == [*range(HURT)]
        with pytest.raises(MediaError, match=f"frame {HURT} is damaged"):
            reader.read(HURT)
    faults = [sight for sight in inspect_film(new) if sight.is_fault]
    assert faults[0].first == HURT and inspect_film(path) == []


def longer(packet: bytes, end: bytes) -> bytes:
    """A packet with more behind its last unit, as a part of that."""
    place = 0
    while place + 4 + (size := int.from_bytes(packet[place : place + 4])) < len(packet):
        place += 4 + size
    unit = packet[place + 4 :] + end
    return packet[:place] + len(unit).to_bytes(4) + unit


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_start_code_that_a_muxer_left_is_none(tmp_path, codec):
    """With the end of a sequence behind the last picture, as converters from Annex B write it."""
    path = write_counter(tmp_path / "film.mp4", FRAMES, RATE, codec, bframes=0, options={"threads": "1"})
    ends = {"h264": b"\x0b", "hevc": b"\x4a\x01"}
    new = rewritten(path, FRAMES - 1, lambda packet: longer(packet, b"\0\0\0\1" + ends[codec]))
    with FrameReader(new) as reader:
        assert number_in(reader.read(FRAMES - 1)) == FRAMES - 1
    assert [sight for sight in inspect_film(new) if sight.is_fault] == list[Sight]()


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_padding_of_every_picture_is_no_damage(tmp_path, codec):
    """As of cameras that give all pictures one size; in a single one it is what a failed copy left."""
    path = write_counter(tmp_path / "film.mp4", FRAMES, RATE, codec, bframes=0)
    padded = rewritten(path, None, lambda packet: longer(packet, bytes(200)))
    with FrameReader(padded) as reader:
        assert [number_in(reader.read(at)) for at in range(FRAMES)] == [*range(FRAMES)]
        assert number_in(reader.read(3)) == 3
    with FrameReader(rewritten(path, HURT, lambda packet: longer(packet, bytes(200)))) as reader:
        assert number_in(reader.read(HURT - 1)) == HURT - 1
        with pytest.raises(MediaError, match=f"frame {HURT} is damaged"):
            reader.read(HURT)
