"""The difference between two cuts as people read it and as plain data. Knows no terminal."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

from .cut import Cut, Shot, Transition, Use
from .dial import weight_name
from .diff import Change, Diff, ToRender
from .preset import recipe_values
from .rates import FrameRange
from .timemap import Graph, Through, Time

_RUN = 3  # so many clips that moved alike, one behind the other, are told in one line
_MANY = 3  # more values than this are counted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the difference: timecodes of the old and the new cut, empty where there is none."""

    what: str
    old: str
    new: str
    track: str
    clip: str
    how: str


def lines(diff: Diff, every: bool = False) -> Iterator[Line]:
    """The changes in the order of the new cut; clips that only moved alike in one line, or `every` one."""
    for moved, run in groupby(diff.changes, key=lambda change: _only_moved(diff, change)):
        changes = list(run)
        if moved is None or len(changes) < _RUN or every:
            yield from (_line(diff, change) for change in changes)
        else:
            yield _together(diff, changes, moved)


def told(diff: Diff, change: Change) -> str:
    """How one clip changed, in words."""
    if change.old is None or change.new is None:
        use, worn = (change.new, diff.worn[1]) if change.new else (change.old, diff.worn[0])
        assert use, "a change has an old clip or a new one"
        return f"{counted(len(use.record), 'frame')}, {_dress(worn.get(use.id))}"
    words = _telling(diff, change.old, change.new)
    return "; ".join(part for kind in change.kinds for part in words[kind]())


def as_json(diff: Diff) -> dict[str, Any]:
    """The difference as plain data. Record positions are at the cut points and half-open."""
    return {
        "old": _cut_json(diff.old.cut),
        "new": _cut_json(diff.new.cut),
        "changes": [
            {
                "kinds": list(change.kinds),
                "old": _use_json(diff.old.cut, change.old, diff.worn[0]),
                "new": _use_json(diff.new.cut, change.new, diff.worn[1]),
                "how": told(diff, change),
            }
            for change in diff.changes
        ],
        "render": [_render_json(diff.new.cut, each) for each in diff.renders],
        "totals": {**diff.counts(), "unchanged": diff.same, **render_totals(diff)},
    }


def render_totals(diff: Diff) -> dict[str, int]:
    """Shots and frames that are to be rendered, those of them that are new, and what is there or offline."""
    pending = [each for each in diff.renders if each.shot.status != "offline"]
    return {
        "shots_to_render": len(pending),
        "frames_to_render": sum(len(each.shot.frames) for each in pending),
        "frames_new": sum(each.fresh for each in pending),
        "shots_offline": len(diff.renders) - len(pending),
        "shots_cached": sum(shot.status == "cached" for shot in diff.new.shots),
    }


def counted(number: int, noun: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _only_moved(diff: Diff, change: Change) -> Fraction | None:
    """By how many seconds a clip moved along its track, where that is all that happened to it."""
    if change.kinds != ("moved",) or not (change.old and change.new) or change.old.track != change.new.track:
        return None
    return change.new.record.first / diff.new.cut.rate - change.old.record.first / diff.old.cut.rate


def _line(diff: Diff, change: Change) -> Line:
    old, new = change.old, change.new
    use = new or old
    assert use, "a change has an old clip or a new one"
    track = f"{old.track} → {new.track}" if old and new and old.track != new.track else use.track
    return Line(
        what=", ".join(change.kinds),
        old=diff.old.cut.timecode(old.record.first) if old else "",
        new=diff.new.cut.timecode(new.record.first) if new else "",
        track=track,
        clip=use.clip,
        how=told(diff, change),
    )


def _together(diff: Diff, changes: Sequence[Change], seconds: Fraction) -> Line:
    first = _line(diff, changes[0])
    tracks = dict.fromkeys(change.new.track for change in changes if change.new)
    shift = _shift(seconds * diff.new.cut.rate)
    return Line(
        "moved", first.old, first.new, " ".join(tracks), f"{len(changes)} clips", f"{shift}, in a row"
    )


def _telling(diff: Diff, old: Use, new: Use) -> dict[str, Callable[[], list[str]]]:
    """For each kind of change the words for it."""
    return {
        "retimed": lambda: [f"{_speed(old, diff.old.cut)} → {_speed(new, diff.new.cut)}"],
        "trimmed": lambda: _ends(old, new),
        "moved": lambda: _places(diff, old, new),
        "transition": lambda: [
            *_transition("head", old.head, new.head),
            *_transition("tail", old.tail, new.tail),
        ],
        "restyled": lambda: _styles(diff.worn[0].get(old.id), diff.worn[1].get(new.id)),
    }


def _speed(use: Use, cut: Cut) -> str:
    percent = 100 * use.speed(cut.rate)
    if not percent and use.time.direction == 0:
        return "a still" if use.media.kind == "still" else "a freeze"
    text = f"{percent:.2f}".rstrip("0").rstrip(".") + " %"
    return f"keyframed, {text}" if _is_keyframed(use.time) else text


def _is_keyframed(time: Time) -> bool:
    if isinstance(time, Through):
        return _is_keyframed(time.outer) or _is_keyframed(time.inner)
    return isinstance(time, Graph)


def _ends(old: Use, new: Use) -> list[str]:
    """How the source frames at the two ends differ, in the order in which they are seen."""
    before, after = (use.time.frames(FrameRange(0, len(use.record))) for use in (old, new))
    scale = new.media.rate / old.media.rate
    first, stop = round(after.first - before.first * scale), round(after.stop - before.stop * scale)
    head, tail = (-stop, -first) if new.time.direction == -1 else (first, stop)
    words = []
    if head:
        words.append(f"starts {_shift(head)}")
    if tail:
        words.append(f"ends {_shift(tail)}")
    return words or [f"{counted(len(old.record), 'frame')} → {len(new.record)}"]


def _places(diff: Diff, old: Use, new: Use) -> list[str]:
    rate = diff.new.cut.rate
    frames = new.record.first - old.record.first * rate / diff.old.cut.rate
    return [_shift(frames)] if round(frames) else [f"from {old.track} to {new.track}"]


def _shift(frames: Fraction | int) -> str:
    number = round(frames)
    return f"{counted(abs(number), 'frame')} {'later' if number > 0 else 'earlier'}"


def _transition(end: str, old: Transition | None, new: Transition | None) -> list[str]:
    return [f"{_blend(old)} → {_blend(new)} at the {end}"] if old != new else []


def _blend(transition: Transition | None) -> str:
    if transition is None:
        return "no transition"
    if transition.kind == "fade":
        return f"fade of {transition.frames}"
    return f"dissolve of {transition.before} + {transition.after}"


def _styles(old: Shot | None, new: Shot | None) -> list[str]:
    if old is None or new is None or old.preset != new.preset:
        return [f"{_dress(old)} → {_dress(new)}"]
    before, after = (recipe_values(shot.recipe) for shot in (old, new))
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if len(keys) > _MANY:
        return [f"{new.preset}: {len(keys)} values changed"]
    return [f"{key} {_value(before.get(key))} → {_value(after.get(key))}" for key in keys]


def _dress(shot: Shot | None) -> str:
    return f"{shot.preset} {_value(json.loads(shot.recipe)['style_weight'])}" if shot else "untouched"


def _value(value: object) -> str:
    return weight_name(value) if isinstance(value, float) else "none" if value is None else str(value)


def _cut_json(cut: Cut) -> dict[str, Any]:
    return {"file": str(cut.path), "sequence": cut.sequence, "rate": str(cut.rate), "clips": len(cut.uses)}


def _use_json(cut: Cut, use: Use | None, worn: Any) -> dict[str, Any] | None:
    if use is None:
        return None
    shot = worn.get(use.id)
    source = use.time.frames(FrameRange(0, len(use.record)))
    return {
        "timecode": cut.timecode(use.record.first),
        "track": use.track,
        "clip": use.clip,
        "media": use.media.editor_path,
        "record_in": use.record.first,
        "record_out": use.record.stop,
        "source_in": source.first,
        "source_out": source.stop,
        "speed": use.speed(cut.rate),
        "preset": shot.preset if shot else None,
        "shot": shot.name if shot else None,
    }


def _render_json(cut: Cut, each: ToRender) -> dict[str, Any]:
    shot = each.shot
    return {
        "shot": shot.name,
        "timecode": cut.timecode(shot.uses[0].record.first),
        "clip": shot.uses[0].clip,
        "frames": len(shot.frames),
        "frames_new": each.fresh,
        "status": shot.status,
        "reason": shot.reason,
    }
