"""From a dressed clip to the media frames it needs, with a weight for each.

Knows where ramps stand (which ends of a clip are ends) and what a media file has. Knows nothing of
shots, names or what was rendered before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .cut import Cut, MediaFacts, Note, Skipped, Transition, Use
from .dial import even_mean
from .errors import MediaError
from .film import Film
from .film_file import ShotRule
from .played import positions
from .preset import Layer, Ramp, Wear, length_in_frames, merged, rooted_style
from .ramps import Envelope, envelope, head_window, tail_window
from .rates import FrameRange
from .scenes import Rule, Worn

Facts = Mapping[str, MediaFacts | MediaError]


@dataclass(frozen=True, slots=True)
class Look:
    """What one clip wears in the end: the preset's name, its values, and the rule of each value."""

    worn: Worn
    preset: str
    wear: Wear
    origins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Take:
    """The media frames that one clip needs, handles included, and a style weight for each."""

    look: Look
    frames: FrameRange
    weights: tuple[float, ...]

    @property
    def use(self) -> Use:
        """The clip."""
        return self.look.worn.use


def looks(worn: Iterable[Worn], film: Film, names: Mapping[str, str]) -> dict[str, Look]:
    """What every clip wears, by the use's id; `names` has the shots' names, as far as they are known."""
    return {one.use.id: _look(one, film, names.get(one.use.id)) for one in worn}


def _look(worn: Worn, film: Film, name: str | None) -> Look:
    rule = film.shots.get(name) if name else None
    first = _shot_rule(name, rule, film) if name and rule else None
    preset, layers = worn.layers(film, first)
    wear, origins = merged(layers)
    return Look(worn, preset, wear, origins)


def _shot_rule(name: str, rule: ShotRule, film: Film) -> Rule:
    values = rooted_style(rule.settings.given(), film.folder)
    return Rule(Layer(f'[shots."{name}"] of the film file', values), rule.preset)


def take_all(
    cut: Cut, film: Film, dressed: Mapping[str, Look], facts: Facts
) -> tuple[list[Take], list[Note], list[Skipped]]:
    """The takes of all dressed clips, in the order of `dressed`; what to say of them; what has no frame."""
    before, after = _neighbours(cut)
    takes: list[Take] = []
    notes: list[Note] = []
    skipped: list[Skipped] = []
    for look in dressed.values():
        use = look.worn.use
        sides = (_preset(before.get(use.id), dressed), _preset(after.get(use.id), dressed))
        weights, scaled = use_envelope(look, cut.rate, *sides)
        frames, trouble = _frames(use, film.output.handles, facts[use.media.editor_path])
        notes += [Note(*text, use.record.first) for text in trouble]
        if not len(frames):
            skipped.append(
                Skipped(use.clip, use.track, use.record, f"{use.media.name} has none of its frames")
            )
            continue
        if scaled:
            message = f"{use.clip}: the ramps in and out are longer than the clip; both were scaled"
            notes.append(Note("W-RAMP", message, use.record.first))
        takes.append(Take(look, frames, _weights(weights, use, frames)))
    return takes, notes, skipped


def use_envelope(look: Look, rate: Fraction, before: str | None, after: str | None) -> tuple[Envelope, bool]:
    """The weight of a clip over its record frames, and whether its ramps had to be scaled.

    `before` and `after` are the presets of the clips that it meets on its track, None for none.
    """
    use, ramp = look.worn.use, look.wear.ramp
    rise = FrameRange(use.visible.first, use.visible.first)
    fall = FrameRange(use.visible.stop, use.visible.stop)
    if _is_end(ramp, use.head, before == look.preset):
        rise = head_window(use.record.first, use.head, _ramp_frames(ramp.in_, rate))
    if _is_end(ramp, use.tail, after == look.preset):
        fall = tail_window(use.record.stop, use.tail, _ramp_frames(ramp.out, rate))
    return envelope(look.wear.style_weight, ramp.to, ramp.curve, rise, fall)


def _is_end(ramp: Ramp, transition: Transition | None, goes_on: bool) -> bool:
    if ramp.at == "transition":
        return transition is not None
    fades = transition is not None and transition.kind == "fade"
    return ramp.at == "cut" or fades or not goes_on


def _ramp_frames(length: str, rate: Fraction) -> int | None:
    return None if length == "transition" else length_in_frames(length, rate)


def _neighbours(cut: Cut) -> tuple[dict[str, Use], dict[str, Use]]:
    """The use that ends where another starts on its track, and the one that starts where it ends."""
    starts = {(use.track, use.record.first): use for use in cut.uses}
    after = {
        use.id: starts[use.track, use.record.stop]
        for use in cut.uses
        if (use.track, use.record.stop) in starts
    }
    uses = {use.id: use for use in cut.uses}
    return {follower.id: uses[leader] for leader, follower in after.items()}, after


def _preset(use: Use | None, dressed: Mapping[str, Look]) -> str | None:
    look = dressed.get(use.id) if use else None
    return look.preset if look else None


def _frames(
    use: Use, handles: str, facts: MediaFacts | MediaError
) -> tuple[FrameRange, list[tuple[str, str]]]:
    """The media frames to render, handles included, and (code, message) of what is odd about them."""
    extra = length_in_frames(handles, use.media.rate)
    wanted, own = use.media_frames, use.time.frames(FrameRange(0, len(use.record)))
    if isinstance(facts, MediaError):
        has = FrameRange(0, max(wanted.stop + extra, 0))
    else:
        has = FrameRange(0, facts.frames)
    got = wanted.clamped(has)
    trouble = []
    if own.clamped(has) != own:
        trouble.append(("W-PROBE", _short(use, own, has)))
    elif got != wanted:
        trouble.append(("W-HANDLE", _short_handle(use, wanted, got, has)))
    if not len(got):
        return got, trouble
    return FrameRange(got.first - extra, got.stop + extra).clamped(has), trouble


def _short(use: Use, own: FrameRange, has: FrameRange) -> str:
    return f"{use.clip} shows frames {_span(own)} of {use.media.name}, which has {_span(has)}"


def _short_handle(use: Use, wanted: FrameRange, got: FrameRange, has: FrameRange) -> str:
    missing = len(wanted) - len(got)
    ends = " and ".join(
        end for end, short in (("head", got.first > wanted.first), ("tail", got.stop < wanted.stop)) if short
    )
    return (
        f"the transition at the {ends} of {use.clip} wants frames {_span(wanted)} of {use.media.name}, "
        f"which has {_span(has)}: {missing} missing"
    )


def _span(frames: FrameRange) -> str:
    """Both ends included, as editors read it."""
    return f"{frames.first}…{frames.stop - 1}" if len(frames) else "none"


def _weights(curve: Envelope, use: Use, frames: FrameRange) -> tuple[float, ...]:
    """A weight for each media frame: that at the moment it is shown, the even mean where it is again."""
    found = []
    for times in positions(use.time, use.offsets, frames):
        weights = [curve.at(float(use.record.first + time)) for time in times]
        found.append(weights[0] if len(set(weights)) == 1 else even_mean(weights))
    return tuple(found)
