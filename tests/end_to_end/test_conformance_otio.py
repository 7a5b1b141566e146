"""OpenTimelineIO: every row of what an `.otio` can hold, in both dialects of time warps, frame by frame."""

from fractions import Fraction
from pathlib import Path

import pytest
from support import hard_cuts, otio_cuts
from support.conformance import proof_of_otio
from support.otio_cuts import Reel


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


def proved(footage: hard_cuts.Footage, folder: Path, reel: Reel, *options: object) -> int:
    cut = folder / "reel.otio"
    cut.write_bytes(otio_cuts.timeline(reel, otio_cuts.everything(footage, reel)))
    proof = proof_of_otio(cut, reel.grid, "--retime-dialect", reel.warp, *options, warp=reel.warp)
    return proof.holds(at_least=1800)


def test_every_record_frame_of_every_row_shows_its_number(footage, tmp_path):
    assert proved(footage, tmp_path, Reel(Fraction(25)))


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "media"), [("24000/1001", "trim"), ("30000/1001", "full"), ("25", "trim")])
def test_and_so_it_does_in_premieres_dialect_at_every_rate(footage, tmp_path, rate, media):
    assert proved(footage, tmp_path, Reel(Fraction(rate), "premiere"), "--media", media, "--handles", "3")
