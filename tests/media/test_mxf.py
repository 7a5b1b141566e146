"""DNxHR in MXF: timecode, reel, pixels and colours in its header, its sound, what it cannot hold."""

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pymediainfo import MediaInfo
from stylereel.core.cut import MediaFacts
from stylereel.core.errors import MediaError, VerifyError
from stylereel.core.media.formats import FORMATS, held_by, refusals
from stylereel.core.media.hearing import tracks_of
from stylereel.core.media.mxf import described_tags, say_aspect
from stylereel.core.media.probe import read_facts
from stylereel.core.media.sound import Sound, check_sound
from stylereel.core.media.tags import Tags
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments
from stylereel.core.rates import FrameRange, can_drop, timecode
from support.burnin import write_counter
from support.pictures import frames_of, number_in, packets_of
from support.sounds import everything, noise, numbered, write_sounding

MXF = FORMATS["dnxhr-mxf"]
NTSC = [Fraction(rate * 1000, 1001) for rate in (24, 30, 60)]


def written(folder: Path, slate: Slate, size=(320, 180), sound: Sound | None = None) -> Path:
    """A film of burnt-in numbers in two segments, joined in MXF."""
    half = -(-slate.frames // 2)
    pieces = []
    for first, count in ((0, half), (half, slate.frames - half)):
        if count:
            how = {"matrix": "bt709", "first_number": first, "pixel_aspect": slate.pixel_aspect}
            path = write_counter(folder / f"{first}.mov", count, slate.rate, "dnxhr", size, **how)
            pieces.append(Piece(path, FrameRange(0, count)))
    path = folder / "styled.mxf"
    join_segments(pieces, path, replace(slate, form=MXF), sound)
    return path


@pytest.mark.parametrize("rate", sorted(MXF.rates), ids=str)
def test_every_rate_is_exact_and_has_its_timecode(tmp_path, rate):
    """Drop frame wherever it can be; from a frame on that a careless count would drop."""
    drop = can_drop(rate)
    start = round(60 * rate)
    for frames in (1, 2, 7):
        path = written(tmp_path, Slate(rate, frames, start, drop, reel="A001"))
        facts = read_facts(path)
        assert (facts.frames, facts.rate, facts.seconds) == (frames, rate, frames / rate)
        assert (facts.start, facts.drop_frame, facts.reel) == (start, drop, "A001")
        assert [number_in(frame) for frame in frames_of(path)] == [*range(frames)]
        packets = [packet for part in sorted(tmp_path.glob("[0-9].mov")) for packet in packets_of(part)]
        assert packets_of(path) == packets[:frames]
        path.unlink()
        for part in tmp_path.glob("*.mov"):
            part.unlink()


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="needs ffprobe")
@pytest.mark.parametrize("rate", NTSC, ids=str)
def test_ffprobe_and_mediainfo_read_timecode_and_reel(tmp_path, rate):
    path = written(tmp_path, Slate(rate, 9, round(61 * rate), can_drop(rate), reel="A001_C002"))
    wanted = timecode(round(61 * rate), rate, can_drop(rate))
    assert (";" in wanted) == (rate != NTSC[0])
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    (stream,) = said["streams"]
    assert (stream["tags"]["timecode"], stream["tags"]["reel_name"]) == (wanted, "A001_C002")
    assert (Fraction(stream["duration_ts"]) * Fraction(stream["time_base"])) == 9 / rate
    general, *tracks = [track.to_data() for track in MediaInfo.parse(str(path)).tracks]
    codes = {track["time_code_of_first_frame"] for track in tracks if track["track_type"] == "Other"}
    assert codes == {wanted} and general["package_name"] == "A001_C002"
    assert (general["format"], general["format_profile"]) == ("MXF", "OP-1a")


@pytest.mark.parametrize("aspect", [Fraction(1), Fraction(16, 15), Fraction(2)], ids=str)
def test_pixels_keep_their_shape(tmp_path, aspect):
    slate = Slate(Fraction(25), 3, pixel_aspect=aspect)
    path = written(tmp_path, slate, (512, 256))
    (video,) = (track.to_data() for track in MediaInfo.parse(str(path)).video_tracks)
    assert float(video["pixel_aspect_ratio"]) == pytest.approx(float(aspect), abs=1e-3)
    with pytest.raises(VerifyError, match="pixel aspect"):
        verify_file(path, replace(slate, form=MXF, pixel_aspect=Fraction(3)))
    assert described_tags(path) == Tags(1, 0, 1, 1)


def test_only_an_mxf_is_changed(tmp_path):
    path = write_counter(tmp_path / "a.mov", 2, Fraction(25))
    before = path.read_bytes()
    with pytest.raises(VerifyError, match="no MXF"):
        say_aspect(path, Fraction(2))
    assert path.read_bytes() == before
    assert described_tags(path) == Tags(2, 0, 2, 2)


@pytest.mark.parametrize("rate", [Fraction(25), *NTSC[:2]], ids=str)
@pytest.mark.parametrize("frames", [1, 24])
def test_its_sound_is_that_of_its_frames_bit_for_bit(tmp_path, rate, frames):
    layouts = ("stereo", "mono", "5.1")
    source = write_sounding(tmp_path / "source.mov", 60, rate, layouts=layouts)
    slate = Slate(rate, frames, sound=True)
    path = written(tmp_path, slate, sound=Sound(source, 30 / rate, frames / rate))
    verify_file(path, replace(slate, form=MXF))
    first = round(30 / rate * 48000)
    count = round((30 + frames) / rate * 48000) - first
    for number, channels in enumerate((2, 1, 6)):
        assert tracks_of(path)[number].codec == "pcm_s24le"
        assert np.array_equal(everything(path, number), numbered(first, count, channels))


def test_floats_are_rounded_to_24_bits_and_other_sample_rates_are_refused(tmp_path):
    rate = Fraction(25)
    source = write_sounding(tmp_path / "float.mov", 12, rate, "pcm_f32le", samples=noise)
    path = written(tmp_path, Slate(rate, 12, sound=True), sound=Sound(source, Fraction(0), 12 / rate))
    wanted = noise(0, 12 * 1920, 2)
    assert np.abs(everything(path).astype(np.int64) - wanted).max() <= 1 << 8
    odd = write_sounding(tmp_path / "odd.mov", 12, rate, sample_rate=44100)
    check_sound(odd, ".mov")
    with pytest.raises(MediaError, match="44100 Hz") as caught:
        check_sound(odd, ".mxf")
    assert caught.value.code == "E-SOUND" and "MOV" in caught.value.hint


def test_what_it_cannot_hold_is_refused_by_the_plan():
    facts = MediaFacts(Fraction(25), 10, 320, 180, "print")
    assert not [*refusals("dnxhr-mxf", facts)]
    wrong = dict(alpha=True), dict(hdr=True), dict(width=200), dict(width=321), dict(rate=Fraction(15))
    told = [" ".join(refusals("dnxhr-mxf", replace(facts, **one))) for one in wrong]
    whys = "alpha", "HDR", "256 x 120", "odd width of 321", "15 frames a second; write dnxhr."
    assert all(why in text for why, text in zip(whys, told, strict=True)), told
    interpreted = held_by("dnxhr-mxf", facts, rate=Fraction(18))
    assert "18 frames a second" in interpreted.trouble
    assert not held_by("dnxhr-mxf", replace(facts, rate=Fraction(15)), rate=Fraction(25)).trouble
