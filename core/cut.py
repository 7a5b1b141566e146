"""The nouns of a cut: what a timeline uses of which media, and what is to be rendered of it.

Record positions count frames of the sequence from its first frame; media frames count from 0 in
the file. Ranges are half-open. Knows nothing of file formats, styles or pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Literal

from .errors import MediaError
from .exchange import Reading
from .rates import FrameRange, can_drop, timecode
from .timemap import Time

Status = Literal["new", "cached", "changed", "offline", "unsupported"]
MediaKind = Literal["movie", "sequence", "still"]


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker; `span` is in record frames of the sequence, or in media frames on a clip.

    A point marker has an empty span.
    """

    name: str
    comment: str
    span: FrameRange
    colour: str = "green"


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition at one end of a clip: `before` and `after` are its record frames on the two
    sides of the cut. A fade from or to black has frames on the clip's own side only."""

    kind: Literal["dissolve", "fade"]
    before: int
    after: int

    @property
    def frames(self) -> int:
        """Its length in record frames."""
        return self.before + self.after


@dataclass(frozen=True, slots=True)
class MediaRef:
    """One media file as the timeline speaks of it.

    `editor_path` is the path on the editor's machine as decoded text (`C:/footage/a.mov`), `path`
    where this machine finds it; of an image sequence both are those of its first picture.
    `rate` is what a clip's time map counts the media's frames at. Where the timeline says how fast it
    plays the file's own frames, `plays` says it; `start`, the timecode of the first frame as a frame
    count, and `frames` count at `plays`, else at `rate`. `first` is the source frame at frame 0 of
    the file that the document names, where that is styled media of this source. Of `unplaced` media
    nobody says where it begins: its time map counts on a clock of the clip's, that its header explains.
    """

    name: str
    editor_path: str
    path: Path
    rate: Fraction
    start: int = 0
    drop_frame: bool = False
    frames: int | None = None
    reel: str = ""
    kind: MediaKind = "movie"
    plays: Fraction | None = None
    first: int = 0
    unplaced: bool = False


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a media file's header says. `fingerprint` follows the content, not the path.

    `projection` is `equirect`, another one in words, or empty where the file says nothing of a sphere, and
    `stereo` how its eyes lie: `mono`, `top-bottom`, `side-by-side`. `closes`: twice as wide as high, it goes
    on at its right where it begins. `start` is None where there is no timecode. `variable` media has no even
    rate: it plays for `seconds`, and is read by sample and hold at any. `trouble` says why nothing can be
    rendered from it; `interlaced` media is rendered progressive, and `hdr` is PQ or HLG. `sounds` counts
    tracks of sound, `profile` names pictures' colour profile, `styled_from` is styled media's tag.
    """

    rate: Fraction
    frames: int
    width: int
    height: int
    fingerprint: str
    start: int | None = None
    drop_frame: bool = False
    reel: str = ""
    codec: str = ""
    trouble: str = ""
    variable: bool = False
    seconds: Fraction = Fraction(0)
    styled_from: str = ""
    projection: str = ""
    stereo: str = "mono"
    closes: bool = False
    interlaced: bool = False
    alpha: bool = False
    hdr: bool = False
    sounds: int = 0
    profile: str = ""


def _reached(record: FrameRange, head: Transition | None, tail: Transition | None) -> FrameRange:
    before = head.before if head else 0
    after = tail.after if tail else 0
    return FrameRange(record.first - before, record.stop + after)


Facts = Mapping[str, MediaFacts | MediaError]
"""What the headers of a cut's media say, by the editor's path, or why one says nothing."""


@dataclass(frozen=True, slots=True)
class Use:
    """One visible appearance of one media file, at its cut points.

    `id` finds the clip again in the document: through nests `clipitem-3/clipitem-9`. `track` is
    `V1`, `V2`, … from the bottom up, through nests `V2/V1`, and `nests` are their names, the outer
    one first. `time` maps record offsets from `record.first` to media frames. Where the document can
    only hold whole numbers for it, styled media must begin on a multiple of `grain` media frames. A
    `baked` clip stands on a movie that was made of the one frame it shows, and so it must stay; the
    ramps of a `live` one are opacity keyframes in the document already.
    """

    id: str
    track: str
    clip: str
    record: FrameRange
    time: Time
    media: MediaRef
    head: Transition | None = None
    tail: Transition | None = None
    label: str = ""
    markers: tuple[Marker, ...] = ()
    nests: tuple[str, ...] = ()
    grain: Fraction = Fraction(0)
    baked: bool = False
    live: bool = False

    @property
    def lane(self) -> str:
        """The track that it stands on in the sequence itself, also where it is seen through nests."""
        return self.track.partition("/")[0]

    @property
    def visible(self) -> FrameRange:
        """The record frames on which the clip can be seen, its share of transitions included."""
        return _reached(self.record, self.head, self.tail)

    @property
    def offsets(self) -> FrameRange:
        """`visible`, counted from the cut."""
        return FrameRange(self.visible.first - self.record.first, self.visible.stop - self.record.first)

    @property
    def media_frames(self) -> FrameRange:
        """The media frames that can be seen; may reach outside the media."""
        return self.time.frames(self.offsets)

    def speed(self, record_rate: Fraction) -> float:
        """Seconds of the media in a second of a sequence at `record_rate`; below 0 backwards."""
        return round(float(self.time.speed * record_rate / self.media.rate), 6)


def seen_of(uses: Sequence[Use]) -> FrameRange:
    """The media frames from the first to the last that any of these uses shows."""
    spans = [use.media_frames for use in uses]
    return FrameRange(min(span.first for span in spans), max(span.stop for span in spans))


@dataclass(frozen=True, slots=True)
class Nest:
    """One appearance of a nested sequence: like a use, but `time` leads to whole frames of the nest,
    counted from 0 at its first one, and `markers` stand in its frames."""

    id: str
    track: str
    clip: str
    record: FrameRange
    time: Time
    head: Transition | None = None
    tail: Transition | None = None
    markers: tuple[Marker, ...] = ()

    @property
    def visible(self) -> FrameRange:
        """The record frames on which the nest can be seen, its share of transitions included."""
        return _reached(self.record, self.head, self.tail)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A clip that stays on its original, and why. `record` is where it stands."""

    clip: str
    track: str
    record: FrameRange
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A warning or a piece of information with a stable code; `record` is its frame, if it has one."""

    code: str
    message: str
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """One sequence of a timeline: what it uses, and what was passed by.

    `start` is the timecode of record frame 0 as a frame count. `picture` is its width and height, where
    its document says so. `reading` is how it was read, so that it can be read again.
    """

    path: Path
    sequence: str
    rate: Fraction
    frames: int
    uses: tuple[Use, ...]
    start: int = 0
    drop_frame: bool = False
    markers: tuple[Marker, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()
    picture: tuple[int, int] | None = None
    reading: Reading = Reading()  # noqa: RUF009 (frozen)

    def timecode(self, record: int) -> str:
        """The sequence's timecode at a record frame."""
        return timecode(self.start + record, self.rate, self.drop_frame)


Bend = tuple[str, float]
"""Another style that a frame's own is bent towards, and how far: above 0 … 1."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What is rendered once: one media file, one range of its frames, one recipe.

    `weights` has one style weight (0 … 1e11) for every frame of `frames`, handles included. A baked
    shot (a freeze or a still that becomes a movie) counts its `frames` from 0; `picks` has the media frame
    that each of them shows. `preset` is the preset's name and `recipe` its resolved values as JSON; `key` is
    a hash of all that changes a pixel and `made_of` what went into it, as JSON. `origins` pairs the keys of
    the recipe that some rule gave with that rule. `bends` has the frames of `frames` that morph.
    A `live` shot is painted evenly, and its ramps are opacity keyframes. `codec` is what it is written in,
    by `hardware` where one works, and with `sound` the media's goes into the file too. One that is
    `matteless` is offline for its matte alone. `shown` are runs of what clips need of a filled-up file.
    """

    name: str
    media: MediaRef
    frames: FrameRange
    preset: str
    recipe: str
    weights: tuple[float, ...]
    uses: tuple[Use, ...]
    status: Status
    key: str = ""
    reason: str = ""
    made_of: str = ""
    origins: tuple[tuple[str, str], ...] = ()
    picks: tuple[int, ...] = ()
    bends: Mapping[int, Bend] = field(default_factory=dict)
    baked_rate: Fraction | None = None
    live: bool = False
    codec: str = "prores"
    sound: bool = False
    hardware: bool = False
    matteless: bool = False
    shown: tuple[FrameRange, ...] = ()

    @property
    def rate(self) -> Fraction:
        """Frames per second of the styled file: the media's, or that of the sequence it is baked for."""
        return self.baked_rate or self.media.rate

    @property
    def still(self) -> bool:
        """Whether the styled file is one picture."""
        return self.media.kind == "still" and not self.picks

    @property
    def start(self) -> int:
        """The timecode of the styled file's first frame, as a frame count at `rate`."""
        first = self.media.start + self.source_frame(self.frames.first)
        return floor(first * self.rate / self.media.rate)

    @property
    def drop_frame(self) -> bool:
        """Whether the styled file's timecode drops frames."""
        return self.media.drop_frame and can_drop(self.rate)

    def source_frame(self, frame: int) -> int:
        """The media frame that frame `frame` of `frames` is painted from."""
        return self.picks[frame - self.frames.first] if self.picks else frame

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.frames):
            raise ValueError(f"{self.name}: {len(self.weights)} weights for {len(self.frames)} frames")


@dataclass(frozen=True, slots=True)
class Plan:
    """What of one cut is rendered, and what is not. `opacity` has live ramps, as `Delivery` has them."""

    cut: Cut
    shots: tuple[Shot, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Note, ...] = ()
    opacity: Mapping[str, tuple[tuple[int, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StyledMedia:
    """A styled file that replaces frames of the media that a document names.

    Its frame 0 is frame `first_frame` of that media, at `rate` (below 0 where that is styled media
    itself, and this one begins earlier in their source). Its timecode starts at `start` (a frame
    count). `editor_path` is the path the editor's machine will find it at. A `baked` file plays
    for itself: its frame 0 is the first visible record frame of its clip, whose freeze or still it
    replaces. Of a `sequence`, numbered pictures, both paths are those of the first.
    """

    path: Path
    editor_path: str
    first_frame: int
    frames: int
    rate: Fraction
    start: int
    width: int
    height: int
    drop_frame: bool = False
    reel: str = ""
    shot: str = ""
    baked: bool = False
    kind: MediaKind = "movie"
