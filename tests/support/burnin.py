"""Clips with their frame numbers burnt in, and how to read the numbers back.

Every frame has a barcode of large blocks at the top: 20 columns in two rows, the lower row the
upper one's complement, so that a bit is read by comparing two blocks and survives H.264, chroma
subsampling, gains and a light blur. Below it the number in digits over a moving coloured texture.
Knows nothing of StyleReel: it writes with PyAV alone.
"""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

_BITS = 16
_COLUMNS = _BITS + 4  # a white and a black guard before the number, two bits of its sum after it
_CODECS = {
    "h264": ("libx264", "yuv420p"),
    "hevc": ("libx265", "yuv420p"),
    "mpeg2": ("mpeg2video", "yuv420p"),
    "prores": ("prores_ks", "yuv422p10le"),
    "ffv1": ("ffv1", "yuv422p10le"),
    "mjpeg": ("mjpeg", "yuvj422p"),
    "png": ("png", "rgb24"),
    "vp9": ("libvpx-vp9", "yuv420p"),
    "av1": ("libsvtav1", "yuv420p10le"),
    "dnxhr": ("dnxhd", "yuv422p10le"),
    "dv": ("dvvideo", "yuv420p"),
    "cineform": ("cfhd", "yuv422p10le"),
    "raw": ("rawvideo", "uyvy422"),
    "animation": ("qtrle", "gray"),  # which is stored with a palette
}
_MATRICES = {  # matrix, transfer, primaries
    "bt601": (5, 6, 6),
    "bt709": (1, 1, 1),
    "bt2020": (9, 14, 9),
    "pq": (9, 16, 9),
    "hlg": (9, 18, 9),
}


def draw_number(number: int, size: tuple[int, int] = (320, 180)) -> np.ndarray:
    """A uint8 RGB picture, height x width x 3, that shows `number` (0 … 65535); `size` is (width, height)."""
    width, height = size
    picture = _texture(number, width, height)
    edges = np.linspace(0, width, _COLUMNS + 1).round().astype(int)
    row = height // 8
    for column, bit in enumerate(_bits(number)):
        picture[:row, edges[column] : edges[column + 1]] = 235 if bit else 20
        picture[row : 2 * row, edges[column] : edges[column + 1]] = 20 if bit else 235
    place = (width // 20, height - height // 10)
    cv2.putText(picture, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, height / 90, (255, 255, 255), 2)
    return picture


def read_number(picture: np.ndarray) -> int:
    """The number in a uint8 (or float, 0 … 255) RGB picture, height x width x 3.

    Raises ValueError where there is no barcode that can be trusted.
    """
    height, width = picture.shape[:2]
    edges = np.linspace(0, width, _COLUMNS + 1)
    row = height // 8
    luma = picture[: 2 * row].astype(np.float64) @ (0.299, 0.587, 0.114)
    gaps = []
    for left, right in itertools.pairwise(edges):
        inset = (right - left) / 4
        columns = slice(round(left + inset), max(round(right - inset), round(left + inset) + 1))
        upper, lower = (
            luma[row // 4 : row - row // 4, columns],
            luma[row + row // 4 : 2 * row - row // 4, columns],
        )
        gaps.append(float(upper.mean() - lower.mean()))
    if min(abs(gap) for gap in gaps) < 20:
        raise ValueError(f"no barcode: the faintest block differs by {min(map(abs, gaps)):.1f} levels")
    bits = [int(gap > 0) for gap in gaps]
    number = int("".join(map(str, bits[2 : 2 + _BITS])), 2)
    if bits != _bits(number):
        raise ValueError(f"the barcode {bits} does not agree with itself")
    return number


def write_counter(
    path: Path,
    frames: int,
    rate: Fraction,
    codec: str = "h264",
    size: tuple[int, int] = (320, 180),
    *,
    start_timecode: str | None = None,
    first_number: int = 0,
    reel: str = "",
    gop: int = 12,
    bframes: int = 2,
    open_gop: bool = False,
    pix_fmt: str = "",
    matrix: str = "",
    full_range: bool = False,
    pixel_aspect: Fraction = Fraction(1),
    sound: bool = False,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Write a clip whose frame i shows `first_number + i`, and return its path.

    `codec` is one of h264, hevc, mpeg2, prores, ffv1, mjpeg, png, vp9, av1, dnxhr, dv, cineform, raw,
    animation; the suffix of `path` names the container. `matrix` is bt601, bt709, bt2020, pq, hlg or ""
    (not tagged, drawn as 601). `options` go to the encoder, `container_options` to the muxer. `sound` adds a
    tone: AAC in MP4 and TS, PCM elsewhere.
    """
    encoder, default_format = _CODECS[codec]
    encoder_options = _encoder_options(codec, gop, bframes, open_gop) | (options or {})
    muxer_options = {"movie_timescale": str(rate.numerator)} if path.suffix in (".mov", ".mp4") else {}
    with av.open(str(path), "w", options=muxer_options | (container_options or {})) as container:
        stream = container.add_stream(encoder, rate=rate, options=encoder_options)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt or default_format
        stream.codec_context.time_base = 1 / rate
        stream.codec_context.sample_aspect_ratio = pixel_aspect
        if codec in ("h264", "hevc", "mpeg2"):
            stream.codec_context.gop_size, stream.codec_context.max_b_frames = gop, bframes
        if codec == "mpeg2":
            stream.bit_rate = 8_000_000
        if start_timecode:
            stream.metadata["timecode"] = start_timecode
        if reel:
            stream.metadata["reel_name"] = reel
        tags = (*_MATRICES.get(matrix, (2, 2, 2)), 2 if full_range else 1)
        context = stream.codec_context
        context.colorspace, context.color_trc, context.color_primaries, context.color_range = tags
        audio = _add_sound(container, path.suffix) if sound else None
        for index, frame in enumerate(_frames(frames, first_number, size, stream.pix_fmt, matrix, tags)):
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if audio is not None:
            _write_sound(container, audio, round(frames / rate * 48000))
    return path


def _bits(number: int) -> list[int]:
    """Guards, number, check sum; most significant bit first."""
    check = (bin(number).count("1") + number) % 4
    return [1, 0, *(int(bit) for bit in f"{number:0{_BITS}b}{check:02b}")]


def _texture(number: int, width: int, height: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / 24
    shift = number / 6
    bands = [np.sin(x + shift), np.sin(y - shift + 2), np.sin((x + y) / 2 + 2 * shift + 4)]
    return (128 + 70 * np.stack(bands, axis=-1)).astype(np.uint8)


def _frames(count, first_number, size, pix_fmt, matrix, tags) -> Iterator[av.VideoFrame]:
    swscale_matrix = {"bt709": 1, "bt2020": 9, "pq": 9, "hlg": 9}.get(matrix, 5)
    for number in range(first_number, first_number + count):
        picture = av.VideoFrame.from_ndarray(draw_number(number, size), format="rgb24")
        frame = picture.reformat(
            format=pix_fmt, dst_colorspace=swscale_matrix, src_color_range=2, dst_color_range=tags[3]
        )
        frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range = tags
        yield frame


def _encoder_options(codec: str, gop: int, bframes: int, open_gop: bool) -> dict[str, str]:
    if codec == "h264":
        x264 = f"open-gop={int(open_gop)}:scenecut=0:b-adapt=0"
        return {"crf": "12", "preset": "veryfast", "x264-params": x264}
    if codec == "hevc":
        x265 = f"open-gop={int(open_gop)}:scenecut=0:b-adapt=0:keyint={gop}:bframes={bframes}:log-level=none"
        return {"crf": "12", "preset": "ultrafast", "x265-params": x265}
    if codec == "prores":
        return {"profile": "3", "vendor": "apl0"}
    return {
        "vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "20", "g": str(gop), "auto-alt-ref": "1"},
        "av1": {"preset": "12", "crf": "20", "g": str(gop), "svtav1-params": "lp=1"},
        "dnxhr": {"profile": "dnxhr_hqx"},
    }.get(codec, {})


def _add_sound(container, suffix: str):
    stream = container.add_stream("aac" if suffix in (".mp4", ".ts", ".m4v") else "pcm_s16le", rate=48000)
    stream.layout = "stereo"
    return stream


def _write_sound(container, stream, samples: int) -> None:
    tone = (8000 * np.sin(np.arange(samples) * (2 * np.pi * 440 / 48000))).astype(np.int16)
    planar = stream.codec_context.format.name == "fltp"
    for first in range(0, samples, 1024):
        part = np.repeat(tone[first : first + 1024], 1 if planar else 2)
        data = np.stack([part / 32768.0] * 2).astype(np.float32) if planar else part[None]
        frame = av.AudioFrame.from_ndarray(data, format="fltp" if planar else "s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, first, Fraction(1, 48000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
