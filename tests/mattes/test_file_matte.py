"""Mattes from files: which frame belongs to which of the source, and what is said where they do not fit."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.core.cut import MediaRef
from stylereel.core.errors import MediaError
from stylereel.core.mattes.content import matte_content
from stylereel.core.media.probe import read_facts
from stylereel.core.rates import FrameRange
from support.lifter import ref
from support.mattes import RATE, at_work, grey, matte, tensor, write_film, write_picture

SIZE = (32, 24)
HOUR = 90000  # 01:00:00:00 at 25 frames per second
FRAMES = 20
PICTURE = tensor(grey(90, SIZE))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> MediaRef:
    """A clip of 20 frames from 01:00:00:00 on."""
    path = tmp_path_factory.mktemp("source") / "take.mov"
    write_film(path, [grey(10 * number, SIZE) for number in range(FRAMES)], start="01:00:00:00")
    return ref(path, RATE, start=HOUR)


def levels(count: int) -> list[np.ndarray]:
    """Pictures whose light says their number."""
    return [grey(10 * number + 5, SIZE) for number in range(count)]


def numbers(source: MediaRef, path: Path, frames: range = range(FRAMES), **values: object) -> list[int]:
    """Which of its frames a luma matte gives for frames of the source."""
    with at_work(source, kind="file", file=str(path), **values) as matting:
        return [round((float(matting.at(one, PICTURE)[0, 0, 3, 3]) * 255 - 5) / 10) for one in frames]


def said(source: MediaRef, path: Path, frames: range = range(FRAMES), **values: object) -> tuple[str, ...]:
    """What a plan says of a matte that does not fit."""
    known = read_facts(source.path, source.kind, source.rate)
    wanted = matte(kind="file", file=str(path), **values)
    return matte_content(wanted, source, known, FrameRange(frames.start, frames.stop), read_facts).says


def test_a_matte_follows_the_source_s_timecode(tmp_path, source):
    early = write_film(tmp_path / "early.mov", levels(25), start="00:59:59:20")
    late = write_film(tmp_path / "late.mov", levels(10), start="01:00:00:05")
    assert numbers(source, early) == [number + 5 for number in range(FRAMES)]
    assert numbers(source, late, range(5, 15)) == [*range(10)]
    assert said(source, early) == () and said(source, late, range(5, 15)) == ()


def test_an_offset_says_where_it_begins_and_without_timecode_both_begin_together(tmp_path, source):
    timed = write_film(tmp_path / "timed.mov", levels(20), start="07:00:00:00")
    plain = write_film(tmp_path / "plain.mov", levels(20))
    assert numbers(source, timed, range(3, 20), offset=3) == [*range(17)]
    assert numbers(source, plain) == [*range(20)]


def test_beyond_its_ends_the_nearest_frame_stands_and_it_is_said(tmp_path, source):
    short = write_film(tmp_path / "short.mov", levels(8), start="01:00:00:06")
    assert numbers(source, short) == [0] * 6 + [*range(8)] + [7] * 6
    begins, ends = said(source, short)
    assert "begins at frame 6 (01:00:00:06) of take.mov: its first frame stands" in begins
    assert "ends before frame 14 (01:00:00:14) of take.mov: its last frame stands up to frame 19" in ends


def test_a_matte_with_no_frame_for_the_shot_is_refused_with_both_ranges(tmp_path, source):
    far = write_film(tmp_path / "far.mov", levels(8), start="02:00:00:00")
    with pytest.raises(MediaError) as caught:
        said(source, far)
    assert caught.value.code == "E-MATTE" and "offset" in caught.value.hint
    assert "frame 90000 (02:00:00:00)" in str(caught.value) and "frame 0 (01:00:00:00)" in str(caught.value)


def test_another_rate_takes_the_matte_of_the_moment_and_another_size_is_scaled(tmp_path, source):
    slow = write_film(tmp_path / "slow.mov", levels(10), rate=Fraction(25, 2))
    assert numbers(source, slow, offset=0) == [number // 2 for number in range(FRAMES)]
    (rate,) = said(source, slow, offset=0)
    assert "runs at 12.5 frames per second" in rate
    large = write_film(tmp_path / "large.mov", [grey(200, (64, 48))] * FRAMES)
    with at_work(source, kind="file", file=str(large)) as matting:
        assert matting.at(0, PICTURE).shape == (1, 1, 24, 32)
    (size,) = said(source, large)
    assert "is 64 x 48, take.mov 32 x 24: it is scaled" in size


def test_an_alpha_channel_is_taken_where_there_is_one(tmp_path, source):
    alphas = (0, 128, 255)
    frames = [np.dstack([grey(200, SIZE), np.full(SIZE[::-1], alpha, np.uint8)]) for alpha in alphas]
    film = write_film(tmp_path / "alpha.mov", frames, kind="rgba")

    def found(**values: object) -> list[float]:
        with at_work(source, kind="file", file=str(film), **values) as matting:
            return [round(float(matting.at(number, PICTURE)[0, 0, 5, 5]), 2) for number in range(3)]

    assert found() == found(channel="alpha") == [0, 0.5, 1]
    assert found(channel="luma") == [0.78] * 3


def test_an_alpha_channel_that_a_film_has_not_is_told_by_the_plan(tmp_path, source):
    film = write_film(tmp_path / "plain.mov", levels(FRAMES))
    with pytest.raises(MediaError, match="no alpha channel") as caught:
        said(source, film, channel="alpha")
    assert caught.value.code == "E-MATTE" and 'channel = "luma"' in caught.value.hint
    still = write_picture(tmp_path / "still.png", levels(8)[7])
    wanted = {"kind": "file", "file": str(still), "channel": "alpha"}
    with at_work(source, **wanted) as matting, pytest.raises(MediaError, match="no alpha channel"):
        matting.at(0, PICTURE)


def test_numbered_pictures_are_a_matte_and_a_single_one_stands_for_all(tmp_path, source):
    for number, pixels in enumerate(levels(FRAMES)):
        write_picture(tmp_path / "run" / f"m_{number:03}.png", pixels[..., 0])
    assert numbers(source, tmp_path / "run" / "m_000.png") == [*range(FRAMES)]
    still = write_picture(tmp_path / "still.png", levels(8)[7])
    assert numbers(source, still) == [7] * FRAMES
    assert said(source, still) == ()


def test_black_and_white_of_a_file_are_exact_within_a_step_of_eight_bits(tmp_path, source):
    picture = np.zeros((*levels(1)[0].shape[:2],), np.uint16)
    picture[:, :4], picture[:, 4:8], picture[:, 8:12] = 65283, 250, 64000
    assert cv2.imwrite(str(tmp_path / "still.png"), picture)
    with at_work(source, kind="file", file=str(tmp_path / "still.png")) as matting:
        row = matting.at(0, PICTURE)[0, 0, 5]
    assert set(row[1:3].tolist()) == {1.0} and set(row[5:7].tolist()) == {0.0}
    assert 0.96 < float(row[9]) < 0.99 and float(row[20]) == 0


def test_a_missing_picture_of_a_run_is_told_with_the_frame(tmp_path, source):
    for number in (0, 1, 2, 4, 5):
        write_picture(tmp_path / "gap" / f"m_{number:03}.png", levels(6)[number])
    with pytest.raises(MediaError) as caught:
        said(source, tmp_path / "gap" / "m_000.png", range(6))
    assert "3" in str(caught.value)


def test_a_picture_that_is_damaged_is_told_with_the_source_s_frame(tmp_path, source):
    for number in range(6):
        write_picture(tmp_path / "bad" / f"m_{number:03}.png", levels(6)[number])
    (tmp_path / "bad" / "m_004.png").write_bytes(b"no picture")
    with at_work(source, kind="file", file=str(tmp_path / "bad" / "m_000.png")) as matting:
        matting.at(3, PICTURE)
        with pytest.raises(MediaError, match=r"the matte for frame 4 of take.mov, its frame 4"):
            matting.at(4, PICTURE)


def test_a_file_that_is_missing_is_told_with_how_it_is_looked_for(tmp_path, source):
    with pytest.raises(MediaError) as caught:
        said(source, tmp_path / "{media}_matte.mov")
    assert "take_matte.mov" in str(caught.value) and "{media}" in caught.value.hint


def test_a_changed_file_is_another_matte(tmp_path, source):
    def key() -> str:
        known = read_facts(source.path, source.kind, source.rate)
        wanted = matte(kind="file", file=str(tmp_path / "m.png"))
        return matte_content(wanted, source, known, FrameRange(0, 5), read_facts).key

    write_picture(tmp_path / "m.png", grey(0, SIZE))
    first = key()
    assert first == key()
    picture = grey(0, SIZE)
    cv2.circle(picture, (9, 9), 4, (255, 255, 255), -1)
    write_picture(tmp_path / "m.png", picture)
    assert key() != first


def test_the_same_parts_put_together_otherwise_are_another_matte(source):
    """Each matte is made of and, luma, or, luma, luma, luma in this order; what is in the `or` differs."""

    def key(*within: float, beside: tuple[float, ...] = ()) -> str:
        first, either, rest = (
            [{"kind": "luma", "low": low} for low in lows] for lows in ((0.1,), within, beside)
        )
        whole = matte(kind="and", of=[*first, {"kind": "or", "of": either}, *rest])
        return matte_content(whole, source, None, FrameRange(0, 5), read_facts).key

    assert key(0.2, 0.3, 0.4) != key(0.2, 0.3, beside=(0.4,))
    assert key(0.2, 0.3, 0.4) == key(0.2, 0.3, 0.4)
