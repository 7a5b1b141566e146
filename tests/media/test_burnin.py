"""The burnt-in numbers themselves: what is read is what was written."""

from fractions import Fraction

import av
import numpy as np
import pytest
from support.burnin import draw_number, read_number, write_counter


@pytest.mark.parametrize("number", [0, 1, 255, 4096, 65535])
@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1920, 1080), (98, 66)])
def test_a_drawn_number_is_read_back(number, size):
    assert read_number(draw_number(number, size)) == number


def test_a_number_survives_gain_and_noise():
    picture = draw_number(1234).astype(np.float64)
    noise = np.random.default_rng(0).normal(0, 12, picture.shape)
    assert read_number(np.clip(picture * 0.5 + 70 + noise, 0, 255).astype(np.uint8)) == 1234


def test_a_picture_without_a_number_is_refused():
    with pytest.raises(ValueError, match="barcode"):
        read_number(np.full((180, 320, 3), 90, np.uint8))


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("h264", "a.mp4"),
        ("hevc", "a.mp4"),
        ("mpeg2", "a.ts"),
        ("mpeg2", "a.mxf"),
        ("prores", "a.mov"),
        ("ffv1", "a.mkv"),
        ("mjpeg", "a.mov"),
    ],
)
@pytest.mark.parametrize("sound", [False, True], ids=["silent", "sound"])
def test_every_kind_of_clip_shows_its_numbers(tmp_path, codec, name, sound):
    path = write_counter(tmp_path / name, 20, Fraction(25), codec, first_number=700, sound=sound)
    with av.open(str(path)) as container:
        numbers = [read_number(f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]
        assert len(container.streams.audio) == sound
    assert numbers == list(range(700, 720))
