"""OpenTimelineIO: every row of what an `.otio` can hold, in both dialects of time warps, frame by frame."""

from fractions import Fraction

import pytest
from opentimelineio.schema import Track
from support import hard_cuts, otio_cuts
from support.conformance import Proof, proof_of_otio
from support.otio_cuts import Reel

RATE = Fraction(25)


def tracks_of(footage: hard_cuts.Footage, reel: Reel) -> list[Track]:
    """Every row of the specification."""
    rate = reel.grid
    first, second = footage.movie(1, rate), footage.movie(2, rate, codec="prores")
    others = [footage.movie(number, each) for number, each in enumerate(hard_cuts.RATES, 3) if each != rate]
    mixed = [reel.clip(other, 9 + 7 * number, 40) for number, other in enumerate(others)]
    return [
        otio_cuts.speeds(reel, (first, second), otio_cuts.ALL_SPEEDS, 20),
        otio_cuts.speeds(reel, others, [Fraction(2), Fraction(-1), Fraction("0.5"), Fraction(1)] * 2, 20),
        otio_cuts.joins(reel, first, second),
        reel.blended(mixed),
        *otio_cuts.nests(reel, first, second),
        otio_cuts.pictures(reel, footage.still(11), footage.pictures(12, rate)),
    ]


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> hard_cuts.Footage:
    return hard_cuts.Footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="module", params=["otio", "premiere"])
def proof(footage, tmp_path_factory: pytest.TempPathFactory, request) -> Proof:
    reel = Reel(RATE, request.param)
    cut = tmp_path_factory.mktemp("reel") / "reel.otio"
    cut.write_bytes(otio_cuts.timeline(reel, tracks_of(footage, reel)))
    return proof_of_otio(cut, RATE, "--retime-dialect", request.param, warp=request.param)


def test_every_record_frame_of_every_row_shows_its_number(proof):
    assert proof.holds(at_least=1500)
