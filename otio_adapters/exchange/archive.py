"""An archival `.otio` of any cut: every styled clip carries its own references and the styled one.

The styled one is active, but for baked files. What this program knows is in `metadata["stylereel"]`
alone, so that the file opens where it is not installed.
"""

from collections.abc import Mapping
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Clip, Timeline

from ...core.cut import Cut, StyledMedia, Use
from ...core.exchange import Delivery
from ...core.paths import PathMap
from ...core.placing import Untold
from .cut import read
from .dialect import OURS, Spoken
from .reference import Writing, found_reference, styled_reference
from .times import exact_rate, frames_at, time_of

_KEY = "stylereel"


def archive(cut: Cut, styled: Mapping[str, StyledMedia], xmeml: bytes = b"") -> bytes:
    """The timeline of `cut` with both references on each clip of `styled` (by use id).

    `xmeml` is the document where the cut came from Premiere's XML. Raises TimelineError where the
    document cannot be read.
    """
    timeline, clips, dialect = _from_xmeml(cut, xmeml) if xmeml else _from_otio(cut)
    how = Writing(Delivery(), cut.rate, dialect)
    uses = {use.id: use for use in cut.uses}
    for key, media in styled.items():
        for clip in clips.get(key, ()):
            _carry_both(clip, uses[key], media, how)
    return otio.adapters.write_to_string(timeline, "otio_json").encode()


def _carry_both(clip: Clip, use: Use, media: StyledMedia, how: Writing) -> None:
    if isinstance(use.media, Untold) and use.media.nothing and not media.baked and media.kind != "still":
        _count_by_timecode(clip, Fraction(media.start - media.first_frame) / media.rate)
    reference = styled_reference(clip, use, media, how)
    # copies: OpenTimelineIO 0.18 frees what is put back into the place where it was
    all_of_it = {key: each.deepcopy() for key, each in clip.media_references().items()}
    if found := found_reference(clip, use):
        all_of_it[clip.active_media_reference_key] = found
    active = clip.active_media_reference_key if media.baked else _KEY  # it fits no clip with a speed
    clip.set_media_references({**all_of_it, _KEY: reference}, active)
    told = clip.metadata.get(OURS)
    known = dict(told) if hasattr(told, "keys") else {}
    clip.metadata[OURS] = {**known, "id": use.id, "shot": media.shot, "baked": media.baked}


def _count_by_timecode(clip: Clip, begins: Fraction) -> None:
    """Counts a clip from its file's timecode, `begins` in seconds, and no more from 0.

    Its document says no timecode; the styled file has the source's, and both must lie on one clock.
    """

    def moved(span: TimeRange) -> TimeRange:
        rate = exact_rate(span.start_time.rate)
        start = frames_at(span.start_time, rate) + begins * rate
        return TimeRange(time_of(start, rate, span.start_time.rate), span.duration)

    clip.source_range = moved(clip.source_range)
    for marker in clip.markers:
        marker.marked_range = moved(marker.marked_range)
    reference = clip.media_reference
    if reference.available_range is not None:
        reference.available_range = moved(reference.available_range)


Opened = tuple[Timeline, dict[str, list[Clip]], Spoken]


def _from_otio(cut: Cut) -> Opened:
    document = read(cut.path, None, cut.sequence, PathMap(), cut.reading)
    items = {key: standing.place.item for key, standing in document.standings.items()}
    clips = {key: [item] for key, item in items.items() if isinstance(item, Clip)}
    return document.timeline, clips, document.dialect


def _from_xmeml(cut: Cut, data: bytes) -> Opened:
    from ..xmeml import read as xmeml_read
    from ..xmeml.timeline import timeline_of

    document = xmeml_read.load(cut.path, data)
    timeline = timeline_of(document, xmeml_read.choose(document, cut.sequence))
    found: dict[str, list[Clip]] = {}
    for clip in timeline.find_clips():
        if _kind(clip) == otio.schema.TrackKind.Video:
            found.setdefault("/".join(_ids(clip)), []).append(clip)
    return timeline, found, "otio"


def _ids(clip: Clip) -> list[str]:
    """The ids of the nests around a clip, the outer first, and its own."""
    ids: list[str] = []
    item: otio.core.Composable | None = clip
    while item is not None:
        told = item.metadata.get(OURS)
        if isinstance(item, otio.core.Item) and hasattr(told, "get") and (own := told.get("id")):
            ids.insert(0, str(own))
        item = item.parent()
    return ids


def _kind(clip: Clip) -> str:
    """The kind of the outermost track that a clip stands on."""
    kind, item = "", clip.parent()
    while item is not None:
        kind = item.kind if isinstance(item, otio.schema.Track) else kind
        item = item.parent()
    return kind
