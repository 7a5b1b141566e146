"""The commands that look and render nothing: `scenes`, `plan`, `presets`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from ..core.cut import Plan
from ..core.dial import weight_name
from ..core.errors import UsageError
from ..core.faults import did_you_mean
from ..core.film import ShelfPreset, read_film
from ..core.layers import merged
from ..core.output import expected_megabytes
from ..core.plan import as_json, explain
from ..core.whole import write_whole
from . import options as o
from .asking import about_a_cut
from .desk import Wishes, open_desk, shelf
from .place import new_png
from .show import out, print_json, show_film, show_notes, show_plan, show_remarks

Explain = Annotated[
    str | None, typer.Option("--explain", metavar="SHOT", help="Which rule gave each value of a shot.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Exit with 10 when a shot is to be rendered or lacks its media.")
]
Sheet = Annotated[
    Path | None, typer.Option("--sheet", metavar="FILE.png", help="Draw what every preset looks like.")
]
PENDING = 10


@about_a_cut()
def scenes(wishes: Wishes, as_data: o.JsonOption = False, verbose: o.VerboseOption = False) -> None:
    """Which clips wear which preset, and by which rule."""
    desk = open_desk(wishes)
    rows = [
        {
            "scene": worn.scene,
            "preset": worn.layers(desk.film)[0],
            "clip": worn.use.clip,
            "track": worn.use.track,
            "record_in": worn.use.record.first,
            "record_out": worn.use.record.stop,
            "timecode": desk.cut.timecode(worn.use.record.first),
            "rule": next((rule.layer.rule for rule in worn.rules if rule.preset), "--preset"),
        }
        for worn in desk.dressed.worn
    ]
    if as_data:
        return print_json({"sequence": desk.cut.sequence, "rate": str(desk.cut.rate), "scenes": rows})
    table = Table(box=None, pad_edge=False)
    for column in ("timecode", "track", "clip", "scene", "preset", "rule"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            *(escape(str(row[column])) for column in ("timecode", "track", "clip", "scene", "preset", "rule"))
        )
    show_film(desk.film)
    if rows:
        out.print(table)
    show_notes(desk.plan, verbose)


@about_a_cut()
def plan(
    wishes: Wishes,
    explain_shot: Explain = None,
    check: Check = False,
    as_data: o.JsonOption = False,
    verbose: o.VerboseOption = False,
) -> None:
    """What `render` would do: every shot, its frames and weights, and why. Renders nothing."""
    desk = open_desk(wishes)
    if explain_shot:
        _explain(desk.plan, explain_shot, as_data)
    elif as_data:
        print_json(as_json(desk.plan))
    else:
        show_film(desk.film)
        show_plan(desk.plan, expected_megabytes(desk.plan, desk.facts), verbose)
        show_remarks(desk.film)
    if check and any(shot.status in ("new", "changed", "offline") for shot in desk.plan.shots):
        raise typer.Exit(PENDING)


def _explain(planned: Plan, name: str, as_data: bool) -> None:
    shot = next((shot for shot in planned.shots if shot.name == name), None)
    if shot is None:
        known = [shot.name for shot in planned.shots]
        raise UsageError(f'there is no shot "{name}"' + did_you_mean(name, known), where="--explain")
    rows = explain(shot)
    if as_data:
        return print_json([{"key": row.key, "value": row.value, "rule": row.rule} for row in rows])
    table = Table("key", "value", "rule", box=None, pad_edge=False)
    for row in rows:
        table.add_row(row.key, escape(str(row.value)), escape(row.rule))
    out.print(table)


def presets(as_data: o.JsonOption = False, sheet: Sheet = None) -> None:
    """The presets that scenes can wear: those that ship, and your own; with --sheet as pictures."""
    known = shelf()
    film = read_film(None, known)
    found = [(preset, merged(film.presets[name])[0]) for name, preset in sorted(known.items())]
    if sheet:
        _hang([preset for preset, _ in found], new_png(sheet, "--sheet"))
    if as_data:
        rows = [
            {
                "name": preset.name,
                "title": preset.title,
                "licence": preset.body.licence,
                "style": wear.style,
                "chain": [link.style for link in wear.links] if wear.chain else [],
                "style_weight": wear.style_weight,
                "file": str(preset.path),
                "thumbnail": str(preset.thumbnail) if preset.thumbnail else None,
            }
            for preset, wear in found
        ]
        return print_json(rows)
    if sheet:
        return out.print(escape(str(sheet)), soft_wrap=True)
    table = Table("name", "title", "style weight", "licence", box=None, pad_edge=False)
    for preset, wear in found:
        weight, licence = weight_name(wear.style_weight), preset.body.licence or ""
        table.add_row(escape(preset.name), escape(preset.title), weight, escape(licence))
    out.print(table)


def _hang(found: list[ShelfPreset], sheet: Path) -> None:
    from ..core.gallery import Exhibit, draw_gallery
    from ..core.training.triptych import as_png

    exhibits = [Exhibit(preset.name, preset.title, preset.thumbnail) for preset in found]
    write_whole(sheet, as_png(draw_gallery(exhibits)), "the sheet")
