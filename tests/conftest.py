"""Where the sample files are, the only place that knows; no test is timed; and which examples are drawn.

Tests run on all cores, the files of tests side by side, so that each of them computes on one.

Hypothesis draws other examples on every run, so that working on the project finds what nobody thought
of. With `STYLEREEL_EXAMPLES=same`, as `.ci/run` sets it, they are the same ones every time: a commit
passes or fails for what is in it, never for the luck of a seed.
"""

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")
settings.register_profile("other", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile(os.environ.get("STYLEREEL_EXAMPLES", "other"))

_CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real timelines, media and weights; a test that needs it skips without it."""
    folder = Path(os.environ.get("STYLEREEL_SAMPLES", _CHECKOUT.parent / "shared"))
    if not (folder / "timelines").is_dir():
        pytest.skip(f"no sample files at {folder} (set STYLEREEL_SAMPLES)")
    return folder
