"""Films of uneven frame rate, read on an even grid: every moment shows the last frame that has begun."""

import random
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stylereel.core.conform import frames_in
from stylereel.core.cut import MediaRef
from stylereel.core.errors import MediaError
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from support.burnin import draw_number, write_counter
from support.pictures import number_in
from support.sources import respace

GRIDS = [Fraction(rate) for rate in ("24000/1001", "25", "30000/1001", "12", "60")]
LATE = Fraction(1, 1000)
READS = 63  # of every kind, in sequence and at random, as even films are read


def write_at(path: Path, times: list[int], bframes: int = 2) -> Path:
    """A clip whose frame i shows i and begins `times[i]` milliseconds after the first."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=1000, options={"crf": "12", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size, stream.codec_context.max_b_frames = 12, bframes
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(draw_number(number), format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def uneven_times(frames: int, seed: int) -> list[int]:
    random_ = random.Random(seed)
    times = [0]
    while len(times) < frames:
        times.append(times[-1] + random_.choice([8, 17, 33, 34, 41, 66, 120, 350]))
    return times


def shown(times: list[int], moment: Fraction) -> int:
    """The number on the screen, told without a line of the program."""
    return max(number for number, time in enumerate(times) if Fraction(time, 1000) <= moment + LATE)


@pytest.fixture(scope="module", params=["a.mp4", "a.mov", "a.mkv"])
def clip(request, tmp_path_factory) -> tuple[Path, list[int]]:
    times = uneven_times(70, 4)
    return write_at(tmp_path_factory.mktemp("uneven") / request.param, times), times


@pytest.mark.parametrize("rate", GRIDS, ids=str)
def test_every_moment_shows_the_last_frame_that_has_begun(clip, rate):
    path, times = clip
    with FrameReader(path, rate) as reader:
        frames = reader.clock.frames
        assert reader.clock.rate == rate
        assert (frames + 1) / rate > Fraction(times[-1], 1000), "it comes to its last frame"
        told = [number_in(frame) for frame in map(reader.read, range(frames))]
        assert told == [shown(times, index / rate) for index in range(frames)]
        around = [at % frames for at in range(frames, max(frames, READS))]
        for index in (*around, *random.Random(2).choices(range(frames), k=READS)):
            assert number_in(reader.read(index)) == told[index]


@pytest.mark.parametrize("rate", GRIDS, ids=str)
def test_the_header_promises_as_many_frames_as_are_read(clip, rate):
    path, _ = clip
    facts = read_facts(path)
    assert facts.variable and not facts.trouble
    with FrameReader(path, rate) as reader:
        assert frames_in(MediaRef("a", "a", path, rate), facts) == reader.clock.frames


def test_a_film_that_starts_late_counts_from_its_first_frame(tmp_path):
    times = uneven_times(20, 9)
    path = write_at(tmp_path / "late.mp4", [time + 5000 for time in times])
    with FrameReader(path, Fraction(25)) as reader:
        frames = reader.clock.frames
        told = [number_in(frame) for frame in map(reader.read, range(frames))]
    assert told == [shown(times, Fraction(index, 25)) for index in range(frames)]


def test_a_frame_that_is_held_is_sought_once(tmp_path, monkeypatch):
    landings = []
    land = FrameReader._land
    monkeypatch.setattr(FrameReader, "_land", lambda self, where: landings.append(where) or land(self, where))
    with FrameReader(write_at(tmp_path / "a.mp4", [0, 40, 3000, 3040, 9000]), Fraction(25)) as reader:
        told = [number_in(frame) for frame in map(reader.read, range(225))]
    assert told == [0, *[1] * 74, 2, *[3] * 149]
    assert len(landings) <= 3, landings


def test_an_even_film_keeps_its_own_frames_whatever_rate_is_given(tmp_path):
    path = write_counter(tmp_path / "even.mp4", 20, Fraction(24000, 1001))
    with FrameReader(path, Fraction(50)) as reader:
        assert (reader.clock.frames, reader.clock.rate) == (20, Fraction(24000, 1001))
        assert [number_in(frame) for frame in map(reader.read, range(20))] == list(range(20))


def test_an_uneven_film_without_a_rate_is_refused(clip):
    path, _ = clip
    with pytest.raises(MediaError, match="unevenly spaced") as caught:
        FrameReader(path)
    assert caught.value.where == str(path) and caught.value.hint


@pytest.mark.slow
@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), rate=st.sampled_from(GRIDS), bframes=st.sampled_from([0, 2]))
def test_any_spacing_on_any_grid(tmp_path_factory, seed, rate, bframes):
    times = uneven_times(40, seed)
    path = write_at(tmp_path_factory.mktemp("any") / "a.mp4", times, bframes=bframes)
    with FrameReader(path, rate) as reader:
        indices = random.Random(seed).sample(range(reader.clock.frames), min(40, reader.clock.frames))
        assert [number_in(reader.read(index)) for index in indices] == [
            shown(times, index / rate) for index in indices
        ]


def test_the_gaps_of_an_avi_are_held(tmp_path):
    """A capture writes an empty chunk where it dropped a frame: the one before stands for it."""
    held = [1 + 2 * (index == 9) + (index == 22) for index in range(37)]
    even = write_counter(tmp_path / "even.avi", 37, Fraction(25), "mjpeg")
    path = respace(even, tmp_path / "a.avi", held)
    facts, shows = read_facts(path), [number for number, count in enumerate(held) for _ in range(count)]
    assert (facts.variable, facts.trouble, facts.seconds) == (True, "", Fraction(len(shows), 25))
    with FrameReader(path, Fraction(25)) as reader:
        assert [number_in(reader.read(at)) for at in range(reader.clock.frames)] == shows
