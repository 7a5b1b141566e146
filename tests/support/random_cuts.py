"""Timelines drawn by hypothesis that use everything at once: speeds, turns, nests, rates, transitions.

Their media is not there: `facts_of` says what its headers would.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from stylereel.core.cut import MediaFacts
from stylereel.otio_adapters.premiere.cut import Blend, Clip, Sequence, Track
from stylereel.otio_adapters.premiere.parts import Source

from support.cuts import RATES, source

FRAMES = 2000
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


def facts_of(media: Source, missing: int = 0) -> MediaFacts:
    """What the header of a source would say, of which so many frames are missing."""
    frames = max(1, media.frames - missing)
    return MediaFacts(media.rate, frames, 320, 180, f"print of {media.name}", seconds=frames / media.rate)


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
    lengths = draw(st.lists(st.integers(4, 40), min_size=1, max_size=5))
    for length, following in zip(lengths, [*lengths[1:], 0], strict=True):
        clips.append(_clip(draw, rate, here, here + length, inner))
        if not joined and draw(st.booleans()):
            blends.append(Blend(here, 0, draw(st.integers(1, length)), "fade"))
        here += length
        joined = following > 0 and draw(st.booleans())
        if joined:
            longest = st.tuples(st.integers(0, min(8, length)), st.integers(0, min(8, following)))
            blends.append(Blend(here, *draw(longest.filter(any))))
        else:
            here += draw(st.integers(0, 6))
    return Track(tuple(clips), tuple(blends))


def _clip(draw: DrawFn, rate: Fraction, start: int, stop: int, inner: list[Sequence]) -> Clip:
    media = draw(st.sampled_from([*_MEDIA, *inner, *inner]))
    length = int(media.frames * rate / media.rate)
    if draw(st.integers(0, 4)) == 0:
        return Clip(media, 0, start, stop, ramp=_ramp(draw, stop - start, length))
    speed = draw(st.sampled_from(SPEEDS))
    frame = draw(st.integers(*_room(media, speed, stop - start, length)))
    whole = round(frame * media.rate / rate) * rate / media.rate  # a whole frame of the media
    return Clip(media, whole if speed == 1 else frame, start, stop, speed=speed, label="Mango")


def _room(media: Source | Sequence, speed: Fraction, frames: int, length: int) -> tuple[int, int]:
    """The first and the last media frame to begin with: handles lie in a file; a nest may be left."""
    if isinstance(media, Sequence):
        return 0, max(length - 1, 0)
    ahead, behind = ceil(9 * abs(speed)) + 1, ceil((frames + 9) * abs(speed)) + 1
    return (ahead, length - behind) if speed >= 0 else (behind, length - ahead)


def _ramp(draw: DrawFn, frames: int, length: int) -> tuple[tuple[int | Fraction, int], ...]:
    """Keys that reach beyond the handles, all in the media; it turns between two record frames.

    Media of one frame is held: a short nest of a fast rate may be no more than that at a slow one.
    """
    last = max(length - 1, 0)
    inside = draw(st.sets(st.integers(0, frames - 1), max_size=4))
    offsets = (-8, *(offset + Fraction(1, 2) for offset in sorted(inside)), frames + 8)
    return tuple((offset, draw(st.integers(min(1, last), last))) for offset in offsets)
