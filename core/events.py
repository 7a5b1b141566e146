"""What a render tells those who watch it, and what came of it. Knows nothing of who does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .shotbook import Book


@dataclass(frozen=True, slots=True)
class Began:
    """A render began: how many shots and frames it has before it."""

    shots: int
    frames: int


@dataclass(frozen=True, slots=True)
class Advanced:
    """Frames of a shot were finished, or found finished."""

    shot: str
    frames: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A shot was rendered into `file`, whole and verified. `flicker` is in levels of 255, where measured."""

    shot: str
    file: str
    seconds: float
    flicker: float | None = None


def flicker_of(steadiness: Mapping[str, float] | None) -> float | None:
    """The flicker of a shot's measures, if it has any."""
    return steadiness["flicker"] if steadiness else None


@dataclass(frozen=True, slots=True)
class Failed:
    """A shot could not be rendered; it stays on its original."""

    shot: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doubted:
    """A shot was rendered, and something about it should be looked at."""

    shot: str
    doubt: str


Event = Began | Advanced | Finished | Failed | Doubted


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a render: the book as it is now, what failed and how long each shot took.

    `interrupted` is set where the user asked to stop; what is finished is kept.
    """

    book: Book
    failed: tuple[Failed, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    interrupted: bool = False
