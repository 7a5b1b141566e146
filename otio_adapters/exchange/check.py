"""What a relinked OTIO document says in words of its own, put so that it can be compared with the cut.

Markers outside of the styled media stay in the document, and so does the clock of a clip that never
said where its media begins; media that leaves a bundle gets another name. Knows cuts; opens nothing.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from ...core.cut import Cut, MediaRef, StyledMedia, Use
from ...core.rates import FrameRange
from ..compare import expect
from .media import is_absolute
from .times import clock_at, exact_rate, nearest


def comparable(cut: Cut, again: Cut, styled: Mapping[str, StyledMedia]) -> tuple[Cut, dict[str, StyledMedia]]:
    """`again`, the relinked document as it reads, and `styled`, so that they fit `cut`.

    Raises VerifyError where the document counts a styled file at another rate than it has.
    """
    media = {unicodedata.normalize("NFC", one.editor_path): one for one in styled.values()}
    for use in again.uses:
        one = media.get(use.media.editor_path)
        if one and one.kind != "still":
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
    comparable_media, late = dict(styled), dict[str, Fraction]()
    for use in cut.uses:
        if use.media.unplaced and use.id in styled and not styled[use.id].baked:
            one = styled[use.id]
            path = unicodedata.normalize("NFC", one.editor_path)
            begins = _begins(one, use.media.rate, starts.get(path))
            comparable_media[use.id] = replace(one, first_frame=nearest(begins))
            late[path] = begins - nearest(begins)
    uses = tuple(
        replace(use, time=use.time.moved(by)) if (by := late.get(use.media.editor_path)) else use
        for use in uses
    )
    return replace(again, uses=uses), comparable_media


def _begins(media: StyledMedia, clock: Fraction, start: int | None) -> Fraction:
    """Frame 0 of styled media on the clock of a clip at `clock` frames a second, in frames of the media.

    Its document did not say where the source begins: by its timecode, if the styled file's range,
    `start`, was written so; else from 0.
    """
    by_timecode = clock_at(media.start - media.first_frame, media.rate, clock) + media.first_frame
    return by_timecode if nearest(by_timecode) == start else Fraction(media.first_frame)


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
