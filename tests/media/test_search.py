"""Footage in folders: every film once, with what its header says; nothing that is ours, nothing twice."""

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.errors import MediaError
from stylereel.core.exchange import Footage
from stylereel.core.media.headers import HeaderMemory
from stylereel.core.media.probe import read_facts
from stylereel.core.media.search import footage_in
from support.burnin import write_counter

RATE = Fraction(30000, 1001)


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("film") / "C0050.mov"
    return write_counter(path, 5, RATE, start_timecode="01:00:00;00", reel="A001")


def put(film: Path, *places: Path) -> None:
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(film, place)


def test_what_a_header_says_is_what_is_found(film, tmp_path):
    put(film, tmp_path / "card" / "C0050.mov")
    path = tmp_path / "card" / "C0050.mov"
    assert footage_in([tmp_path]) == (Footage(path, "C0050.mov", RATE, 5, 107892, True, "A001"),)


def test_films_come_in_order_hidden_and_unreadable_ones_not_at_all(film, tmp_path):
    put(film, *(tmp_path / name for name in ("b/2.MOV", "b/1.mov", "a.mov", ".hidden/3.mov", "b/._1.mov")))
    (tmp_path / "a.txt").write_text("notes")
    (tmp_path / "broken.mov").write_text("no film")
    found = [footage.path.relative_to(tmp_path).as_posix() for footage in footage_in([tmp_path])]
    assert found == ["a.mov", "b/1.mov", "b/2.MOV"]


def test_segments_and_styled_files_are_passed_by(film, tmp_path):
    key = "ab" * 16
    put(
        film, tmp_path / "segments" / "ab" / f"{key}.mov", tmp_path / "segments" / "x.mov", tmp_path / "a.mov"
    )
    asked = []

    def facts(path: Path):
        asked.append(path.name)
        known = read_facts(path)
        return known if path.name == "x.mov" else replace(known, styled_from="{}")

    assert [footage.name for footage in footage_in([tmp_path], facts)] == ["x.mov"]
    assert asked == ["a.mov", "x.mov"]


def test_links_that_lead_round_in_circles_are_walked_once(film, tmp_path):
    put(film, tmp_path / "card" / "a.mov")
    try:
        (tmp_path / "card" / "round").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "same").symlink_to(tmp_path / "card", target_is_directory=True)
    except OSError:
        pytest.skip("no links on this system")
    assert len(footage_in([tmp_path, tmp_path / "card", tmp_path])) == 1


def test_a_folder_that_is_not_there_is_one_message(tmp_path):
    with pytest.raises(MediaError, match="no such folder") as caught:
        footage_in([tmp_path / "gone"])
    assert "gone" in caught.value.where and caught.value.hint


def test_the_second_search_opens_nothing(film, tmp_path, monkeypatch):
    put(film, *(tmp_path / "films" / f"{number}.mov" for number in range(5)))
    memory = HeaderMemory(tmp_path / "headers.json")
    found = footage_in([tmp_path / "films"], memory.facts)
    memory.keep()
    monkeypatch.setattr("stylereel.core.media.headers.read_facts", None)
    again = HeaderMemory(tmp_path / "headers.json")
    assert footage_in([tmp_path / "films"], again.facts) == found and len(found) == 5


@pytest.mark.parametrize("folder", ["../media", "here", "."])
def test_folders_named_from_where_one_stands_give_absolute_paths(film, tmp_path, monkeypatch, folder):
    put(film, tmp_path / "media" / "a.mov", tmp_path / "work" / "here" / "b.mov")
    monkeypatch.chdir(tmp_path / "work")
    (found,) = footage_in([Path(folder)])
    wanted = tmp_path / ("media/a.mov" if folder == "../media" else "work/here/b.mov")
    assert str(found.path) == str(wanted.resolve())
