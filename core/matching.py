"""Which clip of an old cut is which clip of a new one.

Ids do not survive a re-export, so clips are matched by what they show: the same frames of the same
media in the same place, then elsewhere, then some of the same frames. Every clip is matched at most
once, and the same two cuts always in the same way. Knows nothing of styles or of what is rendered.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .cut import Cut, Use
from .markers import track_order
from .rates import FrameRange
from .timemap import Graph, Through, Time, TimeMap

_NEAREST = 16  # how many clips on both sides of one are looked at, so that loops stay linear
_ROUNDS = 8
_MOMENT = 1e-6  # seconds: less is none
Pace = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A clip and what it shows between its cut points: `source`, the seconds of `media`, at `pace`.

    `place` is the second of the sequence at which it starts. `rough` has the two ends of `source` and
    `place` as floats, to compare many.
    """

    use: Use
    media: str
    source: tuple[Fraction, Fraction]
    pace: Pace
    place: Fraction
    length: Fraction
    rough: tuple[float, float, float]

    @property
    def content(self) -> Hashable:
        """Equal for two clips that show the same, wherever they stand."""
        return self.media, self.source, self.pace, self.length


Pair = tuple[Sight, Sight]
_Spot = tuple[Fraction, int]  # a second of the sequence, and the clip's number in its row
_Rough = tuple[float, int]


def sights(cut: Cut, identity: Callable[[Use], str]) -> list[Sight]:
    """The clips of a cut by record time and track; `identity` gives equal texts for equal media."""
    uses = sorted(cut.uses, key=lambda use: (use.record.first, track_order(use.track), use.track, use.id))
    return [_sight(use, cut.rate, identity(use)) for use in uses]


def _sight(use: Use, rate: Fraction, media: str) -> Sight:
    frames = use.time.frames(FrameRange(0, len(use.record)))
    source = (frames.first / use.media.rate, frames.stop / use.media.rate)
    pace = _pace(use.time, rate / use.media.rate)
    place = use.record.first / rate
    rough = (float(source[0]), float(source[1]), float(place))
    return Sight(use, media, source, pace, place, len(use.record) / rate, rough)


def _pace(time: Time, scale: Fraction) -> Pace:
    """How media runs under a clip, apart from where it begins; `scale` makes it seconds per second."""
    match time:
        case TimeMap(_, step):
            return ("line", step * scale)
        case Graph(keys):
            first = keys[0]
            return ("graph", *((at - first[0], (frame - first[1]) * scale) for at, frame in keys))
        case Through(outer, inner):
            return ("nest", _pace(outer, Fraction(1)), _pace(inner, scale))


def matched(old: Sequence[Sight], new: Sequence[Sight]) -> tuple[list[Pair], list[Sight], list[Sight]]:
    """The pairs in the order of `new`, then what only `old` and what only `new` has, in their orders."""
    work = _Matching(old, new)
    work.settle(lambda sight: (sight.content, sight.use.track, sight.place), alone=False)
    for alone in (True, False):  # what is there once says where what is there often has gone
        work.settle(lambda sight: (sight.content, sight.use.track), alone)
        work.settle(lambda sight: sight.content, alone)
    for _ in range(_ROUNDS):
        if not work.settle_overlaps():
            break
    order = {id(sight): at for at, sight in enumerate(new)}
    pairs = sorted(work.pairs, key=lambda pair: order[id(pair[1])])
    return pairs, list(work.old.values()), list(work.new.values())


class _Matching:
    """What is matched so far: pairs, and what is left of the two cuts by their order."""

    def __init__(self, old: Iterable[Sight], new: Iterable[Sight]) -> None:
        self.pairs: list[Pair] = []
        self.old: dict[int, Sight] = {id(sight): sight for sight in old}
        self.new: dict[int, Sight] = {id(sight): sight for sight in new}
        self._moves: list[tuple[Fraction, Fraction]] = []

    def settle(self, key: Callable[[Sight], Hashable], alone: bool) -> None:
        """Pairs what has an equal key, each with the nearest to where its neighbours have gone.

        With `alone` only where one clip of either cut has that key.
        """
        olds, news = _rows(self.old.values(), key), _rows(self.new.values(), key)
        for found, row in olds.items():
            others = news.get(found, [])
            if not others or (alone and (len(row) > 1 or len(others) > 1)):
                continue
            here = [(self.expected(sight), at) for at, sight in enumerate(row)]
            there = [(sight.place, at) for at, sight in enumerate(others)]
            for at, other_at in _paired(here, there):
                self._pair(row[at], others[other_at])

    def settle_overlaps(self) -> bool:
        """Pairs clips that share frames of their source, those that share the most first.

        Whether there were any; what had too many neighbours may find one the next time.
        """
        olds, news = list(self.old.values()), list(self.new.values())
        found: list[tuple[float, bool, float, int, int]] = []
        shelves = _shelves(news)
        for at, sight in enumerate(olds):
            expected = float(self.expected(sight))
            for other_at in shelves[sight.media].near(sight, expected) if sight.media in shelves else ():
                other = news[other_at]
                if common := _common(sight, other):
                    off_track = sight.use.track != other.use.track
                    found.append((-common, off_track, abs(other.rough[2] - expected), at, other_at))
        before = len(self.pairs)
        for *_, at, other_at in sorted(found):
            if id(olds[at]) in self.old and id(news[other_at]) in self.new:
                self._pair(olds[at], news[other_at])
        return len(self.pairs) > before

    def expected(self, sight: Sight) -> Fraction:
        """Where a clip of the old cut would stand, had it gone with the clip before it."""
        at = bisect_right(self._moves, sight.place, key=lambda move: move[0])
        return sight.place + (self._moves[at - 1][1] if at else 0)

    def _pair(self, sight: Sight, other: Sight) -> None:
        del self.old[id(sight)], self.new[id(other)]
        self.pairs.append((sight, other))
        insort(self._moves, (sight.place, other.place - sight.place))


def _rows(sights: Iterable[Sight], key: Callable[[Sight], Hashable]) -> dict[Hashable, list[Sight]]:
    rows: dict[Hashable, list[Sight]] = {}
    for sight in sights:
        rows.setdefault(key(sight), []).append(sight)
    return rows


def _paired(here: list[_Spot], there: list[_Spot]) -> list[tuple[int, int]]:
    """Each of the fewer spots, in order, with the nearest of the others that is still free."""
    few, many = sorted((here, there), key=len)
    free = sorted(many)
    found = [(at, free.pop(_nearest(free, place))[1]) for place, at in sorted(few)]
    return found if few is here else [(other, at) for at, other in found]


def _nearest(spots: Sequence[_Spot], wanted: Fraction) -> int:
    at = bisect_left(spots, wanted, key=lambda spot: spot[0])
    if at == len(spots):
        return at - 1
    return at - 1 if at and wanted - spots[at - 1][0] <= spots[at][0] - wanted else at


def _common(one: Sight, other: Sight) -> float:
    """The seconds of the source that both show, 0 where none."""
    shared = min(one.rough[1], other.rough[1]) - max(one.rough[0], other.rough[0])
    return shared if shared > _MOMENT else 0.0


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Clips of one media in two orders: by what they show, and by where they stand."""

    sources: list[_Rough]
    places: list[_Rough]
    longest: float

    def near(self, sight: Sight, expected: float) -> set[int]:
        """The nearest clips that may share frames with one, in either order."""
        first, stop, _ = sight.rough
        begin, middle, end = (self._at(self.sources, at) for at in (first - self.longest, first, stop))
        close = self.sources[max(begin, middle - _NEAREST) : min(end, middle + _NEAREST)]
        here = self._at(self.places, expected)
        close += self.places[max(0, here - _NEAREST) : here + _NEAREST]
        return {at for _, at in close}

    @staticmethod
    def _at(spots: Sequence[_Rough], wanted: float) -> int:
        return bisect_left(spots, wanted, key=lambda spot: spot[0])


def _shelves(sights: Sequence[Sight]) -> dict[str, _Shelf]:
    rows: dict[str, list[int]] = {}
    for at, sight in enumerate(sights):
        rows.setdefault(sight.media, []).append(at)
    return {
        media: _Shelf(
            sources=sorted((sights[at].rough[0], at) for at in row),
            places=sorted((sights[at].rough[2], at) for at in row),
            longest=max(sights[at].rough[1] - sights[at].rough[0] for at in row),
        )
        for media, row in rows.items()
    }
