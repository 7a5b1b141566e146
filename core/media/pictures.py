"""Single pictures: read as whole RGB, written as 16-bit PNG or TIFF with a note of where they come from.

A picture's numbers are never scaled on the way. Knows nothing of styles or timelines.
"""

import re
import struct
from pathlib import Path

import av
import numpy as np
from av import VideoFrame

from ..errors import MediaError, VerifyError
from ..manifest import STYLED_TAG
from .chunks import png_chunk
from .cut_off import is_cut_off
from .files import STRICT, decoding, publishing, reason
from .light import signal_of_light
from .profile import colour_profile, with_profile
from .rgb import (
    float_array,
    has_alpha,
    is_float,
    is_rgb,
    is_rgb_with_alpha,
    rgb_array,
    rgb_frame,
    rgba_array,
    whole_array,
    with_opaque,
    without_alpha,
)
from .tags import BT709, HDR, LINEAR, unsupported_pixels

_TIFF = (".tif", ".tiff")
_PNG_HEAD = 33  # bytes: signature and IHDR
_FORMATS = ("image2", "gif", "webp")
_LETTERS, _SHORTS, _LONGS = 2, 3, 4  # types of TIFF
_SAID = {BT709, *HDR}  # transfers that a picture keeps; all others are a display's, as sRGB is
_ONE_FILE = {"pattern_type": "none"}  # `a_%03d.tga` is a name
_EXACTING = ("tiff", "exr")  # strict readers of these refuse what is only unusual
_LIGHT = re.compile(r"(gbra?p|gray)f(16|32)[lb]e")  # EXR holds linear light


def still_suffix(path: Path) -> str:
    """The suffix of a styled picture of `path`: `.tif` of a TIFF, else `.png`."""
    return ".tif" if path.suffix.lower() in _TIFF else ".png"


def read_picture(path: Path, *, alpha: bool = False) -> VideoFrame:
    """A picture as rgb24, rgb48le where it has more than 8 bits, or gbrpf32le where it has floats.

    With `alpha` as rgba, rgba64le or gbrapf32le. Floats go beyond 0 … 1 where the picture does.
    Tagged where it says that it is BT.709, PQ or HLG.
    Raises MediaError: E-OFFLINE where it is missing, E-DECODE where it is no picture or one that
    `picture_trouble` owns up to.
    """
    frame = decoded_picture(path)
    trouble = picture_trouble(frame)
    if not (trouble or alpha) and shows_through(frame):
        trouble = "It has an alpha channel, which the first picture of its sequence has not."
    if trouble:
        raise MediaError(
            trouble.rstrip("."), where=str(path), hint="Export it as an RGB PNG.", code="E-DECODE"
        )
    picture = rgb_frame(_pixels(path, frame, alpha))
    if int(frame.color_trc) in _SAID:
        picture.color_trc, picture.color_primaries = frame.color_trc, frame.color_primaries
    return picture


def _pixels(path: Path, frame: VideoFrame, alpha: bool) -> np.ndarray:
    if alpha and is_rgb_with_alpha(frame):
        return float_array(frame) if is_float(frame) else rgba_array(frame)
    frame = without_alpha(frame)
    pixels = float_array(frame) if is_float(frame) else rgb_array(frame) if is_rgb(frame) else _as_shown(path)
    return with_opaque(pixels) if alpha else pixels


def shows_through(frame: VideoFrame) -> bool:
    """Whether a decoded picture has an alpha channel that can be kept, and is not opaque all over."""
    return is_rgb_with_alpha(without_alpha(frame))


def decoded_picture(path: Path, *, strict: bool = False) -> VideoFrame:
    """A picture as it is shown on a display, of several the first; raises as `read_picture` does.

    Where that is `strict`, so is a decoder that would mend a damaged picture.
    """
    frame = stored_picture(path, strict=strict)
    linear = int(frame.color_trc) == LINEAR and _LIGHT.fullmatch(frame.format.name)
    return _displayed(frame) if linear else frame


def stored_picture(path: Path, *, strict: bool = False) -> VideoFrame:
    """The same as it is stored."""
    with decoding(path):
        if is_cut_off(path):
            raise _unreadable(path, "the file ends before its picture does")
        with av.open(f"file:{path}", options=_ONE_FILE, metadata_errors="replace") as container:
            name = container.format.name
            stream = next(iter(container.streams.video), None)
            if stream and not (name.endswith("_pipe") or name in _FORMATS):
                raise _unreadable(path, "it is a film, not a picture")
            if stream and strict and stream.codec.name not in _EXACTING:
                stream.codec_context.options = STRICT
            frame = next(container.decode(stream), None) if stream else None
    if frame is None:
        raise MediaError("it holds no picture", where=str(path), hint="Relink the clip.", code="E-DECODE")
    return frame


def picture_trouble(frame: VideoFrame) -> str:
    """Why a decoded picture cannot be painted, as sentences; empty where it can."""
    opaque = without_alpha(frame)
    troubles = [unsupported_pixels(opaque)]
    if has_alpha(opaque) and not is_rgb_with_alpha(opaque):
        troubles.append("It has an alpha channel, which this version would lose.")
    if frame.rotation:
        troubles.append(f"It is turned by {frame.rotation} degrees; save it upright.")
    return " ".join(filter(None, troubles))


def note_of(frame: VideoFrame) -> str:
    """The note that `write_picture` left in a picture, or an empty text."""
    try:
        texts = frame.metadata
    except UnicodeDecodeError:  # PyAV's; ours is ASCII
        return ""
    tag, _, noted = texts.get("ImageDescription", "").partition(" ")
    return noted if tag == STYLED_TAG else texts.get(STYLED_TAG, "")


def write_picture(path: Path, pixels: np.ndarray, note: str = "", profile: bytes = b"") -> None:
    """Writes RGB, height x width x 3 uint16, or x 4 with alpha, to a .png or .tif, read back first.

    `note` must be ASCII; `profile` is a colour profile. Raises OutputError where it cannot be written,
    VerifyError where it is not what it should be.
    """
    content = _tiff(pixels, note) if path.suffix == ".tif" else _png(pixels, note)
    with publishing(path) as part:
        part.write_bytes(with_profile(content, profile) if profile else content)
        _verify(part, pixels, note, profile, path)


def copy_picture(source: Path, path: Path, note: str) -> None:
    """Writes a picture that `write_picture` wrote to another place, with a note; raises as it does."""
    write_picture(path, whole_array(decoded_picture(source)), note, colour_profile(source))


def _verify(part: Path, pixels: np.ndarray, note: str, profile: bytes, place: Path) -> None:
    try:
        frame = decoded_picture(part)
    except MediaError as error:
        raise VerifyError(f"it cannot be read back: {error.what}", where=str(place)) from error
    if unsupported_pixels(frame) or not np.array_equal(whole_array(frame), pixels):
        raise VerifyError("it does not hold the picture that was written", where=str(place))
    if note and note_of(frame) != note:
        raise VerifyError("it does not say where it comes from", where=str(place))
    if colour_profile(part) != profile:
        raise VerifyError("it lost its colour profile", where=str(place))


def _displayed(frame: VideoFrame) -> VideoFrame:
    """Linear light as a display's signal, not multiplied by its alpha any more, as EXR has it."""
    name = _LIGHT.sub(r"\1f32le", frame.format.name)
    whole = frame if frame.format.name == name else frame.reformat(format=name)
    light = whole.to_ndarray().astype(np.float32, copy=False)
    if has_alpha(whole):
        veil = light[..., 3:]
        signal = signal_of_light(light[..., :3] / np.where(veil == 0, 1, veil))  # glow: light without a veil
        signal = np.dstack([signal, veil])
    else:
        signal = signal_of_light(light)
    shown = VideoFrame.from_ndarray(signal, format=name)
    shown.color_trc = BT709
    return shown


def _as_shown(path: Path) -> np.ndarray:
    """A picture of luma and chroma (JPEG, WebP) as viewers show it; stored chroma is half as large."""
    import cv2  # only now: planning looks at pictures and decodes none of these

    with decoding(path):
        content = np.frombuffer(path.read_bytes(), np.uint8)
    try:
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise _unreadable(path, reason(error)) from error
    if picture is None:
        raise _unreadable(path, "its format is unknown")
    return np.ascontiguousarray(picture[..., ::-1])


def _unreadable(path: Path, why: str) -> MediaError:
    hint = "Export it as an RGB PNG."
    return MediaError(f"it cannot be decoded: {why}", where=str(path), hint=hint, code="E-DECODE")


def _png(pixels: np.ndarray, note: str) -> bytes:
    import cv2

    done, encoded = cv2.imencode(".png", pixels[..., [2, 1, 0, 3][: pixels.shape[2]]])
    assert done  # of a plain array in memory
    content = encoded.tobytes()
    if not note:
        return content
    words = STYLED_TAG.encode("ascii") + b"\0" + note.encode("ascii")
    return content[:_PNG_HEAD] + png_chunk(b"tEXt", words) + content[_PNG_HEAD:]


def _tiff(pixels: np.ndarray, note: str) -> bytes:
    """One strip, not packed: what every program reads. Offsets count from the top of the file."""
    height, width, layers = pixels.shape
    words = f"{STYLED_TAG if note else 'StyleReel'} {note}".encode("ascii") + b"\0"
    more = [(338, _SHORTS, 1, 2)] if layers == 4 else []  # alpha that is not multiplied in
    count = 11 + len(more)
    depths = 8 + 2 + count * 12 + 4  # behind the header and the directory
    description = depths + layers * 2
    strip = description + len(words) + len(words) % 2
    entries = (
        (256, _LONGS, 1, width),
        (257, _LONGS, 1, height),
        (258, _SHORTS, layers, depths),
        (259, _SHORTS, 1, 1),  # not compressed
        (262, _SHORTS, 1, 2),  # RGB
        (270, _LETTERS, len(words), description),
        (273, _LONGS, 1, strip),
        (277, _SHORTS, 1, layers),
        (278, _LONGS, 1, height),
        (279, _LONGS, 1, pixels.nbytes),
        (284, _SHORTS, 1, 1),  # interleaved
        *more,
    )
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = struct.pack("<2sHIH", b"II", 42, 8, count) + directory
    head += struct.pack(f"<I{layers}H", 0, *(16,) * layers)
    return head + words + b"\0" * (len(words) % 2) + pixels.astype("<u2").tobytes()
