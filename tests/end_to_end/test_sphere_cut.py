"""A cut of 360° stereo footage through the program: seen by `plan`, painted as spheres, said so after."""

from pathlib import Path

import pytest
from stylereel.core.media.probe import read_facts
from stylereel.core.media.spherical import mark_sphere
from support.ink import write_ink
from support.program import Program
from support.small_film import SmallFilm, write_small_film


@pytest.fixture
def film(tmp_path: Path) -> SmallFilm:
    """The small film, whose second take says that it is a sphere for each eye."""
    film = write_small_film(tmp_path)
    mark_sphere(film.second, "side-by-side")
    return film


def test_footage_that_says_it_is_360_comes_back_as_such(
    program: Program, film: SmallFilm, tmp_path: Path
) -> None:
    asked = (film.cut, "--preset", "exam", "--set", f"style={write_ink(tmp_path)}", "--set", "poles=true")
    planned = program.run("plan", *asked, "--json").done().data["shots"]
    seen = [(shot["projection"], shot["stereo"]) for shot in planned]
    assert seen == [("flat", "mono"), ("equirect", "side-by-side"), ("equirect", "side-by-side")]
    assert program.run("plan", *asked).done().out.count("360° side-by-side") == 2
    program.run("render", *asked).done()
    media = tmp_path / "cut_stylereel" / "media"
    found = [read_facts(path) for path in sorted(media.glob("*.mov"))]
    assert [(one.projection or "flat", one.stereo) for one in found] == seen
    assert [one.reel for one in found] == ["A001", "A002", "A002"]
    again = program.run("plan", *asked, "--json").done().data["shots"]
    assert {shot["status"] for shot in again} == {"cached"}
    flat = program.run("plan", *asked, "--set", "projection=flat", "--json").done().data["shots"]
    assert [shot["status"] for shot in flat] == ["changed"] * 3
