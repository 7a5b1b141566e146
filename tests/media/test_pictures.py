"""Single pictures: every kind read whole, written so that not a level is lost, traced back by their note."""

import json
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from stylereel.core.errors import MediaError, OutputError, VerifyError
from stylereel.core.media import pictures
from stylereel.core.media.colour import to_array, to_rgb
from stylereel.core.media.pictures import (
    copy_picture,
    note_of,
    read_picture,
    still_suffix,
    stored_picture,
    write_picture,
)
from stylereel.core.media.probe import read_facts
from stylereel.core.media.profile import colour_profile, profile_name
from support.burnin import write_counter
from support.stills import noise, write_by_codec, write_still


def write_tga(path: Path) -> Path:
    return write_by_codec(path.with_name("plain.tga"), noise(), "targa", "bgr24").rename(path)


KINDS = {  # name → how it is written, the pixels it was written from
    "rgb.png": (lambda path: write_still(path, noise()), noise()),
    "deep.png": (lambda path: write_still(path, noise(deep=True)), noise(deep=True)),
    "rgb.tif": (lambda path: write_still(path, noise()), noise()),
    "deep.tiff": (lambda path: write_still(path, noise(deep=True)), noise(deep=True)),
    "rgb.bmp": (lambda path: write_still(path, noise()), noise()),
    "rgb.tga": (lambda path: write_by_codec(path, noise(), "targa", "bgr24"), noise()),
    "rgb.dpx": (lambda path: write_by_codec(path, noise(), "dpx", "rgb24"), noise()),
    "odd.png": (lambda path: write_still(path, noise(size=(51, 37))), noise(size=(51, 37))),
    "grey.png": (
        lambda path: write_still(path, noise()[..., 0]),
        np.repeat(noise()[..., :1], 3, axis=2),
    ),
    "deep_grey.png": (
        lambda path: write_still(path, noise(deep=True)[..., 0]),
        np.repeat(noise(deep=True)[..., :1], 3, axis=2),
    ),
    "opaque.png": (
        lambda path: write_still(path, np.dstack([noise(), np.full((48, 64), 255, np.uint8)])),
        noise(),
    ),
    "lossless.webp": (lambda path: write_still(path, noise()), noise()),
    "a_%03d.tga": (lambda path: write_tga(path), noise()),
    "100% [1] it's.png": (lambda path: write_still(path, noise()), noise()),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_level_of_a_picture_survives_reading_and_writing(tmp_path, name):
    write, pixels = KINDS[name]
    if name.endswith(".webp"):
        cv2.imwrite(str(tmp_path / name), pixels[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])
    else:
        write(tmp_path / name)
    facts = read_facts(tmp_path / name, "still")
    assert (facts.trouble, facts.frames, facts.variable) == ("", 1, False)
    assert (facts.height, facts.width) == pixels.shape[:2]
    picture = to_rgb(read_picture(tmp_path / name))
    for suffix in (".png", ".tif"):
        path = tmp_path / f"styled{suffix}"
        write_picture(path, to_array(picture))
        written = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1]
        assert written.dtype == np.uint16
        deep = pixels if pixels.dtype == np.uint16 else pixels.astype(np.uint16) * 257
        assert np.array_equal(written, deep), f"{np.abs(written.astype(int) - deep).max()} of 65535"


@pytest.mark.parametrize("name", ["a.jpg", "a.webp"])
def test_pictures_of_luma_and_chroma_are_as_viewers_show_them(tmp_path, name):
    smooth = cv2.resize(noise(size=(6, 4)), (64, 48), interpolation=cv2.INTER_CUBIC)
    path = write_still(tmp_path / name, smooth)
    shown = cv2.imread(str(path))[..., ::-1]
    assert np.array_equal(to_array(to_rgb(read_picture(path))), shown.astype(np.uint16) * 257)


def test_linear_light_is_brought_to_a_displays_curve(tmp_path):
    half = np.full((16, 16, 3), 32768, np.uint16)
    path = write_by_codec(tmp_path / "a.exr", half, "exr", "gbrpf32le")
    value = float(to_rgb(read_picture(path)).mean()) / 255
    assert value == pytest.approx(1.099 * 0.5**0.45 - 0.099, abs=0.005)
    assert read_facts(path, "still").trouble == ""


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("deep", [False, True], ids=["8", "16"])
def test_alpha_is_read_and_written_as_it_is(tmp_path, suffix, deep):
    pixels = np.dstack([noise(deep=deep), noise(7, deep=deep)[..., :1]])
    path = write_still(tmp_path / f"logo{suffix}", pixels)
    facts = read_facts(path, "still")
    assert facts.alpha and not facts.trouble
    frame = read_picture(path, alpha=True)
    wanted = pixels if deep else pixels.astype(np.uint16) * 257
    assert np.array_equal(to_array(to_rgb(frame), frame), wanted)
    write_picture(tmp_path / f"out{suffix}", wanted, NOTE, PROFILE)
    copy_picture(tmp_path / f"out{suffix}", tmp_path / f"copy{suffix}", NOTE)
    for name in ("out", "copy"):
        found = cv2.imread(str(tmp_path / f"{name}{suffix}"), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(found[..., [2, 1, 0, 3]], wanted)
        assert note_of(stored_picture(tmp_path / f"{name}{suffix}")) == NOTE
        assert colour_profile(tmp_path / f"{name}{suffix}") == PROFILE


def test_alpha_that_nobody_asked_for_is_told(tmp_path):
    path = write_still(tmp_path / "logo.png", np.dstack([noise(), noise()[..., 0]]))
    with pytest.raises(MediaError, match="alpha") as caught:
        read_picture(path)
    assert caught.value.where == str(path) and caught.value.hint and caught.value.code == "E-DECODE"


@pytest.mark.parametrize(
    ("fill", "code"),
    [
        (None, "E-OFFLINE"),
        (lambda path: path.mkdir(), "E-DECODE"),
        (lambda path: path.write_bytes(b""), "E-DECODE"),
        (lambda path: path.write_text("no picture\n" * 99), "E-DECODE"),
        (lambda path: path.write_bytes(write_still(path, noise()).read_bytes()[:90]), "E-DECODE"),
    ],
    ids=["missing", "folder", "empty", "text", "truncated"],
)
def test_what_is_no_picture_is_one_message(tmp_path, fill, code):
    path = tmp_path / "a.png"
    if fill:
        fill(path)
    for read in (read_picture, lambda path: read_facts(path, "still")):
        with pytest.raises(MediaError) as caught:
            read(path)
        assert (caught.value.code, caught.value.where) == (code, str(path)) and caught.value.hint


NOTE = json.dumps({"media": "C:/füße/ä.png", "rate": "25"})


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_the_note_stands_in_the_picture(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    write_picture(path, noise(deep=True), NOTE)
    assert note_of(pictures.decoded_picture(path)) == NOTE == read_facts(path, "still").styled_from
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1], noise(deep=True))
    write_picture(path, noise(deep=True))
    assert read_facts(path, "still").styled_from == ""


PROFILE = bytes(16) + b"RGB " + b"a colour profile of an odd length, " * 4001


def with_profile(path: Path, profile: bytes = PROFILE) -> Path:
    """A picture with a colour profile, as other programs write it."""
    write_still(path, noise())
    data = path.read_bytes()
    if path.suffix == ".png":
        body = b"iCCP" + b"any\0\0" + zlib.compress(profile)
        chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        path.write_bytes(data[:33] + chunk + data[33:])
    elif path.suffix == ".jpg":
        parts = [profile[at : at + 65000] for at in range(0, len(profile), 65000)]
        heads = [b"ICC_PROFILE\0" + bytes([number, len(parts)]) for number in range(1, len(parts) + 1)]
        bodies = [head + part for head, part in zip(heads, parts, strict=True)]
        marked = b"".join(b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body for body in bodies)
        path.write_bytes(data[:2] + marked + data[2:])
    else:
        write_picture(path, noise(deep=True), profile=profile)
    return path


@pytest.mark.parametrize("source", ["a.png", "a.jpg"])
@pytest.mark.parametrize("colours", [b"GRAY", b"CMYK"])
def test_a_profile_of_other_colours_than_rgb_stays_behind(tmp_path, source, colours):
    assert colour_profile(with_profile(tmp_path / source, PROFILE.replace(b"RGB ", colours))) == b""


@pytest.mark.parametrize("source", ["a.png", "a.jpg", "a.tif"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_the_colour_profile_goes_along(tmp_path, source, suffix):
    found = colour_profile(with_profile(tmp_path / source))
    assert found == PROFILE
    path = tmp_path / f"styled{suffix}"
    write_picture(path, noise(deep=True), NOTE, found)
    assert colour_profile(path) == PROFILE
    assert note_of(pictures.decoded_picture(path)) == NOTE
    assert np.array_equal(cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1], noise(deep=True))


def described(kind: bytes, text: bytes) -> bytes:
    """A profile of a head and the one tag that names it."""
    body = kind + bytes(4) + text
    return PROFILE[:20] + bytes(108) + struct.pack(">I4sII", 1, b"desc", 144, len(body)) + body


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        (
            described(
                b"mluc", struct.pack(">II4sII", 1, 12, b"enUS", 20, 28) + "Display P3".encode("utf-16-be")
            ),
            "Display P3",
        ),
        (described(b"desc", struct.pack(">I", 17) + b"Adobe RGB (1998)\0"), "Adobe RGB (1998)"),
        (described(b"desc", b""), "without a name"),
        (described(b"desc", struct.pack(">I", 4) + b"\xff\xfe\0\1"), "without a name"),
        (PROFILE[:40], "without a name"),
        (b"", ""),
    ],
)
def test_a_profile_says_its_name(profile, name):
    assert profile_name(profile) == name


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_broken_profile_is_none(tmp_path, name):
    path = with_profile(tmp_path / name)
    whole = path.read_bytes()
    for length in (0, 2, 3, 9, 20, 40, 90):
        path.write_bytes(whole[:length])
        assert colour_profile(path) in (b"", PROFILE)
    assert colour_profile(write_still(tmp_path / f"none{path.suffix}", noise())) == b""


def test_a_film_is_no_still(tmp_path):
    path = write_counter(tmp_path / "a.mov", 3, Fraction(25))
    with pytest.raises(MediaError, match="it is a film") as caught:
        read_facts(path, "still")
    assert caught.value.code == "E-DECODE"


def test_words_in_another_alphabet_are_no_trouble(tmp_path):
    path = write_still(tmp_path / "a.png", noise())
    text = b"tEXtAuthor\0J\xfcrgen \x9a"
    data = path.read_bytes()
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    path.write_bytes(data[:33] + chunk + data[33:])
    facts = read_facts(path, "still")
    assert (facts.trouble, facts.styled_from) == ("", "")
    assert np.array_equal(to_array(to_rgb(read_picture(path))), noise().astype(np.uint16) * 257)


def test_the_suffix_follows_the_source():
    kinds = {"a.TIF": ".tif", "a.tiff": ".tif", "a.png": ".png", "a.jpg": ".png", "a": ".png"}
    assert {name: still_suffix(Path(name)) for name in kinds} == kinds


def test_a_picture_that_came_out_wrong_is_not_published(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_text("what was here before")
    monkeypatch.setattr(pictures, "_png", lambda pixels, *rest: good(pixels // 2, *rest))
    with pytest.raises(VerifyError, match="does not hold the picture"):
        write_picture(path, noise(deep=True))
    monkeypatch.setattr(pictures, "_png", lambda *given: b"nothing")
    with pytest.raises(VerifyError, match="cannot be read back"):
        write_picture(path, noise(deep=True))
    assert path.read_text() == "what was here before" and list(tmp_path.iterdir()) == [path]


good = pictures._png


def test_a_folder_that_cannot_be_is_one_message(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(OutputError) as caught:
        write_picture(tmp_path / "file" / "a.png", noise(deep=True))
    assert caught.value.hint


def test_a_still_has_the_rate_it_is_given(tmp_path):
    path = write_still(tmp_path / "a.png", noise())
    assert read_facts(path, "still", Fraction(24)).rate == 24
