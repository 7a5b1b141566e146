"""A style on its base net, played at any style weight. Knows nothing of files or video.

γ and β are knots at fixed style weights, linear in log10 of the weight between them (Babaeizadeh &
Ghiasi 2018: loss weights as a run-time input). Below the faintest knot the picture is blended
towards the source; at 0 it is the source, bit for bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log10
from typing import Protocol, Self

import torch
from torch import Tensor

from .. import dial
from ..dial import KNOTS
from ..errors import StyleError
from .frame import Affine
from .poles import paint_with_poles
from .reel import ReelNet


class Painter(Protocol):
    """What paints a frame: our styles and borrowed nets alike.

    A painted frame is the source with a `share` of the `full` picture over it. They come apart so that
    a picture can be steadied, or held back by a matte, before it is blended with its source.
    """

    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """(N, 3, H, W) float32 on 0 … 255, not clipped → the same, as a style weight above 0 paints it.

        Several are views of one moment, as two eyes are: a net whose statistics can be reached paints
        them with those of all. The pixels lie on the painter's device. Nothing of the source is blended in.
        """
        ...

    def share(self, style_weight: float) -> float:
        """How much of `full` lies over the source, 0 … 1; 0 at weight 0."""
        ...

    @torch.inference_mode()
    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """A frame, painted at a style weight 0 … 1e11: at 0 it is the source, bit for bit."""
        part = self.share(style_weight)
        return blend(pixels, self.full(pixels, style_weight, sphere=sphere), part) if part else pixels

    def on(self, device: torch.device) -> Self:
        """The same painter on another device."""
        ...


def knot_position(style_weight: float) -> float:
    """Where a style weight of 1e9 … 1e11 stands between the knots, 0 … len(KNOTS) - 1."""
    return (log10(max(style_weight, KNOTS[0])) - 9) * (len(KNOTS) - 1) / 2


def between(knots: Tensor, position: Tensor) -> Tensor:
    """Rows of `knots` (batch, K, n) at positions (batch,), linear between neighbours: (batch, n)."""
    lower = position.floor().clamp(0, knots.shape[1] - 2).long()
    part = (position - lower).to(knots.dtype)[:, None]
    rows = torch.arange(len(lower), device=knots.device)
    return knots[rows, lower] * (1 - part) + knots[rows, lower + 1] * part


def at_places(knots: Tensor, places: Sequence[float]) -> Tensor:
    """New knots (K, n), each at a place 0 … K - 1 of the way along given ones."""
    at = torch.tensor(places, device=knots.device)
    return between(knots[None].expand(len(at), -1, -1), at)


def spread(knots: Tensor, dial: float) -> Tensor:
    """The first part of knots (K, n), a share `dial` of their whole way, as knots of the same number."""
    return at_places(knots, [number * dial for number in range(len(knots))])


@dataclass(frozen=True)
class Style(Painter):
    """One trained painting manner: γ and β, (knots, affine_size) each, on a base net.

    `base` is the SHA-256 of the net's file, "" for a net that has none. `manner` are the Gram matrices of
    its picture, (1, C, C) each, that style distances go to, or none. With `poles` spheres get caps.
    """

    name: str
    net: ReelNet
    gamma: Tensor
    beta: Tensor
    base: str = ""
    manner: Sequence[Tensor] = ()
    poles: bool = False

    def affine(self, style_weight: float) -> Affine:
        """γ and β for a style weight above 0."""
        position = torch.tensor([knot_position(style_weight)], device=self.gamma.device)
        return Affine(between(self.gamma[None], position), between(self.beta[None], position))

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`; below the faintest knot it is that knot's picture."""
        return _painted(self.net, pixels, self.affine(style_weight), sphere=sphere, poles=self.poles)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return dial.share(style_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        gamma, beta = self.gamma.to(device), self.beta.to(device)
        manner = [matrix.to(device) for matrix in self.manner]
        return replace(self, net=self.net.to(device), gamma=gamma, beta=beta, manner=manner)


@dataclass(frozen=True)
class BorrowedNet(Painter):
    """A net from elsewhere with one style weight: weaker is a blend with the source, stronger is none."""

    name: str
    net: ReelNet
    affine: Affine
    trained_weight: float = 1e10
    poles: bool = False

    @torch.inference_mode()
    def full(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.full`."""
        return _painted(self.net, pixels, self.affine, sphere=sphere, poles=self.poles).clamp_(0, 255)

    def share(self, style_weight: float) -> float:
        """See `Painter.share`."""
        return dial.share(style_weight, self.trained_weight)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        affine = Affine(self.affine.gamma.to(device), self.affine.beta.to(device))
        return replace(self, net=self.net.to(device), affine=affine)


def blend(source: Tensor, painted: Tensor, part: float) -> Tensor:
    """The source with a part, 0 … 1, of the painted picture over it; exact at both ends."""
    return painted if part == 1 else source + part * (painted - source)


def mixed(a: Style, b: Style, share: float) -> Style:
    """A style between two of one base, at a share 0 … 1 of `b`; γ and β are linear in it.

    At 0 it is `a` and at 1 it is `b`, at every style weight. Raises StyleError for two bases.
    """
    _check_one_base(a, b)
    if share in (0, 1):
        return b if share else a
    gamma, beta = (torch.lerp(mine, yours, share) for mine, yours in ((a.gamma, b.gamma), (a.beta, b.beta)))
    return replace(a, name=f"{a.name} to {b.name}", gamma=gamma, beta=beta)


def _painted(net: ReelNet, pixels: Tensor, affine: Affine, *, sphere: bool, poles: bool) -> Tensor:
    if sphere and poles:
        return paint_with_poles(net, pixels, affine)
    return net(pixels, affine, sphere=sphere, together=True)


def _check_one_base(a: Style, b: Style) -> None:
    if a.net is not b.net and (not a.base or a.base != b.base):
        hint = "Styles that are trained from the same style share its base."
        raise StyleError(f"{a.name} and {b.name} are on two base nets and cannot be mixed", hint=hint)
