"""A cut as its document tells it, brought to the true frames of its media.

A document counts media on a grid of its own: a sequence's frames, or a rate that it believes a file
to have. Headers say what a file really has; styled media says which source it was made of. Knows
no document and opens no file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import PurePosixPath
from unicodedata import normalize

from .cut import Cut, Marker, MediaFacts, MediaRef, Note, Skipped, Use
from .errors import MediaError
from .paths import PathMap
from .rates import FrameRange, timebase, timecode
from .timemap import TimeMap

Facts = Mapping[str, MediaFacts | MediaError]
_UNDER = "the untouched original under its styled copy"
_SAME_RATE = Fraction(1, 10_000)  # relative: 24000/1001 and a 23.976 that nobody snapped
_SAME_LENGTH = Fraction(1, 100)  # relative: what a document may be wrong about a file's length


def conformed(cut: Cut, facts: Facts) -> Cut:
    """The cut with every time map in frames of its file, and with what is to be said of their rates.

    Media of an uneven rate keeps the document's grid. An even rate is the one that the document says
    its frames are played at (Interpret Footage), if it says so and its length agrees; else the file's.
    """
    cut = placed(cut, facts)
    uses = tuple(_conformed(use, facts.get(use.media.editor_path)) for use in cut.uses)
    notes = _notes(zip(cut.uses, uses, strict=True), facts)
    return replace(cut, uses=uses, notes=(*cut.notes, *notes))


def traced(cut: Cut, facts: Facts, paths: PathMap) -> Cut:
    """The cut with every use of styled media on the source that was styled, as its tag tells it.

    `media.first` of such a use is the source frame at frame 0 of the styled file. An original that
    lies under its own styled copy, as stacked delivery leaves it, is passed by.
    """
    cut = placed(cut, facts)
    uses = [(use, _traced(use, facts.get(use.media.editor_path), paths)) for use in cut.uses]
    copies = {_sight(source) for use, source in uses if source is not use}
    under = {use.id: use for use, source in uses if source is use and _sight(use) in copies}
    skipped = [Skipped(use.clip, use.track, use.record, _UNDER) for use in under.values()]
    left = tuple(source for _, source in uses if source.id not in under)
    return replace(cut, uses=left, skipped=(*cut.skipped, *skipped))


def is_on_styled(document: Cut, cut: Cut) -> bool:
    """Whether a document, from which `cut` was traced, has styled media in it already."""
    sources = {use.id: use.media.editor_path for use in cut.uses}
    return any(sources.get(use.id, use.media.editor_path) != use.media.editor_path for use in document.uses)


def _sight(use: Use) -> tuple[object, ...]:
    """What can be seen of a use, and where: its media by the path alone."""
    return use.record, normalize("NFC", use.media.editor_path)


def frames_in(media: MediaRef, known: MediaFacts) -> int:
    """How many frames the file has, as `media.rate` counts them."""
    return max(1, floor(known.seconds * media.rate + _SAME_RATE)) if known.variable else known.frames


def placed(cut: Cut, facts: Facts) -> Cut:
    """The cut with its unplaced media counted from where the files begin, and a note for each file.

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
    uses = tuple(
        _placed(use, *clocks[use.media.editor_path])
        if use.media.unplaced and use.media.editor_path in clocks
        else use
        for use in cut.uses
    )
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
    alike = _counts_alike(use.media, known) and not _alike(use.media.rate, known.rate, _SAME_RATE)
    media = replace(use.media, unplaced=False, plays=use.media.rate if alike else None)
    markers = _moved(use.markers, Fraction(1), -round(begin))
    use = _conformed(replace(use, time=use.time.moved(-begin), media=media, markers=markers), known)
    if not by_timecode:
        return use
    start = round(_beginning(use.media, known))
    reel = use.media.reel or known.reel
    return replace(use, media=replace(use.media, start=start, drop_frame=known.drop_frame, reel=reel))


def _placing(use: Use, known: MediaFacts, by_timecode: bool) -> Note:
    start = timecode(known.start or 0, known.rate, known.drop_frame)
    counted = f"the file's timecode {start}" if by_timecode else "its first frame"
    message = f"the timeline does not say where {use.media.name} begins; it is counted from {counted}"
    return Note("W-PROBE", message, use.record.first)


def _conformed(use: Use, known: MediaFacts | MediaError | None) -> Use:
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
    markers = _moved(use.markers, factor)
    return replace(use, time=use.time.scaled(factor), media=media, markers=markers, grain=use.grain * factor)


def _moved(markers: Iterable[Marker], factor: Fraction, by: int = 0) -> tuple[Marker, ...]:
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
    if said is None or _alike(said, known.rate, _SAME_RATE):
        return media.rate if _alike(media.rate, known.rate, _SAME_RATE) else known.rate
    as_long = media.frames is None or _alike(media.frames, known.frames, _SAME_LENGTH)
    return said if as_long else known.rate


def _alike(one: Fraction | int, other: Fraction | int, tolerance: Fraction) -> bool:
    return abs(one - other) <= max(tolerance * other, 2 if isinstance(one, int) else 0)


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
        elif not _alike(rate, known.rate, _SAME_RATE):
            message = (
                f"{name} runs at {_rate_name(known.rate)} frames a second, "
                f"the timeline plays it at {_rate_name(rate)}"
            )
            yield Note("W-PROBE", message, use.record.first)
        elif before.media.plays and not _alike(before.media.plays, known.rate, _SAME_RATE):
            said = _rate_name(before.media.plays)
            message = (
                f"{name} has {said} frames a second in the timeline, {_rate_name(known.rate)} in its file, "
                "and another length; its file is believed"
            )
            yield Note("W-PROBE", message, use.record.first)


def _rate_name(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where styled media comes from: frame `first` of `media` (the editor's path) is its frame 0.

    `start`, the timecode of the source's first frame, counts at `rate`. `frozen` is the one frame
    that a baked freeze shows.
    """

    media: str
    first: int
    rate: Fraction
    start: int = 0
    drop_frame: bool = False
    reel: str = ""
    kind: str = "movie"
    frozen: int | None = None


def read_origin(text: str) -> Origin | None:
    """The origin that the tag of a styled file tells, or None where it tells none that can be read."""
    try:
        data = json.loads(text)
        return Origin(
            media=str(data["media"]),
            first=int(data["first_frame"]),
            rate=Fraction(data["rate"]),
            start=int(data.get("start", 0)),
            drop_frame=bool(data.get("drop_frame")),
            reel=str(data.get("reel", "")),
            kind=str(data.get("kind", "movie")),
            frozen=data.get("frozen"),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        return None


def _traced(use: Use, known: MediaFacts | MediaError | None, paths: PathMap) -> Use:
    origin = read_origin(known.styled_from) if isinstance(known, MediaFacts) and known.styled_from else None
    if origin is None or origin.rate <= 0:
        return use
    use = use if origin.frozen is not None else _conformed(use, known)
    rate = origin.rate if origin.frozen is not None else use.media.rate  # interpreted, and so its source
    media = replace(
        use.media,
        name=PurePosixPath(origin.media).name,
        editor_path=origin.media,
        path=paths.to_local(origin.media),
        rate=rate,
        plays=rate,
        start=origin.start,
        drop_frame=origin.drop_frame,
        frames=None,
        reel=origin.reel,
        kind="still" if origin.kind == "still" else "sequence" if origin.kind == "sequence" else "movie",
        first=origin.first,
    )
    if origin.frozen is not None:
        return replace(use, time=TimeMap(Fraction(origin.frozen), Fraction(0)), media=media, baked=True)
    markers = _moved(use.markers, Fraction(1), origin.first)
    return replace(use, time=use.time.moved(origin.first), media=media, markers=markers)
