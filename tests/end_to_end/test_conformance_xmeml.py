"""Premiere's XML: every row of what a timeline can do, rendered at weight 0, frame by frame.

Each case is a track of one sequence, so that the program runs once for all of them.
"""

from fractions import Fraction

import pytest
from stylereel.otio_adapters.premiere_writer import Clip, Sequence, Track, premiere_xml
from support import hard_cuts as rows
from support.conformance import Proof, proof_of_xmeml

RATE, ALIEN = Fraction(25), Fraction(30)


def sequence_of(footage: rows.Footage, rate: Fraction = RATE, length: int = 30) -> Sequence:
    """Every row of the specification."""
    first, second = footage.movie(1, rate), footage.movie(2, rate, codec="prores")
    pair = (first, second)
    others = [footage.movie(number, other) for number, other in enumerate(rows.RATES, 3) if other != rate]
    plain = rows.in_a_row([(Clip(first, 20, 0, 0), 50), (Clip(second, 33, 0, 0), 70)])
    inner = Sequence("Inner", rate, (plain, rows.overlays(second, first)), *rows.SIZE, start=90000)
    other = Sequence("Other", rate, (rows.speeds(pair, rows.FORWARD[2:6], 25, rate),), *rows.SIZE)
    deep = Sequence("Deep", rate, (rows.nests(inner, other),), *rows.SIZE, start=1000)
    strange = rows.in_a_row([(Clip(footage.movie(9, ALIEN), 30, 0, 0), 90)])
    alien = Sequence("Alien", ALIEN, (strange,), *rows.SIZE)
    nested = ((Clip(deep, 0, 0, 0), 100), (Clip(deep, 40, 0, 0), 50), (Clip(deep, 150, 0, 0, speed=-1), 60))
    windows = (Clip(inner, -6, 0, 30), Clip(alien, 10, 40, 70), Clip(alien, 20, 70, 90, speed=2))
    pictures = (Clip(footage.still(11), 0, 0, 20), Clip(footage.pictures(12, rate), 10, 30, 60))
    tracks = (
        rows.speeds(pair, rows.FORWARD, length, rate),
        rows.speeds(pair, [-speed for speed in (*rows.FORWARD, Fraction(1))], length, rate),
        rows.freezes(first, second),
        rows.ramps(first, second),
        rows.joins(first, second),
        rows.of_other_rates(others, rate),
        rows.speeds(others, [Fraction(2), Fraction("0.5")] * 2, 20, rate),
        rows.nests(inner, other),
        rows.in_a_row(nested),
        Track(windows),
        rows.in_a_row([(Clip(footage.uneven(10, rate), 20, 0, 0), 60), (Clip(first, 60, 0, 0), 40)]),
        Track(pictures),
        rows.overlays(first, second),
    )
    return Sequence("Reel", rate, tracks, *rows.SIZE, start=90000)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> rows.Footage:
    return rows.Footage(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="module")
def proof(footage: rows.Footage, tmp_path_factory: pytest.TempPathFactory) -> Proof:
    cut = tmp_path_factory.mktemp("reel") / "reel.xml"
    cut.write_bytes(premiere_xml(sequence_of(footage), bom=True))
    return proof_of_xmeml(cut, "Reel")


def test_every_record_frame_of_every_row_shows_its_number(proof):
    assert proof.holds(at_least=2800)
