"""Writes a cut as Premiere writes it: xmeml 4, as `File > Export > Final Cut Pro XML` makes it.

For the demo's timeline and for tests, which need documents whose every frame is known. Edges under
a transition become `-1`, in and out then include the handle, `cutPointTicks` count from the
transition's start, stereo is two mono clip items tied by links, a nested sequence stands where it is
used first. Knows ids and the order of elements; what clips say of time is `clock`. Opens no
file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from uuid import NAMESPACE_URL, uuid5

from ...core.rates import FrameRange
from .clock import Clock, clock_of
from .cut import Blend, Clip, Sequence, Track, check_track, transitions_at
from .filters import effect_filter
from .numbers import ticks
from .parts import (
    Source,
    chain,
    clip_end,
    file_element,
    labels,
    leaf,
    marker_element,
    node,
    picture_size,
    rate_element,
    sound_format,
    timecode_element,
    track_end,
    transition_element,
    truth,
)

__all__ = ["Blend", "Clip", "Sequence", "Source", "Track", "premiere_xml"]

_STEREO_TRACK = (
    'TL.SQTrackAudioKeyframeStyle="0" TL.SQTrackShy="0" TL.SQTrackExpandedHeight="25" TL.SQTrackExpanded="0" '
    'MZ.TrackTargeted="1" PannerCurrentValue="0.5" PannerIsInverted="true" '
    'PannerStartKeyframe="-91445760000000000,0.5,0,0,0,0,0,0" PannerName="Balance" '
    'currentExplodedTrackIndex="{index}" totalExplodedTrackCount="2" premiereTrackType="Stereo"'
)
_VIDEO_TRACK = (
    'TL.SQTrackShy="0" TL.SQTrackExpandedHeight="25" TL.SQTrackExpanded="0" MZ.TrackTargeted="{target}"'
)


def premiere_xml(*sequences: Sequence, bom: bool = False) -> bytes:
    """The document of these sequences; more than one stand in a project, as Premiere has it.

    A sequence that clips of others are made of stands in the first of these, if nowhere before. Raises
    ValueError where clips overlap or a transition has no clip to stand on.
    """
    writer = _Document()
    bodies = [writer.sequence(sequence) for sequence in sequences]
    if len(bodies) != 1:
        bodies = [node("project", [leaf("name", "project"), *node("children", chain(bodies))])]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE xmeml>"]
    lines += node("xmeml", chain(bodies), 'version="4"')
    return ("\n".join(lines) + "\n").encode("utf-8-sig" if bom else "utf-8")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A clip with its place: ids and 1-based indices, as links name them."""

    clip: Clip
    ids: tuple[str, ...]
    track: int
    index: int
    audio_track: int
    audio_index: int
    head: Blend | None
    tail: Blend | None


class _Document:
    """Hands out ids, and remembers which files have been written in full."""

    def __init__(self) -> None:
        self._masters: dict[Source | Sequence, int] = {}
        self._files: dict[Source, str] = {}
        self._nests: dict[Sequence, str] = {}
        self._clips = 0
        self._sequences = 0

    def sequence(self, sequence: Sequence) -> list[str]:
        self._sequences += 1
        number = self._sequences
        self._nests.setdefault(sequence, f"sequence-{number}")
        tracks = list(self._placed(sequence))
        length = ticks(sequence.frames, sequence.rate)
        attributes = (
            f'id="sequence-{number}" TL.SQAudioVisibleBase="0" TL.SQVideoVisibleBase="0" '
            f'MZ.EditLine="0" MZ.Sequence.PreviewFrameSizeHeight="{sequence.height}" '
            f'MZ.Sequence.PreviewFrameSizeWidth="{sequence.width}" MZ.WorkOutPoint="{length}" '
            f'MZ.WorkInPoint="0" explodedTracks="true"'
        )
        body = [
            leaf("uuid", str(uuid5(NAMESPACE_URL, f"{sequence.name}/{number}"))),
            leaf("duration", sequence.frames),
            *rate_element(sequence.rate),
            leaf("name", sequence.name),
            *node("media", [*self._video(sequence, tracks), *self._audio(sequence, tracks)]),
            *timecode_element(sequence.start, sequence.rate, sequence.drop_frame),
            *chain(marker_element(marker) for marker in sequence.markers),
            *labels("Forest"),
        ]
        return node("sequence", body, attributes)

    def _placed(self, sequence: Sequence) -> Iterator[list[_Placed]]:
        audio_track = 1
        for number, track in enumerate(sequence.tracks, 1):
            placed, index, audio_index = [], 0, 0
            clips = sorted(track.clips, key=lambda clip: clip.start)
            check_track(track)
            for clip in clips:
                head, tail = transitions_at(clip, track.blends)
                stereo = clip.stereo
                index += 1 + (head is not None and head.kind == "fade")
                audio_index += stereo
                ids = tuple(self._clip_id() for _ in range(3 if stereo else 1))
                placed.append(_Placed(clip, ids, number, index, audio_track, audio_index, head, tail))
                index += tail is not None
            audio_track += 2 * any(clip.stereo for clip in clips)
            yield placed

    def _clip_id(self) -> str:
        self._clips += 1
        return f"clipitem-{self._clips}"

    def _video(self, sequence: Sequence, tracks: list[list[_Placed]]) -> list[str]:
        picture = [
            *rate_element(sequence.rate),
            *picture_size(sequence.width, sequence.height),
            leaf("colordepth", 24),
        ]
        body = node("format", node("samplecharacteristics", picture))
        for number, (track, placed) in enumerate(zip(sequence.tracks, tracks, strict=True)):
            items: list[str] = []
            for place in placed:
                if place.head and place.head.kind == "fade":
                    items += _transition(place.head, sequence.rate)
                items += self._video_item(place, sequence.rate)
                if place.tail:
                    items += _transition(place.tail, sequence.rate)
            items += track_end(track.enabled)
            body += node("track", items, _VIDEO_TRACK.format(target=int(number == 0)))
        return node("video", body)

    def _audio(self, sequence: Sequence, tracks: list[list[_Placed]]) -> list[str]:
        groups = chain(_output(side) for side in (1, 2))
        body = [leaf("numOutputChannels", 2), *node("format", sound_format()), *node("outputs", groups)]
        heard = [[place for place in placed if place.clip.stereo] for placed in tracks]
        for placed in [placed for placed in heard if placed] or [[]]:
            for side in (1, 2):
                items = chain(self._audio_item(place, side, sequence.rate) for place in placed)
                items += [*track_end(True), leaf("outputchannelindex", side)]
                body += node("track", items, _STEREO_TRACK.format(index=side - 1))
        return node("audio", body)

    def _video_item(self, place: _Placed, rate: Fraction) -> list[str]:
        clip, head, tail = place.clip, place.head, place.tail
        clock = clock_of(clip, head.before if head else 0, tail.after if tail else 0, rate)
        body = [
            *self._opening(clip, rate, (-1 if head else clip.start, -1 if tail else clip.stop), clock),
            leaf("alphatype", "none"),
            leaf("pixelaspectratio", "square"),
            leaf("anamorphic", "FALSE"),
            *self._media(clip.source),
            *clock.remap,
            *chain(effect_filter(effect, clock.zero) for effect in clip.effects),
            *chain(marker_element(marker) for marker in clip.markers),
            *_links(place),
            *clip_end(clip.label),
        ]
        return node("clipitem", body, f'id="{place.ids[0]}" frameBlend="FALSE"')

    def _audio_item(self, place: _Placed, side: int, rate: Fraction) -> list[str]:
        clip = place.clip
        body = [
            *self._opening(clip, rate, (clip.start, clip.stop), clock_of(clip, 0, 0, rate)),
            *self._media(clip.source),
            *node("sourcetrack", [leaf("mediatype", "audio"), leaf("trackindex", side)]),
            *_links(place),
            *clip_end(clip.label),
        ]
        attributes = f'id="{place.ids[side]}" frameBlend="FALSE" premiereChannelType="stereo"'
        return node("clipitem", body, attributes)

    def _opening(self, clip: Clip, rate: Fraction, edges: tuple[int, int], clock: Clock) -> list[str]:
        number = self._masters.setdefault(clip.source, len(self._masters) + 1)
        numbers = {"start": edges[0], "end": edges[1], "in": clock.first, "out": clock.stop}
        if clock.ticks:
            numbers |= {"pproTicksIn": clock.ticks[0], "pproTicksOut": clock.ticks[1]}
        return [
            leaf("masterclipid", f"masterclip-{number}"),
            leaf("name", clip.name or clip.source.name),
            leaf("enabled", truth(clip.enabled)),
            leaf("duration", clock.duration),
            *rate_element(clip.rate or rate),
            *(leaf(name, value) for name, value in numbers.items()),
        ]

    def _media(self, source: Source | Sequence) -> list[str]:
        """A file or a nested sequence: in full where it is used first, else its id."""
        if isinstance(source, Sequence):
            known = self._nests.get(source)
            return [f'<sequence id="{known}"/>'] if known else self.sequence(source)
        if source in self._files:
            return [f'<file id="{self._files[source]}"/>']
        self._files[source] = f"file-{len(self._files) + 1}"
        return file_element(source, self._files[source])


def _transition(blend: Blend, rate: Fraction) -> list[str]:
    """Its `<transitionitem>`."""
    span = FrameRange(blend.cut - blend.before, blend.cut + blend.after)
    return transition_element(span, blend.cut, blend.alignment, rate)


def _output(side: int) -> list[str]:
    channel = node("channel", [leaf("index", side)])
    return node("group", [leaf("index", side), leaf("numchannels", 1), leaf("downmix", 0), *channel])


def _links(place: _Placed) -> list[str]:
    if len(place.ids) == 1:
        return []
    lines: list[str] = []
    for side, clip_id in enumerate(place.ids):
        track = place.track if side == 0 else place.audio_track + side - 1
        body = [
            leaf("linkclipref", clip_id),
            leaf("mediatype", "audio" if side else "video"),
            leaf("trackindex", track),
            leaf("clipindex", place.audio_index if side else place.index),
        ]
        lines += node("link", body + ([leaf("groupindex", 1)] if side else []))
    return lines
