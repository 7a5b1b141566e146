"""Curves against the numbers that their makers publish, and back again without a loss."""

import pytest
import torch
from av import VideoFrame
from stylereel.core.media.curves import CURVES
from stylereel.core.media.display import Display

# signals (0 … 1 between black and white) that stand for light, 1 being white paper
PUBLISHED = {
    "pq": [(0.5807, 1.0), (0.5081, 100 / 203), (0.7518, 1000 / 203), (0.0, 0.0)],
    "hlg": [(0.75, 1.0), (0.5, 1 / 12 / 0.265), (1.0, 1 / 0.265)],
    "slog3": [((420 - 64) / 876, 0.18), ((598 - 64) / 876, 0.90), ((95 - 64) / 876, 0.0)],
    "logc3": [(0.391, 0.18), (0.0928, 0.0)],
    "vlog": [((433 - 64) / 876, 0.18), ((602 - 64) / 876, 0.90), ((128 - 64) / 876, 0.0)],
}


@pytest.mark.parametrize("name", CURVES)
def test_published_signals_stand_for_their_light(name):
    for signal, light in PUBLISHED[name]:
        found = float(CURVES[name].light(torch.tensor([signal], dtype=torch.float64)))
        assert found == pytest.approx(light, rel=0.012, abs=0.001), signal


@pytest.mark.parametrize("name", CURVES)
def test_the_way_back_is_exact_and_the_way_there_steady(name):
    picture = torch.linspace(0, 255, 4096).expand(1, 3, 2, 4096).contiguous()
    shown = CURVES[name].shown(picture)
    assert (CURVES[name].kept(shown, picture) - picture).abs().max() < 0.02
    assert (shown[0, 0, 0].diff() >= 0).all() and bool(torch.isfinite(shown).all())


@pytest.mark.parametrize("name", CURVES)
def test_a_grey_card_and_white_paper_look_as_on_a_display(name):
    grey, white = (CURVES[name].signal(torch.tensor([light])) * 255 for light in (0.18, 1.0))
    shown = [float(CURVES[name].shown(one)) / 255 for one in (grey, white)]
    assert 0.38 < shown[0] < 0.55 and 0.7 < shown[1] < 0.9


def test_tags_choose_unless_the_preset_does():
    picture = torch.linspace(0, 255, 64).expand(1, 3, 2, 64).contiguous()
    for wished, tag, worn in (
        *(
            ("auto", 16, "pq"),
            ("auto", 18, "hlg"),
            ("auto", 1, ""),
            ("display", 16, ""),
            ("slog3", 1, "slog3"),
        ),
    ):
        frame = VideoFrame(64, 2, "yuv444p")
        frame.color_trc = tag
        shown = Display(wished).shown(frame, picture)
        assert torch.equal(shown, CURVES[worn].shown(picture) if worn else picture)
