"""What a finished file promises the editor, and whether it keeps it.

Reads the file back as a stranger would; knows nothing of how it was made.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from av import VideoFrame
from av.container import InputContainer
from av.video.stream import VideoStream

from ..errors import MediaError, VerifyError
from ..numbering import split_number
from ..rates import parse_timecode, timecode
from .boxes import boxed_tags
from .files import decoding, open_media, picture_stream, pixel_aspect_of
from .formats import PRORES, Format, with_alpha
from .mxf import described_tags
from .pictures import stored_picture
from .probe import metadata_of
from .profile import colour_profile
from .sequence import numbered
from .spherical import projection_of, stereo_of
from .tags import UNSPECIFIED, Tags

_MATROSKA_TICK = Fraction(1, 1000)  # what it rounds times to
_MATROSKA_RATE = Fraction(1, 50_000)  # of a rate: FFmpeg reads it with no number above 30 000
_AGAIN = "Render again; if it happens twice, please report it with this message."


@dataclass(frozen=True, slots=True)
class Slate:
    """What a file of a format says at its head: `frames` frames at `rate`, the first with timecode `start` (a
    frame count), a reel, a pixel's width over its height, and any other `metadata` (key to text). On a
    `sphere` its picture is one, equirectangular, or one for each eye, as `stereo` has them. With `sound`
    it has a track of it at least, and all as long as the picture. A `pixel_aspect` of None is any, and so
    are `colours` of None, as long as there are some. Of numbered pictures `start` is the number of the
    first, and nothing of colours is asked but the colour `profile` (ICC), if there is one."""

    rate: Fraction
    frames: int
    start: int = 0
    drop_frame: bool = False
    reel: str = ""
    pixel_aspect: Fraction | None = Fraction(1)
    metadata: Mapping[str, str] = field(default_factory=dict)
    sphere: bool = False
    stereo: str = "mono"
    form: Format = PRORES
    colours: Tags | None = None
    sound: bool = False
    profile: bytes = b""


def verify_file(path: Path, slate: Slate, *, place: Path | None = None) -> None:
    """Hold a file against its slate, packet by packet, and decode its first and its last frame.

    Of numbered pictures `path` is the first. `place` is what errors call the file, where it is to be moved
    later. Raises VerifyError with everything that differs.
    """
    faults = (_run_faults if slate.form.numbered else _film_faults)(path, slate, place or path)
    if faults:
        raise VerifyError("; ".join(faults), where=str(place or path), hint=_AGAIN)


def verify_segment(path: Path, frames: int, colours: Tags, form: Format, *, place: Path) -> None:
    """See that a file holds a packet for each of `frames` frames, and says of its colours what it was to say.

    Numbered pictures are not asked for colours. Raises as `verify_file` does.
    """
    with _reading_back(path, place) as container:
        stream = picture_stream(container, path)
        said, count = _said_by_container(path, stream), _packets(container, stream)
        container.seek(0, stream=stream)
        first = next(container.decode(stream), None)
    faults = [] if count == frames else [f"it holds {count} frames, not {frames}"]
    if first is None:
        faults.append("no frame can be decoded")
    elif not form.numbered:
        faults += _colour_faults(said, Tags.of(first), colours, form)
    if faults:
        raise VerifyError("; ".join(faults), where=str(place), hint=_AGAIN)


def colour_tags(path: Path) -> Tags:
    """What the first frame of a file of ours says of its colours, and its container where that says nothing.

    Raises MediaError where it cannot be read.
    """
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        said = _said_by_container(path, stream)
        return Tags.of(next(container.decode(stream), stream)).filled(said)


def pixel_aspect(path: Path) -> Fraction:
    """A pixel's width over its height in a file of ours; raises MediaError where it cannot be read."""
    with decoding(path), open_media(path) as container:
        return pixel_aspect_of(picture_stream(container, path))


def end_frames(path: Path) -> list[VideoFrame]:
    """The first and the last frame of a film of ours, where they can be decoded. Raises MediaError."""
    with decoding(path), open_media(path) as container:
        stream = picture_stream(container, path)
        found = [next(container.decode(stream), None), _last_frame(container, stream)]
        return [frame for frame in found if frame is not None]


def _film_faults(path: Path, slate: Slate, place: Path) -> list[str]:
    with _reading_back(path, place) as container:
        stream = picture_stream(container, path)
        said = _said_by_container(path, stream)
        return [*_header_faults(container, stream, slate), *_frame_faults(container, stream, slate, said)]


def _run_faults(path: Path, slate: Slate, place: Path) -> list[str]:
    """What is wrong with numbered pictures: their numbers, and what the first and the last of them are."""
    with _told_of(place):
        run = numbered(path)
        ends = [stored_picture(run[0]), stored_picture(run[-1])]
    faults = [*_numbers_faults(run, slate)]
    for picture in ends:
        if picture.format.name not in (slate.form.pixels, with_alpha(slate.form.pixels)):
            faults.append(f"it holds pictures of {picture.format.name}, not {slate.form.pixels}")
    sizes = [f"{picture.width} x {picture.height}" for picture in ends]
    if sizes[0] != sizes[1]:
        faults.append(f"its first picture is {sizes[0]}, its last {sizes[1]}")
    if slate.profile and any(colour_profile(end) != slate.profile for end in (run[0], run[-1])):
        faults.append("it lost its colour profile")
    return faults


def _numbers_faults(run: Sequence[Path], slate: Slate) -> Iterator[str]:
    _, digits, _ = split_number(run[0].stem) or ("", "0", "")
    if int(digits) != slate.start:
        at = timecode(slate.start, slate.rate, slate.drop_frame)
        yield f"its first picture is number {int(digits)}, not {slate.start}, which is the timecode {at}"
    if len(run) != slate.frames:
        yield f"it holds {len(run)} pictures, not {slate.frames} frames"


@contextmanager
def _reading_back(path: Path, place: Path) -> Iterator[InputContainer]:
    with _told_of(place), decoding(place), open_media(path) as container:
        yield container


@contextmanager
def _told_of(place: Path) -> Iterator[None]:
    """What cannot be read of a file is a fault of it."""
    try:
        yield
    except MediaError as error:
        raise VerifyError(f"it cannot be read back: {error.what}", where=str(place), hint=_AGAIN) from error


def _packets(container: InputContainer, stream: VideoStream) -> int:
    return sum(1 for packet in container.demux(stream) if packet.size)


def _header_faults(container: InputContainer, stream: VideoStream, slate: Slate) -> Iterator[str]:
    rate = stream.average_rate or stream.guessed_rate  # a short MXF has no average
    if not _same_rate(rate, slate):
        yield f"its rate is {rate}, not {slate.rate}"
    duration, promised_seconds = _seconds(container, stream), slate.frames / slate.rate
    if abs(duration - promised_seconds) > (_MATROSKA_TICK if stream.duration is None else 0):
        yield f"it lasts {duration} s, not {promised_seconds} s"
    promised = timecode(slate.start, slate.rate, slate.drop_frame)
    found = metadata_of(container, stream, "timecode")
    if not _same_timecode(found, promised, slate.rate):
        yield f"its timecode is {found or 'missing'}, not {promised}"
    if slate.form.reel and (reel := metadata_of(container, stream, "reel_name")) != slate.reel:
        yield f"its reel is {reel!r}, not {slate.reel!r}"
    if slate.pixel_aspect and (aspect := pixel_aspect_of(stream)) != slate.pixel_aspect:
        yield f"its pixel aspect is {aspect}, not {slate.pixel_aspect}"
    yield from _sound_faults(container, promised_seconds if slate.sound else None)
    for key, value in slate.metadata.items():
        if (kept := metadata_of(container, stream, key)) != value:
            yield f"its {key} is {kept!r}, not {value!r}"


def _same_rate(found: Fraction | None, slate: Slate) -> bool:
    if found is None or slate.form.suffix != ".mkv":
        return found == slate.rate
    return abs(found - slate.rate) <= slate.rate * _MATROSKA_RATE


def _sound_faults(container: InputContainer, seconds: Fraction | None) -> Iterator[str]:
    tracks = container.streams.audio
    if bool(tracks) != (seconds is not None):
        yield "it has sound, which it should not" if tracks else "it has no sound"
    if seconds is None:
        return
    for track in tracks:
        if track.duration is None:  # Matroska says it for the whole file alone
            continue
        found, wanted = track.duration * (track.time_base or Fraction(0)), round(seconds * track.rate)
        if abs(found * track.rate - wanted) > 1:
            yield f"its sound lasts {float(found):.6f} s, not {float(seconds):.6f} s"


def _seconds(container: InputContainer, stream: VideoStream) -> Fraction:
    """How long the picture plays; Matroska says it for the whole file alone."""
    if stream.duration is None:
        return Fraction(container.duration or 0, 1_000_000)
    return stream.duration * (stream.time_base or Fraction(0))


def _same_timecode(found: str, promised: str, rate: Fraction) -> bool:
    try:
        return parse_timecode(found, rate) == parse_timecode(promised, rate)
    except ValueError:
        return False


def _frame_faults(container: InputContainer, stream: VideoStream, slate: Slate, said: Tags) -> Iterator[str]:
    first, last = next(container.decode(stream), None), _last_frame(container, stream)
    if first is None or last is None:
        yield f"its {'first' if first is None else 'last'} frame cannot be decoded"
    elif slate.colours and slate.colours.matrix != UNSPECIFIED:
        yield from _colour_faults(said, Tags.of(first), slate.colours, slate.form)
    elif int(first.colorspace) == UNSPECIFIED:
        yield "its colours are not tagged"
    if first is not None and slate.sphere:
        found, eyes = projection_of(first), stereo_of(first)
        if (found, eyes) != ("equirect", slate.stereo):
            yield f"it says that it is {found or 'flat'}, {eyes}, not equirect, {slate.stereo}"
    container.seek(0, stream=stream)
    if (count := _packets(container, stream)) != slate.frames:
        yield f"it holds {count} frames, not {slate.frames}"


def _said_by_container(path: Path, stream: VideoStream) -> Tags:
    """What a container says of its picture's colours, whatever that says itself.

    A MOV has no place for the range, so there the picture's word stands for it; an MXF hands its own on.
    """
    if stream.container.format.name.startswith("matroska"):
        return Tags.of(stream)
    said = described_tags(path) if stream.container.format.name == "mxf" else boxed_tags(path)
    return said if said.range else replace(said, range=int(stream.color_range))


def _colour_faults(container: Tags, frame: Tags, wanted: Tags, form: Format) -> Iterator[str]:
    """How what container and frame say of the colours is not what was written.

    Nothing is asked that the format has no words for, nor, of the pictures, what only their container has.
    """
    wanted = wanted.within(form.says)
    own = wanted.within(form.own)
    silent = form.suffix != ".mkv" and not wanted.whole
    for kind in ("matrix", "transfer", "primaries", *(("range",) if form.says_range else ())):
        right = wanted.words(kind)
        wordless = getattr(own, kind) == UNSPECIFIED
        told, shown = (
            right if may_be_silent and getattr(tags, kind) == UNSPECIFIED else tags.words(kind)
            for tags, may_be_silent in ((container, silent), (frame, silent or wordless))
        )
        if told == shown != right:
            yield f"its {kind} is {told}, not {right}"
        elif told != right:
            yield f"the {kind} in its container is {told}, not {right}"
        if shown not in (told, right):
            yield f"the {kind} in its frames is {shown}, not {right}"


def _last_frame(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    end = _seconds(container, stream) / (stream.time_base or 1)
    container.seek(int(end), stream=stream)
    newest = deque(container.decode(stream), maxlen=1)
    return newest[0] if newest else None
