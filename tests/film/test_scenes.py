"""Who wears what: the order of the rules, markers of Premiere, patterns."""

import pytest
from stylereel.core.errors import FilmError, UsageError
from stylereel.core.layers import merged
from stylereel.core.markers import held_markers
from stylereel.core.patterns import compile_file_pattern, compile_pattern
from stylereel.core.plan import explain
from stylereel.core.scenes import dress
from support.bare_cuts import cut, film, marker, plan, use


def _worn(dressed):
    return {one.use.clip: (one.scene, one.preset) for one in dressed.worn}


def test_the_first_rule_that_names_a_preset_wins(tmp_path):
    text = """
[[scenes]]
name = "set only"
match = { clip = "A*" }
set = { style_weight = 5e9 }
[[scenes]]
name = "labelled"
match = { label = "cerulean", track = "V1" }
preset = "code"
[shots."labelled_010"]
preset = "form"
"""
    wearing = film(tmp_path, text)
    uses = (
        use(0, 10, 0, clip="A", label="Cerulean"),
        use(10, 20, 50, clip="B", markers=(marker("@exam", 55),), label="Cerulean"),
        use(20, 30, 100, clip="C", label="Cerulean", track="V2"),
        use(30, 40, 150, clip="D", label="Cerulean"),
        use(40, 50, 200, clip="E"),
    )
    this = cut(*uses, markers=(marker("@form", 0, 30),))
    found = dress(this, wearing)
    assert _worn(found) == {
        "A": ("set only", "code"),
        "B": ("labelled", "exam"),
        "C": ("form", "form"),
        "D": ("labelled", "code"),
    }
    assert [one.clip for one in found.untouched] == ["E"]
    assert _worn(dress(this, wearing, preset="exam"))["E"] == ("exam", "exam")
    made = {shot.uses[0].clip: shot for shot in plan(this, wearing).shots}
    assert made["B"].name == "labelled_010" and made["B"].preset == "form"
    assert [one.reason for one in plan(this, wearing).skipped] == [
        "untouched: no scene, marker or --preset names a preset for it"
    ]


def test_values_merge_key_by_key_in_the_order_of_the_rules(tmp_path):
    text = """
[presets.mine]
extends = "exam"
trained_weight = 4e9
[[scenes]]
name = "first"
match = { marker = "ex*" }
preset = "mine"
set = { ramp.in = "3f" }
[[scenes]]
name = "second"
match = { clip = "*" }
preset = "code"
set = { ramp.in = "4f", ramp.out = "4f", ramp.curve = "ease" }
[shots."first_010"]
set = { ramp.out = "5f" }
"""
    marks = (
        marker("@exam", 0, 100, "weight=9e9 ramp.to=1e9 ramp.at=cut"),
        marker("@code", 50, None, "ramp.at=cut"),
    )
    this = cut(use(0, 100, 0, markers=(marker("@mine", 5, None, "weight=7e9"),)), markers=marks)
    wearing = film(tmp_path, text)
    (shot,) = plan(this, wearing, sets=["ramp.to=2e9"]).shots
    told = {one.key: (one.value, one.rule) for one in explain(shot)}
    assert told["ramp.to"] == (2e9, "--set")
    assert told["ramp.out"] == ("5f", '[shots."first_010"] of the film file')
    assert told["style_weight"] == (7e9, "clip marker @mine at 01:00:00:05")
    assert told["ramp.in"] == ("3f", 'scene "first" of the film file')
    assert told["ramp.curve"] == ("ease", 'scene "second" of the film file')
    assert told["ramp.at"] == ("cut", "marker @code at 01:00:02:02")
    assert told["trained_weight"] == (4e9, "[presets.mine] of the film file")
    assert told["style"] == ("exam", 'preset "exam" of the shelf')
    assert told["projection"] == ("flat", "default: auto, the media's header says nothing of a sphere")
    assert shot.preset == "mine"


def test_markers_hold_clips_by_midpoint_by_point_and_within_the_used_source():
    marks = (marker("range", 5, 16), marker("point", 25), marker("empty", 90))
    uses = (
        use(0, 10, 0, clip="A"),  # midpoint 5
        use(10, 22, 100, clip="B", markers=(marker("in", 100), marker("before", 99), marker("behind", 112))),
        use(22, 30, 200, clip="C", markers=(marker("tail", 190, 201),)),
        use(20, 30, 300, clip="D", track="V10"),
        use(0, 40, 400, clip="E", track="V2"),
    )
    held = {
        one.clip: [mark.marker.name for mark in held_markers(cut(*uses, markers=marks))[one.id]]
        for one in uses
    }
    assert held == {"A": ["range"], "B": ["in"], "C": ["tail"], "D": ["point"], "E": []}


def test_the_narrower_marker_says_more(tmp_path):
    marks = (marker("@exam", 0, 100), marker("@code", 10, 40), marker("@form", 20))
    uses = (use(0, 10, 0, clip="A"), use(10, 20, 50, clip="B"), use(20, 30, 90, clip="C"))
    found = dress(cut(*uses, markers=marks), film(tmp_path, ""))
    assert {name: preset for name, (_, preset) in _worn(found).items()} == {
        "A": "exam",
        "B": "code",
        "C": "form",
    }


def test_every_fault_of_the_markers_at_once_with_their_places(tmp_path):
    marks = (
        marker("@exma", 0, 50),
        marker("@code", 24, 50, "wieght=3"),
        marker("@form", 48, 60, "matte.grow=-3"),
    )
    clip_marks = (marker("@from", 10),)
    with pytest.raises(FilmError) as caught:
        dress(cut(use(96, 196, 0, markers=clip_marks), markers=marks), film(tmp_path, ""))
    assert caught.value.faults == [
        'marker @exma at 01:00:00:00: there is no preset "exma"; did you mean "exam"?',
        "marker @code at 01:00:01:00: wieght=3: wieght: there is no such key"
        " (there are: chain, curve, input_lut, keep_colour, matte, morph, net, poles, projection, ramp, "
        "stability, stereo, stroke_scale, style, style_weight, trained_weight)",
        "marker @form at 01:00:02:00: matte.grow=-3: matte.grow: must be greater than or equal to 0, not -3",
        'clip marker @from at 01:00:04:10: there is no preset "from"; did you mean "form"?',
    ]


def test_words_of_a_marker_that_set_nothing_are_told(tmp_path):
    marks = (
        marker("@exam", 0, 50, "the gold light weight=2e10"),
        marker("note to self", 3, 20),
        marker("@code", 80),
    )
    found = dress(cut(use(0, 50, 0), markers=marks), film(tmp_path, ""))
    assert [(note.code, note.message, note.record) for note in found.notes] == [
        ("W-MARKER", 'marker @exam at 01:00:00:00: "the gold light" sets nothing', 0),
        ("W-MARKER", "marker @code at 01:00:03:08 holds no clip", 80),
    ]
    assert merged(found.worn[0].layers(film(tmp_path, ""))[1])[0].style_weight == 2e10


def test_unknown_presets_and_sets_of_the_command_line(tmp_path):
    this = cut(use(0, 50, 0))
    with pytest.raises(UsageError, match='--preset exma: there is no preset "exma"; did you mean "exam"'):
        dress(this, film(tmp_path, ""), preset="exma")
    with pytest.raises(UsageError, match="did you mean"):
        dress(this, film(tmp_path, ""), sets=["style_wight=0"])


def test_a_style_file_is_found_from_where_it_was_named(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    this = cut(use(0, 50, 0), markers=(marker("@exam", 0, 50, "style=nets/a.pth"),))
    wearing = film(tmp_path, "")
    worn = dress(this, wearing).worn[0]
    assert merged(worn.layers(wearing)[1])[0].style == str(tmp_path / "nets" / "a.pth")
    worn = dress(this, wearing, sets=["style=b.pth"]).worn[0]
    assert merged(worn.layers(wearing)[1])[0].style == str(tmp_path / "here" / "b.pth")


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("midterm*", "Midterm_2", True),
        ("midterm", "midterm_2", False),
        ("*.MOV", "a.mov", True),
        ("re:mid.*2$", "the MIDTERM 2", True),
        ("re:(?-i:mid)", "MID", False),
        ("Caf\u00e9*", "cafe\u0301 1", True),
        ("C005?", "C0050", True),
    ],
)
def test_patterns_ignore_case_and_the_form_of_accents(pattern, name, fits):
    assert compile_pattern(pattern)(name) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("A00*.mov", True),
        ("C:/footage/day 1/*", True),
        ("c:\\footage\\*", True),
        ("*/day 2/*", False),
        ("day*", False),
    ],
)
def test_file_patterns_with_a_slash_are_for_the_whole_path(pattern, fits):
    assert compile_file_pattern(pattern)("C:/footage/day 1/A001.mov") is fits
