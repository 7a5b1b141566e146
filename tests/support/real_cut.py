"""A cut over real clips: four scenes with a dissolve, a jump cut and a fade, all brought to one rate."""

from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
from stylereel.core.cut import Marker
from stylereel.core.rates import FrameRange
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml

RATE = Fraction(24)
SIZE = (384, 216)
FRAMES = 72
FOOTAGE = ("flower_cc0.mp4", "cockatoo_imageio.mp4", "intel_car.mp4", "bbb_480p_5s.mp4")
SCENES = (
    Marker("@exam", "weight=2e10 ramp.in=12f ramp.curve=linear", FrameRange(0, 40)),
    Marker("@form", "weight=3e10 ramp.curve=linear", FrameRange(40, 88)),
    Marker("@code", "weight=5e10 ramp.in=8f ramp.curve=linear", FrameRange(88, 120)),
    Marker("@exam", "weight=1e10 ramp.in=0f ramp.curve=linear", FrameRange(120, 160)),
)


def write_real_cut(samples: Path, folder: Path) -> Path:
    """Writes the clips at 24 frames a second and 384 x 216 into `folder`, and `cut.xml` over them."""
    sources = [
        _bring(samples / "media" / "video" / name, folder / f"{Path(name).stem}.mov") for name in FOOTAGE
    ]
    flower, bird, car, bunny = sources
    clips = (
        Clip(flower, 14, 0, 40),
        Clip(bird, 20, 40, 64),
        Clip(bird, 48, 64, 88),
        Clip(car, 12, 88, 120),
        Clip(bunny, 12, 120, 160),
    )
    track = Track(clips, (Blend(40, 8, 8), Blend(160, 16, 0, "fade")))
    cut = folder / "cut.xml"
    cut.write_bytes(premiere_xml(Sequence("real", RATE, (track,), *SIZE, markers=SCENES)))
    return cut


def _bring(original: Path, path: Path) -> Source:
    """The clip's first frames, one after the other, at the cut's rate and size."""
    with av.open(str(original)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=RATE, options={"crf": "12", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, frame in enumerate(islice(source.decode(video=0), FRAMES)):
            scaled = frame.reformat(*SIZE, "yuv420p")
            scaled.pts, scaled.time_base = number, 1 / RATE
            target.mux(stream.encode(scaled))
        target.mux(stream.encode())
    return Source(path.name, f"file://localhost{path.as_posix()}", RATE, FRAMES, *SIZE)
