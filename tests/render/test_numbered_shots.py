"""Shots as numbered pictures: delivered, kept in the book, taken again in part, missed when they go."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.core.cut import Shot
from stylereel.core.deliver import render_shots
from stylereel.core.errors import UsageError
from stylereel.core.manifest import MANIFEST
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.formats import FORMATS
from stylereel.core.output import styled_media
from stylereel.core.paths import PathMap
from stylereel.core.rates import FrameRange
from stylereel.core.retake import retake
from stylereel.core.shotbook import Book, read_book
from stylereel.core.styled import open_styled
from stylereel.core.timemap import TimeMap
from stylereel.core.verifying import check_book
from support.burnin import write_counter
from support.lifter import Lifter, ref, shot
from support.pictures import number_in
from support.workshop import GRID, delivered, plan_of, use, workshop

RATE, SIZE = Fraction(24000, 1001), (192, 108)
MADE = json.dumps({"source": "x"})
NUMBERED = [name for name, form in FORMATS.items() if form.numbered]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = write_counter(tmp_path_factory.mktemp("clip") / "c.mov", 40, RATE, size=SIZE, matrix="bt709")
    return ref(path, RATE, start=86400, reel="A001")


def wanted(clip, codec: str, **values) -> Shot:
    """Frames 10 … 39 of the clip, the first half of them untouched."""
    weights = (*(0.0 for _ in range(15)), *(4e9 for _ in range(15)))
    known = {"name": "a_010", "uses": (use("plain", clip, TimeMap(Fraction(10))),), "key": "k"}
    return shot(clip, FrameRange(10, 40), weights, **{**known, "made_of": MADE, "codec": codec, **values})


def pictures(book: Book, name: str = "a_010") -> tuple[Path, ...]:
    version = book.latest(name)
    assert version is not None
    return book.files(version)


def light(one: Shot, path: Path) -> list[float]:
    with open_styled(one, path) as reader:
        return [float(to_rgb(reader.read(at)).mean()) for at in range(len(one.frames))]


@pytest.mark.parametrize("codec", NUMBERED)
def test_a_shot_is_a_folder_whose_numbers_are_its_timecode(clip, tmp_path, codec):
    one, out = wanted(clip, codec), tmp_path / "out"
    book = delivered((one,), out)
    paths, version = pictures(book), book.latest("a_010")
    name = "a_010_lift_v001"
    assert [path.name for path in paths] == [
        f"{name}.{number:08}{FORMATS[codec].suffix}" for number in range(86410, 86440)
    ]
    assert {path.parent for path in paths} == {out / "media" / name}
    assert version.file == f"media/{name}/{paths[0].name}"
    assert version.size == sum(path.stat().st_size for path in paths)
    assert version.steadiness and version.steadiness["pairs"] == 6
    with open_styled(one, paths[0]) as reader:
        assert [number_in(reader.read(at)) for at in range(30)] == [*range(10, 40)]
    noted = json.loads((paths[0].parent / MANIFEST).read_text())["files"][paths[0].name]
    assert (noted["first_frame"], noted["reel"]) == (10, "A001")
    assert not (out / "media" / MANIFEST).exists()
    (styled,) = styled_media(plan_of((one,)), book, PathMap()).values()
    assert (styled.path, styled.kind, styled.frames, styled.start) == (paths[0], "sequence", 30, 86410)
    assert (styled.width, styled.height, styled.reel) == (*SIZE, "A001")


def test_nothing_is_painted_twice_and_nothing_is_overwritten(clip, tmp_path):
    one, out = wanted(clip, "png"), tmp_path / "out"
    (out / "media" / "a_010_lift_v001").mkdir(parents=True)
    (out / "media" / "a_010_lift_v001" / "mine.png").write_bytes(b"mine")
    (first,) = {path.parent for path in pictures(delivered((one,), out))}
    assert first.name == "a_010_lift_v001_2"
    painter, again = Lifter(), replace(one, key="other")
    render_shots((again,), plan_of((again,)), read_book(out), workshop((again,), out, painter))
    assert painter.seen == []
    names = [path.name for path in (out / "media").iterdir()]
    assert sorted(names) == ["a_010_lift_v001", "a_010_lift_v001_2", "a_010_lift_v002"]
    assert [path.name for path in (out / "media" / "a_010_lift_v001").iterdir()] == ["mine.png"]


@pytest.mark.parametrize("codec", NUMBERED)
def test_some_frames_are_taken_again_and_the_others_copied(clip, tmp_path, codec):
    one, out = wanted(clip, codec), tmp_path / "out"
    book = delivered((one,), out)
    before = pictures(book)
    stronger = replace(one, weights=(2e10,) * 30)
    outcome, now = retake(one, stronger, FrameRange(14, 18), [], plan_of((one,)), book, workshop((one,), out))
    after = pictures(outcome.book)
    assert outcome.book.cached("a_010", now.key) == outcome.book.latest("a_010")
    assert after[0].parent.name == "a_010_lift_v002" and len(after) == 30
    changed = [old.read_bytes() != new.read_bytes() for old, new in zip(before, after, strict=True)]
    assert changed == [4 <= at < 8 for at in range(30)]
    gains = [new - old for old, new in zip(light(one, before[0]), light(one, after[0]), strict=True)]
    assert min(gains[4:8]) > 15 and max(map(abs, gains[:4] + gains[8:])) == 0


def test_a_picture_that_goes_or_changes_is_missed(clip, tmp_path):
    one, out = wanted(clip, "png"), tmp_path / "out"
    book = delivered((one,), out)
    paths = pictures(book)
    (sound,) = check_book(book, deep=True)
    assert not sound.faults and not sound.remarks and book.cached("a_010", "k")
    kept = paths[20].read_bytes()
    paths[20].write_bytes(kept[:-100] + bytes(100))
    assert book.cached("a_010", "k")  # of the same size: the hash tells
    (bent,) = check_book(book, deep=True)
    assert "hash differs" in bent.faults[0] and "frame 20 cannot be decoded (01:00:01:06)" in bent.faults[1]
    paths[20].unlink()
    (short,) = check_book(book)
    assert f"1 of its 30 pictures are missing: {paths[20].name}" in short.faults
    assert not book.cached("a_010", "k")
    paths[20].write_bytes(kept)
    paths[0].with_name(paths[0].name.replace("86410", "86440")).write_bytes(kept)
    (long,) = check_book(book)
    assert "holds 31 pictures, not 30" in long.faults[0]


def test_what_stands_beside_the_pictures_does_no_harm(clip, tmp_path):
    """What finders and explorers leave in every folder that they were shown."""
    book = delivered((wanted(clip, "png"),), tmp_path / "out")
    (pictures(book)[0].parent / ".DS_Store").write_bytes(b"x")
    assert book.cached("a_010", "k") and not next(iter(check_book(book, deep=True))).faults


def test_a_baked_freeze_is_numbered_by_the_sequences_clock(clip, tmp_path):
    held = use("freeze", clip, TimeMap(Fraction(21), Fraction(0)))
    values = {"name": "f_010", "uses": (held,), "picks": (21,) * 30, "baked_rate": GRID}
    one = replace(wanted(clip, "tiff", **values), frames=FrameRange(0, 30))
    paths = pictures(delivered((one,), tmp_path / "out"), "f_010")
    assert int(paths[0].stem.rpartition(".")[2]) == int((86400 + 21) * GRID / RATE) == one.start
    with open_styled(one, paths[0]) as reader:
        assert {number_in(reader.read(at)) for at in range(30)} == {21}


def test_a_failed_join_leaves_the_former_version(clip, tmp_path, monkeypatch):
    one, out = wanted(clip, "png"), tmp_path / "out"
    book = delivered((one,), out)
    before = {path: path.read_bytes() for path in pictures(book)}

    def broken(path, data, write=Path.write_bytes):
        if path.name.endswith("86425.png"):
            raise OSError(28, "No space left on device")
        return write(path, data)

    again = replace(one, key="other")
    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(Exception, match="No space left"):
        render_shots((again,), plan_of((again,)), read_book(out), workshop((again,), out))
    monkeypatch.undo()
    assert [path.name for path in (out / "media").iterdir()] == ["a_010_lift_v001"]
    assert before == {path: path.read_bytes() for path in pictures(read_book(out))}


def test_frames_cannot_be_copied_from_what_is_not_there(clip, tmp_path):
    one = wanted(clip, "png")
    book = Book(tmp_path, {})
    with pytest.raises(UsageError, match="no version"):
        shop = workshop((one,), tmp_path / "out")
        retake(one, one, FrameRange(14, 18), [], plan_of((one,)), book, shop)
