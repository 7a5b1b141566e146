"""Styled media traced back to the source that it was made of, so that an editor can go on cutting it.

The tag of a styled file tells its origin. Knows no document and opens no file.
"""

import json
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import PurePosixPath
from unicodedata import normalize

from .conform import conformed_use, moved_markers
from .cut import Cut, Facts, MediaFacts, Note, Skipped, Use
from .errors import MediaError
from .exchange import Manner
from .paths import PathMap
from .timemap import TimeMap

_UNDER = "the untouched original under its styled copy"
_IN_PLACE = "{} is new in a timeline with styled clips: where it is styled, it is replaced, its ramps baked"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where styled media comes from: frame `first` of `media` (the editor's path) is its frame 0.

    `start`, the timecode of the source's first frame, counts at `rate`. `frozen` is the one frame
    that a baked freeze shows; `live` media has its ramps in the timeline, as opacity keyframes.
    """

    media: str
    first: int
    rate: Fraction
    start: int = 0
    drop_frame: bool = False
    reel: str = ""
    kind: str = "movie"
    frozen: int | None = None
    live: bool = False


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
            live=bool(data.get("live")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        return None


def traced(cut: Cut, facts: Facts, paths: PathMap) -> Cut:
    """The cut with every use of styled media on the source that was styled, as its tag tells it.

    `media.first` of such a use is the source frame at frame 0 of the styled file. An original that
    lies under its own styled copy, as stacked delivery leaves it, is passed by.
    """
    uses = [(use, _traced(use, facts.get(use.media.editor_path), paths)) for use in cut.uses]
    copies = {_sight(source) for use, source in uses if source is not use}
    under = {use.id: use for use, source in uses if source is use and _sight(use) in copies}
    skipped = [Skipped(use.clip, use.track, use.record, _UNDER) for use in under.values()]
    left = tuple(source for _, source in uses if source.id not in under)
    return replace(cut, uses=left, skipped=(*cut.skipped, *skipped))


def in_place(asked: Manner, document: Cut, cut: Cut) -> tuple[Manner, tuple[Note, ...]]:
    """How the clips of a cut are given back, and what is to be said of it.

    Where the document, from which `cut` was traced, has styled media in it already, they stay where they
    stand: what was `asked` for was done when it was styled first, or can be done no more.
    """
    sources = {use.id: use.media.editor_path for use in cut.uses}
    same = {use.id for use in document.uses if sources.get(use.id) == use.media.editor_path}
    if asked == "replace" or same >= sources.keys():
        return asked, ()
    new = [use for use in cut.uses if use.id in same]
    return "replace", tuple(Note("W-DELIVERY", _IN_PLACE.format(use.clip), use.record.first) for use in new)


def _sight(use: Use) -> tuple[object, ...]:
    """What can be seen of a use, and where: its media by the path alone."""
    return use.record, normalize("NFC", use.media.editor_path)


def _traced(use: Use, known: MediaFacts | MediaError | None, paths: PathMap) -> Use:
    origin = read_origin(known.styled_from) if isinstance(known, MediaFacts) and known.styled_from else None
    if origin is None or origin.rate <= 0:
        return use
    use = use if origin.frozen is not None else conformed_use(use, known)
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
        held = TimeMap(Fraction(origin.frozen), Fraction(0))
        return replace(use, time=held, media=media, baked=True, live=origin.live)
    markers = moved_markers(use.markers, Fraction(1), origin.first)
    time = use.time.moved(origin.first)
    return replace(use, time=time, media=media, markers=markers, live=origin.live)
