"""Opening and publishing media files; the one seam where PyAV's and the system's errors become ours.

Knows what may go wrong with a file and how to say it. Knows nothing of frames, colours or timecode.
"""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from ..errors import MediaError, OutputError

FORGETFUL = {"h264"}  # decoders that do not always say what is damaged where threads share the work
STRICT = {"err_detect": "explode"}  # of decoders: a picture with a fault in it is an error, not mended
PIXEL_ASPECT = "PIXEL_ASPECT"
MXF_COMMENT = "comment_"  # what FFmpeg has before a key of its own of an MXF
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def decoding(path: Path, doing: str = "it cannot be decoded") -> Iterator[None]:
    """Turn whatever is raised while `path` is read into a MediaError that names it.

    `doing` is what could not be done. E-OFFLINE where the file is missing or may not be read,
    E-DECODE elsewhere.
    """
    try:
        yield
    except FileNotFoundError as error:
        hint = "Find the file, or map its folder with --map."
        raise MediaError("the file is missing", where=str(path), hint=hint, code="E-OFFLINE") from error
    except PermissionError as error:
        hint = "Allow this user to read it."
        raise MediaError("the file may not be read", where=str(path), hint=hint, code="E-OFFLINE") from error
    except (FFmpegError, OSError) as error:
        hint = "Play the file to its end in the editor; if it stops there too, copy or export it again."
        raise MediaError(f"{doing}: {reason(error)}", where=str(path), hint=hint, code="E-DECODE") from error


def reason(error: Exception) -> str:
    """What an error of PyAV or the system says, in one short clause."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def open_media(path: Path, decoder: str = "") -> InputContainer:
    """Open a media file for reading; raises as PyAV does, so call it within `decoding`.

    A `decoder` is the hardware, as FFmpeg calls it (`cuda`), that films are decoded by.
    """
    path.stat()  # says "missing" before a demuxer says something vaguer
    hardware = HWAccel(decoder, allow_software_fallback=False) if decoder else None
    return av.open(f"file:{path}", "r", metadata_errors="replace", hwaccel=hardware)


def picture_stream(container: InputContainer, path: Path) -> VideoStream:
    """The first video stream that is not a cover picture; MediaError E-DECODE where there is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    hint = "Relink the clip to the file with the picture."
    raise MediaError("it has no video stream", where=str(path), hint=hint, code="E-DECODE")


def pixel_aspect_of(stream: VideoStream) -> Fraction:
    """A pixel's width over its height; in Matroska a tag of our own has it, where PyAV cannot write it."""
    noted = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", stream.metadata.get(PIXEL_ASPECT, ""))
    if noted:
        return Fraction(int(noted[1]), int(noted[2]))
    return stream.sample_aspect_ratio or Fraction(1)


@contextmanager
def publishing(path: Path) -> Iterator[Path]:
    """Give the `.part` file to write; when the block ends well, sync it and move it to `path`.

    Whatever happens, `path` is either the whole new file or what it was before, and no `.part`
    stays. Raises OutputError for everything that the system or the muxer has against it.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        _sync(part)
        part.replace(path)
        _sync_folder(path.parent)
    except (FFmpegError, OSError) as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def publishing_folder(folder: Path) -> Iterator[Path]:
    """Give an empty `.part` folder to fill; when the block ends well, sync it and move it to `folder`.

    `folder` must not be there: it comes as a whole or not at all, and no `.part` stays but that of a run that
    was killed, until the next one. Raises as `publishing` does.
    """
    part = folder.with_name(folder.name + ".part")
    try:
        if part.exists():
            shutil.rmtree(part)
        part.mkdir(parents=True)
        yield part
        for file in part.iterdir():
            _sync(file)
        _sync_folder(part)
        part.rename(folder)
        _sync_folder(folder.parent)
    except (FFmpegError, OSError) as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _unwritable(path: Path, error: Exception) -> OutputError:
    return OutputError(f"it cannot be written: {reason(error)}", where=str(path), hint=_hint(error))


def _hint(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if number in _FULL:
        return "Make room on that disk, or choose another folder; what is finished is kept."
    if number in _FORBIDDEN:
        return "Choose a folder that this user may write to."
    return "Look at the folder and the disk, or choose another folder."


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    if os.name == "nt":
        return
    with suppress(OSError):  # some network disks cannot; the file is whole and in place already
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
