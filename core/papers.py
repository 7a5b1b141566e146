"""What is written beside the styled media for people and machines: `relink.csv` and `report.json`.

Knows plans and outcomes. Knows nothing of how anything was rendered.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .cut import MediaRef, Plan, Shot, StyledMedia, Use
from .events import Outcome
from .plan import as_json
from .rates import FrameRange, timecode

_COLUMNS = (
    "track,record_in,record_out,clip,source,source_in,source_out,speed,reel,"
    "styled,styled_in,styled_out,shot,preset"
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
    tc = [_source_timecode(media, frame) for frame in (source.first, source.stop)]
    record = [cut.timecode(use.record.first), cut.timecode(use.record.stop)]
    styled_tc = tc
    if styled.baked:
        first = styled.start + use.record.first - use.visible.first
        ends = (first, first + len(use.record))
        styled_tc = [timecode(frame, styled.rate, styled.drop_frame) for frame in ends]
    return [
        *(use.track, *record, use.clip, media.editor_path, *tc, f"{use.speed(cut.rate):g}", media.reel),
        *(styled.editor_path, *styled_tc, shot.name, shot.preset),
    ]


def report(plan: Plan, outcome: Outcome, styled: Mapping[str, StyledMedia], timeline: str) -> dict[str, Any]:
    """What was done, as plain data: the plan, and for each shot its file, weights, time and failure."""
    failed = {failure.shot: failure.reason for failure in outcome.failed}
    data = as_json(plan)
    for entry, shot in zip(data["shots"], plan.shots, strict=True):
        version = outcome.book.cached(shot.name, shot.key)
        entry |= {
            "status": _status(shot, version is not None, shot.name in outcome.seconds),
            "file": version.file if version and styled.keys() & {use.id for use in shot.uses} else None,
            "seconds": outcome.seconds.get(shot.name),
            "failure": failed.get(shot.name),
            "doubt": version.doubt if version else "",
            "weight_range": [min(shot.weights), max(shot.weights)],
            "steadiness": version.steadiness if version else None,
            "recipe": json.loads(shot.recipe),
        }
    totals = {
        "shots": len(plan.shots),
        "frames": sum(len(shot.frames) for shot in plan.shots),
        "relinked_clips": len(styled),
        "skipped_clips": len(plan.skipped),
        "skipped_for": dict(Counter(one.reason for one in plan.skipped)),
        "warnings": dict(Counter(note.code for note in plan.notes)),
        "failed_shots": len(failed),
        "seconds": round(sum(outcome.seconds.values()), 2),
    }
    uses = sorted(
        ((use, shot) for shot in plan.shots for use in shot.uses),
        key=lambda pair: (pair[0].record, pair[0].track),
    )
    clips = [_clip(plan, use, shot, use.id in styled) for use, shot in uses]
    return {"cut": plan.cut.path.name, "timeline": timeline, "totals": totals, **data, "clips": clips}


def _status(shot: Shot, there: bool, now: bool) -> str:
    return "rendered" if there and now else "cached" if there else shot.status


def _clip(plan: Plan, use: Use, shot: Shot, relinked: bool) -> dict[str, Any]:
    """One clip of the timeline. Timecodes are at its cut points, the out points behind the last frame;
    handles are media frames beyond them, at the clip's head and at its tail."""
    cut, media = plan.cut, use.media
    wanted, at_cut = use.media_frames, use.time.frames(FrameRange(0, len(use.record)))
    got = [at_cut.first - shot.frames.first, shot.frames.stop - at_cut.stop]
    way = -1 if use.time.direction == -1 else 1
    return {
        "clip": use.clip,
        "track": use.track,
        "nests": list(use.nests),
        "record": [cut.timecode(use.record.first), cut.timecode(use.record.stop)],
        "source": [_source_timecode(media, at_cut.first), _source_timecode(media, at_cut.stop)],
        "media": media.editor_path,
        "speed": use.speed(cut.rate),
        "handles_wanted": [at_cut.first - wanted.first, wanted.stop - at_cut.stop][::way],
        "handles_got": None if shot.picks else got[::way],
        "preset": shot.preset,
        "weight_range": [min(shot.weights), max(shot.weights)],
        "shot": shot.name,
        "relinked": relinked,
    }


def _source_timecode(media: MediaRef, frame: int) -> str:
    return timecode(media.start + frame, media.rate, media.drop_frame)
