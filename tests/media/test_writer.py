"""What is written: the promise on the slate, the packets, and nothing at all when it goes wrong."""

import os
import struct
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from stylereel.core.errors import MediaError, OutputError, VerifyError
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import FrameRange
from support.burnin import read_number, write_counter

P24, P30 = Fraction(24000, 1001), Fraction(30000, 1001)
FRAMES = 40


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return write_counter(tmp_path_factory.mktemp("source") / "source.mp4", FRAMES, P24, matrix="bt709")


@pytest.fixture(scope="module")
def segments(source, tmp_path_factory) -> list[Piece]:
    """The source in segments of 16, 16 and 8 frames."""
    folder = tmp_path_factory.mktemp("segments")
    pieces = []
    for first in range(0, FRAMES, 16):
        span = FrameRange(first, min(first + 16, FRAMES))
        path = folder / f"{first}.mov"
        assert write_segment(path, unpainted(source, span), P24) == len(span)
        pieces.append(Piece(path, FrameRange(0, len(span))))
    return pieces


def unpainted(path, span):
    with FrameReader(path) as reader:
        for frame in map(reader.read, range(span.first, span.stop)):
            rgb = to_rgb(frame)
            yield repaint(frame, rgb, rgb)


def packets(path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def numbers(path) -> list[int]:
    with av.open(str(path)) as container:
        return [read_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def test_a_segment_is_prores_hq_of_its_frames(segments):
    with av.open(str(segments[1].path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec.name, stream.codec_context.codec_tag, stream.profile) == ("prores", "apch", "HQ")
        assert (stream.pix_fmt, stream.average_rate) == ("yuv422p10le", P24)
    assert numbers(segments[1].path) == list(range(16, 32))


def test_the_container_itself_tags_the_colours(segments, tmp_path):
    join_segments(segments, tmp_path / "a.mov", Slate(P24, FRAMES))
    for path in (segments[0].path, tmp_path / "a.mov"):
        assert b"colrnclc" + struct.pack(">HHH", 1, 1, 1) in path.read_bytes()


def test_a_join_is_the_straight_encode_packet_for_packet(source, segments, tmp_path):
    write_segment(tmp_path / "straight.mov", unpainted(source, FrameRange(0, FRAMES)), P24)
    join_segments(segments, tmp_path / "joined.mov", Slate(P24, FRAMES))
    assert packets(tmp_path / "joined.mov") == packets(tmp_path / "straight.mov")


def test_a_join_takes_part_of_a_segment_and_any_order(segments, tmp_path):
    pieces = [replace(segments[1], frames=FrameRange(3, 9)), replace(segments[0], frames=FrameRange(15, 16))]
    join_segments(pieces, tmp_path / "some.mov", Slate(P24, 7))
    assert numbers(tmp_path / "some.mov") == [*range(19, 25), 15]


@pytest.mark.parametrize(
    ("rate", "start", "drop", "text"),
    [
        (P24, 86399, False, "00:59:59:23"),
        (Fraction(25), 90012, False, "01:00:00:12"),
        (P30, 1800, True, "00:01:00;02"),
        (P30, 1800, False, "00:01:00:00"),
        (2 * P30, 3600, True, "00:01:00;04"),
        (Fraction(50), 0, False, "00:00:00:00"),
        (Fraction(30), 1800, True, "00:01:00;02"),
        (P24, 2_073_600 + 5, False, "00:00:00:05"),
    ],
)
def test_rate_duration_timecode_reel_tags_and_notes_are_read_back(source, tmp_path, rate, start, drop, text):
    write_segment(tmp_path / "s.mov", unpainted(source, FrameRange(0, 12)), rate, pixel_aspect=Fraction(4, 3))
    notes = {"comment": "styled from source.mp4", "stylereel.source": "C:/füße/source.mp4"}
    slate = Slate(rate, 12, start, drop, "A001_C002", Fraction(4, 3), notes)
    path = tmp_path / "deep" / "er" / "out.mov"
    join_segments([Piece(tmp_path / "s.mov", FrameRange(0, 12))], path, slate)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        assert stream.metadata["timecode"] == text
        assert stream.duration * stream.time_base == 12 / rate
        assert (stream.average_rate, stream.frames, stream.sample_aspect_ratio) == (rate, 12, Fraction(4, 3))
        tags = (stream.colorspace, stream.color_trc, stream.color_primaries)
        assert tags == (frame.colorspace, frame.color_trc, frame.color_primaries) == (1, 1, 1)
        assert notes.items() <= container.metadata.items()
    head = path.read_bytes()
    timescale, duration = struct.unpack_from(">II", head, head.index(b"mvhd") + 16)
    assert Fraction(duration, timescale) == 12 / rate  # what an edit list and an editor count in
    facts = read_facts(path)
    assert (facts.rate, facts.frames, facts.reel, facts.trouble) == (rate, 12, "A001_C002", "")
    assert (facts.start, facts.drop_frame) == (start % 2_073_600, drop)


LIES = {
    "rate": dict(rate=Fraction(24)),
    "frames": dict(frames=FRAMES + 1),
    "timecode": dict(start=7),
    "reel": dict(reel="B002"),
    "pixel aspect": dict(pixel_aspect=Fraction(2)),
    "comment": dict(metadata={"comment": "another"}),
}


@pytest.mark.parametrize("lie", LIES)
def test_each_broken_promise_is_found(segments, tmp_path, lie):
    slate = Slate(P24, FRAMES, 5, reel="A001", metadata={"comment": "this"})
    join_segments(segments, tmp_path / "a.mov", slate)
    verify_file(tmp_path / "a.mov", slate)
    with pytest.raises(VerifyError, match=lie) as caught:
        verify_file(tmp_path / "a.mov", replace(slate, **LIES[lie]))
    assert caught.value.where == str(tmp_path / "a.mov")


def test_untagged_colours_and_unreadable_files_are_found(segments, tmp_path):
    bare = write_counter(tmp_path / "bare.mov", 5, P24, "prores", start_timecode="00:00:00:00")
    with pytest.raises(VerifyError, match="colours are not tagged"):
        verify_file(bare, Slate(P24, 5))
    bare.write_bytes(bare.read_bytes()[:5000])
    with pytest.raises(VerifyError, match="cannot be read back"):
        verify_file(bare, Slate(P24, 5))


def test_pieces_that_do_not_add_up_are_refused(segments, tmp_path):
    with pytest.raises(VerifyError, match="40 frames are to be joined, 41 were promised"):
        join_segments(segments, tmp_path / "a.mov", Slate(P24, 41))
    short = [replace(segments[2], frames=FrameRange(0, 16))]
    with pytest.raises(VerifyError, match="holds 8 of the 16 frames") as caught:
        join_segments(short, tmp_path / "a.mov", Slate(P24, 16))
    assert caught.value.where == str(segments[2].path)
    with pytest.raises(MediaError, match="missing"):
        join_segments([Piece(tmp_path / "gone.mov", FrameRange(0, 1))], tmp_path / "a.mov", Slate(P24, 1))
    assert not list(tmp_path.iterdir())


def test_a_source_that_fails_leaves_the_old_file_and_nothing_else(source, tmp_path):
    path = tmp_path / "a.mov"
    path.write_text("what was here before")

    def failing():
        yield from unpainted(source, FrameRange(0, 5))
        raise MediaError("frame 5 is damaged", code="E-DECODE")

    with pytest.raises(MediaError, match="frame 5"):
        write_segment(path, failing(), P24)
    assert path.read_text() == "what was here before" and list(tmp_path.iterdir()) == [path]


def test_no_frames_and_frames_of_another_kind_are_refused(source, tmp_path):
    with pytest.raises(ValueError, match="needs a frame"):
        write_segment(tmp_path / "a.mov", [], P24)
    with FrameReader(source) as reader, pytest.raises(ValueError, match="yuv420p"):
        write_segment(tmp_path / "a.mov", [reader.read(0)], P24)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_is_one_message(source, segments, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    path = tmp_path / "file" / "a.mov"
    for write in (
        lambda: write_segment(path, unpainted(source, FrameRange(0, 2)), P24),
        lambda: join_segments(segments, path, Slate(P24, FRAMES)),
    ):
        with pytest.raises(OutputError) as caught:
            write()
        assert caught.value.where == str(path) and caught.value.hint


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_message(segments, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        join_segments(segments, tmp_path / "a.mov", Slate(P24, FRAMES))
    tmp_path.chmod(0o700)


FULL_DISK = """
import resource, signal, sys
import numpy as np
from fractions import Fraction
from pathlib import Path
from av import VideoFrame
from stylereel.core.errors import OutputError
from stylereel.core.media.verify import Slate
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import FrameRange

def frames():
    random = np.random.default_rng(0)
    for _ in range({frames}):
        frame = VideoFrame(320, 180, "yuv422p10le")
        for plane in frame.planes:
            plane.update(random.integers(64, 940, plane.buffer_size // 2, np.uint16).tobytes())
        yield frame

rate, segment, folder = Fraction(25), Path(sys.argv[1]), Path(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
piece = Piece(segment, FrameRange(0, {frames}))
for write in (
    lambda: write_segment(folder / "a.mov", frames(), rate),
    lambda: join_segments([piece], folder / "b.mov", Slate(rate, {frames})),
):
    try:
        write()
    except OutputError as error:
        print(error.what, error.hint)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
@pytest.mark.parametrize("limit", [0, 100, 60_000, "all but the end"])
def test_a_full_disk_is_one_message_and_leaves_nothing(source, tmp_path, limit):
    frames = 16
    segment, folder = tmp_path / "segment.mov", tmp_path / "out"
    folder.mkdir()
    write_segment(segment, unpainted(source, FrameRange(0, frames)), Fraction(25))
    if limit == "all but the end":
        limit = segment.stat().st_size - 200
    script = FULL_DISK.replace("{frames}", str(frames)).replace("{limit}", str(limit))
    command = [sys.executable, "-c", script, str(segment), str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    lines = run.stdout.splitlines()
    assert len(lines) == 2 and not run.stderr, run.stderr
    assert all("cannot be written" in line and "Make room" in line for line in lines), lines
    assert not list(folder.iterdir())
