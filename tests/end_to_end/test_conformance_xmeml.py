"""Premiere's XML: every row of what a timeline can do, rendered at weight 0, frame by frame.

Each case is a track of one sequence, so that the program runs once for all of them.
"""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support import hard_cuts
from support.conformance import proof_of_xmeml
from support.editor import path_of


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


def proved(footage: hard_cuts.Footage, folder: Path, rate: Fraction, *options: object) -> int:
    cut = folder / "reel.xml"
    cut.write_bytes(premiere_xml(hard_cuts.everything(footage, rate), bom=True))
    return proof_of_xmeml(cut, "Reel", *options).holds(at_least=2950)


def test_every_record_frame_of_every_row_shows_its_number(footage, tmp_path):
    assert proved(footage, tmp_path, Fraction(25))


@pytest.mark.parametrize("media", ["trim", "full"])
def test_footage_that_is_interpreted_at_another_rate_shows_its_own_frames(footage, tmp_path, media):
    """A file of 25 frames a second, which the timeline of 24 plays frame after frame."""
    slowed = replace(footage.movie(1, Fraction(25)), rate=Fraction(24))
    clips = (Clip(slowed, 30, 0, 40), Clip(slowed, 120, 40, 70, speed=2), Clip(slowed, 99, 70, 90, speed=-1))
    cut = tmp_path / "cut.xml"
    track = Track(clips, (Blend(40, 6, 6),))
    cut.write_bytes(premiere_xml(Sequence("Cut", Fraction(24), (track,), *hard_cuts.SIZE)))
    played = {path_of(slowed.pathurl): slowed.rate}
    proof = proof_of_xmeml(cut, "Cut", "--media", media, plays=played)
    assert proof.holds(at_least=102)
    assert proof.truth["V1", 20] == (1050,), "as at 24, not as at 25"


OTHERS = [
    pytest.param(Fraction(rate), media, id=f"{rate} {media}")
    for rate, media in (("24000/1001", "trim"), ("24", "full"), ("30000/1001", "trim"), ("30", "auto"))
]


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "media"), OTHERS)
def test_and_so_it_does_at_every_rate_and_of_files_cut_to_any_length(footage, tmp_path, rate, media):
    assert proved(footage, tmp_path, rate, "--media", media, "--handles", "3")
