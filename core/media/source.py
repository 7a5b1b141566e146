"""Opens the media of a shot, whatever it is: a film, numbered pictures or a still."""

from ..cut import MediaRef
from .reader import FrameReader
from .sequence import PictureReader

Source = FrameReader | PictureReader


def open_source(media: MediaRef) -> Source:
    """The frames of a media file, counted as `media.rate` counts them; raises as `FrameReader` does."""
    if media.kind == "movie":
        return FrameReader(media.path, media.rate)
    return PictureReader(media.path, media.rate, still=media.kind == "still")
