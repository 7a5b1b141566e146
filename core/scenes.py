"""Which clip wears which preset: the rules of the film file and the markers of the cut.

Knows the order of the rules. Knows nothing of weights over time (`ramps`) or of what is rendered
(`plan`), which also applies the rules that go by a shot's name.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .assignments import parse_comment, parse_sets
from .cut import Cut, Note, Use
from .errors import FilmError, UsageError
from .faults import did_you_mean
from .film import Film
from .film_file import Scene
from .layers import Layer, rooted_style
from .markers import Held, held_markers, sequence_marks
from .patterns import compile_file_pattern, compile_pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that holds for a clip: the preset it names, if it names one, and the values it sets."""

    layer: Layer
    preset: str | None = None
    scene: str = ""


@dataclass(frozen=True, slots=True)
class Worn:
    """One clip and what it wears: `rules` from the strongest to the weakest, `--set` apart.

    `scene` is the name its shot is called after.
    """

    use: Use
    scene: str
    preset: str
    rules: tuple[Rule, ...]
    sets: Layer

    def layers(self, film: Film, first: Rule | None = None) -> tuple[str, tuple[Layer, ...]]:
        """The preset's name and every layer of values, the strongest first.

        `first` is a rule above all others but `--set`. All rules that hold give their values, also
        where a stronger one names another preset.
        """
        rules = (first, *self.rules) if first else self.rules
        preset = next((rule.preset for rule in rules if rule.preset), self.preset)
        return preset, (self.sets, *(rule.layer for rule in rules), *film.presets[preset])


@dataclass(frozen=True, slots=True)
class Dressed:
    """A cut with its clips dressed: those that wear something, in record order, and those that do not."""

    worn: tuple[Worn, ...]
    untouched: tuple[Use, ...]
    notes: tuple[Note, ...] = ()


def dress(cut: Cut, film: Film, preset: str | None = None, sets: Sequence[str] = ()) -> Dressed:
    """Decides for every clip which preset it wears and which values are set on it.

    `preset` is for what no rule names a preset for; `sets` are `KEY=VALUE` texts that hold for every
    clip. Raises FilmError with every fault of the cut's markers, UsageError for `preset` and `sets`.
    """
    if preset is not None and preset not in film.presets:
        raise UsageError(_unknown(preset, film), where=f"--preset {preset}")
    command_line = parse_sets(sets)
    held = held_markers(cut)
    tags, notes = _read_tags(cut, held, film)
    tests = [_scene_test(scene) for scene in film.scenes]
    scene_rules = [_scene_rule(scene, film) for scene in film.scenes]
    fallback = [Rule(Layer("--preset", {}), preset)] if preset else []
    worn: list[Worn] = []
    untouched: list[Use] = []
    for use in sorted(cut.uses, key=lambda use: (use.record.first, use.track)):
        markers = held[use.id]
        scenes = [rule for rule, test in zip(scene_rules, tests, strict=True) if test(use, markers)]
        rules = (*_tag_rules(tags, markers, True), *scenes, *_tag_rules(tags, markers, False), *fallback)
        named = next((rule.preset for rule in rules if rule.preset), None)
        if named is None:
            untouched.append(use)
        else:
            scene = scenes[0].scene if scenes else named
            worn.append(Worn(use, scene, named, rules, command_line))
    return Dressed(tuple(worn), tuple(untouched), notes)


def _unknown(name: str, film: Film) -> str:
    return f'there is no preset "{name}"' + did_you_mean(name, film.presets)


def _scene_rule(scene: Scene, film: Film) -> Rule:
    values = rooted_style(scene.settings.given(), film.folder)
    return Rule(Layer(f'scene "{scene.name}" of the film file', values), scene.preset, scene.name)


def _scene_test(scene: Scene) -> Callable[[Use, Sequence[Held]], bool]:
    """A scene's match → a test of a clip and the markers that hold it."""
    match = scene.match
    names: list[tuple[Callable[[str], bool], Callable[[Use], Sequence[str]]]] = []
    if match.clip:
        names.append((compile_pattern(match.clip), lambda use: (use.clip,)))
    if match.track:
        names.append((compile_pattern(match.track), lambda use: (use.track, use.lane)))
    if match.label:
        names.append((compile_pattern(match.label), lambda use: (use.label,)))
    if match.nest:
        names.append((compile_pattern(match.nest), lambda use: use.nests))
    if match.file:
        names.append((compile_file_pattern(match.file), lambda use: (use.media.editor_path,)))
    marked = compile_pattern(match.marker) if match.marker else None

    def test(use: Use, markers: Sequence[Held]) -> bool:
        if not all(any(map(fits, given(use))) for fits, given in names):
            return False
        marks = (held.marker.name.strip() for held in markers)
        return marked is None or any(marked(name) or marked(name.lstrip("@")) for name in marks)

    return test


def _tag_rules(tags: Mapping[Held, Rule], markers: Sequence[Held], on_clip: bool) -> Iterator[Rule]:
    return (tags[held] for held in markers if held.on_clip is on_clip and held in tags)


def _read_tags(
    cut: Cut, held: Mapping[str, Sequence[Held]], film: Film
) -> tuple[dict[Held, Rule], tuple[Note, ...]]:
    """The markers named `@preset` as rules, and what is odd about them. Raises FilmError."""
    holding = {mark: None for marks in held.values() for mark in marks}
    marks = dict.fromkeys(
        mark for mark in (*sequence_marks(cut), *holding) if mark.marker.name.startswith("@")
    )
    rules: dict[Held, Rule] = {}
    notes: list[Note] = []
    faults: list[str] = []
    for mark in sorted(marks, key=lambda mark: mark.record):
        try:
            rules[mark], others = _tag_rule(mark, cut, film)
        except UsageError as error:
            faults.append(f"{error.where}: {error.what}")
            continue
        if others:
            words = " ".join(others)
            notes.append(Note("W-MARKER", f'{_place(mark, cut)}: "{words}" sets nothing', mark.record))
        if mark not in holding:
            notes.append(Note("W-MARKER", f"{_place(mark, cut)} holds no clip", mark.record))
    if faults:
        raise FilmError(str(cut.path), faults)
    return rules, tuple(notes)


def _tag_rule(mark: Held, cut: Cut, film: Film) -> tuple[Rule, list[str]]:
    name, place = mark.marker.name[1:].strip(), _place(mark, cut)
    if name not in film.presets:
        raise UsageError(_unknown(name, film), where=place)
    values, others = parse_comment(mark.marker.comment, place)
    return Rule(Layer(place, rooted_style(values, film.folder)), name), others


def _place(mark: Held, cut: Cut) -> str:
    """`clip marker @midterm at 01:00:10:05`."""
    kind = "clip marker" if mark.on_clip else "marker"
    return f"{kind} {mark.marker.name} at {cut.timecode(mark.record)}"
