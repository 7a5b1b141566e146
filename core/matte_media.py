"""A shot's matte as media of its own, for an editor: white inside, black outside, as the styled file lies.

Knows a shot and its matte at work. Knows nothing of painting.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from torch import Tensor

from .cut import Shot
from .mattes.matting import Matting
from .media.colour import repaint, to_array, to_rgb
from .media.pictures import write_picture
from .media.reader import VideoFrame
from .media.rgb import rgb_frame
from .media.source import Source, open_source
from .media.tags import Tags
from .media.verify import Slate, colour_tags
from .media.writer import Piece, join_segments, write_segment
from .preset import read_recipe
from .rates import FrameRange


def write_matte(shot: Shot, matting: Matting, path: Path, on_frame: Callable[[], None]) -> None:
    """Writes the matte of a shot's frames to a new file: ProRes with the shot's timecode and reel, or a PNG.

    `on_frame` hears of every frame and may raise to end it; nothing half-written stays. Raises MediaError
    where a frame cannot be read, OutputError where nothing can be written, and what the matte raises.
    """
    with open_source(shot.media) as reader:
        if shot.still:
            write_picture(path, to_array(next(_mattes(shot, matting, reader))))
            return on_frame()
        segment = path.with_name(f".{path.stem}.segment.mov")
        try:
            frames = _frames(shot, matting, reader, on_frame)
            write_segment(segment, frames, shot.rate, pixel_aspect=reader.pixel_aspect)
            piece = Piece(segment, FrameRange(0, len(shot.frames)))
            join_segments([piece], path, _slate(shot, reader, colour_tags(segment)))
        finally:
            with suppress(OSError):
                segment.unlink()


def _slate(shot: Shot, reader: Source, colours: Tags) -> Slate:
    wear = read_recipe(shot.recipe)
    return Slate(
        rate=shot.rate,
        frames=len(shot.frames),
        start=shot.start,
        drop_frame=shot.drop_frame,
        reel=shot.media.reel,
        pixel_aspect=reader.pixel_aspect,
        sphere=wear.projection == "equirect",
        stereo=wear.stereo,
        colours=colours,
    )


def _frames(
    shot: Shot, matting: Matting, reader: Source, on_frame: Callable[[], None]
) -> Iterator[VideoFrame]:
    for matte in _mattes(shot, matting, reader):
        yield repaint(rgb_frame(to_array(matte)), matte, matte)  # by itself: of the source it has no colour
        on_frame()


def _mattes(shot: Shot, matting: Matting, reader: Source) -> Iterator[Tensor]:
    """The mattes of a shot's frames as pictures, (1, 3, H, W) on 0 … 255."""
    for number in range(shot.frames.first, shot.frames.stop):
        source = shot.source_frame(number)
        frame = reader.read(source)
        before = to_rgb(frame)
        yield (matting.of(source, frame, before) * 255).expand_as(before)
