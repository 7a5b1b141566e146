"""A cut as its document counts it, brought to the true frames of its media.

A document counts media on a grid of its own: a sequence's frames, or a rate that it believes a file
to have. Headers say what a file really has. Knows no document and opens no file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from .cut import Cut, Facts, Marker, MediaFacts, MediaRef, Note, Use
from .errors import MediaError
from .rates import FrameRange

_SAME_RATE = Fraction(1, 10_000)  # relative: 24000/1001 and a 23.976 that nobody snapped
_SAME_LENGTH = Fraction(1, 100)  # relative: what a document may be wrong about a file's length


def conformed(cut: Cut, facts: Facts) -> Cut:
    """The cut with every time map in frames of its file, and with what is to be said of their rates.

    Media of an uneven rate keeps the document's grid. An even rate is the one that the document says
    its frames are played at (Interpret Footage), if it says so and its length agrees; else the file's.
    """
    uses = tuple(conformed_use(use, facts.get(use.media.editor_path)) for use in cut.uses)
    notes = _notes(zip(cut.uses, uses, strict=True), facts)
    return replace(cut, uses=uses, notes=(*cut.notes, *notes))


def frames_in(media: MediaRef, known: MediaFacts) -> int:
    """How many frames the file has, as `media.rate` counts them."""
    return max(1, floor(known.seconds * media.rate + _SAME_RATE)) if known.variable else known.frames


def conformed_use(use: Use, known: MediaFacts | MediaError | None) -> Use:
    """One use in frames of its file, as far as the header is `known`."""
    media = use.media
    if not isinstance(known, MediaFacts) or media.kind == "still":
        return use
    rate = true_rate(media, known)
    said = media.plays or media.rate
    if rate == media.rate and rate == said:
        return use
    media = replace(
        media,
        rate=rate,
        plays=None,
        start=round(media.start * rate / said),
        frames=round(media.frames * rate / said) if media.frames else None,
    )
    factor = rate / use.media.rate
    markers = moved_markers(use.markers, factor)
    return replace(use, time=use.time.scaled(factor), media=media, markers=markers, grain=use.grain * factor)


def moved_markers(markers: Iterable[Marker], factor: Fraction, by: int = 0) -> tuple[Marker, ...]:
    """Markers in media frames `factor` times as many, of media that begins `by` frames earlier."""
    return tuple(
        replace(one, span=FrameRange(floor(one.span.first * factor) + by, ceil(one.span.stop * factor) + by))
        for one in markers
    )


def true_rate(media: MediaRef, known: MediaFacts) -> Fraction:
    """The rate at which the file's own frames are counted, in frames per second of the timeline's time."""
    if media.kind == "sequence":
        return media.plays or media.rate
    if known.variable:
        return media.rate
    said = media.plays
    if said is None or same_rate(said, known.rate):
        return media.rate if same_rate(media.rate, known.rate) else known.rate
    as_long = media.frames is None or _as_long(media.frames, known.frames)
    return said if as_long else known.rate


def same_rate(one: Fraction, other: Fraction) -> bool:
    """Whether two rates are one that somebody did not snap."""
    return abs(one - other) <= _SAME_RATE * other


def _as_long(frames: int, known: int) -> bool:
    return abs(frames - known) <= max(_SAME_LENGTH * known, 2)


def _notes(pairs: Iterable[tuple[Use, Use]], facts: Facts) -> Iterator[Note]:
    """One word for each file that is not played as its header says."""
    told: set[str] = set()
    for before, use in pairs:
        known = facts.get(use.media.editor_path)
        if not isinstance(known, MediaFacts) or use.media.editor_path in told or use.media.kind != "movie":
            continue
        name, rate = use.media.name, use.media.rate
        told.add(use.media.editor_path)
        if known.variable:
            message = f"{name} has no even frame rate; it is read at {_rate_name(rate)} frames a second"
            yield Note("W-VFR", message, use.record.first)
        elif not same_rate(rate, known.rate):
            message = (
                f"{name} runs at {_rate_name(known.rate)} frames a second, "
                f"the timeline plays it at {_rate_name(rate)}"
            )
            yield Note("W-PROBE", message, use.record.first)
        elif before.media.plays and not same_rate(before.media.plays, known.rate):
            said = _rate_name(before.media.plays)
            message = (
                f"{name} has {said} frames a second in the timeline, {_rate_name(known.rate)} in its file, "
                "and another length; its file is believed"
            )
            yield Note("W-PROBE", message, use.record.first)


def _rate_name(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
