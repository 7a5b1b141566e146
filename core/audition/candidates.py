"""Makes candidates: of style files and borrowed nets as they are, of pictures by a short rehearsal.

A rehearsal fits γ and β for a few dozen steps on the samples themselves: not yet the style that
`train` makes, but enough to see where it goes. Knows nothing of shelves or of command lines.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from ..errors import StyleError
from ..nets.dialled import Painter, Style
from ..nets.files import load_painter
from ..nets.shelf import is_style, read_record
from ..training.crops import Crops, as_tensor
from ..training.doubts import doubts
from ..training.fit import Fit, Progress, lesson, start_from
from ..training.losses import Vgg, grams
from ..training.nearest import nearest
from ..training.order import NEW_STYLE
from ..training.pictures import picture_beside, style_picture
from ..training.pull import pulls_of
from .judging import Candidate, as_picture
from .measures import manner, square
from .samples import Sample

BORROWED_WEIGHT = 1e10  # what a net from elsewhere counts as
_FRAMES = 6  # of a clip, that are learnt from

Tell = Callable[[Progress], None]


def style_candidate(
    name: str,
    path: Path,
    weights: Sequence[float],
    folders: tuple[Path, ...],
    device: torch.device,
    vgg: Vgg | None,
) -> Candidate:
    """A style file or a borrowed net, measured against its manner or the picture beside it, by its name.

    A net of one strength is tried no stronger than that. Raises StyleError where the file cannot be
    loaded, and for ONNX nets, which a preset has to declare.
    """
    if path.suffix.lower() == ".onnx":
        what = "an audition cannot know which values an ONNX net takes; a preset says that, in a render"
        raise StyleError(what, where=str(path))
    painter = load_painter(path, folders, BORROWED_WEIGHT).on(device)
    found = picture_beside(path)
    if path.suffix.lower() == ".safetensors" and is_style(path):
        record = read_record(path)
        about, tried = f"from {record.picture}, {record.licence}", tuple(weights)
    else:
        about = "a borrowed net: one strength, weaker is a blend with the source"
        tried = tuple(one for one in weights if one <= BORROWED_WEIGHT) or (BORROWED_WEIGHT,)
    target = _target(painter, found, vgg, device) if vgg else []
    picture = style_picture(found) if found else None
    return Candidate(name, painter, tried, about, list(target) or None, picture)


def _target(painter: Painter, picture: Path | None, vgg: Vgg, device: torch.device) -> Sequence[Tensor]:
    known = painter.manner if isinstance(painter, Style) else ()
    return known or (manner(vgg, picture, device) if picture else ())


@dataclass(frozen=True)
class Rehearsal:
    """How pictures are tried: for so many steps, on samples, judged by `vgg` on `device`.

    Each picture starts from the one of `starts` that is the nearest to it.
    """

    starts: Sequence[Style]
    steps: int
    samples: Sequence[Sample]
    vgg: Vgg
    device: torch.device

    def candidate(
        self, name: str, path: Path, weights: Sequence[float], tell: Tell, stop: Callable[[], bool]
    ) -> Candidate | None:
        """A style picture after a rehearsal; None where `stop`, asked after every step, ended it.

        Raises StyleError where the picture cannot be a style's.
        """
        pixels = style_picture(path)
        with torch.no_grad():
            target = self.vgg(as_tensor(pixels)[None].to(self.device))
        with tempfile.TemporaryDirectory(prefix="stylereel") as folder:
            content = _written(self.samples, Path(folder))
            squares = torch.cat([square(sample.middle) for sample in self.samples]).to(self.device)
            pulls = pulls_of([target], squares, self.vgg, NEW_STYLE.insistence)
            taught = lesson([grams(target)], pulls, Crops(content, NEW_STYLE.size), self.vgg)
            start = nearest(self.starts, grams(target))
            looks = start_from([start]).to(self.device)
            fit = Fit(looks, taught, NEW_STYLE.lasting(self.steps))
            for progress in fit.steps():
                tell(progress)
                if stop():
                    return None
        style = Style(name, fit.result.net, fit.result.gamma[0].detach(), fit.result.beta[0].detach())
        about = f"a picture, rehearsed for {self.steps} steps from {start.name}"
        return Candidate(
            name, style, tuple(weights), about, grams(target), pixels, tuple(doubts(path, pixels))
        )


def _written(samples: Sequence[Sample], folder: Path) -> list[Path]:
    """Frames of the samples as files, that crops are taken of."""
    paths = []
    for number, sample in enumerate(samples):
        for at, frame in enumerate(sample.frames[:: max(1, len(sample.frames) // _FRAMES)]):
            path = folder / f"{number:02}_{at:02}.png"
            done, content = cv2.imencode(".png", np.ascontiguousarray(as_picture(frame)[:, :, ::-1]))
            assert done  # of a plain array in memory
            path.write_bytes(content.tobytes())
            paths.append(path)
    return paths
