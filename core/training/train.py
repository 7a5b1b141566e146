"""From style pictures to style files on a shelf. Knows the order of things, not how a net is fitted."""

import json
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from ..nets.dialled import KNOTS, Style
from ..nets.files import load_style, write_base, write_new, write_style
from ..nets.reel import ReelNet
from ..nets.shelf import StyleRecord, read_record
from ..nets.shelf import sha256 as file_sha256
from .crops import Crops, as_tensor
from .fit import Looks, Progress, fit, start_from
from .losses import load_vgg
from .order import Order, check_order
from .pictures import content_pictures, some_pictures, style_picture
from .sheet import TILE, draw_sheet

_SHEET_EVERY = 200
_STYLE_WEIGHT = "3e10"  # what a new preset wears: clearly the style, and the picture still to be read


def train(order: Order, device: torch.device, report: Callable[[Progress], None]) -> list[Path]:
    """Trains and writes `out/NAME.safetensors` and its preset `out/NAME.toml` for every picture.

    The base is written too where it is new. Returns the style files. A sheet of what the styles look
    like so far grows beside them (`NAME_sheet.png`). Everything that can be wrong with an order is
    raised before the first step: what `check_order` raises, and StyleError where the base or VGG
    cannot be loaded.
    """
    check_order(order)
    pictures = [as_tensor(style_picture(path)) for path in order.pictures.values()]
    content = content_pictures(order.content)
    samples = some_pictures(content, 4, TILE)
    vgg = load_vgg(order.vgg).to(device).to(memory_format=torch.channels_last)
    start = load_style(order.base, order.folders) if order.base else None
    looks = start_from(start.net, start.gamma, start.beta) if start else _new_looks(order)
    looks = looks.to(device).to(memory_format=torch.channels_last)
    with torch.no_grad():
        targets = [vgg(picture[None].to(device)) for picture in pictures]
    crops = Crops(content, order.recipe.size, order.recipe.seed)
    sheet = order.out / f"{order.new_base or next(iter(order.pictures))}_sheet.png"
    fitted = looks
    for progress, fitted in fit(looks, targets, crops, vgg, order.recipe):
        report(progress)
        if progress.step % _SHEET_EVERY == 0 or progress.step == order.recipe.steps:
            draw_sheet(sheet, _styles(order, fitted), samples)
    return _write(order, fitted, content)


def _new_looks(order: Order) -> Looks:
    torch.manual_seed(order.recipe.seed)
    return Looks(ReelNet(16), len(order.pictures))


def _styles(order: Order, looks: Looks) -> list[Style]:
    knots = zip(order.pictures, looks.gamma.detach(), looks.beta.detach(), strict=True)
    return [Style(name, looks.net, gamma, beta) for name, gamma, beta in knots]


def _write(order: Order, looks: Looks, content: list[Path]) -> list[Path]:
    base_path = order.out / f"{order.new_base}.safetensors"
    base = (
        read_record(order.base).base
        if order.base
        else write_base(base_path, looks.net, {"name": order.new_base})
    )
    written = []
    for style in _styles(order, looks):
        picture = order.pictures[style.name]
        record = StyleRecord(
            style.name, base, order.licence, picture.name, file_sha256(picture), _record(order, content)
        )
        written.append(order.out / f"{style.name}.safetensors")
        write_style(written[-1], style.gamma, style.beta, record)
        write_new(order.out / f"{style.name}.toml", _preset(style.name, picture, order.licence).encode())
    return written


def _preset(name: str, picture: Path, licence: str) -> str:
    """The TOML of a preset that wears a new style."""
    values = {"title": f"Trained on {picture.name}", "licence": licence, "style": name}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join((*lines, f"style_weight = {_STYLE_WEIGHT}", ""))


def _record(order: Order, content: list[Path]) -> dict[str, object]:
    names = "\n".join(path.relative_to(order.content).as_posix() for path in content)
    return {
        "recipe": asdict(order.recipe),
        "knots": list(KNOTS),
        "pictures": sorted(path.name for path in order.pictures.values()),
        "content_pictures": len(content),
        "content_names_sha256": sha256(names.encode()).hexdigest(),
        "held_out": "kodim*, and every fifth other picture by name",
        "vgg_sha256": file_sha256(order.vgg) if order.vgg else "torchvision VGG19_Weights.IMAGENET1K_V1",
        "torch": torch.__version__,
        "numpy": np.__version__,
    }
