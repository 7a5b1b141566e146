"""Numbered pictures as they are written: names, bits, light, alpha, colours, and faults of a folder."""

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from stylereel.core.cut import MediaFacts, MediaRef
from stylereel.core.errors import MediaError, OutputError, VerifyError
from stylereel.core.manifest import MANIFEST, STYLED_TAG
from stylereel.core.media.chunks import png_chunks, tiff_entries
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.cut_off import is_cut_off
from stylereel.core.media.files import publishing_folder
from stylereel.core.media.formats import FORMATS, lossless, refusals, written_as
from stylereel.core.media.inspect_film import Sight, inspect_pictures
from stylereel.core.media.light import light_of_signal, signal_of_light
from stylereel.core.media.pictures import read_picture, stored_picture
from stylereel.core.media.probe import read_facts
from stylereel.core.media.profile import colour_profile, with_profile
from stylereel.core.media.sequence import PictureReader, numbered
from stylereel.core.media.source import open_source
from stylereel.core.media.verify import Slate, verify_file
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.numbering import first_picture
from stylereel.core.rates import FrameRange
from support.burnin import write_counter
from support.pictures import number_in
from support.stills import noise, write_by_codec, write_numbered, write_still
from support.veiled import ALPHA, write_veiled

RATE, START, FRAMES = Fraction(24000, 1001), 86420, 10
NOTE = json.dumps({"media": "take.mov"})
PROFILE = bytes(16) + b"RGB " + b"a colour profile of an odd length, " * 401
NUMBERED = [name for name, form in FORMATS.items() if form.numbered]
EXACT = [name for name in NUMBERED if name != "exr"]
FACTS = MediaFacts(RATE, 10, 320, 180, "print")


def written(folder: Path, source: Path, codec: str, kind="movie", **changes) -> Path:
    """A source, unpainted, in two segments, joined as numbered pictures; the first of them."""
    form, pieces = FORMATS[codec], []
    with open_source(MediaRef(source.name, str(source), source, RATE, kind=kind)) as reader:
        frames = reader.clock.frames
        for first, stop in ((0, frames // 2), (frames // 2, frames)):
            path = folder / f"segment{first}{lossless(form).suffix}"
            made = (unpainted(reader.read(index), form) for index in range(first, stop))
            write_segment(path, made, RATE, form=lossless(form))
            pieces.append(Piece(path, FrameRange(0, stop - first)))
    path = first_picture(folder / "take 1", START, form.suffix)
    join_segments(pieces, path, replace(slate(codec, frames), **changes))
    return path


def slate(codec: str, frames: int = FRAMES) -> Slate:
    return Slate(RATE, frames, START, metadata={STYLED_TAG: NOTE}, form=FORMATS[codec])


def unpainted(frame, form):
    rgb = to_rgb(frame)
    return repaint(frame, rgb, rgb, form)


def codes(path: Path, alpha: bool = False) -> np.ndarray:
    """A picture as it is read, in 16 bits."""
    found = read_picture(path, alpha=alpha).to_ndarray()
    return found if found.dtype == np.uint16 else (65535 * found).round().astype(np.uint16)


def depth(path: Path) -> np.ndarray:
    """A picture's numbers as they are stored, RGB with or without alpha, by OpenCV."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    return picture[..., [2, 1, 0, *range(3, picture.shape[2])]]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    return write_counter(tmp_path_factory.mktemp("source") / "a.mp4", FRAMES, RATE, "h264", matrix="bt709")


@pytest.fixture(scope="module", params=NUMBERED)
def pictures(request, source, tmp_path_factory) -> tuple[str, Path]:
    return request.param, written(tmp_path_factory.mktemp(request.param), source, request.param)


@pytest.fixture(scope="module")
def png(source, tmp_path_factory) -> Path:
    return written(tmp_path_factory.mktemp("of_png"), source, "png")


def test_every_frame_has_its_number_and_shows_it(pictures):
    codec, first = pictures
    suffix = FORMATS[codec].suffix
    names = [f"take 1.{number:08}{suffix}" for number in range(START, START + FRAMES)]
    assert sorted(path.name for path in first.parent.iterdir()) == sorted([MANIFEST, *names])
    reader = PictureReader(first, RATE)
    assert [number_in(reader.read(at)) for at in (7, 0, *range(FRAMES))] == [7, 0, *range(FRAMES)]
    facts = read_facts(first, "sequence", RATE)
    assert (facts.frames, facts.width, facts.height, facts.trouble) == (FRAMES, 320, 180, "")
    assert json.loads(facts.styled_from) == json.loads(NOTE)
    verify_file(first, slate(codec))


def test_a_stranger_reads_all_of_them_in_their_depth(pictures):
    codec, first = pictures
    if not shutil.which("ffprobe"):
        pytest.skip("ffprobe is not installed")
    pattern = first.with_name(f"take 1.%08d{first.suffix}")
    command = ["ffprobe", "-v", "error", "-f", "image2", "-start_number", str(START), "-count_frames"]
    command += ["-show_streams", "-of", "json", str(pattern)]
    (stream,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"]
    assert (int(stream["nb_read_frames"]), stream["width"], stream["height"]) == (FRAMES, 320, 180)
    assert stream["pix_fmt"] == {"png": "rgb48be", "tiff": "rgb48le", "exr": "gbrpf32le"}[codec]


def test_former_pictures_are_copied_to_the_byte(pictures, tmp_path):
    """As a shot is taken again: some frames of the last version, and some of a segment."""
    codec, first = pictures
    segment = first.parent.parent / "segment5.mov"
    path = first_picture(tmp_path / "again", START, first.suffix)
    pieces = [Piece(first, FrameRange(2, 6)), Piece(segment, FrameRange(1, 5))]
    join_segments(pieces, path, slate(codec, 8))
    for at in range(8):
        old, new = (one.with_name(one.name.replace(str(START), str(START + at + by))) for one, by in
                    ((first, 2), (path, 0)))  # fmt: skip
        assert old.read_bytes() == new.read_bytes()


@pytest.mark.parametrize("deep", [False, True], ids=["8", "16"])
@pytest.mark.parametrize("codec", NUMBERED)
def test_unpainted_rgb_is_the_source_to_the_bit(tmp_path, codec, deep):
    """8 bits become 16 by the one factor that keeps black and white; light is a signal again as it was."""
    pixels = [noise(seed, deep=deep) for seed in range(4)]
    for at, picture in enumerate(pixels):
        write_still(tmp_path / f"in.{at:04}.png", picture)
    first = written(tmp_path, tmp_path / "in.0000.png", codec, "sequence")
    for at, picture in enumerate(pixels):
        path = first.with_name(f"take 1.{START + at:08}{first.suffix}")
        wanted = picture.astype(np.uint16) if deep else picture.astype(np.uint16) * 257
        assert np.array_equal(codes(path), wanted)
        if codec in EXACT:
            assert np.array_equal(depth(path), wanted)


def test_openexr_holds_light_and_what_is_brighter_than_white(tmp_path):
    grey, beyond = (np.full((16, 32), code, np.uint16) for code in (64 + 876 // 2, 1000))
    neutral = np.full((16, 32), 512, np.uint16)
    frame = av.VideoFrame(32, 16, "yuv444p10le")
    frame.colorspace, frame.color_trc, frame.color_primaries, frame.color_range = 1, 1, 1, 1
    for plane, codes in zip(frame.planes, (np.vstack([grey[:8], beyond[:8]]), neutral, neutral), strict=True):
        plane.update(np.pad(codes, ((0, 0), (0, plane.line_size // 2 - 32))).tobytes())
    made = unpainted(frame, FORMATS["exr"]).to_ndarray()
    half, bright = 0.5, (1000 - 64) / 876
    assert made[0, 0] == pytest.approx([((half + 0.099297) / 1.099297) ** (1 / 0.45)] * 3, abs=1e-5)
    assert made[15, 0] == pytest.approx([((bright + 0.099297) / 1.099297) ** (1 / 0.45)] * 3, abs=1e-5)
    assert made[15, 0, 0] > 1


def test_light_and_signal_are_each_others_way_back():
    signal = np.arange(-6000, 80000) / 65535
    assert np.abs(signal_of_light(light_of_signal(signal)) - signal).max() < 1e-6
    assert [*light_of_signal(np.array([0.0, 1.0]))] == pytest.approx([0, 1])


def test_half_floats_are_read_too(tmp_path):
    ramp = np.broadcast_to(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], (48, 64, 3)).copy()
    write_by_codec(tmp_path / "float.exr", ramp, "exr", "gbrpf32le")
    write_by_codec(tmp_path / "half.exr", ramp, "exr", "gbrpf32le", {"format": "half"})
    assert stored_picture(tmp_path / "half.exr").format.name == "gbrpf16le"
    both = [codes(tmp_path / f"{name}.exr").astype(int) for name in ("float", "half")]
    assert np.abs(both[0] - both[1]).max() <= 32 and both[0].max() > 65000  # of 65535: eleven bits


def write_light(path: Path, light: np.ndarray) -> None:
    """An OpenEXR picture of float32 light, RGB or RGB with alpha that it is multiplied by."""
    with av.open(str(path), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("exr", rate=24)
        stream.height, stream.width = light.shape[:2]
        stream.pix_fmt = "gbrapf32le" if light.shape[2] == 4 else "gbrpf32le"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(light, format=stream.pix_fmt)))
        container.mux(stream.encode())


def bright(layers: int, seed: int = 1) -> np.ndarray:
    """Light from below black to 40 times white, in which an alpha is never clear."""
    chance = np.random.default_rng(seed)
    light = (chance.uniform(-0.2, 3.5, (48, 64, 3)) ** 3).astype(np.float32)
    return light if layers == 3 else np.dstack([light, chance.uniform(0.3, 1, (48, 64)).astype(np.float32)])


@pytest.mark.parametrize("layers", [3, 4], ids=["opaque", "veiled"])
def test_light_that_is_brighter_than_white_goes_through_unpainted(tmp_path, layers):
    lights = [bright(layers, seed) for seed in range(2)]
    for at, light in enumerate(lights):
        write_light(tmp_path / f"in.{at:04}.exr", light)
    first = written(tmp_path, tmp_path / "in.0000.exr", "exr", "sequence")
    for at, light in enumerate(lights):
        found = stored_picture(first.with_name(f"take 1.{START + at:08}.exr")).to_ndarray()
        assert light.max() > 30 and light.min() < 0
        assert np.abs(found - light).max() < 1e-5 * np.abs(light).max()


def test_light_without_a_veil_stays(tmp_path):
    """Fire and flares: light where alpha is 0."""
    light = bright(4)
    light[:8, :, 3] = 0
    write_light(tmp_path / "in.0000.exr", light)
    write_light(tmp_path / "in.0001.exr", light)
    first = written(tmp_path, tmp_path / "in.0000.exr", "exr", "sequence")
    assert np.abs(stored_picture(first).to_ndarray() - light).max() < 1e-5 * light.max()


def test_an_openexr_without_lines_is_cut_off(tmp_path):
    write_light(tmp_path / "a.exr", bright(3))
    whole = (tmp_path / "a.exr").read_bytes()
    at = whole.index(b"dataWindow\0box2i\0") + 21
    (tmp_path / "a.exr").write_bytes(whole[:at] + struct.pack("<4i", 0, 0, 63, -1) + whole[at + 16 :])
    assert is_cut_off(tmp_path / "a.exr")
    with pytest.raises(MediaError):
        read_picture(tmp_path / "a.exr")


def test_what_has_no_end_or_is_no_number_stays_a_picture(tmp_path):
    light = bright(3)
    light[0, :3] = [[np.inf, 1, 1], [-np.inf, 1, 1], [np.nan, 1, 1]]
    write_light(tmp_path / "a.exr", light)
    found = to_rgb(read_picture(tmp_path / "a.exr"))
    assert bool(found.isfinite().all())
    assert found[0, 0, 0, 0] > 255 * 100 and found[0, 0, 0, 1] < 0 and found[0, 0, 0, 2] == 0


@pytest.mark.parametrize("codec", ["prores", "png"])
def test_brighter_than_white_is_white_where_a_format_ends_there(tmp_path, codec):
    """Channel by channel, as a display shows it: a lamp stays as red as it is."""
    light = np.zeros((48, 64, 3), np.float32)
    light[..., 0], light[..., 1] = 12.0, 0.2
    write_light(tmp_path / "in.0000.exr", light)
    write_light(tmp_path / "in.0001.exr", light)
    first = written(tmp_path, tmp_path / "in.0000.exr", codec, "sequence") if codec == "png" else None
    with open_source(MediaRef("in", "in", tmp_path / "in.0000.exr", RATE, kind="sequence")) as reader:
        frame = read_picture(first) if first else unpainted(reader.read(0), FORMATS[codec])
    wanted = 255 * np.array([1.0, signal_of_light(np.array(0.2)), 0])
    assert np.abs(to_rgb(frame)[0, :, 20, 20].numpy() - wanted).max() < 2


def veiled(seed: int = 0) -> np.ndarray:
    """Random RGBA that is clear at its left."""
    picture = np.dstack([noise(seed), noise(seed + 9)[..., :1]])
    picture[:, :4, 3], picture[:, -4:, 3] = 0, 255
    return picture


@pytest.mark.parametrize("codec", NUMBERED)
def test_alpha_is_kept(tmp_path, codec):
    pixels = [veiled(seed) for seed in range(4)]
    for at, picture in enumerate(pixels):
        write_still(tmp_path / f"in.{at:04}.png", picture)
    facts = read_facts(tmp_path / "in.0000.png", "sequence", RATE)
    assert facts.alpha and not facts.trouble and written_as("prores", facts) == "prores4444"
    first = written(tmp_path, tmp_path / "in.0000.png", codec, "sequence")
    wanted = pixels[0].astype(np.uint16) * 257
    found = codes(first, alpha=True)
    assert np.array_equal(found[..., 3], wanted[..., 3])
    seen = wanted[..., 3] > 0
    assert np.array_equal(found[seen], wanted[seen])
    if codec in EXACT:
        assert np.array_equal(depth(first), wanted)  # not multiplied, what is clear has its colour still
    else:
        stored = stored_picture(first).to_ndarray()
        light = light_of_signal(pixels[0][..., :3] / 255) * (pixels[0][..., 3:] / 255)
        assert np.abs(stored[..., :3] - light).max() < 1e-5  # multiplied, as OpenEXR has it
    assert read_facts(first, "sequence", RATE).alpha


@pytest.mark.parametrize("kind", ALPHA)
def test_alpha_of_films_is_kept(tmp_path, kind):
    source = write_veiled(tmp_path / "veiled.mov", **ALPHA[kind])
    found = depth(written(tmp_path, source, "png"))[..., 3].astype(int)
    wanted = np.broadcast_to(np.linspace(0, 255, found.shape[1]).round() * 257, found.shape)
    assert np.abs(found - wanted).max() <= (0 if kind == "rgba" else 300)


def test_alpha_comes_and_goes_within_a_sequence_that_has_it(tmp_path):
    write_still(tmp_path / "in.0000.png", veiled())
    write_still(tmp_path / "in.0001.png", noise(3))
    write_still(tmp_path / "in.0002.png", np.dstack([noise(4), np.full((48, 64), 255, np.uint8)]))
    first = written(tmp_path, tmp_path / "in.0000.png", "png", "sequence")
    for at in (1, 2):
        assert depth(first.with_name(f"take 1.{START + at:08}.png"))[..., 3].min() == 65535
    write_still(tmp_path / "b.0000.png", noise(3))
    write_still(tmp_path / "b.0001.png", veiled())
    with pytest.raises(MediaError, match="alpha"):
        PictureReader(tmp_path / "b.0000.png", RATE).read(1)


def test_tiff_says_that_its_alpha_is_not_multiplied_in(tmp_path):
    write_still(tmp_path / "in.0000.png", veiled())
    write_still(tmp_path / "in.0001.png", veiled(1))
    data = written(tmp_path, tmp_path / "in.0000.png", "tiff", "sequence").read_bytes()
    (directory,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, directory)
    tags = dict(struct.unpack_from("<HHIH", data, directory + 2 + 12 * at)[::3] for at in range(count))
    assert tags[338] == 2 and tags[259] == 1  # ExtraSamples: unassociated; not packed


COLOURS = {"709": (1, 1, 1), "pq": (9, 16, 9), "hlg": (9, 18, 9)}


@pytest.mark.parametrize("meant", COLOURS)
def test_png_says_its_colours(tmp_path, meant):
    source = write_counter(tmp_path / "a.mp4", 2, RATE, "h264", matrix="bt709" if meant == "709" else meant)
    frame = stored_picture(written(tmp_path, source, "png"))
    assert (frame.color_trc, frame.color_primaries, frame.color_range) == (*COLOURS[meant][1:], 2)


def test_pictures_of_pq_are_read_as_that(tmp_path):
    source = write_counter(tmp_path / "a.mp4", 4, RATE, "h264", matrix="pq")
    first = written(tmp_path, source, "png")
    facts = read_facts(first, "sequence", RATE)
    assert facts.hdr and not facts.trouble and "HDR" in read_facts(first, "still").trouble
    (tmp_path / "again").mkdir()
    again = written(tmp_path / "again", first, "png", "sequence")
    assert again.read_bytes() == first.read_bytes()
    frame = unpainted(PictureReader(first, RATE).read(1), FORMATS["prores"])
    assert (frame.color_trc, frame.color_primaries) == (16, 9)


def test_png_of_srgb_pictures_is_srgb(tmp_path):
    source = write_numbered(tmp_path / "in", range(2))
    assert int(stored_picture(written(tmp_path, source, "png", "sequence")).color_trc) == 13


@pytest.mark.parametrize("codec", EXACT)
def test_a_colour_profile_stands_in_every_picture(tmp_path, codec, source):
    (tmp_path / "of_none").mkdir()
    plain = written(tmp_path / "of_none", source, codec)
    first = written(tmp_path, source, codec, profile=PROFILE)
    for one, without in zip(numbered(first), numbered(plain), strict=True):
        assert colour_profile(one) == PROFILE and not colour_profile(without)
        assert np.array_equal(depth(one), depth(without)) and not is_cut_off(one)
        content = one.read_bytes()
        assert with_profile(content, PROFILE) == content  # as it is copied into a next version
        if codec == "png":
            files = (without.read_bytes(), content)
            before, after = ([kind for kind, _ in png_chunks(file)] for file in files)
            assert {b"gAMA", b"cHRM"} <= {*before} and not {b"sRGB", b"gAMA", b"cHRM"} & {*after}
            again = with_profile(content, PROFILE[:-1])
            assert [kind for kind, _ in png_chunks(again)] == after and after.count(b"iCCP") == 1
    verify_file(first, replace(slate(codec), profile=PROFILE))
    with pytest.raises(VerifyError, match="lost its colour profile"):
        verify_file(plain, replace(slate(codec), profile=PROFILE))


@pytest.mark.parametrize("codec", EXACT)
def test_a_damaged_picture_gets_no_profile(tmp_path, codec, source):
    first = written(tmp_path, source, codec)
    for path in numbered(first):
        path.write_bytes(path.read_bytes()[:-9] if codec == "tiff" else path.read_bytes()[:50] + b"IDAT?")
    again = first_picture(tmp_path / "again", START, first.suffix)
    with pytest.raises(VerifyError, match="cannot be joined: it is damaged") as caught:
        join_segments([Piece(first, FrameRange(0, 4))], again, replace(slate(codec, 4), profile=PROFILE))
    assert caught.value.where == str(again) and caught.value.hint and not again.parent.exists()


def test_a_png_says_hdr_beside_a_colour_profile(tmp_path):
    source = write_counter(tmp_path / "a.mp4", 2, RATE, "h264", matrix="pq")
    first = written(tmp_path, source, "png", profile=PROFILE)
    assert colour_profile(first) == PROFILE and read_facts(first, "sequence", RATE).hdr


@pytest.mark.parametrize("order", "<>")
def test_a_tiffs_profile_is_replaced_in_either_order_of_bytes(tmp_path, order):
    path = tmp_path / "a.tif"
    path.write_bytes(tiny_tiff(order))
    before = depth(path)
    for profile in (PROFILE, PROFILE[:-1]):
        path.write_bytes(with_profile(path.read_bytes(), profile))
        assert colour_profile(path) == profile and np.array_equal(depth(path), before)
        _, entries = tiff_entries(path.read_bytes())
        tags = [tag for tag, *_ in entries]
        assert tags == sorted(set(tags)) and 34675 in tags


def tiny_tiff(order: str) -> bytes:
    """Two pixels of RGB, of an odd length in all."""
    values = {256: 2, 257: 1, 258: 8, 259: 1, 262: 2, 273: 8, 277: 3, 278: 1, 279: 6}
    entries = [(tag, 3, 1, value << 16 if order == ">" else value) for tag, value in values.items()]
    entries[2] = (258, 3, 3, 16)
    directory = b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 22)
    table = struct.pack(f"{order}H", len(entries)) + directory + bytes(4)
    return head + bytes(range(10, 70, 10)) + bytes(2) + struct.pack(f"{order}3H", 8, 8, 8) + table + b"."


def test_what_pictures_cannot_hold_is_refused():
    for codec in NUMBERED:
        assert not [*refusals(codec, replace(FACTS, width=321, height=181, alpha=True))]
        assert "single frame" in " ".join(refusals(codec, FACTS, frames=1))
        assert bool([*refusals(codec, replace(FACTS, hdr=True))]) == (codec != "png")
        assert bool([*refusals(codec, FACTS, "slog3")]) == (codec == "exr")


def copied(first: Path, folder: Path) -> Path:
    shutil.copytree(first.parent, folder / first.parent.name)
    return folder / first.parent.name / first.name


def at(first: Path, place: int) -> Path:
    return first.with_name(f"take 1.{START + place:08}{first.suffix}")


def _gap(first: Path) -> None:
    at(first, 4).unlink()


def _short(first: Path) -> None:
    at(first, FRAMES - 1).unlink()


def _long(first: Path) -> None:
    shutil.copy(first, at(first, FRAMES))


def _cut_off(first: Path) -> None:
    first.write_bytes(first.read_bytes()[:40])


def _shallow(first: Path) -> None:
    write_by_codec(at(first, FRAMES - 1), noise(size=(320, 180)), "png", "rgb24")


def _small(first: Path) -> None:
    deep = noise(size=(160, 90), deep=True)
    write_by_codec(at(first, FRAMES - 1), deep, "png", "rgb48be")


FAULTS = {
    _gap: "00086424.* is missing",
    _short: "holds 9 pictures, not 10",
    _long: "holds 11 pictures, not 10",
    _cut_off: "cannot be read back",
    _shallow: "pictures of rgb24, not",
    _small: "320 x 180, its last 160 x 90",
}


@pytest.mark.parametrize("damage", FAULTS, ids=lambda damage: damage.__name__)
def test_each_fault_of_a_folder_is_found(png, tmp_path, damage):
    first = copied(png, tmp_path)
    verify_file(first, slate("png"))
    damage(first)
    with pytest.raises(VerifyError, match=FAULTS[damage]) as caught:
        verify_file(first, slate("png"))
    assert caught.value.where == str(first)


def test_a_wrong_first_number_is_found(pictures):
    codec, first = pictures
    with pytest.raises(VerifyError, match=r"number 86420, not 86400, which is the timecode 01:00:00:00"):
        verify_file(first, replace(slate(codec), start=86400))


def test_all_are_looked_through(pictures, tmp_path):
    codec, first = pictures
    first = copied(first, tmp_path)
    paths = [at(first, place) for place in range(FRAMES)]
    assert inspect_pictures(paths, RATE) == []
    shutil.copy(paths[2], paths[3])
    kinds = {"png": ("png", "rgb48be"), "tiff": ("tiff", "rgb48le"), "exr": ("exr", "gbrpf32le")}
    write_by_codec(paths[5], np.zeros((180, 320, 3), np.uint8), *kinds[codec])
    paths[7].write_bytes(paths[7].read_bytes()[:3000])
    write_by_codec(paths[9], noise(deep=True), *kinds[codec])  # of another size
    assert inspect_pictures(paths, RATE) == [
        Sight("duplicate", 3, 3),
        Sight("black", 5, 5),
        Sight("corrupt", 7, 7),
        Sight("corrupt", 9, 9),
    ]


def test_a_folder_comes_as_a_whole_or_not_at_all(tmp_path):
    folder = tmp_path / "a"
    (tmp_path / "a.part").mkdir()  # as a run that was killed leaves it
    (tmp_path / "a.part" / "old").write_bytes(b"old")
    with pytest.raises(ValueError, match="stop"), publishing_folder(folder) as part:
        (part / "one").write_bytes(b"1")
        raise ValueError("stop")
    assert [*tmp_path.iterdir()] == []
    with publishing_folder(folder) as part:
        (part / "one").write_bytes(b"1")
        assert not folder.exists()
    with pytest.raises(OutputError, match="cannot be written"), publishing_folder(folder) as part:
        (part / "two").write_bytes(b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in folder.iterdir()] == ["one"]


def test_pictures_that_differ_from_the_promise_are_not_published(tmp_path, source):
    with pytest.raises(VerifyError, match="10 frames are to be joined, 9"):
        written(tmp_path, source, "png", frames=9)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("take")]


@pytest.mark.parametrize("name", ["a.exr", "lzw.tif", "raw.tif", "cv.tif"])
def test_a_picture_that_is_cut_off_anywhere_is_told(tmp_path, name):
    """FFmpeg gives black lines for what is not there."""
    pixels, path = noise(size=(64, 48)), tmp_path / name
    if name == "a.exr":
        write_by_codec(path, pixels, "exr", "gbrpf32le", {"compression": "zip16"})
    elif name == "cv.tif":
        write_still(path, pixels)
    else:
        write_by_codec(path, pixels, "tiff", "rgb24", {"compression_algo": path.stem})
    whole = path.read_bytes()
    assert number_of_pixels(path) == pixels.size and not is_cut_off(path)
    for length in (*range(1, 400, 7), *range(400, len(whole), 211), len(whole) - 1):
        path.write_bytes(whole[:length])
        try:
            assert number_of_pixels(path) == pixels.size and length > len(whole) - 300  # nothing but its end
        except MediaError as error:
            assert error.code == "E-DECODE"


def number_of_pixels(path: Path) -> int:
    return read_picture(path).to_ndarray().size


def test_tables_that_name_absurd_lengths_are_read_no_further(tmp_path):
    head = b"II*\0" + struct.pack("<IHHHII", 8, 1, 273, 4, 0xFFFFFFF0, 8)
    (tmp_path / "a.tif").write_bytes(head)
    (tmp_path / "a.exr").write_bytes(b"\x76\x2f\x31\x01" + struct.pack("<I", 2) + b"a\0b\0" + b"\xff" * 8)
    assert is_cut_off(tmp_path / "a.tif") and is_cut_off(tmp_path / "a.exr")
    (tmp_path / "a.png").write_bytes(b"")
    assert not is_cut_off(tmp_path / "a.png")
