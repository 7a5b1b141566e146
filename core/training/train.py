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
from ..nets.dialled import KNOTS, Style, spread
from ..nets.files import load_style, write_base, write_new, write_style
from ..nets.reel import ReelNet
from ..nets.shelf import StyleRecord
from ..nets.shelf import sha256 as file_sha256
from .checkpoint import Halt, Ordered, drop_checkpoint, read_checkpoint, write_checkpoint
from .crops import Crops, as_tensor
from .evenness import evened
from .fit import Fit, Looks, Progress, lesson, start_from
from .losses import grams, load_vgg
from .nearest import nearest
from .order import Order, check_order
from .pictures import content_pictures, some_pictures
from .prepare import prepared
from .pull import pulls_of
from .sheet import TILE, draw_sheet, tile
from .thumbnail import thumbnail

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
    scene: Sequence[np.ndarray] = (),
) -> list[Path]:
    """Trains and writes `NAME.safetensors`, its preset `NAME.toml` and what it learnt from, `NAME.png`.

    A thumbnail (`NAME_thumbnail.jpg`) shows the pictures of `scene`, (H, W, 3) uint8 RGB, in the style.

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
        return _Studio(order, device).work(report, stop, scene)


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
        self.order, self.device = order, device
        self.content = content_pictures(*order.content)
        self.samples = some_pictures(self.content, _SAMPLES, TILE)
        self.learnt = [prepared(path, order.preparation) for path in order.pictures.values()]
        vgg = load_vgg(order.vgg).to(device).to(memory_format=torch.channels_last)
        with torch.no_grad():
            targets = [vgg(as_tensor(one.pixels)[None].to(device)) for one in self.learnt]
        self.photographs, insistence = _squares(self.content).to(device), order.recipe.insistence
        self.pulls = order.pulls or pulls_of(targets, self.photographs, vgg, insistence)
        crops = Crops(self.content, order.recipe.size)
        self.manners = [grams(features) for features in targets]
        taught = lesson(self.manners, self.pulls, crops, vgg)
        self.starts = _starts(order, self.manners)
        looks = _looks(order, [style for _, style in self.starts])
        self.fit = Fit(looks.to(device).to(memory_format=torch.channels_last), taught, order.recipe)
        self.ordered = _ordered(self)

    def work(
        self, report: Callable[[Progress], None], stop: Callable[[], bool], scene: Sequence[np.ndarray]
    ) -> list[Path]:
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
        return self._finish(scene)

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

    def _styles(self, base: str = "") -> list[Style]:
        looks = self.fit.result
        knots = looks.gamma.detach(), looks.beta.detach(), self.manners
        rows = zip(self.order.pictures, *knots, strict=True)
        return [Style(name, looks.net, gamma, beta, base, manner) for name, gamma, beta, manner in rows]

    def _finish(self, scene: Sequence[np.ndarray]) -> list[Path]:
        """Writes base, styles, thumbnails and presets; only then the checkpoint goes."""
        order = self.order
        written = []
        for at, learnt in enumerate(self._styles(_base(order, self.fit.result, self.starts))):
            knots = (spread(one, order.recipe.dial) for one in (learnt.gamma, learnt.beta))
            style = replace(learnt, **dict(zip(("gamma", "beta"), knots, strict=True)))
            style = evened(style, self.photographs[:_SAMPLES])
            picture, licence = order.pictures[style.name], order.licences[at]
            record = self._record(at)
            entry = StyleRecord(style.name, style.base, licence, picture.name, file_sha256(picture), record)
            written.append(order.out / f"{style.name}.safetensors")
            write_style(written[-1], style, entry)
            if scene:
                shown = thumbnail(style, scene, float(_STYLE_WEIGHT))
                write_new(order.thumbnail(style.name), shown)
            write_new(order.out / f"{style.name}.toml", _preset(style.name, picture, licence).encode())
        drop_checkpoint(order.checkpoint)
        return written

    def _record(self, at: int) -> dict[str, object]:
        """How a style was made: the `at`th of the order."""
        order, learnt = self.order, self.learnt[at]
        return {
            "recipe": asdict(order.recipe),
            "pull": self.pulls[at],
            "crop": learnt.crop,
            "prepared": "cut-and-paste" if order.preparation.cut_and_paste else "",
            "learnt_from_sha256": _hash(_png(learnt.pixels)),
            "started_from": self.starts[at][1].name if self.starts else "",
            "started_from_base": self.starts[at][1].base if self.starts else "",
            "knots": list(KNOTS),
            "pictures": sorted(path.name for path in order.pictures.values()),
            "content_pictures": len(self.content),
            "content_names_sha256": _content_hash(self.content),
            "held_out": "kodim*, and every fifth other picture by name",
            "vgg_sha256": _vgg(order),
            "torch": torch.__version__,
            "numpy": np.__version__,
        }


def _starts(order: Order, manners: Sequence[Sequence[Tensor]]) -> list[tuple[Path, Style]]:
    """The style that each picture starts from, with its file; none where all begins from scratch."""
    loaded = [(path, load_style(path, order.folders)) for path in order.starts]
    found = [nearest([style for _, style in loaded], manner) for manner in manners if loaded]
    return [(path, style) for one in found for path, style in loaded if style is one]


def _looks(order: Order, starts: Sequence[Style]) -> Looks:
    if starts:
        return start_from(starts)
    torch.manual_seed(order.recipe.seed)
    return Looks(ReelNet(16), len(order.pictures))


def _base(order: Order, looks: Looks, starts: Sequence[tuple[Path, Style]]) -> str:
    """The SHA-256 of the styles' base, which is written where it is new."""
    if not order.new_base:
        return starts[0][1].base
    path = order.out / f"{order.new_base}.safetensors"
    return write_base(path, looks.net, {"name": order.new_base})


def _squares(content: list[Path]) -> Tensor:
    """Pictures from all over the content, (B, 3, 256, 256)."""
    pictures = some_pictures(content, _MEASURED, TILE)
    return torch.stack([as_tensor(np.ascontiguousarray(tile(one))) for one in pictures])


def _ordered(studio: _Studio) -> Ordered:
    """What decides the result of an order, with the words of the command line where it has some."""
    order = studio.order
    learnt = zip(order.pictures, studio.learnt, strict=True)
    return {
        **asdict(order.recipe),
        "pictures": {name: _hash(one.pixels.tobytes())[:12] for name, one in learnt},
        "pull": list(studio.pulls),
        "content": _content_hash(studio.content),
        "base": [file_sha256(path) for path, _ in studio.starts],
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
