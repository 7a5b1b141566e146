"""One contract over every format of film: pictures, tags, timecode, reel, length, the identity."""

import json
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

import av
import numpy as np
import pytest
import torch
from av import VideoFrame
from pymediainfo import MediaInfo
from stylereel.core.cut import MediaFacts
from stylereel.core.errors import OutputError, VerifyError
from stylereel.core.film_file import Output
from stylereel.core.media.about import encoder_of
from stylereel.core.media.colour import repaint, to_array, to_rgb
from stylereel.core.media.formats import FORMATS, lossless, refusals, written_as
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.rgb import rgb_frame
from stylereel.core.media.tags import Tags
from stylereel.core.media.verify import Slate, colour_tags, verify_file
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import STANDARD_RATES, FrameRange, can_drop, timecode
from support.burnin import write_counter
from support.pictures import number_in
from support.remux import AS_2020, UNSAID, remux
from support.veiled import ALPHA, write_veiled

P30 = Fraction(30000, 1001)
FRAMES, START = 10, 1800
SIZE = (320, 180)
FACTS = MediaFacts(P30, 10, *SIZE, "print")
FILMS = {name: form for name, form in FORMATS.items() if not form.numbered}
INTRA = [name for name, form in FILMS.items() if form.spliced]
# H.273: matrix, transfer, primaries; what a source says and what ffprobe calls it
COLOURS = {
    "709": ((1, 1, 1), ("bt709", "bt709", "bt709")),
    "601": ((6, 6, 6), ("smpte170m", "bt709", "smpte170m")),
    "2020": ((9, 14, 9), ("bt2020nc", "bt709", "bt2020")),
    "pq": ((9, 16, 9), ("bt2020nc", "smpte2084", "bt2020")),
    "hlg": ((9, 18, 9), ("bt2020nc", "arib-std-b67", "bt2020")),
}


def written(folder: Path, source: Path, codec: str, tags=None, slate=None) -> Path:
    """A source, unpainted, in two segments and joined in a format."""
    form, pieces = FORMATS[codec], []
    with FrameReader(source) as reader:
        frames = reader.clock.frames
        for first, stop in ((0, frames // 2), (frames // 2, frames)):
            path = folder / f"segment{first}{lossless(form).suffix}"
            made = (unpainted(reader.read(index), form, tags) for index in range(first, stop))
            write_segment(path, made, P30, pixel_aspect=reader.pixel_aspect, form=lossless(form))
            pieces.append(Piece(path, FrameRange(0, stop - first)))
        slate = slate or Slate(P30, frames, START, True, "A001", reader.pixel_aspect, {"com.test.note": "a"})
    path = folder / f"styled{form.suffix}"
    join_segments(pieces, path, replace(slate, form=form))
    return path


def unpainted(frame: VideoFrame, form, tags=None) -> VideoFrame:
    if tags:
        frame.colorspace, frame.color_trc, frame.color_primaries = tags
    rgb = to_rgb(frame)
    return repaint(frame, rgb, rgb, lossless(form))


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(10 * torch.log10(255**2 / ((one - other) ** 2).mean().clamp_min(1e-9)))


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    how = {"matrix": "bt709", "pixel_aspect": Fraction(4, 3)}
    return write_counter(tmp_path_factory.mktemp("source") / "source.mp4", FRAMES, P30, "h264", SIZE, **how)


@pytest.fixture(scope="module", params=FILMS)
def styled(request, source, tmp_path_factory) -> tuple[str, Path]:
    return request.param, written(tmp_path_factory.mktemp(request.param), source, request.param)


def test_the_film_file_knows_every_format():
    assert {*get_args(Output.model_fields["codec"].annotation)} == {*FORMATS}


def test_what_is_written_says_what_it_should(styled):
    codec, path = styled
    facts = read_facts(path)
    assert (facts.frames, facts.rate, facts.width, facts.height) == (FRAMES, P30, *SIZE)
    assert (facts.start, facts.drop_frame, facts.trouble) == (START, True, "")
    assert facts.reel == ("A001" if FORMATS[codec].reel else "")
    assert abs(facts.seconds - FRAMES / P30) <= (Fraction(1, 1000) if path.suffix == ".mkv" else 0)


def test_it_shows_its_frames(styled):
    with FrameReader(styled[1]) as reader:
        assert [number_in(reader.read(at)) for at in (7, 0, 9, *range(FRAMES))] == [7, 0, 9, *range(FRAMES)]
        assert reader.pixel_aspect == Fraction(4, 3)


def test_the_unpainted_picture_comes_back(styled, source):
    codec, path = styled
    with FrameReader(source) as before, FrameReader(path) as after:
        found = min(psnr(to_rgb(before.read(at)), to_rgb(after.read(at))) for at in range(FRAMES))
    least = {"prores": 50, "prores4444": 55, "dnxhr": 47, "dnxhr444": 47, "dnxhr-mxf": 47, "ffv1": 90}
    assert found >= least.get(codec, 38), found


LIES = {
    "timecode": dict(start=7),
    "frames": dict(frames=FRAMES + 1),
    "com.test.note": dict(metadata={"com.test.note": "b"}),
    "pixel aspect": dict(pixel_aspect=Fraction(1)),
}


@pytest.mark.parametrize("lie", LIES)
def test_each_broken_promise_is_found(styled, lie):
    codec, path = styled
    slate = Slate(
        P30, FRAMES, START, True, "A001", Fraction(4, 3), {"com.test.note": "a"}, form=FORMATS[codec]
    )
    verify_file(path, slate)
    with pytest.raises(VerifyError, match=lie):
        verify_file(path, replace(slate, **LIES[lie]))


IN_PICTURES = {
    "prores": "prores_metadata=color_primaries=bt2020:colorspace=bt2020nc",
    "prores4444": "prores_metadata=color_primaries=bt2020:colorspace=bt2020nc",
    "h264": "h264_metadata=colour_primaries=9:matrix_coefficients=9:video_full_range_flag=1",
    "hevc": "hevc_metadata=colour_primaries=9:matrix_coefficients=9:video_full_range_flag=1",
}


def colour_faults(codec: str, path: Path, wanted: Tags) -> str:
    """What verifying finds wrong with a copy of a styled file, which may have lost its timecode as well."""
    slate = Slate(P30, FRAMES, pixel_aspect=None, form=FORMATS[codec], colours=wanted)
    try:
        verify_file(path, slate)
    except VerifyError as error:
        assert error.where == str(path)
        return error.what
    return ""


def test_colour_tags_that_were_changed_or_stripped_are_told_with_both_values(styled, tmp_path):
    codec, path = styled
    wanted = colour_tags(path)
    assert (wanted.matrix, wanted.transfer, wanted.primaries) == (1, 1, 1)
    plain = remux(path, tmp_path / f"plain{path.suffix}")
    assert "matrix" not in colour_faults(codec, plain, wanted)
    stripped = colour_faults(codec, remux(path, tmp_path / f"bare{path.suffix}", UNSAID), wanted)
    for kind in ("matrix", "transfer", "primaries"):
        assert f"{kind} in its container is unspecified (2), not BT.709 (1)" in stripped or (
            f"its {kind} is unspecified (2), not BT.709 (1)" in stripped
        )
    changed = colour_faults(codec, remux(path, tmp_path / f"2020{path.suffix}", AS_2020), wanted)
    assert changed.count("is BT.2020 (9), not BT.709 (1)") == 2 and "transfer" not in changed
    if codec in IN_PICTURES:
        other = remux(path, tmp_path / f"own{path.suffix}", pictures=IN_PICTURES[codec])
        found = colour_faults(codec, other, wanted)
        assert "the matrix in its frames is BT.2020 (9), not BT.709 (1)" in found
        assert ("range" in found) == (codec in ("h264", "hevc"))


@pytest.mark.parametrize("codec", ["prores", "dnxhr", "h264", "ffv1"])
def test_what_a_container_cannot_say_is_not_asked_of_it(tmp_path, source, codec):
    """A transfer that the standard has no name for: MOV and MP4 then say nothing at all."""
    path = written(tmp_path, source, codec, (1, 3, 1))
    assert colour_tags(path).transfer == 2
    assert not colour_faults(codec, path, Tags(1, 1, 2, 1)).count("matrix")


RARE = {  # transfer and primaries that cameras and programs write now and then, and what MediaInfo calls them
    (13, 1): ("sRGB/sYCC", "BT.709"),
    (4, 1): ("BT.470 System M", "BT.709"),
    (5, 5): ("BT.470 System B/G", "BT.601 PAL"),
    (8, 12): ("Linear", "Display P3"),
    (1, 8): ("BT.709", "Generic film"),
    (1, 4): ("BT.709", "BT.470 System M"),
    (1, 22): ("BT.709", "EBU Tech 3213"),
    (7, 10): ("SMPTE 240M", "XYZ"),
}
LACKS = {  # the codes among those that a format has no words for, of transfers and of primaries
    "dnxhr-mxf": ({4, 5, 13}, {4, 8, 22}),
    "h264": (set(), {22}),
    "hevc": (set(), {22}),
}
HEADER = ({1, 16, 18}, {1, 5, 6, 9, 11, 12})  # what the head of a ProRes frame can say


@pytest.mark.parametrize("tags", RARE, ids=str)
def test_rare_tags_are_carried_as_far_as_there_are_words_for_them(tmp_path, tags):
    """The container of ProRes says them, not its frames, where all but a few codes are reserved."""
    source = write_counter(tmp_path / "two.mp4", 2, P30, "h264", (256, 144), matrix="bt709")
    for codec, form in FILMS.items():
        folder = tmp_path / codec
        folder.mkdir()
        path = written(folder, source, codec, (1, *tags), Slate(P30, 2))
        kept = [
            2 if code in gone else code
            for code, gone in zip(tags, LACKS.get(codec, (set(), set())), strict=True)
        ]
        found = colour_tags(path)
        assert (found.matrix, found.transfer, found.primaries) == (1, *kept), codec
        assert colour_tags(folder / f"segment0{lossless(form).suffix}").transfer == tags[0], codec
        own = [code if code in said else 2 for code, said in zip(kept, HEADER, strict=True)]
        with av.open(str(path)) as container:
            frame = next(container.decode(container.streams.video[0]))
        shown = [int(frame.color_trc), int(frame.color_primaries)]
        assert shown == (own if codec.startswith("prores") else kept), codec
        if kept == [*tags]:
            video, _ = mediainfo(path)
            assert tuple(video[key].removesuffix(" NTSC") for key in MEDIAINFO_COLOURS[1:]) == RARE[tags], (
                codec
            )
        verify_file(path, Slate(P30, 2, form=form, colours=Tags(1, 1, *tags)))


def test_rare_tags_that_were_lost_or_changed_are_found(tmp_path, source):
    wanted = Tags(1, 1, 13, 1)
    for codec in ("prores", "dnxhr", "h264", "ffv1"):
        folder = tmp_path / codec
        folder.mkdir()
        path = written(folder, source, codec, (1, 13, 1))
        bare = colour_faults(codec, remux(path, folder / f"bare{path.suffix}", UNSAID), wanted)
        assert "transfer in its container is unspecified (2), not sRGB (13)" in bare or (
            "its transfer is unspecified (2), not sRGB (13)" in bare
        )
        other = colour_faults(codec, remux(path, folder / f"pq{path.suffix}", {"color_trc": 16}), wanted)
        assert "is PQ (16), not sRGB (13)" in other


def test_a_film_that_says_it_is_srgb_comes_back_as_that_bit_for_bit(tmp_path):
    plain = write_counter(tmp_path / "plain.mp4", 8, P30, "h264", matrix="bt709")
    said = "h264_metadata=transfer_characteristics=13"
    source = remux(plain, tmp_path / "source.mp4", {"color_trc": 13}, said)
    for codec in ("ffv1", "h264", "hevc", "prores"):
        folder = tmp_path / codec
        folder.mkdir()
        path = written(folder, source, codec, slate=Slate(P30, 8))
        assert colour_tags(path).transfer == 13, codec
    with FrameReader(source) as before, FrameReader(tmp_path / "ffv1" / "styled.mkv") as after:
        for at in range(8):
            one, other = before.read(at), after.read(at)
            assert (one.color_trc, other.color_trc) == (13, 13)
            assert all(np.array_equal(a, b) for a, b in zip(planes(one), planes(other), strict=True))


@pytest.mark.parametrize("codec", ["prores", "prores4444"])
def test_prores_of_an_odd_width_says_in_its_frames_what_those_have_words_for(tmp_path, codec):
    source = write_counter(tmp_path / "odd.mkv", 2, P30, "ffv1", (321, 180), pix_fmt="yuv422p10le")
    path = written(tmp_path, source, codec, (1, 13, 8), Slate(P30, 2))
    assert (colour_tags(path).transfer, colour_tags(path).primaries) == (13, 8)
    with FrameReader(path) as reader:
        assert (reader.read(0).color_trc, reader.read(0).color_primaries) == (2, 2)


RATES = [
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60, 72, 120, 240)),
    *map(Fraction, (15, 23.5, 25, 50, 120)),
]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("frames", [1, 24])
def test_matroska_keeps_every_rate(tmp_path, rate, frames):
    """It has whole nanoseconds for it, of which FFmpeg makes 19001/317 where 60000/1001 was written."""
    how = {"matrix": "bt709", "pix_fmt": "yuv420p"}
    segment = write_counter(tmp_path / "segment.mkv", frames, rate, "ffv1", SIZE, **how)
    slate = Slate(rate, frames, round(61 * rate), can_drop(rate), "A001", form=FORMATS["ffv1"])
    path = tmp_path / "styled.mkv"
    join_segments([Piece(segment, FrameRange(0, frames))], path, slate)
    verify_file(path, slate)
    for wrong in (rate * 1001 / 1000, rate * 1000 / 1001, rate + Fraction(1, 100)):
        with pytest.raises(VerifyError, match="its rate is"):
            verify_file(path, replace(slate, rate=wrong))
    facts = read_facts(path)
    if rate in STANDARD_RATES:
        assert (facts.rate, facts.seconds) == (rate, frames / rate)
    assert (facts.frames, facts.start, facts.trouble) == (frames, slate.start, "")
    with FrameReader(path) as reader:
        assert [number_in(reader.read(at)) for at in range(frames)] == [*range(frames)]


@pytest.mark.parametrize("meant", COLOURS)
def test_frame_and_container_say_the_colours(tmp_path, meant):
    """Every format in one go: what it cannot say is refused by the plan."""
    tags, names = COLOURS[meant]
    source = write_counter(tmp_path / "two.mp4", 2, P30, "h264", (256, 144), matrix="bt709")
    for codec, form in FILMS.items():
        if not form.hdr and meant in ("pq", "hlg"):
            continue
        folder = tmp_path / codec
        folder.mkdir()
        path = written(folder, source, codec, tags, Slate(P30, 2))
        matrix = 1 if form.matrices else tags[0]
        curve = {14: 1, 6: 1}.get(tags[1], tags[1])
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            frame = next(container.decode(stream))
            of_context = context.colorspace, context.color_trc, context.color_primaries
            of_frame = frame.colorspace, frame.color_trc, frame.color_primaries
        assert of_frame == (matrix, curve, tags[2]) and of_context == of_frame, codec
        said = ("bt709" if form.matrices else names[0], *names[1:])
        video, _ = mediainfo(path)
        told = [video[key].removesuffix(" NTSC") for key in MEDIAINFO_COLOURS]
        assert told == [MEDIAINFO_NAMES[name] for name in said], codec
        if shutil.which("ffprobe"):
            assert ffprobe(path) == said, codec


def ffprobe(path: Path) -> tuple[str, ...]:
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_streams", "-of", "json", str(path)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    (stream,) = found["streams"]
    return tuple(stream.get(f"color_{key}", "") for key in ("space", "transfer", "primaries"))


MEDIAINFO = {  # format, and the code by which a container says it
    "prores": ("ProRes", "apch"),
    "prores4444": ("ProRes", "ap4h"),
    "dnxhr": ("VC-3", "AVdh"),
    "dnxhr444": ("VC-3", "AVdh"),
    "dnxhr-mxf": ("VC-3", "0D01030102110100-0401020271250000"),
    "cineform": ("CineForm", "CFHD"),
    "h264": ("AVC", "avc1"),
    "hevc": ("HEVC", "hvc1"),
    "ffv1": ("FFV1", "V_FFV1"),
}


def test_mediainfo_reads_the_same(styled):
    codec, path = styled
    video, clock = mediainfo(path)
    assert (video["format"], video["codec_id"]) == MEDIAINFO[codec]
    assert int(video["frame_count"]) == FRAMES and float(video["frame_rate"]) == 29.97
    assert float(video["duration"]) == pytest.approx(float(1000 * FRAMES / P30), abs=1)
    assert float(video["pixel_aspect_ratio"]) == (1.0 if codec == "ffv1" else 1.333)  # there a tag of ours
    assert [video[key] for key in MEDIAINFO_COLOURS] == ["BT.709"] * 3
    assert clock["time_code_of_first_frame"] == timecode(START, P30, True)
    assert codec != "ffv1" or video["reel_name"] == "A001"


MEDIAINFO_COLOURS = ("matrix_coefficients", "transfer_characteristics", "color_primaries")
MEDIAINFO_NAMES = {
    "bt709": "BT.709",
    "smpte170m": "BT.601",
    "bt2020nc": "BT.2020 non-constant",
    "bt2020": "BT.2020",
    "smpte2084": "PQ",
    "arib-std-b67": "HLG",
}


def mediainfo(path: Path) -> tuple[dict, dict]:
    """The track of the picture, and that of the timecode, which in Matroska is the same."""
    tracks = {one.track_type: one.to_data() for one in MediaInfo.parse(str(path)).tracks}
    return tracks["Video"], tracks.get("Other", tracks["Video"])


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_shortest_films_are_in_order_every_time(tmp_path, codec):
    for frames in (1, 2, 3):
        how = {"matrix": "bt709", "pix_fmt": lossless(FORMATS[codec]).pixels}
        segment = write_counter(tmp_path / f"{frames}.mkv", frames, P30, "ffv1", SIZE, **how)
        for attempt in range(4):
            path = tmp_path / f"{frames}_{attempt}.mp4"
            slate = Slate(P30, frames, form=FORMATS[codec])
            join_segments([Piece(segment, FrameRange(0, frames))], path, slate)
            with FrameReader(path) as reader:
                assert [number_in(reader.read(at)) for at in range(frames)] == [*range(frames)]


@pytest.mark.parametrize("codec", ["h264", "hevc", "ffv1"])
def test_full_range_stays_full_where_the_format_can_say_so(tmp_path, codec):
    how = {"matrix": "bt709", "pix_fmt": "yuvj420p", "full_range": True}
    source = write_counter(tmp_path / "full.mp4", FRAMES, P30, "h264", SIZE, **how)
    path = written(tmp_path, source, codec)
    with FrameReader(source) as before, FrameReader(path) as after:
        frame = after.read(4)
        assert int(frame.color_range) == 2 and psnr(to_rgb(before.read(4)), to_rgb(frame)) > 38


@pytest.mark.parametrize("codec", INTRA)
def test_a_join_is_the_straight_encode(tmp_path, source, codec):
    form = FORMATS[codec]
    path, straight = written(tmp_path, source, codec), tmp_path / f"straight{form.suffix}"
    with FrameReader(source) as reader:
        made = [unpainted(reader.read(index), form) for index in range(FRAMES)]
        write_segment(straight, made, P30, form=form)
    if codec == "cineform":  # it numbers its frames: the packets differ in that alone
        with FrameReader(path) as one, FrameReader(straight) as other:
            both = [(planes(one.read(at)), planes(other.read(at))) for at in range(FRAMES)]
        assert all(np.array_equal(a, b) for pair in both for a, b in zip(*pair, strict=True))
    else:
        assert packets(path) == packets(straight)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize("codec", ["h264", "ffv1"])
def test_a_damaged_segment_is_told_by_its_frame(tmp_path, source, codec):
    written(tmp_path, source, codec)
    segment = tmp_path / "segment0.mkv"
    data, third = bytearray(segment.read_bytes()), packets(segment)[3]
    data[data.index(third) + len(third) // 2] ^= 1
    segment.write_bytes(data)
    slate = Slate(P30, 5, form=FORMATS[codec])
    with pytest.raises(VerifyError, match="frame 3 is damaged") as caught:
        join_segments([Piece(segment, FrameRange(0, 5))], tmp_path / f"new{FORMATS[codec].suffix}", slate)
    assert caught.value.where == str(segment)
    assert not [path for path in tmp_path.iterdir() if path.stem == "new"]


EXACT = {
    "h264-420": dict(codec="h264"),
    "h264-full": dict(codec="h264", pix_fmt="yuvj420p", full_range=True, matrix="bt709"),
    "hevc-420-10": dict(codec="hevc", pix_fmt="yuv420p10le", matrix="bt2020"),
    "mpeg2-422": dict(codec="mpeg2", pix_fmt="yuv422p"),
    "ffv1-444-16": dict(codec="ffv1", pix_fmt="yuv444p16le"),
    "ffv1-odd": dict(codec="ffv1", pix_fmt="yuv420p", size=(321, 181)),
    "dv-411": dict(codec="dv", pix_fmt="yuv411p", size=(720, 480)),
    "rgb": dict(codec="png"),
}


@pytest.mark.parametrize("kind", EXACT)
def test_ffv1_is_the_source_bit_for_bit_at_weight_0(tmp_path, kind):
    suffix = ".mkv" if EXACT[kind]["codec"] == "ffv1" else ".mov"
    source = write_counter(tmp_path / f"source{suffix}", 8, P30, **EXACT[kind])
    path = written(tmp_path, source, "ffv1", slate=Slate(P30, 8))
    with FrameReader(source) as before, FrameReader(path) as after:
        for at in range(8):
            one, other = before.read(at), after.read(at)
            if kind == "rgb":
                assert torch.equal(to_rgb(one), to_rgb(other))
                continue
            assert one.format.name.replace("yuvj", "yuv") == other.format.name
            assert all(np.array_equal(a, b) for a, b in zip(planes(one), planes(other), strict=True))


@pytest.mark.parametrize("size", [(319, 180), (317, 183), (16, 19)])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuv411p", "gbrp16le"])
def test_ffv1_holds_every_size(tmp_path, size, pix_fmt):
    frames = [VideoFrame(*size, pix_fmt) for _ in range(2)]
    path = tmp_path / "odd.mkv"
    write_segment(path, frames, P30, form=FORMATS["ffv1"])
    with FrameReader(path) as reader:
        assert (reader.read(1).width, reader.read(1).height) == size


def planes(frame: VideoFrame) -> list[np.ndarray]:
    kind = np.uint8 if frame.format.components[0].bits == 8 else np.uint16
    return [np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width] for plane in frame.planes]


@pytest.mark.parametrize("size", [(321, 181), (319, 180), (321, 180)])
@pytest.mark.parametrize("codec", ["prores", "prores4444"])
def test_prores_holds_an_odd_width_to_its_last_column(tmp_path, size, codec):
    source = write_counter(tmp_path / "odd.mkv", 8, P30, "ffv1", size, pix_fmt="yuv422p10le", matrix="bt709")
    path = written(tmp_path, source, codec, slate=Slate(P30, 8))
    with FrameReader(source) as before, FrameReader(path) as after:
        one, other = to_rgb(before.read(5)), to_rgb(after.read(5))
    assert other.shape[2:] == (size[1], size[0])
    assert psnr(one, other) > 50 and psnr(one[..., -2:], other[..., -2:]) > 45
    assert read_facts(path).width == size[0]


@pytest.mark.parametrize("width", [4160, 4161])
def test_frames_of_more_than_sixteen_million_pixels_go_to_the_encoder_that_wants_less_memory(tmp_path, width):
    form, height = FORMATS["prores"], 4096
    assert encoder_of(form, width * height) == "prores_ks" != encoder_of(form, 4096 * height)
    frame = VideoFrame(width, height, "yuv422p10le")
    across, down = np.arange(width) / width, np.arange(height)[:, None] / height
    luma = np.rint(64 + 800 * (across + down) / 2).astype("<u2")
    for plane, values in zip(frame.planes, (luma, luma[:, ::2], luma[:, ::2]), strict=True):
        rows = np.zeros((height, plane.line_size // 2), "<u2")
        rows[:, : values.shape[1]] = values
        plane.update(rows)
    frame.colorspace, frame.color_trc, frame.color_primaries = COLOURS["709"][0]
    frame.color_range = 1
    path = tmp_path / "large.mov"
    assert write_segment(path, iter([frame]), P30, form=form) == 1
    with FrameReader(path) as reader:
        assert psnr(to_rgb(frame), to_rgb(reader.read(0))) > 50


@pytest.mark.parametrize("kind", ALPHA)
@pytest.mark.parametrize("codec", ["prores4444", "ffv1"])
def test_alpha_is_kept(tmp_path, kind, codec):
    source = write_veiled(tmp_path / "veiled.mov", **ALPHA[kind])
    facts = read_facts(source)
    assert facts.alpha and not facts.trouble and written_as("prores", facts) == "prores4444"
    path = written(tmp_path, source, codec, slate=Slate(P30, 8))
    with FrameReader(path) as reader:
        alpha = reader.read(3).to_ndarray(format="rgba")[..., 3].astype(int)
    wanted = np.broadcast_to(np.linspace(0, 255, SIZE[0]), alpha.shape)
    assert np.abs(alpha - wanted).max() <= 2
    assert read_facts(path).alpha
    if codec == "ffv1":
        with FrameReader(source) as before, FrameReader(path) as after:
            one, other = before.read(3), after.read(3)
        assert "yuva444p12" not in other.format.name  # which FFmpeg 5 and 6 do not decode
        assert float((to_rgb(one) - to_rgb(other)).abs().max()) < 0.01


@pytest.mark.parametrize(
    ("codec", "known", "why"),
    [
        ("h264", dict(alpha=True), "alpha"),
        ("dnxhr", dict(alpha=True), "alpha"),
        ("dnxhr", dict(hdr=True), "HDR"),
        ("h264", dict(hdr=True), "HDR"),
        ("hevc", dict(width=321), "odd width of 321"),
        ("cineform", dict(height=181), "odd height of 181"),
        ("dnxhr", dict(width=200), "256 x 120"),
        ("dnxhr", dict(height=8194), "DNxHR HQX holds no picture above 65534 x 8192; write prores."),
        (
            "cineform",
            dict(width=1080, height=1920),
            "width of 1080, which is no multiple of 16; write prores.",
        ),
        ("cineform", dict(width=321), "width of 321, which is no multiple of 16; write prores."),
        ("cineform", dict(height=16), "48 x 32"),
        ("cineform", dict(width=32, height=32), "48 x 32"),
        (
            "cineform",
            dict(width=2000, height=1080),
            "2000 x 1080: so high a picture wants a width that is a ",
        ),
        ("h264", dict(width=16386), "H.264 holds no picture above 16384 x 16384; write prores."),
        ("h264", dict(height=16386), "H.264 holds no picture above 16384 x 16384; write prores."),
        ("hevc", dict(width=4218, height=30), "4218 x 30, which is too thin; write prores."),
    ],
)
def test_what_a_format_cannot_hold_is_refused(codec, known, why):
    assert not [*refusals(codec, FACTS)]
    assert why in " ".join(refusals(codec, replace(FACTS, **known)))


def test_everything_fits_into_prores_and_ffv1():
    odd = replace(FACTS, width=1, height=1, alpha=True, hdr=True)
    assert [*refusals("prores", odd), *refusals("prores4444", odd), *refusals("ffv1", odd)] == []


# around every limit; what is written is read back, and FFmpeg's own words are not asked
SIZES = {
    "cineform": "48x32 48x30 32x32 32x64 64x34 80x40 80x48 80x42 320x180 336x180 336x192 1080x64 1088x56",
    "h264": "16x16 16384x16 16386x16 16x16384 16x16386",
    "hevc": "16x16 4216x16 4218x16 4216x30 4218x30 4218x32 16x4216 16x4218 16386x32",
    "dnxhr": "256x120 254x120 256x118 256x8192 256x8194",
}


@pytest.mark.parametrize(
    ("codec", "size"), [(name, one) for name, all_ in SIZES.items() for one in all_.split()]
)
def test_exactly_those_sizes_are_refused_that_cannot_be_written(tmp_path, codec, size):
    width, height = map(int, size.split("x"))
    refused = [*refusals(codec, replace(FACTS, width=width, height=height))]
    form = FORMATS[codec]
    segment, path = tmp_path / f"segment{lossless(form).suffix}", tmp_path / f"styled{form.suffix}"

    def write() -> None:
        waves = np.sin(np.arange(width) / 9)[None] + np.cos(np.arange(height) / 7)[:, None]
        grey = torch.from_numpy(waves).float().mul(50).add(120).expand(1, 3, height, width)
        picture = repaint(rgb_frame(to_array(grey)), grey, grey, lossless(form))
        write_segment(segment, [picture], P30, form=lossless(form))
        join_segments([Piece(segment, FrameRange(0, 1))], path, Slate(P30, 1, form=form))
        with FrameReader(path) as reader:
            assert psnr(to_rgb(reader.read(0)), grey) > 40

    if not refused:
        return write()
    with pytest.raises((OutputError, VerifyError)):
        write()
