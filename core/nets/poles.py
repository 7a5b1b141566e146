"""Pole caps: zenith and nadir of a sphere painted as plane faces, so that strokes are not pinched there.

A face is a gnomonic view of 100° straight up or down, painted with the whole frame's statistics and
feathered into it from 46° to 58° of latitude. Knows spheres; nothing of style files.
"""

from math import ceil, pi, radians, tan

import torch
import torch.nn.functional as F
from torch import Tensor

from .frame import Affine, Statistics
from .reel import ReelNet

_REACH = tan(radians(50))  # half a face, at a distance of 1
_FROM, _TO = 46.0, 58.0  # degrees of latitude
_MARGIN = 4  # pixels beyond the edges, for the interpolation


def paint_with_poles(net: ReelNet, pixels: Tensor, affine: Affine) -> Tensor:
    """What a net makes of spheres, (B, 3, H, W) on 0 … 255, with caps on their poles."""
    statistics = Statistics()
    painted = net(pixels, affine, sphere=True, statistics=statistics, together=True)
    for nadir in (False, True):
        face = face_of(_upright(pixels, nadir))
        cap = net(face, affine, statistics=statistics, together=True)
        painted = _upright(with_cap(_upright(painted, nadir), cap), nadir)
    return painted


def face_of(sphere: Tensor) -> Tensor:
    """The view straight up from within a sphere, (B, C, H, W): square, at about the sphere's own scale."""
    return _seen(sphere[:, :, : sphere.shape[2] // 2], sphere.shape[2])


def with_cap(sphere: Tensor, face: Tensor) -> Tensor:
    """A sphere with a face feathered in where it looks straight up.

    Near a pole columns lie closer than rows, so that rows taken from a face lose fine strokes that run
    around the pole and keep those that run to it. What a view of the rows lacks of the face is added.
    """
    height, width = sphere.shape[-2:]
    count = ceil((90 - _FROM) / 180 * height)
    colatitude = (torch.arange(count, device=sphere.device) + 0.5) * pi / height
    longitude = (torch.arange(width, device=sphere.device) + 0.5) * 2 * pi / width
    scale = face.shape[3] / 2
    x = (colatitude.tan()[:, None] * longitude.sin() / _REACH + 1) * scale
    y = (colatitude.tan()[:, None] * longitude.cos() / _REACH + 1) * scale
    cap = _sampled(face, x, y)
    cap = cap + _sampled(face - _seen(cap, height), x, y)
    part = ((90 - colatitude * 180 / pi - _FROM) / (_TO - _FROM)).clamp(0, 1)
    part = (part * part * (3 - 2 * part))[:, None]
    return torch.cat([torch.lerp(sphere[:, :, :count], cap, part), sphere[:, :, count:]], 2)


def _seen(upper: Tensor, height: int) -> Tensor:
    """The view straight up from within a sphere of so many rows, of which these are the upper ones."""
    width = upper.shape[3]
    side = 4 * ceil(_REACH * width / pi / 4)
    along = _centres(side, upper.device) * _REACH
    y, x = torch.meshgrid(along, along, indexing="ij")
    rows = torch.hypot(x, y).atan() / pi * height
    columns = (torch.atan2(x, y) / (2 * pi) % 1) * width
    over = upper[:, :, :_MARGIN].flip(2).roll(width // 2, 3)  # beyond the pole the other side comes down
    around = F.pad(torch.cat([over, upper], 2), (_MARGIN, _MARGIN, 0, 0), mode="circular")
    return _sampled(around, columns + _MARGIN, rows + over.shape[2])


def _upright(sphere: Tensor, nadir: bool) -> Tensor:
    """A sphere, or the same turned by half a circle so that its nadir is above."""
    return sphere.flip(2, 3) if nadir else sphere


def _centres(count: int, device: torch.device) -> Tensor:
    """The centres of so many pixels from -1 to 1."""
    return (2 * torch.arange(count, device=device) + 1) / count - 1


def _sampled(picture: Tensor, columns: Tensor, rows: Tensor) -> Tensor:
    """Bicubic values of (B, C, H, W) at places from its left and upper edge, in pixels, each (h, w)."""
    height, width = picture.shape[-2:]
    grid = torch.stack([columns * 2 / width - 1, rows * 2 / height - 1], -1)
    grid = grid.expand(len(picture), *grid.shape)
    if picture.device.type == "mps":  # which has no bicubic sampling
        return _sampled(picture.cpu(), columns.cpu(), rows.cpu()).to(picture.device)
    return F.grid_sample(picture, grid, mode="bicubic", padding_mode="border", align_corners=False)
