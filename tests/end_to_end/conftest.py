"""The program, as its user has it."""

from pathlib import Path

import pytest
from support.program import Program


@pytest.fixture
def program(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Runs commands in the test's own folder, away from the user's settings."""
    return Program(tmp_path, tmp_path_factory.mktemp("home"))
