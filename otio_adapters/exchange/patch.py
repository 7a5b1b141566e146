"""Puts styled media into an OTIO document: only the active references of styled clips change.

EDL and AAF are given back as the timeline that was read from them.
"""

from collections.abc import Mapping

import opentimelineio as otio

from ...core.cut import StyledMedia
from ...core.exchange import Delivery
from ...core.paths import PathMap
from ..pathurls import to_path
from .baked import play_baked
from .cut import Document
from .formats import Opened
from .media import is_absolute, local_path
from .reference import Writing, styled_reference
from .stack import stack


def patch(document: Document, styled: Mapping[str, StyledMedia], delivery: Delivery) -> bytes:
    """The document as `.otio`, with the clips named in `styled` (by id) on their styled media.

    Clips stay in the schema that they came in, unless `delivery` asks for another, so that what
    wrote them can read them.
    """
    if delivery.manner == "stacked":
        stack(document, styled, delivery)
    else:
        relink(document, styled, delivery)
    if document.opened.folder != document.cut.path.parent and delivery.container == "otio":
        _name_fully(document)
    return written(document.opened, delivery)


def relink(document: Document, styled: Mapping[str, StyledMedia], delivery: Delivery) -> None:
    """Puts every styled clip of a document on its media, in place."""
    uses = {use.id: use for use in document.cut.uses}
    how = Writing(delivery, document.cut.rate, document.dialect)
    for key, media in styled.items():
        clip, use = clip_of(document, key), uses[key]
        reference = styled_reference(clip, use, media, how)
        if media.baked:
            play_baked(clip, use, document.standings[key], document.cut)
        elif clip.source_range is None:  # it showed all of its media: say so before that changes
            clip.source_range = clip.media_reference.available_range
        clip.media_reference = reference


def clip_of(document: Document, key: str) -> otio.schema.Clip:
    """The clip of a use in its document."""
    clip = document.standings[key].place.item
    assert isinstance(clip, otio.schema.Clip)
    return clip


def written(opened: Opened, delivery: Delivery) -> bytes:
    """A document as `.otio`, with clips of the schema that was asked for, or that it came with."""
    older = delivery.clip_schema == 1 or (delivery.clip_schema is None and opened.older)
    versions = {"Clip": 1} if older else {}
    return otio.adapters.write_to_string(opened.root, "otio_json", target_schema_versions=versions).encode()


def _name_fully(document: Document) -> None:
    """Media inside a bundle, by its whole path: the document leaves the bundle."""
    for clip in document.timeline.find_clips():
        reference = clip.media_reference
        if isinstance(reference, otio.schema.ExternalReference) and reference.target_url:
            path = to_path(reference.target_url)
            if not is_absolute(path) and "://" not in path:
                reference.target_url = local_path(path, document.opened.folder, PathMap()).as_posix()
