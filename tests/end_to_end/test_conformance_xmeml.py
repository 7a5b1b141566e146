"""Premiere's XML: every row of what a timeline can do, rendered at weight 0, frame by frame.

Each case is a track of one sequence, so that the program runs once for all of them.
"""

from fractions import Fraction
from pathlib import Path

import pytest
from stylereel.otio_adapters.premiere.writer import premiere_xml
from support import hard_cuts
from support.conformance import proof_of_xmeml


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


def proved(footage: hard_cuts.Footage, folder: Path, rate: Fraction, *options: object) -> int:
    cut = folder / "reel.xml"
    cut.write_bytes(premiere_xml(hard_cuts.everything(footage, rate), bom=True))
    return proof_of_xmeml(cut, "Reel", *options).holds(at_least=2950)


def test_every_record_frame_of_every_row_shows_its_number(footage, tmp_path):
    assert proved(footage, tmp_path, Fraction(25))


OTHERS = [
    pytest.param(Fraction(rate), media, id=f"{rate} {media}")
    for rate, media in (("24000/1001", "trim"), ("24", "full"), ("30000/1001", "trim"), ("30", "auto"))
]


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "media"), OTHERS)
def test_and_so_it_does_at_every_rate_and_of_files_cut_to_any_length(footage, tmp_path, rate, media):
    assert proved(footage, tmp_path, rate, "--media", media, "--handles", "3")
