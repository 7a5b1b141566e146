"""The dial of a finished style: equal steps that change the picture equally."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from stylereel import presets
from stylereel.core.dial import KNOTS
from stylereel.core.nets.dialled import at_places
from stylereel.core.nets.files import load_style
from stylereel.core.training.evenness import even_places, evened
from support.smooth import picture


def test_an_even_way_stays_and_no_knot_goes_less_far_than_its_own():
    assert even_places([1.0] * 8) == pytest.approx([0, 1, 2, 3, 4])
    assert even_places([9, 9, 3, 3, 1, 1, 1, 1]) == pytest.approx([0, 1, 2, 3, 4])


def test_where_the_way_is_long_the_knots_lie_close():
    assert even_places([1, 1, 1, 1, 3, 3, 3, 3]) == pytest.approx([0, 2, 2.67, 3.33, 4], abs=0.01)


def test_a_style_that_jumps_at_its_end_is_evened_and_its_ends_stay():
    style = load_style(Path(presets.__file__).parent / "exam.safetensors")
    late = [at_places(one, [0, 0.2, 0.4, 0.7, 4]) for one in (style.gamma, style.beta)]
    jumping = replace(style, gamma=late[0], beta=late[1])
    photographs = picture(96, 96)
    even = evened(jumping, photographs)
    for knots, now in zip(late, (even.gamma, even.beta), strict=True):
        assert torch.equal(knots[0], now[0]) and torch.equal(knots[-1], now[-1])
    assert _largest(even, photographs) < 0.7 * _largest(jumping, photographs)


def _largest(style, photographs) -> float:
    """The largest step from knot to knot over the mean one."""
    with torch.inference_mode():
        looks = [style.full(photographs, weight) for weight in KNOTS]
    steps = [float((after - before).abs().mean()) for before, after in pairwise(looks)]
    return max(steps) * len(steps) / sum(steps)
