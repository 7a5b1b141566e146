"""The command line as a user runs it: another process, a folder of its own, no settings of this machine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COMMAND = (sys.executable, "-m", "stylereel.cli.main")


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command: its exit code, and what it said on both channels."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)

    def done(self) -> "Ran":
        """The same, where the command ended well."""
        assert self.code == 0, f"exit {self.code}: {self.err or self.out}"
        return self

    def refused(self, code: int) -> str:
        """The one message of a command that ended with `code`."""
        assert self.code == code, f"exit {self.code}, not {code}: {self.err}"
        assert "Traceback" not in self.err + self.out, self.err
        assert self.err.count("error:") == 1, self.err
        assert not self.out, self.out
        return self.err[self.err.index("error:") :]


@dataclass(frozen=True, slots=True)
class Program:
    """Runs commands in `folder`; settings and caches of the user are looked for in `home` alone."""

    folder: Path
    home: Path

    def run(self, *words: object, prepare: Callable[[], None] | None = None) -> Ran:
        """A command from its start to its end; `prepare` runs in the new process before it."""
        process = self.start(*words, prepare=prepare)
        out, err = process.communicate(timeout=240)
        return Ran(process.returncode, out, err)

    def start(self, *words: object, prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        """A command that goes on while the test does something else."""
        return subprocess.Popen(
            [*_COMMAND, *map(str, words)],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=prepare,
        )

    def _environment(self) -> dict[str, str]:
        places = {"XDG_CONFIG_HOME": ".config", "XDG_CACHE_HOME": ".cache", "XDG_DATA_HOME": ".local"}
        own = {name: str(self.home / folder) for name, folder in places.items()}
        plain = {"HOME": str(self.home), "OMP_NUM_THREADS": "1", "COLUMNS": "200", "NO_COLOR": "1"}
        return {**os.environ, **own, **plain, "PYTHONIOENCODING": "utf-8"}
