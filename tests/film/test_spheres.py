"""What a preset comes to on one media file: sphere, eyes, strokes; and what the plan says of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from stylereel.core.cut import MediaFacts
from stylereel.core.errors import MediaError, UsageError
from stylereel.core.film import Film, read_film
from stylereel.core.plan import as_json, explain
from stylereel.core.preset import read_recipe
from stylereel.core.spheres import sphere_name
from support.bare_cuts import RATE, cut, plan, shelf, use

PLACE = "C:/footage/a.mov"
EXAM = Film(presets=read_film(None, shelf()).presets)


def facts(width: int = 3840, height: int = 1920, **said) -> dict[str, MediaFacts]:
    return {PLACE: MediaFacts(RATE, 1000, width, height, "print", **said)}


def planned(known, *sets: str, picture: tuple[int, int] | None = None):
    this = replace(cut(use(0, 40, 0)), picture=picture)
    return plan(this, EXAM, known=known, preset="exam", sets=sets)


HEADERS = {
    "flat": ({}, (), ("flat", "mono")),
    "a sphere": ({"projection": "equirect"}, (), ("equirect", "mono")),
    "two eyes": ({"projection": "equirect", "stereo": "top-bottom"}, (), ("equirect", "top-bottom")),
    "a flat stereo film": ({"stereo": "side-by-side"}, (), ("flat", "side-by-side")),
    "a cubemap": ({"projection": "a cubemap"}, (), ("flat", "mono")),
    "said otherwise": ({"projection": "equirect"}, ("projection=flat",), ("flat", "mono")),
    "said without": ({}, ("projection=equirect", "stereo=top-bottom"), ("equirect", "top-bottom")),
    "one eye": ({"stereo": "top-bottom"}, ("stereo=mono",), ("flat", "mono")),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_auto_is_what_the_header_says(kind: str) -> None:
    said, sets, (projection, stereo) = HEADERS[kind]
    made = planned(facts(**said), *sets)
    wear = read_recipe(made.shots[0].recipe)
    assert (wear.projection, wear.stereo) == (projection, stereo)
    (told,) = as_json(made)["shots"]
    assert (told["projection"], told["stereo"]) == (projection, stereo)
    name = sphere_name(made.shots[0].recipe)
    assert name.startswith("360°") == (projection == "equirect") and name.endswith(stereo) == (
        stereo != "mono"
    )


def test_the_plan_says_where_it_knows_it_from() -> None:
    rules = {one.key: one.rule for one in explain(planned(facts(projection="equirect")).shots[0])}
    assert rules["projection"] == "default: auto, by the media's header"
    rules = {one.key: one.rule for one in explain(planned(facts(), "projection=flat").shots[0])}
    assert rules["projection"] == "--set"


WARNED = {
    "looks like 360°": {"closes": True},
    "says that it is a cubemap": {"projection": "a cubemap"},
}


@pytest.mark.parametrize("words", WARNED)
def test_what_may_be_a_sphere_is_warned_of_once(words: str) -> None:
    known = facts(**WARNED[words])
    this = cut(use(0, 40, 0), use(40, 60, 700))
    notes = [note for note in plan(this, EXAM, known=known, preset="exam").notes if note.code == "W-SPHERE"]
    assert len(notes) == 1 and words in notes[0].message
    for sure in ("projection=equirect", "projection=flat"):
        assert not [note for note in planned(known, sure).notes if note.code == "W-SPHERE"]


@pytest.mark.parametrize("known", [{"closes": True, "projection": "equirect"}, {}])
def test_what_is_clear_is_not_warned_of(known) -> None:
    assert not [note for note in planned(facts(**known)).notes if note.code == "W-SPHERE"]


@pytest.mark.parametrize("eyes", ["top-bottom", "side-by-side"])
def test_frames_that_do_not_part_into_eyes_stay_as_they_are(eyes: str) -> None:
    for shot in (
        planned(facts(1921, 961), f"stereo={eyes}").shots[0],
        planned(facts(1921, 961, stereo=eyes)).shots[0],
    ):
        assert shot.status == "unsupported" and 'stereo = "mono"' in shot.reason
        assert f"1921 x 961 do not part into two eyes ({eyes})" in shot.reason
    assert planned(facts(1921, 961, stereo=eyes), "stereo=mono").shots[0].status == "new"


STROKES = {
    "unset": ((3840, 2160), (1920, 1080), (), None),
    "as large as in HD": ((3840, 2160), (1920, 1080), ("stroke_scale=1",), 2.0),
    "twice that": ((3840, 2160), (1920, 1080), ("stroke_scale=2",), 4.0),
    "an HD clip in HD": ((1920, 1080), (1920, 1080), ("stroke_scale=2",), 2.0),
    "an HD clip in UHD": ((1920, 1080), (3840, 2160), ("stroke_scale=1",), 0.5),
    "fitted into the picture": ((1080, 1920), (1920, 1080), ("stroke_scale=1",), 1.7778),
    "no size known": ((3840, 2160), None, ("stroke_scale=2",), 2.0),
    "a sphere in a flat film": ((3840, 1920), (1920, 1080), ("stroke_scale=2", "projection=equirect"), 2.0),
    "a sphere in a sphere": ((3840, 1920), (1920, 960), ("stroke_scale=1", "projection=equirect"), 2.0),
}


@pytest.mark.parametrize("kind", STROKES)
def test_strokes_are_as_large_in_the_film_whatever_the_clip_is(kind: str) -> None:
    size, picture, sets, scale = STROKES[kind]
    assert read_recipe(planned(facts(*size), *sets, picture=picture).shots[0].recipe).stroke_scale == scale


def test_a_sequence_of_another_size_paints_again_only_where_strokes_are_set() -> None:
    def key(*sets: str, picture: tuple[int, int]) -> str:
        return planned(facts(), *sets, picture=picture).shots[0].key

    hd, uhd = (1920, 1080), (3840, 2160)
    assert key(picture=hd) == key(picture=uhd)
    assert key("stroke_scale=1", picture=hd) != key("stroke_scale=1", picture=uhd)
    assert key("poles=true", picture=hd) != key(picture=hd) != key("stereo=top-bottom", picture=hd)


def test_missing_media_is_still_planned() -> None:
    made = planned({PLACE: MediaError("the file is missing")})
    assert made.shots[0].status == "offline" and as_json(made)["shots"][0]["projection"] == "auto"


def test_poles_of_an_onnx_net_are_refused(tmp_path: Path) -> None:
    sets = ("style=nets/a.onnx", "net.range=0..1", "poles=true")
    with pytest.raises(UsageError, match="poles need a net whose statistics can be reached"):
        planned(facts(), *sets)


@pytest.mark.parametrize(
    "wrong", ["stroke_scale=0.1", "stroke_scale=nan", "poles=3", "stereo=both", "projection=cube"]
)
def test_values_that_cannot_be_are_refused(wrong: str) -> None:
    with pytest.raises(UsageError):
        planned(facts(), wrong)
