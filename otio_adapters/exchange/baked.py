"""A freeze or a still whose styled file plays for itself: its clip loses its speed and starts in the file.

Frame 0 of a baked file is the first record frame on which the clip is seen, through all its nests.
"""

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from ...core.cut import Cut, Use
from ...core.errors import UsageError
from .times import time_of
from .trim import Standing


def play_baked(clip: otio.schema.Clip, use: Use, standing: Standing, cut: Cut) -> None:
    """Makes a clip play its baked file frame for frame, in place, where and as long as it stood.

    Raises UsageError where a nest around it plays at another speed: nothing there could be baked.
    """
    if not all(nest.time.plain for nest in standing.nests):
        what = f"{use.clip} on {use.track} stands in a nest of another speed, so that it cannot be baked"
        hint = "Render without --bake-retime."
        raise UsageError(what, where=f"{cut.path} at {cut.timecode(use.record.first)}", hint=hint)
    first = use.visible.first
    for nest in standing.nests:
        first = nest.time.frame(first - nest.record.first)
    start, length = standing.place.record.first - first, len(standing.place.record)
    for effect in [fx for fx in clip.effects if isinstance(fx, otio.schema.TimeEffect)]:
        clip.effects.remove(effect)
    clip.source_range = TimeRange(time_of(start, cut.rate), time_of(length, cut.rate))
