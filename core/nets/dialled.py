"""A style on its base net, played at any style weight. Knows nothing of files or video.

γ and β are knots at fixed style weights, linear in log10 of the weight between them (Babaeizadeh &
Ghiasi 2018: loss weights as a run-time input). Below the faintest knot the picture is blended
towards the source; at 0 it is the source, bit for bit.
"""

from dataclasses import dataclass, replace
from math import log10
from typing import Protocol, Self

import torch
from torch import Tensor

from .. import dial
from ..dial import KNOTS
from ..errors import StyleError
from .frame import Affine, Inside
from .poles import paint_with_poles
from .reel import ReelNet


class Painter(Protocol):
    """What paints a frame: our styles and borrowed nets alike."""

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """(N, 3, H, W) float32 on 0 … 255, not clipped → the same, painted at a style weight.

        Several are views of one moment, as two eyes are: a net whose statistics can be reached paints
        them with those of all. The pixels lie on the painter's device.
        """
        ...

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


@dataclass(frozen=True)
class Style:
    """One trained painting manner: γ and β, (knots, affine_size) each, on a base net.

    `base` is the SHA-256 of the net's file, "" for a net that has none. With `poles` spheres get caps.
    """

    name: str
    net: ReelNet
    gamma: Tensor
    beta: Tensor
    base: str = ""
    poles: bool = False

    def affine(self, style_weight: float) -> Affine:
        """γ and β for a style weight above 0."""
        position = torch.tensor([knot_position(style_weight)], device=self.gamma.device)
        return Affine(between(self.gamma[None], position), between(self.beta[None], position))

    @torch.inference_mode()
    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.paint`."""
        part = dial.share(style_weight)
        if part == 0:
            return pixels
        affine = self.affine(style_weight)
        return blend(pixels, _painted(self.net, pixels, affine, sphere=sphere, poles=self.poles), part)

    def on(self, device: torch.device) -> Self:
        """See `Painter.on`."""
        return replace(self, net=self.net.to(device), gamma=self.gamma.to(device), beta=self.beta.to(device))


@dataclass(frozen=True)
class BorrowedNet:
    """A net from elsewhere with one style weight: weaker is a blend with the source, stronger is none."""

    name: str
    net: ReelNet
    affine: Affine
    trained_weight: float = 1e10
    poles: bool = False

    @torch.inference_mode()
    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        """See `Painter.paint`."""
        part = dial.share(style_weight, self.trained_weight)
        if part == 0:
            return pixels
        painted = _painted(self.net, pixels, self.affine, sphere=sphere, poles=self.poles)
        return blend(pixels, painted.clamp_(0, 255), part)

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


@torch.inference_mode()
def paint_both(
    pixels: Tensor,
    outside: tuple[Style, float],
    inside: tuple[Style, float],
    matte: Tensor,
    *,
    sphere: bool = False,
) -> Tensor:
    """One pass with a style and a weight outside a matte, (1, 1, H, W) on 0 … 1, and others inside it.

    Where the matte is 0 or 1 the weight is that of its side, also 0, the source bit for bit; where it
    lies between, γ, β and the share of the source do too. Raises StyleError for two bases.
    """
    (a, outer), (b, inner) = outside, inside
    _check_one_base(a, b)
    matte = matte.to(pixels)
    nothing = torch.zeros_like(matte)
    part = torch.lerp(nothing + dial.share(outer), nothing + dial.share(inner), matte)
    if not bool(part.any()):
        return pixels
    other = Inside(b.affine(inner), matte)
    painted = _painted(a.net, pixels, a.affine(outer), sphere=sphere, poles=a.poles, inside=other)
    return torch.where(part == 1, painted, pixels + part * (painted - pixels))


def _painted(
    net: ReelNet, pixels: Tensor, affine: Affine, *, sphere: bool, poles: bool, inside: Inside | None = None
) -> Tensor:
    if sphere and poles:
        return paint_with_poles(net, pixels, affine, inside)
    return net(pixels, affine, sphere=sphere, inside=inside, together=True)


def _check_one_base(a: Style, b: Style) -> None:
    if a.net is not b.net and (not a.base or a.base != b.base):
        hint = "Styles that are trained from the same style share its base."
        raise StyleError(f"{a.name} and {b.name} are on two base nets and cannot be mixed", hint=hint)
