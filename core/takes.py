"""From a dressed clip to the media frames it needs, with a weight for each.

Knows where ramps stand (which ends of a clip are ends) and what a media file has. Knows nothing of
shots, names or what was rendered before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, partial

from .cut import Bend, Cut, Facts, Note, Skipped, Transition, Use
from .dial import even_mean
from .film import Film
from .film_file import Output, ShotRule
from .layers import Layer, mapped_style, merged, refuse_weight, rooted_style
from .morphs import Bent, Meeting, meeting
from .needs import LONGEST, needed
from .paths import PathMap
from .played import positions
from .preset import Ramp, Wear, length_in_frames, recipe_text
from .ramps import Envelope, envelope, flat, head_window, tail_window
from .rates import FrameRange
from .scenes import Rule, Worn

_Met = Mapping[tuple[str, int], list["Look"]]


@dataclass(frozen=True, slots=True)
class Look:
    """What one clip wears in the end: the preset's name, its values, also as text, and the rule of each."""

    worn: Worn
    preset: str
    wear: Wear
    recipe: str
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Take:
    """The media frames that one clip needs, handles included, and a style weight for each.

    `curve` has the weight over record frames, also where `weights` are flat for live ramps; `bends` has
    the frames that morph. A baked take counts its frames from 0; `picks` has the media frame of each.
    `live` says that the ramps of the curve are opacity keyframes.
    """

    look: Look
    frames: FrameRange
    weights: tuple[float, ...]
    curve: Envelope
    picks: tuple[int, ...] = ()
    bends: Mapping[int, Bend] = field(default_factory=dict)
    live: bool = False

    @property
    def use(self) -> Use:
        """The clip."""
        return self.look.worn.use


def looks(worn: Iterable[Worn], film: Film, names: Mapping[str, str]) -> dict[str, Look]:
    """What every clip wears, by the use's id; `names` has the shots' names, as far as they are known."""
    merge = cache(partial(_merged, film.paths))  # most clips wear the same few layers
    found = {}
    for one in worn:
        name = names.get(one.use.id)
        rule = film.shots.get(name) if name else None
        preset, layers = one.layers(film, _shot_rule(name, rule, film) if name and rule else None)
        if name and name in film.again:
            layers = (film.again[name], *layers)
        found[one.use.id] = look = Look(one, preset, *merge(layers))
        refuse_weight(one.sets, look.wear)
    return found


def _merged(paths: PathMap, layers: tuple[Layer, ...]) -> tuple[Wear, str, Mapping[str, str]]:
    wear, origins = merged(tuple(replace(one, values=mapped_style(one.values, paths)) for one in layers))
    return wear, recipe_text(wear), origins


def _shot_rule(name: str, rule: ShotRule, film: Film) -> Rule:
    values = rooted_style(rule.settings.given(), film.folder)
    return Rule(Layer(f'[shots."{name}"] of the film file', values), rule.preset)


def take_all(
    cut: Cut, film: Film, dressed: Mapping[str, Look], facts: Facts, base: Callable[[str], str]
) -> tuple[list[Take], list[Note], list[Skipped]]:
    """The takes of all dressed clips, in the order of `dressed`; what to say of them; what has no frame.

    `base` gives the base net of a style, "" for a net that has none.
    """
    starts, stops = _met(dressed)
    takes: list[Take] = []
    notes: list[Note] = []
    skipped: list[Skipped] = []
    for look in dressed.values():
        use = look.worn.use
        frames, trouble = needed(use, film.output.handles, facts[use.media.editor_path], cut.rate)
        notes += trouble
        if not 0 < len(frames) <= LONGEST:
            skipped.append(Skipped(use.clip, use.track, use.record, _out_of_reach(use, frames)))
            continue
        before = stops.get((use.lane, use.record.first), ())
        after = starts.get((use.lane, use.record.stop), ())
        bent, ramps = _curve(look, cut.rate, before, after, base)
        take, held = _take(look, frames, bent, film.output)
        takes.append(take)
        notes += [*ramps, *held]
    return takes, notes, skipped


def _out_of_reach(use: Use, frames: FrameRange) -> str:
    if not len(frames):
        return f"{use.media.name} has none of its frames"
    return f"it needs {len(frames)} frames of {use.media.name}, more than any shot has"


def _take(look: Look, frames: FrameRange, bent: Bent, output: Output) -> tuple[Take, list[Note]]:
    use = look.worn.use
    live = use.live or (output.delivery == "live" and not bent.curve.is_flat)
    shape = replace(bent, curve=flat(bent.curve)) if live else bent
    weights, bends = _weights(shape, use, frames), _bends(shape, use, frames)
    take = Take(look, frames, weights, bent.curve, bends=bends, live=live)
    ramped = use.time.direction == 0 and not shape.is_flat
    if use.baked or (ramped and output.bake_retime and not use.nests):
        return _baked(take, shape), []
    return take, [_held(use)] if ramped else []


def _met(dressed: Mapping[str, Look]) -> tuple[_Met, _Met]:
    """By track and record frame, the looks of the clips that start there, and of those that end there."""
    starts: dict[tuple[str, int], list[Look]] = {}
    stops: dict[tuple[str, int], list[Look]] = {}
    for look in dressed.values():
        use = look.worn.use
        starts.setdefault((use.lane, use.record.first), []).append(look)
        stops.setdefault((use.lane, use.record.stop), []).append(look)
    return starts, stops


def _baked(take: Take, curve: Bent) -> Take:
    """The one picture of a freeze or a still as a movie: a frame for every visible record frame."""
    use = take.use
    frame = use.time.frame(0) if use.media.kind != "still" else 0
    picks = (min(max(frame, take.frames.first), take.frames.stop - 1),) * len(use.visible)
    records = range(use.visible.first, use.visible.stop)
    weights = tuple(curve.at(record) for record in records)
    bends = {number: bend for number, record in enumerate(records) if (bend := curve.bend(record))}
    return replace(take, frames=FrameRange(0, len(picks)), weights=weights, picks=picks, bends=bends)


def _held(use: Use) -> Note:
    what, code = ("a still", "W-STILL") if use.media.kind == "still" else ("a freeze frame", "W-FREEZE")
    message = f"{use.clip} is {what} under a ramp: it is painted at the ramp's mean weight; " + (
        "in a nest it stays one" if use.nests else "--bake-retime makes a movie of it"
    )
    return Note(code, message, use.record.first)


def _curve(
    look: Look,
    rate: Fraction,
    before: Sequence[Look],
    after: Sequence[Look],
    base: Callable[[str], str],
) -> tuple[Bent, list[Note]]:
    """The weight and style of a clip over its record frames, and what is to be said of them.

    `before` and `after` are the looks of the clips that meet its head, and its tail.
    """
    use = look.worn.use
    ends = (_meets(look, before, True, base), _meets(look, after, False, base))
    goes_on = (any(one.preset == look.preset for one in near) for near in (before, after))
    morphs = (isinstance(end, Meeting) for end in ends)
    curve, scaled = use_envelope(look, rate, *goes_on, *morphs)
    notes = [f"{use.clip} does not morph: {why}" for why in ends if isinstance(why, str)]
    told = [Note("W-MORPH", text, use.record.first) for text in notes]
    if scaled:
        message = f"{use.clip}: the ramps in and out are longer than the clip; both were scaled"
        told.append(Note("W-RAMP", message, use.record.first))
    return Bent(curve, tuple(end for end in ends if isinstance(end, Meeting))), told


def use_envelope(
    look: Look,
    rate: Fraction,
    comes_on: bool,
    goes_on: bool,
    comes_bent: bool = False,
    goes_bent: bool = False,
) -> tuple[Envelope, bool]:
    """The weight of a clip over its record frames, and whether its ramps had to be scaled.

    `comes_on` and `goes_on`: whether a clip of the same preset meets its head, and its tail;
    `comes_bent` and `goes_bent`: whether it morphs there, which is no ramp.
    """
    use, ramp = look.worn.use, look.wear.ramp
    rise = FrameRange(use.visible.first, use.visible.first)
    fall = FrameRange(use.visible.stop, use.visible.stop)
    if not comes_bent and _is_end(ramp, use.head, comes_on):
        rise = head_window(use.record.first, use.head, _ramp_frames(ramp.in_, rate))
    if not goes_bent and _is_end(ramp, use.tail, goes_on):
        fall = tail_window(use.record.stop, use.tail, _ramp_frames(ramp.out, rate))
    return envelope(look.wear.style_weight, ramp.to, ramp.curve, rise, fall)


def _meets(
    look: Look, others: Sequence[Look], comes: bool, base: Callable[[str], str]
) -> Meeting | str | None:
    use = look.worn.use
    if len(others) != 1 or others[0].preset == look.preset:
        return None
    cut, transition = (use.record.first, use.head) if comes else (use.record.stop, use.tail)
    return meeting(cut, transition, comes, look.wear, others[0].wear, base)


def _is_end(ramp: Ramp, transition: Transition | None, goes_on: bool) -> bool:
    if ramp.at == "transition":
        return transition is not None
    fades = transition is not None and transition.kind == "fade"
    return ramp.at == "cut" or fades or not goes_on


def _ramp_frames(length: str, rate: Fraction) -> int | None:
    return None if length == "transition" else length_in_frames(length, rate)


def _weights(curve: Bent, use: Use, frames: FrameRange) -> tuple[float, ...]:
    """A weight for each media frame: that at the moment it is shown; the even mean of a freeze, and
    of a frame that is shown again."""
    if curve.is_flat:
        return (curve.weight,) * len(frames)
    if use.time.direction == 0:
        mean = even_mean([curve.at(record) for record in range(use.visible.first, use.visible.stop)])
        return (mean,) * len(frames)
    found = []
    for times in positions(use.time, use.offsets, frames):
        weights = [curve.at(float(use.record.first + time)) for time in times]
        found.append(weights[0] if len(weights) == 1 else even_mean(weights))
    return tuple(found)


def _bends(curve: Bent, use: Use, frames: FrameRange) -> dict[int, Bend]:
    """The media frames that morph: as far as at the moment they are shown, first shown if it is again.

    A freeze stands between both styles for all of its length, so it keeps its own.
    """
    if not curve.meetings or use.time.direction == 0:
        return {}
    shown = zip(range(frames.first, frames.stop), positions(use.time, use.offsets, frames), strict=True)
    bends = ((frame, curve.bend(float(use.record.first + times[0]))) for frame, times in shown)
    return {frame: bend for frame, bend in bends if bend}
