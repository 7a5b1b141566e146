"""Sound by the sample: what is heard while frames are shown, and what goes into a styled film."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from stylereel.core.errors import MediaError, VerifyError
from stylereel.core.media.formats import FORMATS
from stylereel.core.media.hearing import heard, tracks_of
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.sound import Sound, check_sound, coder_for
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments
from stylereel.core.rates import FrameRange
from support.burnin import write_counter
from support.sounds import everything, from_top, noise, numbered, write_sounding

RATE, FRAMES = Fraction(24000, 1001), 96
SPANS = (FrameRange(0, FRAMES), FrameRange(0, 1), FrameRange(37, 61), FrameRange(95, 96))
KINDS = {
    "mov": (".mov", "pcm_s24le", ("stereo",), numbered),
    "two mono tracks": (".mov", "pcm_s24le", ("mono", "mono"), numbered),
    "5.1": (".mov", "pcm_s24le", ("5.1",), numbered),
    "float": (".mov", "pcm_f32le", ("stereo",), noise),
    "mxf": (".mxf", "pcm_s24le", ("stereo",), numbered),
    "mkv flac": (".mkv", "flac", ("stereo",), numbered),
    "mkv aac": (".mkv", "aac", ("stereo",), noise),
    "mp4 aac": (".mp4", "aac", ("stereo",), noise),
    "ts ac3": (".ts", "ac3", ("5.1",), noise),
    "ts mp2": (".ts", "mp2", ("stereo",), noise),
}


DITHERED = ("aac", "ac3", "mp2")  # decoders that add a noise of their own, another after every seek


def likest(one: np.ndarray, other: np.ndarray, channels: int, reach: int = 50) -> int:
    """By how many samples the first has to be moved to be most like the second, and so it must be very."""
    one, other = (each.reshape(-1, channels)[:, 0].astype(np.float64) for each in (one, other))
    middle = slice(reach, len(one) - reach)
    found = [
        np.corrcoef(one[middle], other[reach + lag : len(one) - reach + lag])[0, 1]
        for lag in range(-reach, reach + 1)
    ]
    assert max(found) > 0.6
    return int(np.argmax(found)) - reach


def all_heard(path: Path, number: int, begin: Fraction, seconds: Fraction) -> np.ndarray:
    return np.hstack([*heard(path, tracks_of(path)[number], begin, seconds)])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_heard_from_anywhere_is_what_plays_from_the_top(kind, tmp_path):
    suffix, coder, layouts, samples = KINDS[kind]
    path = write_sounding(tmp_path / f"a{suffix}", FRAMES, RATE, coder, layouts, samples=samples)
    with FrameReader(path) as reader:
        moments = [reader.moment(span.first) for span in SPANS]
    for number, track in enumerate(tracks_of(path)):
        place, whole = from_top(path, number)
        for span, moment in zip(SPANS, moments, strict=True):
            found = all_heard(path, number, moment, len(span) / RATE)
            if track.sample == "flt":
                found = np.round(found.astype(np.float64) * 2**31).astype(np.int64)
            first, stop = (round(one * track.rate) for one in (moment, moment + len(span) / RATE))
            lead = max(0, place - first)
            tail = min(stop - first, max(0, stop - place - whole.shape[1] // track.channels))
            wanted = whole[:, max(0, first - place) * track.channels : (stop - place) * track.channels]
            silence = [np.zeros((1, count * track.channels)) for count in (lead, tail)]
            whole_part = np.hstack([silence[0], wanted, silence[1]])
            assert found.shape == whole_part.shape
            if coder in DITHERED and whole_part.any():
                assert likest(found, whole_part, track.channels) == 0, span
            else:
                assert np.array_equal(found, whole_part), span


def test_samples_of_an_uncompressed_track_are_those_of_the_frames(tmp_path):
    path = write_sounding(tmp_path / "a.mov", FRAMES, RATE)
    first, stop = round(30 / RATE * 48000), round(54 / RATE * 48000)
    found = all_heard(path, 0, 30 / RATE, 24 / RATE)
    assert np.array_equal(found, numbered(first, stop - first, 2))


def test_where_a_track_has_no_sound_there_is_silence(tmp_path):
    path = write_sounding(tmp_path / "a.mov", 48, RATE, late=Fraction(1, 2))
    found = all_heard(path, 0, Fraction(0), Fraction(3))
    assert found.shape[1] == 2 * 3 * 48000
    own = numbered(0, round(48 / RATE * 48000), 2)
    assert not found[:, :48000].any() and np.array_equal(found[:, 48000:][:, : own.shape[1]], own)
    assert not found[:, 48000 + own.shape[1] :].any()


@pytest.mark.parametrize(
    ("suffix", "codec", "layouts", "written"),
    [
        (".mov", "prores", ("stereo",), "pcm_s24le"),
        (".mov", "prores", ("5.1", "mono"), "pcm_s24le"),
        (".mkv", "ffv1", ("stereo",), "flac"),
    ],
)
def test_a_joined_film_has_the_sound_of_its_frames_bit_for_bit(suffix, codec, layouts, written, tmp_path):
    source = write_sounding(tmp_path / "source.mov", FRAMES, RATE, layouts=layouts)
    pieces = [
        Piece(
            write_counter(tmp_path / f"{at}{suffix}", 12, RATE, codec, first_number=at, matrix="bt709"),
            FrameRange(0, 12),
        )
        for at in (30, 42)
    ]
    sound = Sound(source, 30 / RATE, 24 / RATE)
    slate = Slate(RATE, 24, 86400, reel="A001" if suffix == ".mov" else "", form=FORMATS[codec], sound=True)
    join_segments(pieces, path := tmp_path / f"out{suffix}", slate, sound)
    verify_file(path, slate)
    first, count = round(30 / RATE * 48000), round(54 / RATE * 48000) - round(30 / RATE * 48000)
    for number, layout in enumerate(layouts):
        track = tracks_of(path)[number]
        assert (track.codec, track.layout) == (written, layout)
        assert np.array_equal(everything(path, number), numbered(first, count, track.channels))


def test_an_mp4_holds_its_sound_in_step_and_as_long_as_the_picture(tmp_path):
    source = write_sounding(tmp_path / "source.mov", FRAMES, RATE, samples=noise)
    segment = write_counter(
        tmp_path / "a.mkv", 24, RATE, "ffv1", first_number=30, pix_fmt="yuv420p", matrix="bt709"
    )
    slate = Slate(RATE, 24, 86400, form=FORMATS["h264"], sound=True)
    join_segments(
        [Piece(segment, FrameRange(0, 24))],
        path := tmp_path / "out.mp4",
        slate,
        Sound(source, 30 / RATE, 24 / RATE),
    )
    verify_file(path, slate)
    found = all_heard(path, 0, Fraction(0), 24 / RATE)
    wanted = noise(round(30 / RATE * 48000), found.shape[1] // 2, 2)
    assert likest(found, wanted, 2) == 0


def test_sound_that_mp4_cannot_hold_is_refused_by_name(tmp_path):
    path = write_sounding(tmp_path / "a.mov", 12, RATE, layouts=("stereo", "16 channels"))
    check_sound(path, ".mov")
    with pytest.raises(MediaError, match="MP4 cannot hold its sound, 16 channels at 48000 Hz"):
        check_sound(path, ".mp4")
    assert coder_for(tracks_of(path)[0], ".mp4", path) == "aac"


def test_a_film_without_the_sound_that_was_promised_is_told(tmp_path):
    path = write_counter(tmp_path / "a.mov", 12, RATE, "prores", start_timecode="00:00:00:00", matrix="bt709")
    with pytest.raises(VerifyError, match="it has no sound"):
        verify_file(path, Slate(RATE, 12, sound=True))
    other = write_counter(
        tmp_path / "b.mov", 12, RATE, "prores", start_timecode="00:00:00:00", matrix="bt709", sound=True
    )
    with pytest.raises(VerifyError, match="sound, which it should not"):
        verify_file(other, Slate(RATE, 12))
