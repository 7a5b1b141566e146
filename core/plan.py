"""The plan: what is to be rendered of a cut, once each, and what is not, and why.

Knows uses, looks and the shot book. Reads no pictures and no style: their facts and hashes come in.
Sound that is to go along is asked which tracks it has.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from .cut import Cut, Facts, MediaFacts, MediaRef, Note, Plan, Shot, Skipped, seen_of
from .errors import MediaError, UsageError
from .faults import did_you_mean
from .film import Film
from .film_file import Output
from .groups import Group, grouped
from .layers import check_net
from .live import opacity_keys
from .mattes.content import MatteContent
from .media.formats import FORMATS, held_by, written_as
from .naming import number_shots, safe_name
from .preset import Matte, recipe_values
from .rates import FrameRange
from .remarks import (
    archive_notes,
    hardware_notes,
    matte_notes,
    media_notes,
    ramp_notes,
    sound_notes,
    sphere_notes,
)
from .scenes import Dressed
from .shotbook import Book, Sighting, media_identity, remembered
from .spheres import parted, rules, settled
from .standing import made_of, rendered_once, status
from .takes import looks, take_all

_LONGEST_NAME = 200  # bytes, without suffix: file systems take 255
_NO_PRESET = "untouched: no scene, marker or --preset names a preset for it"


@dataclass(frozen=True, slots=True)
class Styles:
    """What a plan asks of a preset's style: `key`, the hash of its content, and `base`, that of its base
    net, "" where it has none; of its matte: what it is for some frames of a source; of its LUT the hash."""

    key: Callable[[str], str]
    base: Callable[[str], str]
    matte: Callable[[Matte, MediaRef, MediaFacts | None, FrameRange], MatteContent]
    lut: Callable[[str], str]


def make_plan(cut: Cut, film: Film, dressed: Dressed, facts: Facts, book: Book, styles: Styles) -> Plan:
    """What is to be rendered of a dressed cut.

    `facts` has what is known of every used media file by its `editor_path`: its facts, or why there
    are none. `styles` knows the presets' styles (names or absolute paths) and may raise
    StyleError. Raises UsageError where a preset has no style.

    Shots get their names before the film file's `[shots]` are applied; a clip that a `[shots]` rule
    parts from its shot gets a new name.
    """
    takes, notes, skipped = take_all(cut, film, looks(dressed.worn, film, {}), facts, styles.base)
    groups = grouped(takes, facts, film.output.media)
    names = _first_names(groups, facts, book)
    if film.shots or film.again:
        called = {
            take.use.id: name for group, name in zip(groups, names, strict=True) for take in group.takes
        }
        takes, notes, skipped = take_all(cut, film, looks(dressed.worn, film, called), facts, styles.base)
        groups = grouped(takes, facts, film.output.media)
        kept = [called.get(group.takes[0].use.id) for group in groups]
        notes += _unmatched(film, names)
        names = number_shots([group.scene for group in groups], kept, {*book.entries, *names})
    keys = _style_keys(groups, styles.key)
    mattes = [_matte(group, facts, styles) for group in groups]
    live = film.output.delivery == "live"
    luts = {path: styles.lut(path) for group in groups if (path := group.takes[0].look.wear.input_lut)}
    shots = [
        _shot(group, name, facts, book, keys | luts, matte, cut, film.output)
        for group, name, matte in zip(groups, names, mattes, strict=True)
    ]
    untouched = [Skipped(use.clip, use.track, use.record, _NO_PRESET) for use in dressed.untouched]
    return Plan(
        cut=cut,
        shots=tuple(shots),
        skipped=tuple(sorted((*cut.skipped, *untouched, *skipped), key=lambda one: one.record)),
        notes=(
            *(*cut.notes, *dressed.notes, *notes),
            *(*media_notes(shots, facts), *sphere_notes(groups, facts), *matte_notes(shots, mattes, book)),
            *(*ramp_notes(groups), *_nothing(dressed), *archive_notes(shots)),
            *(sound_notes(shots, facts) if film.output.mux_audio else ()),
            *(hardware_notes(shots) if film.output.hardware else ()),
        ),
        opacity={take.use.id: opacity_keys(take.use, take.curve) for take in takes} if live else {},
    )


def output_names(plan: Plan, film: Film, book: Book) -> dict[str, str]:
    """The file name, without suffix, that each shot gets when it is rendered next, by the shot's name.

    Raises UsageError where a name is too long, or two would be one file.
    """
    names: dict[str, str] = {}
    owners: dict[str, str] = {}
    for shot in plan.shots:
        version = book.next_version(shot.name)
        text = film.output.name.format(shot=shot.name, preset=safe_name(shot.preset), version=version)
        if len(text.encode()) > _LONGEST_NAME:
            raise UsageError(f"{text!r} is too long for the name of a file", where="output.name")
        name = safe_name(text, _LONGEST_NAME)
        if owners.setdefault(name.casefold(), shot.name) != shot.name:
            other = owners[name.casefold()]
            raise UsageError(f"{other} and {shot.name} would both be written to {name}", where="output.name")
        names[shot.name] = name
    return names


@dataclass(frozen=True, slots=True)
class Explained:
    """One value of a shot's recipe and the rule that gave it."""

    key: str
    value: object
    rule: str


def explain(shot: Shot) -> list[Explained]:
    """Every value that a shot wears, and where it comes from."""
    rules, values = dict(shot.origins), recipe_values(shot.recipe)
    for key in (key for key in values if key.startswith("chain.")):
        rules[key] = rules["style_weight" if key.endswith(".style_weight") else "chain"]
    return [Explained(key, value, rules.get(key, "default")) for key, value in values.items()]


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data. Record positions are at the cut points and half-open."""
    cut = plan.cut
    return {
        "sequence": cut.sequence,
        "rate": str(cut.rate),
        "shots": [_shot_json(shot, cut.rate) for shot in plan.shots],
        "skipped": [
            {"clip": one.clip, "timecode": cut.timecode(one.record.first), "reason": one.reason}
            for one in plan.skipped
        ],
        "warnings": [
            {
                "code": note.code,
                "message": note.message,
                "timecode": None if note.record is None else cut.timecode(note.record),
            }
            for note in plan.notes
        ],
    }


def _shot_json(shot: Shot, cut_rate: Fraction) -> dict[str, Any]:
    return {
        "name": shot.name,
        "media": shot.media.editor_path,
        "first_frame": shot.frames.first,
        "frames": len(shot.frames),
        "rate": str(shot.rate),
        "preset": shot.preset,
        **_seen_as(shot),
        "weights": list(shot.weights),
        "morphs": sorted({style for style, _ in shot.bends.values()}),
        "uses": [
            {
                "track": use.track,
                "record_in": use.record.first,
                "record_out": use.record.stop,
                "clip": use.clip,
                "speed": use.speed(cut_rate),
            }
            for use in shot.uses
        ],
        "status": shot.status,
        "baked_from": shot.picks[0] if shot.picks else None,
    }


def _seen_as(shot: Shot) -> dict[str, Any]:
    values = recipe_values(shot.recipe)
    return {key: values.get(key) for key in ("projection", "stereo", "curve", "input_lut")}


def _first_names(groups: Sequence[Group], facts: Facts, book: Book) -> list[str]:
    """Names from the book where it knows the shots, else new ones."""
    sightings = []
    for group in groups:
        use = group.takes[0].use
        known = facts[use.media.editor_path]
        fingerprint = known.fingerprint if isinstance(known, MediaFacts) else ""
        preset = group.takes[0].look.preset
        identity = media_identity(use.media)
        seen = seen_of([take.use for take in group.takes])
        sightings.append(Sighting(group.scene, identity, fingerprint, seen, use.track, preset))
    return number_shots([group.scene for group in groups], remembered(book, sightings), book.entries)


def _unmatched(film: Film, names: Sequence[str]) -> list[Note]:
    known = set(names)
    unknown = [name for name in film.shots if name not in known]
    return [
        Note(
            "W-SHOT", f'[shots."{name}"] of the film file: there is no such shot' + did_you_mean(name, known)
        )
        for name in unknown
    ]


def _style_keys(groups: Iterable[Group], style_key: Callable[[str], str]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for group in groups:
        look = group.takes[0].look
        if not look.wear.links:
            hint = 'Give it style = "…", chain = […] or extends = "…".'
            raise UsageError(f'preset "{look.preset}" has no style', hint=hint)
        links = (*look.wear.links, *([look.wear.other] if look.wear.other else ()))
        for link in links:
            check_net(link, f'preset "{look.preset}"', poles=look.wear.poles)
        bent = (style for style, _ in group.bends.values())
        for style in (*(link.style for link in links), *bent):
            if style not in keys:
                keys[style] = style_key(style)
    return keys


def _matte(group: Group, facts: Facts, styles: Styles) -> MatteContent | MediaError | None:
    """What the matte of a group is for the frames that it shows, or why there is none; None for no matte."""
    look, media = group.takes[0].look, group.takes[0].use.media
    if not look.wear.matte:
        return None
    known = facts[media.editor_path]
    frames = FrameRange(group.picks[0], group.picks[0] + 1) if group.picks else group.frames
    try:
        return styles.matte(look.wear.matte, media, known if isinstance(known, MediaFacts) else None, frames)
    except MediaError as error:
        return error


def _shot(
    group: Group,
    name: str,
    facts: Facts,
    book: Book,
    keys: Mapping[str, str],
    matte: MatteContent | MediaError | None,
    cut: Cut,
    output: Output,
) -> Shot:
    codec, sound = output.codec, False
    look, use = group.takes[0].look, group.takes[0].use
    known = facts[use.media.editor_path]
    recipe, origins = look.recipe, look.origins
    if isinstance(known, MediaFacts):
        recipe, origins = settled(recipe, known, cut), rules(recipe, known, origins)
        if use.media.kind == "still" and not group.picks:
            codec = "prores"  # whatever the format, a still is written as a picture
        else:
            codec = written_as(codec, known)
            in_step = (known.variable or known.rate == use.media.rate) and not group.picks
            sound = output.mux_audio and known.sounds > 0 and in_step and not FORMATS[codec].numbered
            through = "a LUT" if look.wear.input_lut else recipe_values(recipe)["curve"]
            rate = cut.rate if group.picks else use.media.rate
            known = held_by(codec, known, through, len(group.frames), rate)
        known = parted(recipe, known)
    parts = made_of(group, known, keys, cut, codec) | ({"sound": "with it"} if sound else {})
    hardware = output.hardware and bool(FORMATS[codec].hardware)
    parts |= {"encoder": "hardware"} if hardware else {}
    if isinstance(matte, MatteContent):
        seen = look.wear.shows(isinstance(known, MediaFacts) and known.hdr)
        parts["matte"] = f"{matte.key} as displayed" if seen else matte.key
    key = blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()
    standing, reason = status(name, key, parts, group, known, book)
    if isinstance(matte, MediaError):
        says = f"{matte.where}: {matte.what}. {matte.hint}".strip()
        standing, reason = "offline", known.what if isinstance(known, MediaError) else says
    elif isinstance(known, MediaError) and (kept := rendered_once(name, parts, use.media, book)):
        key = kept.key
    return Shot(
        name=name,
        media=use.media,
        frames=group.frames,
        preset=look.preset,
        recipe=recipe,
        weights=tuple(group.weights),
        uses=tuple(take.use for take in group.takes),
        status=standing,
        key=key,
        reason=reason,
        made_of=json.dumps(parts, sort_keys=True),
        origins=tuple(origins.items()),
        picks=group.picks,
        bends=group.bends,
        baked_rate=cut.rate if group.picks else None,
        live=group.live,
        codec=codec,
        sound=sound,
        hardware=hardware,
        matteless=isinstance(matte, MediaError) and not isinstance(known, MediaError),
        shown=group.shown,
    )


def _nothing(dressed: Dressed) -> list[Note]:
    if dressed.worn:
        return []
    if not dressed.untouched:
        return [Note("W-NOTHING", "the sequence has no clip that could be styled")]
    return [Note("W-NOTHING", "no clip wears a preset: mark scenes with @preset markers, or give --preset")]
