"""`.otio` timelines drawn by hypothesis: speeds in both dialects, nests of every make, rates, transitions.

Their media is not there.
"""

from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from opentimelineio.schema import Clip, Gap, Stack, Track, Transition

from support.cuts import source
from support.otio_cuts import Reel

GRIDS = [Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001")]
RATES = [*GRIDS, Fraction(50), Fraction(120000, 1001)]
SPEEDS = [Fraction(speed) for speed in "0 0.1 0.5 0.8 1 1 1 1.5 2 3.7 -0.5 -0.8 -1 -1 -2".split()]
_SHORTEST = 16  # record frames: transitions of seven and eight leave something of a clip

Item = Clip | Stack | Track | Gap | Transition


@st.composite
def reels(draw: DrawFn) -> tuple[Reel, list[Track]]:
    """How a timeline is written, and its video tracks."""
    reel = Reel(draw(st.sampled_from(GRIDS)), draw(st.sampled_from(["otio", "premiere"])))
    return reel, [_track(draw, reel, f"V{number}", 2) for number in range(draw(st.integers(1, 2)))]


def _track(draw: DrawFn, reel: Reel, name: str, depth: int) -> Track:
    items: list[Item] = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 3)) == 0:
            items.append(reel.gap(draw(st.integers(_SHORTEST, 40))))
        if draw(st.integers(0, 2)) == 0:
            before = draw(st.integers(0, 7)) if items else 0  # there is nothing before a nest's first frame
            items.append(reel.blend(before, draw(st.integers(0, 8))))
        nested = depth > 0 and draw(st.integers(0, 2)) == 0
        items.append(_nest(draw, reel, depth - 1) if nested else _clip(draw, reel))
    if draw(st.booleans()):
        items.append(reel.blend(draw(st.integers(0, 7)), draw(st.integers(0, 8))))
    return Track(name, items, kind="Video")


def _clip(draw: DrawFn, reel: Reel) -> Clip:
    speed = draw(st.sampled_from(SPEEDS))
    own = speed < 0 or (reel.warp == "premiere" and speed not in (0, 1))  # else half frames are rounded
    rate = reel.grid if own else draw(st.sampled_from(RATES))
    media = source(1 + RATES.index(rate), rate)
    frames = draw(st.integers(_SHORTEST, 40))
    return reel.clip(media, draw(st.integers(200, 900)), _whole(reel, frames, speed), speed)


def _nest(draw: DrawFn, reel: Reel, depth: int) -> Stack | Track:
    kind = draw(st.sampled_from(["stack", "stack", "track", "bare"]))
    speed = draw(st.sampled_from([Fraction(1), Fraction(1), Fraction(2), Fraction(1, 2), Fraction(-1)]))
    first, frames = draw(st.integers(0, 30)), _whole(reel, draw(st.integers(_SHORTEST, 50)), speed)
    if kind == "bare":
        inner: Stack | Track = Stack("bare", [_clip(draw, reel)])
    elif kind == "stack":
        inner = Stack("s", [_track(draw, reel, "n", depth) for _ in range(draw(st.integers(1, 2)))])
    else:
        inner = _track(draw, reel, "t", depth)
    made = reel.nest(inner, first, frames, speed)
    if kind != "track":
        return made
    inner.source_range = made.source_range
    inner.effects.extend(effect.deepcopy() for effect in made.effects)
    return inner


def _whole(reel: Reel, frames: int, speed: Fraction) -> int:
    """A length that takes whole frames of the source where that is what the document writes."""
    return frames if reel.warp == "otio" else max(1, round(frames / speed.denominator)) * speed.denominator
