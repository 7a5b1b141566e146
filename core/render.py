"""Renders a shot: source frames → painted segments → one styled file.

Decoding, painting and encoding overlap on three threads; at most a handful of frames is in memory,
however long the shot. Knows nothing of timelines or of where presets come from.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import torch
from torch import Tensor

from .ahead import ahead
from .cut import Bend, Shot
from .errors import StyleError, StyleReelError, UsageError
from .manifest import STYLED_TAG, note_source, origin_note
from .mattes.worn import WornMatte, opened
from .media.colour import repaint, to_array, to_rgb
from .media.pictures import copy_picture, still_suffix, write_picture
from .media.profile import colour_profile
from .media.reader import VideoFrame
from .media.source import Source, open_source
from .media.verify import Slate, pixel_aspect
from .media.writer import Piece, join_segments, write_segment
from .nets.dialled import Painter
from .preset import Wear, read_recipe
from .rates import FrameRange
from .store import Segment, Store, segments


@dataclass(frozen=True)
class Job:
    """A shot that is to be rendered, with its painter on the device; `style_key` is its content's hash.

    `fingerprint` is that of the source's content and, where its frames have no numbers of their own,
    of the rate that it is read at. `bends` has the content's hash of the style that a frame is bent towards,
    and how far; `bent` gives the painter for a bend of the shot.
    """

    shot: Shot
    fingerprint: str
    painter: Painter
    style_key: str
    device: torch.device
    bends: Mapping[int, tuple[str, float]] = field(default_factory=dict)
    bent: Callable[[str, float], Painter] | None = None
    matte: WornMatte | None = None

    def segments(self) -> list[Segment]:
        """What the shot is made of."""
        wear = read_recipe(self.shot.recipe)
        recipe = (self.fingerprint, self.style_key, wear.projection, *_manner(wear))
        recipe += (f"matte {self.matte.key}",) if self.matte else ()
        shot = self.shot
        return segments(shot.frames, shot.weights, recipe, shot.picks, styled_suffix(shot), self.bends)

    def painter_at(self, bend: Bend | None) -> Painter:
        """What paints a frame."""
        if bend is None:
            return self.painter
        assert self.bent, "a shot that morphs comes with its bent painters"
        return self.bent(*bend)


@dataclass(frozen=True, slots=True)
class Painted:
    """A source frame with its picture before and after, (1, 3, H, W) float32 on 0 … 255."""

    frame: VideoFrame
    before: Tensor
    after: Tensor


def _manner(wear: Wear) -> Iterator[str]:
    """What else than the source and the styles' own content a painted pixel depends on."""
    yield f"{wear.trained_weight:g}"
    if wear.keep_colour:
        yield f"keep colour {wear.keep_colour!r}"
    if wear.chain or wear.net:
        yield json.dumps([link.model_dump(exclude={"style"}) for link in wear.links])


def styled_suffix(shot: Shot) -> str:
    """The suffix of a shot's styled file: a film's, or that of a picture."""
    return still_suffix(shot.media.path) if shot.still else ".mov"


def render_segments(
    job: Job, store: Store, on_frames: Callable[[int], None], stop: Callable[[], bool]
) -> bool:
    """Renders what the store has not of a shot; whether it came to the end.

    `on_frames` hears of every finished frame, those found in the store first; `stop` is asked after
    every segment. Raises MediaError where a frame cannot be read, OutputError where nothing can be written.
    """
    parts = {part.key: part for part in job.segments()}  # those of a freeze may be one
    missing = [part for part in parts.values() if not store.has(part)]
    on_frames(len(job.shot.frames) - sum(len(part.frames) for part in missing))
    if not missing:
        return True
    with (
        open_source(job.shot.media) as reader,
        closing(ahead(_painted(job, reader, missing))) as painted,
    ):
        finished = _told(painted, on_frames)
        for part in missing:
            frames = islice(finished, len(part.frames))
            store.keep(part, lambda path, frames=frames: _write(path, frames, job, reader))
            if stop() and part is not missing[-1]:
                return False
    return True


def _write(path: Path, frames: Iterator[Painted], job: Job, reader: Source) -> None:
    if job.shot.still:
        write_picture(path, to_array(next(frames).after), profile=colour_profile(job.shot.media.path))
        return
    written = (repaint(painted.frame, painted.before, painted.after) for painted in frames)
    write_segment(path, written, job.shot.rate, pixel_aspect=reader.pixel_aspect)


def _told(painted: Iterator[Painted], on_frames: Callable[[int], None]) -> Iterator[Painted]:
    for item in painted:
        on_frames(1)
        yield item


def _painted(job: Job, reader: Source, missing: list[Segment]) -> Iterator[Painted]:
    """The frames of the missing segments in order, painted on the thread that asks for them.

    What is shown again in the same way is painted once.
    """
    shot, sphere = job.shot, read_recipe(job.shot.recipe).projection == "equirect"
    numbers = chain.from_iterable(range(part.frames.first, part.frames.stop) for part in missing)
    done: Painted | None = None
    dose: tuple[float, Bend | None] = (0.0, None)
    with closing(ahead(_decoded(shot, reader, numbers))) as decoded, opened(job.matte) as matte:
        for number, frame, before in decoded:
            weight, bend = shot.weights[number - shot.frames.first], shot.bends.get(number)
            if done is None or done.frame is not frame or dose != (weight, bend):
                painter = job.painter_at(bend)
                if matte and weight > 0:
                    painter = matte.over(painter, shot.source_frame(number), before)
                after = _paint(job, painter, before, weight, sphere, number) if weight > 0 else before
                done, dose = Painted(frame, before, after), (weight, bend)
            yield done


def _paint(job: Job, painter: Painter, before: Tensor, weight: float, sphere: bool, index: int) -> Tensor:
    try:
        after = painter.paint(before.to(job.device), weight, sphere=sphere).cpu()
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and "allocate memory" not in str(error):
            raise
        what = (
            f"a frame of {before.shape[3]} x {before.shape[2]} does not fit into the memory of {job.device}"
        )
        hint = "Free memory there, or render with --device cpu."
        raise StyleReelError(what, where=job.shot.name, hint=hint) from error
    if not bool(torch.isfinite(after).all()):
        hint = "The net's file is damaged or was badly trained; choose another style."
        raise StyleError(f"the net gives no picture for frame {index}", where=job.shot.name, hint=hint)
    return after


def _decoded(shot: Shot, reader: Source, numbers: Iterator[int]) -> Iterator[tuple[int, VideoFrame, Tensor]]:
    """The source's frame and its picture for each of a shot's frames; the same again where it stands."""
    held: tuple[int, VideoFrame, Tensor] | None = None
    for number in numbers:
        source = shot.source_frame(number)
        if held is None or held[0] != source:
            frame = reader.read(source)
            held = source, frame, to_rgb(frame)
        yield number, held[1], held[2]


def join_shot(job: Job, store: Store, path: Path, pieces: list[Piece] | None = None) -> Slate:
    """Joins a shot's finished segments into the styled file at `path`, verified; what it says of itself.

    `pieces` are other files and frames of them, where not all of the shot comes from its segments. The
    file's source is noted in it, and beside it before it is there.
    """
    shot, note = job.shot, origin_note(job.shot)
    pieces = pieces or own_pieces(job, store)
    slate = Slate(
        rate=shot.rate,
        frames=len(shot.frames),
        start=shot.start,
        drop_frame=shot.drop_frame,
        reel=shot.media.reel,
        pixel_aspect=Fraction(1) if shot.still else pixel_aspect(pieces[0].path),
        metadata={STYLED_TAG: note},
    )
    note_source(path, note)
    if shot.still:
        copy_picture(pieces[0].path, path, note)
    else:
        join_segments(pieces, path, slate)
    return slate


def own_pieces(job: Job, store: Store) -> list[Piece]:
    """A shot's segments from end to end."""
    return [Piece(store.path(part), FrameRange(0, len(part.frames))) for part in job.segments()]


def pick_device(name: str = "auto") -> torch.device:
    """`cpu`, `mps`, `cuda` or `cuda:1` by name, or the best that this machine has.

    Raises UsageError where it has none of that name.
    """
    counts = {"cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available()), "cpu": 1}
    if name == "auto":
        return torch.device(next(kind for kind, count in counts.items() if count))
    kind, colon, number = name.partition(":")
    if kind not in counts or (colon and not number.isdigit()):
        raise UsageError("is none of auto, cuda, mps, cpu", where=f"--device {name}")
    if int(number or 0) >= counts[kind]:
        hint = "Leave --device out to take the best that there is; `stylereel doctor` says which."
        raise UsageError("this machine has no such device that works", where=f"--device {name}", hint=hint)
    return torch.device(name)
