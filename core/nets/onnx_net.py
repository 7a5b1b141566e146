"""ONNX nets as painters: any net that takes a picture and gives one of the same size.

Knows how a frame is brought to the size, order and values that a net wants, and back. A net is tried on
a small picture before it is taken. Knows nothing of what is inside it; libraries of operators are never
loaded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import dial
from ..errors import StyleError, StyleReelError
from ..preset import Net
from .dialled import Painter
from .memory import fits
from .onnx_file import OnnxFile, needed_bytes, other_size, read_onnx

_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and deviation of R, G, B on 0 … 1
_GRAINS = (1, 4, 8, 16, 32, 64, 128, 256)  # what a net's sides may have to be multiples of
_MARGIN = 64  # pixels beyond the edges of a sphere
_FLAT, _FAR = 1.0, 1500.0  # deviation and mean of a painted picture that are of another range


@dataclass(frozen=True, slots=True)
class Size:
    """What a net can take: frames of one size (width, height), or with sides that `grain` divides."""

    fixed: tuple[int, int] | None = None
    grain: int = 1


@dataclass(frozen=True)
class OnnxNet(Painter):
    """A net of one style weight, as `BorrowedNet` is: weaker is a blend with the source.

    A net of one size paints the frame at that size; frames that its grain does not divide are padded by
    reflection. On the sphere the frame goes on beyond its edges, by 64 pixels or more, and is cropped; its
    statistics, if it has any, are its own affair: they are not shared by two eyes, not weighed by latitude.
    """

    file: OnnxFile
    declared: Net
    size: Size
    session: Any = field(repr=False)
    trained_weight: float = 1e10

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`."""
        views = [self._round(view.clamp(0, 255), sphere) for view in pixels.split(1)]
        return torch.cat(views).clamp(0, 255)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return dial.share(style_weight, self.trained_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`; where onnxruntime knows no such device it runs on the CPU."""
        return replace(self, session=open_session(self.file.path, device))

    def _round(self, pixels: Tensor, sphere: bool) -> Tensor:
        width = pixels.shape[3]
        margin = max(_MARGIN, width // 8 if self.size.fixed else 0) if sphere else 0
        return self._fitted(_extended(pixels, 3, margin, margin, circular=True))[..., margin : margin + width]

    def _fitted(self, pixels: Tensor) -> Tensor:
        height, width = pixels.shape[-2:]
        if self.size.fixed:
            across, down = self.size.fixed
            return _resized(self._painted(_resized(pixels, down, across)), height, width)
        padded = _extended(pixels, 2, 0, -height % self.size.grain)
        padded = _extended(padded, 3, 0, -width % self.size.grain)
        return self._painted(padded)[..., :height, :width]

    def _painted(self, pixels: Tensor) -> Tensor:
        mean, unit = _scale(self.declared.output or self.declared.range, pixels)
        return self.raw(pixels) * unit + mean

    def raw(self, pixels: Tensor) -> Tensor:
        """What the net gives for (1, 3, H, W) on 0 … 255 of a size it takes: that shape, its own values."""
        self._check_memory(pixels)
        takes, gives = self.file.takes, self.file.gives
        mean, unit = _scale(self.declared.range, pixels)
        picture = self._ordered((pixels - mean) / unit)
        picture = picture.permute(0, 2, 3, 1) if takes.colours_last else picture
        values = np.ascontiguousarray(picture.cpu().numpy().astype(takes.kind))
        try:
            (found,) = self.session.run([gives.name], {takes.name: values}, _quietly())
        except Exception as error:  # onnxruntime's own have no common base
            raise _failed(self.file.path, pixels, error) from error
        painted = torch.from_numpy(np.asarray(found, np.float32)).to(pixels.device)
        if painted.ndim == 4 and gives.colours_last:
            painted = painted.permute(0, 3, 1, 2)
        if painted.ndim != 4 or painted.shape[:2] != (1, 3):
            raise StyleError(f"gives {tuple(found.shape)}, which is no picture", where=str(self.file.path))
        if painted.shape != pixels.shape:
            sizes = ((shape[3], shape[2]) for shape in (pixels.shape, painted.shape))
            raise other_size(self.file.path, *sizes)
        return self._ordered(painted)

    def _check_memory(self, pixels: Tensor) -> None:
        height, width = pixels.shape[-2:]
        there = "CUDAExecutionProvider" in self.session.get_providers()
        device = pixels.device if there else torch.device("cpu")
        if fits(needed := needed_bytes(self.file.path, height, width), device):
            return
        what = (
            f"needs {needed / 2**30:.1f} GB of memory for {width} x {height} pixels, which {device} has not"
        )
        hint = (
            "An ONNX net paints a frame as a whole: stroke_scale = 2 paints at half the size, or free memory."
        )
        raise StyleReelError(what, where=str(self.file.path), hint=hint)

    def _ordered(self, picture: Tensor) -> Tensor:
        return picture.flip(1) if self.declared.colour == "bgr" else picture


def load_onnx(path: Path, declared: Net | None, trained_weight: float = 1e10) -> OnnxNet:
    """An ONNX net with what a preset declares of it, tried and ready to paint on the CPU.

    Sides that it needs multiples of are found by trying. Raises StyleError where the file is no net or
    an unsafe one, and where the net gives no picture of the same size, or values of another range.
    """
    if declared is None or declared.range is None:
        hint = 'A preset declares it: net = { range = "-1..1" }, or "0..1", "0..255", "imagenet".'
        raise StyleError("an ONNX net does not say which values it takes", where=str(path), hint=hint)
    file = read_onnx(path)
    session = open_session(path, torch.device("cpu"))
    trouble: StyleError | None = None
    for size in _sizes(file, declared):
        net = OnnxNet(file, declared, size, session, trained_weight)
        picture = _trial(size)
        try:
            found = net.raw(picture)
        except StyleError as error:
            trouble = error
            continue
        _check_values(net, found)
        return net
    assert trouble, "there is a size to try"
    raise trouble


def _sizes(file: OnnxFile, declared: Net) -> Iterator[Size]:
    """The sizes to try: what the file or the preset says, or all grains, the finest first."""
    width, height = file.takes.width, file.takes.height
    said = declared.size
    if said and "x" in said:
        across, down = (int(side) for side in said.split("x"))
        if width not in (None, across) or height not in (None, down):
            what = f"net.size is {declared.size}, and the file says {width or 'any'} x {height or 'any'}"
            raise StyleError(what, where=str(file.path), hint="Leave net.size out, or give the file's.")
        yield Size((across, down))
    elif width and height:
        if said:
            what = f"net.size is {said}, and the file says {width} x {height}"
            raise StyleError(what, where=str(file.path), hint="Leave net.size out.")
        yield Size((width, height))
    elif width or height:
        what = f"takes {width or 'any'} x {height or 'any'} pixels: one side is free"
        raise StyleError(what, where=str(file.path), hint='Say which: net.size = "256x256" (width, height).')
    elif said:
        yield Size(grain=int(said.removeprefix("multiple of ")) if said != "any" else 1)
    else:
        yield from (Size(grain=grain) for grain in _GRAINS)


def _trial(size: Size) -> Tensor:
    """A colourful picture of a size that is taken, both sides odd multiples of the grain."""
    count = ceil(160 / size.grain) | 1
    across, down = size.fixed or ((count + 2) * size.grain, count * size.grain)
    y, x = torch.meshgrid(torch.linspace(0, 1, down), torch.linspace(0, 1, across), indexing="ij")
    return 255 * torch.stack([x, y, (12 * (x - y)).sin() / 2 + 0.5])[None]


def _check_values(net: OnnxNet, found: Tensor) -> None:
    """Raises StyleError where what a net gives for a colourful picture cannot be a picture."""
    where, named = str(net.file.path), net.declared.output or net.declared.range
    if not bool(torch.isfinite(found).all()):
        raise StyleError("gives no picture: not all of its values are numbers", where=where)
    mean, unit = _scale(named, found)
    painted = found * unit + mean
    if float(painted.clamp(0, 255).std()) < _FLAT or float(painted.abs().mean()) > _FAR:
        low, high = float(found.min()), float(found.max())
        what = f"gives values from {low:.3g} to {high:.3g} for a colourful picture, which are not {named}"
        hint = 'Declare what it takes and gives: net = { range = "0..255", output = "-1..1" }, for instance.'
        raise StyleError(what, where=where, hint=hint)


def _scale(named: str | None, like: Tensor) -> tuple[Tensor, Tensor]:
    """What a range has at 0 and how much it has a unit, on 0 … 255, for R, G, B; each (1, 3, 1, 1)."""
    means, units = {
        "0..255": ((0.0,) * 3, (1.0,) * 3),
        "0..1": ((0.0,) * 3, (255.0,) * 3),
        "-1..1": ((127.5,) * 3, (127.5,) * 3),
        "imagenet": tuple(tuple(255 * value for value in row) for row in _IMAGENET),
    }[named or "0..1"]
    mean, unit = (like.new_tensor(row).view(1, 3, 1, 1) for row in (means, units))
    return mean, unit


def _resized(pixels: Tensor, height: int, width: int) -> Tensor:
    if pixels.shape[-2:] == (height, width):
        return pixels
    return F.interpolate(pixels, (height, width), mode="bicubic", antialias=True, align_corners=False)


def _extended(pixels: Tensor, dim: int, before: int, after: int, circular: bool = False) -> Tensor:
    """The frame gone on beyond its edges, by as much as is wanted: round the sphere, or mirrored."""
    if not before and not after:
        return pixels
    length = pixels.shape[dim]
    places = torch.arange(-before, length + after, device=pixels.device)
    if circular:
        return pixels.index_select(dim, places % length)
    period = max(1, 2 * (length - 1))
    places = places % period
    return pixels.index_select(dim, torch.where(places < length, places, period - places))


def open_session(path: Path, device: torch.device) -> Any:
    """onnxruntime's session, on the device where it can; no library of operators is registered with it.

    Raises StyleError where it cannot load the file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = torch.get_num_threads(), 1
    options.log_severity_level = 4
    providers: list[Any] = ["CPUExecutionProvider"]
    if device.type == "cuda" and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        providers = [("CUDAExecutionProvider", {"device_id": device.index or 0}), *providers]
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # onnxruntime's own have no common base
        raise StyleError(f"onnxruntime cannot load it: {_reason(error)}", where=str(path)) from error


def _quietly() -> Any:
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.log_severity_level = 4
    return options


def _failed(path: Path, pixels: Tensor, error: Exception) -> Exception:
    """What to raise where a net fails on a frame: memory is the renderer's to tell."""
    if "allocate" in str(error):
        return torch.OutOfMemoryError(str(error))
    what = f"fails on a picture of {pixels.shape[3]} x {pixels.shape[2]} pixels: {_reason(error)}"
    hint = 'If it needs certain sizes, declare them: net.size = "multiple of 32", or "256x256".'
    return StyleError(what, where=str(path), hint=hint)


def _reason(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:300]
