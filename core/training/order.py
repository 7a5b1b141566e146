"""What is to be trained, and everything that can be wrong with it before a net is loaded.

Knows names, paths and what lies there. Never imports torch, knows nothing of how a style is fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import OutputError, StyleError, UsageError
from ..layers import THUMBNAIL, is_style_path
from ..naming import safe_name
from ..nets.shelf import read_record
from .prepare import Preparation, prepared

PULLS = (0.1, 20.0)  # the range of factors on the style's share of the loss


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long, and how fast γ and β learn; the net's own weights stay as they are at `net_rate` 0.

    `dial` is the share of what was learnt along the dial that is spread over all of it in the end.
    `insistence` multiplies pulls that are measured: a style that learns for minutes comes a shorter way to
    its picture's manner than the base's own did in hours, and a style weight shall look as strong in either.
    """

    steps: int
    affine_rate: float
    net_rate: float = 0.0
    batch: int = 2
    size: int = 160
    steadiness: float = 0.01
    seed: int = 1
    dial: float = 1.0
    insistence: float = 1.0

    def lasting(self, steps: int) -> "Recipe":
        """The same recipe for another number of steps."""
        return replace(self, steps=steps)


NEW_BASE = Recipe(steps=6000, affine_rate=1e-2, net_rate=2e-3)
NEW_STYLE = Recipe(steps=240, affine_rate=6e-2, insistence=2.0)
WHOLE_NET = Recipe(steps=720, affine_rate=3e-2, net_rate=1e-3, insistence=2.0)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained: pictures by the names of their styles, and where everything lies.

    `starts` are style files on one base: every picture starts from the one that is nearest to it; without
    them all begins from scratch. With `new_base` the net's weights are learnt too and written under that
    name; without it the base stays as it is. The base's own net is looked for beside a start, then in
    `folders`. `licences` has one for each picture. `content` are folders of pictures to train on. `pulls`
    has a factor on the style's share of the loss for each picture; without it, it is measured (`pulls_of`).
    """

    pictures: dict[str, Path]
    content: tuple[Path, ...]
    out: Path
    recipe: Recipe
    licences: tuple[str, ...]
    starts: tuple[Path, ...] = ()
    new_base: str = ""
    vgg: Path | None = None
    folders: tuple[Path, ...] = ()
    pulls: tuple[float, ...] = ()
    preparation: Preparation = field(default_factory=Preparation)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files to come, the new base's the last."""
        return (*self.pictures, *([self.new_base] if self.new_base else ()))

    @property
    def title(self) -> str:
        """What the run is called: its style, or the base that several share."""
        shared = len(self.pictures) > 1 and self.new_base
        return shared or next(iter(self.pictures))

    @property
    def sheet(self) -> Path:
        """The picture that shows what the styles look like so far."""
        return self.out / f"{self.title}_sheet.png"

    def learnt(self, name: str) -> Path:
        """Where the picture lies that a style learns from: beside it, be it the given one or a copy."""
        return self.out / f"{name}.png"

    def thumbnail(self, name: str) -> Path:
        """Where the picture of what a style does lies beside it."""
        return self.out / f"{name}{THUMBNAIL}"

    def lies_there(self, name: str) -> bool:
        """Whether the given picture is itself what lies beside the style, so that it needs no copy."""
        place, given = self.learnt(name), self.pictures[name]
        return self.preparation == Preparation() and place.exists() and place.samefile(given)

    @property
    def checkpoint(self) -> Path:
        """Where an unfinished training is kept."""
        return self.out / f"{self.title}.training"


def check_order(order: Order) -> None:
    """Makes the output folder and raises what is wrong with an order, but for its content.

    UsageError for names, pulls and crops, OutputError for the folder and what lies in it, StyleError
    for pictures, base and VGG. What an unfinished training of this name wrote may lie there.
    """
    for name in order.names:
        _check_name(name)
    if len({name.casefold() for name in order.names}) != len(order.names):
        raise UsageError(
            "every style, and the new base, needs a name of its own", where=", ".join(order.names)
        )
    for path in order.pictures.values():
        prepared(path, order.preparation)
    if not order.checkpoint.exists():
        for path in outputs(order):
            if path.exists():
                raise OutputError("the file is there already", where=str(path), hint="Choose another name.")
    _check_pulls(order)
    _check_net(order)
    if order.vgg and not order.vgg.is_file():
        raise StyleError("there is no file of VGG-19", where=str(order.vgg))
    _make_folder(order.out)


def outputs(order: Order) -> Iterator[Path]:
    """Every file that an order makes and that must not be there yet."""
    yield from (order.out / f"{name}.safetensors" for name in order.names)
    yield from (order.out / f"{name}.toml" for name in order.pictures)
    yield from map(order.thumbnail, order.pictures)
    yield from (order.learnt(name) for name in order.pictures if not order.lies_there(name))
    yield order.sheet


def _check_name(name: str) -> None:
    if safe_name(name) != name or is_style_path(name):
        raise UsageError(
            "cannot be the name of a style: it becomes a file's name on every system",
            where=repr(name),
            hint=f"Call it {safe_name(name).partition('.')[0]!r}, for instance.",
        )


def _check_pulls(order: Order) -> None:
    count = len(order.pictures)
    if order.pulls and len(order.pulls) != count:
        where = f"{count} pictures, {len(order.pulls)} pulls"
        raise UsageError("every picture needs a pull, or none has one", where=where)
    if len(order.licences) != count:
        where = f"{count} pictures, {len(order.licences)} licences"
        raise UsageError("every picture needs a licence", where=where)
    least, most = PULLS
    for pull in order.pulls:
        if not least <= pull <= most:
            raise UsageError(f"a pull lies between {least:g} and {most:g}", where=f"--pull {pull:g}")


def _check_net(order: Order) -> None:
    if bool(order.new_base) != (order.recipe.net_rate > 0):
        what = "a net's weights are learnt where a new base is written, and only there"
        raise UsageError(what, where=order.new_base or order.title)
    if not order.starts and not order.new_base:
        raise UsageError("nets from scratch need a name for their base", where=order.title)
    try:
        bases = {read_record(path).base for path in order.starts}
    except StyleError as error:
        hint = "Give --base a style that was trained by StyleReel; other checkpoints cannot be built upon."
        raise StyleError(f"no style to start from: {error.what}", where=error.where, hint=hint) from error
    if len(bases) > 1:
        where = ", ".join(path.stem for path in order.starts)
        raise StyleError("the styles to start from are on several base nets", where=where)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"cannot be the folder for styles: {error.strerror or error}",
            where=str(folder),
            hint="Choose another folder with --out.",
        ) from error
