"""Timelines of known frames for tests: drawn by hypothesis, written by `premiere.writer`."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st
from stylereel.core.cut import Cut, Marker, StyledMedia, Use
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Source, Track

RATES = [Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001")]


def source(number: int = 1, rate: Fraction = RATES[2], **changes) -> Source:
    values = {
        "name": f"src{number}.mov",
        "pathurl": f"file://localhost/C%3a/foot%20age/src{number}.mov",
        "rate": rate,
        "frames": 2000,
        "start": 1000 * number,
        "reel": f"A00{number}",
        "stereo": number % 2 == 1,
    }
    return Source(**{**values, **changes})


@st.composite
def tracks(draw, rate: Fraction) -> Track:
    """Clips with gaps, dissolves (asymmetric and one-sided too) and fades between them."""
    clips: list[Clip] = []
    blends: list[Blend] = []
    here, joined = draw(st.integers(0, 5)), False
    for _ in range(draw(st.integers(1, 5))):
        length = draw(st.integers(24, 60))
        media = source(draw(st.integers(1, 3)), rate)
        first = draw(st.integers(20, 500))
        marks = (Marker("note", "a & <b>", FrameRange(first + 3, first + 3), "cyan"),)
        clips.append(Clip(media, first, here, here + length, label="Mango", markers=marks))
        if not joined and draw(st.booleans()):
            blends.append(Blend(here, 0, draw(st.integers(1, 8)), "fade"))
        here += length
        joined = draw(st.booleans())
        if joined:
            before, after = draw(st.tuples(st.integers(0, 10), st.integers(0, 10)).filter(any))
            blends.append(Blend(here, before, after))
        elif draw(st.booleans()):
            blends.append(Blend(here, draw(st.integers(1, 8)), 0, "fade"))
        if not joined:
            here += draw(st.integers(0, 9))
    if joined:
        clips.append(Clip(source(1, rate), 100, here, here + 30, label="Mango"))
    return Track(tuple(draw(st.permutations(clips))), tuple(blends))


@st.composite
def sequences(draw) -> Sequence:
    rate = draw(st.sampled_from(RATES))
    found = tuple(draw(st.lists(tracks(rate), min_size=1, max_size=2)))
    return Sequence("Reel 1", rate, found, start=draw(st.integers(0, 90000)))


def stand_in(use: Use, slack: int = 0, full: bool = False) -> StyledMedia:
    """Styled media for one use that nobody rendered: what it needs and `slack` more, or all of it.

    It begins where the clip's own clock can say that it does.
    """
    name, needed = use.id.replace("/", "_"), use.media_frames
    said = use.media.plays or use.media.rate
    first = 0 if full else max(0, needed.first - slack)
    first -= first % (use.grain.numerator or 1)
    stop = (
        round(use.media.frames * use.media.rate / said) if full and use.media.frames else needed.stop + slack
    )
    media = StyledMedia(
        path=Path(f"/styled/{name}.mov"),
        editor_path=f"C:/styled/{name} é.mov",
        first_frame=first,
        frames=max(1, stop - first),
        rate=use.media.rate,
        start=round(use.media.start * use.media.rate / said) + first,
        width=1920,
        height=1080,
        reel=use.media.reel,
    )
    if use.media.kind != "still":
        return media
    return replace(media, editor_path=f"C:/styled/{name}.tif", first_frame=0, frames=1, kind="still")


def stand_ins(cut: Cut, slack: int = 0, full: bool = False) -> dict[str, StyledMedia]:
    return {use.id: stand_in(use, slack, full) for use in cut.uses}


def saved(folder: Path, data: bytes, name: str = "cut.xml") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
