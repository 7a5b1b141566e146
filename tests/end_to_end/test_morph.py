"""Two scenes of the shelf that bend into each other over a dissolve, rendered and read back."""

from fractions import Fraction
from pathlib import Path

import torch
from stylereel.otio_adapters.pathurls import to_pathurl
from stylereel.otio_adapters.premiere.parts import Source
from stylereel.otio_adapters.premiere.writer import Blend, Clip, Sequence, Track, premiere_xml
from support.burnin import write_counter
from support.lifter import pictures

RATE, SIZE = Fraction(25), (128, 96)
FILM = """
[presets.page]
style = "exam"
style_weight = 5e10
morph = true

[presets.screen]
style = "code"
style_weight = 2e10

[[scenes]]
name = "page"
match = { label = "Mango" }
preset = "page"

[[scenes]]
name = "screen"
match = { label = "Rose" }
preset = "screen"
"""


def through_edit(folder: Path) -> Path:
    """One take, cut at frame 12 and dissolved into itself over 8 frames: both sides show the same frame."""
    take = folder / "take.mov"
    write_counter(take, 40, RATE, "prores", SIZE)
    source = Source(take.name, to_pathurl(take.as_posix()), RATE, 40, *SIZE, 0)
    clips = (Clip(source, 6, 0, 12, label="Mango"), Clip(source, 18, 12, 24, label="Rose"))
    cut = folder / "cut.xml"
    cut.write_bytes(premiere_xml(Sequence("Reel", RATE, (Track(clips, (Blend(12, 4, 4),)),), *SIZE)))
    (folder / "film.toml").write_text(FILM)
    return cut


def test_both_sides_of_a_dissolve_show_the_same_picture(program, tmp_path):
    cut = through_edit(tmp_path)
    planned = program.run("plan", cut, "--json").done().data["shots"]
    assert [shot["morphs"] for shot in planned] == [["code"], ["exam"]]
    program.run("render", cut).done()
    page, screen = (
        pictures(tmp_path / "cut_stylereel" / "media" / f"{name}_v001.mov")
        for name in ("page_010_page", "screen_010_screen")
    )
    # page_010 has the source's frames 6 ... 21, screen_010 14 ... 29: 14 ... 21 are the dissolve
    pairs = list(zip(page[8:16], screen[:8], strict=True))
    assert (len(page), len(screen)) == (16, 16)
    apart = [float((one - other).abs().mean()) for one, other in pairs]
    assert max(apart) < 0.2, apart
    steps = torch.stack([one for one, _ in pairs]).flatten(1).diff(dim=0).abs().mean(1)
    assert float(steps.min()) > 0.5, "it goes on bending"
    program.run("plan", cut, "--check").done()
