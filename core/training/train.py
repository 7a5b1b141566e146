"""From style pictures to style files on a shelf. Knows the order of things, not how a net is fitted."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from ..errors import OutputError
from ..nets.dialled import KNOTS, Style
from ..nets.files import load_style, write_base, write_style
from ..nets.reel import ReelNet
from ..nets.shelf import StyleRecord, read_record
from ..nets.shelf import sha256 as file_sha256
from .fit import Looks, Progress, Recipe, fit, start_from
from .losses import load_vgg
from .pictures import Crops, content_pictures, style_picture
from .sheet import draw_sheet

NEW_BASE = Recipe(steps=3600, affine_rate=1e-2, net_rate=2e-3)
NEW_STYLE = Recipe(steps=300, affine_rate=1e-2)
_SHEET_EVERY = 200


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained: pictures by the names of their styles, and where everything lies.

    Without `base` (a style file on the base to start from) a new base is trained over all pictures.
    """

    pictures: dict[str, Path]
    content: Path
    out: Path
    recipe: Recipe
    licence: str
    base: Path | None = None
    new_base: str = ""
    vgg: Path | None = None


def train(order: Order, device: torch.device, report: Callable[[Progress], None]) -> list[Path]:
    """Trains and writes `out/NAME.safetensors` for every picture, and the base where it is new.

    A sheet of what the styles look like so far grows beside them (`NAME_sheet.png`). Everything that
    can be wrong with pictures, content and VGG is raised before the first step.
    """
    _check_free(order)
    pictures = [style_picture(path) for path in order.pictures.values()]
    content = content_pictures(order.content)
    vgg = load_vgg(order.vgg).to(device).to(memory_format=torch.channels_last)
    start = load_style(order.base) if order.base else None
    looks = start_from(start.net, start.gamma, start.beta) if start else _new_looks(order)
    looks = looks.to(device).to(memory_format=torch.channels_last)
    with torch.no_grad():
        targets = [vgg(picture[None].to(device)) for picture in pictures]
    crops = Crops(content, order.recipe.size, order.recipe.seed)
    order.out.mkdir(parents=True, exist_ok=True)
    sheet = order.out / f"{order.new_base or next(iter(order.pictures))}_sheet.png"
    fitted = looks
    for progress, fitted in fit(looks, targets, crops, vgg, order.recipe):
        report(progress)
        if progress.step % _SHEET_EVERY == 0 or progress.step == order.recipe.steps:
            draw_sheet(sheet, _styles(order, fitted), content[:: max(1, len(content) // 4)][:4])
    return _write(order, fitted, content)


def _check_free(order: Order) -> None:
    for name in (*order.pictures, *([order.new_base] if order.new_base else ())):
        if (path := order.out / f"{name}.safetensors").exists():
            raise OutputError("the file is there already", where=str(path), hint="Choose another name.")


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
    return written


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
