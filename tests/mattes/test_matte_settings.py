"""What a film file may say of a matte, and what it is told where that is wrong."""

import json
from pathlib import Path

import pytest
from stylereel.core.assignments import parse_comment, parse_sets
from stylereel.core.errors import FilmError, UsageError
from stylereel.core.layers import Layer, merged
from stylereel.core.preset import Wear, read_recipe, recipe_text
from stylereel.core.shotbook import Book, read_book, with_version, write_book
from support.bare_cuts import cut, film, marker, plan, use
from support.mattes import matte

PRESET = """[presets.a]
extends = 'exam'
matte = {}
[[scenes]]
name = 'all'
match = {{ track = 'V1' }}
preset = 'a'
"""
SOUND = {
    "by its kind alone": "'sky'",
    "sky": "{ kind = 'sky', apply = 'outside', feather = 16, stabilise = true }",
    "file": "{ kind = 'file', file = 'mattes/{media}.mov', channel = 'alpha', offset = -3 }",
    "luma": "{ kind = 'luma', low = 0.5, high = 0.9, soft = 0.1, invert = true }",
    "chroma": "{ kind = 'chroma', colour = '#00ff00', tolerance = 0.2, shrink = 2 }",
    "model": "{ kind = 'model', model = 'net.onnx', classes = [1], range = '0..1', size = 'multiple of 32' }",
    "and": "{ kind = 'and', of = [ { kind = 'sky' }, { kind = 'not', of = [{ kind = 'luma', low = 1 }] } ] }",
    "another weight": "{ kind = 'sky', ground = 0.6, inside = { style_weight = 2e9 } }",
    "another style": "{ kind = 'sky', apply = 'inside', outside = { style = 'ink', style_weight = 2e9 } }",
    "none": "false",
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_matte_is_taken_as_the_film_file_says_it(tmp_path, kind):
    shot = plan(cut(use(0, 50, 0)), film(tmp_path, PRESET.format(SOUND[kind]))).shots[0]
    worn = read_recipe(shot.recipe).matte
    assert bool(worn) == (kind != "none")
    assert recipe_text(read_recipe(shot.recipe)) == shot.recipe
    assert ("matte" in json.loads(shot.made_of)) == bool(worn)


WRONG = {
    "an unknown kind": ("{ kind = 'cloud' }", "line 3: presets.a.matte.kind: must be 'sky', 'file', 'luma'"),
    "an unknown key": ("{ kind = 'sky', feathr = 3 }", 'did you mean "feather"?'),
    "another kind's key": ("{ kind = 'sky', low = 0.2 }", "low is not for a matte of the kind sky"),
    "a part without a kind": ("{ kind = 'not', of = [ { grow = 3 } ] }", "kind is missing"),
    "low above high": ("{ kind = 'luma', low = 0.9, high = 0.2 }", "low lies above high"),
    "a colour that is none": ("{ kind = 'chroma', colour = 'green' }", "matte.colour"),
    "too large": ("{ kind = 'sky', feather = 900 }", "feather: must be less than or equal to 500"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_is_told_with_its_line(tmp_path, kind):
    text, told = WRONG[kind]
    with pytest.raises(FilmError) as caught:
        film(tmp_path, PRESET.format(text))
    assert told in str(caught.value)


UNWHOLE = {
    "no kind": ({"feather": 3}, "kind is missing"),
    "no file": ({"kind": "file"}, "file is missing"),
    "no colour": ({"kind": "chroma"}, "colour is missing"),
    "no light": ({"kind": "luma", "soft": 0.2}, "low or high is missing"),
    "no net": ({"kind": "model"}, "model is missing"),
    "one of two": ({"kind": "and", "of": [{"kind": "sky"}]}, "two mattes or more"),
    "two of one": ({"kind": "not", "of": [{"kind": "sky"}, {"kind": "luma", "low": 0.5}]}, "one matte"),
    "its own side": ({"kind": "sky", "outside": {"style_weight": 2e9}}, "side that the preset is worn on"),
}


@pytest.mark.parametrize("kind", UNWHOLE)
def test_a_matte_that_is_not_whole_when_all_rules_have_spoken_is_refused_with_the_rule(kind):
    values, told = UNWHOLE[kind]
    wear = {"style": "a", **Wear.model_validate({"matte": values}).given()}
    with pytest.raises(UsageError) as caught:
        merged([Layer("the preset", wear)])
    assert told in str(caught.value) and "the preset" in str(caught.value)


def test_rules_change_single_keys_and_a_new_kind_begins_anew():
    preset = {
        "style": "a",
        **Wear.model_validate({"matte": {"kind": "luma", "low": 0.4, "feather": 8}}).given(),
    }
    wear, origins = merged([Layer("scene", parse_sets(["matte.feather=3"]).values), Layer("preset", preset)])
    assert wear.matte and (wear.matte.low, wear.matte.feather) == (0.4, 3)
    assert (origins["matte.low"], origins["matte.feather"]) == ("preset", "scene")
    wear, _ = merged([Layer("scene", parse_sets(["matte=sky"]).values), Layer("preset", preset)])
    assert wear.matte and wear.matte == matte(kind="sky")
    for nothing in ("matte=none", "matte=false"):
        wear, _ = merged([Layer("scene", parse_sets([nothing]).values), Layer("preset", preset)])
        assert wear.matte is False


@pytest.mark.parametrize(
    ("matte", "weight", "side"),
    [
        ("{ kind = 'sky', inside = { style_weight = 2e9 } }", 0, "inside"),
        ("{ kind = 'sky', apply = 'inside', outside = { style_weight = 2e9 } }", 0, "outside"),
        ("{ kind = 'sky', inside = { style_weight = 2e9 } }", 1e9, ""),
        ("{ kind = 'sky', inside = { style_weight = 0 } }", 0, ""),
        ("'sky'", 0, ""),
    ],
)
def test_a_side_that_is_not_painted_since_the_shot_is_not_is_told(tmp_path, matte, weight, side):
    text = PRESET.format(f"{matte}\nstyle_weight = {weight}")
    told = [note.message for note in plan(cut(use(0, 50, 0)), film(tmp_path, text)).notes]
    word = f'paints neither side of the matte; apply = "{side}" paints the {side} alone'
    assert [word in one for one in told] == [True] * bool(side)


LUMA = "[presets.lum]\nextends = 'exam'\nmatte = { kind = 'luma', low = 0.6 }\n"
SKY = "[presets.lum]\nextends = 'exam'\nmatte = 'sky'\n"
FILE = "[presets.lum]\nextends = 'exam'\nmatte = { kind = 'file', file = 'a.png' }\n"
ALL = "[[scenes]]\nname = 'all'\nmatch = {{ clip = '*' }}\npreset = 'lum'\nset = {{ {} }}\n"
SHOT = "[shots.all_010]\nset = {{ {} }}\n"
BELOW = "[presets.lum] of the film file: matte: "
AT_ODDS = {  # what the film file says, a marker's comment, what --set says; what is told
    "a scene's high under a low": (
        LUMA + ALL.format("matte.high = 0.2"),
        "",
        (),
        f'scene "all" of the film file over {BELOW}low lies above high',
    ),
    "a scene's colour in a sky": (
        SKY + ALL.format("matte.colour = '#ff0000'"),
        "",
        (),
        f'scene "all" of the film file over {BELOW}colour is not for a matte of the kind sky',
    ),
    "a shot's key": (
        SKY + ALL.format("matte.feather = 3") + SHOT.format("matte.soft = 0.4"),
        "",
        (),
        f'[shots."all_010"] of the film file over {BELOW}soft is not for',
    ),
    "a marker's key": (LUMA, "matte.high=0.2", (), f"marker @lum at 01:00:00:00 over {BELOW}low lies above"),
    "--set": (FILE, "", ("matte.low=0.2",), f"--set over {BELOW}low is not for a matte of the kind file"),
    "a preset over another": (
        LUMA.replace("lum", "under", 1) + "[presets.lum]\nextends = 'under'\nmatte.high = 0.2\n",
        "",
        (),
        f"{BELOW.split(': ')[0]} over [presets.under] of the film file: matte: low lies above",
    ),
}


@pytest.mark.parametrize("name", AT_ODDS)
def test_keys_of_two_rules_that_do_not_go_together_are_told_with_both_rules(tmp_path, name):
    text, comment, sets, told = AT_ODDS[name]
    marks = (marker("@lum", 0, 50, comment),) if comment else ()
    with pytest.raises(UsageError) as caught:
        plan(cut(use(0, 50, 0), markers=marks), film(tmp_path, text), preset="lum", sets=sets)
    assert str(caught.value).startswith(told) and "matte.kind" in caught.value.hint


def test_a_marker_sets_a_matte(tmp_path):
    assert parse_comment("weight=2e10 matte=sky", "marker")[0]["matte.kind"] == "sky"
    shot = plan(cut(use(0, 50, 0), markers=(marker("@exam", 0, 50, "matte=sky"),)), film(tmp_path, "")).shots[
        0
    ]
    worn = read_recipe(shot.recipe).matte
    assert worn and worn.kind == "sky"
    assert dict(shot.origins)["matte.kind"].startswith("marker @exam")


def test_paths_of_a_film_file_start_at_its_folder(tmp_path):
    text = "{ kind = 'and', of = [ { kind = 'file', file = 'm/{media}.mov' }, { kind = 'sky' } ] }"
    shot = plan(cut(use(0, 50, 0)), film(tmp_path, PRESET.format(text))).shots[0]
    worn = read_recipe(shot.recipe).matte
    assert worn and worn.of[0].file == str(tmp_path / "m" / "{media}.mov")
    text = "{ kind = 'model', model = 'fcn_resnet50', classes = ['person'] }"
    worn = read_recipe(plan(cut(use(0, 50, 0)), film(tmp_path, PRESET.format(text))).shots[0].recipe).matte
    assert worn and worn.model == "fcn_resnet50"
    assert not Path(worn.model).is_absolute()


def test_a_sky_that_was_uncertain_when_it_was_rendered_is_warned_of_by_the_plan(tmp_path):
    this, wearing = cut(use(0, 50, 0)), film(tmp_path, PRESET.format("'sky'"))
    shot = plan(this, wearing).shots[0]
    (tmp_path / "shot.mov").write_bytes(b"film")
    book = with_version(Book(tmp_path, {}), shot, tmp_path / "shot.mov", doubt="no sky found")
    write_book(book)
    again = plan(this, wearing, read_book(tmp_path))
    assert again.shots[0].status == "cached"
    notes = [(note.code, note.message) for note in again.notes]
    assert ("W-MATTE", f"{shot.name}: no sky found") in notes
    assert not [note for note in plan(this, wearing).notes if note.code == "W-MATTE"]
