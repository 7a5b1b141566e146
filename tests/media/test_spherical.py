"""What files say of the sphere: written into MP4 and MOV, read back by FFmpeg, ffprobe and exiftool."""

import json
import shutil
import struct
import subprocess
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from stylereel.core.errors import OutputError, VerifyError
from stylereel.core.media import writer
from stylereel.core.media.headers import HeaderMemory
from stylereel.core.media.probe import read_facts
from stylereel.core.media.spherical import _v1, _v2, closes, mark_sphere
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import FrameRange
from support.burnin import write_counter
from support.pictures import frames_of, number_in, packets_of
from support.smooth import picture, sphere

RATE = Fraction(24000, 1001)
SIZE = (320, 160)
FIRST = {"container_options": {"movflags": "faststart"}}  # moov before mdat: every chunk has to move
KINDS = {
    "mov": ("a.mov", dict(codec="prores", reel="A001", start_timecode="01:00:00:00")),
    "mov-first": ("a.mov", dict(codec="prores", reel="A001", start_timecode="01:00:00:00", **FIRST)),
    "mp4": ("a.mp4", dict(start_timecode="01:00:00:00", sound=True)),
    "mp4-first": ("a.mp4", dict(start_timecode="01:00:00:00", sound=True, **FIRST)),
}


@pytest.mark.parametrize("stereo", ["mono", "top-bottom", "side-by-side"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_marked_file_is_the_same_film_and_a_sphere(tmp_path: Path, kind: str, stereo: str) -> None:
    name, how = KINDS[kind]
    path = write_counter(tmp_path / name, 8, RATE, size=SIZE, **how)
    before, packets, sound = read_facts(path), packets_of(path), sound_of(path)
    mark_sphere(path, stereo)
    facts = read_facts(path)
    assert (before.projection, before.stereo) == ("", "mono")
    assert (facts.projection, facts.stereo) == ("equirect", stereo)
    assert packets_of(path) == packets and sound_of(path) == sound
    assert [number_in(frame) for frame in frames_of(path)] == list(range(8))
    for fact in ("start", "reel", "frames", "rate", "codec", "seconds"):
        assert getattr(facts, fact) == getattr(before, fact), fact
    with pytest.raises(VerifyError, match="already"):
        mark_sphere(path)


def sound_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        tracks = [track for track in container.streams if track.type in ("audio", "data")]
        return [bytes(packet) for packet in container.demux(tracks) if packet.size] if tracks else []


def test_large_offsets_are_moved_too(tmp_path: Path) -> None:
    """A file whose chunks have 64-bit places, as files above 4 GB have."""
    path = write_counter(tmp_path / "a.mp4", 8, RATE, size=SIZE, **FIRST)
    path.write_bytes(widened(path.read_bytes()))
    packets = packets_of(path)
    mark_sphere(path)
    assert packets_of(path) == packets and read_facts(path).projection == "equirect"


def widened(data: bytes) -> bytes:
    """A film of one track with moov before mdat, its `stco` made a `co64`."""
    at = data.index(b"stco") - 4
    size, _, head, count = struct.unpack_from(">I4sII", data, at)
    more = 4 * count
    places = struct.unpack_from(f">{count}I", data, at + 16)
    table = struct.pack(f">I4sII{count}Q", size + more, b"co64", head, count, *(one + more for one in places))
    grown = bytearray(data[:at] + table + data[at + size :])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = data.index(kind) - 4
        struct.pack_into(">I", grown, place, struct.unpack_from(">I", data, place)[0] + more)
    return bytes(grown)


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_either_form_alone_is_read(tmp_path: Path, monkeypatch, version: str) -> None:
    other = "stylereel.core.media.spherical." + ("_v2" if version == "V1" else "_v1")
    monkeypatch.setattr(other, lambda stereo: b"")
    path = write_counter(tmp_path / "a.mp4", 4, RATE, size=SIZE)
    mark_sphere(path, "top-bottom")
    assert (b"sv3d" in path.read_bytes()) == (version == "V2")
    assert (read_facts(path).projection, read_facts(path).stereo) == ("equirect", "top-bottom")


def test_matroska_is_read(tmp_path: Path) -> None:
    marked = write_counter(tmp_path / "a.mp4", 4, RATE, size=SIZE)
    mark_sphere(marked, "side-by-side")
    with av.open(str(marked)) as before, av.open(str(tmp_path / "a.mkv"), "w") as after:
        stream = after.add_stream_from_template(before.streams.video[0])
        for packet in before.demux(video=0):
            if packet.size:
                packet.stream = stream
                after.mux(packet)
    assert (
        facts := read_facts(tmp_path / "a.mkv")
    ).projection == "equirect" and facts.stereo == "side-by-side"


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.mov", b"\0" * 40), ("b.mov", b"no film at all, but a text"), ("c.mov", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(VerifyError, match="no MP4 or MOV"):
            mark_sphere(tmp_path / name)
    path = tmp_path / "d.mov"
    path.write_bytes(struct.pack(">I4sI4s", 8, b"moov", 8, b"mdat"))
    with pytest.raises(VerifyError, match="no video track"):
        mark_sphere(path)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory) -> list[Piece]:
    path = tmp_path_factory.mktemp("pieces") / "piece.mov"
    with av.open(
        str(write_counter(path.with_name("s.mov"), 6, RATE, "prores", SIZE, matrix="bt709"))
    ) as source:
        write_segment(path, source.decode(video=0), RATE)
    return [Piece(path, FrameRange(0, 6))]


@pytest.mark.parametrize("stereo", ["mono", "top-bottom"])
def test_a_joined_file_says_what_its_slate_says(tmp_path: Path, pieces, stereo: str) -> None:
    slate = Slate(RATE, 6, start=86400, reel="A001", sphere=True, stereo=stereo, metadata={"a": "b"})
    join_segments(pieces, path := tmp_path / "a.mov", slate)
    facts = read_facts(path)
    assert (facts.projection, facts.stereo, facts.start, facts.reel) == ("equirect", stereo, 86400, "A001")
    verify_file(path, slate)
    flat = join_flat(pieces, tmp_path / "flat.mov")
    with pytest.raises(VerifyError, match="it says that it is flat"):
        verify_file(flat, slate)


def join_flat(pieces: list[Piece], path: Path) -> Path:
    join_segments(pieces, path, Slate(RATE, 6, start=86400, reel="A001", metadata={"a": "b"}))
    return path


def test_a_file_that_cannot_be_marked_is_not_published(tmp_path: Path, pieces, monkeypatch) -> None:
    def full(path: Path, stereo: str) -> None:
        path.write_bytes(path.read_bytes()[:-100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "mark_sphere", full)
    with pytest.raises(OutputError, match="No space left"):
        join_segments(pieces, tmp_path / "a.mov", Slate(RATE, 6, sphere=True))
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("stereo", ["mono", "top-bottom", "side-by-side"])
def test_ffprobe_and_exiftool_know_it(tmp_path: Path, pieces, stereo: str) -> None:
    join_segments(pieces, path := tmp_path / "a.mov", Slate(RATE, 6, sphere=True, stereo=stereo))
    if not (shutil.which("ffprobe") and shutil.which("exiftool")):
        pytest.skip("ffprobe and exiftool are not installed")
    asked = ("ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path))
    (stream, *_) = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)["streams"]
    said = {data["side_data_type"]: data for data in stream["side_data_list"]}
    assert said["Spherical Mapping"]["projection"] == "equirectangular"
    eyes = {"mono": "2D", "top-bottom": "top and bottom", "side-by-side": "side by side"}[stereo]
    assert said["Stereo 3D"]["type"] == eyes
    told = json.loads(subprocess.run(("exiftool", "-j", str(path)), check=True, capture_output=True).stdout)[
        0
    ]
    assert told["ProjectionType"] == "equirectangular" and told["Spherical"] is True


def test_the_boxes_are_what_google_writes() -> None:
    assert (
        len(_v2("mono"))
        == struct.unpack(">I", _v2("mono")[:4])[0] + struct.unpack_from(">I", _v2("mono"), 13)[0]
    )
    text = _v1("side-by-side")[24:].decode()
    assert "<GSpherical:StereoMode>left-right</GSpherical:StereoMode>" in text
    assert "StereoMode" not in _v1("mono")[24:].decode()


def test_a_picture_that_closes_is_seen() -> None:
    def frame(pixels) -> av.VideoFrame:
        return av.VideoFrame.from_ndarray(pixels[0].permute(1, 2, 0).numpy().astype(np.uint8), format="rgb24")

    assert closes(frame(sphere(128, 256).clamp(0, 255).contiguous()))
    assert not closes(frame(picture(128, 256)))
    assert not closes(frame(sphere(128, 192).clamp(0, 255))), "not twice as wide as high"
    assert not closes(frame(0 * picture(128, 256))), "a fade from black"


def test_headers_remember_the_sphere(tmp_path: Path) -> None:
    path = write_counter(tmp_path / "a.mp4", 4, RATE, size=SIZE)
    mark_sphere(path, "top-bottom")
    first = HeaderMemory(tmp_path / "headers.json")
    facts = first.facts(path)
    first.keep()
    assert HeaderMemory(tmp_path / "headers.json").facts(path) == facts
    assert (facts.projection, facts.stereo) == ("equirect", "top-bottom")


_GPANO = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:GPano="http://ns.google.com/photos/1.0/panorama/" {}</rdf:Description></rdf:RDF>'
    "</x:xmpmeta>"
)
SAID = {
    "as attributes": ('GPano:ProjectionType="equirectangular">', "equirect"),
    "as elements": ("><GPano:ProjectionType>equirectangular</GPano:ProjectionType>", "equirect"),
    "a whole one": (
        'GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="320" '
        'GPano:CroppedAreaImageWidthPixels="320">',
        "equirect",
    ),
    "a part": (
        'GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="640" '
        'GPano:CroppedAreaImageWidthPixels="320">',
        "a part of a sphere",
    ),
    "a part of its height": (
        'GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="320" '
        'GPano:CroppedAreaImageWidthPixels="320" GPano:FullPanoHeightPixels="160" '
        'GPano:CroppedAreaImageHeightPixels="80">',
        "a part of a sphere",
    ),
    "a cylinder": ('GPano:ProjectionType="cylindrical">', "an unknown projection (cylindrical)"),
    "nothing": (">", ""),
}


@pytest.mark.parametrize("kind", SAID)
def test_a_picture_says_in_its_xmp_that_it_is_a_sphere(tmp_path: Path, kind: str) -> None:
    words, projection = SAID[kind]
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + _GPANO.format(words).encode()
    plain = cv2.imencode(".jpg", sphere(160, 320)[0].permute(1, 2, 0).numpy())[1].tobytes()
    path = tmp_path / "still.jpg"
    path.write_bytes(plain[:2] + b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp + plain[2:])
    assert read_facts(path, "still", RATE).projection == projection
