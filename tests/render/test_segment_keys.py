"""What a finished segment is known by: everything that changes a pixel of it, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from stylereel.core.job import Job
from stylereel.core.preset import Wear, recipe_text
from stylereel.core.rates import FrameRange
from stylereel.core.store import segments
from support.bare_cuts import cut, film, plan, use
from support.lifter import Lifter

TWO = [{"style": "form", "style_weight": 2e10}, {"style": "code", "style_weight": 5e9}]


def keys(folder: Path, weight: float = 1e10, **wears: object) -> list[str]:
    """The keys of the segments of one shot."""
    (shot,) = plan(cut(use(0, 40, 0)), film(folder, ""), preset="exam", sets=[f"style_weight={weight}"]).shots
    recipe = recipe_text(Wear.model_validate({"stability.flow": 0.0, "stability.flow_median": 0, **wears}))
    again = replace(shot, recipe=recipe)
    return [part.key for part in Job(again, "print", Lifter(), "key", torch.device("cpu")).segments()]


WEARS = {
    "a chain": {"chain": TWO},
    "a weaker second link": {"chain": [TWO[0], {**TWO[1], "style_weight": 4e9}]},
    "a weaker first link": {"chain": [{**TWO[0], "style_weight": 1e10}, TWO[1]]},
    "a borrowed link": {"chain": [TWO[0], {**TWO[1], "trained_weight": 5e9}]},
    "colours kept": {"style": "exam", "keep_colour": 0.5},
    "more of them": {"style": "exam", "keep_colour": 0.6},
    "a net": {"style": "a.onnx", "net": {"range": "0..1"}},
    "of another range": {"style": "a.onnx", "net": {"range": "-1..1"}},
    "of a size": {"style": "a.onnx", "net": {"range": "-1..1", "size": "256x256"}},
    "steadied": {"style": "exam", "stability.flow": 0.5},
    "steadied more": {"style": "exam", "stability.flow": 0.7},
    "by a median": {"style": "exam", "stability.flow_median": 3},
    "of more frames": {"style": "exam", "stability.flow_median": 5},
    "blurred": {"style": "exam", "stability.median": 3},
    "trained at": {"style": "exam", "trained_weight": 5e9},
    "on the sphere": {"style": "exam", "projection": "equirect"},
    "with poles": {"style": "exam", "projection": "equirect", "poles": True},
    "of two eyes": {"style": "exam", "stereo": "top-bottom"},
    "beside each other": {"style": "exam", "stereo": "side-by-side"},
    "large strokes": {"style": "exam", "stroke_scale": 2.0},
    "larger ones": {"style": "exam", "stroke_scale": 2.5},
}


def test_whatever_changes_a_pixel_changes_the_keys(tmp_path):
    found = [tuple(keys(tmp_path, style="exam")), *(tuple(keys(tmp_path, **wear)) for wear in WEARS.values())]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("kind", WEARS)
def test_at_0_only_the_source_counts(tmp_path, kind):
    assert keys(tmp_path, 0, **WEARS[kind]) == keys(tmp_path, 0, style="exam")


def test_what_a_plain_style_was_known_by_it_is_still(tmp_path):
    """Segments of the first version are not painted again."""
    weights, recipe = [1e10] * 40, ("print", "key", "flat", "1e+10")
    assert keys(tmp_path, style="exam") == [part.key for part in segments(FrameRange(0, 40), weights, recipe)]
