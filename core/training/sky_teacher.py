"""The teacher of the sky net: a matte net that comes as a list of layers and their weights.

Knows how such a file is run, layer by layer. Nothing of it ships, and nothing in it is run but the
layers named here. Knows nothing of pictures' files or of the net that is taught.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import StyleError
from ..nets.shelf import sha256

SIDE = 384  # pixels of the square that it looks at
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, of R, G, B on 0 … 1
_WIDE, _PADDED, _ENDED, _DOWN, _ACROSS = 2, 4, 9, 3, 4  # a layer's numbers: dilation, padding, end; size
_HINTS = 3  # of the sums that end a block: the one of the smallest maps and the next
_ENDS = {0: lambda x: x, 1: F.relu, 4: torch.sigmoid}


@dataclass(frozen=True, slots=True)
class Look:
    """What a teacher makes of a picture: its sky, (384, 384) uint8, and the maps that it goes by.

    `hints` are (h, w, C) float16, a 32nd, a 16th and an 8th of its side; none where it has no such maps.
    """

    sky: np.ndarray
    hints: tuple[np.ndarray, ...] = ()


class Teacher:
    """A matte net from a file of `graph` and `weights`; `key` is its SHA-256.

    Raises StyleError where it is none.
    """

    def __init__(self, path: Path) -> None:
        try:
            held = torch.load(path, map_location="cpu", weights_only=True)
            self._graph = held["graph"]
            self._weights = {name: tensor.float() for name, tensor in held["weights"].items()}
        except FileNotFoundError as error:
            raise StyleError("there is no such file", where=str(path)) from error
        except (OSError, RuntimeError, KeyError, TypeError, AttributeError, pickle.UnpicklingError) as error:
            hint = "It holds a graph of layers and their weights, saved by torch.save."
            raise StyleError("is no teacher of the sky net", where=str(path), hint=hint) from error
        self._path, self.key = path, sha256(path)

    @torch.inference_mode()
    def look(self, pixels: np.ndarray) -> Look:
        """A look at a picture, (H, W, 3) uint8 RGB of any shape."""
        seen = cv2.resize(pixels, (SIDE, SIDE)).astype(np.float32) / 255
        seen = (seen - np.array(_MEAN, np.float32)) / np.array(_DEVIATION, np.float32)
        made = {"": torch.from_numpy(seen.transpose(2, 0, 1)[None].copy())}
        last, blocks = "", list[np.ndarray]()
        try:
            for kind, name, takes, gives, numbers in self._graph:
                found = self._layer(kind, name, [made[one or ""] for one in takes] or [made[""]], numbers)
                made |= dict.fromkeys(gives, found)
                last = gives[0] if _ends_in_sigmoid(kind, numbers) else last
                if kind == "BinaryOp":
                    blocks.append(found[0].permute(1, 2, 0).half().numpy())
        except (KeyError, RuntimeError, ValueError) as error:
            raise StyleError(f"cannot be run: {error}", where=str(self._path)) from error
        sky = (made[last][0, 0].numpy() * 255).round().astype(np.uint8)
        return Look(sky, _deepest(blocks))

    def _layer(self, kind: str, name: str, x: list[Tensor], numbers: dict[int, int]) -> Tensor:
        if kind in ("Input", "Split"):
            return x[0]
        if kind == "Convolution":
            weights = (self._weights[f"{name}.{part}"] for part in ("weight", "bias"))
            padding, dilation = numbers.get(_PADDED, 0), numbers.get(_WIDE, 1)
            return _ENDS[numbers.get(_ENDED, 0)](F.conv2d(x[0], *weights, padding=padding, dilation=dilation))
        if kind == "Pooling":
            return F.max_pool2d(x[0], 2, 2, ceil_mode=True)
        if kind == "Interp":
            return F.interpolate(x[0], (numbers[_DOWN], numbers[_ACROSS]), mode="bilinear")
        if kind == "Concat":
            return torch.cat(x, 1)
        if kind == "BinaryOp":
            return x[0] + x[1]
        if kind == "Sigmoid":
            return torch.sigmoid(x[0])
        raise StyleError(f"has a layer of an unknown kind, {kind}", where=str(self._path))


def _ends_in_sigmoid(kind: str, numbers: dict[int, int]) -> bool:
    """Whether a layer gives a matte fused of the others, which end in a layer of their own."""
    return kind == "Convolution" and numbers.get(_ENDED) == 4


def _deepest(blocks: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Of a net that goes down and comes up again: the maps at the bottom, and the first on the way up."""
    bottom = min(range(len(blocks)), key=lambda at: len(blocks[at]), default=0)
    return tuple(np.ascontiguousarray(one) for one in blocks[bottom : bottom + _HINTS])
