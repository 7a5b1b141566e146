"""Media whose beginning or timecode no document says in full: what its files say stands in for it.

EDLs and AAFs name a clip's frames by timecode or by count, and do not say which. OpenTimelineIO counts
frames and cannot say that timecode drops some; other editors' XML may say nothing at all. Knows no document
and opens no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from .conform import conformed_use, frames_in, moved_markers, same_rate
from .cut import Cut, Facts, MediaFacts, MediaRef, Note, Use
from .errors import MediaError
from .rates import FrameRange, timebase, timecode


@dataclass(frozen=True, slots=True)
class Untold(MediaRef):
    """Media of whose timecode its document says `start` alone, and not whether it drops frames.

    Where it says `nothing`, `start` is 0 until the file's header is known.
    """

    nothing: bool = False


def placed(cut: Cut, facts: Facts) -> Cut:
    """The cut with its unplaced media counted from where the files begin, and a note for each file.

    `Untold` media gets what its document does not say of its timecode from its file.

    All clips of a file count alike: from its timecode where they use more of the file so, else from
    its first frame. Timecode is hh:mm:ss:ff, read at the timebase of each: 00:03:00:00 is 4500 on a
    clip's clock at 25, and 4320 in a file at 24 or 23.976. From there on seconds are seconds; clips at
    24 over 23.976, or the like, play frame for frame.
    """
    found: dict[str, tuple[MediaFacts, list[Use]]] = {}
    for use in cut.uses:
        known = facts.get(use.media.editor_path)
        if use.media.unplaced and isinstance(known, MediaFacts):
            found.setdefault(use.media.editor_path, (known, []))[1].append(use)
    clocks = {path: (known, _on_timecode(uses, known)) for path, (known, uses) in found.items()}
    uses = (
        _placed(use, *clocks[use.media.editor_path])
        if use.media.unplaced and use.media.editor_path in clocks
        else use
        for use in cut.uses
    )
    uses = tuple(_told(use, facts.get(use.media.editor_path)) for use in uses)
    notes = tuple(_placing(found[path][1][0], *clock) for path, clock in clocks.items())
    return replace(cut, uses=uses, notes=(*cut.notes, *notes))


def _on_timecode(uses: Iterable[Use], known: MediaFacts) -> bool:
    """Whether what clips use of a file lies in it by its timecode, rather than from its first frame."""
    by_timecode, by_frames = Fraction(0), Fraction(0)
    for use in uses:
        rate, begin = use.media.rate, _beginning(use.media, known)
        length = frames_in(use.media, known) if known.variable or _counts_alike(use.media, known) else None
        length = ceil(known.frames * rate / known.rate) if length is None else length
        used = use.time.frames(FrameRange(0, max(1, len(use.record))))
        by_timecode += len(used.clamped(FrameRange(floor(begin), ceil(begin) + length))) / rate
        by_frames += len(used.clamped(FrameRange(0, length))) / rate
    return bool(known.start) and 0 < by_timecode >= by_frames


def _beginning(media: MediaRef, known: MediaFacts) -> Fraction:
    """The timecode of a file's first frame, as a clip's clock at `media.rate` counts it."""
    return Fraction((known.start or 0) * timebase(media.rate), timebase(known.rate))


def _counts_alike(media: MediaRef, known: MediaFacts) -> bool:
    """Whether a clip's clock and its file count the same timecode: 24 and 23.976."""
    return not known.variable and timebase(media.rate) == timebase(known.rate)


def _placed(use: Use, known: MediaFacts, by_timecode: bool) -> Use:
    """A clip of unplaced media, counted from 0 in its file."""
    begin = _beginning(use.media, known) if by_timecode else Fraction(0)
    alike = _counts_alike(use.media, known) and not same_rate(use.media.rate, known.rate)
    media = replace(use.media, unplaced=False, plays=use.media.rate if alike else None)
    markers = moved_markers(use.markers, Fraction(1), -round(begin))
    use = conformed_use(replace(use, time=use.time.moved(-begin), media=media, markers=markers), known)
    if not by_timecode:
        return use
    start = round(_beginning(use.media, known))
    reel = use.media.reel or known.reel
    return replace(use, media=replace(use.media, start=start, drop_frame=known.drop_frame, reel=reel))


def _told(use: Use, known: MediaFacts | MediaError | None) -> Use:
    """A clip with what its file says of its timecode and its document does not.

    The same count of frames is the same timecode only where both drop the same: a flag that the document
    has no word for is the file's where they begin on the same one.
    """
    media = use.media
    if not isinstance(media, Untold) or media.unplaced:
        return use
    if not isinstance(known, MediaFacts) or known.start is None:
        return use
    true = conformed_use(use, known)
    begin = round(_beginning(true.media, known))
    if media.nothing:
        rate, reel = true.media.rate, media.reel or known.reel  # at its true rate it begins on a whole frame
        own = replace(true.media, plays=rate, start=begin, drop_frame=known.drop_frame, reel=reel)
        return replace(true, media=own)
    if true.media.start != begin:
        return use
    return replace(use, media=replace(media, drop_frame=known.drop_frame, reel=media.reel or known.reel))


def _placing(use: Use, known: MediaFacts, by_timecode: bool) -> Note:
    start = timecode(known.start or 0, known.rate, known.drop_frame)
    counted = f"the file's timecode {start}" if by_timecode else "its first frame"
    message = f"the timeline does not say where {use.media.name} begins; it is counted from {counted}"
    return Note("W-PROBE", message, use.record.first)
