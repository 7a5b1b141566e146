"""Whatever an `.otio` does, we see in it what a plain reading of its JSON sees, before and after the relink.

Timelines of speeds in both dialects, nests of every make, mixed rates and transitions, without media.
"""

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from stylereel.core.cut import Cut
from stylereel.core.exchange import Delivery, Reading
from stylereel.otio_adapters import timelines
from support import otio_cuts, otio_editor, random_otio
from support.cuts import saved, stand_ins
from support.seen import Seen

quick = settings(max_examples=40, suppress_health_check=list(HealthCheck))
thorough = settings(max_examples=400, suppress_health_check=list(HealthCheck))

Shown = dict[tuple[str, int, str], set[int]]


def shown(seen: list[Seen], cut: Cut) -> Shown:
    """What an editor shows: by track, record frame and path the frames of the media there."""
    rates = {use.media.editor_path: use.media.rate for use in cut.uses}
    found: Shown = defaultdict(set)
    for one in seen:
        if one.record >= 0:
            found[one.track, one.record, one.path].add(one.position.frame(rates[one.path]))
    return found


def told(cut: Cut) -> Shown:
    """The same as our reader tells it."""
    found: Shown = defaultdict(set)
    for use in cut.uses:
        for record in range(use.visible.first, use.visible.stop):
            frame = use.time.frame(record - use.record.first)
            found[use.track, record, use.media.editor_path].add(frame)
    return found


def read(folder: Path, reel: otio_cuts.Reel, tracks) -> tuple[bytes, Cut]:
    data = otio_cuts.timeline(reel, tracks)
    reading = Reading(dialect=reel.warp)
    return data, timelines.read_cut(saved(folder, data, "cut.otio"), reading=reading)


def agrees(tmp_path, drawn) -> None:
    reel, tracks = drawn
    data, cut = read(tmp_path, reel, tracks)
    seen, ours = shown(list(otio_editor.shown(data, reel.grid, reel.warp)), cut), told(cut)
    for place, frames in seen.items():
        assert frames <= ours[place], place
    for use in cut.uses:
        for record in (use.record.first, use.record.stop - 1):
            assert (use.track, record, use.media.editor_path) in seen or "/" in use.track


def relinks(tmp_path, drawn) -> None:
    reel, tracks = drawn
    data, cut = read(tmp_path, reel, tracks)
    styled = {key: media for key, media in stand_ins(cut, 3).items() if media.frames > 0}
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    by_path = {media.editor_path: media for media in styled.values()}
    before, after = (
        [one for one in otio_editor.shown(each, reel.grid, reel.warp) if one.record >= 0]
        for each in (data, written)
    )
    assert [(one.track, one.record) for one in before] == [(one.track, one.record) for one in after]
    for old, new in zip(before, after, strict=True):
        media = by_path[new.path]
        assert new.position.frame(media.rate) + media.first_frame == old.position.frame(media.rate)


def stacks(tmp_path, drawn) -> None:
    reel, tracks = drawn
    _, cut = read(tmp_path, reel, tracks)
    styled = {
        key: media for key, media in stand_ins(cut, 3).items() if media.frames > 0 and sum(key.encode()) % 3
    }
    delivery = Delivery(manner="stacked")
    timelines.check_relink(cut, styled, timelines.relink(cut, styled, delivery), delivery)


PROPERTIES = pytest.mark.parametrize("holds", [agrees, relinks, stacks], ids=lambda holds: holds.__name__)


@PROPERTIES
@quick
@given(drawn=random_otio.reels())
def test_what_we_read_is_what_an_editor_shows(tmp_path, holds, drawn):
    holds(tmp_path, drawn)


@pytest.mark.slow
@PROPERTIES
@thorough
@given(drawn=random_otio.reels())
def test_and_so_it_is_for_many_more(tmp_path, holds, drawn):
    holds(tmp_path, drawn)
