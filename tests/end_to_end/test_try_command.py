"""`try` as a user meets it: one frame of a picture, a film or a cut; refused, stopped, never overwriting."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from stylereel.cli.desk import Wishes
from stylereel.cli.one_frame import moment, picture_of
from stylereel.cli.seen import seen
from stylereel.cli.try_ import try_
from stylereel.core.errors import MediaError, StyleReelError, UsageError
from support.burnin import read_number
from support.lessons import draw
from support.program import Program
from support.small_film import SmallFilm, write_small_film
from support.stills import noise, write_still
from support.vgg import write_vgg


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> SmallFilm:
    return write_small_film(tmp_path_factory.mktemp("film"))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """`style.png`, `frame.png`, `flat.png`, `tiny.png` and `vgg.safetensors`."""
    random = np.random.default_rng(1)
    for name in ("style", "frame"):
        draw(tmp_path / f"{name}.png", random.integers(0, 255, (12, 16, 3), np.uint8))
    draw(tmp_path / "flat.png", np.full((12, 16, 3), 90, np.uint8))
    write_still(tmp_path / "tiny.png", noise(size=(60, 48)))
    write_vgg(tmp_path / "vgg.safetensors")
    return tmp_path


QUICK = ("--vgg", "vgg.safetensors", "--device", "cpu", "--size", 64)

PLACES = {
    "frame of a film": ("{first}@12", 1012),
    "timecode of a film": ("{first}@01:00:00:12", 1012),
    "last frame of a film": ("{second}@71", 2071),
    "timecode of a cut": ("{cut}@01:00:00:05", 1013),
    "behind a jump cut": ("{cut}@01:00:01:20", 2055),
}


@pytest.mark.parametrize("kind", PLACES)
def test_the_very_frame_is_read(film: SmallFilm, kind: str) -> None:
    text, number = PLACES[kind]
    found = moment(text.format(cut=film.cut, first=film.first, second=film.second), Wishes(Path()))
    pixels = picture_of(found, seen("auto", None))
    assert pixels.shape == (90, 160, 3) and pixels.dtype == np.float32
    assert read_number(np.rint(pixels).astype(np.uint8)) == number


def test_a_picture_is_a_frame_as_it_is(place: Path) -> None:
    deep = noise(3, (80, 70), deep=True)
    write_still(place / "deep@12.png", deep)  # a name is a name
    found = moment(str(place / "deep@12.png"), Wishes(Path()))
    assert np.allclose(picture_of(found, seen("auto", None)), deep / 257) and found.name == "deep@12"


def test_a_frame_is_seen_through_a_lut(film: SmallFilm, tmp_path: Path) -> None:
    (tmp_path / "dark.cube").write_text("LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 0.5\n")
    found = moment(f"{film.first}@12", Wishes(Path()))
    plain, dark = (picture_of(found, seen("auto", lut)) for lut in (None, tmp_path / "dark.cube"))
    assert np.allclose(dark, plain / 2, atol=0.6) and plain.mean() > 20


UNSEEN = {
    "no curve": (("cineon", None), "is none of auto, display, pq, hlg, slog3"),
    "both": (("slog3", Path("a.cube")), "through a curve or through a LUT"),
    "no LUT": (("auto", Path("gone.cube")), "gone.cube"),
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_footage_cannot_be_seen_through_is_refused(kind: str) -> None:
    given, said = UNSEEN[kind]
    with pytest.raises(UsageError) as caught:
        seen(*given)
    assert said in str(caught.value)


WRONG = {
    "a film without a place": ("{first}", UsageError, "which of the film's 72 frames"),
    "a cut without a place": ("{cut}", UsageError, "which frame of the cut"),
    "a frame behind the end": ("{first}@72", UsageError, "frames 0 … 71, 01:00:00:00 … 01:00:02:21"),
    "a timecode before the start": ("{first}@00:00:00:00", UsageError, "frames 0 … 71"),
    "a timecode that does not exist": ("{first}@01:00:00:30", UsageError, "25 frames a second"),
    "no timecode": ("{cut}@01:00", UsageError, "no timecode|not a timecode"),
    "a gap": ("{cut}@02:00:00:00", UsageError, "no clip .* stands there"),
    "no file": ("gone.mov@3", MediaError, "missing"),
    "no picture": ("gone.png", MediaError, "missing"),
    "a text": ("{text}", MediaError, "cannot be decoded"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_frame_that_there_is_not_is_refused(film: SmallFilm, kind: str) -> None:
    text, error, says = WRONG[kind]
    note = film.cut.with_name("note.png")
    note.write_text("no picture")
    text = text.format(cut=film.cut, first=film.first, text=note)
    with pytest.raises(error, match=says) as caught:
        moment(text, Wishes(Path()))
    assert isinstance(caught.value, StyleReelError) and caught.value.where


def test_a_film_frame_is_painted_beside_what_is_there(place: Path, film: SmallFilm) -> None:
    (place / "style_on_take1_12.png").write_text("mine")
    (place / "style_on_take1_12_2_sheet.png").write_text("mine too")
    words = ("style.png", f"{film.first}@12", *QUICK, "--steps", 2)
    ran = Program(place, place / "home").run("try", *words).done()
    assert ran.out.split() == ["style_on_take1_12_3.png", "style_on_take1_12_3_sheet.png"]
    assert "step 2 of 2: content" in ran.err and "style_on_take1_12_3_sheet.png" in ran.err
    painted = cv2.imread(str(place / "style_on_take1_12_3.png"))
    assert painted is not None and painted.shape == (64, 114, 3)
    assert (place / "style_on_take1_12.png").read_text() == "mine"


def test_without_a_number_of_steps_it_ends_in_time(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And one that was asked for is made, however long it takes."""
    monkeypatch.chdir(place)
    monkeypatch.setattr("stylereel.cli.try_._SECONDS", 1e-6)
    words: dict[str, Any] = {"picture": Path("style.png"), "frame": "frame.png", "size": 64}
    words |= {"vgg": Path("vgg.safetensors"), "device": "cpu"}
    try_(**words)
    assert "the minute is over after 20 of 60 steps; --steps 60" in capsys.readouterr().err
    assert cv2.imread("style_on_frame.png") is not None
    try_(**words, steps=2)
    said = capsys.readouterr().err
    assert "step 2 of 2" in said and "minute is over" not in said


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "flat style": ({"picture": Path("flat.png")}, 2, "too flat"),
    "small style": ({"picture": Path("tiny.png")}, 2, "too small for a style"),
    "no style": ({"picture": Path("gone.png")}, 2, "no such picture"),
    "small frame": ({"frame": "tiny.png"}, 2, "too small to show a style"),
    "weight 0": ({"style_weight": 0.0}, 2, "above 0 and up to 1e11"),
    "weight 2e11": ({"style_weight": 2e11}, 2, "above 0 and up to 1e11"),
    "weight nan": ({"style_weight": float("nan")}, 2, "above 0 and up to 1e11"),
    "out is there": ({"out_file": Path("style.png")}, 6, "there already"),
    "sheet is there": ({"out_file": Path("x.png")}, 6, "x_sheet.png"),
    "out is no png": ({"out_file": Path("x.jpg")}, 2, "written as .png"),
    "no vgg": ({"vgg": Path("gone.pth")}, 2, "no file of VGG-19"),
    "vgg is a picture": ({"vgg": Path("style.png")}, 2, "VGG-19 cannot be loaded"),
    "no device": ({"device": "abacus"}, 2, "--device abacus"),
    "no progress": ({"progress_kind": "loud"}, 2, "--progress loud"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_tried_is_refused(place: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changes, code, says = REFUSED[kind]
    monkeypatch.chdir(place)
    (place / "x_sheet.png").write_text("mine")
    before = sorted(place.iterdir())
    usual = {"picture": Path("style.png"), "frame": "frame.png", "vgg": Path("vgg.safetensors")}
    with pytest.raises(StyleReelError) as caught:
        try_(**{**usual, "steps": 1, "size": 64, "device": "cpu", **changes})
    assert caught.value.exit_code == code and says in str(caught.value)
    assert sorted(place.iterdir()) == before and (place / "x_sheet.png").read_text() == "mine"


def test_a_style_that_cannot_be_is_refused_without_torch(place: Path) -> None:
    probe = (
        "import sys\nfrom pathlib import Path\nfrom stylereel.cli.try_ import try_\n"
        "try:\n    try_(Path('flat.png'), 'frame.png')\n"
        "except Exception as error:\n    print(error, 'torch' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", probe], cwd=place, capture_output=True, text=True, check=True)
    assert "too flat" in ran.stdout and ran.stdout.split()[-1] == "False"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signals here")
def test_ctrl_c_keeps_the_best_so_far(place: Path) -> None:
    words = ("style.png", "frame.png", *QUICK, "--steps", 100_000, "--progress", "jsonl")
    process = Program(place, place / "home").start("try", *words)
    assert process.stderr
    seen = 0
    for line in process.stderr:
        seen += '"event": "step"' in line
        if seen == 3:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "of 100000 steps; the picture so far is kept" in err and not out
    for name in ("style_on_frame.png", "style_on_frame_sheet.png"):
        assert cv2.imread(str(place / name)) is not None
