"""A cut to be written as Premiere writes it: clips, transitions, tracks, sequences within sequences.

Positions are record frames of the sequence, media is counted on the sequence's own grid from 0 in the
file, whatever rate the file has. Knows nothing of XML.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal, Union

from ...core.cut import Marker
from .parts import Source

Key = tuple[int | Fraction, int | Fraction]


@dataclass(frozen=True, slots=True)
class Effect:
    """A filter with one parameter; `keys` are (record offset from the cut, value), `value` holds without.

    `bounds` are the least and the greatest value that the parameter can have.
    """

    name: str
    effect_id: str
    parameter: str
    value: int = 100
    keys: tuple[tuple[int, int], ...] = ()
    bounds: tuple[int, int] = (0, 100)


def opacity(*keys: tuple[int, int], value: int = 100) -> Effect:
    """Opacity in per cent."""
    return Effect("Opacity", "opacity", "opacity", value, keys)


def scale(*keys: tuple[int, int], value: int = 100) -> Effect:
    """The picture's size in per cent."""
    return Effect("Basic Motion", "basic", "scale", value, keys, (0, 1000))


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip between its cut points: record frames `start` … `stop - 1` show `first`, `first + speed`, …

    `source` may be a sequence: a nest, whose frames `first` then counts. Of a still `first` counts from
    the hour where Premiere begins it. `speed` is media frames per record frame: below 0 it runs
    backwards from the frame `first`, at 0 it stays there. `ramp` is keyframed speed in its stead: media
    frames at record offsets from the cut; where it falls, a value is the edge behind the frame shown.
    Clip markers count frames of the source. `rate` is what in and out count at, where that is not the
    sequence's rate. `percent_only` writes neither ticks nor a graph, as other tools do.
    """

    source: Union[Source, "Sequence"]
    first: int | Fraction
    start: int
    stop: int
    name: str = ""
    enabled: bool = True
    label: str = "Iris"
    markers: tuple[Marker, ...] = ()
    speed: int | Fraction = 1
    ramp: tuple[Key, ...] = ()
    effects: tuple[Effect, ...] = ()
    rate: Fraction | None = None
    percent_only: bool = False

    def __post_init__(self) -> None:
        if len(self.ramp) == 1 or any(after[0] <= before[0] for before, after in pairwise(self.ramp)):
            raise ValueError(f"the speed of the clip at {self.start} needs two keys at rising offsets")
        if self.percent_only and (self.ramp or self.speed <= 0 or Fraction(self.first) / self.speed % 1):
            raise ValueError(f"a per cent alone cannot say what the clip at {self.start} shows")

    @property
    def retimed(self) -> bool:
        """Whether it is shown at another speed than its own."""
        return self.speed != 1 or bool(self.ramp)

    @property
    def stereo(self) -> bool:
        """Whether it has sound, which is two mono clip items then."""
        return isinstance(self.source, Source) and self.source.stereo


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


def transitions_at(clip: Clip, blends: tuple[Blend, ...]) -> tuple[Blend | None, Blend | None]:
    """The transitions at a clip's head and tail. Raises ValueError where one end has two."""
    head = [blend for blend in blends if blend.cut == clip.start and blend.comes_in]
    tail = [blend for blend in blends if blend.cut == clip.stop and blend.goes_out]
    if len(head) > 1 or len(tail) > 1:
        raise ValueError(f"the clip at {clip.start} has two transitions at one end")
    return next(iter(head), None), next(iter(tail), None)


def check_track(track: Track) -> None:
    """Raises ValueError where clips overlap or a transition has no clip to stand on."""
    clips = sorted(track.clips, key=lambda clip: clip.start)
    starts, stops = {clip.start for clip in clips}, {clip.stop for clip in clips}
    for left, right in pairwise(clips):
        if left.stop > right.start:
            raise ValueError(f"the clips at {left.start} and {right.start} overlap")
    for blend in track.blends:
        alone = (blend.goes_out and blend.cut not in stops) or (blend.comes_in and blend.cut not in starts)
        if alone:
            raise ValueError(f"the {blend.kind} at {blend.cut} has no clip to stand on")
