"""A source of three hours at 23.976: any frame is found, and what is written of it agrees to the frame."""

from fractions import Fraction
from pathlib import Path

import av
import pytest
from stylereel.core.media.colour import repaint, to_rgb
from stylereel.core.media.probe import read_facts
from stylereel.core.media.reader import FrameReader
from stylereel.core.media.verify import Slate
from stylereel.core.media.writer import Piece, join_segments, write_segment
from stylereel.core.rates import FrameRange
from support.burnin import read_number
from support.long_film import GROUP, write_long

P24 = Fraction(24000, 1001)
GROUPS = 1080  # 259,200 frames: three hours and ten seconds
PLACES = (0, 1, 131_000, 249_999, 250_000, 250_001, GROUPS * GROUP - 1)
START = 86400  # 01:00:00:00


@pytest.fixture(scope="module", params=["long.mov", "long.mkv"])
def film(request, tmp_path_factory) -> Path:
    numbered = {place // GROUP for place in PLACES}
    path = tmp_path_factory.mktemp("long") / request.param
    return write_long(path, GROUPS, P24, numbered, "01:00:00:00")


@pytest.mark.slow
def test_every_frame_is_found_at_once(film):
    facts = read_facts(film)
    assert (facts.frames, facts.rate, facts.trouble, facts.variable) == (GROUPS * GROUP, P24, "", False)
    with FrameReader(film) as reader:
        assert reader.clock.frames == GROUPS * GROUP
        for place in (250_000, 0, 249_999, GROUPS * GROUP - 1, 250_001, 131_000, 1):
            assert read_number(reader.read(place).to_ndarray(format="rgb24")) == place % 65536, place


@pytest.mark.slow
def test_what_is_written_of_its_end_agrees_to_the_frame(film, tmp_path):
    if film.suffix != ".mov":
        pytest.skip("timecode is in the MOV")
    assert read_facts(film).start == START
    with FrameReader(film) as reader:
        frames = [reader.read(at) for at in range(250_000, 250_006)]
    pictures = [to_rgb(frame) for frame in frames]
    unpainted = (repaint(frame, rgb, rgb) for frame, rgb in zip(frames, pictures, strict=True))
    write_segment(tmp_path / "s.mov", unpainted, P24)
    pieces = [Piece(tmp_path / "s.mov", FrameRange(0, 6))]
    join_segments(pieces, tmp_path / "a.mov", Slate(P24, 6, START + 250_000))
    with av.open(str(tmp_path / "a.mov")) as container:
        stream = container.streams.video[0]
        assert stream.metadata["timecode"] == "03:53:36:16"  # 250,000 = (2 h 53 min 36 s) x 24 + 16
        assert stream.duration * stream.time_base == 6 / P24
        shown = [read_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(stream)]
    assert shown == [(250_000 + at) % 65536 for at in range(6)]
