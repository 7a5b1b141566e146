"""Baked shots, stills, numbered pictures, films of uneven rate and whole sources, each from end to end."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.core.media.pictures import write_picture
from stylereel.core.media.probe import read_facts
from stylereel.core.media.profile import colour_profile
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.source import open_source
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.store import GRID, Store
from stylereel.core.styled import styled_path
from stylereel.core.tracing import Origin, read_origin
from support.burnin import read_number, write_counter
from support.lifter import Lifter, go, job, pictures, ref, shot
from support.pictures import frames_of, number_in
from support.sources import write_uneven
from support.stills import noise, write_numbered, write_still

RATE, P30 = Fraction(24000, 1001), Fraction(30000, 1001)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_counter(tmp_path_factory.mktemp("clip") / "clip.mov", 100, RATE, size=(192, 108))


def numbers(path: Path) -> list[int]:
    return [number_in(frame) for frame in frames_of(path)]


def lifts(path: Path) -> list[float]:
    """How far each frame was lifted above the first one of its number; levels."""
    means = [float(picture.mean()) for picture in pictures(path)]
    return [mean - means[0] for mean in means]


def baked(clip: Path, picks: tuple[int, ...], weights: tuple[float, ...], **values):
    media = ref(clip, RATE, start=86400, reel="A001")
    return shot(media, FrameRange(0, len(picks)), weights, picks=picks, baked_rate=P30, **values)


def test_a_baked_shot_shows_the_frame_that_each_of_its_frames_was_picked_from(clip, tmp_path):
    picks = (*range(40, 10, -3), 10, 10, *[77] * 30, *range(0, 100, 9))
    work = job(baked(clip, picks, (0.0,) * len(picks)))
    assert go(work, Store(tmp_path / "s")) == (True, len(picks))
    slate = join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    assert numbers(tmp_path / "out.mov") == list(picks)
    facts = read_facts(tmp_path / "out.mov")
    assert (facts.rate, facts.frames, facts.reel) == (P30, len(picks), "A001")
    start = int((86400 + 40) * P30 / RATE)
    assert (slate.start, facts.start) == (start, start)


def test_a_freeze_under_a_ramp_is_decoded_once_and_painted_once_a_weight(clip, tmp_path, monkeypatch):
    reads = []
    read = FrameReader.read
    monkeypatch.setattr(FrameReader, "read", lambda self, index: reads.append(index) or read(self, index))
    rise = tuple(1e9 * step for step in range(1, 11))
    weights = (0.0, *rise, *[1e10] * 100, *reversed(rise))
    painter = Lifter()
    work = job(baked(clip, (63,) * len(weights), weights), painter)
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    assert reads == [63]
    assert len(painter.seen) < 30 and sorted(set(painter.seen)) == list(rise)
    assert set(numbers(tmp_path / "out.mov")) == {63}
    assert lifts(tmp_path / "out.mov") == pytest.approx([weight / 1e9 for weight in weights], abs=0.4)


def test_the_same_picks_at_the_same_weights_are_one_segment(clip):
    alike = job(baked(clip, (5,) * 3 * GRID, (1e9,) * 3 * GRID)).segments()
    assert len(alike) == 3 and len({part.key for part in alike}) == 1
    other = job(baked(clip, (6,) * 3 * GRID, (1e9,) * 3 * GRID)).segments()
    turned = job(baked(clip, tuple(reversed(range(GRID))), (1e9,) * GRID)).segments()
    straight = job(shot(ref(clip, RATE), FrameRange(0, GRID), (1e9,) * GRID)).segments()
    keys = [part.key for parts in (alike[:1], other[:1], turned, straight) for part in parts]
    assert len(set(keys)) == 4


def test_a_baked_shot_is_resumed(clip, tmp_path):
    picks = tuple(range(72))
    asked = iter([False, True])
    work = job(baked(clip, picks, (1e9,) * 72))
    assert go(work, Store(tmp_path), lambda: next(asked)) == (False, 48)
    painter = Lifter()
    assert go(job(work.shot, painter), Store(tmp_path)) == (True, 72)
    assert len(painter.seen) == 24


SOURCES = {
    "a.png": noise(),
    "odd.png": noise(size=(51, 37)),
    "deep.png": noise(deep=True),
    "a.tif": noise(),
    "deep.tif": noise(deep=True),
    "logo.png": np.dstack([noise(), noise(5)[..., :1]]),
    "logo.tif": np.dstack([noise(deep=True), noise(5, deep=True)[..., :1]]),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("weight", [0.0, 3e9])
def test_a_still_is_one_picture_and_at_weight_0_the_source_to_the_bit(tmp_path, name, weight):
    pixels = SOURCES[name]
    media = ref(write_still(tmp_path / name, pixels), RATE, "still")
    painter = Lifter()
    work = job(shot(media, FrameRange(0, 1), (weight,)), painter)
    assert go(work, Store(tmp_path / "s")) == (True, 1)
    path = styled_path(work.shot, tmp_path, "styled")
    join_shot(work, Store(tmp_path / "s"), path)
    assert path.suffix == Path(name).suffix and len(painter.seen) == (weight > 0)
    written = cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(int)
    before = pixels.astype(int) * (1 if pixels.dtype == np.uint16 else 257)
    lifted = np.minimum(before[..., :3] + round(weight / 1e9 * 257), 65535)
    assert np.array_equal(written[..., 2::-1], lifted)
    assert np.array_equal(written[..., 3:], before[..., 3:])  # alpha, where it has one
    origin = read_origin(read_facts(path, "still").styled_from)
    assert origin == Origin(str(media.path), 0, RATE, kind="still")
    again = Lifter()
    assert go(job(work.shot, again), Store(tmp_path / "s")) == (True, 1) and not again.seen


def test_a_stills_colour_profile_goes_along(tmp_path):
    profile = bytes(16) + b"RGB " + b"of some display " * 99
    write_picture(tmp_path / "a.png", noise(deep=True), profile=profile)
    work = job(shot(ref(tmp_path / "a.png", RATE, "still"), FrameRange(0, 1), (1e9,)))
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.png")
    assert colour_profile(tmp_path / "out.png") == profile


@pytest.mark.parametrize(("codec", "suffix"), [("png", ".png"), ("tiff", ".tif"), ("exr", ".exr")])
def test_numbered_pictures_hand_their_colour_profile_on(tmp_path, codec, suffix):
    profile = bytes(16) + b"RGB " + b"of some display " * 99
    (tmp_path / "in").mkdir()
    for number in range(40):
        own = profile if number else profile + b"."  # the first one speaks for all
        write_picture(tmp_path / f"in/shot.{number:04}.png", noise(number, deep=True), profile=own)
    media = ref(tmp_path / "in/shot.0000.png", RATE, "sequence")
    work = job(shot(media, FrameRange(5, 38), (0.0,) * 33, codec=codec))
    go(work, Store(tmp_path / "s"))
    first = styled_path(work.shot, tmp_path, "styled")
    join_shot(work, Store(tmp_path / "s"), first)
    held = {colour_profile(path) for path in first.parent.glob(f"*{suffix}")}
    assert held == ({b""} if codec == "exr" else {profile + b"."})
    painted = cv2.imread(str(sorted(first.parent.glob(f"*{suffix}"))[-1]), cv2.IMREAD_UNCHANGED)
    assert codec == "exr" or np.array_equal(painted[..., ::-1], noise(37, deep=True))


def test_a_still_under_a_ramp_is_a_film_of_it(tmp_path):
    media = ref(write_numbered(tmp_path, range(9, 10)), RATE, "still")
    weights = tuple(1e9 * step for step in range(30))
    work = job(shot(media, FrameRange(0, 30), weights, picks=(0,) * 30, baked_rate=P30))
    assert styled_path(work.shot, tmp_path, "styled").suffix == ".mov"
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    assert set(numbers(tmp_path / "out.mov")) == {9} and read_facts(tmp_path / "out.mov").rate == P30
    assert lifts(tmp_path / "out.mov") == pytest.approx([weight / 1e9 for weight in weights], abs=0.4)


def test_numbered_pictures_become_a_film_of_their_frames(tmp_path):
    media = ref(write_numbered(tmp_path / "p", range(86, 126)), RATE, "sequence", start=86)
    work = job(shot(media, FrameRange(5, 38), (0.0,) * 33))
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    assert numbers(tmp_path / "out.mov") == list(range(91, 124))
    facts = read_facts(tmp_path / "out.mov")
    assert (facts.rate, facts.start) == (RATE, 91)
    assert read_origin(facts.styled_from) == Origin(str(media.path), 5, RATE, start=86, kind="sequence")


def test_a_film_of_uneven_rate_is_styled_on_the_grid_it_is_read_at(tmp_path):
    media = ref(write_uneven(tmp_path / "vfr.mp4"), Fraction(25))
    with open_source(media) as reader:
        frames = reader.clock.frames
        wanted = [number_in(frame) for frame in map(reader.read, range(frames))]
    assert len(set(wanted)) > 20 and len(wanted) != len(set(wanted))
    work = job(shot(media, FrameRange(3, frames), (0.0,) * (frames - 3)))
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    assert numbers(tmp_path / "out.mov") == wanted[3:]
    assert read_facts(tmp_path / "out.mov").rate == 25


def test_what_is_not_styled_of_a_whole_source_meets_no_net_and_is_shared(clip, tmp_path):
    """Two scenes of one file, each delivered in the source's whole length."""
    store, painters = Store(tmp_path / "s"), (Lifter(), Lifter())
    whole = FrameRange(0, 100)
    for painter, used in zip(painters, (FrameRange(30, 40), FrameRange(80, 90)), strict=True):
        weights = tuple(2e9 if frame in used else 0.0 for frame in range(100))
        work = job(shot(ref(clip, RATE), whole, weights), painter)
        before = {part.key for part in work.segments() if store.has(part)}
        assert go(work, store) == (True, 100)
        join_shot(work, store, tmp_path / f"{used.first}.mov")
        assert painter.seen == [2e9] * 10
        assert numbers(tmp_path / f"{used.first}.mov") == list(range(100))
        levels = lifts(tmp_path / f"{used.first}.mov")
        base = lifts(clip)
        assert [level - known for level, known in zip(levels, base, strict=True)] == pytest.approx(
            [weight / 1e9 for weight in weights], abs=0.4
        )
    assert len(before) == 3, "the second needs only the segment it is styled in and those the first was"


RATES = "24000/1001 2 5 10 12.5 14 15 30 1000/33 48 59 90 100 120000/1001 120".split()


@pytest.mark.parametrize("rate", RATES)
def test_the_exact_rate_and_timecode_survive_at_any_rate(clip, tmp_path, rate):
    media = ref(clip, Fraction(rate), start=3600 * 2)
    work = job(shot(media, FrameRange(7, 19), (0.0,) * 12, picks=tuple(range(7, 19))))
    go(work, Store(tmp_path / "s"))
    join_shot(work, Store(tmp_path / "s"), tmp_path / "out.mov")
    facts = read_facts(tmp_path / "out.mov")
    assert (facts.rate, facts.start, facts.frames) == (Fraction(rate), 7207, 12)
    assert read_number(frames_of(tmp_path / "out.mov")[0].to_ndarray(format="rgb24")) == 7
