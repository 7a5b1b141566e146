"""Remembered headers: what they save, and that a bad memory costs time and nothing else."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.cut import MediaFacts
from stylereel.core.media import headers
from stylereel.core.media.headers import HeaderMemory

FACTS = MediaFacts(
    Fraction(25), 100, 320, 180, "print", start=90000, reel="A001", seconds=Fraction(1001, 250)
)


@pytest.fixture
def reads(monkeypatch) -> list[Path]:
    """The files whose headers were truly read."""
    found: list[Path] = []
    monkeypatch.setattr(headers, "read_facts", lambda path, *how: (found.append(path), FACTS)[1])
    return found


@pytest.fixture
def media(tmp_path: Path) -> Path:
    (tmp_path / "a.mov").write_bytes(b"film")
    return tmp_path / "a.mov"


def learn(memory: Path, media: Path) -> MediaFacts:
    known = HeaderMemory(memory)
    facts = known.facts(media)
    known.keep()
    return facts


def test_a_header_is_read_once_and_again_when_the_file_changes(tmp_path, media, reads):
    memory = tmp_path / "cache" / "headers.json"
    assert learn(memory, media) == learn(memory, media) == FACTS
    assert len(reads) == 1
    media.write_bytes(b"another film")
    learn(memory, media)
    assert len(reads) == 2


def test_another_version_of_the_program_reads_again(tmp_path, media, reads, monkeypatch):
    memory = tmp_path / "headers.json"
    learn(memory, media)
    monkeypatch.setattr(headers, "version", lambda name: "99")
    learn(memory, media)
    assert len(reads) == 2


ODD = ("text", None, [], 3, {}, {"facts": []})
ODD_FACTS = (
    {"rate": "25/0"},
    {"rate": None},
    {"frames": "many"},
    {"start": "01:00"},
    {"trouble": 7},
    {"seconds": "0/0"},
    {"new": 1},
)


@pytest.mark.parametrize("odd", [*ODD, *({"facts": facts} for facts in ODD_FACTS)], ids=repr)
def test_a_malformed_entry_costs_time_alone(tmp_path, media, reads, odd):
    memory = tmp_path / "headers.json"
    learn(memory, media)
    data = json.loads(memory.read_text())
    (place,) = data["headers"]
    good = data["headers"][place]
    entry = {**good, **odd} if isinstance(odd, dict) and odd else odd
    if isinstance(entry, dict) and isinstance(entry.get("facts"), dict):
        entry["facts"] = {**good["facts"], **entry["facts"]}
    data["headers"][place] = entry
    memory.write_text(json.dumps(data))
    assert learn(memory, media) == FACTS and len(reads) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 5, "headers": []}', "[" * 100_000, "\udcff"])
def test_a_broken_memory_costs_time_alone(tmp_path, media, reads, text):
    memory = tmp_path / "headers.json"
    memory.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert learn(memory, media) == FACTS and len(reads) == 1


def test_a_file_is_remembered_apart_for_what_it_is_read_as(tmp_path, media, reads):
    known = HeaderMemory(tmp_path / "headers.json")
    for kind, rate in (("movie", None), ("still", Fraction(25)), ("still", Fraction(24))) * 2:
        known.facts(media, kind, rate)
    assert len(reads) == 3


def test_numbered_pictures_are_read_again_when_one_is_added_changed_or_lost(tmp_path, reads):
    memory = HeaderMemory(tmp_path / "headers.json")
    pictures = [tmp_path / f"a_{number:03}.png" for number in range(4)]
    for picture in pictures[:3]:
        picture.write_bytes(b"picture")

    def asked() -> int:
        memory.facts(pictures[0], "sequence", Fraction(24))
        return len(reads)

    assert (asked(), asked()) == (1, 1)
    pictures[3].write_bytes(b"picture")
    assert asked() == 2
    pictures[1].write_bytes(b"another")
    assert asked() == 3
    pictures[3].unlink()
    assert asked() == 4
