"""One shot again: as a whole with other settings, or some of its frames, the rest from its last version.

The new version takes the place of the shot as it is planned, so it stays until the plan of the shot
changes. Knows nothing of timelines.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .cut import Plan, Shot
from .deliver import Workshop, doubt_of, rendered
from .errors import UsageError
from .events import Began, Finished, Outcome, flicker_of
from .flicker import measured
from .job import Job
from .media.formats import FORMATS
from .media.writer import Piece
from .mezzanine import lossless_pieces, noted, to_render_again, within
from .output import MEDIA
from .plan import output_names
from .rates import FrameRange
from .render import join_shot, own_pieces
from .shotbook import Book, with_version, write_book
from .standing import BY_SHOT
from .store import Segment
from .styled import free_styled_path
from .whole import content_hash


def retake(
    planned: Shot,
    wanted: Shot,
    span: FrameRange | None,
    sets: Sequence[str],
    plan: Plan,
    book: Book,
    workshop: Workshop,
) -> tuple[Outcome, Shot]:
    """Renders `wanted` as the next version of `planned`; what came of it, and the shot as it is now.

    `span` are the frames to take from `wanted`; the others are copied from the last version.
    Raises UsageError where there is none to copy from.
    """
    started = time.monotonic()
    part = wanted if span is None else _part(wanted, span)
    job = workshop.job(wanted)
    before, after = ([], []) if span is None else _beside(planned, part, book)
    again = _again(planned, [*before, *after], workshop)
    workshop.doubt_decoder(wanted)
    if not _rendered([*again, (job, job.segments(part.frames))], workshop):
        return Outcome(book, interrupted=True), planned
    pieces = [*before, *own_pieces(job, workshop.store, part.frames), *after]
    name = output_names(plan, workshop.film, book)[planned.name]
    path = free_styled_path(wanted, workshop.out / MEDIA, name)
    slate = join_shot(job, workshop.store, path, pieces, workshop.doubting(wanted))
    now = _as_planned(planned, part, _settings(planned, sets, book) if before or after else sets)
    doubt, steadiness = doubt_of(workshop, wanted, book), measured(now, path)
    kept = noted(now, pieces, book.folder)
    book = with_version(book, now, path, slate.colours, steadiness, doubt, kept)
    write_book(book)
    seconds = time.monotonic() - started
    workshop.tell(Finished(planned.name, path.name, seconds, flicker_of(steadiness)))
    return Outcome(book, seconds={planned.name: seconds}), now


def span_of(shot: Shot, first: int, last: int) -> FrameRange:
    """The frames of a shot's record frames `first` … `last`, counted from 0 at its first clip's cut."""
    use = shot.uses[0]
    if not 0 <= first <= last < len(use.record):
        hint = f"{shot.name} has the frames 0-{len(use.record) - 1}."
        raise UsageError("not frames of the shot", where=f"--frames {first}-{last}", hint=hint)
    span = _frames(shot, FrameRange(first, last + 1))
    if span.clamped(shot.frames) != span:
        hint = f"They are {span.first}-{span.stop - 1} in the file, which ends with {shot.frames.stop - 1}."
        raise UsageError("the media has not all of these frames", where=f"--frames {first}-{last}", hint=hint)
    return span


def shown_beside(shot: Shot, span: FrameRange, first: int, last: int) -> int:
    """How many record frames but `first` … `last` show frames of `span` too: slow ones, and other clips'."""
    if shot.picks or shot.still:
        return 0
    asked = {(0, offset) for offset in range(first, last + 1)}
    shown = (
        (at, offset)
        for at, use in enumerate(shot.uses)
        for offset in range(use.offsets.first, use.offsets.stop)
        if use.time.frame(offset) in span
    )
    return len({*shown} - asked)


def _frames(shot: Shot, offsets: FrameRange) -> FrameRange:
    """The frames of a shot that its first clip shows from offset to offset."""
    use = shot.uses[0]
    if shot.still:
        return shot.frames
    if shot.picks:
        return FrameRange(offsets.first - use.offsets.first, offsets.stop - use.offsets.first)
    return use.time.frames(offsets)


def _part(shot: Shot, span: FrameRange) -> Shot:
    begin, stop = span.first - shot.frames.first, span.stop - shot.frames.first
    return replace(shot, frames=span, weights=shot.weights[begin:stop], picks=shot.picks[begin:stop])


def _rendered(work: Sequence[tuple[Job, Sequence[Segment]]], workshop: Workshop) -> bool:
    """Renders segments of jobs, as far as the store has them not; whether it came to the end."""
    workshop.tell(Began(1, sum(len(segment.frames) for _, segments in work for segment in segments)))
    return all(rendered(job, workshop, segments) for job, segments in work)


def _beside(planned: Shot, part: Shot, book: Book) -> tuple[list[Piece], list[Piece]]:
    """The frames before `part`, and those after it, as the last version has them."""
    last = book.cached(planned.name, planned.key)
    if last is None:
        hint = "Render the shot as a whole first: without --frames."
        raise UsageError(
            "there is no version as planned to copy the other frames from", where=planned.name, hint=hint
        )
    base, frames = planned.frames.first, len(planned.frames)
    if FORMATS[planned.codec].spliced:
        _check_whole(planned.name, book.files(last), last.digest)
        whole = [Piece(book.path(last), FrameRange(0, frames))]
    else:
        whole = lossless_pieces(last, book)
    before, after = FrameRange(0, part.frames.first - base), FrameRange(part.frames.stop - base, frames)
    return within(whole, before), within(whole, after)


def _check_whole(name: str, files: Sequence[Path], digest: str) -> None:
    """Raises UsageError where the version that frames are to be copied from is not what was written."""
    try:
        whole = not digest or content_hash(files) == digest
    except OSError:
        whole = False
    if not whole:
        what = f"{files[0].name} is not what was written, so that nothing can be copied from it"
        hint = "Render the shot as a whole: without --frames."
        raise UsageError(what, where=name, hint=hint)


def _again(planned: Shot, pieces: Sequence[Piece], workshop: Workshop) -> list[tuple[Job, Sequence[Segment]]]:
    """What of the shot as it is planned has to be rendered again, since its lossless frames are gone."""
    if FORMATS[planned.codec].spliced:
        return []
    job = workshop.job(planned)
    segments = to_render_again(pieces, job.segments(), workshop.store, planned.name)
    if count := sum(len(segment.frames) for segment in segments):
        told = f"the lossless copy of some of its other frames is gone: {count} are painted again"
        workshop.doubting(planned)(told)
    return [(job, segments)]


def _settings(planned: Shot, sets: Sequence[str], book: Book) -> list[str]:
    """The settings of a version some frames of which are the last one's: that one's, and its own."""
    last = book.cached(planned.name, planned.key)
    earlier = last.made_of.get(BY_SHOT, "") if last else ""
    return [*filter(None, [earlier]), *(one for one in sets if f" {one} " not in f" {earlier} ")]


def _as_planned(planned: Shot, part: Shot, sets: Sequence[str]) -> Shot:
    """The shot under the key it is planned with, with the weights that it has now."""
    begin, stop = part.frames.first - planned.frames.first, part.frames.stop - planned.frames.first
    weights = (*planned.weights[:begin], *part.weights, *planned.weights[stop:])
    made_of = {**json.loads(planned.made_of), **({BY_SHOT: " ".join(sets)} if sets else {})}
    recipe = part.recipe if len(part.frames) == len(planned.frames) else planned.recipe
    return replace(planned, weights=weights, recipe=recipe, made_of=json.dumps(made_of, sort_keys=True))
