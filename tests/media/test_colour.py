"""Colours against the standard's own arithmetic, and the identity: what is not painted stays."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from av import VideoFrame
from stylereel.core import bands
from stylereel.core.errors import MediaError
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.formats import FORMATS as FORMS
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.tags import colour_of
from stylereel.core.media.writer import write_segment
from support.burnin import read_number, write_counter
from support.sources import remux

RATE = Fraction(25)
FORMATS = ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p12le"]
# H.273: matrix → the 8-bit limited codes of pure red, green, blue
PRIMARIES = {
    1: [(63, 102, 240), (173, 42, 26), (32, 240, 118)],
    6: [(81, 90, 240), (145, 54, 34), (41, 240, 110)],
    9: [(74, 97, 240), (164, 47, 25), (29, 240, 119)],
}


def flat(codes, pix_fmt="yuv420p", size=(64, 48), matrix=1, value_range=1) -> VideoFrame:
    """A frame of one colour, given as 8-bit codes."""
    return planes(
        [np.full(shape, code) for shape, code in zip(shapes(pix_fmt, size), codes, strict=True)],
        pix_fmt,
        size,
        matrix,
        value_range,
    )


def noise(pix_fmt, size=(64, 48), matrix=1, value_range=1, seed=0) -> VideoFrame:
    """A frame of random legal codes: every bit of every sample counts."""
    random = np.random.default_rng(seed)
    values = [random.integers(16, 236, shape) for shape in shapes(pix_fmt, size)]
    return planes(values, pix_fmt, size, matrix, value_range, random)


def shapes(pix_fmt, size):
    frame = VideoFrame(*size, pix_fmt)
    return [(plane.height, plane.width) for plane in frame.planes]


def planes(values, pix_fmt, size, matrix, value_range, random=None) -> VideoFrame:
    frame = VideoFrame(*size, pix_fmt)
    bits = frame.format.components[0].bits
    for plane, codes in zip(frame.planes, values, strict=True):
        codes = codes << (bits - 8)
        if random is not None and bits > 8:
            codes = codes + random.integers(0, 1 << (bits - 8), codes.shape)
        lines = np.zeros(
            (plane.height, plane.line_size // (2 if bits > 8 else 1)), np.uint16 if bits > 8 else np.uint8
        )
        lines[:, : plane.width] = codes
        plane.update(lines.tobytes())
    frame.colorspace, frame.color_range = matrix, value_range
    return frame


def codes_of(frame: VideoFrame) -> list[np.ndarray]:
    wide = frame.format.components[0].bits > 8
    arrays = [np.frombuffer(plane, np.uint16 if wide else np.uint8) for plane in frame.planes]
    return [
        array.reshape(plane.height, -1)[:, : plane.width].astype(int)
        for array, plane in zip(arrays, frame.planes, strict=True)
    ]


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(10 * torch.log10(255**2 / ((one - other) ** 2).mean()))


@pytest.mark.parametrize("matrix", PRIMARIES)
@pytest.mark.parametrize("channel", [0, 1, 2], ids=["red", "green", "blue"])
@pytest.mark.parametrize("pix_fmt", FORMATS)
def test_the_primaries_of_each_matrix(matrix, channel, pix_fmt):
    rgb = to_rgb(flat(PRIMARIES[matrix][channel], pix_fmt, matrix=matrix))
    wanted = torch.zeros(1, 3, 48, 64)
    wanted[:, channel] = 255
    assert rgb.dtype == torch.float32 and rgb.shape == (1, 3, 48, 64)
    assert (rgb - wanted).abs().max() < 2.5  # codes of 8 bits are rounded by up to half a step


@pytest.mark.parametrize("pix_fmt", ["yuv420p10le", "yuv422p10le", "yuv444p10le"])
def test_chroma_lies_on_even_columns_and_midway_between_lines(pix_fmt):
    """A straight slope, sampled where each stored chroma sample lies, comes back as the same slope."""
    frame = flat((128, 128, 128), pix_fmt, matrix=6)
    tall, wide = shapes(pix_fmt, (64, 48))[2]
    line, column = np.mgrid[0:tall, 0:wide]
    y = 2 * line + 0.5 if tall < 48 else line
    x = 2 * column if wide < 64 else column
    codes = np.zeros((tall, frame.planes[2].line_size // 2), np.uint16)
    codes[:, :wide] = 520 + 2 * y + x
    frame.planes[2].update(codes.tobytes())
    y, x = np.mgrid[2:46, 2:62]
    wanted = 255 * ((512 - 64) / 876 + 2 * (1 - 0.299) * (8 + 2 * y + x) / 896)
    assert np.abs(to_rgb(frame)[0, 0, 2:46, 2:62].numpy() - wanted).max() < 1e-2


@pytest.mark.parametrize(("value_range", "black", "white"), [(1, 16, 235), (2, 0, 255)])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv444p"])
def test_black_and_white_are_exact(value_range, black, white, pix_fmt):
    for code, value in ((black, 0.0), (white, 255.0)):
        rgb = to_rgb(flat((code, 128, 128), pix_fmt, value_range=value_range))
        assert (rgb - value).abs().max() < 1e-3


def test_what_is_brighter_than_white_survives_the_way_there_and_back():
    frame = flat((254, 128, 128))
    rgb = to_rgb(frame)
    assert rgb.min() > 270
    assert set(codes_of(repaint(frame, rgb, rgb.clone()))[0].flat) == {254 * 4}


def test_an_untagged_picture_means_what_its_size_says():
    small, large = noise("yuv420p", (640, 480), matrix=2), noise("yuv420p", (1280, 720), matrix=2)
    assert (colour_of(small).matrix, colour_of(large).matrix) == (6, 1)
    assert (colour_of(small).primaries, colour_of(large).primaries) == (6, 1)
    assert colour_of(noise("yuv420p", (720, 576), matrix=2)).primaries == 5
    tagged = noise("yuv420p", (1280, 720), matrix=2)
    tagged.colorspace = 1
    assert torch.equal(to_rgb(large), to_rgb(tagged))


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_an_unpainted_frame_keeps_its_codes(pix_fmt, matrix):
    frame = noise(pix_fmt, matrix=matrix)
    rgb = to_rgb(frame)
    for styled in (rgb, rgb.clone()):
        written = repaint(frame, rgb, styled)
        assert written.format.name == "yuv422p10le"
        assert (written.colorspace, written.color_range) == (matrix, 1)
        before, after = codes_of(frame), codes_of(written)
        shift = 2 ** (10 - frame.format.components[0].bits)
        assert np.abs(after[0] - before[0] * shift).max() <= (0 if shift >= 1 else 0.5)
        if "422" in pix_fmt:
            assert all(np.array_equal(a, b * shift) for a, b in zip(after[1:], before[1:], strict=True))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuvj420p"])
def test_an_unpainted_frame_keeps_its_picture(pix_fmt):
    frame = noise(pix_fmt, value_range=2 if "j" in pix_fmt else 1)
    rgb = to_rgb(frame)
    assert psnr(to_rgb(repaint(frame, rgb, rgb)), rgb) > 60


@pytest.mark.parametrize("matrix", [1, 6, 9])
@pytest.mark.parametrize("value_range", [1, 2])
def test_a_painted_frame_shows_the_paint(matrix, value_range):
    frame = flat((120, 90, 160), matrix=matrix, value_range=value_range)
    rgb = to_rgb(frame)
    y, x = torch.meshgrid(torch.arange(48.0), torch.arange(64.0), indexing="ij")
    styled = torch.stack([40 + 2 * x, 60 + 3 * y, 200 - x - y])[None]
    assert psnr(to_rgb(repaint(frame, rgb, styled)), styled) > 50


@pytest.mark.parametrize("pix_fmt", FORMATS)
@pytest.mark.parametrize("codec", ["prores", "ffv1"])
def test_of_a_source_of_hard_colours_nothing_stands_in_another_picture(pix_fmt, codec):
    frame = noise(pix_fmt)  # every colour beside every other
    rgb = to_rgb(frame)
    grey = torch.full_like(rgb, 128.0)
    written = repaint(frame, rgb, grey, FORMS[codec])
    luma, *colours = codes_of(written)
    middle = 1 << (written.format.components[0].bits - 1)
    far = ((rgb - grey).abs().amax(1) > 40)[0].numpy()
    for plane in colours:
        down, across = luma.shape[0] // plane.shape[0], luma.shape[1] // plane.shape[1]
        painted = far[: down * plane.shape[0], : across * plane.shape[1]]
        painted = painted.reshape(plane.shape[0], down, plane.shape[1], across).all((1, 3))
        inner = painted & np.roll(painted, 1, 1) & np.roll(painted, -1, 1)
        assert inner.sum() > 20 and np.abs(plane.astype(int) - middle)[inner].max() <= 1


@pytest.mark.parametrize("codes", [(0, 3, 1020, 1023)])
def test_an_archive_keeps_codes_that_no_signal_has(codes):
    frame = noise("yuv422p10le")
    lines = np.resize(np.array(codes, np.uint16), (frame.height, frame.planes[0].line_size // 2))
    frame.planes[0].update(lines.tobytes())
    rgb = to_rgb(frame)
    assert np.array_equal(codes_of(repaint(frame, rgb, rgb, FORMS["ffv1"]))[0], codes_of(frame)[0])
    assert set(codes_of(repaint(frame, rgb, rgb))[0].flat) == {4, 1019}


def test_a_little_paint_changes_little():
    frame = noise("yuv420p")
    rgb = to_rgb(frame)
    before, after = to_rgb(repaint(frame, rgb, rgb)), to_rgb(repaint(frame, rgb, rgb + 1.0))
    assert (after - before - 1).abs().max() < 0.6


@pytest.mark.parametrize(
    ("transfer", "primaries", "written"),
    [
        (2, 2, (1, 9)),
        (16, 9, (16, 9)),
        (18, 9, (18, 9)),
        (14, 12, (1, 12)),
        (13, 1, (13, 1)),
        (4, 8, (4, 8)),
        (6, 7, (1, 6)),
        (250, 250, (2, 2)),
    ],
)
def test_tags_are_kept_as_far_as_the_standard_has_names_for_them(transfer, primaries, written):
    frame = noise("yuv420p10le", matrix=9)
    frame.color_trc, frame.color_primaries = transfer, primaries
    rgb = to_rgb(frame)
    painted = repaint(frame, rgb, rgb)
    assert (painted.color_trc, painted.color_primaries) == written


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuv444p12le", "yuv410p", "yuva420p"])
@pytest.mark.parametrize("codec", ["prores", "ffv1"])
def test_bands_leave_no_trace(monkeypatch, pix_fmt, codec):
    frame = noise(pix_fmt, size=(75, 101))

    def made(pixels: int) -> tuple[torch.Tensor, list[np.ndarray]]:
        monkeypatch.setattr(bands, "_PIXELS", pixels)
        rgb = to_rgb(frame)
        return rgb, codes_of(repaint(frame, rgb, 0.5 * rgb + 40, FORMS[codec]))

    (whole, written), (parts, also) = made(1 << 18), made(1)
    assert torch.equal(whole, parts)
    assert all(map(np.array_equal, written, also)) and len(written) == len(also)


def test_pixels_of_another_kind_are_refused():
    for frame in (
        VideoFrame(64, 48, "xyz12le"),
        VideoFrame(64, 48, "bayer_rggb8"),
        noise("yuv420p", matrix=14),
    ):
        with pytest.raises(MediaError) as caught:
            to_rgb(frame)
        assert caught.value.code == "E-DECODE"


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_film_is_painted_and_written_upright(tmp_path, rotation):
    flat = write_counter(tmp_path / "flat.mp4", 3, RATE, matrix="bt709", pixel_aspect=Fraction(4, 3))
    turned = remux(flat, tmp_path / "turned.mp4", rotation=rotation)
    with FrameReader(flat) as reader, FrameReader(turned) as other:
        lying, frame = to_rgb(reader.read(1)), other.read(1)
        assert other.pixel_aspect == (Fraction(4, 3) if rotation == 180 else Fraction(3, 4))
    upright = to_rgb(frame)
    assert torch.equal(upright, torch.rot90(lying, frame.rotation // 90, (2, 3)))
    as_ffmpeg_shows_it = VideoFrame.to_ndarray(frame, format="rgb24")
    assert read_number(as_ffmpeg_shows_it) == 1
    written = repaint(frame, upright, upright)
    assert not written.rotation and psnr(to_rgb(written), upright) > 50
    assert psnr(to_rgb(repaint(frame, upright, upright.flip(3))), upright.flip(3)) > 50


@pytest.mark.parametrize("pix_fmt", ["yuv411p", "yuv410p", "yuv440p"])
def test_chroma_of_other_shapes_is_as_smooth_as_it_was(pix_fmt):
    """A slope comes back as a slope, whatever is stored of it."""
    frame = flat((128, 128, 128), pix_fmt, matrix=6)
    tall, wide = shapes(pix_fmt, (64, 48))[2]
    line, column = np.mgrid[0:tall, 0:wide]
    step_y, step_x = 48 // tall, 64 // wide
    codes = np.zeros((tall, frame.planes[2].line_size), np.uint8)
    codes[:, :wide] = 100 + step_y * line + step_x * column
    frame.planes[2].update(codes.tobytes())
    y, x = np.mgrid[4:44, 0:60]
    chroma = (100 - 128 + y - (step_y - 1) / 2 + x) / 224
    wanted = 255 * ((128 - 16) / 219 + 2 * (1 - 0.299) * chroma)
    rgb = to_rgb(frame)
    assert np.abs(rgb[0, 0, 4:44, 0:60].numpy() - wanted).max() < 0.02
    assert psnr(to_rgb(repaint(frame, rgb, rgb)), rgb) > 50


IDENTITIES = {
    "h264-untagged": dict(codec="h264"),
    "h264-709": dict(codec="h264", matrix="bt709", size=(640, 360)),
    "h264-full-range": dict(codec="h264", matrix="bt709", pix_fmt="yuvj420p", full_range=True),
    "h264-anamorphic": dict(codec="h264", pixel_aspect=Fraction(64, 45), size=(720, 576)),
    "hevc-10bit-2020": dict(codec="hevc", matrix="bt2020", pix_fmt="yuv420p10le"),
    "h264-422-10bit": dict(codec="h264", pix_fmt="yuv422p10le", matrix="bt709"),
    "mjpeg-422": dict(codec="mjpeg", full_range=True),
    "prores-601": dict(codec="prores", matrix="bt601"),
    "h264-interlaced": dict(codec="h264", matrix="bt709", options={"x264-params": "tff=1"}),
    "mpeg2-422": dict(codec="mpeg2", pix_fmt="yuv422p", matrix="bt709"),
    "uncompressed-uyvy": dict(codec="raw", matrix="bt709"),
    "dv-ntsc-411": dict(codec="dv", pix_fmt="yuv411p", size=(720, 480), pixel_aspect=Fraction(8, 9)),
    "cineform": dict(codec="cineform", matrix="bt709", size=(320, 192)),
}
RATES = {"dv-ntsc-411": Fraction(30000, 1001)}


@pytest.mark.parametrize("kind", IDENTITIES)
def test_the_identity_through_prores_is_fifty_decibels_or_more(tmp_path, kind):
    source = write_counter(tmp_path / "source.mov", 6, RATES.get(kind, RATE), **IDENTITIES[kind])
    span = range(6)
    with FrameReader(source) as reader:
        before = [to_rgb(frame) for frame in map(reader.read, span)]
        frames = map(reader.read, span)
        unpainted = (repaint(frame, rgb, rgb) for frame, rgb in zip(frames, before, strict=True))
        write_segment(tmp_path / "same.mov", unpainted, RATE, pixel_aspect=reader.pixel_aspect)
        tags = colour_of(reader.read(0))
        aspect = reader.pixel_aspect
    with FrameReader(tmp_path / "same.mov") as reader:
        after = [to_rgb(frame) for frame in map(reader.read, span)]
        written = colour_of(reader.read(0))
        assert reader.pixel_aspect == aspect
    assert (written.matrix, written.transfer, written.primaries) == (
        tags.matrix,
        tags.transfer,
        tags.primaries,
    )
    assert min(psnr(a, b) for a, b in zip(after, before, strict=True)) >= 50


@pytest.mark.parametrize("pix_fmt", ["gray", "gray10le", "gray12le", "gray16le"])
def test_grey_of_limited_range_is_film_without_colour(pix_fmt):
    black, white = (to_rgb(flat([code], pix_fmt)) for code in (16, 235))
    assert float(black.abs().max()) == 0 and torch.allclose(white, torch.full_like(white, 255))
    frame = noise(pix_fmt)
    rgb = to_rgb(frame)
    assert torch.allclose(rgb[:, 0], rgb[:, 2], atol=1e-3)
    kept = repaint(frame, rgb, rgb, FORMS["ffv1"])
    assert kept.format.name == pix_fmt.replace("gray", "yuv444p")
    luma, *colours = codes_of(kept)
    assert np.array_equal(luma, codes_of(frame)[0])
    middle = 1 << (frame.format.components[0].bits - 1)
    assert all(np.array_equal(plane, np.full_like(plane, middle)) for plane in colours)
    assert psnr(to_rgb(repaint(frame, rgb, rgb)), rgb) > 50


def test_a_grey_film_is_read_as_it_says(tmp_path):
    path = write_counter(tmp_path / "a.mkv", 3, RATE, "ffv1", pix_fmt="gray", matrix="bt709")
    facts = read_facts(path)
    with FrameReader(path) as reader:
        frame = reader.read(2)
        assert frame.format.name == "gray" and int(frame.color_range) == 1 and not facts.trouble
        shown = to_rgb(frame)[0].permute(1, 2, 0).numpy()
    assert read_number(shown) == 2 and shown.max() > 225
