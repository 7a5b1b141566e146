"""Through what footage is shown: which rule wins, what a shot is made of, and what the plan says of it."""

import json
from dataclasses import replace

import pytest
from stylereel.core.assignments import parse_comment, parse_sets
from stylereel.core.errors import FilmError, UsageError
from stylereel.core.layers import Layer, merged
from stylereel.core.plan import explain
from stylereel.core.preset import Wear
from stylereel.core.spheres import shown_name
from support.bare_cuts import cut, facts, film, marker, plan, use

THIS = cut(use(0, 50, 0))
SCENE = """
[[scenes]]
name = "all"
match = {{ clip = "*" }}
preset = "exam"
set = {{ {} }}
"""


def worn(*values: dict) -> tuple[str, str | None]:
    """What layers give together, the strongest first."""
    wear, origins = merged(Layer(f"rule {number}", one) for number, one in enumerate(values))
    assert {"curve", "input_lut"} & origins.keys() <= {key for one in values for key in one}
    return wear.curve, wear.input_lut


def parts(settings: str, tmp_path, hdr: bool = False) -> dict[str, str]:
    """What the one shot of a film is made of."""
    known = {path: replace(one, hdr=hdr) for path, one in facts(*THIS.uses).items()}
    (shot,) = plan(THIS, film(tmp_path, SCENE.format(settings)), known=known).shots
    return json.loads(shot.made_of)


def test_a_curve_takes_the_place_of_a_lut_and_a_lut_that_of_a_curve():
    lut, curve = {"input_lut": "a.cube"}, {"curve": "slog3"}
    assert worn(lut, curve) == ("auto", "a.cube") and worn(curve, lut) == ("slog3", None)
    assert worn({"curve": "auto"}, lut) == ("auto", None)
    assert worn({"style_weight": 1e9}, lut) == ("auto", "a.cube")
    assert worn({"input_lut": None}, curve) == ("slog3", None) and worn({"input_lut": None}, lut)[1] is None


def test_both_in_one_table_are_refused_and_told_by_their_line(tmp_path):
    with pytest.raises(FilmError) as caught:
        film(tmp_path, "\n\n[presets.a]\nstyle = 'exam'\ncurve = 'vlog'\ninput_lut = 'a.cube'\n")
    (fault,) = caught.value.faults
    assert fault.startswith("line 3") and "has a curve and an input_lut" in fault
    for given in (["curve=pq", "input_lut=a.cube"], ["style=exam", "chain=[{style='form'}]"]):
        with pytest.raises(UsageError, match=r"^--set: has a"):
            parse_sets(given)
    with pytest.raises(UsageError, match=r"^here: has a curve"):
        parse_comment("curve=pq input_lut=a.cube", "here")


@pytest.mark.parametrize("value", ["'show.3dl'", "''", "7"])
def test_what_is_no_cube_file_is_refused(tmp_path, value):
    with pytest.raises(FilmError, match="input_lut"):
        film(tmp_path, SCENE.format(f"input_lut = {value}"))


def test_paths_begin_at_the_film_file_in_scenes_presets_and_markers(tmp_path):
    wanted = str(tmp_path / "looks" / "a.cube")
    text = "[presets.exam]\nstyle = 'exam'\ninput_lut = 'looks/a.cube'\n"
    marks = (marker("@exam", 0, 50, "input_lut=looks/a.cube"),)
    for this, wearing, preset in (
        (THIS, film(tmp_path, SCENE.format("input_lut = 'looks/a.cube'")), None),
        (cut(use(0, 50, 0), markers=marks), film(tmp_path, ""), None),
        (THIS, film(tmp_path, text), "exam"),
    ):
        (shot,) = plan(this, wearing, preset=preset).shots
        assert json.loads(shot.recipe)["input_lut"] == wanted and shown_name(shot.recipe) == "through a.cube"


def test_a_lut_s_content_is_a_part_of_a_shot_and_its_path_is_not(tmp_path):
    made, plain = parts("input_lut = 'a.cube'", tmp_path), parts("style_weight = 1e10", tmp_path)
    assert made.pop("LUT") == f"hash of {tmp_path / 'a.cube'}"
    assert "a.cube" not in json.dumps(made)
    assert made == plain


@pytest.mark.parametrize(
    ("settings", "hdr", "shown"),
    [
        ("", False, False),
        ("", True, True),
        (", curve = 'display'", True, False),
        (", curve = 'slog3'", False, True),
        (", input_lut = 'a.cube'", False, True),
        (", input_lut = 'a.cube'", True, True),
    ],
)
def test_a_matte_of_footage_that_is_shown_through_something_is_another_matte(tmp_path, settings, hdr, shown):
    plain = parts("matte = 'sky'", tmp_path)["matte"]
    assert (parts(f"matte = 'sky'{settings}", tmp_path, hdr)["matte"] != plain) == shown
    wear = Wear.model_validate({"style": "a", **({"input_lut": "a.cube"} if "lut" in settings else {})})
    assert wear.follows_tags == ("lut" not in settings)


def test_a_plan_says_what_is_worn(tmp_path):
    known = {path: replace(one, hdr=True) for path, one in facts(*THIS.uses).items()}
    (shot,) = plan(THIS, film(tmp_path, ""), preset="exam", known=known).shots
    (told,) = [one for one in explain(shot) if one.key == "curve"]
    assert told.value == "auto" and "PQ or HLG by the media's header" in told.rule
    (shot,) = plan(THIS, film(tmp_path, ""), preset="exam", sets=["curve=vlog"]).shots
    assert shown_name(shot.recipe) == "through vlog"
