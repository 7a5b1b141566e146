"""Sources that are broken or not what they are called: one clear error with file and frame, or the film."""

from fractions import Fraction

import av
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.rates import FrameRange
from stylereel.core.store import Store
from support.burnin import read_number, write_counter
from support.lifter import go, job, ref, shot

RATE, FRAMES = Fraction(25), 60


@pytest.mark.parametrize("name", ["a.mov", "a.avi", "a.txt", "a"])
def test_a_wrong_suffix_does_not_matter(tmp_path, name):
    path = write_counter(tmp_path / "real.mp4", 8, RATE, size=(192, 108)).rename(tmp_path / name)
    assert read_facts(path).frames == 8
    with FrameReader(path) as reader:
        assert read_number(reader.read(5).to_ndarray(format="rgb24")) == 5


def test_a_film_without_a_frame_is_refused(tmp_path):
    path = tmp_path / "empty.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        container.start_encoding()
    with pytest.raises(MediaError) as caught:
        read_facts(path)
    assert caught.value.code == "E-DECODE" and caught.value.where == str(path)


@pytest.mark.parametrize("size", [(0xFFFF, 0xFFFF), (0, 0)])
def test_an_absurd_size_is_an_error_or_the_true_size(tmp_path, size):
    """The container lies about width and height; a decoder may know better."""
    path = write_counter(tmp_path / "a.mov", 4, RATE, "prores", (192, 108))
    data = bytearray(path.read_bytes())
    place = data.index(b"apch", data.index(b"stsd")) + 28  # of the sample entry
    data[place : place + 4] = size[0].to_bytes(2, "big") + size[1].to_bytes(2, "big")
    path.write_bytes(data)
    try:
        facts = read_facts(path)
        assert (facts.width, facts.height) == (192, 108)
    except MediaError as error:
        assert error.where == str(path) and error.hint


@pytest.mark.parametrize("name", ["a.ts", "a.mkv", "a.mp4"])
def test_a_film_that_was_cut_off_gives_what_is_whole(tmp_path, name):
    """The header of an MP4 is at its top here. What is left is counted or missed, and never another frame."""
    how = {"container_options": {"movflags": "faststart"}} if name == "a.mp4" else {}
    path = write_counter(tmp_path / name, FRAMES, RATE, size=(192, 108), **how)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 5])
    good, missed = [], []
    with FrameReader(path) as reader:
        for at in range(reader.clock.frames):
            try:
                good.append((at, read_number(reader.read(at).to_ndarray(format="rgb24"))))
            except MediaError as error:
                assert f"frame {at} " in error.what and error.where == str(path)
                missed.append(at)
            except ValueError:  # a barcode that the damage reached
                missed.append(at)
    assert len(good) >= 20 and all(at == number for at, number in good)
    assert (name == "a.mp4") == bool(missed) or min(missed) > 20


@pytest.mark.parametrize("name", ["a.ts", "a.mkv"])
def test_wherever_a_film_with_b_frames_is_cut_off_it_has_the_frames_up_to_the_first_gap(tmp_path, name):
    """What is stored before frames that are shown earlier stands alone where the cut took those."""
    path = write_counter(tmp_path / name, FRAMES, RATE, size=(192, 108))
    data, torn = path.read_bytes(), 0
    for number, cut in enumerate(range(len(data) * 3 // 5, len(data) * 9 // 10, len(data) // 40)):
        path = tmp_path / f"{number}_{name}"
        path.write_bytes(data[:cut])
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            times = [packet.pts * stream.time_base for packet in container.demux(stream) if packet.size]
        left = {round((time - min(times)) * RATE) for time in times}
        whole = next(at for at in range(FRAMES) if at not in left)
        torn += whole < len(left)
        facts = read_facts(path)
        assert (facts.frames, facts.rate, facts.variable) == (whole, RATE, False)
        with FrameReader(path) as reader:
            assert (reader.clock.frames, reader.clock.rate) == (whole, RATE)
            assert read_number(reader.read(whole - 6).to_ndarray(format="rgb24")) == whole - 6
            with pytest.raises(MediaError, match=f"frame {whole} does not exist"):
                reader.read(whole)
    assert torn


def test_what_was_rendered_before_the_damage_stays(tmp_path):
    path = write_counter(tmp_path / "a.mov", FRAMES, RATE, "prores", (192, 108))
    with av.open(str(path)) as container:
        packets = [(one.pos, one.size) for one in container.demux(video=0) if one.size]
    data = bytearray(path.read_bytes())
    place, size = packets[40]
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    work = job(shot(ref(path, RATE), FrameRange(0, FRAMES), (1e9,) * FRAMES))
    store = Store(tmp_path / "s")
    with pytest.raises(MediaError, match="frame 40 ") as caught:
        go(work, store)
    assert caught.value.where == str(path)
    assert [store.has(part) for part in work.segments()] == [True, False, False]
