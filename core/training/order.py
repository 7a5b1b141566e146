"""What is to be trained, and everything that can be wrong with it before a net is loaded.

Knows names, paths and what lies there. Never imports torch, knows nothing of how a style is fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import OutputError, StyleError, UsageError
from ..naming import safe_name
from ..nets.shelf import read_record
from ..preset import is_style_path
from .pictures import content_pictures, style_picture


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long, and how fast γ and β learn; the net's own weights stay as they are at `net_rate` 0."""

    steps: int
    affine_rate: float
    net_rate: float = 0.0
    batch: int = 2
    size: int = 192
    steadiness: float = 0.02
    seed: int = 1

    def lasting(self, steps: int) -> "Recipe":
        """The same recipe for another number of steps."""
        return replace(self, steps=steps)


NEW_BASE = Recipe(steps=3600, affine_rate=1e-2, net_rate=2e-3)
NEW_STYLE = Recipe(steps=300, affine_rate=1e-2)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained: pictures by the names of their styles, and where everything lies.

    Without `base` (a style file on the base to start from) a new base is trained over all pictures.
    The base's own net is looked for beside it, then in `folders`.
    """

    pictures: dict[str, Path]
    content: Path
    out: Path
    recipe: Recipe
    licence: str
    base: Path | None = None
    new_base: str = ""
    vgg: Path | None = None
    folders: tuple[Path, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files to come, the new base's the last."""
        return (*self.pictures, *([self.new_base] if self.new_base else ()))


def check_order(order: Order) -> None:
    """Makes the output folder and raises what is wrong with an order.

    UsageError for names, OutputError for the folder and what lies in it, StyleError for pictures,
    content, base and VGG.
    """
    for name in order.names:
        _check_name(name)
    if len({name.casefold() for name in order.names}) != len(order.names):
        raise UsageError(
            "every style, and the new base, needs a name of its own", where=", ".join(order.names)
        )
    for path in outputs(order):
        if path.exists():
            raise OutputError("the file is there already", where=str(path), hint="Choose another name.")
    for path in order.pictures.values():
        style_picture(path)
    content_pictures(order.content)
    if order.base:
        _check_base(order.base)
    if order.vgg and not order.vgg.is_file():
        raise StyleError("there is no file of VGG-19", where=str(order.vgg))
    _make_folder(order.out)


def outputs(order: Order) -> Iterator[Path]:
    """Every file that an order makes and that must not be there yet."""
    yield from (order.out / f"{name}.safetensors" for name in order.names)
    yield from (order.out / f"{name}.toml" for name in order.pictures)


def _check_name(name: str) -> None:
    if safe_name(name) != name or is_style_path(name):
        raise UsageError(
            "cannot be the name of a style: it becomes a file's name on every system",
            where=repr(name),
            hint=f"Call it {safe_name(name).partition('.')[0]!r}, for instance.",
        )


def _check_base(path: Path) -> None:
    try:
        read_record(path)
    except StyleError as error:
        hint = "Give --base a style that was trained by StyleReel; other checkpoints cannot be built upon."
        raise StyleError(f"no style to start from: {error.what}", where=str(path), hint=hint) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot be the folder for styles: {error.strerror or error}",
            where=str(folder),
            hint="Choose another folder with --out.",
        ) from error
