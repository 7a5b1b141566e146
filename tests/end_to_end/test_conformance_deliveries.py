"""The same frames whichever way they are given back: whole files, tracks above, stills made to move."""

import json
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support import editor, hard_cuts
from support.conformance import Proof, proof_of_otio, proof_of_xmeml, rendered
from support.otio_cuts import Reel, nests, speeds, timeline
from support.seen import Numbers, Seen, film, numbers_of

RATE = Fraction(25)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="module")
def cut(footage: hard_cuts.Footage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speeds, keyframes and transitions on two tracks, and a nest of two tracks."""
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    inner = Sequence(
        "Inner", RATE, (hard_cuts.joins(first, second), hard_cuts.overlays(second, first)), *hard_cuts.SIZE
    )
    through = hard_cuts.in_a_row([(Clip(inner, 0, 0, 0), 60), (Clip(inner, 40, 0, 0, speed=2), 40)])
    some = (Fraction(1, 2), Fraction(-2), Fraction("3.7"), Fraction(1))
    tracks = (hard_cuts.speeds((second, first), some, 25, RATE), hard_cuts.ramps(first, second), through)
    path = tmp_path_factory.mktemp("cut") / "cut.xml"
    path.write_bytes(premiere_xml(Sequence("Cut", RATE, tracks, *hard_cuts.SIZE)))
    return path


def moved(cut: Path, folder: Path) -> Path:
    """The same document in a folder of its own."""
    path = folder / cut.name
    path.write_bytes(cut.read_bytes())
    return path


@pytest.mark.slow
def test_whole_files_change_nothing_but_the_path(cut, tmp_path):
    proof = proof_of_xmeml(moved(cut, tmp_path), "Cut", "--media", "full")
    proof.holds(at_least=500)
    for seen in proof.after:
        assert len(film(seen.path).numbers) == hard_cuts.FRAMES
    positions = Counter((seen.track, seen.record, seen.position) for seen in proof.before)
    assert Counter((seen.track, seen.record, seen.position) for seen in proof.after) == positions


@pytest.mark.parametrize("manner", ["stacked", pytest.param("live", marks=pytest.mark.slow)])
def test_styled_clips_stand_above_originals_that_nobody_touched(cut, tmp_path, manner):
    proof = proof_of_xmeml(moved(cut, tmp_path), "Cut", "--delivery", manner)
    _stands_above(proof)


@pytest.mark.slow
@pytest.mark.parametrize("warp", ["otio", "premiere"])
def test_styled_clips_of_an_otio_stand_above_its_originals(footage, tmp_path, warp):
    reel = Reel(RATE, warp)
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    some = (Fraction(1, 2), Fraction(-2), Fraction(1))
    tracks = [speeds(reel, (first, second), some, 20), *nests(reel, first, second)[:1]]
    path = tmp_path / "cut.otio"
    path.write_bytes(timeline(reel, tracks))
    options = ("--retime-dialect", warp, "--delivery", "stacked")
    _stands_above(proof_of_otio(path, RATE, *options, warp=warp))


def _stands_above(proof: Proof, at_least: int = 200) -> None:
    """Originals as they were, styled clips directly above, each showing what is under it."""
    styled = [seen for seen in proof.after if Path(seen.path).parent == proof.media]
    kept = [seen for seen in proof.after if Path(seen.path).parent != proof.media]
    truth = _over_all_tracks(proof.truth)
    assert sum(map(len, truth.values())) >= at_least
    assert _over_all_tracks(numbers_of(kept, proof.grid)) == truth
    assert _over_all_tracks(numbers_of(styled, proof.grid)) == truth
    assert sorted(_places(kept)) == sorted(_places(styled, down=1))


def _over_all_tracks(numbers: Numbers) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for (_, record), each in numbers.items():
        found.setdefault(record, []).extend(each)
    return {record: sorted(each) for record, each in found.items()}


def _places(seen: Iterable[Seen], down: int = 0) -> Iterable[tuple[str, int]]:
    """Where pictures are, their own track lowered by so many."""
    for one in seen:
        outer, _, own = one.track.rpartition("V")
        yield f"{outer}V{int(own) - down}", one.record


def test_a_freeze_and_a_still_under_a_ramp_become_movies(footage, tmp_path):
    first, second = footage.movie(1, RATE), footage.movie(2, RATE, codec="prores")
    clips = (
        Clip(first, 30, 0, 40),
        Clip(second, 77, 40, 70, speed=0),
        Clip(first, 90, 70, 100),
        Clip(footage.still(11), 0, 100, 130),
    )
    blends = (Blend(40, 6, 9), Blend(70, 5, 5), Blend(130, 20, 0, "fade"))
    path = tmp_path / "cut.xml"
    path.write_bytes(premiere_xml(Sequence("Cut", RATE, (Track(clips, blends),), *hard_cuts.SIZE)))
    faint = ("--set", "style_weight=1e6", "--set", "ramp.at=cut")  # there, and not to be seen
    proof = proof_of_xmeml(path, "Cut", "--bake-retime", *faint)
    proof.holds(at_least=130)
    document = (proof.media.parent / "cut_styled.xml").read_bytes()
    held, card = (_media_of(document, index) for index in (1, 3))
    assert (len(held.numbers), set(held.numbers)) == (6 + 30 + 5, {2077})
    assert (len(card.numbers), set(card.numbers)) == (30, {11000})
    assert b"timeremap" not in document
    assert _cut_on(document, tmp_path) == proof.truth  # with other weights and no word of baking


def test_on_a_stacked_timeline_nothing_is_stacked_or_styled_twice(footage, tmp_path):
    first = footage.movie(1, RATE)
    clips = (Clip(first, 30, 0, 40), Clip(first, 90, 40, 70, speed=-1))
    path = tmp_path / "cut.xml"
    path.write_bytes(premiere_xml(Sequence("Cut", RATE, (Track(clips),), *hard_cuts.SIZE)))
    proof = proof_of_xmeml(path, "Cut", "--delivery", "stacked")
    _stands_above(proof, at_least=70)
    document = (proof.media.parent / "cut_styled.xml").read_bytes()
    again = _cut_on(document, tmp_path, "--delivery", "stacked")
    assert again == numbers_of(proof.after, RATE) and {track for track, _ in again} == {"V1", "V2"}
    report = json.loads((tmp_path / "again_stylereel" / "report.json").read_text("utf-8"))
    assert {clip["track"] for clip in report["clips"]} == {"V2"}
    assert report["totals"]["skipped_for"] == {"the untouched original under its styled copy": 2}
    beside = rendered(tmp_path / "again.xml", "--delivery", "stacked", "--out", proof.media.parent)
    report = json.loads(beside.with_name("report.json").read_text("utf-8"))
    assert {shot["status"] for shot in report["shots"]} == {"cached"}, "a copy is the shot that it was"


def _cut_on(document: bytes, folder: Path, *options: object) -> Numbers:
    """What a styled timeline shows after it was rendered again."""
    path = folder / "again.xml"
    path.write_bytes(document)
    return numbers_of(editor.shown(rendered(path, *options).read_bytes(), "Cut (styled)"), RATE)


def _media_of(document: bytes, index: int):
    opened = editor.opened(document, "Cut (styled)")
    item = opened.sequence.findall("media/video/track/clipitem")[index]
    reference = item.find("file")
    assert reference is not None
    return film(editor.path_of(opened.files[reference.get("id")].findtext("pathurl") or ""))
