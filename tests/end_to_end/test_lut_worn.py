"""Log footage through a LUT, from a film file to a styled timeline: seen, kept, planned, refused."""

import json
from pathlib import Path

import pytest
import torch
from stylereel.core.media.cube import read_cube
from stylereel.core.media.lut import Lut
from support.cubes import box_text, filmic, log_to_709, write_cube
from support.lifter import pictures
from support.onnx_nets import identity, negative
from support.small_film import SmallFilm, write_small_film

FILM = """
[presets.night]
style = "net.onnx"
net = { range = "0..255" }
style_weight = 1e11
ramp = { in = "0f", out = "0f" }
stability = { flow = 0 }
input_lut = 'looks\\show.cube'

[[scenes]]
name = "Forest"
match = { label = "Forest" }
preset = "night"
"""


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    """The small film, of 10 bits, whose first shot is seen through a LUT that lies beside the film file."""
    film = write_small_film(tmp_path)
    identity(tmp_path / "net.onnx")
    (tmp_path / "looks").mkdir()
    write_cube(tmp_path / "looks" / "show.cube", box_text(log_to_709, 33))
    (tmp_path / "film.toml").write_text(FILM)
    return film


def sources(film: SmallFilm, frames: int) -> list[torch.Tensor]:
    return pictures(film.first)[8 : 8 + frames]


def styled(film: SmallFilm, version: int = 1) -> list[torch.Tensor]:
    media = film.cut.parent / "cut_stylereel" / "media"
    return pictures(media / f"Forest_010_night_v{version:03}.mov")


def test_a_net_that_changes_nothing_gives_the_footage_back_also_where_the_lut_clips(program, film):
    said = program.run("plan", film.cut).done().out
    assert "through show.cube" in said
    program.run("render", film.cut, "-q").done()
    after = styled(film)
    before = sources(film, len(after))
    lut = Lut.of(read_cube(film.cut.parent / "looks" / "show.cube"), torch.device("cpu"))
    seen = lut.shown(before[0])
    assert float((seen > 254.9).float().mean()) > 0.1 and float((seen < 0.1).float().mean()) > 0.1
    errors = torch.stack([(one - two).abs() for one, two in zip(before, after, strict=True)])
    assert float(errors.square().mean().sqrt()) < 0.8 and float(errors.max()) < 10
    (shot,) = json.loads((film.cut.parent / "cut_stylereel" / "report.json").read_text("utf-8"))["shots"]
    assert shot["curve"] == "auto" and shot["input_lut"] == str(film.cut.parent / "looks" / "show.cube")


def test_what_is_painted_is_painted_as_a_display_shows_it(program, film):
    negative(film.cut.parent / "net.onnx")
    write_cube(film.cut.parent / "looks" / "show.cube", box_text(filmic, 33))
    program.run("render", film.cut, "-q").done()
    lut = Lut.of(read_cube(film.cut.parent / "looks" / "show.cube"), torch.device("cpu"))
    after = styled(film)
    for one, two in zip(sources(film, len(after)), after, strict=True):
        wanted = 255 - lut.shown(one)
        apart = (lut.shown(two) - wanted).abs()
        assert float(apart.mean()) < 6 < 60 < float((lut.shown(one) - wanted).abs().mean())


def test_a_lut_s_numbers_are_a_shot_s_and_its_name_and_place_are_not(program, film):
    folder = film.cut.parent
    program.run("render", film.cut, "-q").done()
    (folder / "looks" / "show.cube").unlink()
    write_cube(folder / "other.cube", "# a comment\n" + box_text(log_to_709, 33))
    (folder / "film.toml").write_text(FILM.replace("looks\\show.cube", "other.cube"))
    said = program.run("plan", film.cut).done().out
    assert "through other.cube" in said and "cached" in said and "0 frames to render" in said
    write_cube(folder / "other.cube", box_text(filmic, 33))
    said = program.run("plan", film.cut).done().out
    assert "changed" in said and "LUT changed" in said


def test_what_cannot_be_worn_is_refused_by_the_plan(program, film):
    folder, lut = film.cut.parent, film.cut.parent / "looks" / "show.cube"
    write_cube(lut, "LUT_3D_SIZE 2\n0 0 0\n0 0 nan\n")
    for command in ("plan", "render"):
        said = program.run(command, film.cut).refused(2)
        assert f"{lut}, line 3: the LUT" in said and "NaN" in said
    lut.unlink()
    assert "there is no such file" in program.run("plan", film.cut).refused(2)
    (folder / "film.toml").write_text(FILM.replace("input_lut", "curve = 'slog3'\ninput_lut"))
    assert "has a curve and an input_lut" in program.run("plan", film.cut).refused(2)
    (folder / "film.toml").write_text(FILM.replace("show.cube", "show.3dl"))
    assert "a .cube file" in program.run("plan", film.cut).refused(2)
    both = ("--set", "curve=slog3", "--set", "input_lut=a.cube")
    (folder / "film.toml").write_text(FILM)
    assert "footage is shown through one of them" in program.run("plan", film.cut, *both).refused(2)
    assert not (folder / "cut_stylereel").exists()


def test_the_stronger_of_a_curve_and_a_lut_is_worn_and_typed_paths_begin_where_one_is(program, film):
    def worn(*sets: str) -> tuple[str, str | None]:
        words = [word for one in sets for word in ("--set", one)]
        shot = program.run("plan", film.cut, "--json", *words).done().data["shots"][0]
        return shot["curve"], shot["input_lut"]

    write_cube(film.cut.parent / "typed.cube", box_text(filmic, 4))
    assert worn("curve=slog3") == ("slog3", None)
    assert worn("input_lut=typed.cube") == ("auto", str(film.cut.parent / "typed.cube"))
    assert worn("input_lut=none") == ("auto", None)
