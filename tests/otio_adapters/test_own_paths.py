"""One film file for several editors: each gets back the paths that its own machine knows."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.schema import Clip as OtioClip
from opentimelineio.schema import ExternalReference, Timeline
from opentimelineio.schema import Track as OtioTrack
from stylereel.cli.desk import Wishes, open_cut
from stylereel.core.exchange import Footage, Reading
from stylereel.core.paths import PathMap
from stylereel.otio_adapters import timelines
from stylereel.otio_adapters.premiere.writer import Clip, Sequence, Track, premiere_xml
from support.cuts import RATES, saved, source, stand_ins
from support.otio_cuts import span

HERE = "/mnt/f"
EDITORS = {
    "C:/footage": "file://localhost/C%3a/footage/a.mov",
    "/Volumes/footage": "file://localhost/Volumes/footage/a.mov",
    "//nas/footage": "file://nas/footage/a.mov",
}
ORDERS = [PathMap(tuple((editor, HERE) for editor in order)) for order in permutations(EDITORS)]


def premiere_cut(folder, pathurl: str, paths: PathMap):
    tracks = (Track((Clip(source(1, pathurl=pathurl), 100, 0, 50),)),)
    return timelines.read_cut(saved(folder, premiere_xml(Sequence("One", RATES[2], tracks))), paths=paths)


@pytest.mark.parametrize("paths", ORDERS)
@pytest.mark.parametrize("editor", EDITORS)
def test_styled_media_has_the_path_that_the_editors_own_media_has(tmp_path, editor, paths):
    cut = premiere_cut(tmp_path, EDITORS[editor], paths)
    (use,) = cut.uses
    assert (use.media.editor_path, use.media.path) == (f"{editor}/a.mov", Path(HERE, "a.mov"))
    own = paths.seen_from([use.media.editor_path])
    place = own.to_editor(Path(HERE, "out", "media", "s.mov"))
    assert place == f"{editor}/out/media/s.mov"
    styled = {key: replace(one, editor_path=place) for key, one in stand_ins(cut).items()}
    written = timelines.relink(cut, styled)
    timelines.check_relink(cut, styled, written)
    assert EDITORS[editor].replace("a.mov", "out/media/s.mov").encode() in written
    assert all(own.to_local(f"{other}/a.mov") == Path(HERE, "a.mov") for other in EDITORS)


@pytest.mark.parametrize("paths", ORDERS)
@pytest.mark.parametrize(
    ("other", "editor"),
    [
        ("E:/card/a.mov", "C:/footage"),
        ("/Users/ada/a.mov", "/Volumes/footage"),
        ("//b/c/a.mov", "//nas/footage"),
    ],
)
def test_media_that_came_by_no_pair_still_tells_whose_machine_it_is(paths, other, editor):
    assert paths.seen_from([other]).to_editor(Path(HERE, "s.mov")) == f"{editor}/s.mov"


def test_a_windows_editor_without_a_drive_of_its_own_gets_the_share():
    paths = PathMap((("/Volumes/footage", HERE), ("//nas/footage", HERE)))
    assert paths.seen_from(["C:/footage/a.mov"]).to_editor(Path(HERE, "s.mov")) == "//nas/footage/s.mov"


def test_most_of_the_media_decides_whose_names_are_written_and_of_those_the_longest_fits():
    """What another system calls a folder inside of it does not go before: the editor could not open that."""
    pairs = (("C:/footage", f"{HERE}/"), ("/Volumes/footage", HERE), ("C:/out", f"{HERE}/out"))
    paths = PathMap((*pairs, ("/Volumes/day", f"{HERE}/day"), ("D:/lone", "/mnt/lone")))
    mixed = ["C:/footage/lost.mov", "/Volumes/footage/a.mov", "/Volumes/footage/b.mov", "relative.mov"]
    own = paths.seen_from(mixed)
    assert own.to_editor(Path(HERE, "s.mov")) == "/Volumes/footage/s.mov"
    assert own.to_editor(Path(HERE, "out", "s.mov")) == "/Volumes/footage/out/s.mov"
    assert own.to_editor(Path(HERE, "day", "s.mov")) == "/Volumes/day/s.mov"
    assert own.to_editor(Path("/mnt/lone/s.mov")) == "D:/lone/s.mov"
    windows = paths.seen_from(["C:/footage/a.mov"])
    assert windows.to_editor(Path(HERE, "out", "s.mov")) == "C:/out/s.mov"
    assert windows.to_editor(Path(HERE, "day", "s.mov")) == "C:/footage/day/s.mov"
    assert paths.seen_from([]) == paths


def test_of_two_maps_of_one_folder_the_first_leads_here_whatever_was_seen():
    paths = PathMap((("C:/footage", "/mnt/here"), ("c:/footage/", "/mnt/there")))
    assert paths.seen_from(["C:/footage/a.mov"]).to_local("C:/footage/a.mov") == Path("/mnt/here/a.mov")


@pytest.mark.parametrize("paths", ORDERS)
def test_footage_that_was_searched_is_called_as_the_timeline_calls_the_rest(tmp_path, paths):
    length = span(0, 100, RATES[2])
    named = OtioClip("a", ExternalReference("/Volumes/footage/a.mov", length), span(0, 10, RATES[2]))
    bare = OtioClip("b.mov", source_range=span(0, 10, RATES[2]))
    track, found = OtioTrack("V", [named, bare], kind="Video"), Timeline("One")
    found.tracks.append(track)
    path = saved(tmp_path, otio.adapters.write_to_string(found, "otio_json").encode(), "cut.otio")
    footage = Footage(Path(HERE, "b.mov"), "b.mov", RATES[2], 100, start=0)
    cut = timelines.read_cut(path, paths=paths, reading=Reading(footage=(footage,)))
    assert [use.media.editor_path for use in cut.uses] == [
        f"/Volumes/footage/{name}" for name in ("a.mov", "b.mov")
    ]


@pytest.mark.parametrize("editor", EDITORS)
def test_a_command_opens_a_cut_with_the_paths_of_its_own_editor(tmp_path, editor):
    premiere_cut(tmp_path, EDITORS[editor], ORDERS[0])
    pairs = "".join(f'"{one}" = "{HERE}"\n' for one in EDITORS)
    (film := tmp_path / "film.toml").write_text(f"[paths]\n{pairs}")
    (cut,) = tmp_path.glob("*.xml")
    assert open_cut(Wishes(cut, film)).film.paths.to_editor(Path(HERE, "s.mov")) == f"{editor}/s.mov"
