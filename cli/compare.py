"""The command that compares two cuts: `diff`. Renders nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ..core.diff import KINDS, Diff, difference
from ..core.diff_words import as_json, lines, render_totals
from ..core.shotbook import BOOK_NAME
from . import options as o
from .asking import about_a_cut
from .desk import Desk, Wishes, open_desk, out_folder
from .look import PENDING
from .show import counted, err, out, print_json, rate_name, show_film, show_notes

OldCut = Annotated[Path, typer.Argument(metavar="OLD", help="The cut as it was.")]
NewCut = Annotated[Path, typer.Argument(metavar="NEW", help="The cut as it is now.")]
OldFilm = Annotated[
    Path | None, typer.Option("--old-film", metavar="FILE", help="The film file of OLD, where it is another.")
]
OldSequence = Annotated[
    str | None,
    typer.Option("--old-sequence", metavar="NAME", help="The sequence of OLD, if called otherwise."),
]
Check = Annotated[
    bool,
    typer.Option("--check", help="Exit with 10 when a shot of NEW is to be rendered or lacks its media."),
]
_COLOURS = {"added": "green", "removed": "red", "restyled": "magenta"}
_COLUMNS = ("what", "old", "new", "track", "clip", "how")


@about_a_cut(OldCut)
def diff(
    wishes: Wishes,
    new: NewCut,
    old_film: OldFilm = None,
    old_sequence: OldSequence = None,
    check: Check = False,
    as_data: o.JsonOption = False,
    verbose: o.VerboseOption = False,
) -> None:
    """What changed from one cut of a film to the next, and what is to be rendered for it."""
    before = replace(wishes, film=old_film or wishes.film, sequence=old_sequence or wishes.sequence)
    old_desk, new_desk = open_desk(before), open_desk(replace(wishes, cut=new))
    found = difference(old_desk.plan, new_desk.plan, {**old_desk.facts, **new_desk.facts})
    if as_data:
        print_json(as_json(found))
    else:
        show_film(new_desk.film)
        _show(found, verbose)
        show_notes(new_desk.plan, verbose)
        _show_other_folder(old_desk, new_desk)
    if check and found.renders:
        raise typer.Exit(PENDING)


def _show(diff: Diff, verbose: bool) -> None:
    names = f"{diff.old.cut.sequence} → {diff.new.cut.sequence}"
    out.print(escape(f"{names} · {rate_name(diff.new)} fps"), style="italic", soft_wrap=True)
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for line in lines(diff, verbose):
        colour = _COLOURS.get(line.what.split(",")[0], "yellow")
        cells = (line.old, line.new, line.track, escape(line.clip), escape(line.how))
        table.add_row(f"[{colour}]{line.what}[/]", *cells)
    if diff.changes:
        out.print(table)
    counts = [f"{count} {kind}" for kind in KINDS if (count := diff.counts()[kind])]
    out.print(
        f"{', '.join(counts) or 'nothing changed'}; {counted(diff.same, 'clip')} as before", soft_wrap=True
    )
    _show_renders(diff)


def _show_renders(diff: Diff) -> None:
    totals = render_totals(diff)
    if diff.renders:
        out.print()
        table = Table("to render", "at", "clip", "frames", "not in old", "status", box=None, pad_edge=False)
        for column in table.columns[3:5]:
            column.justify = "right"
        for each in diff.renders:
            shot = each.shot
            place = diff.new.cut.timecode(shot.uses[0].record.first)
            status = shot.status + (f" {shot.reason}" if shot.status != "new" else "")
            cells = (place, escape(shot.uses[0].clip), str(len(shot.frames)), str(each.fresh), escape(status))
            table.add_row(escape(shot.name), *cells)
        out.print(table)
    cached = f"{counted(totals['shots_cached'], 'shot')} rendered already"
    if not diff.renders:
        return out.print(f"nothing to render; {cached}", soft_wrap=True)
    fresh = counted(totals["frames_new"], "frame")
    frames = f"{counted(totals['frames_to_render'], 'frame')} to render ({fresh} not in the old cut)"
    offline = f", {counted(totals['shots_offline'], 'shot')} offline" if totals["shots_offline"] else ""
    shots = counted(totals["shots_to_render"], "shot")
    return out.print(f"{shots}, {frames}{offline}; {cached}", soft_wrap=True)


def _show_other_folder(old: Desk, new: Desk) -> None:
    """A word where what was rendered lies in the old cut's folder, and the new one's is another."""
    folder = out_folder(old.wishes)
    if folder != new.out and not new.book.entries and (folder / BOOK_NAME).is_file():
        message = f"shots of the old cut lie in {folder}: --out leads there, and they are not rendered again"
        err.print(f"[dim]note[/] {escape(message)}", soft_wrap=True)
