"""Where styled files come from: a note in each, the list beside them for when the note is lost."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from stylereel.core.errors import OutputError
from stylereel.core.manifest import MANIFEST, note_source, noted_source, origin_note
from stylereel.core.media.probe import read_facts
from stylereel.core.rates import FrameRange
from stylereel.core.render import join_shot
from stylereel.core.store import Store
from stylereel.core.tracing import Origin, read_origin
from support.burnin import write_counter
from support.lifter import go, job, ref, shot
from support.stills import noise, write_still

RATE = Fraction(30000, 1001)
ORIGIN = Origin("C:/Füße/a.mov", 12, RATE, start=107892, drop_frame=True, reel="A001")


def noted(**changes) -> str:
    media = ref(Path("a.mov"), RATE, start=107892, drop_frame=True, reel="A001")
    media = replace(media, editor_path="C:/Füße/a.mov")
    frames = changes.pop("frames", FrameRange(12, 20))
    return origin_note(shot(media, frames, (0.0,) * len(frames), **changes))


def test_a_note_leads_back_to_the_source_and_is_plain_ascii():
    assert read_origin(noted()) == ORIGIN and noted().isascii()
    assert json.loads(noted())["shot"] == "a_010" and json.loads(noted())["preset"] == "lift"


def test_a_baked_shot_says_what_it_shows():
    frozen = read_origin(noted(frames=FrameRange(0, 4), picks=(77,) * 4))
    assert frozen is not None and (frozen.frozen, frozen.first, frozen.rate) == (77, 0, RATE)
    picks = json.loads(noted(frames=FrameRange(0, 6), picks=(5, 5, 6, 6, 6, 5)))
    assert picks["picks"] == [[5, 2], [6, 3], [5, 1]] and "frozen" not in picks


def test_live_media_says_so():
    told = read_origin(noted(live=True))
    assert told == replace(ORIGIN, live=True) and "live" not in json.loads(noted())


@pytest.fixture(scope="module")
def styled(tmp_path_factory) -> Path:
    """A styled film in a folder of its own, with its list."""
    folder = tmp_path_factory.mktemp("styled")
    clip = write_counter(folder / "clip.mov", 20, RATE, size=(192, 108))
    work = job(
        shot(ref(clip, RATE, start=107892, drop_frame=True, reel="A001"), FrameRange(5, 15), (0.0,) * 10)
    )
    go(work, Store(folder / "s"))
    join_shot(work, Store(folder / "s"), folder / "media" / "a_010_v001.mov")
    return folder / "media" / "a_010_v001.mov"


def origin_of(path: Path) -> Origin | None:
    return read_origin(read_facts(path).styled_from)


def test_the_film_itself_tells_wherever_it_is_and_whatever_it_is_called(styled, tmp_path):
    shutil.copy(styled, tmp_path / "renamed.mov")
    assert origin_of(tmp_path / "renamed.mov") == origin_of(styled)
    found = origin_of(styled)
    assert found is not None and (found.first, found.reel, found.drop_frame) == (5, "A001", True)


def test_the_list_tells_where_another_program_has_lost_the_note(styled, tmp_path):
    """An editor's tool writes the file again, under its name."""
    folder = tmp_path / "media"
    shutil.copytree(styled.parent, folder)
    with av.open(str(styled)) as before, av.open(str(folder / styled.name), "w") as after:
        stream = after.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        for frame in before.decode(video=0):
            frame.time_base = 1 / RATE
            after.mux(stream.encode(frame.reformat(format="yuv420p")))
        after.mux(stream.encode())
    with av.open(str(folder / styled.name)) as container:
        assert not any("stylereel" in key for key in container.metadata)
    assert origin_of(folder / styled.name) == origin_of(styled)
    (folder / MANIFEST).unlink()
    assert read_facts(folder / styled.name).styled_from == ""


def test_the_list_tells_of_stills_too(tmp_path):
    path = write_still(tmp_path / "a.png", noise())
    note_source(path, noted())
    assert read_origin(read_facts(path, "still").styled_from) == ORIGIN
    assert read_facts(write_still(tmp_path / "b.png", noise()), "still").styled_from == ""


def test_the_list_keeps_what_it_knew(tmp_path):
    for number in range(3):
        note_source(tmp_path / f"{number}.mov", json.dumps({"media": f"{number}"}))
    note_source(tmp_path / "1.mov", json.dumps({"media": "new"}))
    told = [json.loads(noted_source(tmp_path / f"{number}.mov"))["media"] for number in range(3)]
    assert told == ["0", "new", "2"]
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


def test_a_name_in_another_unicode_form_is_the_same(tmp_path):
    note_source(tmp_path / "u\u0308.mov", noted())
    assert noted_source(tmp_path / "\u00fc.mov") == noted()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": 1, "files": []}', '{"format": 2}', "[" * 99_999, "\udcff"]
)
def test_a_list_that_is_none_of_ours_tells_nothing_and_stands_in_nobodys_way(tmp_path, text):
    (tmp_path / MANIFEST).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert noted_source(tmp_path / "a.mov") == ""
    note_source(tmp_path / "a.mov", noted())
    assert read_origin(noted_source(tmp_path / "a.mov")) == ORIGIN


def test_a_list_that_cannot_be_written_is_one_message(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError) as caught:
        note_source(tmp_path / "file" / "a.mov", noted())
    assert MANIFEST in caught.value.where
