"""What a user gets for bad input: one clear message, the promised exit code, nothing half-written."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest
from stylereel.otio_adapters.premiere.writer import premiere_xml
from support.editor import placed
from support.pictures import frames_of, number_in, packets_of
from support.small_film import SmallFilm, write_small_film

EXAM = ("--preset", "exam")
PLAIN = (*EXAM, "--set", "style_weight=0")
BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE xmeml [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 20))
    + ']>\n<xmeml version="4"><sequence><name>&a19;</name></sequence></xmeml>'
)
NO_TIMELINES = {
    "broken": ("cut.xml", "<xmeml><sequence><name>Reel</sequence></xmeml>", ":1:30: this is broken XML"),
    "cut off": (
        "cut.xml",
        '<xmeml version="4"><sequence id="sequence-1"><name>Reel</name>',
        ":1:63: this is broken XML",
    ),
    "empty": ("cut.xml", "", "cut.xml"),
    "entity bomb": ("cut.xml", BOMB, "entit"),
    "reads a file": (
        "cut.xml",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xmeml><a>&e;</a></xmeml>',
        "entit",
    ),
    "other XML": ("cut.xml", "<html><body>Reel</body></html>", "<html>"),
    "no sequence": ("cut.xml", '<xmeml version="4"><bin/></xmeml>', "no sequence"),
    "a project": ("cut.prproj", "anything", "Final Cut Pro XML"),
    "a text": ("cut.txt", "anything", "no timeline"),
    "broken .otio": ("cut.otio", '{"OTIO_SCHEMA": "Timeline.1", "tracks"', "cut.otio"),
    "other JSON": ("cut.otio", '{"a": [1, 2, 3]}', "cut.otio"),
}


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    return write_small_film(tmp_path)


def styled(cut: Path) -> Path:
    return cut.parent / "cut_stylereel" / "cut_styled.xml"


def half_written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if ".part" in path.name]


@pytest.mark.parametrize("kind", NO_TIMELINES)
def test_what_is_no_timeline(program, tmp_path, kind):
    name, text, told = NO_TIMELINES[kind]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    started = time.monotonic()
    message = program.run("plan", path, *EXAM).refused(3)
    assert time.monotonic() - started < 20
    assert str(path) in message and told in message, message
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_timeline_that_is_not_there(program, tmp_path):
    assert "No such file" in program.run("render", tmp_path / "gone.xml", *EXAM).refused(3)
    assert not list(tmp_path.iterdir())


def test_footage_of_an_edl_is_searched_in_folders_alone(program, tmp_path):
    (tmp_path / "cut.edl").write_text("TITLE: Reel\n")
    asked = ("--rate", "25", "--search", tmp_path / "nowhere")
    assert "is not a folder" in program.run("plan", tmp_path / "cut.edl", *EXAM, *asked).refused(2)


def test_the_rate_of_an_edl_is_not_guessed(program, tmp_path):
    (tmp_path / "cut.edl").write_text("TITLE: Reel\n")
    assert "--rate" in program.run("plan", tmp_path / "cut.edl", *EXAM).refused(2)


WRONG_WORDS = {
    "preset": (("--preset", "exma"), 'did you mean "exam"?'),
    "key": ((*EXAM, "--set", "style_wieght=2e10"), 'did you mean "style_weight"?'),
    "dotted key": ((*EXAM, "--set", "ramp.inn=24f"), 'did you mean "in"?'),
    "no value": ((*EXAM, "--set", "style_weight"), "KEY=VALUE"),
    "too strong": ((*EXAM, "--set", "style_weight=2e11"), "1e11"),
    "no length": ((*EXAM, "--set", "ramp.in=long"), "transition"),
    "style": ((*EXAM, "--set", "style=exma"), "exam"),
    "rate": ((*EXAM, "--rate", "fast"), "23.976"),
    "no rate": ((*EXAM, "--rate", "25/0"), "23.976"),
    "search": ((*EXAM, "--search", "."), "--map EDITOR=HERE"),
    "dialect": ((*EXAM, "--retime-dialect", "avid"), "premiere"),
    "delivery": ((*EXAM, "--delivery", "beside"), "stacked"),
    "media": ((*EXAM, "--media", "all"), "full"),
    "style file": ((*EXAM, "--set", "style=nets/gone.safetensors"), "gone.safetensors"),
    "sequence": ((*EXAM, "--sequence", "Rel"), "Did you mean 'Reel'?"),
    "map": ((*EXAM, "--map", "D:/media"), "EDITOR=HERE"),
    "handles": ((*EXAM, "--handles", "many"), "--handles many"),
    "film file": ((*EXAM, "--film", "gone.toml"), "gone.toml"),
}


@pytest.mark.parametrize("kind", WRONG_WORDS)
def test_words_that_cannot_be_meant(program, film, kind):
    words, told = WRONG_WORDS[kind]
    message = program.run("plan", film.cut, *words).refused(2)
    assert told in message, message


STEADY = ("stability.flow=0.6", "stability.flow_median=5", "stability.median=3")
NEUTRAL = ("matte=none", "projection=flat", "keep_colour=0", "stroke_scale=1", "morph=false", "chain=[]")
NEUTRAL = (*STEADY, *NEUTRAL, "projection=equirect")


def test_the_neutral_values_of_such_features_are_taken(program, film):
    sets = [word for setting in NEUTRAL for word in ("--set", setting)]
    planned = program.run("plan", film.cut, *EXAM, *sets, "--json").done().data
    assert [shot["name"] for shot in planned["shots"]] == ["exam_010", "exam_020", "exam_030"]


def test_a_film_file_with_faults_shows_them_all(program, film, tmp_path):
    (tmp_path / "film.toml").write_text(
        '[presets.a]\nextends = "exma"\nstability = { flow = 0.95 }\n[[scenes]]\nname = "x"\nmatch = {}\n'
    )
    message = program.run("plan", film.cut).refused(2)
    assert "3 faults" in message and all(f"line {line}" in message for line in (2, 3, 6)), message


def test_two_sequences_are_not_guessed_between(program, film):
    film.cut.write_bytes(premiere_xml(film.sequence, replace(film.sequence, name="Reel 2, final")))
    message = program.run("render", film.cut, *EXAM).refused(2)
    assert "'Reel'" in message and "'Reel 2, final'" in message and "--sequence" in message
    planned = program.run("plan", film.cut, *EXAM, "--sequence", "Reel 2, final", "--json").done().data
    assert planned["sequence"] == "Reel 2, final"


def test_nothing_to_render_is_said(program, film):
    run = program.run("render", film.cut)
    assert run.code == 2 and "nothing to render" in run.err and not styled(film.cut).parent.exists()


def test_missing_media_is_found_before_anything_is_rendered(program, film):
    film.second.unlink()
    planned = program.run("plan", film.cut, *PLAIN, "--json").done().data
    assert [shot["status"] for shot in planned["shots"]] == ["new", "offline", "offline"]
    assert {note["code"] for note in planned["warnings"]} == {"E-OFFLINE"}
    message = program.run("render", film.cut, *PLAIN).refused(4)
    assert message.count(str(film.second)) == 2 and str(film.first) not in message
    assert "01:00:00:20" in message and "--map" in message and "--skip-offline" in message
    assert not styled(film.cut).parent.exists()


def test_clips_without_media_can_be_left_on_their_originals(program, film):
    film.second.unlink()
    program.run("render", film.cut, *PLAIN, "--skip-offline").done()
    before = placed(film.cut.read_bytes(), "Reel")
    after = placed(styled(film.cut).read_bytes(), "Reel (styled)")
    assert after[1:] == before[1:]
    assert Path(after[0].path).parent.name == "media" and Path(after[0].path).is_file()
    # the media is back: the same command styles the rest
    write_small_film(film.cut.parent)
    program.run("render", film.cut, *PLAIN).done()
    assert {
        Path(clip.path).parent.name for clip in placed(styled(film.cut).read_bytes(), "Reel (styled)")
    } == {"media"}


@pytest.mark.parametrize("where", ["out", "out/media", pytest.param("out/segments", marks=pytest.mark.slow)])
def test_an_output_folder_that_cannot_be_one(program, film, tmp_path, where):
    place = tmp_path / where
    place.parent.mkdir(exist_ok=True)
    place.write_text("a file of somebody")
    message = program.run("render", film.cut, *PLAIN, "--out", tmp_path / "out").refused(6)
    assert str(tmp_path / "out") in message and "--out" in message
    assert place.read_text() == "a file of somebody" and not half_written(tmp_path)
    assert not list(tmp_path.rglob("exam_*.mov"))


def test_a_timeline_of_somebody_is_not_overwritten(program, film):
    theirs = styled(film.cut)
    theirs.parent.mkdir()
    theirs.write_text("<xmeml>theirs</xmeml>")
    message = program.run("render", film.cut, *PLAIN).refused(6)
    assert str(theirs) in message and theirs.read_text() == "<xmeml>theirs</xmeml>"
    assert [path.name for path in theirs.parent.iterdir()] == [theirs.name]


@pytest.mark.slow
def test_a_render_that_stops_at_its_last_file_goes_on(program, film):
    """What it has written by then must not be taken for a stranger's."""
    in_the_way = styled(film.cut).parent / "report.json.part"
    in_the_way.mkdir(parents=True)
    assert str(styled(film.cut).parent) in program.run("render", film.cut, *PLAIN, "-q").refused(6)
    in_the_way.rmdir()
    program.run("render", film.cut, *PLAIN).done()


@pytest.mark.slow
def test_two_cuts_share_a_folder(program, film, tmp_path):
    second = tmp_path / "second.xml"
    second.write_bytes(film.cut.read_bytes())
    out = styled(film.cut).parent
    for cut in (film.cut, second, film.cut):
        program.run("render", cut, *PLAIN, "--out", out).done()
    assert {path.name for path in out.glob("*.xml")} == {"cut_styled.xml", "second_styled.xml"}
    assert len(list((out / "media").glob("*.mov"))) == 3


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "cuda:x"])
def test_a_device_that_is_not_there(program, film, device):
    message = program.run("render", film.cut, *PLAIN, "--device", device, "-q").refused(2)
    assert f"--device {device}" in message and not styled(film.cut).exists()


@pytest.mark.slow
def test_a_media_file_of_somebody_is_not_overwritten(program, film):
    theirs = styled(film.cut).parent / "media" / "exam_010_exam_v001.mov"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    program.run("render", film.cut, *PLAIN).done()
    assert theirs.read_text() == "theirs"
    assert theirs.as_posix() not in {
        clip.path for clip in placed(styled(film.cut).read_bytes(), "Reel (styled)")
    }


SLOW_SIZES = [pytest.param(size, marks=pytest.mark.slow) for size in (0, 2000, "within a segment")]


def limit_files(size: int) -> Callable[[], None]:
    """No file can grow beyond `size` bytes: what a full disk does, at a place that is known."""
    resource = pytest.importorskip("resource", reason="this system cannot limit the size of a file")
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [*SLOW_SIZES, "within a join"])
def test_a_full_disk(program, film, tmp_path, size):
    whole = tmp_path / "whole"
    if isinstance(size, str):
        program.run("render", film.cut, *PLAIN, "--out", whole).done()
        segments = sorted(path.stat().st_size for path in whole.glob("segments/*/*.mov"))
        size = segments[-1] // 2 if size == "within a segment" else segments[-1] + 1000
    limited = limit_files(size)
    message = program.run("render", film.cut, *PLAIN, prepare=limited).refused(6)
    out = styled(film.cut).parent
    assert str(out) in message
    assert not half_written(tmp_path) and not styled(film.cut).exists()
    kept = {path: path.stat().st_mtime_ns for path in out.glob("segments/*/*.mov")}
    program.run("render", film.cut, *PLAIN).done()
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    for path in whole.glob("media/*.mov"):
        assert packets_of(out / "media" / path.name) == packets_of(path)


def damage(path: Path, first: int, stop: int) -> None:
    """Wipes the coded frames `first` … `stop - 1`, in decoding order, where they lie in the file."""
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    with path.open("rb+") as file:
        for place, size in places[first:stop]:
            file.seek(place)
            file.write(bytes(size))


@pytest.mark.parametrize("codec", ["prores", "h264"])
def test_media_that_is_damaged_fails_its_shot_alone(program, tmp_path, codec):
    film = write_small_film(tmp_path, codec)
    damage(film.second, 18, 27)  # within the second shot; the third begins at frame 50
    run = program.run("render", film.cut, *PLAIN, *(["-q"] if codec == "h264" else []))
    assert run.code == 1 and "Traceback" not in run.err
    assert run.err.count(str(film.second)) == 1 and "originals: exam_020\n" in run.err, run.err
    before = placed(film.cut.read_bytes(), "Reel")
    after = placed(styled(film.cut).read_bytes(), "Reel (styled)")
    assert after[1] == before[1]
    for number, first in ((0, 1008), (2, 2050)):
        assert Path(after[number].path).parent.name == "media"
        shown = frames_of(Path(after[number].path))[after[number].media_first :]
        assert [number_in(frame) for frame in shown[:20]] == list(range(first, first + 20))
    assert not half_written(tmp_path)


def test_where_every_shot_fails_the_last_word_says_why(program, tmp_path):
    film = write_small_film(tmp_path, "prores")
    damage(film.first, 2, 72)
    damage(film.second, 2, 72)
    message = program.run("render", film.cut, *PLAIN, "-q").refused(4)
    assert "no clip is rendered" in message and "exam_020: " in message and "frame " in message


@pytest.mark.parametrize("size", [(2, 2), (320, 4)])
def test_pictures_that_no_net_takes_are_refused_by_the_plan(program, tmp_path, size):
    film = write_small_film(tmp_path, "prores")
    with av.open(str(film.first), "w") as container:
        stream = container.add_stream("png", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "rgb24"
        for _ in range(72):
            container.mux(stream.encode(av.VideoFrame(*size, "rgb24")))
        container.mux(stream.encode())
    assert "nets need 16 x 16 pixels" in program.run("plan", film.cut, *PLAIN).done().out
    assert "Traceback" not in program.run("render", film.cut, *PLAIN).done().err


def test_media_that_is_no_media(program, film):
    film.first.write_bytes(b"this is no film" * 100)
    planned = program.run("plan", film.cut, *PLAIN, "--json").done().data
    assert planned["shots"][0]["status"] == "offline"
    assert str(film.first) in program.run("render", film.cut, *PLAIN).refused(4)
