"""One contract over every kind of source: the frame asked for is the frame that comes."""

import os
import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media.reader import FrameReader
from support.burnin import read_number, write_counter
from support.sources import FRAMES, RATE, SOURCES, write_uneven

READS = 63  # of every kind of source, in each kind of access
ACCESS = {
    "in sequence": lambda frames: [at % frames for at in range(READS)],
    "at random": lambda frames: random.Random(7).choices(range(frames), k=READS),
    "backwards": lambda frames: [-at % frames for at in range(READS)],
}


@pytest.fixture(scope="module", params=SOURCES)
def source(request, tmp_path_factory):
    """(path, number of its first frame, frames)"""
    write, first, frames = SOURCES[request.param]
    return write(tmp_path_factory.mktemp(request.param)), first, frames


def pixels(frame: av.VideoFrame) -> list[bytes]:
    """The planes without the padding at the end of their lines, whose bytes mean nothing."""
    size = 2 if frame.format.components[0].bits > 8 else 1
    width = [plane.width * size for plane in frame.planes]
    lines = [np.frombuffer(plane, np.uint8).reshape(plane.height, -1) for plane in frame.planes]
    return [line[:, :wide].tobytes() for line, wide in zip(lines, width, strict=True)]


def number(frame: av.VideoFrame) -> int:
    return read_number(frame.to_ndarray(format="rgb24"))


def test_the_clock_counts_every_frame_and_no_more(source):
    path, _, frames = source
    with FrameReader(path) as reader:
        assert (reader.clock.frames, reader.clock.rate) == (frames, RATE)


@pytest.mark.parametrize("access", ACCESS)
def test_every_one_of_63_reads_is_exact_against_the_number_burnt_in(source, access):
    """And the very picture of one decode from the top. In sequence the reads go round, from the end to it."""
    path, first, frames = source
    with FrameReader(path) as reader:
        from_top = [pixels(frame) for frame in map(reader.read, range(frames))]
    indices = ACCESS[access](frames)
    assert len(indices) >= READS
    with FrameReader(path) as reader:
        read = [(number(frame), pixels(frame)) for frame in map(reader.read, indices)]
    assert [found for found, _ in read] == [first + index for index in indices]
    assert [found for _, found in read] == [from_top[index] for index in indices]


def test_there_are_enough_kinds_of_source():
    """13 are asked for, variable rate among them, which `test_uneven` reads as often."""
    assert len(SOURCES) >= 24


@pytest.mark.parametrize("kind", ["h264-interlaced", "mpeg2-interlaced-mxf"])
def test_interlaced_frames_come_progressive(tmp_path, kind):
    path = SOURCES[kind][0](tmp_path)
    with av.open(str(path)) as container:
        stored = next(container.decode(video=0))
    with FrameReader(path) as reader:
        frame = reader.read(0)
    assert stored.interlaced_frame and not frame.interlaced_frame
    assert pixels(stored) != pixels(frame)


def test_fields_of_a_moving_edge_are_no_comb(tmp_path):
    """A bar that moves between the fields stands still in a frame that is read."""
    path = write_fields(tmp_path / "bar.mov")
    with av.open(str(path)) as container:
        combed = [comb(frame) for frame in container.decode(video=0)]
    with FrameReader(path) as reader:
        smooth = [comb(frame) for frame in map(reader.read, range(8))]
        again = [pixels(reader.read(at)) for at in (5, 2, 7)]
        assert again == [pixels(reader.read(at)) for at in (5, 2, 7)]
    assert min(combed[1:-1]) > 20 and max(smooth[1:-1]) < 5, (combed, smooth)


def write_fields(path: Path) -> Path:
    """Eight interlaced frames of a bar that moves eight pixels with every field."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "4", "x264-params": "tff=1"})
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        for index in range(8):
            picture = np.full((108, 192, 3), 40, np.uint8)
            for field in (0, 1):
                place = 16 * index + 8 * field
                picture[field::2, place : place + 48] = 210
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def comb(frame: av.VideoFrame) -> float:
    """How far lines differ from the mean of the two beside them, where they differ most."""
    luma = frame.to_ndarray(format="gray")[8:-8].astype(float)
    return float(np.abs(luma[1:-1] - (luma[:-2] + luma[2:]) / 2).mean(axis=0).max())


@pytest.mark.parametrize("start", [1, 12, 37, 52])
def test_a_fresh_reader_starts_anywhere(source, start):
    path, first, frames = source
    with FrameReader(path) as reader:
        span = range(start, min(start + 20, frames))
        assert [number(reader.read(index)) for index in span] == [first + index for index in span]


def test_sequential_reads_never_seek_again(tmp_path, monkeypatch):
    landings = []
    land = FrameReader._land
    monkeypatch.setattr(FrameReader, "_land", lambda self, where: landings.append(where) or land(self, where))
    with FrameReader(write_counter(tmp_path / "a.mp4", FRAMES, RATE)) as reader:
        for index in (*range(30, 60), 0, 5, 5, 11, 40):  # none of them as far as 48 frames ahead
            reader.read(index)
    assert len(landings) <= 4, landings


@pytest.mark.parametrize("index", [-1, 60, 1000])
def test_a_frame_outside_the_file_is_refused_by_number(tmp_path, index):
    path = write_counter(tmp_path / "short.mp4", FRAMES, RATE)
    with (
        FrameReader(path) as reader,
        pytest.raises(MediaError, match=f"frame {index} does not exist") as caught,
    ):
        reader.read(index)
    assert caught.value.code == "E-DECODE" and caught.value.where == str(path)


def test_a_missing_file_is_offline(tmp_path):
    with pytest.raises(MediaError, match="missing") as caught:
        FrameReader(tmp_path / "gone.mov")
    assert caught.value.code == "E-OFFLINE" and "gone.mov" in caught.value.where


def test_uneven_frames_are_refused(tmp_path):
    with pytest.raises(MediaError, match="unevenly spaced"):
        FrameReader(write_uneven(tmp_path / "vfr.mp4"))


@pytest.mark.parametrize("codec", ["h264", "prores"])
def test_a_truncated_file_gives_what_is_whole_and_names_the_first_frame_that_is_not(tmp_path, codec):
    how = {"container_options": {"movflags": "faststart"}}
    path = write_counter(tmp_path / "cut.mov", FRAMES, RATE, codec, **how)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with FrameReader(path) as reader:
        good = []
        with pytest.raises(MediaError, match=r"frame \d+") as caught:
            good.extend(number(frame) for frame in map(reader.read, range(FRAMES)))
    assert 20 < len(good) < 55 and good == list(range(len(good)))
    assert f"frame {len(good)} " in caught.value.what and caught.value.code == "E-DECODE"


def test_a_file_without_its_index_is_no_media(tmp_path):
    path = write_counter(tmp_path / "killed.mov", 10, RATE, "prores")
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(MediaError) as caught:
        FrameReader(path)
    assert caught.value.code == "E-DECODE"


def test_damage_in_the_middle_never_shows_a_neighbour(tmp_path):
    path = write_counter(tmp_path / "holes.mov", 20, RATE, "prores")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40_000] = bytes(40_000)
    path.write_bytes(data)
    with FrameReader(path) as reader:
        for index in reversed(range(20)):
            try:
                assert number(reader.read(index)) == index
            except (MediaError, ValueError) as error:  # refused, or the damage lies over the barcode
                assert not isinstance(error, MediaError) or f"frame {index} " in error.what


DAMAGED = {
    "h264": dict(),
    "h264 of slices": dict(options={"threads": "8"}),  # of which one is lost, and with it the packet
    "h264 of open groups": dict(open_gop=True),
    "mpeg2": dict(codec="mpeg2"),
    "hevc": dict(codec="hevc"),
    "hevc of open groups": dict(codec="hevc", open_gop=True),
}


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("bframes", [0, 2, 3])
@pytest.mark.parametrize("hurt", [13, 14, 20])  # a frame that many are built on, others, in decoding order
@pytest.mark.parametrize("threads", [1, 16])
def test_what_is_built_on_a_damaged_frame_is_damaged_too(tmp_path, monkeypatch, kind, bframes, hurt, threads):
    monkeypatch.setattr(os, "cpu_count", lambda: threads)
    path = write_counter(tmp_path / "whole.mp4", 48, RATE, gop=12, bframes=bframes, **DAMAGED[kind])
    with FrameReader(path) as reader:
        whole = [pixels(reader.read(at)) for at in range(48)]
    with av.open(str(path)) as container:
        packets = [(one.pos, one.size) for one in container.demux(video=0) if one.size]
    data, (place, size) = bytearray(path.read_bytes()), packets[hurt]
    data[place + size // 3 : place + size] = bytes(size - size // 3)
    path.write_bytes(data)
    with FrameReader(path) as reader:
        seen = {at: _pixels_or_none(reader, at) for at in [*range(47, -1, -1), *range(48)]}
    good = [at for at, found in seen.items() if found is not None and np.array_equal(found, whole[at])]
    wrong = [at for at, found in seen.items() if found is not None and at not in good]
    assert not wrong
    assert {*range(11), *range(27, 48)} <= {*good} and len(good) < 48


def _pixels_or_none(reader: FrameReader, at: int) -> np.ndarray | None:
    try:
        return pixels(reader.read(at))
    except MediaError as error:
        assert f"frame {at} " in error.what
        return None


def test_names_that_look_like_urls_or_patterns_are_only_names(tmp_path):
    folder = tmp_path / "a b%20ü"
    folder.mkdir()
    for name in ("concat:x.mp4", "take_%03d.mp4", "it's [1].mp4"):
        path = write_counter(tmp_path / "plain.mp4", 3, RATE).rename(folder / name)
        with FrameReader(Path(path)) as reader:
            assert number(reader.read(2)) == 2


CLIPS = ["bbb_480p_5s", "cockatoo_imageio", "flower_cc0", "intel_car", "sintel_ambush4_33f"]


@pytest.mark.parametrize("clip", CLIPS)
def test_real_clips_are_read_at_random_as_in_order(samples, clip):
    with FrameReader(samples / "media" / "video" / f"{clip}.mp4") as reader:
        span = range(min(reader.clock.frames, 60))
        in_order = [hash(tuple(pixels(frame))) for frame in map(reader.read, span)]
        for index in random.Random(3).sample(range(len(span)), 12):
            assert hash(tuple(pixels(reader.read(index)))) == in_order[index], index
        reader.read(reader.clock.frames - 1)


@pytest.mark.slow
@pytest.mark.parametrize("how", [dict(), dict(codec="hevc", open_gop=True), dict(codec="mpeg2")], ids=str)
def test_a_long_clip_with_rare_key_frames(tmp_path, how):
    path = write_counter(tmp_path / "long.mp4", 1500, RATE, gop=250, bframes=3, **how)
    with FrameReader(path) as reader:
        for index in random.Random(5).sample(range(1500), 60):
            assert number(reader.read(index)) == index
