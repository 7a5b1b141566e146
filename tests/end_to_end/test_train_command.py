"""`train` as a user meets it: refused, warned, followed, stopped, killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from safetensors import safe_open
from support.small_film import write_small_film
from support.vgg import write_vgg


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """`a.png` … `f.png` in a folder."""
    noise = np.random.default_rng(1)
    (tmp_path / "pictures").mkdir()
    for name in "abcdef":
        pixels = cv2.resize(noise.integers(0, 255, (12, 16, 3), np.uint8), (256, 192))
        cv2.imwrite(str(tmp_path / "pictures" / f"{name}.png"), pixels)
    return tmp_path / "pictures"


NEW = ("--name", "x", "--new-base", "base")
REFUSED = {
    "name": (("--name", "../x", "--new-base", "base"), 2, "name of a style"),
    "progress": ((*NEW, "--progress", "loud"), 2, "--progress loud"),
    "out": ((*NEW, "--out", "taken"), 6, "cannot be the folder"),
    "base": (("--name", "x", "--base", "foreign.pth"), 2, "no style to start from"),
    "vgg": ((*NEW, "--vgg", "gone.pth"), 2, "no file of VGG-19"),
    "content": ((*NEW, "--content", "empty"), 2, "too few pictures"),
    "no content": ((*NEW, "--content", "gone"), 4, "no such folder or timeline"),
    "no timeline": ((*NEW, "--sequence", "Reel"), 2, "--content CUT"),
    "full": ((*NEW, "--full"), 2, "the whole net anyway"),
    "prepare": ((*NEW, "--prepare", "scissors"), 2, "is not cut-and-paste"),
    "crop": ((*NEW, "--crop", "1,2,3"), 2, "neither X,Y,W,H nor auto"),
    "far crop": ((*NEW, "--crop", "100,0,200,192"), 2, "256×192"),
    "small crop": ((*NEW, "--crop", "0,0,100,100"), 2, "too small"),
    "pull": ((*NEW, "--pull", "0"), 2, "--pull 0"),
    "licences": ((*NEW, "--licence", "CC0-1.0", "--licence", "MIT"), 2, "every picture needs a licence"),
    "pulls": ((*NEW, "--pull", "1", "--pull", "2"), 2, "every picture needs a pull"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_training_that_cannot_be_is_refused_without_torch(pictures, tmp_path, kind):
    words, code, told = REFUSED[kind]
    for name in ("taken", "foreign.pth"):
        (tmp_path / name).write_text("something")
    (tmp_path / "empty").mkdir()
    probe = (
        "import sys\nfrom stylereel.cli.main import main\ntry:\n    main()\n"
        "finally:\n    print('torch' in sys.modules, file=sys.stderr)\n"
    )
    command = ["train", "pictures/a.png", "--content", "pictures", *words]
    run = subprocess.run(
        [sys.executable, "-c", probe, *command],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "conf")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == code and told in run.stderr and "Traceback" not in run.stderr, run.stderr
    assert run.stderr.splitlines()[-1] == "False" and not list(tmp_path.rglob("*.safetensors"))


def train(tmp_path: Path, steps: int, *words: object) -> list[object]:
    vgg = write_vgg(tmp_path / "vgg.safetensors")
    command = ["train", "pictures/a.png", "--name", "mine", "--new-base", "base", "--pull", 1]
    return [*command, "--vgg", vgg, "--steps", steps, "--device", "cpu", *words]


@pytest.mark.slow
def test_a_trained_style_can_be_worn_at_once(program, pictures, tmp_path):
    film = write_small_film(tmp_path)
    run = program.run(*train(tmp_path, 2, "--content", "pictures")).done()
    assert "step 2 of 2: content " in run.err and "minutes left" in run.err
    sheet = next(line for line in run.err.splitlines() if "so far: " in line).partition(": ")[2]
    assert Path(sheet).is_file() and Path(sheet).name == "mine_sheet.png"
    assert run.out.splitlines()[-1].endswith("mine.safetensors")
    shelf = {one["name"]: one for one in program.run("presets", "--json").done().data}
    assert shelf["mine"]["style_weight"] == 3e10
    planned = program.run("plan", film.cut, "--preset", "mine", "--json").done().data
    assert {shot["preset"] for shot in planned["shots"]} == {"mine"}


@pytest.mark.slow
def test_without_pictures_of_ones_own_it_trains_on_drawn_ones(program, pictures, tmp_path):
    run = program.run(*train(tmp_path, 1)).done()
    assert "no --content" in run.err and run.out.splitlines()[-1].endswith("mine.safetensors")


@pytest.mark.slow
@pytest.mark.parametrize("content", ["cut.xml", "clips"])
def test_it_trains_on_the_frames_of_a_film(program, pictures, tmp_path, content):
    film = write_small_film(tmp_path)
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "take.mov").write_bytes(film.first.read_bytes())
    (tmp_path / "clips" / "broken.mov").write_bytes(film.first.read_bytes()[:5000])
    run = program.run(*train(tmp_path, 1, "--content", content)).done()
    assert "reading 72 frames" in run.err
    (made,) = program.home.rglob("mine.safetensors")
    with safe_open(made, "numpy") as file:
        assert (
            json.loads(file.metadata()["training"])["content_pictures"]
            == {"cut.xml": 57, "clips": 57}[content]
        )


@pytest.mark.slow
def test_a_cut_without_media_is_told(program, pictures, tmp_path):
    film = write_small_film(tmp_path)
    film.first.unlink()
    film.second.unlink()
    told = program.run(*train(tmp_path, 1, "--content", "cut.xml")).refused(4)
    assert "none of its media" in told and "--map" in told


@pytest.mark.slow
def test_a_poor_picture_is_warned_of_and_can_be_prepared(program, pictures, tmp_path):
    page = np.full((400, 600, 3), 245, np.uint8)
    cv2.putText(page, "exam", (20, 90), cv2.FONT_HERSHEY_SIMPLEX, 3, (200, 30, 30), 5)
    cv2.imwrite(str(tmp_path / "pictures" / "a.png"), page)
    run = program.run(*train(tmp_path, 1, "--content", "pictures", "--progress", "jsonl")).done()
    events = [json.loads(line) for line in run.err.splitlines()]
    assert "is empty" in next(one["text"] for one in events if one["event"] == "warning")
    again = train(tmp_path, 1, "--content", "pictures", "--prepare", "cut-and-paste", "--out", "prepared")
    run = program.run(*again).done()
    assert "is empty" not in run.err
    learnt = cv2.imread(str(tmp_path / "prepared" / "mine.png"))
    assert learnt.shape == (256, 384, 3)
    with safe_open(tmp_path / "prepared" / "mine.safetensors", "numpy") as file:
        record = json.loads(file.metadata()["training"])
    assert record["prepared"] == "cut-and-paste" and len(record["crop"]) == 4


@pytest.mark.slow
@pytest.mark.timeout(900)  # some ninety steps
def test_training_goes_on_after_ctrl_c_and_after_a_kill(program, pictures, tmp_path):
    """Each time the same command, at last to the bytes of an undisturbed run."""
    words = ["--content", "pictures", "--progress", "jsonl"]
    plain = program.run(*train(tmp_path, 28, *words, "--out", "plain")).done()
    assert plain.out.splitlines()[-1].endswith("mine.safetensors")
    command = train(tmp_path, 28, *words, "--out", "broken")
    out, err = interrupted(program, command, 3, signal.SIGINT, 130)
    assert not out and err.count("error:") == 1 and "Traceback" not in err
    assert "stopped" in err and "Go on with: stylereel train pictures/a.png" in err
    assert interrupted(program, command, 26, signal.SIGKILL, -signal.SIGKILL)
    assert not list((tmp_path / "broken").glob("*.safetensors"))
    steps = [event["step"] for event in heard(program.run(*command).done().err)]
    assert steps == [26, 27, 28]
    left = [
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("plain", "broken")
    ]
    left[1].pop(".mine.lock", None)  # of the process that was killed
    assert left[0] == left[1]


def interrupted(program, command: list[object], step: int, how: int, code: int) -> tuple[str, str]:
    """Runs a command until it tells of a step, and stops it there."""
    process = program.start(*command)
    assert process.stderr is not None
    for line in process.stderr:
        if f'"step": {step},' in line:
            break
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    return out, err


def heard(err: str) -> list[dict[str, object]]:
    """The steps of a run that told of them."""
    return [event for line in err.splitlines() if (event := json.loads(line))["event"] == "step"]
