"""Timelines drawn by hypothesis that use everything at once: speeds, turns, nests, rates, transitions.

Their media is not there: `facts_of` says what its headers would.
"""

from collections.abc import Iterator
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from stylereel.core.cut import MediaFacts
from stylereel.otio_adapters.premiere_cut import Blend, Clip, Sequence, Track
from stylereel.otio_adapters.premiere_parts import Source

from support.cuts import RATES, source

FRAMES = 400
SPEEDS = [
    Fraction(speed) for speed in "0 0.1 0.25 0.5 0.8 1 1 1 1.5 2 3.7 5 -0.1 -0.5 -1 -1.5 -2 -3.7".split()
]
_MEDIA = [source(number, rate, frames=FRAMES, stereo=False) for number, rate in enumerate(RATES, 1)]


@st.composite
def sequences(draw: DrawFn) -> Sequence:
    """A sequence called Reel."""
    return _sequence(draw, "Reel", 2)


def sources_of(sequence: Sequence) -> Iterator[Source]:
    """Every media file of a sequence and of its nests."""
    for track in sequence.tracks:
        for clip in track.clips:
            if isinstance(clip.source, Source):
                yield clip.source
            else:
                yield from sources_of(clip.source)


def has_keyframed_nest(sequence: Sequence) -> bool:
    """Whether a nest in it has keyframed speed, which may turn."""
    return any(
        clip.ramp or has_keyframed_nest(clip.source)
        for track in sequence.tracks
        for clip in track.clips
        if isinstance(clip.source, Sequence)
    )


def facts_of(media: Source) -> MediaFacts:
    """What the header of a source would say."""
    seconds = media.frames / media.rate
    return MediaFacts(media.rate, media.frames, 320, 180, f"print of {media.name}", seconds=seconds)


def _sequence(draw: DrawFn, name: str, depth: int) -> Sequence:
    rate = draw(st.sampled_from(RATES))
    inner = (
        [_sequence(draw, f"{name}.{number}", depth - 1) for number in range(draw(st.integers(0, 2)))]
        if depth
        else []
    )
    tracks = [_track(draw, rate, inner) for _ in range(draw(st.integers(1, 2)))]
    return Sequence(name, rate, tuple(tracks), start=draw(st.sampled_from([0, 1000, 90000])))


def _track(draw: DrawFn, rate: Fraction, inner: list[Sequence]) -> Track:
    clips, blends = [], []
    here, joined = draw(st.integers(0, 5)), False
    for _ in range(draw(st.integers(1, 4))):
        length = draw(st.integers(4, 40))
        clips.append(_clip(draw, rate, here, here + length, inner))
        if not joined and draw(st.booleans()):
            blends.append(Blend(here, 0, draw(st.integers(1, length)), "fade"))
        here += length
        joined = draw(st.booleans())
        if joined:
            blends.append(Blend(here, *draw(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(any))))
        else:
            here += draw(st.integers(0, 6))
    if joined:
        clips.append(_clip(draw, rate, here, here + 30, inner))
    return Track(tuple(clips), tuple(blends))


def _clip(draw: DrawFn, rate: Fraction, start: int, stop: int, inner: list[Sequence]) -> Clip:
    media = draw(st.sampled_from([*_MEDIA, *inner, *inner]))
    length = int(media.frames * rate / media.rate)
    if draw(st.integers(0, 4)) == 0:
        return Clip(media, 0, start, stop, ramp=_ramp(draw, stop - start, length))
    frame = draw(st.integers(min(8, length - 1), max(length - 30, min(8, length - 1))))
    whole = round(frame * media.rate / rate) * rate / media.rate  # a whole frame of the media
    speed = draw(st.sampled_from(SPEEDS))
    return Clip(media, whole if speed == 1 else frame, start, stop, speed=speed, label="Mango")


def _ramp(draw: DrawFn, frames: int, length: int) -> tuple[tuple[int | Fraction, int], ...]:
    """Keys that reach beyond the handles, all in the media; it turns between two record frames."""
    inside = draw(st.sets(st.integers(0, frames - 1), max_size=4))
    offsets = (-8, *(offset + Fraction(1, 2) for offset in sorted(inside)), frames + 8)
    return tuple((offset, draw(st.integers(1, length - 1))) for offset in offsets)
