"""`verify`: a sound folder, and every way in which a file may no longer be what was written."""

import json

import pytest
from support.program import Program
from support.remux import AS_2020, remux
from support.small_film import write_small_film


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """A film whose shots are their sources, and where they lie."""
    folder = tmp_path_factory.mktemp("film")
    film = write_small_film(folder)
    program = Program(folder, folder / "home")
    words = ("--preset", "exam", "--set", "style_weight=0", "--codec", "prores")
    program.run("render", film.cut, *words, "-q").done()
    return program, folder / "cut_stylereel"


def test_a_sound_folder_passes(rendered):
    program, folder = rendered
    for words in ((folder,), (folder, "--deep"), (folder.parent / "cut.xml",)):
        found = program.run("verify", *words, "--json").done().data
        assert [one["shot"] for one in found] == ["exam_010", "exam_020", "exam_030"]
        assert not any(one["faults"] + one["remarks"] for one in found)


def test_whatever_changed_is_told(rendered):
    program, folder = rendered
    media = {path.name.partition("_exam_v")[0]: path for path in (folder / "media").glob("*.mov")}
    kept = {name: path.read_bytes() for name, path in media.items()}
    bent = bytearray(kept["exam_010"])
    bent[len(bent) // 2] ^= 255
    media["exam_010"].write_bytes(bent)
    media["exam_020"].write_bytes(kept["exam_020"][:-5000])
    media["exam_030"].unlink()
    ran = program.run("verify", folder, "--json")
    assert ran.code == 5
    alone = program.run("verify", media["exam_010"])
    assert alone.code == 5 and "hash differs" in alone.out  # it is held against the book above it
    first, second, third = (" ".join(one["faults"]) for one in json.loads(ran.out))
    assert "hash differs" in first and "bytes, not" in second and "missing" in third
    for name, path in media.items():
        path.write_bytes(kept[name])
    program.run("verify", folder).done()


def test_colour_tags_that_are_not_what_was_written_are_told(rendered, tmp_path):
    program, folder = rendered
    (path,) = (folder / "media").glob("exam_010*.mov")
    kept, book = path.read_bytes(), (folder / "shots.json").read_bytes()
    path.write_bytes(remux(path, tmp_path / "copy.mov", AS_2020).read_bytes())
    ran = program.run("verify", folder)
    assert ran.code == 5 and str(path) in ran.out and "1 with faults" in ran.out
    assert "the matrix in its container is BT.2020 (9), not BT.601 (6)" in ran.out
    path.write_bytes(kept)
    older = json.loads(book)
    for entry in older["shots"]:
        del entry["versions"][-1]["promise"]["colours"]
    (folder / "shots.json").write_text(json.dumps(older))
    assert program.run("verify", folder).done().out.count("kept no colour tags of it") == 3
    (folder / "shots.json").write_bytes(book)
    program.run("verify", folder).done()


def test_a_cut_is_looked_for_where_it_was_rendered_to(rendered, tmp_path):
    program, folder = rendered
    cut, elsewhere = folder.parent / "cut.xml", folder.parent / "elsewhere"
    assert "no such folder" in program.run("verify", cut, "--out", elsewhere).refused(2)
    folder.rename(elsewhere)
    assert "no such folder" in program.run("verify", cut).refused(2)
    found = program.run("verify", cut, "--out", elsewhere, "--json").done().data
    elsewhere.rename(folder)
    assert len(found) == 3 and all(str(elsewhere) in one["file"] for one in found)
    for places in ((folder,), (cut, cut)):
        assert "for one cut" in program.run("verify", *places, "--out", folder).refused(2)


def test_single_films_and_other_things(rendered, tmp_path):
    program, folder = rendered
    source = folder.parent / "take1.mov"
    assert "1 file, none with faults" in program.run("verify", source, "--deep").done().out
    (tmp_path / "no.mov").write_text("no film")
    assert program.run("verify", tmp_path / "no.mov").code == 5
    program.run("verify", tmp_path / "no.mov", tmp_path / "gone").refused(2)  # before any is judged
    assert "no such folder" in program.run("verify", tmp_path / "gone").refused(2)
    assert "no shots were rendered" in program.run("verify", tmp_path).refused(2)


def test_what_a_disk_has_damaged_is_neither_copied_nor_joined(tmp_path):
    """The film is refused as what other frames are taken from; deleted, it comes back whole."""
    program, film = Program(tmp_path, tmp_path / "home"), write_small_film(tmp_path)
    words = (film.cut, "--preset", "exam", "--set", "style_weight=0", "-q")
    program.run("render", *words).done()
    folder = tmp_path / "cut_stylereel"
    path = next((folder / "media").glob("exam_010*"))
    segments = sorted((folder / "segments").glob("*/*.mov"))
    kept = path.read_bytes()
    for one in (path, *segments):
        data = bytearray(one.read_bytes())
        data[len(data) // 2 : len(data) // 2 + 300] = bytes(300)
        one.write_bytes(data)
    again = ("shot", film.cut, "exam_010", "--preset", "exam", "--set", "style_weight=0", "--frames", "3-5")
    assert f"{path.name} is not what was written" in program.run(*again).refused(2)
    assert "Delete what has a fault" in program.run("verify", folder).out
    path.unlink()
    program.run("render", *words).done()
    (path,) = (folder / "media").glob("exam_010*")
    assert path.read_bytes() == kept, "what is broken of the segments is rendered again"
    program.run("verify", folder, "--deep").done()
    program.run(*again).done()
