"""What changed between two cuts of a film, and what is to be rendered for the new one.

Knows plans. Knows nothing of how a cut is read, or of what was rendered but for what the new plan
says of its shots.
"""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from .cut import Facts, MediaFacts, Plan, Shot, Use
from .matching import Pair, matched, sights
from .shotbook import media_identity

Kind = Literal["added", "removed", "moved", "trimmed", "retimed", "transition", "restyled"]
KINDS: tuple[Kind, ...] = ("added", "removed", "trimmed", "moved", "retimed", "transition", "restyled")
_PENDING = ("new", "changed", "offline")


@dataclass(frozen=True, slots=True)
class Change:
    """One clip that is not as it was: `old` where it was, `new` where it is now, None where it is not.

    A clip is one of moved (the same source frames elsewhere), trimmed (other ones) and retimed, and
    may have other transitions or another style besides.
    """

    kinds: tuple[Kind, ...]
    old: Use | None
    new: Use | None


@dataclass(frozen=True, slots=True)
class ToRender:
    """A shot of the new cut that is to be rendered; `fresh` of its frames had no shot of the old cut."""

    shot: Shot
    fresh: int


@dataclass(frozen=True)
class Diff:
    """All that changed, in the order of the new cut, and how many clips are as they were."""

    old: Plan
    new: Plan
    changes: tuple[Change, ...]
    same: int
    renders: tuple[ToRender, ...]

    @cached_property
    def worn(self) -> tuple[Mapping[str, Shot], Mapping[str, Shot]]:
        """The shots that clips of the old and of the new cut are part of, by the use's id."""
        return _worn(self.old), _worn(self.new)

    def counts(self) -> dict[Kind, int]:
        """How many clips changed in each way; one may in several."""
        return {kind: sum(kind in change.kinds for change in self.changes) for kind in KINDS}


def difference(old: Plan, new: Plan, facts: Facts) -> Diff:
    """What changed from `old` to `new`. `facts` has what is known of the media of both, by its path.

    Media is the same where its content is, or its path where one of the two is not known.
    """
    prints = _prints((*old.cut.uses, *new.cut.uses), facts)

    def identity(use: Use) -> str:
        path = media_identity(use.media)
        return prints.get(path, path)

    pairs, removed, added = matched(sights(old.cut, identity), sights(new.cut, identity))
    shots = _worn(old), _worn(new)
    found = [(pair, _kinds(pair, *shots)) for pair in pairs]
    changes = [Change(kinds, one.use, other.use) for (one, other), kinds in found if kinds]
    changes += [Change(("added",), None, sight.use) for sight in added]
    changes += [Change(("removed",), sight.use, None) for sight in removed]
    by_old, rates = sorted(pairs, key=lambda pair: pair[0].place), (old.cut.rate, new.cut.rate)
    changes.sort(key=lambda change: (_place(change, by_old, rates), change.new is not None))
    return Diff(old, new, tuple(changes), sum(not kinds for _, kinds in found), tuple(_renders(old, new)))


def _prints(uses: Iterable[Use], facts: Facts) -> dict[str, str]:
    """By the path as `media_identity` has it, what a file's content is known by."""
    prints: dict[str, str] = {}
    for media in {use.media.editor_path: use.media for use in uses}.values():
        known = facts.get(media.editor_path)
        if isinstance(known, MediaFacts) and known.fingerprint:
            prints[media_identity(media)] = f"print {known.fingerprint}"
    return prints


def _worn(plan: Plan) -> dict[str, Shot]:
    return {use.id: shot for shot in plan.shots for use in shot.uses}


def _kinds(pair: Pair, old: Mapping[str, Shot], new: Mapping[str, Shot]) -> tuple[Kind, ...]:
    one, other = pair
    kinds: list[Kind] = []
    if one.pace != other.pace:
        kinds.append("retimed")
    elif (one.source, one.length) != (other.source, other.length):
        kinds.append("trimmed")
    elif (one.place, one.use.track) != (other.place, other.use.track):
        kinds.append("moved")
    if (one.use.head, one.use.tail) != (other.use.head, other.use.tail):
        kinds.append("transition")
    if _look(old.get(one.use.id)) != _look(new.get(other.use.id)):
        kinds.append("restyled")
    return tuple(kinds)


def _look(shot: Shot | None) -> tuple[str, str] | None:
    return (shot.preset, shot.recipe) if shot else None


def _place(change: Change, pairs: Sequence[Pair], rates: tuple[Fraction, Fraction]) -> Fraction:
    """The second of the new cut at which a change is seen: a removed clip's with the one before it."""
    if change.new:
        return change.new.record.first / rates[1]
    assert change.old, "a change has an old clip or a new one"
    place = change.old.record.first / rates[0]
    at = bisect_left(pairs, place, key=lambda pair: pair[0].place)
    return place + (pairs[at - 1][1].place - pairs[at - 1][0].place if at else 0)


_Paint = tuple[str, ...]
_Shelf = tuple[list[int], list[Shot], int]


def _renders(old: Plan, new: Plan) -> Iterator[ToRender]:
    shelves = _shelves(old.shots)
    for shot in new.shots:
        if shot.status in _PENDING:
            yield ToRender(shot, _fresh(shot, shelves.get(_paint(shot))))


def _paint(shot: Shot) -> _Paint:
    """All but its weight that a painted frame depends on."""
    parts = json.loads(shot.made_of)
    source = parts.get("source") or media_identity(shot.media)
    return (source, parts.get("style", ""), parts.get("recipe", ""), repr(shot.picks))


def _shelves(shots: Iterable[Shot]) -> dict[_Paint, _Shelf]:
    """Per paint its shots by first frame, and the length of the longest."""
    rows: dict[_Paint, list[Shot]] = {}
    for shot in shots:
        rows.setdefault(_paint(shot), []).append(shot)
    shelves = {}
    for paint, row in rows.items():
        row.sort(key=lambda shot: shot.frames)
        shelves[paint] = [shot.frames.first for shot in row], row, max(len(shot.frames) for shot in row)
    return shelves


def _fresh(shot: Shot, shelf: _Shelf | None) -> int:
    """How many of a shot's frames were in no shot of a shelf with the same weight, as float32."""
    firsts, row, longest = shelf or ([], [], 0)
    begin = bisect_left(firsts, shot.frames.first - longest)
    had = bytearray(len(shot.frames))
    weights = array("f", shot.weights)
    for other in row[begin : bisect_left(firsts, shot.frames.stop)]:
        common = other.frames.clamped(shot.frames)
        theirs = array("f", other.weights)[common.first - other.frames.first :]
        start = common.first - shot.frames.first
        for at in range(len(common)):
            had[start + at] |= theirs[at] == weights[start + at]
    return had.count(0)
