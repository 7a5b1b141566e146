"""One shot again: as a whole with other settings, or some of its frames, the rest from its last version.

The new version takes the place of the shot as it is planned, so it stays until the plan of the shot
changes. Knows nothing of timelines.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import replace

from .cut import Plan, Shot
from .deliver import Workshop, doubt_of
from .errors import UsageError
from .events import Advanced, Began, Finished, Outcome, flicker_of
from .flicker import measured
from .job import Job
from .media.formats import FORMATS
from .media.writer import Piece
from .output import MEDIA
from .plan import output_names
from .rates import FrameRange
from .render import join_shot, own_pieces, render_segments
from .shotbook import Book, with_version, write_book
from .standing import BY_SHOT
from .styled import free_styled_path


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
    job, whole = workshop.job(part), workshop.job(wanted)
    pieces = None if span is None else _pieces(planned, part, job, book, workshop)
    workshop.tell(Began(1, len(part.frames)))
    if not render_segments(
        job, workshop.store, lambda n: workshop.tell(Advanced(part.name, n)), workshop.stop
    ):
        return Outcome(book, interrupted=True), planned
    name = output_names(plan, workshop.film, book)[planned.name]
    path = free_styled_path(wanted, workshop.out / MEDIA, name)
    slate = join_shot(whole, workshop.store, path, pieces)
    now = _as_planned(planned, part, sets)
    doubt = doubt_of(workshop, wanted, book)
    book = with_version(book, now, path, slate.colours, steadiness := measured(now, path), doubt)
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


def _pieces(planned: Shot, part: Shot, job: Job, book: Book, workshop: Workshop) -> list[Piece]:
    if not (form := FORMATS[planned.codec]).spliced:
        hint = "Render the whole shot again: without --frames."
        raise UsageError(
            f"{form.title} cannot be cut and joined frame by frame", where=planned.name, hint=hint
        )
    last = book.cached(planned.name, planned.key)
    if last is None:
        hint = "Render the shot as a whole first: without --frames."
        raise UsageError(
            "there is no version as planned to copy the other frames from", where=planned.name, hint=hint
        )
    path, base = book.path(last), planned.frames.first
    before = Piece(path, FrameRange(0, part.frames.first - base))
    after = Piece(path, FrameRange(part.frames.stop - base, planned.frames.stop - base))
    return [piece for piece in (before, *own_pieces(job, workshop.store), after) if len(piece.frames)]


def _as_planned(planned: Shot, part: Shot, sets: Sequence[str]) -> Shot:
    """The shot under the key it is planned with, with the weights that it has now."""
    begin, stop = part.frames.first - planned.frames.first, part.frames.stop - planned.frames.first
    weights = (*planned.weights[:begin], *part.weights, *planned.weights[stop:])
    made_of = {**json.loads(planned.made_of), **({BY_SHOT: " ".join(sets)} if sets else {})}
    recipe = part.recipe if len(part.frames) == len(planned.frames) else planned.recipe
    return replace(planned, weights=weights, recipe=recipe, made_of=json.dumps(made_of, sort_keys=True))
