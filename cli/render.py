"""The commands that render: `render` and `shot`."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from ..core.assignments import parse_sets
from ..core.cut import Plan, Shot
from ..core.errors import MediaError, OutputError, StyleReelError, UsageError
from ..core.events import Event, Outcome
from ..core.faults import did_you_mean
from ..core.film import with_shot_settings
from ..core.layers import refuse_weight
from ..core.lock import held
from ..core.naming import base_of
from ..core.output import offline, prepare
from ..core.plan import output_names
from ..core.preset import read_recipe
from ..core.rates import FrameRange, parse_timecode
from ..core.shotbook import read_book
from ..core.standing import lost_settings
from . import options as o
from .asking import about_a_cut
from .desk import Desk, Wishes, open_desk, planned_again
from .desk import shelf_folders as folders
from .finish import Delivered, as_last_rendered, check_output, finish
from .interrupt import Interrupted, interruptible
from .show import counted, err, out, progress, show_notes

if TYPE_CHECKING:
    from ..core.deliver import Workshop

SceneGlob = Annotated[
    str | None, typer.Option("--scene", metavar="GLOB", help="Only the shots of these scenes.")
]
ShotGlob = Annotated[str | None, typer.Option("--shot", metavar="GLOB", help="Only these shots.")]
Range = Annotated[
    str | None,
    typer.Option("--range", metavar="TC-TC", help="Only shots between two timecodes of the sequence."),
]
SkipOffline = Annotated[
    bool, typer.Option("--skip-offline", help="Leave clips whose media is missing on their originals.")
]
Frames = Annotated[
    str | None,
    typer.Option(
        "--frames",
        metavar="FIRST-LAST",
        help="Only these frames of the shot's first clip, from 0, both included. The others stay the same "
        "pictures, but for those that show the same frames of the media; "
        "H.264 and HEVC are encoded again of the lossless ones in the folder `segments`.",
    ),
]


@about_a_cut()
def render(
    wishes: Wishes,
    scene: SceneGlob = None,
    shot_glob: ShotGlob = None,
    timecodes: Range = None,
    skip_missing: SkipOffline = False,
    container: o.ContainerOption = None,
    clip_schema: o.ClipSchemaOption = None,
    urls: o.UrlsOption = None,
    device: o.DeviceOption = "auto",
    hardware_decoding: o.HardwareDecodingOption = False,
    progress_kind: o.ProgressOption = "auto",
    quiet: o.QuietOption = False,
    verbose: o.VerboseOption = False,
) -> None:
    """Render the styled scenes and write a timeline that relinks to them."""
    timeline = {"container": container, "clip_schema": clip_schema, "urls": urls}
    given = {key: value for key, value in timeline.items() if value is not None}
    desk = open_desk(replace(wishes, timeline=given))
    chosen = _chosen(desk.plan, scene, shot_glob, timecodes)
    manner = Manner(device, progress_kind, quiet, verbose, skip_missing, hardware_decoding)
    render_desk(desk, chosen, manner)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command renders and speaks."""

    device: str = "auto"
    progress: str = "auto"
    quiet: bool = False
    verbose: bool = False
    skip_offline: bool = False
    hardware_decoding: bool = False

    @property
    def talks(self) -> bool:
        """Whether plain sentences may stand on stderr."""
        return not self.quiet and self.progress != "jsonl"


def render_desk(desk: Desk, chosen: tuple[Shot, ...], manner: Manner) -> Delivered:
    """Renders what is chosen and not rendered yet, relinks, and says where everything is."""
    plan = desk.plan
    if not plan.shots:
        show_notes(plan, manner.verbose)
        raise _nothing(desk)
    whole = len(chosen) == len(plan.shots)  # what no file was found for is no shot that could be chosen
    if not manner.skip_offline and (missing := offline(chosen, desk.cut, whole)):
        raise missing
    if manner.talks:
        show_notes(plan, manner.verbose)
    pending = tuple(shot for shot in chosen if shot.status in ("new", "changed"))
    for shot in pending if manner.talks else ():
        if lost := lost_settings(shot.name, desk.book):
            hint = f'Written into [shots."{shot.name}"] of the film file it stays.'
            err.print(f"[yellow]{escape(shot.name)}:[/] {escape(f'{lost}. {hint}')}", soft_wrap=True)
    with _at_work(desk):
        outcome = _render(desk, pending, manner)
        delivered = finish(desk, plan, outcome)
    _say(delivered, manner)
    if outcome.failed:
        names = ", ".join(failure.shot for failure in outcome.failed)
        err.print(f"[red]failed and left on their originals:[/] {escape(names)}", soft_wrap=True)
        for failure in (
            outcome.failed if manner.quiet or manner.progress == "off" else ()
        ):  # else told already
            err.print(f"  {escape(failure.shot)}: {escape(failure.reason)}", soft_wrap=True)
        raise typer.Exit(1)
    return delivered


def _nothing(desk: Desk) -> StyleReelError:
    """Why there is no shot."""
    where, cut = str(desk.wishes.cut), desk.plan
    if desk.dressed.worn or any(note.code == "E-OFFLINE" for note in cut.notes):
        hint = (
            "`stylereel plan -v` says of every clip why not; --search FOLDER finds media that is not named."
        )
        return MediaError(
            "there is nothing to render: no clip has media with its frames", where=where, hint=hint
        )
    hint = "Mark scenes in the timeline (@preset markers), write a film.toml, or give --preset NAME."
    return UsageError("there is nothing to render: no clip wears a preset", where=where, hint=hint)


def _render(desk: Desk, pending: tuple[Shot, ...], manner: Manner) -> Outcome:
    with progress(manner.progress, manner.quiet) as tell, interruptible() as stop:
        if not pending:
            return Outcome(desk.book)
        from ..core.deliver import render_shots  # torch: only now, so that the rest is done at once

        outcome = render_shots(pending, desk.plan, desk.book, workshop(desk, manner, tell, stop))
    if outcome.interrupted:
        raise Interrupted
    return outcome


@contextmanager
def _at_work(desk: Desk) -> Iterator[None]:
    """Holds the output folder, after everything that can be wrong with it was looked at."""
    check_output(desk, output_names(desk.plan, desk.film, desk.book))
    prepare(desk.out)
    with held(desk.out):
        if read_book(desk.out) != desk.book:
            hint = "Run the same command again."
            raise OutputError("another command has just rendered here", where=str(desk.out), hint=hint)
        yield


@about_a_cut()
def shot(
    wishes: Wishes,
    name: Annotated[str, typer.Argument(metavar="SHOT", help="The shot's name, as `plan` shows it.")],
    frames: Frames = None,
    device: o.DeviceOption = "auto",
    hardware_decoding: o.HardwareDecodingOption = False,
    progress_kind: o.ProgressOption = "auto",
    quiet: o.QuietOption = False,
) -> None:
    """Render one shot again as its next version, perhaps with other settings, and relink the timeline."""
    sets = list(wishes.sets)
    desk = open_desk(as_last_rendered(replace(wishes, sets=())))
    planned = renderable(named(desk.plan, name), desk)
    settings = parse_sets(sets)
    wanted = named(planned_again(desk, with_shot_settings(desk.film, name, settings)), name)
    refuse_weight(settings, read_recipe(wanted.recipe))
    manner = Manner(device, progress_kind, quiet, hardware_decoding=hardware_decoding)
    with _at_work(desk):
        outcome, now = _retake(desk, planned, wanted, frames, sets, manner)
        shots = tuple(now if one.name == name else one for one in desk.plan.shots)
        delivered = finish(desk, replace(desk.plan, shots=shots), outcome)
    _say(delivered, manner)
    if sets and manner.talks and not frames:
        err.print("To keep this when the cut changes, write into film.toml:")
        keys = ", ".join(f"{key} = {_toml(value)}" for key, value in settings.values.items())
        err.print(escape(f'[shots."{name}"]\nset = {{ {keys} }}'), soft_wrap=True)


def _retake(
    desk: Desk, planned: Shot, wanted: Shot, frames: str | None, sets: list[str], manner: Manner
) -> tuple[Outcome, Shot]:
    # torch: only now, so that what is refused is refused at once
    from ..core.retake import retake, shown_beside, span_of

    asked = _first_last(frames) if frames else None
    span = span_of(planned, *asked) if asked else None
    if asked and span and manner.talks and (others := shown_beside(planned, span, *asked)):
        told = f"the same media is seen in {counted(others, 'other frame')} of the cut, changing too"
        err.print(f"[yellow]{escape(planned.name)}:[/] {told}", soft_wrap=True)
    with progress(manner.progress, manner.quiet) as tell, interruptible() as stop:
        at_work = workshop(desk, manner, tell, stop)
        outcome, now = retake(planned, wanted, span, sets, desk.plan, desk.book, at_work)
    if outcome.interrupted:
        raise Interrupted
    return outcome, now


def _toml(value: object) -> str:
    """A preset's value as TOML has it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return (
        f"{value:g}".replace("e+", "e") if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
    )


def workshop(
    desk: Desk, manner: Manner, tell: Callable[[Event], None], stop: Callable[[], bool]
) -> "Workshop":
    """Where and with what the shots of a cut are rendered."""
    from ..core.deliver import Workshop
    from ..core.render import pick_device

    return Workshop(
        desk.out,
        desk.film,
        desk.facts,
        desk.style_file,
        desk.style_key,
        folders(),
        pick_device(manner.device),
        tell,
        stop,
        hardware_decoding=manner.hardware_decoding,
    )


def _say(delivered: Delivered, manner: Manner) -> None:
    if delivered.former and manner.talks:
        err.print(f"the former timeline is now {escape(delivered.former.name)}", soft_wrap=True)
    if manner.talks:
        clips = "1 clip" if delivered.clips == 1 else f"{delivered.clips} clips"
        err.print(f"{clips} relinked; import this timeline into the editor:")
    out.print(escape(str(delivered.timeline)), soft_wrap=True)


def _chosen(plan: Plan, scene: str | None, shot_glob: str | None, timecodes: str | None) -> tuple[Shot, ...]:
    span = _span(plan, timecodes) if timecodes else None
    chosen = tuple(
        one
        for one in plan.shots
        if (scene is None or fnmatchcase(base_of(one.name).casefold(), scene.casefold()))
        and (shot_glob is None or fnmatchcase(one.name.casefold(), shot_glob.casefold()))
        and (span is None or any(len(use.visible.clamped(span)) for use in one.uses))
    )
    if plan.shots and not chosen:
        names = ", ".join(one.name for one in plan.shots)
        raise UsageError("no shot is chosen by --scene, --shot and --range", hint=f"The shots are: {names}.")
    return chosen


def _span(plan: Plan, timecodes: str) -> FrameRange:
    texts = timecodes.split("-")
    try:
        first, last = (_count(plan, text) - plan.cut.start for text in texts)
        return FrameRange(first, last)
    except ValueError as error:
        hint = "Two timecodes of the sequence: 01:00:10:00-01:00:20:00."
        raise UsageError(str(error), where=f"--range {timecodes}", hint=hint) from error


def _count(plan: Plan, text: str) -> int:
    """A timecode as a frame count; it drops frames where the sequence does, however it is typed."""
    separator = ";" if plan.cut.drop_frame else ":"
    match = re.fullmatch(r"(.*)[:;.,](\d+)", text.strip())
    return parse_timecode(f"{match[1]}{separator}{match[2]}" if match else text, plan.cut.rate)[0]


def named(plan: Plan, name: str) -> Shot:
    """The shot of a name. Raises UsageError where there is none."""
    known = {one.name: one for one in plan.shots}
    if name not in known:
        hint = f"The shots are: {', '.join(known) or 'none'}."
        raise UsageError(f'there is no shot "{name}"' + did_you_mean(name, known), hint=hint)
    return known[name]


def renderable(planned: Shot, desk: Desk) -> Shot:
    """The same shot. Raises MediaError where its media is missing or cannot be painted."""
    if missing := offline([planned], desk.cut):
        raise missing
    if planned.status == "unsupported":
        raise MediaError(f"it cannot be rendered: {planned.reason}", where=planned.name)
    return planned


def _first_last(frames: str) -> tuple[int, int]:
    if not (match := re.fullmatch(r"(\d+)-(\d+)", frames)):
        raise UsageError("is not FIRST-LAST, such as 10-40", where=f"--frames {frames}")
    return int(match[1]), int(match[2])
