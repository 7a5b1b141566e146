"""What is found in a film that is looked through: black, frozen, doubled and broken frames, nothing else."""

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media.inspect_film import Sight, inspect_film
from stylereel.core.media.reader import FrameReader
from support.burnin import draw_number, write_counter

RATE = Fraction(25)


def write(path: Path, pictures: list[np.ndarray], codec: str = "ffv1", pix_fmt: str = "yuv422p10le") -> Path:
    options = {"level": "3", "slicecrc": "1", "g": "1"} if codec == "ffv1" else {}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=RATE, options=options)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix_fmt
        for at, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = at, 1 / RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def drawn(number: int) -> np.ndarray:
    return draw_number(number, (192, 108))


def nearly(number: int, seed: int) -> np.ndarray:
    """The same picture with a little grain."""
    noise = np.random.default_rng(seed).integers(0, 2, (108, 192, 1), np.uint8)
    return np.minimum(drawn(number), 250) + noise


@pytest.mark.parametrize("codec", ["h264", "prores", "mpeg2", "hevc"])
def test_a_sound_film_has_nothing_to_say(tmp_path, codec):
    path = write_counter(tmp_path / "a.mov", 40, RATE, codec, (192, 108))
    assert inspect_film(path, 40) == []


def test_each_sort_is_found_where_it_is(tmp_path):
    black = np.zeros((108, 192, 3), np.uint8)
    pictures = [drawn(at) for at in range(10)]
    pictures[4:6] = [black, black]  # black
    pictures += [pictures[-1], drawn(20), drawn(21)]  # frame 10 is frame 9 again
    pictures += [nearly(50, at) for at in range(30)]  # frozen from 13 on
    path = write(tmp_path / "a.mkv", pictures)
    assert inspect_film(path, len(pictures)) == [
        Sight("black", 4, 5),
        Sight("duplicate", 10, 10),
        Sight("frozen", 13, 42),
    ]


def test_frames_that_are_not_there_are_corrupt(tmp_path):
    path = write_counter(tmp_path / "a.mov", 10, RATE, "prores", (192, 108))
    assert inspect_film(path, 12) == [Sight("corrupt", 10, 11)]


@pytest.mark.parametrize("codec", ["ffv1", "png"])
def test_a_damaged_packet_is_told_by_its_frame(tmp_path, codec):
    pictures = [drawn(at) for at in range(8)]
    path = write(
        tmp_path / ("a.mov" if codec == "png" else "a.mkv"),
        pictures,
        codec,
        "rgb24" if codec == "png" else "yuv422p10le",
    )
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    place = data.index(packets[5]) + len(packets[5]) // 2
    data[place : place + 16] = bytes(16)
    path.write_bytes(data)
    (sight,) = inspect_film(path, 8)
    assert sight == Sight("corrupt", 5, 5)


def test_of_hevc_wiped_packets_are_corrupt(tmp_path):
    path = write_counter(tmp_path / "a.mp4", 24, RATE, "hevc", (192, 108), gop=12)
    with av.open(str(path)) as container:
        places = [(one.pos, one.size) for one in container.demux(video=0) if one.size]
    data, (place, size) = bytearray(path.read_bytes()), places[15]
    data[place + size // 2 : place + size // 2 + 8] = bytes(8)
    path.write_bytes(data)
    assert [sight.kind for sight in inspect_film(path, 24)] == ["corrupt"]


def test_what_is_no_film_is_refused(tmp_path):
    (tmp_path / "a.mov").write_text("no film")
    with pytest.raises(MediaError):
        inspect_film(tmp_path / "a.mov")


def test_damage_in_h264_is_told_by_its_frame_however_many_cores_there_are(tmp_path, monkeypatch):
    """FFmpeg's decoder forgets what it knows of it where threads share the work."""
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    path = write_counter(tmp_path / "whole.mp4", 20, RATE)
    with av.open(str(path)) as container:
        packets = [(one.pos, one.size, one.pts) for one in container.demux(video=0) if one.size]
    shown = sorted(pts for _, _, pts in packets)
    told = 0
    for hurt, (place, size, pts) in list(enumerate(packets))[3:15]:
        data, chance = bytearray(path.read_bytes()), np.random.default_rng(hurt)
        data[place + size // 3 : place + size // 3 + 100] = chance.bytes(100)
        (tmp_path / "hurt.mp4").write_bytes(data)
        faults = [sight for sight in inspect_film(tmp_path / "hurt.mp4", 20) if sight.is_fault]
        told += bool(faults)
        assert all((fault.first, fault.last) == (shown.index(pts),) * 2 for fault in faults), hurt
        refused = {tuple(refusals(tmp_path / "hurt.mp4")) for _ in range(4)}
        assert len(refused) == 1 and all((shown.index(pts) in one) == bool(faults) for one in refused)
    assert told > 8


def refusals(path: Path) -> Iterator[int]:
    """The frames that cannot be read."""
    with FrameReader(path) as reader:
        for at in range(20):
            try:
                reader.read(at)
            except MediaError:
                yield at
