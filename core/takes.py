"""From a dressed clip to the media frames it needs, with a weight for each.

Knows where ramps stand (which ends of a clip are ends) and what a media file has. Knows nothing of
shots, names or what was rendered before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from .cut import Cut, Facts, Note, Skipped, Transition, Use
from .dial import even_mean
from .film import Film
from .film_file import Output, ShotRule
from .layers import Layer, merged, refuse_weight, rooted_style
from .needs import LONGEST, needed
from .played import positions
from .preset import Ramp, Wear, length_in_frames, recipe_text
from .ramps import Envelope, envelope, flat, head_window, tail_window
from .rates import FrameRange
from .scenes import Rule, Worn

_Met = Mapping[tuple[str, int], set[str]]


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

    `curve` has the weight over record frames, also where `weights` are flat for live ramps. A baked
    take counts its frames from 0; `picks` has the media frame of each.
    """

    look: Look
    frames: FrameRange
    weights: tuple[float, ...]
    curve: Envelope
    picks: tuple[int, ...] = ()

    @property
    def use(self) -> Use:
        """The clip."""
        return self.look.worn.use


def looks(worn: Iterable[Worn], film: Film, names: Mapping[str, str]) -> dict[str, Look]:
    """What every clip wears, by the use's id; `names` has the shots' names, as far as they are known."""
    merge = cache(_merged)  # most clips wear the same few layers
    found = {}
    for one in worn:
        name = names.get(one.use.id)
        rule = film.shots.get(name) if name else None
        preset, layers = one.layers(film, _shot_rule(name, rule, film) if name and rule else None)
        found[one.use.id] = look = Look(one, preset, *merge(layers))
        refuse_weight(one.sets, look.wear)
    return found


def _merged(layers: tuple[Layer, ...]) -> tuple[Wear, str, Mapping[str, str]]:
    wear, origins = merged(layers)
    return wear, recipe_text(wear), origins


def _shot_rule(name: str, rule: ShotRule, film: Film) -> Rule:
    values = rooted_style(rule.settings.given(), film.folder)
    return Rule(Layer(f'[shots."{name}"] of the film file', values), rule.preset)


def take_all(
    cut: Cut, film: Film, dressed: Mapping[str, Look], facts: Facts
) -> tuple[list[Take], list[Note], list[Skipped]]:
    """The takes of all dressed clips, in the order of `dressed`; what to say of them; what has no frame."""
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
        goes_on = (
            look.preset in stops.get((use.lane, use.record.first), ()),
            look.preset in starts.get((use.lane, use.record.stop), ()),
        )
        curve, scaled = use_envelope(look, cut.rate, *goes_on)
        if scaled:
            message = f"{use.clip}: the ramps in and out are longer than the clip; both were scaled"
            notes.append(Note("W-RAMP", message, use.record.first))
        take, held = _take(look, frames, curve, film.output)
        takes.append(take)
        notes += held
    return takes, notes, skipped


def _out_of_reach(use: Use, frames: FrameRange) -> str:
    if not len(frames):
        return f"{use.media.name} has none of its frames"
    return f"it needs {len(frames)} frames of {use.media.name}, more than any shot has"


def _take(look: Look, frames: FrameRange, curve: Envelope, output: Output) -> tuple[Take, list[Note]]:
    use = look.worn.use
    shape = flat(curve) if output.delivery == "live" else curve
    take = Take(look, frames, _weights(shape, use, frames), curve)
    ramped = use.time.direction == 0 and not shape.is_flat
    if use.baked or (ramped and output.bake_retime and not use.nests):
        return _baked(take, shape), []
    return take, [_held(use)] if ramped else []


def _met(dressed: Mapping[str, Look]) -> tuple[_Met, _Met]:
    """By track and record frame, the presets of the clips that start there, and of those that end there."""
    starts: dict[tuple[str, int], set[str]] = {}
    stops: dict[tuple[str, int], set[str]] = {}
    for look in dressed.values():
        use = look.worn.use
        starts.setdefault((use.lane, use.record.first), set()).add(look.preset)
        stops.setdefault((use.lane, use.record.stop), set()).add(look.preset)
    return starts, stops


def _baked(take: Take, curve: Envelope) -> Take:
    """The one picture of a freeze or a still as a movie: a frame for every visible record frame."""
    use = take.use
    frame = use.time.frame(0) if use.media.kind != "still" else 0
    picks = (min(max(frame, take.frames.first), take.frames.stop - 1),) * len(use.visible)
    weights = tuple(curve.at(record) for record in range(use.visible.first, use.visible.stop))
    return replace(take, frames=FrameRange(0, len(picks)), weights=weights, picks=picks)


def _held(use: Use) -> Note:
    what, code = ("a still", "W-STILL") if use.media.kind == "still" else ("a freeze frame", "W-FREEZE")
    message = f"{use.clip} is {what} under a ramp: it is painted at the ramp's mean weight; " + (
        "in a nest it stays one" if use.nests else "--bake-retime makes a movie of it"
    )
    return Note(code, message, use.record.first)


def use_envelope(look: Look, rate: Fraction, comes_on: bool, goes_on: bool) -> tuple[Envelope, bool]:
    """The weight of a clip over its record frames, and whether its ramps had to be scaled.

    `comes_on` and `goes_on`: whether a clip of the same preset meets its head, and its tail.
    """
    use, ramp = look.worn.use, look.wear.ramp
    rise = FrameRange(use.visible.first, use.visible.first)
    fall = FrameRange(use.visible.stop, use.visible.stop)
    if _is_end(ramp, use.head, comes_on):
        rise = head_window(use.record.first, use.head, _ramp_frames(ramp.in_, rate))
    if _is_end(ramp, use.tail, goes_on):
        fall = tail_window(use.record.stop, use.tail, _ramp_frames(ramp.out, rate))
    return envelope(look.wear.style_weight, ramp.to, ramp.curve, rise, fall)


def _is_end(ramp: Ramp, transition: Transition | None, goes_on: bool) -> bool:
    if ramp.at == "transition":
        return transition is not None
    fades = transition is not None and transition.kind == "fade"
    return ramp.at == "cut" or fades or not goes_on


def _ramp_frames(length: str, rate: Fraction) -> int | None:
    return None if length == "transition" else length_in_frames(length, rate)


def _weights(curve: Envelope, use: Use, frames: FrameRange) -> tuple[float, ...]:
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
