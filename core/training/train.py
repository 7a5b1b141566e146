"""From style pictures to style files on a shelf. Knows the order of things, not how a net is fitted."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from ..errors import StyleError, StyleReelError
from ..lock import held
from ..nets.dialled import KNOTS, Style
from ..nets.files import load_style, write_base, write_new, write_style
from ..nets.reel import ReelNet
from ..nets.shelf import StyleRecord, read_record
from ..nets.shelf import sha256 as file_sha256
from .checkpoint import Halt, Ordered, drop_checkpoint, read_checkpoint, write_checkpoint
from .crops import Crops, as_tensor
from .fit import Fit, Looks, Progress, lesson, start_from
from .losses import Vgg, grams, load_vgg
from .nearest import nearest
from .order import Order, check_order
from .pictures import content_pictures, picture_beside, some_pictures, style_picture
from .prepare import Prepared, prepared
from .pull import pulls_of
from .sheet import TILE, draw_sheet, tile

_KEPT_EVERY = 25  # steps
_SHEET_FIRST, _SHEET_EVERY = 10.0, 30.0  # seconds
_SHEET_SHARE = 0.1  # of the time, at most
_SAMPLES, _MEASURED = 4, 8  # pictures on the sheet; pictures that pulls are measured by
_STYLE_WEIGHT = "3e10"  # what a new preset wears: clearly the style, and the picture still to be read


def train(
    order: Order,
    device: torch.device,
    report: Callable[[Progress], None],
    stop: Callable[[], bool] = lambda: False,
) -> list[Path]:
    """Trains and writes `NAME.safetensors`, its preset `NAME.toml` and what it learnt from, `NAME.png`.

    The base is written too where it is new. Returns the style files; none where `stop`, asked after
    every step, ended it. Then, and wherever the process ends on its way, the same order goes on where
    it was, to the same result (on the CPU bit for bit). A sheet of what the styles look like so far
    grows beside them (`NAME_sheet.png`).

    Everything that can be wrong with an order is raised before the first step: what `check_order`
    raises, StyleError where content, base or VGG cannot be loaded, and OutputError where an unfinished
    training of this name had another order.
    """
    check_order(order)
    with _alone(order), _within_memory(device):
        return _Studio(order, device).work(report, stop)


@contextmanager
def _alone(order: Order) -> Iterator[None]:
    name = f".{order.title}.lock"
    with held(order.out, name, "training this style"):
        yield
        with suppress(OSError):
            (order.out / name).unlink()


@contextmanager
def _within_memory(device: torch.device) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and "allocate memory" not in str(error):
            raise
        hint = "Free memory there, or train with --device cpu; the same command goes on."
        raise StyleReelError("the training does not fit into memory", where=str(device), hint=hint) from error


class _Studio:
    """What a training works with, loaded once."""

    def __init__(self, order: Order, device: torch.device) -> None:
        self.device = device
        self.content = content_pictures(*order.content)
        self.samples = some_pictures(self.content, _SAMPLES, TILE)
        self.learnt = [prepared(path, order.preparation) for path in order.pictures.values()]
        vgg = load_vgg(order.vgg).to(device).to(memory_format=torch.channels_last)
        with torch.no_grad():
            targets = [vgg(as_tensor(one.pixels)[None].to(device)) for one in self.learnt]
            self.order = order = _begun(order, grams(targets[0]), vgg, device)
        self.pulls = order.pulls or pulls_of(targets, _squares(self.content).to(device), vgg)
        crops = Crops(self.content, order.recipe.size)
        taught = lesson(targets, self.pulls, crops, vgg)
        looks = _start(order).to(device).to(memory_format=torch.channels_last)
        self.fit = Fit(looks, taught, order.recipe)
        self.ordered = _ordered(order, self.learnt, self.pulls, self.content)

    def work(self, report: Callable[[Progress], None], stop: Callable[[], bool]) -> list[Path]:
        """Trains to the end, or until it is stopped."""
        self._take_up()
        due = time.monotonic() + _SHEET_FIRST
        for progress in self.fit.steps():
            report(progress)
            last = progress.step == self.order.recipe.steps
            if (stopped := stop() and not last) or last or progress.step % _KEPT_EVERY == 0:
                self._keep()
            if stopped:
                return []
            if time.monotonic() >= due and not last:
                due = self._show()
        self._show()
        return self._finish()

    def _take_up(self) -> None:
        """Goes on from the checkpoint; where there is none, makes one: the names are taken from now on."""
        halt = read_checkpoint(self.order.checkpoint, self.ordered)
        if halt is None:
            self._keep()
        else:
            try:
                self.fit.restore(halt.step, halt.tensors)
            except ValueError as error:
                hint = "Delete it to begin anew, or choose another --name."
                where = str(self.order.checkpoint)
                raise StyleError(f"cannot be gone on with: {error}", where=where, hint=hint) from error
        for name, one in zip(self.order.pictures, self.learnt, strict=True):
            if not self.order.lies_there(name):
                write_new(self.order.learnt(name), _png(one.pixels))

    def _keep(self) -> None:
        write_checkpoint(self.order.checkpoint, self.ordered, Halt(self.fit.step, self.fit.state()))

    def _show(self) -> float:
        """Draws the sheet; when the next one is due."""
        began = time.monotonic()
        caption = f"step {self.fit.step} of {self.order.recipe.steps}"
        pictures = [one.pixels for one in self.learnt]
        draw_sheet(self.order.sheet, self._styles(), pictures, self.samples, caption)
        took = time.monotonic() - began
        return time.monotonic() + max(_SHEET_EVERY, took / _SHEET_SHARE)

    def _styles(self) -> list[Style]:
        looks = self.fit.result
        knots = zip(self.order.pictures, looks.gamma.detach(), looks.beta.detach(), strict=True)
        return [Style(name, looks.net, gamma, beta) for name, gamma, beta in knots]

    def _finish(self) -> list[Path]:
        """Writes base, styles and presets; only then the checkpoint goes."""
        order = self.order
        base = _base(order, self.fit.result)
        written = []
        made = zip(self._styles(), self.pulls, self.learnt, order.licences, strict=True)
        for style, pull, one, licence in made:
            picture = order.pictures[style.name]
            record = _record(order, self.content, pull, one)
            entry = StyleRecord(style.name, base, licence, picture.name, file_sha256(picture), record)
            written.append(order.out / f"{style.name}.safetensors")
            write_style(written[-1], style.gamma, style.beta, entry)
            write_new(order.out / f"{style.name}.toml", _preset(style.name, picture, licence).encode())
        drop_checkpoint(order.checkpoint)
        return written


def _begun(order: Order, target: list[Tensor], vgg: Vgg, device: torch.device) -> Order:
    """The order with its base: that which it names, or that of its starts that is the nearest to `target`."""
    if order.base or not order.starts:
        return order
    found = [picture_beside(start) for start in order.starts]
    pictures = [as_tensor(style_picture(one))[None].to(device) if one else None for one in found]
    manners = [[] if one is None else grams(vgg(one)) for one in pictures]
    return replace(order, base=order.starts[nearest(target, manners)])


def _start(order: Order) -> Looks:
    count = len(order.pictures)
    if order.base is None:
        torch.manual_seed(order.recipe.seed)
        return Looks(ReelNet(16), count)
    start = load_style(order.base, order.folders)
    return start_from(start.net, start.gamma, start.beta, count)


def _base(order: Order, looks: Looks) -> str:
    """The SHA-256 of the styles' base, which is written where it is new."""
    if order.base and not order.new_base:
        return read_record(order.base).base
    path = order.out / f"{order.new_base}.safetensors"
    return write_base(path, looks.net, {"name": order.new_base})


def _squares(content: list[Path]) -> Tensor:
    """Pictures from all over the content, (B, 3, 256, 256)."""
    pictures = some_pictures(content, _MEASURED, TILE)
    return torch.stack([as_tensor(np.ascontiguousarray(tile(one))) for one in pictures])


def _ordered(
    order: Order, learnt: Sequence[Prepared], pulls: Sequence[float], content: list[Path]
) -> Ordered:
    """What decides the result of an order, with the words of the command line where it has some."""
    return {
        **asdict(order.recipe),
        "pictures": {
            name: _hash(one.pixels.tobytes())[:12] for name, one in zip(order.pictures, learnt, strict=True)
        },
        "pull": list(pulls),
        "content": _content_hash(content),
        "base": file_sha256(order.base) if order.base else "",
        "new base": order.new_base,
        "vgg": _vgg(order),
    }


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _content_hash(content: list[Path]) -> str:
    return _hash("\n".join(path.name for path in content).encode())


def _vgg(order: Order) -> str:
    return file_sha256(order.vgg) if order.vgg else "torchvision VGG19_Weights.IMAGENET1K_V1"


def _png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(pixels[:, :, ::-1]))[1].tobytes()


def _preset(name: str, picture: Path, licence: str) -> str:
    """The TOML of a preset that wears a new style."""
    values = {"title": f"Trained on {picture.name}", "licence": licence, "style": name}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join((*lines, f"style_weight = {_STYLE_WEIGHT}", ""))


def _record(order: Order, content: list[Path], pull: float, learnt: Prepared) -> dict[str, object]:
    return {
        "recipe": asdict(order.recipe),
        "pull": pull,
        "crop": learnt.crop,
        "prepared": "cut-and-paste" if order.preparation.cut_and_paste else "",
        "learnt_from_sha256": _hash(_png(learnt.pixels)),
        "started_from": read_record(order.base).name if order.base else "",
        "started_from_base": read_record(order.base).base if order.base else "",
        "knots": list(KNOTS),
        "pictures": sorted(path.name for path in order.pictures.values()),
        "content_pictures": len(content),
        "content_names_sha256": _content_hash(content),
        "held_out": "kodim*, and every fifth other picture by name",
        "vgg_sha256": _vgg(order),
        "torch": torch.__version__,
        "numpy": np.__version__,
    }
