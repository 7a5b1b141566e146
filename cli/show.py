"""How things look on a terminal: tables, notes, progress, errors. Data goes to stdout, the rest to stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from pydantic_core import to_json
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from ..core.cut import Plan, Shot
from ..core.dial import weight_name
from ..core.errors import StyleReelError, UsageError
from ..core.events import Advanced, Began, Doubted, Event, Failed, Finished
from ..core.film import Film
from ..core.spheres import shown_name, sphere_name

out = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True, highlight=False, emoji=False)

_COLOURS = {
    "new": "yellow",
    "changed": "yellow",
    "cached": "green",
    "offline": "red",
    "unsupported": "magenta",
}


def print_json(data: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(to_json(data, indent=2).decode() + "\n")  # ten times as fast as the standard library


def show_error(error: StyleReelError) -> None:
    """An error as people read it."""
    err.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)


def show_plan(plan: Plan, megabytes: float, verbose: bool) -> None:
    """The plan as a table, the disk it will take, then what is passed by and what to know."""
    out.print(escape(f"{plan.cut.sequence} · {rate_name(plan)} fps"), style="italic", soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for column in ("shot", "at", "clip", "frames", "preset", "weight", "status"):
        table.add_column(column, justify="right" if column == "frames" else "left", overflow="fold")
    for shot in plan.shots:
        table.add_row(*_row(plan, shot))
    if plan.shots:
        out.print(table)
    frames = sum(len(shot.frames) for shot in plan.shots)
    pending = sum(len(shot.frames) for shot in plan.shots if shot.status in ("new", "changed"))
    disk = f", about {megabytes:,.0f} MB on disk" if megabytes else ""
    shots = counted(len(plan.shots), "shot")
    out.print(
        f"{shots}, {counted(frames, 'frame')}; {counted(pending, 'frame')} to render{disk}", soft_wrap=True
    )
    show_notes(plan, verbose)


def show_notes(plan: Plan, verbose: bool) -> None:
    """What is passed by, counted by reason or clip by clip, and every warning."""
    reasons: dict[str, int] = {}
    for one in plan.skipped:
        reasons[one.reason] = reasons.get(one.reason, 0) + 1
        if verbose:
            place = f"{plan.cut.timecode(one.record.first)} {one.track} {one.clip}"
            err.print(f"[dim]skipped[/] {escape(place)}: {escape(one.reason)}", soft_wrap=True)
    if not verbose:
        for reason, count in reasons.items():
            err.print(f"[dim]skipped[/] {counted(count, 'clip')}: {escape(reason)}", soft_wrap=True)
    for note in plan.notes:
        place = "" if note.record is None else f" at {plan.cut.timecode(note.record)}"
        colour = "red" if note.code.startswith("E-") else "yellow"
        err.print(f"[{colour}]{note.code}[/]{place}: {escape(note.message)}", soft_wrap=True)
    if any(note.code == "E-OFFLINE" for note in plan.notes):
        err.print("Is the footage in another folder here? --map EDITOR=HERE leads to it.", soft_wrap=True)


def show_film(film: Film) -> None:
    """Which film file is used, where one is."""
    if film.path:
        err.print(f"[dim]film file[/] {escape(str(film.path))}", soft_wrap=True)


def show_remarks(film: Film) -> None:
    """The notes that the film file has for its shots."""
    for name, rule in film.shots.items():
        if rule.note:
            err.print(f"[dim]note[/] {escape(name)}: {escape(rule.note)}", soft_wrap=True)


def counted(number: int, noun: str) -> str:
    """`1 shot`, `2 shots`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def rate_name(plan: Plan) -> str:
    """`23.976`, `25`."""
    return f"{float(plan.cut.rate):.3f}".rstrip("0").rstrip(".")


def _row(plan: Plan, shot: Shot) -> tuple[str, ...]:
    use = shot.uses[0]
    more = f" +{len(shot.uses) - 1}" if len(shot.uses) > 1 else ""
    weight = " … ".join(dict.fromkeys(map(weight_name, (min(shot.weights), max(shot.weights)))))
    colour = _COLOURS[shot.status]
    status = f"[{colour}]{shot.status}[/]" + (
        "" if shot.status in ("new", "cached") else f" [dim]{escape(shot.reason)}[/]"
    )
    where = f"{plan.cut.timecode(use.record.first)} {use.track}{more}"
    span = f"{shot.frames.first}…{shot.frames.stop - 1}"
    return (
        escape(shot.name),
        where,
        " ".join(filter(None, (escape(use.clip), sphere_name(shot.recipe), escape(shown_name(shot.recipe))))),
        f"{len(shot.frames)} ({span})",
        escape(shot.preset),
        weight,
        status,
    )


def check_progress(kind: str) -> None:
    """Raises UsageError where there is no such kind of progress."""
    if kind not in ("auto", "jsonl", "off"):
        raise UsageError("is none of auto, jsonl, off", where=f"--progress {kind}")


@contextmanager
def progress(kind: str, quiet: bool) -> Iterator[Callable[[Event], None]]:
    """Something that hears a render's events: a bar on a terminal, JSON lines, or plain lines."""
    check_progress(kind)
    if kind == "jsonl":
        yield lambda event: _json_line(event)
    elif kind == "off" or quiet:
        yield lambda event: None
    elif err.is_terminal:
        with _bar() as bar:
            yield _bar_events(bar)
    else:
        yield _plain_line


def _json_line(event: Event) -> None:
    sys.stderr.write(json.dumps({"event": type(event).__name__.lower(), **asdict(event)}) + "\n")
    sys.stderr.flush()


def _plain_line(event: Event) -> None:
    match event:
        case Began(shots, frames):
            err.print(f"{counted(shots, 'shot')}, {counted(frames, 'frame')}")
        case Finished(shot, file, seconds, flicker):
            steady = "" if flicker is None else f", flicker {flicker:.1f}"
            err.print(f"{escape(shot)}: {escape(file)} in {seconds:.1f} s{steady}", soft_wrap=True)
        case Failed(shot, reason):
            err.print(f"[red]{escape(shot)} failed:[/] {escape(reason)}", soft_wrap=True)
        case Doubted(shot, doubt):
            err.print(f"[yellow]{escape(shot)}:[/] {escape(doubt)}", soft_wrap=True)


def _bar() -> Progress:
    columns = (
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True)


def _bar_events(bar: Progress) -> Callable[[Event], None]:
    task = bar.add_task("", total=None, rate="")

    def tell(event: Event) -> None:
        match event:
            case Began(_, frames):
                bar.update(task, total=frames)
            case Advanced(shot, frames):
                bar.update(task, advance=frames, description=escape(shot), rate=_rate(bar, task))
            case _:
                _plain_line(event)

    return tell


def _rate(bar: Progress, task: TaskID) -> str:
    speed = bar.tasks[bar.task_ids.index(task)].speed
    return f"{speed:.2f} frames/s" if speed else ""
