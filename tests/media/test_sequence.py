"""Numbered pictures: picture k at frame k, holes named, and through ProRes without a visible loss."""

import os
import random
from fractions import Fraction

import cv2
import numpy as np
import pytest
from stylereel.core.cut import MediaRef
from stylereel.core.errors import MediaError
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.sequence import numbered
from stylereel.core.media.source import open_source
from stylereel.core.media.writer import write_segment
from support.burnin import draw_number
from support.pictures import luma, number_in, psnr
from support.stills import noise, write_by_codec, write_numbered, write_still

RATE = Fraction(24000, 1001)
NAMES = ["shot_{:04}.png", "a.{}.jpg", "{:03}.tif", "take2_{:05}_left.bmp", "100% [{:02}].png"]


def ref(path) -> MediaRef:
    return MediaRef(path.name, str(path), path, RATE, kind="sequence")


@pytest.mark.parametrize("name", NAMES)
def test_picture_k_is_frame_k(tmp_path, name):
    first = write_numbered(tmp_path, range(86, 116), name)
    facts = read_facts(first, "sequence", RATE)
    assert (facts.frames, facts.rate, facts.trouble, facts.seconds) == (30, RATE, "", 30 / RATE)
    with open_source(ref(first)) as reader:
        assert (reader.clock.frames, reader.clock.rate) == (30, RATE)
        assert [number_in(frame) for frame in map(reader.read, range(30))] == list(range(86, 116))
        for index in random.Random(1).sample(range(30), 10):
            assert number_in(reader.read(index)) == 86 + index
        for index in (-1, 30):
            with pytest.raises(MediaError, match=f"frame {index} does not exist"):
                reader.read(index)


def test_a_run_begins_with_the_picture_that_is_named_and_grows_a_digit(tmp_path):
    write_numbered(tmp_path, range(95, 104), "a{}.png")
    assert [path.name for path in numbered(tmp_path / "a98.png")] == [f"a{n}.png" for n in range(98, 104)]
    assert len(numbered(tmp_path / "a103.png")) == 1


def test_other_files_of_the_folder_are_no_part_of_it(tmp_path):
    first = write_numbered(tmp_path, range(1, 4))
    for name in ("shot_0005.jpg", "other_0005.png", "shot_0005_v2.png", "shot_5.png", "xshot_0007.png"):
        (tmp_path / name).write_bytes(b"")
    assert len(numbered(first)) == 3


def test_a_hole_is_named(tmp_path):
    first = write_numbered(tmp_path, range(1001, 1010), "a.{}.png")
    for number in (1004, 1005):
        (tmp_path / f"a.{number}.png").unlink()
    for read in (lambda: read_facts(first, "sequence", RATE), lambda: open_source(ref(first))):
        with pytest.raises(MediaError, match=r"a\.1004\.png is missing.*a\.1003.*a\.1006") as caught:
            read()
        assert (caught.value.code, caught.value.where) == ("E-OFFLINE", str(first)) and caught.value.hint


def test_no_number_and_no_file_are_refused(tmp_path):
    write_still(tmp_path / "a.png", noise())
    with pytest.raises(MediaError, match="no number"):
        read_facts(tmp_path / "a.png", "sequence")
    with pytest.raises(MediaError, match="missing") as caught:
        read_facts(tmp_path / "a_001.png", "sequence")
    assert caught.value.code == "E-OFFLINE"


def test_a_picture_of_another_size_or_none_at_all_is_refused_by_name(tmp_path):
    first = write_numbered(tmp_path, range(1, 5))
    write_still(tmp_path / "shot_0002.png", draw_number(2, (160, 90)))
    (tmp_path / "shot_0003.png").write_bytes(b"nothing")
    with open_source(ref(first)) as reader:
        with pytest.raises(MediaError, match="it is 160 x 90, the first of the sequence 320 x 180") as caught:
            reader.read(1)
        assert caught.value.where.endswith("shot_0002.png")
        with pytest.raises(MediaError, match="cannot be decoded") as caught:
            reader.read(2)
        assert caught.value.where.endswith("shot_0003.png")
        assert number_in(reader.read(3)) == 4


def test_the_fingerprint_follows_every_picture(tmp_path):
    first = write_numbered(tmp_path / "a", range(1, 6))
    other = write_numbered(tmp_path / "b", range(1, 6))
    before = read_facts(first, "sequence").fingerprint
    assert read_facts(other, "sequence").fingerprint == before
    write_still(tmp_path / "a" / "shot_0004.png", draw_number(44))
    changed = read_facts(first, "sequence").fingerprint
    (tmp_path / "b" / "shot_0005.png").unlink()
    assert len({before, changed, read_facts(other, "sequence").fingerprint}) == 3


def test_a_retouched_picture_of_equal_size_is_another_one(tmp_path):
    """A stroke somewhere in an uncompressed picture leaves its size, its top, middle and end as they were."""
    first = tmp_path / "shot_0001.bmp"
    for number in (1, 2):
        cv2.imwrite(str(tmp_path / f"shot_000{number}.bmp"), draw_number(number, (960, 540)))
    second, size = tmp_path / "shot_0002.bmp", first.stat().st_size
    earlier = second.stat().st_mtime - 60
    os.utime(second, (earlier, earlier))
    before = read_facts(first, "sequence").fingerprint
    picture = cv2.imread(str(second))
    picture[100:110, 300:320] = 0
    cv2.imwrite(str(second), picture)
    assert size == second.stat().st_size > 1 << 20
    assert read_facts(first, "sequence").fingerprint != before


def test_a_small_picture_is_known_by_its_content_alone(tmp_path):
    first = write_numbered(tmp_path, range(1, 4), "shot_{:04}.bmp")
    before = read_facts(first, "sequence").fingerprint
    os.utime(first, (1, 1))
    assert read_facts(first, "sequence").fingerprint == before
    data = bytearray(first.read_bytes())
    data[len(data) // 3] ^= 1
    first.write_bytes(data)
    assert read_facts(first, "sequence").fingerprint != before


def test_an_odd_width_is_no_trouble(tmp_path):
    path = write_still(tmp_path / "a_1.png", noise(size=(51, 37)))
    assert read_facts(path, "sequence").trouble == read_facts(path, "still").trouble == ""


def test_open_exr_is_a_sequence_too(tmp_path):
    for number in range(1001, 1004):
        dark = (draw_number(number).astype(np.uint16) * 257) // 2
        write_by_codec(tmp_path / f"a.{number}.exr", dark, "exr", "gbrpf32le")
    with open_source(ref(tmp_path / "a.1001.exr")) as reader:
        assert [number_in(frame) for frame in map(reader.read, range(3))] == [1001, 1002, 1003]


@pytest.mark.parametrize("deep", [False, True])
def test_rgb_through_prores_keeps_its_luma_and_its_colour(tmp_path, deep):
    smooth = np.stack(
        [np.tile(np.linspace(low, high, 64), (48, 1)) for low, high in ((9, 250), (200, 40), (0, 90))], 2
    )
    pixels = (smooth * 257).astype(np.uint16) if deep else smooth.astype(np.uint8)
    path = write_still(tmp_path / "a_1.png", pixels)
    with open_source(ref(path)) as reader:
        frame = reader.read(0)
    rgb = to_rgb(frame)
    painted = repaint(frame, rgb, rgb)
    weights = (0.299, 0.587, 0.114) if int(painted.colorspace) == 6 else (0.2126, 0.7152, 0.0722)
    wanted = (pixels / (257 if deep else 1)) @ weights / 255
    assert np.abs(luma(painted) - wanted).max() <= 0.51 / 876, "half a code"
    write_segment(tmp_path / "a.mov", [painted], RATE)
    with FrameReader(tmp_path / "a.mov") as reader:
        assert psnr(to_rgb(reader.read(0)).numpy(), rgb.numpy(), 255) > 48
    assert (painted.color_trc, painted.color_primaries, painted.color_range) == (1, 1, 1)
