"""From rendered shots to a timeline: relinked, read again, published, with its papers."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core.cut import Plan
from ..core.errors import MediaError, OutputError, UsageError
from ..core.events import Outcome
from ..core.exchange import Delivery
from ..core.output import MEDIA, publish, publish_bundle, styled_media
from ..core.papers import relink_csv, report
from ..core.paths import is_windows
from ..core.styled import styled_path
from ..core.whole import write_whole
from ..otio_adapters.timelines import (
    BUNDLES,
    archive,
    check_relink,
    is_xmeml,
    output_suffix,
    relink,
    write_bundle,
)
from .desk import Desk, Wishes, map_pairs, out_folder

REPORT = "report.json"
RELINK = "relink.csv"
_TIMELINE = {"container": ("otio", "otioz", "otiod"), "clip_schema": (1, 2), "urls": ("file", "path")}
_ASKED = ("preset", "sets", "output", "timeline", "sequence", "rate", "dialect")
_WINDOWS_LIMIT = 259  # characters of a path


@dataclass(frozen=True, slots=True)
class Delivered:
    """What lies in the output folder now. `former` is where an earlier timeline went, if there was one."""

    timeline: Path
    clips: int
    former: Path | None


def timeline_path(desk: Desk) -> Path:
    """Where the styled timeline goes."""
    suffix = output_suffix(desk.wishes.cut, delivery_of(desk, desk.plan))
    return desk.out / f"{desk.wishes.cut.stem}_styled{suffix}"


def archive_path(desk: Desk) -> Path:
    """Where the timeline with both media of every styled clip goes."""
    return desk.out / f"{desk.wishes.cut.stem}_archive.otio"


def delivery_of(desk: Desk, plan: Plan) -> Delivery:
    """How the timeline is given back. Raises UsageError where the command line asks for what there is not."""
    wished = desk.wishes.timeline
    for key, allowed in _TIMELINE.items():
        if key in wished and wished[key] not in allowed:
            option = "--as" if key == "container" else f"--{key.replace('_', '-')}"
            names = ", ".join(map(str, allowed))
            raise UsageError(f"is none of {names}", where=f"{option} {wished[key]}")
    if wished.keys() - {"container"} and is_xmeml(desk.wishes.cut):
        option = "--" + sorted(wished.keys() - {"container"})[0].replace("_", "-")
        raise UsageError("is for OpenTimelineIO's files; Premiere's XML stays as it came", where=option)
    return Delivery(manner=desk.film.output.delivery, opacity=plan.opacity, **wished)


def check_output(desk: Desk, names: dict[str, str]) -> None:
    """Refuses an output folder that the editor could not use, before anything is rendered."""
    path, paths = timeline_path(desk), desk.film.paths
    if not paths.reaches(desk.out.resolve()):
        hint = "Choose an --out inside a mapped folder, or map its folder too."
        raise OutputError("the editor's machine has no path to this folder", where=str(desk.out), hint=hint)
    for shot in desk.plan.shots:
        media = styled_path(shot, desk.out / MEDIA, names[shot.name])
        editor_path = paths.to_editor(media.resolve())
        if is_windows(editor_path) and len(editor_path) > _WINDOWS_LIMIT:
            hint = "Choose a shorter --out, or a shorter output.name in the film file."
            raise OutputError(
                f"a path of {len(editor_path)} characters is too long for Windows",
                where=editor_path,
                hint=hint,
            )
    _refuse_foreign(path)
    for paper in (desk.out / REPORT, desk.out / RELINK, archive_path(desk)):
        if paper.exists() and not _written(desk.out):
            hint = "Move it away, or choose another folder with --out."
            raise OutputError(
                "there is a file here that StyleReel did not write", where=str(paper), hint=hint
            )


def finish(desk: Desk, plan: Plan, outcome: Outcome) -> Delivered:
    """Relinks the cut to every shot that is rendered as planned, verifies and publishes it.

    The report comes first: were this stopped in between, files that no report knows would be taken
    for a stranger's.
    """
    styled = styled_media(plan, outcome.book, desk.film.paths)
    if not styled:
        what = "no clip is rendered, so there is no timeline to write"
        hint = "See what `stylereel plan` says of its shots."
        if outcome.failed:
            what = "\n  ".join([f"{what}:", *(f"{one.shot}: {one.reason}" for one in outcome.failed)])
            hint = "Mend these, and render again."
        raise MediaError(what, where=str(desk.wishes.cut), hint=hint)
    delivery = delivery_of(desk, plan)
    content = relink(desk.document, styled, delivery)
    check_relink(desk.document, styled, content, delivery)
    path = timeline_path(desk)
    _refuse_foreign(path)
    data = report(plan, outcome, styled, path.name) | {
        "timelines": sorted({*_written(desk.out), path.name}),
        "asked": _asked(desk.wishes),
    }
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    write_whole(desk.out / REPORT, text.encode("utf-8"), "the report")
    write_whole(desk.out / RELINK, relink_csv(plan, styled).encode("utf-8"), "the list of clips")
    write_whole(archive_path(desk), archive(desk.document, styled), "the archival timeline")
    if path.suffix.lower() not in BUNDLES:
        return Delivered(path, len(styled), publish(path, content))
    former = publish_bundle(path, lambda: write_bundle(desk.document, content, path, desk.film.paths))
    return Delivered(path, len(styled), former)


def _asked(wishes: Wishes) -> dict[str, Any]:
    """What was asked for, as `as_last_rendered` finds it again, from whatever folder."""
    film = str(wishes.film.resolve()) if wishes.film else None
    search = [str(folder.resolve()) for folder in wishes.search]
    maps = [f"{editor}={here}" for editor, here in map_pairs(wishes.maps)]
    return {"film": film, "search": search, "maps": maps, **{key: getattr(wishes, key) for key in _ASKED}}


def as_last_rendered(wishes: Wishes) -> Wishes:
    """The wishes for one more shot: what they leave open is as the last command in the folder had it."""
    asked = _report(out_folder(wishes)).get("asked")
    if not isinstance(asked, dict):
        return wishes
    film = wishes.film or asked.get("film")
    return replace(
        wishes,
        film=Path(film) if film else None,
        preset=wishes.preset or asked.get("preset"),
        sets=tuple(asked.get("sets") or ()),
        sequence=wishes.sequence or asked.get("sequence"),
        maps=wishes.maps or tuple(asked.get("maps") or ()),
        search=wishes.search or tuple(map(Path, asked.get("search") or ())),
        rate=wishes.rate or asked.get("rate"),
        dialect=wishes.dialect if wishes.dialect != "auto" else asked.get("dialect", "auto"),
        output={**(asked.get("output") or {}), **wishes.output},
        timeline=asked.get("timeline") or {},
    )


def _refuse_foreign(path: Path) -> None:
    """The folder's report names all timelines that StyleReel ever wrote there."""
    if path.exists() and path.name not in _written(path.parent):
        hint = "Move it away, or choose another folder with --out."
        raise OutputError("there is a timeline here that StyleReel did not write", where=str(path), hint=hint)


def _written(folder: Path) -> list[str]:
    written = _report(folder).get("timelines")
    return written if isinstance(written, list) else []


def _report(folder: Path) -> dict[str, Any]:
    """The folder's last report; nothing where there is none of ours."""
    try:
        data = json.loads((folder / REPORT).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) and "timelines" in data else {}
