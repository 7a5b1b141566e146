"""A painter with all that a preset says of how it paints, around it. Knows presets; nothing of files."""

from dataclasses import replace

from ..errors import StyleError
from ..preset import Wear
from .chain import Chain
from .dialled import BorrowedNet, Painter, Style
from .keep_colour import KeepColour
from .stereo import Stereo
from .stroke_scale import StrokeScale


def as_worn(painter: Painter, wear: Wear) -> Painter:
    """A painter as a preset, settled for its media, wears it. Raises StyleError for poles of an ONNX net."""
    if wear.poles:
        painter = with_poles(painter)
    if wear.stroke_scale is not None and wear.stroke_scale != 1:
        painter = StrokeScale(painter, wear.stroke_scale)
    if wear.keep_colour:
        painter = KeepColour(painter, wear.keep_colour)
    if wear.stereo in ("top-bottom", "side-by-side"):
        painter = Stereo(painter, wear.stereo)
    return painter


def with_poles(painter: Painter) -> Painter:
    """The same painter, with caps on the poles of spheres. Raises StyleError where it has no statistics."""
    if isinstance(painter, Chain):
        links = (replace(link, painter=with_poles(link.painter)) for link in painter.links)
        return replace(painter, links=tuple(links))
    if isinstance(painter, Style | BorrowedNet):
        return replace(painter, poles=True)
    hint = "Leave poles out, or wear a style or a checkpoint of pytorch/examples."
    raise StyleError("poles cannot be painted by a net whose statistics are out of reach", hint=hint)
