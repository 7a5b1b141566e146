"""A cut of two clips with a dissolve and a third behind a jump cut, over two small sources with numbers."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml

from support.burnin import write_counter

RATE, SIZE = Fraction(25), (160, 90)


@dataclass(frozen=True, slots=True)
class SmallFilm:
    """The cut, and the two sources: shots of 26 frames on `first`, of 26 and of 20 on `second`."""

    cut: Path
    first: Path
    second: Path
    sequence: Sequence


def write_small_film(folder: Path, codec: str = "prores") -> SmallFilm:
    """Writes media and cut; without presets: its shots are `exam_010` … `exam_030` with --preset exam."""
    paths = [folder / f"take{number}.mov" for number in (1, 2)]
    sources = [_source(path, number, codec) for number, path in enumerate(paths, 1)]
    clips = (
        Clip(sources[0], 8, 0, 20, label="Forest"),
        Clip(sources[1], 10, 20, 40, label="Rose"),
        Clip(sources[1], 50, 40, 60, label="Rose"),
    )
    sequence = Sequence("Reel", RATE, (Track(clips, (Blend(20, 6, 6),)),), *SIZE, start=90000)
    cut = folder / "cut.xml"
    cut.write_bytes(premiere_xml(sequence))
    return SmallFilm(cut, *paths, sequence)


def _source(path: Path, number: int, codec: str) -> Source:
    start, reel = number * 90000, f"A00{number}"
    how = {"start_timecode": f"0{number}:00:00:00", "first_number": 1000 * number, "reel": reel}
    write_counter(path, 72, RATE, codec, SIZE, sound=number == 1, **how)
    url = to_pathurl(path.as_posix())
    return Source(path.name, url, RATE, 72, *SIZE, start, reel=reel, stereo=number == 1)
