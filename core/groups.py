"""Takes that can be rendered once: one media file, one look, weights that agree.

Knows frames and weights. Knows nothing of names, books or styles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import lcm

from .conform import frames_in
from .cut import Bend, Facts, MediaFacts, Use
from .markers import track_order
from .rates import FrameRange, joined
from .shotbook import media_identity
from .takes import Take

_MOST_OF_IT = 0.6  # of a source: what is used of it before it is worth replacing as a whole


@dataclass(slots=True)
class Group:
    """Takes of one media file in one look whose weights agree: one shot in the making.

    A baked one counts its frames from 0; `picks` has the media frame of each. `bends` has those that morph.
    `shown` are the frames that clips need, in runs, where others fill up the file.
    """

    first: int
    weights: list[float]
    takes: list[Take] = field(default_factory=list)
    picks: tuple[int, ...] = ()
    bends: dict[int, Bend] = field(default_factory=dict)
    shown: tuple[FrameRange, ...] = ()

    @property
    def frames(self) -> FrameRange:
        """The media frames, handles included."""
        return FrameRange(self.first, self.first + len(self.weights))

    def admits(self, take: Take, across: bool) -> bool:
        """Whether a take, which starts no earlier, touches the group and agrees on all common frames.

        `across` a gap it may lie too.
        """
        if self.picks or take.picks:
            same = self.picks == take.picks and self.bends == take.bends
            return same and tuple(self.weights) == take.weights
        begin = take.frames.first - self.first
        common = min(len(take.weights), len(self.weights) - begin)
        shared = range(take.frames.first, take.frames.first + common)
        return (
            (across or begin <= len(self.weights))
            and self.weights[begin : begin + common] == [*take.weights[: max(common, 0)]]
            and all(self.bends.get(frame) == take.bends.get(frame) for frame in shared)
        )

    @property
    def live(self) -> bool:
        """Whether ramps of its clips are opacity keyframes."""
        return any(take.live for take in self.takes)

    @property
    def scene(self) -> str:
        """The name of the scene that the shot is called after: its first clip's."""
        return self.takes[0].look.worn.scene

    def add(self, take: Take) -> None:
        """Takes in a take that `admits` admits; what lies between stays unpainted."""
        self.weights += [0.0] * (take.frames.first - self.frames.stop)
        self.weights += take.weights[max(0, self.frames.stop - take.frames.first) :]
        self.bends |= take.bends
        self.takes.append(take)


def grouped(takes: Iterable[Take], facts: Facts, media_mode: str) -> list[Group]:
    """Takes → groups, in record order; as wide as `media_mode` (trim, full or auto) wants their files."""
    buckets: dict[tuple[object, ...], list[Take]] = {}
    for take in takes:
        media, look = take.use.media, take.look
        place = (media_identity(media), media.rate, media.start, look.preset, look.recipe)
        buckets.setdefault(place, []).append(take)
    groups: list[Group] = []
    for bucket in buckets.values():
        groups += _joined(sorted(bucket, key=lambda take: take.frames), across=media_mode == "full")
    for group in groups:
        group.takes.sort(key=lambda take: _place(take.use))
        _widen(group, facts, media_mode)
    return sorted(groups, key=lambda group: _place(group.takes[0].use))


def _widen(group: Group, facts: Facts, media_mode: str) -> None:
    """Frames that no clip shows: a source's other ones, unpainted, or those before a whole number."""
    media = group.takes[0].use.media
    known = facts[media.editor_path]
    if group.picks or media.kind == "still":
        return
    if isinstance(known, MediaFacts):
        has = frames_in(media, known)
        if media_mode == "full" or (media_mode == "auto" and len(group.weights) > _MOST_OF_IT * has):
            group.weights = [0.0] * group.first + group.weights + [0.0] * (has - group.frames.stop)
            group.first, group.shown = 0, tuple(joined(take.frames for take in group.takes))
            return
    grain = lcm(*(take.use.grain.numerator or 1 for take in group.takes))
    earlier = min((group.first - media.first) % grain, group.first)
    group.weights = [group.weights[0]] * earlier + group.weights
    group.first -= earlier


def _joined(takes: Sequence[Take], across: bool) -> list[Group]:
    """Takes of one media and look, by first frame → groups that agree, `across` gaps where that is wanted."""
    done: list[Group] = []
    open_groups: list[Group] = []
    for take in takes:
        if not across:
            done += [group for group in open_groups if group.frames.stop < take.frames.first]
            open_groups = [group for group in open_groups if group.frames.stop >= take.frames.first]
        home = next((group for group in open_groups if group.admits(take, across)), None)
        if home is None:
            home = Group(take.frames.first, [], picks=take.picks)
            open_groups.append(home)
        home.add(take)
    return done + open_groups


def _place(use: Use) -> tuple[int, tuple[int, str], str]:
    return (use.record.first, track_order(use.track), use.id)
