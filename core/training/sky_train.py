"""From pictures and a teacher to a sky net's file. Knows the order of things, not how a net is fitted."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import torch

from ..errors import OutputError, StyleError
from ..lock import held
from ..mattes.sky_net import KIND, SkyNet, load_sky_net
from ..nets.files import packed, write_new
from ..nets.shelf import FORMAT
from ..nets.shelf import sha256 as sha256_of
from .checkpoint import Halt, Ordered, drop_checkpoint, read_checkpoint, write_checkpoint
from .pictures import content_pictures
from .sky_fit import SkyFit, SkyProgress, SkyRecipe
from .sky_lessons import Lesson, lessons
from .sky_pages import pages
from .sky_teacher import Teacher

_KEPT_EVERY = 50  # steps


@dataclass(frozen=True, slots=True)
class SkyOrder:
    """What is to be trained: folders of pictures, the teacher's file, and where everything goes.

    `kept` is the folder of the teacher's mattes; `without` are globs of pictures that show no sky; `start` is
    the file of a net that learns on, else a new one does; of what it learns a `share` is taken, 0 … 1: both
    nets' weights are mixed so, which keeps what the first one knew (Wortsman et al. 2022).
    """

    content: tuple[Path, ...]
    teacher: Path
    out: Path
    kept: Path
    recipe: SkyRecipe
    without: tuple[str, ...] = ()
    start: Path | None = None
    share: float = 1.0

    @property
    def checkpoint(self) -> Path:
        """Where an unfinished training lies."""
        return self.out.with_suffix(".training")


def train_sky(
    order: SkyOrder,
    device: torch.device,
    looked: Callable[[int, int], None],
    report: Callable[[SkyProgress], None],
    stop: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Trains and writes the net's file; None where `stop`, asked after every picture and step, ended it.

    `looked` hears how many pictures of how many the teacher has seen. The same order goes on where it
    stopped. `kodim*` and every fifth other picture of a folder are held out. Raises what `check_sky_order`
    raises, OutputError where an unfinished training had another order, and StyleError where the pictures
    cannot be used.
    """
    teacher, start = check_sky_order(order)
    with _alone(order):
        paths = content_pictures(*order.content)
        taught = lessons(paths, teacher, order.kept, order.without, looked, stop)
        if stop():
            return None
        if not any(one.share for one in taught):
            raise StyleError("the teacher sees no sky in any of the pictures", where=str(order.teacher))
        taught += pages()
        ordered = _ordered(order, teacher, taught)
        fit = SkyFit(taught, order.recipe, device, start)
        return _finished(order, ordered, fit, start) if _fitted(order, ordered, fit, report, stop) else None


def check_sky_order(order: SkyOrder) -> tuple[Teacher, SkyNet | None]:
    """The teacher, and the net that learns on, if one does; its content is not looked at.

    Raises OutputError where another file lies in the way, StyleError where one of both cannot be loaded.
    """
    if order.out.exists():
        raise OutputError("there is a file already", where=str(order.out), hint="Choose another --out.")
    return Teacher(order.teacher), load_sky_net(order.start) if order.start else None


@contextmanager
def _alone(order: SkyOrder) -> Iterator[None]:
    name = f".{order.out.stem}.lock"
    with held(order.out.parent, name, "training this net"):
        yield
        with suppress(OSError):
            (order.out.parent / name).unlink()


def _fitted(
    order: SkyOrder,
    ordered: Ordered,
    fit: SkyFit,
    report: Callable[[SkyProgress], None],
    stop: Callable[[], bool],
) -> bool:
    """Trains on from the checkpoint, if there is one; whether it came to the end."""
    if halt := read_checkpoint(order.checkpoint, ordered):
        try:
            fit.restore(halt.step, halt.tensors)
        except ValueError as error:
            where = str(order.checkpoint)
            raise StyleError(f"cannot be gone on with: {error}", where=where, hint="Delete it.") from error
    for progress in fit.steps():
        report(progress)
        stopped = stop() and progress.step < order.recipe.steps
        if stopped or progress.step % _KEPT_EVERY == 0 or progress.step == order.recipe.steps:
            write_checkpoint(order.checkpoint, ordered, Halt(fit.step, fit.state()))
        if stopped:
            return False
    return True


def _finished(order: SkyOrder, ordered: Ordered, fit: SkyFit, start: SkyNet | None) -> Path:
    tensors = {name: tensor.half().contiguous() for name, tensor in fit.result().state_dict().items()}
    if start:
        tensors = {name: _mixed(one, tensors[name], order.share) for name, one in start.state_dict().items()}
    record = {
        **ordered,
        "held_out": "kodim*, and every fifth other picture by name",
        "torch": torch.__version__,
    }
    told = {
        "format": FORMAT,
        "kind": KIND,
        "licence": "Apache-2.0",
        "training": json.dumps(record, sort_keys=True),
    }
    write_new(order.out, packed(tensors, told))
    drop_checkpoint(order.checkpoint)
    return order.out


def _mixed(first: torch.Tensor, second: torch.Tensor, share: float) -> torch.Tensor:
    """A share of the second of two tensors and the rest of the first, as halves.

    As the net that ships was made: `torch.lerp` rounds otherwise.
    """
    return (first.float() + share * (second.float() - first.float())).half().contiguous()


def _ordered(order: SkyOrder, teacher: Teacher, taught: Sequence[Lesson]) -> Ordered:
    """What decides the result of an order."""
    digest = sha256()
    for one in taught:
        digest.update(one.pixels.tobytes() + one.sky.tobytes())
    skies = sum(one.share > 0.02 for one in taught)
    return {
        **asdict(order.recipe),
        "lessons": len(taught),
        "with sky": skies,
        "without": list(order.without),
        "lessons_sha256": digest.hexdigest(),
        "teacher_sha256": teacher.key,
        **({"share": order.share, "start_sha256": sha256_of(order.start)} if order.start else {}),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
    }
