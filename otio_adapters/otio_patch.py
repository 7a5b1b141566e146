"""Puts styled media into an `.otio`: only the active references of styled clips change."""

from collections.abc import Mapping
from pathlib import Path

import opentimelineio as otio

from ..core.cut import Cut, StyledMedia
from .otio_read import choose, load, video_tracks
from .pathurls import to_pathurl

_METADATA = "stylereel"


def patch(path: Path, data: bytes, cut: Cut, styled: Mapping[str, StyledMedia]) -> bytes:
    """The document with the clips named in `styled` (by id) on their styled media.

    A document in the older `Clip.1` stays in it, so that what wrote it can read it.
    """
    timelines = load(path, data)
    timeline = choose(timelines, path, cut.sequence if len(timelines) > 1 else None)
    uses = {use.id: use for use in cut.uses}
    for name, track in video_tracks(timeline):
        for index, item in enumerate(track, 1):
            key = f"{name}/{index}"
            if key in styled:
                start = uses[key].media.start
                if item.source_range is None:  # it showed all of its media: say so before that changes
                    item.source_range = item.media_reference.available_range
                item.media_reference = _reference(item.media_reference, styled[key], start)
    root = timelines[0] if len(timelines) == 1 else otio.schema.SerializableCollection(children=timelines)
    older = {"Clip": 1} if b'"Clip.1"' in data and b'"Clip.2"' not in data else {}
    return otio.adapters.write_to_string(root, "otio_json", target_schema_versions=older).encode()


def _reference(
    old: otio.schema.ExternalReference, styled: StyledMedia, start: int
) -> otio.schema.ExternalReference:
    """A reference to the styled file, on the original's clock, that says where it came from."""
    rate = old.available_range.duration.rate if old.available_range else float(styled.rate)
    time = otio.opentime.RationalTime
    trace = {"source": old.target_url, "first_frame": styled.first_frame, "shot": styled.shot}
    return otio.schema.ExternalReference(
        target_url=to_pathurl(styled.editor_path, like=old.target_url),
        available_range=otio.opentime.TimeRange(
            time(start + styled.first_frame, rate), time(styled.frames, rate)
        ),
        metadata={**old.metadata, _METADATA: trace},
    )
