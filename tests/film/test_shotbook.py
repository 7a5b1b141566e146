"""Names that stay: numbering, safe file names, and the book of shots on disk."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stylereel.core.errors import OutputError
from stylereel.core.naming import base_of, number_shots, safe_name
from stylereel.core.rates import FrameRange
from stylereel.core.shotbook import (
    BOOK_NAME,
    Book,
    Entry,
    Sighting,
    read_book,
    remembered,
    with_version,
    write_book,
)
from support.bare_cuts import cut, film, marker, plan, use

FORBIDDEN = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


@given(st.text())
def test_safe_names_are_safe_on_every_system(text):
    name = safe_name(text)
    assert name and len(name) <= 61 and not FORBIDDEN & set(name) and name[-1] not in " ."
    assert safe_name(name) == name
    assert name.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("text", "name"), [("a: b/c", "a_b_c"), ("CON", "_CON"), ("com1.x", "_com1.x"), ("..", "shot")]
)
def test_safe_name_examples(text, name):
    assert safe_name(text) == name


def test_numbers_are_tens_insertions_go_between_and_nothing_is_given_twice():
    scenes = ["exam"] * 3
    assert number_shots(scenes, [None] * 3, []) == ["exam_010", "exam_020", "exam_030"]
    assert number_shots(scenes, ["exam_010", None, "exam_020"], []) == ["exam_010", "exam_015", "exam_020"]
    assert number_shots(scenes, [None, "exam_010", None], ["exam_010"]) == [
        "exam_005",
        "exam_010",
        "exam_020",
    ]
    assert number_shots(scenes, ["exam_020", None, "exam_010"], []) == ["exam_020", "exam_030", "exam_010"]
    assert number_shots(scenes, ["exam_010", None, "exam_011"], []) == ["exam_010", "exam_020", "exam_011"]
    assert number_shots(["exam"], [None], ["EXAM_040"]) == ["exam_050"]
    assert number_shots(["a", "A"], [None, None], []) == ["a_010", "a_020"]
    assert number_shots(["x"] * 2, ["x_010", "x_010"], []) == ["x_010", "x_020"]


NUMBERS = st.integers(0, 60).map(lambda number: f"exam_{number:03}")


@given(
    st.lists(st.tuples(st.sampled_from(["exam", "Exam", "co:de", "exam_010"]), st.booleans())),
    st.lists(NUMBERS),
    st.data(),
)
def test_names_never_collide(shots, taken, data):
    scenes = [scene for scene, _ in shots]
    kept = [data.draw(NUMBERS) if keep and scene == "exam" else None for scene, keep in shots]
    names = number_shots(scenes, kept, taken)
    assert len({name.casefold() for name in names}) == len(scenes)
    fresh = [name for name, old in zip(names, kept, strict=True) if name != old]
    assert not {name.casefold() for name in fresh} & {name.casefold() for name in taken}
    assert all(
        base_of(name).casefold() == safe_name(scene).casefold()
        for name, scene in zip(names, scenes, strict=True)
    )


def test_a_thousand_shots_are_numbered_on():
    names = number_shots(["s"] * 1000, [None] * 1000, [])
    assert names[98:101] == ["s_990", "s_1000", "s_1010"] and len(set(names)) == 1000


def _entry(name, first, stop, track="V1", media="c:/footage/a.mov", preset="exam"):
    return Entry(name, media, f"print of {media}", FrameRange(first, stop), track, preset)


def _sighting(first, stop, track="V1", media="c:/footage/a.mov", scene="exam", print_=""):
    return Sighting(scene, media, print_, FrameRange(first, stop), track, "exam")


def _book(*entries):
    return Book(Path("/nowhere"), {entry.name: entry for entry in entries})


def test_shots_are_known_again_by_media_and_overlap():
    book = _book(_entry("exam_010", 0, 50), _entry("exam_020", 40, 100), _entry("code_010", 0, 100))
    assert remembered(book, [_sighting(45, 90), _sighting(0, 45)]) == ["exam_020", "exam_010"]
    assert remembered(book, [_sighting(0, 10), _sighting(10, 20)]) == ["exam_010", None]
    assert remembered(book, [_sighting(100, 120)]) == [None]
    assert remembered(book, [_sighting(0, 50, media="c:/footage/b.mov")]) == [None]
    assert remembered(book, [_sighting(0, 50, scene="other")]) == [None]


def test_a_shot_that_goes_to_another_track_keeps_its_name_unless_one_on_its_own_track_has_it():
    book = _book(_entry("exam_010", 0, 50), _entry("exam_020", 100, 150))
    below, above = _sighting(0, 10), _sighting(0, 50, track="V2")
    assert remembered(book, [above]) == ["exam_010"]
    assert remembered(book, [above, below]) == [None, "exam_010"]


def test_moved_media_is_known_by_its_content():
    book = _book(_entry("exam_010", 0, 50))
    moved = _sighting(0, 50, media="d:/a.mov", print_="print of c:/footage/a.mov")
    assert remembered(book, [moved]) == ["exam_010"]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 80)), max_size=30), st.data())
def test_a_cut_that_did_not_change_keeps_all_its_names(spans, data):
    spans = list(dict.fromkeys(spans))
    book = _book(
        *(_entry(f"exam_{at * 10:03}", first, first + length) for at, (first, length) in enumerate(spans))
    )
    sightings = [_sighting(first, first + length) for first, length in spans]
    found = remembered(book, sightings)
    given_names = [name for name in found if name]
    assert len(set(given_names)) == len(given_names) == len(spans)


def _rendered(folder, this, wearing, book=None):
    """A plan whose shots are all rendered, and the book after that."""
    book = book or read_book(folder)
    made = plan(this, wearing, book)
    for shot in made.shots:
        if shot.status != "cached":
            file = folder / "media" / f"{shot.name}_v{book.next_version(shot.name):03}.mov"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(shot.key.encode())
            book = with_version(book, shot, file)
    write_book(book)
    return made


def test_the_book_tells_what_is_cached_and_what_changed(tmp_path):
    this = cut(
        use(0, 50, 10, head=None),
        use(50, 100, 200),
        markers=(marker("@exam", 0, 50), marker("@code", 50, 100)),
    )
    wearing = film(tmp_path, "")
    first = _rendered(tmp_path, this, wearing)
    assert [(shot.status, shot.reason) for shot in first.shots] == [("new", "was never rendered")] * 2
    again = plan(this, wearing, read_book(tmp_path))
    assert [(shot.name, shot.status) for shot in again.shots] == [
        ("exam_010", "cached"),
        ("code_010", "cached"),
    ]
    assert [shot.key for shot in again.shots] == [shot.key for shot in first.shots]

    changed = plan(this, wearing, read_book(tmp_path), sets=["style_weight=3e10"])
    assert {(shot.status, shot.reason) for shot in changed.shots} == {("changed", "style weight 1e10 → 3e10")}
    ramped = plan(this, wearing, read_book(tmp_path), sets=["ramp.in=5"])
    assert {(shot.status, shot.reason) for shot in ramped.shots} == {("changed", "ramps changed")}
    sphere = plan(this, wearing, read_book(tmp_path), sets=["projection=equirect"])
    assert {(shot.status, shot.reason) for shot in sphere.shots} == {("changed", "recipe changed")}
    longer = cut(use(0, 55, 5), markers=(marker("@exam", 0, 50),))
    (shot,) = plan(longer, wearing, read_book(tmp_path)).shots
    assert (shot.name, shot.status, shot.reason) == ("exam_010", "changed", "frames 10…59 → 5…59")

    book = read_book(tmp_path)
    book.path(book.entries["exam_010"].versions[0]).write_bytes(b"cut off")
    assert plan(this, wearing, book).shots[0].reason == "its file is missing or was changed"
    assert book.next_version("exam_010") == 2 and book.next_version("exam_990") == 1


def test_going_back_to_a_former_value_finds_the_former_version(tmp_path):
    this, wearing = cut(use(0, 50, 0), markers=(marker("@exam", 0, 50),)), film(tmp_path, "")
    _rendered(tmp_path, this, wearing)
    stronger = replace(this, markers=(marker("@exam", 0, 50, "weight=3e10"),))
    _rendered(tmp_path, stronger, wearing)
    book = read_book(tmp_path)
    assert [version.number for version in book.entries["exam_010"].versions] == [1, 2]
    (shot,) = plan(this, wearing, book).shots
    assert shot.status == "cached" and book.cached(shot.name, shot.key).number == 1


def test_names_stay_after_a_recut(tmp_path):
    wearing = film(tmp_path, "")
    mark = (marker("@exam", 0, 1000),)
    before = cut(use(0, 50, 0), use(50, 100, 300), use(100, 150, 600), markers=mark)
    _rendered(tmp_path, before, wearing)
    after = cut(use(0, 40, 10), use(40, 80, 500), use(80, 130, 295), use(130, 150, 900), markers=mark)
    made = plan(after, wearing, read_book(tmp_path))
    assert [(shot.name, shot.status) for shot in made.shots] == [
        ("exam_010", "changed"),
        ("exam_015", "new"),
        ("exam_020", "changed"),
        ("exam_040", "new"),
    ]


def test_the_book_comes_back_from_disk(tmp_path):
    _rendered(tmp_path, cut(use(0, 50, 0), markers=(marker("@exam", 0, 50),)), film(tmp_path, ""))
    book = read_book(tmp_path)
    write_book(book)
    assert read_book(tmp_path) == book and not list(tmp_path.glob("*.part"))
    version = book.latest("exam_010")
    assert version.file == "media/exam_010_v001.mov" and book.path(version).is_file()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 9, "shots": []}', '{"format": 1, "shots": [{"name": "a"}]}', "\xff"]
)
def test_a_broken_book_is_an_error_and_stays_as_it_is(tmp_path, text):
    (tmp_path / BOOK_NAME).write_text(text, encoding="latin-1")
    with pytest.raises(OutputError, match="the shot book cannot be read"):
        read_book(tmp_path)
    assert (tmp_path / BOOK_NAME).read_text(encoding="latin-1") == text


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_book(Book(tmp_path / "file", {}))
    assert json.dumps(read_book(tmp_path).entries) == "{}"
