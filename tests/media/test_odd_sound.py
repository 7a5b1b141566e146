"""Sound with channels in another order than FFmpeg's, or without names, or that nothing decodes."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media.formats import FORMATS
from stylereel.core.media.hearing import heard, listed, tracks_of
from stylereel.core.media.sound import Sound, check_sound, coder_for, sound_doubt
from stylereel.core.media.verify import Slate
from stylereel.core.media.writer import Piece, join_segments
from stylereel.core.rates import FrameRange
from support.burnin import write_counter
from support.sounds import everything, numbered, reorder, undecodable, write_sounding

RATE, FRAMES = Fraction(25), 24
FIRST, COUNT = 12, 8  # frames whose sound is carried
OWN_ORDERS = {  # Apple's numbers of layouts, and where in FFmpeg's the file's channels are
    "7.1": (128 << 16 | 8, (0, 1, 2, 3, 6, 7, 4, 5)),
    "6.1": (125 << 16 | 7, (0, 1, 2, 3, 6, 4, 5)),
}


def joined(folder: Path, source: Path, codec: str) -> Path:
    """A film with what is heard of a source from frame FIRST on, COUNT frames long."""
    form = FORMATS[codec]
    kept, pixels = {"h264": ("ffv1", "yuv420p"), "dnxhr-mxf": ("dnxhr", None)}.get(codec, (codec, None))
    suffix = ".mkv" if codec == "h264" else form.suffix
    piece = write_counter(folder / f"a{suffix}", COUNT, RATE, kept, pix_fmt=pixels, matrix="bt709")
    slate = Slate(RATE, COUNT, 86400, form=form, sound=True)
    sound = Sound(source, FIRST / RATE, COUNT / RATE)
    join_segments([Piece(piece, FrameRange(0, COUNT))], path := folder / f"out{form.suffix}", slate, sound)
    return path


def elsewhere(call: str) -> str:
    """What a call in this module prints in another process, which may die of it."""
    names = (
        f"import sys\nfrom pathlib import Path\nsys.path[:0] = {[str(Path(__file__).parent), *sys.path]!r}"
    )
    text = f"{names}\nfrom test_odd_sound import *\nprint({call})"
    ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, f"exit {ran.returncode}: {ran.stderr}"
    return ran.stdout.strip()


def wanted(channels: int, order: tuple[int, ...]) -> np.ndarray:
    first, stop = (round(frame / RATE * 48000) for frame in (FIRST, FIRST + COUNT))
    return numbered(first, stop - first, channels).reshape(-1, channels)[:, order]


@pytest.mark.parametrize("layout", OWN_ORDERS)
@pytest.mark.parametrize(("codec", "written"), [("prores", "pcm_s24le"), ("ffv1", "flac")])
def test_channels_in_an_order_of_their_own_come_with_their_layout_to_the_sample(
    layout, codec, written, tmp_path
):
    tag, order = OWN_ORDERS[layout]
    source = reorder(write_sounding(tmp_path / "source.mov", FRAMES, RATE, layouts=(layout,)), tag)
    path = Path(elsewhere(f"joined(Path({str(tmp_path)!r}), Path({str(source)!r}), {codec!r})"))
    (track,) = tracks_of(path)
    assert (track.codec, track.layout, track.order) == (written, layout, ())
    assert np.array_equal(everything(path).reshape(-1, track.channels), wanted(track.channels, order))


def test_channels_stay_in_their_own_order_where_nothing_else_tells_them(tmp_path):
    tag, _ = OWN_ORDERS["7.1"]
    source = reorder(write_sounding(tmp_path / "source.mov", FRAMES, RATE, layouts=("7.1",)), tag)
    path = Path(elsewhere(f"joined(Path({str(tmp_path)!r}), Path({str(source)!r}), 'dnxhr-mxf')"))
    assert np.array_equal(everything(path).reshape(-1, 8), wanted(8, (*range(8),)))


def test_a_track_in_an_order_of_its_own_can_be_asked_for_again_and_again(tmp_path):
    tag, order = OWN_ORDERS["7.1"]
    source = reorder(write_sounding(tmp_path / "source.mov", 2, RATE, layouts=("7.1",)), tag)
    call = f"[(one.layout, one.order) for _ in range(20) for one in tracks_of(Path({str(source)!r}))]"
    assert elsewhere(call) == str([("7.1", order)] * 20)


def test_tracks_that_cannot_be_decoded_stay_out_and_are_told(tmp_path):
    source = write_sounding(tmp_path / "cam.mov", FRAMES, RATE, layouts=("mono", "stereo", "5.1"))
    undecodable(source, 0)
    assert [track and track.number for track in listed(source)] == [None, 1, 2]
    assert [track.layout for track in tracks_of(source)] == ["stereo", "5.1"]
    check_sound(source, ".mov")
    said = "cam.mov: track 1 of 3 of its sound cannot be decoded here, and stays on its original"
    assert sound_doubt(source, ".mov") == ("W-SOUND", said)
    path = joined(tmp_path, source, "prores")
    assert [track.layout for track in tracks_of(path)] == ["stereo", "5.1"]
    assert np.array_equal(everything(path).reshape(-1, 2), wanted(2, (0, 1)))
    undecodable(source, 2)
    said = "cam.mov: tracks 1, 3 of 3 of its sound cannot be decoded here, and stay on their original"
    assert sound_doubt(source, ".mov") == ("W-SOUND", said)


def test_a_file_of_which_no_sound_can_be_decoded_is_refused(tmp_path):
    source = undecodable(write_sounding(tmp_path / "cam.mov", FRAMES, RATE), 0)
    with pytest.raises(MediaError, match=r"none of its sound can be decoded here \[E-SOUND\]"):
        check_sound(source, ".mov")
    with pytest.raises(MediaError, match="none of its sound can be decoded here"):
        joined(tmp_path, source, "prores")
    hint = "Leave the sound out, or give the file a track of PCM or AAC."
    said = f"cam.mov: none of its sound can be decoded here. {hint}"
    assert sound_doubt(source, ".mov") == ("E-SOUND", said)


@pytest.mark.parametrize(
    ("layout", "spoken"), [("1 channels", "mono"), ("2 channels", "stereo"), ("1 channels (FL)", "mono")]
)
def test_mp4_takes_one_or_two_channels_whatever_they_are_called(layout, spoken, tmp_path):
    source = write_sounding(tmp_path / "source.mov", FRAMES, RATE, layouts=(layout,))
    (track,) = tracks_of(source)
    assert (track.layout, coder_for(track, ".mp4", source)) == (layout, "aac")
    assert sound_doubt(source, ".mp4") is None
    with av.open(str(joined(tmp_path, source, "h264"))) as container:
        assert [one.layout.name for one in container.streams.audio] == [spoken]


def test_what_a_format_cannot_hold_is_told_beforehand(tmp_path):
    source = write_sounding(tmp_path / "cam.mov", FRAMES, RATE, layouts=("16 channels",))
    said = (
        "cam.mov: MP4 cannot hold its sound, 16 channels at 48000 Hz. Write prores, or leave the sound out."
    )
    assert sound_doubt(source, ".mp4") == ("E-SOUND", said)
    assert sound_doubt(source, ".mov") is None
    assert sound_doubt(tmp_path / "no.mov", ".mp4") is None


def test_a_channel_with_a_place_of_its_own_is_heard_as_it_is(tmp_path):
    source = write_sounding(tmp_path / "source.mov", FRAMES, RATE, layouts=("1 channels (FL)", "2 channels"))
    for track in tracks_of(source):
        found = np.hstack([*heard(source, track, Fraction(0), FRAMES / RATE)])
        assert np.array_equal(found, numbered(0, round(FRAMES / RATE * 48000), track.channels))
