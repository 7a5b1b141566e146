"""How a command's own footage is shown to nets, as it is said on the command line: by a curve, or by a LUT.

Films in log look flat to nets that know display pictures. Imports no torch until a picture is to be shown.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ..core.errors import UsageError
from ..core.preset import Wear

if TYPE_CHECKING:
    from ..core.media.cube import Cube
    from ..core.media.display import Display

_CURVES: tuple[str, ...] = get_args(Wear.model_fields["curve"].annotation)

CurveOption = Annotated[
    str,
    typer.Option(
        "--curve",
        metavar="NAME",
        help=f"The curve of the films in it, through which it is seen as on a display: {', '.join(_CURVES)}; "
        "auto goes by its tags, which log has none of.",
    ),
]
LutOption = Annotated[
    Path | None,
    typer.Option(
        "--input-lut",
        metavar="FILE",
        help="The films' own way to a display in the place of a curve: a .cube file.",
    ),
]


@dataclass(frozen=True)
class Seen:
    """A curve by its name or a LUT, checked."""

    curve: str
    cube: "Cube | None"

    def check(self, films: object, where: str) -> None:
        """Raises UsageError where it is asked for, and there are no films that it could be for."""
        if not films and self != AS_TAGGED:
            hint = "Leave --curve and --input-lut out."
            raise UsageError("there is no film that could be seen through it", where=where, hint=hint)

    @cached_property
    def display(self) -> "Display":
        """The same, at work."""
        from torch import device

        from ..core.media.display import Display
        from ..core.media.lut import Lut

        return Display(self.curve, Lut.of(self.cube, device("cpu")) if self.cube else None)


AS_TAGGED = Seen("auto", None)
"""What is seen where nothing is said."""


def seen(curve: str, lut: Path | None) -> Seen:
    """What both options mean. Raises UsageError for a curve that is none, a LUT that cannot be read, both."""
    if curve not in _CURVES:
        raise UsageError(f"is none of {', '.join(_CURVES)}", where=f"--curve {curve}")
    if lut is None:
        return Seen(curve, None)
    if curve != "auto":
        raise UsageError("footage is seen through a curve or through a LUT", where=f"--curve {curve}")
    from ..core.media.cube import read_cube

    return Seen(curve, read_cube(lut))
