"""The command that looks at what was rendered: `verify`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from ..core.errors import UsageError
from ..core.shotbook import BOOK_NAME, read_book
from ..core.verifying import Checked, check_book, check_file
from ..otio_adapters.timelines import TIMELINES
from . import options as o
from .desk import Wishes, out_folder
from .show import counted, out, print_json

Places = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…", help="Output folders, cuts whose folder lies beside them, or single films."
    ),
]
Deep = Annotated[
    bool, typer.Option("--deep", help="Decode every frame: find corrupt, black, frozen and doubled ones.")
]


def verify(
    places: Places, out_dir: o.OutOption = None, deep: Deep = False, as_data: o.JsonOption = False
) -> None:
    """Say whether styled files are what was written: counts, tags, timecode, durations, hashes."""
    if out_dir and (len(places) > 1 or not _is_cut(places[0])):
        hint = "A folder is looked at as it is: `stylereel verify FOLDER`."
        raise UsageError("is for one cut: where it was rendered to", where=f"--out {out_dir}", hint=hint)
    known = [_known(place, out_dir) for place in places]  # all of them, before any is looked at
    found: list[Checked] = []
    for one in (checked for place in known for checked in _checked(place, deep)):
        found.append(one)
        if not as_data:
            _show(one)
    wrong = [one for one in found if one.faults]
    if as_data:
        print_json([_as_data(one) for one in found])
    else:
        out.print(f"{counted(len(found), 'file')}, {len(wrong) or 'none'} with faults")
        if wrong and any(place.is_dir() for place in known):
            out.print("Delete what has a fault and render again: it is joined of whole segments.")
    if wrong:
        raise typer.Exit(5)


def _is_cut(place: Path) -> bool:
    return place.suffix.lower() in TIMELINES


def _known(place: Path, out_dir: Path | None) -> Path:
    """A film, or the folder that a cut was rendered into. Raises UsageError where it is neither."""
    folder = out_folder(Wishes(place, out=out_dir)) if _is_cut(place) else place
    if not folder.exists():
        raise UsageError("there is no such folder or file", where=str(folder))
    if folder.is_dir() and not (folder / BOOK_NAME).exists():
        hint = "Give the folder that `render` wrote: the one with shots.json in it."
        raise UsageError("no shots were rendered into this folder", where=str(folder), hint=hint)
    return folder


def _checked(place: Path, deep: bool) -> Iterator[Checked]:
    return check_book(read_book(place), deep) if place.is_dir() else iter([check_file(place, deep)])


def _show(one: Checked) -> None:
    mark = "[red]no[/]" if one.faults else "[green]ok[/]"
    out.print(f"{mark}  {escape(one.shot)}: {escape(str(one.path))}", soft_wrap=True)
    for text in one.faults:
        out.print(f"    [red]{escape(text)}[/]", soft_wrap=True)
    for text in one.remarks:
        out.print(f"    {escape(text)}", soft_wrap=True)


def _as_data(one: Checked) -> dict[str, object]:
    return {"shot": one.shot, "file": str(one.path), "faults": one.faults, "remarks": one.remarks}
