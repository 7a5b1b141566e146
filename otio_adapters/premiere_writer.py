"""Writes a cut as Premiere writes it: xmeml 4, as `File > Export > Final Cut Pro XML` makes it.

For the demo's timeline and for tests, which need documents whose every frame is known. Edges under
a transition become `-1`, in and out then include the handle, `cutPointTicks` count from the
transition's start, stereo is two mono clip items tied by links. Knows straight cuts, transitions,
markers and linked stereo at the sequence's rate; knows no speed, nests or effects. Opens no file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from ..core.cut import Marker
from ..core.rates import FrameRange
from .premiere import ticks
from .premiere_parts import (
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

_STEREO_TRACK = (
    'TL.SQTrackAudioKeyframeStyle="0" TL.SQTrackShy="0" TL.SQTrackExpandedHeight="25" TL.SQTrackExpanded="0" '
    'MZ.TrackTargeted="1" PannerCurrentValue="0.5" PannerIsInverted="true" '
    'PannerStartKeyframe="-91445760000000000,0.5,0,0,0,0,0,0" PannerName="Balance" '
    'currentExplodedTrackIndex="{index}" totalExplodedTrackCount="2" premiereTrackType="Stereo"'
)
_VIDEO_TRACK = (
    'TL.SQTrackShy="0" TL.SQTrackExpandedHeight="25" TL.SQTrackExpanded="0" MZ.TrackTargeted="{target}"'
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip between its cut points: record frames `start` … `stop - 1` show `first`, `first + 1`, …

    `first` counts from 0 in the source. Clip markers count frames of the source as well.
    """

    source: Source
    first: int
    start: int
    stop: int
    name: str = ""
    enabled: bool = True
    label: str = "Iris"
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True)
class Blend:
    """A transition: `before` and `after` are its record frames on the two sides of the cut.

    A dissolve stands between two clips that meet at `cut`; a fade goes out before it (`before`) or
    comes in after it (`after`), on one clip alone.
    """

    cut: int
    before: int
    after: int
    kind: Literal["dissolve", "fade"] = "dissolve"

    def __post_init__(self) -> None:
        if min(self.before, self.after) < 0 or not self.before + self.after:
            raise ValueError(f"a transition at {self.cut} needs frames: {self.before} and {self.after}")
        if self.kind == "fade" and self.before and self.after:
            raise ValueError(f"a fade at {self.cut} stands on one side of the cut only")

    @property
    def goes_out(self) -> bool:
        """Whether a clip ends in it."""
        return self.kind == "dissolve" or self.before > 0

    @property
    def comes_in(self) -> bool:
        """Whether a clip begins in it."""
        return self.kind == "dissolve" or self.after > 0

    @property
    def alignment(self) -> str:
        """Premiere's word for where it stands."""
        if self.kind == "fade":
            return "end-black" if self.before else "start-black"
        if not self.after:
            return "end"
        return "center" if self.before else "start"

    def element(self, rate: Fraction) -> list[str]:
        """Its `<transitionitem>`."""
        span = FrameRange(self.cut - self.before, self.cut + self.after)
        return transition_element(span, self.cut, self.alignment, rate)


@dataclass(frozen=True, slots=True)
class Track:
    """A video track: clips that do not overlap, in any order, and their transitions."""

    clips: tuple[Clip, ...]
    blends: tuple[Blend, ...] = ()
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence; `tracks` from the bottom up, `start` is the timecode of record frame 0 as a count."""

    name: str
    rate: Fraction
    tracks: tuple[Track, ...]
    width: int = 1920
    height: int = 1080
    start: int = 0
    drop_frame: bool = False
    markers: tuple[Marker, ...] = ()

    @property
    def frames(self) -> int:
        """The length in record frames."""
        return max((clip.stop for track in self.tracks for clip in track.clips), default=0)


def premiere_xml(*sequences: Sequence, bom: bool = False) -> bytes:
    """The document of these sequences; more than one stand in a project, as Premiere has it.

    Raises ValueError where clips overlap or a transition has no clip to stand on.
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
        self._files: dict[Source, str] = {}
        self._written: set[Source] = set()
        self._clips = 0
        self._sequences = 0

    def sequence(self, sequence: Sequence) -> list[str]:
        self._sequences += 1
        tracks = list(self._placed(sequence))
        length = ticks(sequence.frames, sequence.rate)
        attributes = (
            f'id="sequence-{self._sequences}" TL.SQAudioVisibleBase="0" TL.SQVideoVisibleBase="0" '
            f'MZ.EditLine="0" MZ.Sequence.PreviewFrameSizeHeight="{sequence.height}" '
            f'MZ.Sequence.PreviewFrameSizeWidth="{sequence.width}" MZ.WorkOutPoint="{length}" '
            f'MZ.WorkInPoint="0" explodedTracks="true"'
        )
        body = [
            leaf("uuid", str(uuid5(NAMESPACE_URL, f"{sequence.name}/{self._sequences}"))),
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
            _check(track, clips)
            for clip in clips:
                head, tail = _ends(clip, track.blends)
                stereo = clip.source.stereo
                index += 1 + (head is not None and head.kind == "fade")
                audio_index += stereo
                ids = tuple(self._clip_id() for _ in range(3 if stereo else 1))
                placed.append(_Placed(clip, ids, number, index, audio_track, audio_index, head, tail))
                index += tail is not None
            audio_track += 2 * any(clip.source.stereo for clip in clips)
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
                    items += place.head.element(sequence.rate)
                items += self._video_item(place, sequence.rate)
                if place.tail:
                    items += place.tail.element(sequence.rate)
            items += track_end(track.enabled)
            body += node("track", items, _VIDEO_TRACK.format(target=int(number == 0)))
        return node("video", body)

    def _audio(self, sequence: Sequence, tracks: list[list[_Placed]]) -> list[str]:
        groups = chain(_output(side) for side in (1, 2))
        body = [leaf("numOutputChannels", 2), *node("format", sound_format()), *node("outputs", groups)]
        heard = [[place for place in placed if place.clip.source.stereo] for placed in tracks]
        for placed in [placed for placed in heard if placed] or [[]]:
            for side in (1, 2):
                items = chain(self._audio_item(place, side, sequence.rate) for place in placed)
                items += [*track_end(True), leaf("outputchannelindex", side)]
                body += node("track", items, _STEREO_TRACK.format(index=side - 1))
        return node("audio", body)

    def _video_item(self, place: _Placed, rate: Fraction) -> list[str]:
        clip, head, tail = place.clip, place.head, place.tail
        first = clip.first - (head.before if head else 0)
        stop = clip.first + clip.stop - clip.start + (tail.after if tail else 0)
        body = [
            *self._opening(clip, rate, -1 if head else clip.start, -1 if tail else clip.stop, first, stop),
            leaf("alphatype", "none"),
            leaf("pixelaspectratio", "square"),
            leaf("anamorphic", "FALSE"),
            *self._file(clip.source),
            *chain(marker_element(marker) for marker in clip.markers),
            *_links(place),
            *clip_end(clip.label),
        ]
        return node("clipitem", body, f'id="{place.ids[0]}" frameBlend="FALSE"')

    def _audio_item(self, place: _Placed, side: int, rate: Fraction) -> list[str]:
        clip = place.clip
        stop = clip.first + clip.stop - clip.start
        body = [
            *self._opening(clip, rate, clip.start, clip.stop, clip.first, stop),
            *self._file(clip.source),
            *node("sourcetrack", [leaf("mediatype", "audio"), leaf("trackindex", side)]),
            *_links(place),
            *clip_end(clip.label),
        ]
        attributes = f'id="{place.ids[side]}" frameBlend="FALSE" premiereChannelType="stereo"'
        return node("clipitem", body, attributes)

    def _opening(self, clip: Clip, rate: Fraction, start: int, end: int, first: int, stop: int) -> list[str]:
        number = self._files.setdefault(clip.source, f"{len(self._files) + 1}")
        numbers = {"start": start, "end": end, "in": first, "out": stop}
        numbers |= {"pproTicksIn": ticks(first, rate), "pproTicksOut": ticks(stop, rate)}
        return [
            leaf("masterclipid", f"masterclip-{number}"),
            leaf("name", clip.name or clip.source.name),
            leaf("enabled", truth(clip.enabled)),
            leaf("duration", clip.source.frames),
            *rate_element(rate),
            *(leaf(name, value) for name, value in numbers.items()),
        ]

    def _file(self, source: Source) -> list[str]:
        file_id = f"file-{self._files[source]}"
        if source in self._written:
            return [f'<file id="{file_id}"/>']
        self._written.add(source)
        return file_element(source, file_id)


def _ends(clip: Clip, blends: tuple[Blend, ...]) -> tuple[Blend | None, Blend | None]:
    head = [blend for blend in blends if blend.cut == clip.start and blend.comes_in]
    tail = [blend for blend in blends if blend.cut == clip.stop and blend.goes_out]
    if len(head) > 1 or len(tail) > 1:
        raise ValueError(f"the clip at {clip.start} has two transitions at one end")
    return next(iter(head), None), next(iter(tail), None)


def _check(track: Track, clips: list[Clip]) -> None:
    starts, stops = {clip.start for clip in clips}, {clip.stop for clip in clips}
    for left, right in pairwise(clips):
        if left.stop > right.start:
            raise ValueError(f"the clips at {left.start} and {right.start} overlap")
    for blend in track.blends:
        alone = (blend.goes_out and blend.cut not in stops) or (blend.comes_in and blend.cut not in starts)
        if alone:
            raise ValueError(f"the {blend.kind} at {blend.cut} has no clip to stand on")


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
