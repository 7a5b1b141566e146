"""Encoding by hardware, played by encoders that every machine has: the way through and every way out."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av import VideoFrame
from stylereel.core.media import hardware
from stylereel.core.media.formats import FORMATS, Hardware, lossless
from stylereel.core.media.hardware import encodes, looks_like, working_hardware
from stylereel.core.media.layouts import laid_out, planar, plane_codes
from stylereel.core.media.tags import Tags
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import FrameRange
from support.burnin import write_counter
from support.pictures import frames_of, number_in, packets_of, rgb_psnr

P30 = Fraction(30000, 1001)
FRAMES = 12
FAST = (("preset", "ultrafast"), ("bf", "0"))
PLAYED = {  # what plays the hardware; x264 takes the half packed pixels of real ones
    "h264": Hardware("libx264", "nv12", (("crf", "12"), *FAST)),
    "hevc": Hardware("libx265", "yuv420p10le", (("crf", "12"), ("x265-params", "log-level=none"), *FAST)),
}
GONE = Hardware("h264_of_no_maker", "nv12", ())
BROKEN = {
    "unknown": GONE,
    "wrong option": Hardware("libx264", "nv12", (("preset", "nonsense"),)),
    "wrong pixels": Hardware("libx264", "rgb48le", ()),
    "untagged": Hardware("mpeg4", "yuv420p", ()),
    "other pictures": Hardware("libx264", "nv12", (("qp", "51"), ("preset", "ultrafast"), ("bf", "0"))),
}
ALL_WAYS = [way for form in FORMATS.values() for way in form.hardware]


@pytest.fixture
def asked(monkeypatch):
    """Gives a format hardware."""

    def give(codec: str, *ways: Hardware) -> None:
        monkeypatch.setitem(FORMATS, codec, replace(FORMATS[codec], hardware=ways))

    return give


def segment(folder: Path, codec: str, frames: int = FRAMES, **how) -> Piece:
    pixels = lossless(FORMATS[codec]).pixels
    known = {"pix_fmt": pixels, "matrix": "bt709", "options": dict(lossless(FORMATS[codec]).options), **how}
    path = write_counter(folder / f"{codec}{frames}.mkv", frames, P30, "ffv1", (320, 180), **known)
    return Piece(path, FrameRange(0, frames))


def noise(folder: Path) -> Piece:
    """What an encoder makes something else of when it has too few bits."""
    form = lossless(FORMATS["h264"])
    frames = [VideoFrame(320, 180, form.pixels) for _ in range(FRAMES)]
    for seed, frame in enumerate(frames):
        for plane in frame.planes:
            plane.update(np.random.default_rng(seed).integers(16, 235, plane.buffer_size, np.uint8).tobytes())
        frame.colorspace = frame.color_trc = frame.color_primaries = frame.color_range = 1
    write_segment(path := folder / "noise.mkv", frames, P30, form=form)
    return Piece(path, FrameRange(0, FRAMES))


def joined(folder: Path, codec: str, piece: Piece, hardware: bool = True) -> tuple[Path, Hardware | None]:
    count = len(piece.frames)
    slate = Slate(P30, count, 1800, True, form=FORMATS[codec], colours=Tags(1, 1, 1, 1))
    path = folder / f"{hardware}_{count}.mp4"
    way = join_segments([piece], path, slate, hardware=hardware)
    verify_file(path, slate)
    return path, way


@pytest.mark.parametrize("codec", PLAYED)
@pytest.mark.parametrize("frames", [1, 2, FRAMES])
def test_what_hardware_writes_is_the_film(tmp_path, asked, codec, frames):
    asked(codec, GONE, PLAYED[codec])
    piece = segment(tmp_path, codec, frames)
    path, way = joined(tmp_path, codec, piece)
    assert way == PLAYED[codec]
    plain, none = joined(tmp_path, codec, piece, hardware=False)
    assert none is None and packets_of(path) != packets_of(plain)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec.canonical_name, stream.codec_tag) == (
            codec,
            {"h264": "avc1", "hevc": "hvc1"}[codec],
        )
        assert stream.pix_fmt == FORMATS[codec].pixels
    pictures = frames_of(path)
    assert [number_in(frame) for frame in pictures] == [*range(frames)]
    assert min(map(rgb_psnr, pictures, frames_of(piece.path))) > 38


@pytest.mark.parametrize("kind", BROKEN)
def test_hardware_that_fails_leaves_it_to_the_processor(tmp_path, asked, kind):
    """What fails at once, lies of its colours or writes other pictures: the film is the processor's."""
    asked("h264", BROKEN[kind])
    piece = noise(tmp_path) if kind == "other pictures" else segment(tmp_path, "h264")
    path, way = joined(tmp_path, "h264", piece)
    plain, _ = joined(tmp_path, "h264", piece, hardware=False)
    assert way is None and packets_of(path) == packets_of(plain)
    assert {one.suffix for one in tmp_path.iterdir()} == {".mkv", ".mp4"}, "and nothing half-written stays"


def test_the_next_hardware_takes_over(tmp_path, asked):
    asked("h264", BROKEN["untagged"], PLAYED["h264"])
    assert joined(tmp_path, "h264", segment(tmp_path, "h264"))[1] == PLAYED["h264"]


def test_full_range_stays_full(tmp_path, asked):
    asked("h264", PLAYED["h264"])
    piece = segment(tmp_path, "h264", full_range=True)
    slate = Slate(P30, FRAMES, form=FORMATS["h264"], colours=Tags(1, 2, 1, 1))
    way = join_segments([piece], path := tmp_path / "full.mp4", slate, hardware=True)
    assert way == PLAYED["h264"]
    assert rgb_psnr(frames_of(path)[3], frames_of(piece.path)[3]) > 38


LAID_OUT = {"nv12": "yuv420p", "p010le": "yuv420p10le", "nv16": "yuv422p", "p210le": "yuv422p10le"}


@pytest.mark.parametrize("packed", LAID_OUT)
def test_pixels_are_laid_out_anew_without_a_change(packed):
    """At a width that swscale's threads spoil now and then."""
    frame = VideoFrame(322, 182, LAID_OUT[packed])
    bits = frame.format.components[0].bits
    for plane in frame.planes:
        codes = np.random.default_rng(1).integers(0, 1 << bits, plane.buffer_size // (1 if bits == 8 else 2))
        plane.update(codes.astype(np.uint8 if bits == 8 else np.uint16).tobytes())
    frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries = 9, 2, 16, 9
    for _ in range(20):
        there = laid_out(frame, packed)
        back = planar(there)
        assert there.format.name == packed and back.format.name == LAID_OUT[packed]
        assert Tags.of(there) == Tags.of(back) == Tags(9, 2, 16, 9)
        for plane, other in zip(back.planes, frame.planes, strict=True):
            assert np.array_equal(plane_codes(plane, bits), plane_codes(other, bits))
    assert looks_like(back, frame)


@pytest.mark.parametrize("way", ALL_WAYS, ids=lambda way: way.encoder)
def test_every_option_is_one_that_the_encoder_knows(way):
    """Without the hardware: a value that no option takes is told before the hardware is looked for."""
    if way.encoder not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no {way.encoder}")
    assert way.pixels in {form.name for form in av.Codec(way.encoder, "w").video_formats or ()}

    def is_refused(options: dict[str, str]) -> bool:
        coder = av.CodecContext.create(way.encoder, "w")
        coder.width, coder.height, coder.pix_fmt, coder.time_base = 640, 360, way.pixels, 1 / P30
        coder.options = options
        try:
            coder.open()
        except av.ArgumentError:
            return True
        except (av.FFmpegError, ValueError):
            return False
        return False

    assert not is_refused({"no option": "§"}) and not is_refused(dict(way.options))
    assert all(is_refused({name: "§"}) for name, _ in way.options)


@pytest.mark.parametrize("codec", [name for name, form in FORMATS.items() if form.hardware])
def test_what_is_said_to_work_does(tmp_path, codec):
    """On a machine with such hardware this is the proof; elsewhere the processor's film is looked at."""
    way = working_hardware(FORMATS[codec])
    path, used = joined(tmp_path, codec, piece := segment(tmp_path, codec))
    assert way or not used
    pictures = frames_of(path)
    assert [number_in(frame) for frame in pictures] == [*range(FRAMES)]
    assert min(map(rgb_psnr, pictures, frames_of(piece.path))) > 38


def test_an_encoder_is_tried_once(monkeypatch):
    calls = []
    monkeypatch.setattr(hardware, "_packets", lambda way: calls.append(way) or hardware._FRAMES)
    way = Hardware("libx264", "nv12", (("crf", "13"),))
    assert encodes(way) and encodes(way) and not encodes(GONE)
    assert calls == [way]
