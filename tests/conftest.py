"""Where the sample files are, the only place that knows; and no test is timed."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real timelines, media and weights; a test that needs it skips without it."""
    folder = Path(os.environ.get("STYLEREEL_SAMPLES", _CHECKOUT.parent / "shared"))
    if not (folder / "timelines").is_dir():
        pytest.skip(f"no sample files at {folder} (set STYLEREEL_SAMPLES)")
    return folder
