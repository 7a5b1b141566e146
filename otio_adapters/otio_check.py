"""What a relinked OTIO document says in words of its own, put so that it can be compared with the cut.

Two things stay in the document as they were: markers outside of the styled media, and the clock of a
clip that never said where its media begins. Knows cuts; opens nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..core.cut import Cut, MediaRef, StyledMedia, Use
from ..core.rates import FrameRange


def comparable(cut: Cut, again: Cut, styled: Mapping[str, StyledMedia]) -> tuple[Cut, dict[str, StyledMedia]]:
    """`again`, the relinked document as it reads, and `styled`, so that they fit `cut`."""
    media = {one.editor_path: one for one in styled.values()}
    uses = tuple(_inside(use) if use.media.editor_path in media else use for use in again.uses)
    starts = {use.media.editor_path: use.media.start for use in uses}
    clocks = {use.id for use in cut.uses if is_unplaced(use.media)}
    return replace(again, uses=uses), {
        key: _on_clock(one, starts.get(one.editor_path)) if key in clocks else one
        for key, one in styled.items()
    }


def is_unplaced(media: MediaRef) -> bool:
    """Whether the document does not say where the media begins: its clip counts on a clock of its own."""
    return media.plays is None and media.frames is None and media.kind == "movie"


def _on_clock(media: StyledMedia, start: int | None) -> StyledMedia:
    """Styled media whose first frame counts on the clip's clock: from 0 of the file, or of its timecode."""
    first = media.first_frame
    return replace(media, first_frame=start) if start in (first, media.start) and not media.baked else media


def _inside(use: Use) -> Use:
    """A use whose markers begin within its media."""
    markers = (replace(marker, span=_clamped(marker.span)) for marker in use.markers)
    return replace(use, markers=tuple(markers))


def _clamped(span: FrameRange) -> FrameRange:
    return FrameRange(max(0, span.first), max(0, span.stop))
