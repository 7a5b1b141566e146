"""What is written beside the styled media for people and machines: `relink.csv` and `report.json`.

Knows plans and outcomes. Knows nothing of how anything was rendered.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from .cut import Plan, Shot, StyledMedia, Use
from .events import Outcome
from .plan import as_json
from .rates import FrameRange, timecode

_COLUMNS = (
    "track,record_in,record_out,clip,source,source_in,source_out,reel,styled,styled_in,styled_out,shot,preset"
).split(",")


def relink_csv(plan: Plan, styled: Mapping[str, StyledMedia]) -> str:
    """One line for every relinked clip, by record time: what it was and what it is now.

    Timecodes are at the cut points, the out points behind the last frame, as editors count.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    uses = [(use, shot) for shot in plan.shots for use in shot.uses if use.id in styled]
    for use, shot in sorted(uses, key=lambda pair: (pair[0].record, pair[0].track)):
        table.writerow(_row(plan, use, shot, styled[use.id]))
    return text.getvalue()


def _row(plan: Plan, use: Use, shot: Shot, styled: StyledMedia) -> list[str]:
    cut, media = plan.cut, use.media
    source = use.time.frames(FrameRange(0, len(use.record)))
    tc = [
        timecode(media.start + frame, media.rate, media.drop_frame) for frame in (source.first, source.stop)
    ]
    record = [cut.timecode(use.record.first), cut.timecode(use.record.stop)]
    return [
        *(use.track, *record, use.clip, media.editor_path, *tc, media.reel),
        *(styled.editor_path, *tc, shot.name, shot.preset),
    ]


def report(plan: Plan, outcome: Outcome, styled: Mapping[str, StyledMedia], timeline: str) -> dict[str, Any]:
    """What was done, as plain data: the plan, and for each shot its file, weights, time and failure."""
    failed = {failure.shot: failure.reason for failure in outcome.failed}
    data = as_json(plan)
    for entry, shot in zip(data["shots"], plan.shots, strict=True):
        version = outcome.book.cached(shot.name, shot.key)
        entry |= {
            "status": "cached" if version else shot.status,
            "file": version.file if version and styled.keys() & {use.id for use in shot.uses} else None,
            "seconds": outcome.seconds.get(shot.name),
            "failure": failed.get(shot.name),
            "weight_range": [min(shot.weights), max(shot.weights)],
            "handles": _handles(shot),
            "recipe": json.loads(shot.recipe),
        }
    totals = {
        "shots": len(plan.shots),
        "frames": sum(len(shot.frames) for shot in plan.shots),
        "relinked_clips": len(styled),
        "skipped_clips": len(plan.skipped),
        "failed_shots": len(failed),
        "seconds": round(sum(outcome.seconds.values()), 2),
    }
    return {"cut": plan.cut.path.name, "timeline": timeline, "totals": totals, **data}


def _handles(shot: Shot) -> list[dict[str, Any]]:
    """The frames before and after each clip's cut points: wanted by its transitions, and there."""
    found = []
    for use in shot.uses:
        wanted, at_cut = use.media_frames, use.time.frames(FrameRange(0, len(use.record)))
        found.append(
            {
                "clip": use.clip,
                "wanted": [at_cut.first - wanted.first, wanted.stop - at_cut.stop],
                "got": [at_cut.first - shot.frames.first, shot.frames.stop - at_cut.stop],
            }
        )
    return found
