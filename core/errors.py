"""The errors a user can meet, and the exit code each one ends a command with.

    StyleReelError
    ├── UsageError      2   the command line or the film file asks for what cannot be
    │   ├── FilmError       one film file, every fault of it at once
    │   └── StyleError      a style file, checkpoint or picture that cannot be used
    ├── TimelineError   3   the timeline cannot be read
    ├── MediaError      4   media is missing or cannot be decoded
    ├── VerifyError     5   what was written is not what was promised
    └── OutputError     6   the output cannot be written

Knows nothing of how an error is printed; `cli` does that.
"""


class StyleReelError(Exception):
    """What went wrong, where, and what to do next.

    `what` is one sentence with the reason in it, `where` a place the user can go to (file and
    line, clip and timecode, key), `hint` the next step, `code` a stable name (`E-OFFLINE`).
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "", code: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.hint, self.code = what, where, hint, code

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        code = f" [{self.code}]" if self.code else ""
        return f"{place}{self.what}{code}" + (f"\n  {self.hint}" if self.hint else "")


class UsageError(StyleReelError):
    """The command line or the film file asks for something that cannot be done."""

    exit_code = 2


class FilmError(UsageError):
    """A film file with faults; `faults` has one line for each, in the order of the file."""

    def __init__(self, where: str, faults: list[str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(f"{count}:\n" + "\n".join(f"  {fault}" for fault in faults), where=where)
        self.faults = faults


class StyleError(UsageError):
    """A style file, a checkpoint or a picture that cannot be used as one."""


class TimelineError(StyleReelError):
    """The timeline cannot be read."""

    exit_code = 3


class MediaError(StyleReelError):
    """Media that is missing, is not what it should be, or cannot be decoded."""

    exit_code = 4


class VerifyError(StyleReelError):
    """What was written is not what was promised."""

    exit_code = 5


class OutputError(StyleReelError):
    """The output cannot be written."""

    exit_code = 6
