"""The store: keys follow what changes a pixel and nothing else; only committed segments count."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.errors import OutputError
from stylereel.core.rates import FrameRange
from stylereel.core.store import GRID, Segment, Store, segments

RECIPE = ("source", "1", "style", "flat")
spans = st.tuples(st.integers(0, 500), st.integers(1, 200)).map(lambda pair: FrameRange(pair[0], sum(pair)))


def keys(frames: FrameRange, weight: float = 1e10, recipe: tuple[str, ...] = RECIPE) -> list[str]:
    return [part.key for part in segments(frames, (weight,) * len(frames), recipe)]


@given(spans)
def test_segments_cover_the_shot_once_on_the_grid(frames: FrameRange) -> None:
    parts = segments(frames, (1e10,) * len(frames), RECIPE)
    assert parts[0].frames.first == frames.first and parts[-1].frames.stop == frames.stop
    for left, right in pairwise(parts):
        assert left.frames.stop == right.frames.first and right.frames.first % GRID == 0


@given(spans, spans)
def test_whole_segments_are_shared_by_shots_that_begin_elsewhere(one: FrameRange, other: FrameRange) -> None:
    common = one.clamped(other)
    whole = {part.key for part in segments(one, (1e10,) * len(one), RECIPE) if len(part.frames) == GRID}
    inside = [
        start
        for start in range(0, common.stop, GRID)
        if start >= common.first and start + GRID <= common.stop
    ]
    assert len(whole & set(keys(other))) >= len(inside)


def test_everything_that_changes_a_pixel_changes_the_key() -> None:
    frames = FrameRange(0, GRID)
    variants = [keys(frames)] + [
        keys(frames, recipe=(*RECIPE[:n], "other", *RECIPE[n + 1 :])) for n in range(4)
    ]
    variants += [keys(frames, 2e10), keys(FrameRange(0, GRID - 1))]
    assert len({key for (key,) in variants}) == len(variants)


def test_at_weight_0_the_style_does_not_matter_but_the_source_does() -> None:
    frames = FrameRange(0, GRID)
    assert keys(frames, 0.0) == keys(frames, 0.0, ("source", "1", "another", "equirect"))
    assert keys(frames, 0.0) != keys(frames, 0.0, ("other", "1", "style", "flat"))


def test_a_segment_counts_only_when_it_is_whole_and_committed(tmp_path: Path) -> None:
    store, segment = Store(tmp_path), Segment(FrameRange(0, 3), "ab" * 16)
    assert not store.has(segment)
    store.path(segment).parent.mkdir()
    store.path(segment).write_bytes(b"picture")
    assert not store.has(segment), "a file without its record is what a killed run leaves"
    store.keep(segment, lambda path: path.write_bytes(b"picture"))
    assert store.has(segment)
    store.path(segment).write_bytes(b"pict")
    assert not store.has(segment)
    store.path(segment).write_bytes(b"Picture")
    assert not store.has(segment) and not store.holds(store.path(segment)), "as long, but another"
    record = store.path(segment).with_suffix(".json")
    record.write_text('{"bytes": 7, "frames": 3}')
    assert store.has(segment), "records of earlier versions have no hash"
    record.write_text("[]")
    assert not store.has(segment)


def test_what_fails_while_writing_is_not_kept(tmp_path: Path) -> None:
    store, segment = Store(tmp_path), Segment(FrameRange(0, 3), "ab" * 16)

    def full(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left") as caught:
        store.keep(segment, full)
    assert caught.value.exit_code == 6 and not store.has(segment)
