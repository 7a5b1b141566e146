"""Matte files as other programs leave them: opaque alphas, palettes, turned pictures, numbers, clocks."""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from stylereel.core.cut import MediaRef
from stylereel.core.errors import MediaError
from stylereel.core.mattes.content import matte_content
from stylereel.core.media.probe import read_facts
from stylereel.core.rates import FrameRange
from support.lifter import ref
from support.mattes import at_work, grey, matte, tensor, write_film, write_picture
from support.sources import remux

SIZE = (32, 24)
RATE, P30 = Fraction(25), Fraction(30000, 1001)
FRAMES = 20
PICTURE = tensor(grey(90, SIZE))


def write_source(path: Path, rate: Fraction = RATE, start: str = "") -> Path:
    return write_film(path, [grey(10 * number, SIZE) for number in range(FRAMES)], rate, start)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> MediaRef:
    """A clip of 20 frames from 01:00:00:00 on, which is frame 90000."""
    path = write_source(tmp_path_factory.mktemp("source") / "take.mov", start="01:00:00:00")
    return ref(path, RATE, start=90000)


def levels(count: int) -> list[np.ndarray]:
    return [grey(10 * number + 5, SIZE) for number in range(count)]


def seen(source: MediaRef, path: Path, number: int = 0, **values: object) -> np.ndarray:
    """A matte, (H, W), for a frame of the source."""
    with at_work(source, kind="file", file=str(path), **values) as matting:
        return matting.at(number, PICTURE)[0, 0].numpy()


def numbers(source: MediaRef, path: Path, frames: range) -> list[int]:
    """Which of its frames a luma matte gives for frames of the source."""
    return [round((float(seen(source, path, one)[3, 3]) * 255 - 5) / 10) for one in frames]


def said(source: MediaRef, path: Path, frames: range = range(FRAMES)) -> tuple[str, ...]:
    known = read_facts(source.path, source.kind, source.rate)
    wanted = matte(kind="file", file=str(path))
    return matte_content(wanted, source, known, FrameRange(frames.start, frames.stop), read_facts).says


def write_numbered(folder: Path, first: int, count: int) -> Path:
    for number, pixels in enumerate(levels(count)):
        write_picture(folder / f"m.{first + number:06}.png", pixels)
    return folder / f"m.{first:06}.png"


def halves() -> np.ndarray:
    """White at the left, black at the right."""
    picture = np.zeros((*SIZE[::-1], 3), np.uint8)
    picture[:, : SIZE[0] // 2] = 255
    return picture


def opaque(pixels: np.ndarray) -> np.ndarray:
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def write_indexed(path: Path) -> Path:
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("bmp")
        stream.width, stream.height, stream.pix_fmt = *SIZE, "gray"
        frame = av.VideoFrame.from_ndarray(halves()[..., 0], format="gray")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("kind", ["grey.bmp", "opaque.png", "opaque.mov"])
def test_the_light_is_taken_where_an_alpha_is_opaque_all_through(tmp_path, source, kind):
    path = tmp_path / kind
    if kind == "grey.bmp":
        write_indexed(path)
    elif kind == "opaque.png":
        cv2.imwrite(str(path), opaque(halves()))
    else:
        write_film(path, [opaque(halves())] * FRAMES, kind="rgba")
    found = seen(source, path)
    assert found[:, 4].min() == 1 and found[:, -4].max() == 0


def test_a_film_s_alpha_is_taken_all_through_though_it_begins_opaque(tmp_path, source):
    hidden = np.dstack([halves(), np.full(SIZE[::-1], 0, np.uint8)])
    film = write_film(tmp_path / "a.mov", [opaque(halves())] * 12 + [hidden] * 8, kind="rgba")
    assert seen(source, film, 0).min() == 1 and seen(source, film, 15).max() == 0


def test_pictures_of_a_run_without_alpha_are_opaque_where_others_have_one(tmp_path, source):
    for number in range(6):
        hidden = np.dstack([halves(), np.full(SIZE[::-1], 0, np.uint8)])
        cv2.imwrite(str(tmp_path / f"m.{number:03}.png"), halves() if number < 3 else hidden)
    first = tmp_path / "m.000.png"
    assert seen(source, first, 0).min() == 1 and seen(source, first, 4).max() == 0


def test_a_turned_film_is_read_upright(tmp_path, source):
    """White at the left when it is shown, at the top or the bottom as it is stored."""
    stored = write_film(tmp_path / "stored.mov", [np.rot90(halves(), -1)] * FRAMES)
    film = remux(stored, tmp_path / "turned.mov", rotation=90)
    found = seen(source, film)
    assert found[:, 4].min() == 1 and found[:, -4].max() == 0 and said(source, film) == ()


def test_a_film_that_cannot_be_read_frame_for_frame_is_refused_by_the_plan(tmp_path, source):
    film = remux(write_film(tmp_path / "stored.mov", levels(3)), tmp_path / "slant.mov", rotation=30)
    with pytest.raises(MediaError, match="rotated by") as caught:
        said(source, film)
    assert caught.value.code == "E-MATTE" and "ProRes" in caught.value.hint


def test_linear_light_in_an_openexr_is_a_share_as_it_is(tmp_path, source):
    light = tmp_path / "m.exr"
    with av.open(str(light), "w", format="image2") as container:
        stream = container.add_stream("exr")
        stream.width, stream.height, stream.pix_fmt = *SIZE, "gbrpf32le"
        half = np.full((*SIZE[::-1], 3), 0.5, np.float32)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(half, format="gbrpf32le")))
        container.mux(stream.encode())
    assert np.allclose(seen(source, light), 0.5, atol=1e-3)


def test_numbers_that_are_frames_of_the_source_s_timecode_lie_there(tmp_path, source):
    whole = write_numbered(tmp_path / "whole", 90000, FRAMES)
    part = write_numbered(tmp_path / "part", 90005, 8)
    assert numbers(source, whole, range(FRAMES)) == [*range(FRAMES)]
    assert numbers(source, part, range(5, 13)) == [*range(8)]
    assert said(source, whole) == said(source, part, range(5, 13)) == ()


def test_other_numbers_begin_with_the_source_and_it_is_said_where_they_are_fewer(tmp_path, source):
    shot = write_numbered(tmp_path / "shot", 1001, 8)
    assert numbers(source, shot, range(8)) == [*range(8)]
    (doubt,) = said(source, shot, range(8))
    assert "has 8 pictures, its source 20 frames" in doubt and "offset" in doubt
    assert said(source, write_numbered(tmp_path / "whole", 1001, FRAMES)) == ()


def test_a_picture_that_none_follows_by_number_stands_for_all_and_it_is_said(tmp_path, source):
    for number in (8, 16):
        write_picture(tmp_path / f"g{number}.png", levels(4)[3])
    assert numbers(source, tmp_path / "g8.png", range(3)) == [3, 3, 3]
    (doubt,) = said(source, tmp_path / "g8.png")
    assert "stands for every frame: g9.png is missing" in doubt


@pytest.mark.parametrize(
    ("rate", "start"), [(P30, "01:00:00;00"), (P30, "01:00:00:00"), (RATE, "01:00:00:00")]
)
@pytest.mark.parametrize(("other", "text"), [(P30, "01:00:00;00"), (P30, "01:00:00:00")])
def test_timecodes_that_read_the_same_are_the_same_frame(tmp_path, rate, start, other, text):
    source = ref(write_source(tmp_path / "take.mov", rate, start), rate)
    film = write_film(tmp_path / "matte.mov", levels(20), other, text)
    wanted = [int(number * other / rate) for number in range(10)]
    assert numbers(source, film, range(10)) == wanted


def test_footage_that_is_played_at_another_rate_takes_a_matte_of_its_own_frame_by_frame(tmp_path):
    path = write_source(tmp_path / "take.mov", Fraction(50), "01:00:00:00")
    source = ref(path, RATE, start=90000)  # the timeline plays it at 25
    film = write_film(tmp_path / "matte.mov", levels(FRAMES), Fraction(50), "01:00:00:00")
    assert numbers(source, film, range(FRAMES)) == [*range(FRAMES)]
    assert said(source, film) == ()
