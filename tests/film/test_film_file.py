"""Film files: what they may say, every fault of one at once, and presets that go on from each other."""

from pathlib import Path

import pytest
import stylereel.presets
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.assignments import parse_comment, parse_sets
from stylereel.core.errors import FilmError, StyleReelError, UsageError
from stylereel.core.faults import toml_lines
from stylereel.core.film import read_film, shelf_presets, with_shot_settings
from stylereel.core.film_file import schema
from stylereel.core.layers import Layer, merged
from stylereel.core.preset import Wear, flat, nested, read_recipe, recipe_text
from support.bare_cuts import cut, film, plan, shelf, use

SHIPPED = Path(stylereel.presets.__path__[0])


def _faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(FilmError) as caught:
        film(folder, text)
    assert caught.value.exit_code == 2 and caught.value.where == str(folder / "film.toml")
    return caught.value.faults


def test_every_fault_at_once_with_line_and_what_was_meant(tmp_path):
    text = """[output]
codec = "dpx"
handels = 12
name = "{preset}"

[presets.midterm]
extends = "exm"
style_wieght = 3e10
ramp = { in = "24x", outt = "transition" }

[presets.strong]
extends = "exam"
style_weight = 2e12
stability.flow = 0.95

[[scenes]]
name = "midterm"
match = { clip = "re:(" }
preset = "midtrem"
set = { ramp.oot = "0f" }

[[scenes]]
match = { }

[shots."midterm_010"]
weight = 3
"""
    assert _faults(tmp_path, text) == [
        "line 2: output.codec: must be 'prores', 'prores4444', 'dnxhr', 'dnxhr444', 'dnxhr-mxf', "
        "'cineform', 'h264', 'hevc', 'ffv1', 'png', 'tiff' or 'exr', not 'dpx'",
        'line 3: output.handels: there is no such key; did you mean "handles"?',
        "line 4: output.name: must hold {shot} and {version}, and may hold {preset}: "
        '"{shot}_{preset}_v{version:03}"',
        'line 7: presets.midterm.extends: there is no preset "exm"; did you mean "exam"?',
        'line 8: presets.midterm.style_wieght: there is no such key; did you mean "style_weight"?',
        'line 9: presets.midterm.ramp.in: must be frames (24 or "24f"), seconds ("1.5s") or "transition", '
        "not '24x'",
        'line 9: presets.midterm.ramp.outt: there is no such key; did you mean "out"?',
        "line 13: presets.strong.style_weight: must be less than or equal to 1e11, not 2000000000000.0",
        "line 14: presets.strong.stability.flow: must be less than or equal to 0.9, not 0.95",
        "line 18: scenes[1].match.clip: 're:(' is no regular expression: missing ), unterminated subpattern "
        "at position 0",
        'line 19: scenes[1].preset: there is no preset "midtrem"; did you mean "midterm"?',
        'line 20: scenes[1].set.ramp.oot: there is no such key; did you mean "out"?',
        "line 22: scenes[2].name: is missing",
        "line 23: scenes[2].match: needs one of marker, clip, track, label, nest, file; "
        'clip = "*" is every clip',
        "line 26: shots.midterm_010.weight: there is no such key (there are: note, preset, set)",
    ]


def test_a_syntax_error_stands_alone(tmp_path):
    (fault,) = _faults(tmp_path, "[output]\nhandels = 1\nname = \n")
    assert fault.startswith("line 3, column 8")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[output]\nmedia = 'all'", "output.media: must be 'trim', 'full' or 'auto'"),
        ("[output]\ndelivery = 'beside'", "output.delivery: must be 'replace', 'stacked' or 'live'"),
        ("[output]\nhandles = 'transition'", "output.handles: must be frames"),
        ("[output]\nname = '{shot}/{version}:'", "output.name: cannot hold / :: it is a file's name"),
        ("[output]\nname = '{shot}{version'", "output.name: must hold {shot} and {version}"),
        ("[output]\nname = '{shot}{version}{take}'", "output.name: must hold {shot} and {version}"),
        ("[output]\nhandles = -1", "output.handles: must be frames"),
        ("[output]\nhandles = true", "output.handles: must be frames"),
        (
            "[presets.a]\nextends='exam'\nstyle_weight=-1",
            "style_weight: must be greater than or equal to 0, not -1",
        ),
        ("[presets.a]\nextends='exam'\nstyle_weight=nan", "style_weight: must be a finite number"),
        (
            "[presets.a]\nextends='exam'\nstyle_weight='2e10'",
            "style_weight: must be a valid number, not '2e10'",
        ),
        ("[presets.a]\nextends='exam'\nstyle_weight=true", "style_weight: must be a valid number"),
        ("[presets.a]\nramp.in=3", "presets.a: has no style"),
        ("[presets.a]\nextends='b'\n[presets.b]\nextends='a'", "goes round in a circle: a → b → a"),
        ("[presets.a]\nextends='a'", 'presets.a.extends: there is no preset "a"'),
        ("presets = 3", "presets: must be"),
        ("scenes = { a = 1 }", "scenes: must be"),
        ("[paths]\n'C:/a' = 3", "must be a valid string, not 3"),
    ],
)
def test_single_faults(tmp_path, text, fault):
    assert fault in _faults(tmp_path, text)[0]


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_film(tmp_path / "none.toml", {})
    (tmp_path / "latin.toml").write_bytes("note = 'ü'".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        read_film(tmp_path / "latin.toml", {})
    (tmp_path / "bom.toml").write_bytes("\ufeff[output]\r\nhandles = 3\r\n".encode())
    assert read_film(tmp_path / "bom.toml", {}).output.handles == "3f"


def test_presets_go_on_from_each_other_and_from_the_shelf(tmp_path):
    text = """
[presets.exam]
extends = "exam"
style_weight = 3e10
[presets.late]
extends = "exam"
ramp = { out = "1s" }
"ramp.in" = 12
[presets.own]
style = "nets/udnie.pth"
trained_weight = 5e9
"""
    found = film(tmp_path, text)
    wear, rules = merged(found.presets["late"])
    assert (wear.style, wear.style_weight, wear.ramp.in_, wear.ramp.out) == ("exam", 3e10, "12f", "1s")
    assert rules["style_weight"] == "[presets.exam] of the film file"
    assert rules["style"] == 'preset "exam" of the shelf'
    assert merged(found.presets["own"])[0].style == str(tmp_path / "nets" / "udnie.pth")
    assert set(found.presets) == {"exam", "late", "own", "code", "form"}


def test_paths_become_a_map(tmp_path):
    found = film(tmp_path, "[paths]\n'C:/footage' = '/mnt/footage'\n")
    assert found.paths.to_local("c:\\footage\\a.mov") == Path("/mnt/footage/a.mov")


def test_the_shipped_presets_are_sound():
    found = read_film(None, shelf_presets([SHIPPED]))
    assert {"exam", "code", "form"} <= set(found.presets)
    for name, layers in found.presets.items():
        wear, _ = merged(layers)
        assert wear.style == name and wear.style_weight == 3e10 and wear.ramp.in_ == "transition"


def test_a_users_shelf_comes_over_the_shipped_one(tmp_path):
    (tmp_path / "exam.toml").write_text("title = 'Mine'\nstyle = 'my.safetensors'\n")
    found = shelf_presets([SHIPPED, tmp_path, tmp_path / "absent"])
    assert found["exam"].title == "Mine" and found["code"].title != "code"
    wear, _ = merged(read_film(None, found).presets["exam"])
    assert wear.style == str(tmp_path / "my.safetensors")
    (tmp_path / "bad.toml").write_text("style = 'a'\nwieght = 3\n")
    with pytest.raises(FilmError, match=r"line 2: wieght: there is no such key"):
        shelf_presets([tmp_path])
    (tmp_path / "bad.toml").write_text("extends = 'exma'\n")
    with pytest.raises(UsageError, match='no preset "exma"; did you mean "exam"'):
        read_film(None, shelf_presets([tmp_path]))


def test_sets_are_typed_as_toml_and_bare_words_are_text():
    layer = parse_sets(
        ["style_weight=2e10", "ramp.in=24f", " ramp.out = 12 ", "projection=equirect", "ramp.in=1s"]
    )
    assert layer.values == {
        "style_weight": 2e10,
        "ramp.in": "1s",
        "ramp.out": "12f",
        "projection": "equirect",
    }
    assert parse_sets(['ramp={in="3f", curve="smooth"}']).values == {"ramp.in": "3f", "ramp.curve": "smooth"}


def test_set_reaches_every_key_of_a_preset():
    keys = flat(Wear(style="exam").model_dump(by_alias=True))
    for key, value in keys.items():
        if value is None:
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        assert parse_sets([f"{key}={text}"]).values == {key: value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("style_wieght=1", 'did you mean "style_weight"'),
        ("ramp_in=1", 'did you mean "ramp.in"'),
        ("ramp.inn=1", 'did you mean "in"'),
        ("style_weight=much", "style_weight: must be a valid number, not 'much'"),
        ("ramp=3", "ramp: must be a table"),
        ("ramp.in.x=3", "ramp.in: must be frames"),
        ("extends=exam", "there is no such key"),
        ("style_weight", "is not KEY=VALUE"),
        ("=3", "is not KEY=VALUE"),
        ("style_weight=", "is not KEY=VALUE"),
        ("a=1\nb=2", "there is no such key"),
    ],
)
def test_bad_sets_say_what_is_wrong(text, message):
    with pytest.raises(UsageError) as caught:
        parse_sets([text])
    assert message in str(caught.value)


@given(st.text(), st.text())
def test_no_text_breaks_the_reading_of_sets_and_comments(key, value):
    for parse in (lambda: parse_sets([f"{key}={value}"]), lambda: parse_comment(f"{key}={value}", "marker")):
        try:
            parse()
        except StyleReelError as error:
            assert str(error)


def test_marker_comments_know_the_short_word_for_the_weight():
    values, others = parse_comment("weight=2e10 ramp.in=24f don't cut", "marker")
    assert values == {"style_weight": 2e10, "ramp.in": "24f"} and others == ["don't", "cut"]


@pytest.mark.parametrize("comment", ["weight = 2e10", "weight= 2e10", "weight =2e10", "  weight\t=\n2e10 "])
def test_blanks_around_the_equals_sign_of_a_comment_say_nothing(comment):
    assert parse_comment(f"{comment} ramp.in = 24f softly", "marker") == (
        {"style_weight": 2e10, "ramp.in": "24f"},
        ["softly"],
    )


def test_all_faults_of_a_comment_are_told():
    with pytest.raises(UsageError) as caught:
        parse_comment("weigth=2e10 ramp.in=24f ramp.out=long stability.flow=1.5", "marker @exam")
    told = str(caught.value)
    assert told.startswith("marker @exam: weigth=2e10: weigth: there is no such key")
    assert "ramp.out=long: " in told and "stability.flow=1.5: " in told and "ramp.in=24f" not in told


KEYS = st.text("abc", min_size=1, max_size=2)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(), min_size=1) | st.integers()))
def test_flat_and_nested_are_inverse(tree):
    assert nested(flat(tree)) == tree


def test_recipes_come_back_from_their_text():
    wear = Wear.model_validate(
        {"style": "exam", "ramp.in": "24f", "ramp.curve": "ease", "style_weight": 3e10}
    )
    assert recipe_text(read_recipe(recipe_text(wear))) == recipe_text(wear)
    assert read_recipe(recipe_text(wear)).ramp == wear.ramp


def test_shot_settings_are_added_over_those_of_the_file(tmp_path):
    found = film(tmp_path, "[shots.exam_010]\nset = { ramp.out = '0f', style_weight = 1e9 }\n")
    changed = with_shot_settings(found, "exam_010", Layer("--set", {"style_weight": 5e9}))
    wears = [
        read_recipe(shot.recipe)
        for shot in plan(cut(use(0, 40, 100), use(40, 80, 0, "b.mov")), changed, preset="exam").shots
    ]
    assert [wear.style_weight for wear in wears] == [5e9, read_recipe("{}").style_weight]
    assert wears[0].ramp.out == found.shots["exam_010"].settings.ramp.out != wears[1].ramp.out


def test_lines_of_keys_survive_strings_comments_and_arrays():
    text = '''a = """
[no]
b = 1
""" # [x
c = [ # ]
  1,
]
[t."x.y"] # "
d.e = '''
    text += "'''\nz = 1'''\n[[s]]\nf = \"#[\"\n[[s]]\nf = 1\n[s.u]\ng = { h = 1 }\n"
    assert toml_lines(text) == {
        ("a",): 1,
        ("c",): 5,
        ("t", "x.y"): 8,
        ("t", "x.y", "d"): 9,
        ("t", "x.y", "d", "e"): 9,
        ("s", 0): 11,
        ("s", 0, "f"): 12,
        ("s", 1): 13,
        ("s", 1, "f"): 14,
        ("s", 1, "u"): 15,
        ("s", 1, "u", "g"): 16,
    }


def test_the_schema_knows_every_table():
    found = schema()
    assert set(found["properties"]) == {"output", "presets", "scenes", "shots", "paths"}
    assert set(found["$defs"]["Scene"]["properties"]) == {"name", "match", "preset", "set"}
    assert set(found["$defs"]["Ramp"]["properties"]) == {"at", "in", "out", "to", "curve"}
    assert shelf()["exam"].title == "exam"
