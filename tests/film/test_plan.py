"""The plan: every visible frame is covered with its weight, nothing twice, everything told."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stylereel.core.cut import Cut, MediaFacts, Skipped
from stylereel.core.errors import MediaError, StyleError, UsageError
from stylereel.core.film import Film, read_film
from stylereel.core.film_file import Output
from stylereel.core.plan import Styles, as_json, make_plan, output_names
from stylereel.core.rates import FrameRange
from stylereel.core.scenes import dress
from stylereel.core.shotbook import Book
from stylereel.core.takes import looks, use_envelope
from support.bare_cuts import RATE, cut, dissolve, facts, fade, film, marker, no_matte, plan, shelf, use

SHELF_ONLY = read_film(None, shelf())
EMPTY = Book(Path("/nowhere"), {})


def _told(made) -> str:
    """A plan as text: runs of equal weight are one number and how often."""
    lines = []
    for shot in made.shots:
        uses = " ".join(f"{one.track}[{one.record.first},{one.record.stop})" for one in shot.uses)
        span = f"{shot.frames.first}…{shot.frames.stop - 1}"
        lines.append(f"{shot.name} {shot.media.name} {span} {shot.preset} {shot.status}: {uses}")
        runs: list[list] = []
        for weight in shot.weights:
            if runs and runs[-1][0] == weight:
                runs[-1][1] += 1
            else:
                runs.append([weight, 1])
        lines.append(
            "  " + " ".join(f"{weight:.2e}" + (f"×{times}" if times > 1 else "") for weight, times in runs)
        )
    lines += [
        f"skipped {one.clip} at {made.cut.timecode(one.record.first)}: {one.reason}" for one in made.skipped
    ]
    lines += [f"{note.code} {note.message}" for note in made.notes]
    return "\n".join(lines)


FILM = """
[output]
handles = 2
[presets.midterm]
extends = "exam"
style_weight = 3e10
ramp = { in = "4f", out = "transition", to = 1e9 }
[[scenes]]
name = "midterm"
match = { label = "Cerulean" }
preset = "midterm"
[[scenes]]
name = "web: form"
match = { file = "web*" }
preset = "form"
[shots."midterm_020"]
set = { style_weight = 0 }
"""


def test_a_plan_as_text(tmp_path):
    uses = (
        use(0, 24, 100, label="Cerulean", tail=dissolve(2, 3)),
        use(24, 48, 20, "web1.mov", head=dissolve(2, 3), tail=fade(6, 0)),
        use(60, 80, 500, label="Cerulean"),
        use(80, 100, 990, "b.mov", label="Cerulean", tail=dissolve(4, 4)),
        use(100, 120, 0, "c.mov", head=dissolve(4, 4)),
    )
    this = replace(cut(*uses), skipped=(Skipped("Title", "V2", FrameRange(5, 9), "a title"),))
    assert _told(plan(this, film(tmp_path, FILM))) == (
        "midterm_010 a.mov 98…128 midterm new: V1[0,24)\n"
        "  1.00e+09×3 2.34e+09 5.48e+09 1.28e+10 3.00e+10×18 1.52e+10 7.70e+09 3.90e+09 1.97e+09 1.00e+09×3\n"
        "web_form_010 web1.mov 16…45 form new: V1[24,48)\n"
        "  0.00e+00×3 3.00e+08 6.00e+08 9.00e+08 2.51e+09 1.00e+10×15 "
        "3.16e+09 1.00e+09 7.50e+08 5.00e+08 2.50e+08 0.00e+00×3\n"
        "midterm_020 a.mov 498…521 midterm new: V1[60,80)\n"
        "  0.00e+00×24\n"
        "midterm_030 b.mov 988…999 midterm new: V1[80,100)\n"
        "  3.00e+10×12\n"
        "skipped Title at 01:00:00:05: a title\n"
        "skipped c.mov at 01:00:04:04: untouched: no scene, marker or --preset names a preset for it\n"
        "W-PROBE b.mov shows frames 990…1009 of b.mov, which has 0…999"
    )


RAMPS = st.sampled_from(["0f", "3f", "10f", "1s", "transition"])
LAYERS = st.fixed_dictionaries(
    {
        "in": RAMPS,
        "out": RAMPS,
        "at": st.sampled_from(["scene", "cut", "transition"]),
        "to": st.sampled_from([0.0, 2e9]),
    }
)


@st.composite
def cuts(draw) -> Cut:
    """Up to three tracks of clips from two files, with gaps, dissolves and fades, some with markers."""
    uses, marks = [], []
    for track in range(1, draw(st.integers(1, 3)) + 1):
        here, head = draw(st.integers(0, 20)), None
        for _ in range(draw(st.integers(0, 5))):
            stop = here + draw(st.integers(1, 40))
            tail = draw(st.none() | st.builds(dissolve, st.integers(0, 8), st.integers(0, 8)))
            source, file = draw(st.integers(0, 120)), draw(st.sampled_from(["a.mov", "b.mov"]))
            uses.append(use(here, stop, source, file, f"V{track}", head, tail))
            gap = 0 if tail else draw(st.sampled_from([0, 0, 7]))
            here, head = stop + gap, tail
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, 100))
        name = draw(st.sampled_from(["@exam", "@code"]))
        marks.append(marker(name, first, first + draw(st.integers(0, 100))))
    return cut(*uses, markers=tuple(marks))


@settings(deadline=None)
@given(this=cuts(), ramp=LAYERS, handles=st.integers(0, 5), frames=st.integers(60, 200))
def test_every_visible_frame_of_every_styled_clip_is_covered_with_its_weight(this, ramp, handles, frames):
    wearing = replace(SHELF_ONLY, output=SHELF_ONLY.output.model_copy(update={"handles": f"{handles}f"}))
    dressed = dress(this, wearing, sets=[f"ramp.{key}={value}" for key, value in ramp.items()])
    made = make_plan(
        this, wearing, dressed, facts(*this.uses, frames=frames), EMPTY, Styles(str, str, no_matte, str)
    )
    shots = {one.id: shot for shot in made.shots for one in shot.uses}
    worn = looks(dressed.worn, wearing, {})
    skipped = {(one.track, one.record) for one in made.skipped}
    for one_id, look in worn.items():
        one = look.worn.use
        seen = [record for record in range(one.visible.first, one.visible.stop)]
        there = [record for record in seen if 0 <= one.time.frame(record - one.record.first) < frames]
        if one_id not in shots:
            assert not there and (one.track, one.record) in skipped
            continue
        shot = shots[one_id]
        sides = [_neighbour(this, worn, one, end) == look.preset for end in ("head", "tail")]
        wave, _ = use_envelope(look, this.rate, *sides)
        for record in there:
            frame = one.time.frame(record - one.record.first)
            assert frame in shot.frames
            assert shot.weights[frame - shot.frames.first] == wave.at(record)
        assert shot.preset == look.preset
    assert len({shot.name for shot in made.shots}) == len(made.shots)
    assert {one.id for one in this.uses} == {*worn} | {one.id for one in dressed.untouched}
    _minimal(made)


def _neighbour(this, worn, one, end):
    """By search over all clips, where the plan looks them up."""
    for other in this.uses:
        meets = (
            other.record.stop == one.record.first if end == "head" else other.record.first == one.record.stop
        )
        if other.track == one.track and meets:
            return worn[other.id].preset if other.id in worn else None
    return None


def _minimal(made):
    """No two shots of one media and look could have been one."""
    for at, shot in enumerate(made.shots):
        for other in made.shots[:at]:
            same = (shot.media.editor_path, shot.recipe) == (other.media.editor_path, other.recipe)
            ends = (shot.frames.first, shot.frames.stop, other.frames.first, other.frames.stop)
            if not same or ends[0] > ends[3] or ends[2] > ends[1]:  # neither overlap nor side by side
                continue
            common = shot.frames.clamped(other.frames)
            mine = [shot.weights[frame - shot.frames.first] for frame in range(common.first, common.stop)]
            theirs = [other.weights[frame - other.frames.first] for frame in range(common.first, common.stop)]
            assert mine != theirs


def test_uses_that_overlap_or_touch_in_one_look_are_one_shot():
    marks = (marker("@exam", 0, 500),)
    uses = (
        use(0, 50, 100),
        use(50, 100, 150),
        use(100, 150, 120),
        use(150, 200, 120, track="V2"),
        use(200, 250, 300),
    )
    made = plan(cut(*uses, markers=marks), SHELF_ONLY)
    assert [(shot.name, shot.frames, len(shot.uses)) for shot in made.shots] == [
        ("exam_010", FrameRange(100, 200), 4),
        ("exam_020", FrameRange(300, 350), 1),
    ]


def test_the_same_frames_with_other_weights_are_two_shots():
    marks = (marker("@exam", 0, 50), marker("@exam", 50, 100, "weight=2e10"), marker("@code", 100, 150))
    made = plan(cut(use(0, 50, 0), use(50, 100, 0), use(100, 150, 0), markers=marks), SHELF_ONLY)
    assert [(shot.name, max(shot.weights)) for shot in made.shots] == [
        ("exam_010", 1e10),
        ("exam_020", 2e10),
        ("code_010", 1e10),
    ]


def test_windows_spellings_of_one_path_are_one_media():
    one, other = use(0, 50, 0), use(50, 100, 20)
    other = replace(other, media=replace(other.media, editor_path="c:\\Footage\\A.MOV"))
    this = cut(one, other, markers=(marker("@exam", 0, 100),))
    assert len(plan(this, SHELF_ONLY).shots) == 1


def test_a_transition_that_wants_more_than_the_media_has_is_told():
    uses = (use(0, 50, 945, tail=dissolve(6, 7)), use(50, 100, 3, "b.mov", head=dissolve(6, 7)))
    made = plan(cut(*uses, markers=(marker("@exam", 0, 50), marker("@code", 50, 100))), SHELF_ONLY)
    assert [shot.frames for shot in made.shots] == [FrameRange(945, 1000), FrameRange(0, 53)]
    assert [(note.code, note.message, note.record) for note in made.notes] == [
        (
            "W-HANDLE",
            "the transition at the tail of a.mov wants frames 945…1001 of a.mov, which has 0…999: 2 missing",
            0,
        ),
        (
            "W-HANDLE",
            "the transition at the head of b.mov wants frames -3…52 of b.mov, which has 0…999: 3 missing",
            50,
        ),
    ]
    assert made.shots[1].weights[0] > 0  # the ramp began with the frames that are not there


def test_a_clip_wholly_outside_its_media_is_skipped():
    made = plan(cut(use(0, 50, 2000), markers=(marker("@exam", 0, 50),)), SHELF_ONLY)
    assert not made.shots and made.skipped[0].reason == "a.mov has none of its frames"
    assert made.notes[0].message == "a.mov shows frames 2000…2049 of a.mov, which has 0…999"


def test_offline_and_unsupported_media_are_planned_and_told():
    uses = (
        use(0, 50, -3 + 3, "gone.mov"),
        use(50, 100, 0, "odd.mov"),
        use(150, 200, 0),
    )
    known = facts(*uses)
    known["C:/footage/gone.mov"] = MediaError("there is no file at /mnt/footage/gone.mov", code="E-OFFLINE")
    known["C:/footage/odd.mov"] = replace(known["C:/footage/odd.mov"], trouble="it has odd pixels")
    made = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam")
    assert [(shot.status, shot.reason) for shot in made.shots] == [
        ("offline", "there is no file at /mnt/footage/gone.mov"),
        ("unsupported", "it has odd pixels"),
        ("new", "was never rendered"),
    ]
    assert [(note.code, note.record) for note in made.notes] == [
        ("E-OFFLINE", 0),
        ("W-UNSUPPORTED", 50),
    ]


def test_a_colour_profile_that_stays_behind_is_told():
    uses = use(0, 50, 0), use(50, 100, 0, "grade.mov"), use(100, 150, 0, "web.mov")
    known = facts(*uses)
    for name, profile in (("grade", "Display P3"), ("web", "sRGB IEC61966-2.1")):
        place = f"C:/footage/{name}.mov"
        known[place] = replace(known[place], profile=profile)
    (note,) = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam").notes
    assert (note.code, note.record) == ("W-PROFILE", 50) and '"Display P3"' in note.message
    for codec in ("png", "tiff"):
        film = replace(SHELF_ONLY, output=Output(codec=codec))
        assert not plan(cut(*uses), film, known=known, preset="exam").notes


def test_the_codec_is_part_of_a_shot_and_told_where_it_changes():
    uses = (use(0, 50, 0), use(50, 100, 300, "veiled.mov"), use(150, 200, 0, "odd.mov"))
    known = facts(*uses)
    known["C:/footage/veiled.mov"] = replace(known["C:/footage/veiled.mov"], alpha=True)
    known["C:/footage/odd.mov"] = replace(known["C:/footage/odd.mov"], width=321)
    made = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam")
    assert [shot.codec for shot in made.shots] == ["prores", "prores4444", "prores"]
    assert [(note.code, note.record) for note in made.notes] == [("W-ALPHA", 50)]
    film = replace(SHELF_ONLY, output=Output(codec="hevc"))
    other = plan(cut(*uses), film, known=known, preset="exam")
    assert [(shot.codec, shot.status) for shot in other.shots] == [
        ("hevc", "new"),
        ("hevc", "unsupported"),
        ("hevc", "unsupported"),
    ]
    assert "alpha" in other.shots[1].reason and "odd width" in other.shots[2].reason
    assert made.shots[0].key != other.shots[0].key
    film = replace(SHELF_ONLY, output=Output(codec="ffv1"))
    notes = plan(cut(*uses), film, known=known, preset="exam").notes
    assert [note.code for note in notes] == ["W-ARCHIVE"] and "archives" in notes[0].message


def test_a_format_of_films_says_nothing_of_a_still():
    """Which is written as a picture, however odd or small; as a movie it must fit."""
    still = replace(use(0, 50, 0, "odd.png"), media=replace(use(0, 50, 0, "odd.png").media, kind="still"))
    known = facts(still)
    known[still.media.editor_path] = replace(known[still.media.editor_path], width=321, height=99)
    film = replace(SHELF_ONLY, output=Output(codec="dnxhr"))
    (shot,) = plan(cut(still), film, known=known, preset="exam").shots
    assert (shot.status, shot.reason) == ("new", "was never rendered") and shot.still
    film_of_it = replace(still, media=replace(still.media, kind="movie"))
    (shot,) = plan(cut(film_of_it), film, known=known, preset="exam").shots
    assert shot.status == "unsupported" and "odd width" in shot.reason


def test_interlaced_media_is_rendered_and_told_once():
    uses = (use(0, 50, 0), use(50, 100, 300))
    known = facts(*uses)
    known["C:/footage/a.mov"] = replace(known["C:/footage/a.mov"], interlaced=True)
    made = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam")
    assert [shot.status for shot in made.shots] == ["new", "new"]
    assert [(note.code, note.record) for note in made.notes] == [("W-INTERLACED", 0)]


def test_media_that_is_missing_is_told_once_with_its_path_here():
    uses = (use(0, 50, 0), use(50, 100, 0, "gone.mov"), use(100, 150, 500, "gone.mov"))
    known = facts(*uses)
    known["C:/footage/gone.mov"] = MediaError("the file is missing", code="E-OFFLINE")
    made = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam")
    (note,) = made.notes
    assert (note.code, note.record) == ("E-OFFLINE", 50)
    assert note.message == f"gone.mov: {uses[1].media.path}: the file is missing (2 shots)"


def test_timecode_that_differs_is_told_once():
    uses = tuple(
        replace(one, media=replace(one.media, start=100)) for one in (use(0, 50, 0), use(50, 100, 200))
    )
    known = {"C:/footage/a.mov": MediaFacts(RATE, 1000, 320, 180, "print", start=90)}
    made = plan(cut(*uses), SHELF_ONLY, known=known, preset="exam")
    assert [note.code for note in made.notes] == ["W-PROBE"]
    assert "starts at 00:00:03:18 by its own timecode, at 00:00:04:04 by the" in made.notes[0].message


def test_a_cut_that_wears_nothing_says_so():
    made = plan(cut(use(0, 50, 0)), SHELF_ONLY)
    assert not made.shots and [note.code for note in made.notes] == ["W-NOTHING"]
    assert "give --preset" in made.notes[0].message
    assert "no clip that could be styled" in plan(cut(), SHELF_ONLY, preset="exam").notes[0].message


def test_shot_rules_that_fit_no_shot_are_told(tmp_path):
    wearing = film(tmp_path, '[shots."exam_01"]\nnote = "?"\n')
    made = plan(cut(use(0, 50, 0)), wearing, preset="exam")
    assert made.notes[0].code == "W-SHOT" and 'did you mean "exam_010"?' in made.notes[0].message


def test_a_clip_that_a_shot_rule_parts_from_its_shot_gets_a_name_between(tmp_path):
    """The rule gives ramps to both clips of the shot, and then their weights differ."""
    wearing = film(tmp_path, '[shots."exam_010"]\nset = { ramp.in = "9f", ramp.at = "cut" }\n')
    uses = (use(0, 50, 100), use(50, 100, 120), use(100, 150, 400))
    made = plan(cut(*uses), wearing, preset="exam")
    assert [(shot.name, shot.frames.first) for shot in made.shots] == [
        ("exam_010", 100),
        ("exam_015", 120),
        ("exam_020", 400),
    ]
    assert made.shots[2].weights == (1e10,) * 50


def test_a_preset_without_a_style_and_an_unknown_style():
    bare = Film(presets=read_film(None, shelf(bare={"style_weight": 1e9})).presets)
    with pytest.raises(UsageError, match='preset "bare" has no style'):
        plan(cut(use(0, 50, 0)), bare, preset="bare")

    def unknown(style):
        raise StyleError(f"no style {style}")

    this = cut(use(0, 50, 0))
    with pytest.raises(StyleError, match="no style exam"):
        make_plan(
            this,
            SHELF_ONLY,
            dress(this, SHELF_ONLY, "exam"),
            facts(*this.uses),
            EMPTY,
            Styles(unknown, str, no_matte, str),
        )


def test_the_key_follows_everything_that_changes_a_pixel_and_nothing_else():
    this = cut(use(0, 50, 10), markers=(marker("@exam", 0, 50),))

    def key(**changes):
        return plan(**{"this": this, "wearing": SHELF_ONLY, **changes}).shots[0].key

    moved = cut(use(30, 80, 10), markers=(marker("@exam", 30, 80),))
    longer = cut(use(0, 51, 10), markers=(marker("@exam", 0, 50),))
    other = {"C:/footage/a.mov": MediaFacts(RATE, 1000, 320, 180, "another")}
    assert key() == key(this=moved) == key(sets=["ramp.curve=smooth"])
    keys = [
        key(),
        key(this=longer),
        key(known=other),
        key(sets=["style_weight=2e10"]),
        key(sets=["ramp.in=3"]),
    ]
    keys += [key(sets=["projection=equirect"]), key(sets=["style=code"]), key(sets=["trained_weight=5e9"])]
    assert len({*keys}) == len(keys)


def test_json_is_what_was_promised(tmp_path):
    marks = (marker("@exam", 48, 96, "hey"),)
    this = cut(
        use(48, 96, 12, tail=dissolve(0, 4)), use(96, 98, 12, "b.mov", head=dissolve(0, 4)), markers=marks
    )
    made = as_json(plan(this, film(tmp_path, "")))
    assert json.loads(json.dumps(made)) == made
    assert made["shots"][0].pop("morphs") == []
    ramp = made["shots"][0].pop("weights")
    assert ramp[:48] == [1e10] * 48 and ramp[-1] == 0 and len(ramp) == 52
    assert made == {
        "sequence": "Film",
        "rate": "24000/1001",
        "shots": [
            {
                "name": "exam_010",
                "media": "C:/footage/a.mov",
                "first_frame": 12,
                "frames": 52,
                "rate": "24000/1001",
                "preset": "exam",
                "projection": "flat",
                "stereo": "mono",
                "curve": "auto",
                "input_lut": None,
                "uses": [{"track": "V1", "record_in": 48, "record_out": 96, "clip": "a.mov", "speed": 1.0}],
                "status": "new",
                "baked_from": None,
            }
        ],
        "skipped": [
            {
                "clip": "b.mov",
                "timecode": "01:00:04:00",
                "reason": "untouched: no scene, marker or --preset names a preset for it",
            }
        ],
        "warnings": [
            {
                "code": "W-MARKER",
                "message": 'marker @exam at 01:00:02:00: "hey" sets nothing',
                "timecode": "01:00:02:00",
            }
        ],
    }


def test_output_names_are_safe_and_never_shared(tmp_path):
    this = cut(use(0, 50, 0), use(50, 100, 200), markers=(marker("@exam", 0, 100),))
    wearing = film(tmp_path, "[output]\nname = '{shot} v{version}'\n")
    assert output_names(plan(this, wearing), wearing, EMPTY) == {
        "exam_010": "exam_010_v1",
        "exam_020": "exam_020_v1",
    }
    long = film(tmp_path, f"[output]\nname = '{{shot}}_{{version}}{'x' * 200}'\n")
    with pytest.raises(UsageError, match="too long"):
        output_names(plan(this, long), long, EMPTY)


def _seconds(count: int) -> float:
    uses = tuple(use(at * 5, at * 5 + 5, at % 150 * 6, f"{at % 3}.mov") for at in range(count))
    this = cut(*uses, markers=tuple(marker("@exam", at * 50, at * 50 + 50) for at in range(count // 10)))
    started = time.process_time()
    assert plan(this, SHELF_ONLY).shots
    return time.process_time() - started


def test_planning_takes_time_in_proportion_to_the_clips():
    _seconds(100)
    few, many = min(_seconds(400) for _ in range(3)), _seconds(3200)
    assert many < 8 * few * 2.5, f"400 clips {few:.3f} s, 3200 clips {many:.3f} s"
