"""What the header says, what it costs to ask, and which files are owned up to as trouble."""

import random
import struct
import subprocess
import sys
import wave
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import pytest
from stylereel.core.errors import MediaError
from stylereel.core.media import probe
from stylereel.core.media.probe import fingerprint, read_facts
from support.burnin import draw_number, write_counter
from support.sources import FRAMES, RATE, SIZES, SOURCES, remux, write_uneven

P30 = Fraction(30000, 1001)


@pytest.mark.parametrize("kind", SOURCES)
def test_facts_of_every_kind_of_source(tmp_path, kind):
    write, _, frames = SOURCES[kind]
    facts = read_facts(write(tmp_path))
    assert (facts.rate, facts.frames, facts.trouble, facts.variable) == (RATE, frames, "", False)
    assert (facts.width, facts.height) == SIZES.get(kind, (320, 180))


@pytest.mark.parametrize(("name", "codec"), [("a.ts", "h264"), ("a.mkv", "hevc"), ("a.mp4", "h264")])
@pytest.mark.parametrize("gop", [12, 250])
def test_a_file_without_a_table_is_counted_from_its_two_ends(tmp_path, monkeypatch, name, codec, gop):
    how = {"container_options": {"movflags": "frag_keyframe+empty_moov"}} if name == "a.mp4" else {}
    path = write_counter(tmp_path / name, 421, P30, codec, (96, 54), gop=gop, open_gop=True, **how)
    facts = read_facts(path)
    assert (facts.frames, facts.rate, facts.trouble) == (421, P30, "")


def test_packets_without_times_are_trouble(tmp_path):
    path = write_counter(tmp_path / "a.h264", 20, RATE)
    assert "no times" in read_facts(path).trouble


@pytest.mark.parametrize("rate", ["24000/1001", "24", "25", "30000/1001", "50", "60000/1001", "12", "15"])
@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_the_rate_is_exact(tmp_path, rate, suffix):
    path = write_counter(tmp_path / f"a{suffix}", 10, Fraction(rate))
    assert (read_facts(path).rate, read_facts(path).frames) == (Fraction(rate), 10)


def test_one_frame_is_enough(tmp_path):
    facts = read_facts(write_counter(tmp_path / "one.mov", 1, RATE, "prores"))
    assert (facts.frames, facts.rate, facts.trouble) == (1, RATE, "")


@pytest.mark.parametrize("name", ["a.mov", "a.mp4", "a.mxf"])
@pytest.mark.parametrize(
    ("rate", "text", "start", "drop"),
    [
        (Fraction(25), "01:00:00:00", 90000, False),
        (RATE, "00:59:58:23", 86375, False),
        (P30, "01:00:00:00", 108000, False),
        (P30, "01:00:00;00", 107892, True),
        (P30, "00:01:00;02", 1800, True),
        (P30 * 2, "00:01:00;04", 3600, True),
    ],
)
def test_timecode_is_read_with_its_drop_flag(tmp_path, name, rate, text, start, drop):
    codec = "mpeg2" if name == "a.mxf" else "h264"
    if name == "a.mxf" and rate == P30 * 2:
        pytest.skip("FFmpeg's MXF muxer writes no 59.94 drop frame")
    facts = read_facts(write_counter(tmp_path / name, 5, rate, codec, start_timecode=text))
    assert (facts.start, facts.drop_frame) == (start, drop)


def test_no_timecode_and_no_reel_are_no_trouble(tmp_path):
    facts = read_facts(write_counter(tmp_path / "a.mov", 5, RATE))
    assert (facts.start, facts.drop_frame, facts.reel, facts.trouble) == (None, False, "", "")


def test_reel_and_codec(tmp_path):
    path = write_counter(tmp_path / "a.mov", 5, RATE, "prores", start_timecode="01:00:00:00", reel="A001C002")
    assert (read_facts(path).reel, read_facts(path).codec) == ("A001C002", "prores")


def test_pixels_that_no_format_holds_are_owned_up_to(tmp_path, monkeypatch):
    monkeypatch.setattr(probe, "unsupported_pixels", lambda frame: "Its pixels are odd.")
    assert read_facts(write_counter(tmp_path / "a.mov", 5, RATE)).trouble == "Its pixels are odd."


def test_alpha_and_hdr_are_seen(tmp_path):
    veiled = dict(codec="prores", pix_fmt="yuva444p10le", options={"profile": "4", "alpha_bits": "16"})
    facts = read_facts(write_counter(tmp_path / "a.mov", 5, RATE, **veiled))
    assert (facts.alpha, facts.hdr, facts.trouble) == (True, False, "")
    facts = read_facts(write_counter(tmp_path / "b.mov", 5, RATE, "hevc", matrix="pq"))
    assert (facts.alpha, facts.hdr, facts.trouble) == (False, True, "")


def test_an_interlaced_file_is_told_by_its_first_frame(tmp_path):
    interlaced = read_facts(write_counter(tmp_path / "a.mov", 5, RATE, options={"x264-params": "tff=1"}))
    assert interlaced.interlaced and not interlaced.trouble
    assert not read_facts(write_counter(tmp_path / "b.mov", 5, RATE)).interlaced


@pytest.mark.parametrize(("rotation", "size"), [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))])
def test_a_turned_film_is_measured_upright(tmp_path, rotation, size):
    path = remux(write_counter(tmp_path / "a.mp4", 5, RATE), tmp_path / "turned.mp4", rotation=rotation)
    facts = read_facts(path)
    assert ((facts.width, facts.height), facts.trouble) == (size, "")


def test_a_slant_is_trouble(tmp_path):
    path = remux(write_counter(tmp_path / "a.mp4", 5, RATE), tmp_path / "turned.mp4", rotation=30)
    assert "rotated by" in read_facts(path).trouble


@pytest.mark.parametrize("matrix", [(-1, 0, 0, 1), (1, 0, 0, -1), (0, 1, 1, 0)])
def test_a_mirrored_film_is_trouble(tmp_path, matrix):
    """An angle alone would show it turned."""
    path = write_counter(tmp_path / "a.mp4", 5, RATE)
    data = bytearray(path.read_bytes())
    a, b, c, d = (number * 0x10000 for number in matrix)
    place = data.index(b"tkhd") + 44
    data[place : place + 20] = struct.pack(">5i", a, b, 0, c, d)
    path.write_bytes(data)
    assert "mirrored" in read_facts(path).trouble


def test_an_alpha_that_the_decoder_drops_is_trouble(tmp_path):
    path = write_counter(tmp_path / "a.webm", 5, RATE, "vp9", pix_fmt="yuva420p")
    assert "alpha channel" in read_facts(path).trouble


@pytest.mark.parametrize("name", ["a.avi", "a.mxf"])
def test_times_that_do_not_say_the_order_are_trouble(tmp_path, name):
    """FFmpeg writes no order of H.264's B frames into an MXF; an AVI has no place for it."""
    options = {"profile": "high422", "x264-params": "b-adapt=0:scenecut=0:open-gop=0"}
    path = write_counter(tmp_path / name, 40, Fraction(25), pix_fmt="yuv422p10le", options=options)
    assert "in which order" in read_facts(path).trouble


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_still_that_is_said_to_be_a_film_is_trouble(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    cv2.imwrite(str(path), draw_number(1))
    assert "still picture" in read_facts(path).trouble


def test_uneven_frames_are_no_trouble(tmp_path):
    facts = read_facts(write_uneven(tmp_path / "vfr.mp4"))
    assert (facts.variable, facts.trouble, facts.frames) == (True, "", 30)
    assert facts.seconds == 35 / RATE  # 29 frames and five that are held, and the last one's own length


@pytest.mark.parametrize("name", ["a.mov", "a.mxf"])
def test_even_media_plays_for_all_its_frames(tmp_path, name):
    facts = read_facts(write_counter(tmp_path / name, 12, RATE, "mpeg2" if name == "a.mxf" else "h264"))
    assert (facts.variable, facts.seconds) == (False, 12 / RATE)


def test_rgb_is_no_trouble(tmp_path):
    assert read_facts(write_counter(tmp_path / "a.mov", 5, RATE, "png")).trouble == ""


@pytest.mark.parametrize(
    "how", [dict(pixel_aspect=Fraction(4, 3)), dict(matrix="bt2020"), dict(full_range=True)]
)
def test_what_is_carried_is_no_trouble(tmp_path, how):
    assert read_facts(write_counter(tmp_path / "a.mp4", 5, RATE, **how)).trouble == ""


def _sound_only(path: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48000)
        sound.writeframes(bytes(9600))


@pytest.mark.parametrize(
    ("fill", "what", "code"),
    [
        (None, "missing", "E-OFFLINE"),
        (lambda path: path.mkdir(), "cannot be decoded", "E-DECODE"),
        (lambda path: path.write_bytes(b""), "cannot be decoded", "E-DECODE"),
        (lambda path: path.write_text("not a film\n" * 500), "cannot be decoded", "E-DECODE"),
        (_sound_only, "no video stream", "E-DECODE"),
    ],
    ids=["missing", "folder", "empty", "text", "sound"],
)
def test_what_is_no_picture_is_refused(tmp_path, fill, what, code):
    path = tmp_path / "a.mov"
    if fill:
        fill(path)
    with pytest.raises(MediaError, match=what) as caught:
        read_facts(path)
    assert (caught.value.code, caught.value.where) == (code, str(path)) and caught.value.hint


def test_the_fingerprint_follows_the_content_not_the_path(tmp_path):
    path = write_counter(tmp_path / "a.mov", FRAMES, RATE, "prores")
    before = fingerprint(path)
    data = bytearray(path.read_bytes())
    (tmp_path / "b.mov").write_bytes(data)
    assert fingerprint(tmp_path / "b.mov") == before == read_facts(path).fingerprint
    seen = {before}
    for place in (0, len(data) // 7 * 2, len(data) - 1):
        changed = data.copy()
        changed[place] ^= 1
        path.write_bytes(changed)
        seen.add(fingerprint(path))
    path.write_bytes(data + b"\0")
    assert len(seen | {fingerprint(path)}) == 5


def test_a_partly_regraded_file_of_equal_size_has_another_fingerprint(tmp_path):
    size = 24 << 20
    path = tmp_path / "a.mov"
    path.write_bytes(random.Random(1).randbytes(size))
    seen = {fingerprint(path)}
    for part in range(20):
        with path.open("rb+") as file:
            file.seek(size * (2 * part + 1) // 41)
            file.write(bytes([part + 1]) * (size // 120))
        seen.add(fingerprint(path))
    assert len(seen) == 21


def test_a_film_of_png_pictures_with_a_named_profile_is_asked_for_safely(tmp_path):
    """What lies beside such a picture has a name of its own, which PyAV frees twice: the process died."""
    picture = tmp_path / "a.png"
    cv2.imwrite(str(picture), draw_number(1))
    data, body = picture.read_bytes(), b"iCCPany\0\0" + zlib.compress(bytes(16) + b"RGB " + bytes(400))
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    film = tmp_path / "a.mov"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "rgb24"
        for number in range(3):
            packet = av.Packet(data[:33] + chunk + data[33:])
            packet.pts = packet.dts = number
            packet.time_base, packet.stream, packet.is_keyframe = Fraction(1, 25), stream, True
            container.mux(packet)
    probe_it = f"read_facts(Path({str(film)!r}))"
    lines = "import gc; from pathlib import Path; from stylereel.core.media.probe import read_facts; "
    lines += f"print([({probe_it}.frames, gc.collect() >= 0) for _ in range(30)][-1])"
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "(3, True)"), done.stderr


def test_probing_and_reading_import_neither_torch_nor_cv2():
    modules = "stylereel.core.media.probe, stylereel.core.media.reader, stylereel.core.media.writer"
    subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; assert not {{'torch', 'cv2'}} & {{*sys.modules}}"],
        check=True,
    )
