"""Renders a shot: source frames → painted segments → one styled file.

Decoding, painting and encoding overlap on three threads, where there is memory for it; at most a handful of
frames is in it, however long the shot. Knows nothing of timelines or of where presets come from.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from itertools import islice
from pathlib import Path

import torch

from .ahead import ahead
from .cut import Shot
from .errors import UsageError
from .job import Job
from .manifest import STYLED_TAG, note_source, origin_note
from .media.colour import repaint, to_array
from .media.formats import FORMATS, lossless
from .media.pictures import copy_picture, write_picture
from .media.profile import colour_profile
from .media.reader import FrameReader
from .media.sound import Sound, check_sound
from .media.source import Source, open_source
from .media.verify import Slate, colour_tags, pixel_aspect
from .media.writer import Piece, join_segments, write_segment
from .rates import FrameRange
from .store import Segment, Store
from .styled import styled_kind
from .stylize import Painted, painted, waiting


def render_segments(
    job: Job,
    store: Store,
    on_frames: Callable[[int], None],
    stop: Callable[[], bool],
    wanted: Sequence[Segment] | None = None,
) -> bool:
    """Renders what the store has not of a shot, or of its `wanted` segments; whether it came to the end.

    `on_frames` hears of every finished frame, those found in the store first; `stop` is asked after
    every segment. Raises MediaError where a frame cannot be read or its film cannot hold the sound that goes
    into it, OutputError where nothing can be written.
    """
    if job.shot.sound:
        check_sound(job.shot.media.path, FORMATS[job.shot.codec].suffix)
    wanted = job.segments() if wanted is None else wanted
    parts = {part.key: part for part in wanted}  # those of a freeze may be one
    missing = [part for part in parts.values() if not store.has(part)]
    on_frames(sum(len(part.frames) for part in wanted) - sum(len(part.frames) for part in missing))
    if not missing:
        return True
    with open_source(job.shot.media, hardware=job.hardware_decoding) as reader:
        depth = waiting(reader.size)
        with closing(ahead(painted(job, reader, [part.frames for part in missing], depth), depth)) as found:
            finished = _told(found, on_frames)
            for part in missing:
                frames = islice(finished, len(part.frames))
                store.keep(part, lambda path, frames=frames: _write(path, frames, job, reader, depth))
                if stop() and part is not missing[-1]:
                    return False
    return True


def _write(path: Path, frames: Iterator[Painted], job: Job, reader: Source, depth: int) -> None:
    if job.shot.still:
        one = next(frames)
        profile = colour_profile(job.shot.media.path)
        write_picture(path, to_array(one.after, one.frame), profile=profile)
        return
    form = lossless(FORMATS[job.shot.codec])
    written = map(lambda one: repaint(one.frame, one.before, one.after, form), frames)
    threads = 0 if depth else 1  # an encoder holds a frame or two a thread
    write_segment(path, written, job.shot.rate, pixel_aspect=reader.pixel_aspect, threads=threads, form=form)


def _told(frames: Iterator[Painted], on_frames: Callable[[int], None]) -> Iterator[Painted]:
    for item in frames:
        on_frames(1)
        yield item
        del item


def join_shot(
    job: Job,
    store: Store,
    path: Path,
    pieces: Sequence[Piece] | None = None,
    doubt: Callable[[str], None] = lambda text: None,
) -> Slate:
    """Joins a shot's finished segments into the styled file at `path`, verified; what it says of itself.

    `pieces` are other files and frames of them, where not all of the shot comes from its segments. The
    file's source is noted in it, and beside it before it is there. `doubt` hears of hardware that failed.
    """
    shot, note, wear = job.shot, origin_note(job.shot), job.wear
    form = FORMATS[shot.codec]
    pieces = pieces or own_pieces(job, store)
    slate = Slate(
        rate=shot.rate,
        frames=len(shot.frames),
        start=shot.start,
        drop_frame=shot.drop_frame,
        reel=shot.media.reel,
        pixel_aspect=Fraction(1) if shot.still else pixel_aspect(pieces[0].path),
        metadata={STYLED_TAG: note},
        sphere=wear.projection == "equirect" and form.boxed,
        stereo=wear.stereo,
        form=form,
        sound=shot.sound,
        colours=None if shot.still or form.numbered else colour_tags(pieces[0].path),
        profile=colour_profile(shot.media.path) if form.profiled and shot.media.kind != "movie" else b"",
    )
    if styled_kind(shot) != "sequence":  # it has the note in its folder, which comes as a whole
        note_source(path, note)
    if shot.still:
        copy_picture(pieces[0].path, path, note)
    else:
        way = join_segments(pieces, path, slate, _sound(shot) if shot.sound else None, shot.hardware)
        if shot.hardware and way is None:
            doubt("no hardware of this machine could encode it; the processor did")
    return slate


def _sound(shot: Shot) -> Sound:
    """What is heard while the frames of a film are shown."""
    with FrameReader(shot.media.path, shot.media.rate) as reader:
        return Sound(shot.media.path, reader.moment(shot.frames.first), len(shot.frames) / shot.rate)


def own_pieces(job: Job, store: Store, span: FrameRange | None = None) -> list[Piece]:
    """The segments of a shot, or of some frames of it, from end to end."""
    return [Piece(store.path(part), FrameRange(0, len(part.frames))) for part in job.segments(span)]


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
