"""What a relinked OTIO document says in words of its own, put so that it can be compared with the cut.

Markers outside of the styled media stay in the document, and so does the clock of a clip that never
said where its media begins; media that leaves a bundle gets another name. Knows cuts; opens nothing.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...core.cut import Cut, MediaRef, StyledMedia, Use
from ...core.rates import FrameRange
from ..compare import expect
from .media import is_absolute
from .times import exact_rate


def comparable(cut: Cut, again: Cut, styled: Mapping[str, StyledMedia]) -> tuple[Cut, dict[str, StyledMedia]]:
    """`again`, the relinked document as it reads, and `styled`, so that they fit `cut`.

    Raises VerifyError where the document counts a styled file at another rate than it has.
    """
    media = {unicodedata.normalize("NFC", one.editor_path): one for one in styled.values()}
    for use in again.uses:
        one = media.get(use.media.editor_path)
        if one and not one.still:
            expect(
                cut,
                f"{use.clip} on {use.track}: its media's rate",
                use.media.plays,
                exact_rate(float(one.rate)),
            )
    known = {use.media.path: use.media for use in cut.uses if not is_absolute(use.media.editor_path)}
    uses = tuple(
        _inside(use) if use.media.editor_path in media else _as_named(use, known) for use in again.uses
    )
    starts = {use.media.editor_path: use.media.start for use in uses}
    clocks = {use.id for use in cut.uses if is_unplaced(use.media)}
    return replace(again, uses=uses), {
        key: _on_clock(one, starts.get(unicodedata.normalize("NFC", one.editor_path)))
        if key in clocks
        else one
        for key, one in styled.items()
    }


def is_unplaced(media: MediaRef) -> bool:
    """Whether the document does not say where the media begins: its clip counts on a clock of its own."""
    return media.plays is None and media.frames is None and media.kind == "movie"


def _on_clock(media: StyledMedia, start: int | None) -> StyledMedia:
    """Styled media whose first frame counts on the clip's clock: from 0 of the file, or of its timecode."""
    first = media.first_frame
    return replace(media, first_frame=start) if start in (first, media.start) and not media.baked else media


def _as_named(use: Use, known: Mapping[Path, MediaRef]) -> Use:
    """A use of media that left its bundle under its whole path, by the name that it had there."""
    old = known.get(use.media.path, use.media)
    return replace(use, media=replace(use.media, editor_path=old.editor_path, name=old.name))


def _inside(use: Use) -> Use:
    """A use whose markers begin within its media."""
    markers = (replace(marker, span=_clamped(marker.span)) for marker in use.markers)
    return replace(use, markers=tuple(markers))


def _clamped(span: FrameRange) -> FrameRange:
    return FrameRange(max(0, span.first), max(0, span.stop))
