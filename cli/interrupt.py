"""Ctrl-C once finishes the segment at hand, twice stops now; both go on later where they stopped."""

import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ..core.errors import StyleReelError
from .show import err


class Interrupted(StyleReelError):
    """The user stopped the command."""

    exit_code = 130

    def __init__(self) -> None:
        command = shlex.join(["stylereel", *sys.argv[1:]])
        super().__init__("stopped; what is finished is kept", hint=f"Go on with: {command}")


@contextmanager
def interruptible(unit: str = "segment") -> Iterator[Callable[[], bool]]:
    """Gives the question whether to stop at the next chance, when the `unit` at hand is finished."""
    asked = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        err.print(f"finishing the {unit} at hand; Ctrl-C again stops now")

    former = signal.signal(signal.SIGINT, heard)
    try:
        yield asked.is_set
    except KeyboardInterrupt:
        raise Interrupted from None
    finally:
        signal.signal(signal.SIGINT, former)
