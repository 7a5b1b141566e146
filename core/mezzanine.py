"""The lossless frames that a film was encoded from, where its format cannot be cut and joined itself.

They are segments of the store; a version in the book notes which, so that some of its frames can be taken
again and the others encoded once more from the very same pictures. Knows nothing of how they are painted.
"""

from collections.abc import Sequence
from pathlib import Path

from .cut import Shot
from .errors import UsageError
from .media.formats import FORMATS
from .media.writer import Piece
from .rates import FrameRange
from .shotbook import Book, Mezzanine, Version
from .store import Segment, Store


def noted(shot: Shot, pieces: Sequence[Piece], folder: Path) -> Mezzanine:
    """What a version notes of the pieces that its film is joined of; nothing where the film will do."""
    if FORMATS[shot.codec].spliced:
        return ()
    return tuple(
        (piece.path.relative_to(folder).as_posix(), piece.frames.first, piece.frames.stop) for piece in pieces
    )


def lossless_pieces(version: Version, book: Book) -> list[Piece]:
    """The pieces that a version was encoded from, from end to end.

    Raises UsageError where it was rendered by a version of this program that did not note them.
    """
    if not version.mezzanine:
        what = "it was rendered by a version that did not note of which lossless frames"
        hint = "Render the shot as a whole again: without --frames."
        raise UsageError(what, where=version.file, hint=hint)
    return [Piece(book.folder / file, FrameRange(first, stop)) for file, first, stop in version.mezzanine]


def within(pieces: Sequence[Piece], span: FrameRange) -> list[Piece]:
    """What pieces that lie end to end, from 0, have of the frames `span`."""
    found, start = [], 0
    for piece in pieces:
        own = FrameRange(start, start + len(piece.frames)).clamped(span)
        begin = piece.frames.first + own.first - start
        if len(own):
            found.append(Piece(piece.path, FrameRange(begin, begin + len(own))))
        start += len(piece.frames)
    return found


def to_render_again(
    pieces: Sequence[Piece], planned: Sequence[Segment], store: Store, name: str
) -> list[Segment]:
    """The segments of a shot as it is planned whose frames are needed for `pieces` and no longer kept.

    Raises UsageError where frames are gone that were rendered in another way than the shot is planned.
    """
    lost = {piece.path for piece in pieces if not store.holds(piece.path)}
    again = [segment for segment in planned if store.path(segment) in lost]
    if lost - {*map(store.path, again)}:
        what = "the lossless copy of its other frames is gone, and some were rendered with other settings"
        hint = "Render the shot as a whole, without --frames; its segments are kept until they are deleted."
        raise UsageError(what, where=name, hint=hint)
    return again
