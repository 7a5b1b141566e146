"""Opens the media of a shot, whatever it is: a film, numbered pictures or a still."""

from contextlib import AbstractContextManager, nullcontext

from ..cut import MediaRef
from .reader import FrameReader
from .sequence import PictureReader

Source = FrameReader | PictureReader


def open_source(media: MediaRef, *, hardware: bool = False) -> AbstractContextManager[Source]:
    """The frames of a media file, counted as `media.rate` counts them; raises as `FrameReader` does.

    A film is decoded by `hardware` where that gives the same pictures.
    """
    if media.kind == "movie":
        return FrameReader(media.path, media.rate, hardware=hardware)
    return nullcontext(PictureReader(media.path, media.rate, still=media.kind == "still"))
