"""The rows of what a timeline can do, each as a track of clips whose every frame has a number.

Every function gives a track that begins at record frame 0. Speeds, turns and transitions are packed
tightly: a case is a second or less.
"""

from collections.abc import Sequence as Listed
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import cycle
from pathlib import Path

from stylereel.core.rates import can_drop, timecode
from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.cut import Blend, Clip, Sequence, Track, opacity, scale
from stylereel.otio_adapters.premiere.parts import Source

from support.burnin import draw_number, write_counter
from support.sources import respace
from support.stills import write_still

SIZE = (160, 90)
FRAMES = 260
FORWARD = tuple(map(Fraction, ("0.1", "0.25", "0.5", "0.8", "1.5", "2", "3.7", "5")))
RATES = tuple(map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30", "120000/1001")))
_SPARE = 8  # frames of a handle
_BLENDS = ((4, 6), (0, 5), (6, 0), (3, 3), (1, 8))


@dataclass(frozen=True)
class Footage:
    """Media in a folder, drawn when it is asked for first. Each file has a run of numbers of its own."""

    folder: Path
    size: tuple[int, int] = SIZE  # of movies

    def movie(self, number: int, rate: Fraction, frames: int = FRAMES, codec: str = "h264") -> Source:
        """A film of an even rate with timecode; `number` chooses its run, from 1000 times itself on."""
        name = f"take {number} @{float(rate):.2f}.mov"
        path, start = self.folder / name, round(rate) * 60 * number
        drop = can_drop(rate) and rate.denominator == 1001
        reel = f"A{number:03}"
        if rate > 60:  # no camera's file has timecode that fast
            start, reel = 0, ""
        if not path.exists():
            clock = timecode(start, rate, drop) if start else None
            how = {"start_timecode": clock, "reel": reel, "open_gop": codec == "h264"}
            write_counter(path, frames, rate, codec, self.size, first_number=1000 * number, **how)
        return Source(name, to_pathurl(path.as_posix()), rate, frames, *self.size, start, drop, reel)

    def uneven(self, number: int, rate: Fraction) -> Source:
        """A film of variable rate: frames are held for one, two or three; the timeline calls it 29 fps."""
        path = self.folder / f"phone {number}.mp4"
        held = [1 + (index % 5 == 0) + (index % 11 == 3) for index in range(FRAMES)]
        if not path.exists():
            even = write_counter(path.with_name(f"even {number}.mp4"), FRAMES, rate, "h264", SIZE,
                                 first_number=1000 * number, bframes=0)  # fmt: skip
            respace(even, path, held)
        return Source(
            path.name, to_pathurl(path.as_posix()), Fraction(29), sum(held) * 29 // round(rate), *SIZE
        )

    def still(self, number: int) -> Source:
        """A picture."""
        path = self.folder / f"card {number}.png"
        _draw(path, 1000 * number)
        return Source(path.name, to_pathurl(path.as_posix()), Fraction(30), 1, *SIZE, still=True)

    def pictures(self, number: int, rate: Fraction, frames: int = 60) -> Source:
        """An image sequence; the source is its first picture, 0086."""
        paths = [self.folder / f"shot{number}_{86 + index:04}.png" for index in range(frames)]
        for index, path in enumerate(paths):
            _draw(path, 1000 * number + index)
        return Source(paths[0].name, to_pathurl(paths[0].as_posix()), rate, frames, *SIZE)


def _draw(path: Path, number: int) -> None:
    if not path.exists():
        write_still(path, draw_number(number, SIZE))


def in_a_row(clips: Listed[tuple[Clip, int]], blended: bool = True) -> Track:
    """Clips one behind the other, each for so many frames; three of four cuts are dissolves."""
    placed, blends, here = [], [], 0
    shapes = cycle((*_BLENDS[:3], None, *_BLENDS[3:]))
    for clip, length in clips:
        if placed and blended and (shape := next(shapes)):
            blends.append(Blend(here, *shape))
        placed.append(replace(clip, start=here, stop=here + length))
        here += length
    return Track(tuple(placed), tuple(blends))


def fitting(source: Source, speed: Fraction, length: int, rate: Fraction) -> Clip:
    """A clip at a speed whose frames and handles, eight at each end, lie in the media."""
    factor = rate / source.rate
    room = source.frames * factor
    need = (length + 2 * _SPARE) * abs(speed) + 2
    assert need < room, f"{source.name}: {float(need)} of {float(room)}"
    least = int((_SPARE * abs(speed) + 1) / factor) + 1  # whole frames of the file
    first = least if speed >= 0 else int((least * factor + (length + _SPARE) * abs(speed)) / factor) + 1
    return Clip(source, first * factor, 0, 0, speed=speed)


def speeds(sources: Listed[Source], values: Listed[Fraction], length: int, rate: Fraction) -> Track:
    """A clip at each speed, from the sources in turn."""
    pairs = zip(values, cycle(sources), strict=False)
    return in_a_row([(fitting(source, speed, length, rate), length) for speed, source in pairs])


def freezes(source: Source, other: Source) -> Track:
    """A still moment between two plain clips, with and without dissolves."""
    held = Clip(source, 77, 0, 0, speed=0)
    plain = Clip(other, 30, 0, 0)
    return in_a_row([(plain, 20), (held, 20), (replace(plain, first=90), 20), (replace(held, first=120), 15),
                     (replace(held, first=121), 10)])  # fmt: skip


def ramps(source: Source, other: Source) -> Track:
    """Keyframed speed: faster and slower, a stop, a turn, a turn and back again."""
    keys = (
        ((0, 40), (10, 50), (20, 80), (40, 90)),
        ((0, 60), (8, 68), (18, 68), (30, 80)),
        ((0, 100), (15, 130), (30, 100)),
        ((0, 50), (6, 62), (16, 52), (24, 92)),
        ((0, 200), (12, 188), (30, 143)),
        ((-5, 30), (5, 40), (15, Fraction("47.5")), (35, 60)),
    )
    sources = (source, other) * 3
    clips = [Clip(each, 0, 0, 0, ramp=ramp) for each, ramp in zip(sources, keys, strict=True)]
    return in_a_row([(clip, 30) for clip in clips])


def joins(source: Source, other: Source) -> Track:
    """Transitions: lopsided, one-sided, at both ends of a short clip, fades, one longer than its media."""
    last = source.frames
    clips = (
        Clip(source, 30, 4, 24),
        Clip(other, 40, 24, 34),  # short, with a dissolve at both ends
        Clip(source, 100, 34, 54),
        Clip(other, 10, 54, 74),
        Clip(source, last - 20, 74, 92),  # its dissolve wants four frames more than there are
        Clip(other, 60, 92, 112),
        Clip(source, 90, 120, 140),
        Clip(source, 0, 145, 160),
        Clip(other, other.frames - 12, 165, 177),
    )
    blends = (
        Blend(4, 0, 6, "fade"),
        Blend(24, 5, 5),
        Blend(34, 5, 7),
        Blend(54, 0, 9),
        Blend(74, 7, 0),
        Blend(92, 3, 6),
        Blend(112, 6, 0, "fade"),
        Blend(140, 9, 0, "fade"),
        Blend(145, 0, 15, "fade"),
    )
    return Track(clips, blends)


def of_other_rates(sources: Listed[Source], rate: Fraction) -> Track:
    """Media of other rates than the sequence's, from a whole frame of theirs on."""
    clips = []
    for number, source in enumerate(sources):
        factor = rate / source.rate
        first = (9 + 7 * number) * max(1, round(source.rate / rate))
        clips.append((Clip(source, first * factor, 0, 0), 40))
    return in_a_row(clips)


def overlays(source: Source, other: Source) -> Track:
    """Clips in the air, with opacity and scale that change."""
    fading = (opacity((0, 0), (8, 100), (30, 40)), scale((0, 100), (20, 150)))
    clips = (
        Clip(source, 50, 10, 50, effects=fading),
        Clip(other, 80, 60, 90, speed=2, effects=fading[:1]),
        Clip(source, 20, 95, 110, effects=(scale(value=120),), enabled=False),
    )
    return Track(clips)


def nests(inner: Sequence, second: Sequence) -> Track:
    """Two nests: whole, from within, from before their first frame, faster, slower and backwards."""
    uses = (
        (Clip(inner, 0, 0, 0), 60),
        (Clip(inner, 33, 0, 0), 40),
        (Clip(second, 12, 0, 0), 30),
        (Clip(inner, 10, 0, 0, speed=2), 30),
        (Clip(second, 20, 0, 0, speed=Fraction(1, 2)), 40),
        (Clip(inner, 90, 0, 0, speed=-1), 40),
        (Clip(second, 5, 0, 0, speed=Fraction("1.5")), 20),
        (Clip(inner, 15, 0, 0), 30),
    )
    return in_a_row(uses)


def as_other_tools_write(source: Source, other: Source, fast: Source, rate: Fraction) -> Track:
    """Speeds that are a per cent and nothing else; in and out that count at the file's own rate."""
    fifty = Clip(fast, 2 * rate, 0, 0, rate=fast.rate)
    told = [
        (Clip(source, first, 0, 0, speed=speed, percent_only=True), 20)
        for first, speed in (
            (60, Fraction(1, 2)),
            (90, Fraction(2)),
            (37, Fraction("3.7")),
            (41, Fraction(1)),
        )
    ]
    return in_a_row([*told, (fifty, 30), (Clip(other, 50, 0, 0), 20)], blended=False)


def everything(footage: Footage, rate: Fraction) -> Sequence:
    """Every row of the specification, a track for each, in a sequence called Reel."""
    first, second = footage.movie(1, rate), footage.movie(2, rate, codec="prores")
    pair = (first, second)
    others = [footage.movie(number, other) for number, other in enumerate(RATES, 3) if other != rate]
    plain = in_a_row([(Clip(first, 20, 0, 0), 50), (Clip(second, 33, 0, 0), 70)])
    inner = Sequence("Inner", rate, (plain, overlays(second, first)), *SIZE, start=90000)
    other = Sequence("Other", rate, (speeds(pair, FORWARD[2:6], 25, rate),), *SIZE)
    deep = Sequence("Deep", rate, (nests(inner, other),), *SIZE, start=1000)
    alien_rate = RATES[4] if rate != RATES[4] else RATES[2]
    strange = in_a_row([(Clip(footage.movie(9, alien_rate), 30, 0, 0), 90)])
    alien = Sequence("Alien", alien_rate, (strange,), *SIZE)
    nested = ((Clip(deep, 0, 0, 0), 100), (Clip(deep, 40, 0, 0), 50), (Clip(deep, 150, 0, 0, speed=-1), 60))
    windows = (Clip(inner, -6, 0, 30), Clip(alien, 10, 40, 70), Clip(alien, 20, 70, 90, speed=2))
    pictures = (Clip(footage.still(11), 0, 0, 20), Clip(footage.pictures(12, rate), 10, 30, 60))
    tracks = (
        speeds(pair, FORWARD, 30, rate),
        speeds(pair, [-speed for speed in (*FORWARD, Fraction(1))], 30, rate),
        freezes(first, second),
        ramps(first, second),
        joins(first, second),
        of_other_rates(others, rate),
        speeds(others, [Fraction(2), Fraction("0.5")] * 2, 20, rate),
        nests(inner, other),
        in_a_row(nested),
        Track(windows),
        in_a_row([(Clip(footage.uneven(10, rate), 20, 0, 0), 60), (Clip(first, 60, 0, 0), 40)]),
        Track(pictures),
        overlays(first, second),
        as_other_tools_write(first, second, footage.movie(13, Fraction(50)), rate),
    )
    return Sequence("Reel", rate, tracks, *SIZE, start=90000)
