"""Stacked delivery in OTIO: each styled clip on a new track right above its own, over the original.

The copies keep range, speed, effects, markers and transitions; gaps stand for what is not styled.
Originals that named no media and were found name it now, or switching back would show nothing.
Switching the new track off restores the original.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Clip, Gap, Stack, Track, Transition

from ...core.cut import StyledMedia, Use
from ...core.exchange import Delivery
from .baked import play_baked
from .cut import Document
from .layers import nest_rate
from .reference import Writing, found_reference, styled_reference
from .times import time_of
from .warp import length_of

SUFFIX = " (styled)"


@dataclass(frozen=True, slots=True)
class _Copy:
    """A styled clip: its use, the file, and the clip that is copied."""

    use: Use
    media: StyledMedia
    clip: Clip


def stack(document: Document, styled: Mapping[str, StyledMedia], delivery: Delivery) -> None:
    """Puts copies of the styled clips on new tracks of a document, in place."""
    premiere = document.dialect == "premiere"
    uses = {use.id: use for use in document.cut.uses}
    layers: dict[str, list[_Copy]] = {}
    for key, media in styled.items():
        clip = document.standings[key].place.item
        assert isinstance(clip, Clip)
        layers.setdefault(key.rpartition("/")[0], []).append(_Copy(uses[key], media, clip))
    for copies in layers.values():
        made = {id(copy.clip): _styled(copy, document, delivery) for copy in copies}
        parent = copies[0].clip.parent()
        if isinstance(parent, Track):
            _above(parent, _track(parent, made, _rate_in(parent, document.cut.rate), premiere))
        else:
            _insert(parent, copies[0].clip, [made[id(copies[0].clip)]])
    _name_found(document)


def _name_found(document: Document) -> None:
    for use in document.cut.uses:
        clip = document.standings[use.id].place.item
        if isinstance(clip, Clip) and (found := found_reference(clip, use)):
            clip.media_reference = found


def _rate_in(level: otio.core.Composition, rate: Fraction) -> Fraction:
    """The rate of the frames in a track or a stack, where the timeline's is `rate`."""
    around = level.parent()
    if around is None:
        return rate
    outer = _rate_in(around, rate)
    if isinstance(level, Track) and isinstance(around, Stack):
        return outer
    return nest_rate(level, outer) if isinstance(level, Stack | Track) else outer


def _styled(copy: _Copy, document: Document, delivery: Delivery) -> Clip:
    clip, cut = copy.clip.deepcopy(), document.cut
    how = Writing(delivery, cut.rate, document.dialect)
    reference = styled_reference(copy.clip, copy.use, copy.media, how)
    if copy.media.baked:
        play_baked(clip, copy.use, document.standings[copy.use.id], cut)
    elif clip.source_range is None:
        clip.source_range = clip.media_reference.available_range
    clip.media_reference = reference
    return clip


def _track(track: Track, made: Mapping[int, Clip], rate: Fraction, premiere: bool) -> Track:
    """A track of copies that stand as their originals do on `track`."""
    found = Track(track.name + SUFFIX, kind=track.kind, source_range=track.source_range)
    found.effects.extend(effect.deepcopy() for effect in track.effects)
    found.extend(_closed(_row(track, made, rate, premiere), rate))
    return found


Row = Iterator[Clip | Transition | Fraction]


def _row(track: Track, made: Mapping[int, Clip], rate: Fraction, premiere: bool) -> Row:
    """The copies, the transitions beside them, and the record frames of everything else."""
    items = list(track)
    for index, item in enumerate(items):
        if isinstance(item, Transition):
            beside = (items[at] for at in (index - 1, index + 1) if 0 <= at < len(items))
            if any(id(each) in made for each in beside):
                yield item.deepcopy()
        else:
            yield made.get(id(item)) or length_of(item, rate, premiere)


def _closed(row: Row, rate: Fraction) -> Iterator[otio.core.Composable]:
    """The row with one gap for all that stands between two copies."""
    waiting = Fraction(0)
    for item in row:
        if isinstance(item, Fraction):
            waiting += item
            continue
        if waiting:
            yield _gap(waiting, rate)
            waiting = Fraction(0)
        yield item
    if waiting:
        yield _gap(waiting, rate)


def _gap(frames: Fraction, rate: Fraction) -> Gap:
    return Gap(source_range=TimeRange(time_of(0, rate), time_of(frames, rate)))


def _above(track: Track, copies: Track) -> None:
    """Puts a track right above another; a track that stands as a nest becomes a stack of both."""
    parent = track.parent()
    if isinstance(parent, Stack):
        _insert(parent, track, copies)
        return
    assert isinstance(parent, Track)
    nest = Stack(
        track.name or track.schema_name(), source_range=track.source_range, metadata=dict(track.metadata)
    )
    for old, new in ((track.effects, nest.effects), (track.markers, nest.markers)):
        new.extend(each.deepcopy() for each in old)
        old.clear()
    nest.enabled, track.enabled = track.enabled, True
    track.source_range = copies.source_range = None
    track.kind = copies.kind = otio.schema.TrackKind.Video  # a nest shows what it holds whatever its kind
    copies.effects.clear()
    at = _index(parent, track)
    parent[at] = nest
    nest.extend([track, copies])


def _insert(parent: Stack, below: otio.core.Item, above: Track | list[Clip]) -> None:
    track = above if isinstance(above, Track) else Track(below.name + SUFFIX, above, kind="Video")
    parent.insert(_index(parent, below) + 1, track)


def _index(parent: otio.core.Composition, child: otio.core.Composable) -> int:
    return next(index for index, each in enumerate(parent) if each is child)
