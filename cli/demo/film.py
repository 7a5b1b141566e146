"""The demo's film: four takes as media, and the cut over them as Premiere exports it.

    0         72       108       132       186       240
    │ campus ⨯ square  ┊ square  │  city   │  hill  ◣│
      @exam     @form ────────────  @code     @exam

A cross-dissolve, a jump cut inside the square, two hard cuts, a fade to black. Knows nothing of
rendering.
"""

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

from ...core.cut import Marker
from ...core.errors import OutputError
from ...core.media.sketch import write_rgb
from ...core.rates import FrameRange, timecode
from ...otio_adapters.pathurls import to_pathurl
from ...otio_adapters.premiere.parts import Source
from ...otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from .footage import HEIGHT, TAKES, WIDTH, Take, draw_take

RATE = Fraction(24000, 1001)
SCENES = (
    Marker("@exam", "weight=5e10 ramp.in=24f ramp.out=transition", FrameRange(0, 72), "green"),
    Marker("@form", "weight=5e10 ramp.in=transition", FrameRange(72, 132), "blue"),
    Marker("@code", "weight=1e11 ramp.out=24f", FrameRange(132, 186), "purple"),
    Marker("@exam", "weight=3e10 ramp.in=12f ramp.out=transition", FrameRange(186, 240), "orange"),
)
_HOUR = 24 * 3600
_TONES = {"campus": 220.0, "square": 261.6, "city": 174.6, "hill": 196.0}


def draw_demo(folder: Path) -> Path:
    """Draws the film into `folder` and returns its timeline, `demo.xml`; the media lies in `footage/`.

    The same pictures every time. Raises OutputError where the folder cannot be written.
    """
    folder = folder.resolve()
    path, footage = folder / "demo.xml", folder / "footage"
    try:
        if path.exists() and b"<name>demo</name>" not in path.read_bytes():
            hint = "Name another folder: stylereel demo DIR."
            raise OutputError("there is a file here that the demo did not write", where=str(path), hint=hint)
        footage.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(max_workers=2) as pool:  # numpy and the encoder let go of the interpreter
            sources = list(pool.map(lambda take: _shoot(take, footage), TAKES))
        path.write_bytes(premiere_xml(demo_cut(*sources)))
    except OSError as error:
        hint = "Choose a folder that can be written to."
        raise OutputError(
            f"the demo cannot be drawn: {error.strerror}", where=str(folder), hint=hint
        ) from error
    return path


def demo_cut(campus: Source, square: Source, city: Source, hill: Source) -> Sequence:
    """The cut over the four sources, ten seconds long."""
    clips = (
        Clip(campus, 12, 0, 72, label="Forest"),
        Clip(square, 16, 72, 108, label="Iris"),
        Clip(square, 60, 108, 132, label="Iris"),
        Clip(city, 14, 132, 186, label="Rose"),
        Clip(hill, 14, 186, 240, label="Cerulean"),
    )
    blends = (Blend(72, 12, 12), Blend(240, 24, 0, "fade"))
    return Sequence("demo", RATE, (Track(clips, blends),), WIDTH, HEIGHT, start=_HOUR, markers=SCENES)


def _shoot(take: Take, folder: Path) -> Source:
    """Draws one take and writes it; its timecode starts at the full hour of its number."""
    number = TAKES.index(take) + 1
    path = folder / f"A{number:03}_{take.place}.mov"
    start, reel = number * _HOUR, f"A{number:03}"
    write_rgb(
        path, draw_take(take), RATE, timecode=timecode(start, RATE), reel=reel, tone_hz=_TONES[take.place]
    )
    return Source(
        path.name,
        to_pathurl(path.as_posix()),
        RATE,
        take.frames,
        WIDTH,
        HEIGHT,
        start,
        reel=reel,
        stereo=True,
    )
