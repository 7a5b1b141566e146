"""A film whose shots wear mattes: planned, rendered, one shot again, and the matte as media of its own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from av import VideoFrame
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from support.ink import write_ink
from support.lifter import pictures
from support.pictures import packets_of
from support.small_film import RATE, SIZE, SmallFilm, write_small_film

FILM_FILE = """
[presets.ink]
style = "ink.safetensors"
style_weight = 2e10
ramp = { in = "0f", out = "0f" }
stability = { flow = 0 }
matte = { kind = "luma", low = 0.5, feather = 2, apply = "inside" }

[[scenes]]
name = "Forest"
match = { label = "Forest" }
preset = "ink"
"""


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    """The small film, whose first shot wears its style where it is light."""
    film = write_small_film(tmp_path)
    write_ink(tmp_path)
    (tmp_path / "film.toml").write_text(FILM_FILE)
    return film


def say(film: SmallFilm, matte: str) -> None:
    """Another matte in the film file."""
    lines = [f"matte = {matte}" if line.startswith("matte") else line for line in FILM_FILE.splitlines()]
    (film.cut.parent / "film.toml").write_text("\n".join(lines))


def planes(frame: VideoFrame) -> list[np.ndarray]:
    lines = [np.frombuffer(plane, np.uint16).reshape(plane.height, -1) for plane in frame.planes]
    return [line[:, : plane.width] for line, plane in zip(lines, frame.planes, strict=True)]


def styled(film: SmallFilm, version: int) -> Path:
    return film.cut.parent / "cut_stylereel" / "media" / f"Forest_010_ink_v{version:03}.mov"


def test_a_shot_is_rendered_where_its_matte_says_and_the_matte_is_media_that_does_the_same(program, film):
    program.run("render", film.cut).done()
    matte = Path(program.run("matte", film.cut, "Forest_010").done().out.strip())
    assert matte == film.cut.parent / "cut_stylereel" / "mattes" / "Forest_010_matte.mov"
    facts, of_style = (read_facts(path, "movie", RATE) for path in (matte, styled(film, 1)))
    assert (facts.start, facts.frames, facts.rate) == (of_style.start, of_style.frames, of_style.rate)
    assert not [*matte.parent.glob(".*")]
    with FrameReader(film.first) as reader:
        clock = reader.clock.frames
    assert clock == 72
    with FrameReader(matte) as reader:  # of the source it has no colour
        assert all(set(codes.flat) == {512} for codes in planes(reader.read(5))[1:])
    masks, after = pictures(matte), pictures(styled(film, 1))
    share = torch.stack([mask[:, :1] for mask in masks]) / 255
    assert 0.05 < float(share.mean()) < 0.95 and float(share.min()) < 0.01 and float(share.max()) > 0.99
    say(film, "false")
    assert "recipe" in program.run("plan", film.cut).done().out
    program.run("render", film.cut).done()
    whole = pictures(styled(film, 2))
    apart = [(mine - yours).abs().mean(1, keepdim=True) for mine, yours in zip(after, whole, strict=True)]
    inside = torch.stack(
        [change[mask[:, :1] > 254].mean() for change, mask in zip(apart, masks, strict=True)]
    )
    outside = torch.stack([change[mask[:, :1] < 1].mean() for change, mask in zip(apart, masks, strict=True)])
    assert float(inside.mean()) < 1 and float(outside.mean()) > 5

    say(film, f"{{ kind = 'file', file = '{matte.as_posix()}', apply = 'inside' }}")
    assert "matte" in program.run("plan", film.cut).done().out
    program.run("render", film.cut).done()
    again = pictures(styled(film, 3))
    assert (
        np.mean([float((mine - yours).abs().mean()) for mine, yours in zip(again, after, strict=True)]) < 0.5
    )


def test_some_frames_again_are_what_they_were_and_another_matte_is_another_version(program, film):
    program.run("render", film.cut).done()
    before = packets_of(styled(film, 1))
    program.run("shot", film.cut, "Forest_010", "--frames", "3-9").done()
    assert packets_of(styled(film, 2)) == before
    program.run("shot", film.cut, "Forest_010", "--set", "matte.apply=outside").done()
    assert packets_of(styled(film, 3)) != before
    assert program.run("plan", film.cut, "--json").done().data["shots"][0]["status"] == "cached"
    told = program.run("matte", film.cut, "Forest_010").done().err
    assert 'was last rendered with matte.apply=outside by "stylereel shot"' in told


def test_what_does_not_fit_is_warned_of_and_what_cannot_be_is_refused_before_anything_is_there(program, film):
    say(film, "{ kind = 'file', file = 'small.png' }")
    message = program.run("render", film.cut).refused(4)
    assert "small.png" in message and "the matte of these shots" in message and "01:00:00:00" in message
    assert "[E-MATTE]" in message and "relative to the film file" in message
    assert "--skip-offline" in message and "--map" not in message  # the footage is there
    (shot,) = program.run("plan", film.cut, "--json").done().data["shots"]
    assert (shot["name"], shot["status"]) == ("Forest_010", "offline")
    assert "small.png" in program.run("plan", film.cut).done().out
    assert not (film.cut.parent / "cut_stylereel").exists()
    import cv2

    cv2.imwrite(str(film.cut.parent / "small.png"), np.full((SIZE[1] // 2, SIZE[0] // 2), 255, np.uint8))
    warnings = program.run("plan", film.cut, "--json").done().data["warnings"]
    (told,) = [one for one in warnings if one["code"] == "W-MATTE"]
    assert "Forest_010: the matte small.png is 80 x 45, take1.mov 160 x 90: it is scaled" in told["message"]
    say(film, "false")
    assert "wears no matte" in program.run("matte", film.cut, "Forest_010").refused(2)
    assert not (film.cut.parent / "cut_stylereel").exists()
    say(film, "{ kind = 'model', model = 'unet' }")
    assert 'torchvision has no segmentation net "unet"' in program.run("plan", film.cut).refused(2)
    for classes, told in (
        ("['persn']", 'no class "persn"; did you mean "person"?'),
        ("[21]", "0 … 20, not 21"),
    ):
        say(film, f"{{ kind = 'model', model = 'fcn_resnet50', classes = {classes} }}")
        assert told in program.run("plan", film.cut).refused(2)


def test_where_the_footage_is_missing_too_that_is_what_is_told(program, film):
    say(film, "{ kind = 'file', file = 'small.png' }")
    film.first.rename(film.first.with_name("elsewhere.mov"))
    message = program.run("render", film.cut).refused(4)
    assert "[E-OFFLINE]" in message and "take1.mov: the file is missing" in message and "--map" in message


def test_a_matte_that_lies_elsewhere_on_this_machine_is_found_through_the_film_s_paths(program, film):
    from support.mattes import grey, write_picture

    here = film.cut.parent / "roto"
    write_picture(here / "white.png", grey(255, SIZE))
    say(film, "{ kind = 'not', of = [ { kind = 'file', file = 'M:/roto/white.png' } ] }")
    assert "M:/roto/white.png" in program.run("render", film.cut).refused(4)
    (shot,) = program.run("plan", film.cut, "--map", f"M:/roto={here}", "--json").done().data["shots"]
    assert shot["status"] == "new"
    text = (film.cut.parent / "film.toml").read_text()
    (film.cut.parent / "film.toml").write_text(text + f"\n[paths]\n'm:/ROTO' = '{here}'\n")
    (shot,) = program.run("plan", film.cut, "--json").done().data["shots"]
    assert shot["status"] == "new"


def test_a_matte_is_prores_whatever_the_film_is_written_as(program, film):
    message = program.run("matte", film.cut, "Forest_010", "--codec", "png").refused(2)
    assert "--codec: a matte is written as ProRes" in message
    (film.cut.parent / "film.toml").write_text('[output]\ncodec = "dnxhr"\n' + FILM_FILE)
    assert "unsupported" in program.run("plan", film.cut).done().out  # too small for DNxHR
    matte = Path(program.run("matte", film.cut, "Forest_010").done().out.strip())
    assert read_facts(matte, "movie", RATE).codec == "prores"
