"""Pictures that no display shows as they are (PQ, HLG, camera logs) brought to a display's curve, and back.

Nets learnt from display pictures. Every curve here goes to light, is bent into what a display can show, and
comes back the same way; primaries stay. Knows numbers alone: nothing of files or nets.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

_LEVELS = 255.0
_GAMMA = 2.4
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128  # SMPTE ST 2084
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
_WHITE_NITS, _PQ_NITS = 203.0, 10000.0  # BT.2408's reference white
_A, _B, _C = 0.17883277, 0.28466892, 0.55991073  # BT.2100, HLG
_HLG_WHITE = 0.265  # scene light at its reference white, 75 % of the signal


@dataclass(frozen=True, slots=True)
class Curve:
    """How a signal (0 … 1) stands for light (1 is white paper): both ways, and the light `peak` that a
    display's white stands for."""

    light: Callable[[Tensor], Tensor]
    signal: Callable[[Tensor], Tensor]
    peak: float

    def shown(self, picture: Tensor) -> Tensor:
        """A picture on the 0 … 255 scale as a display shows it, on the same scale."""
        light = self.light(picture / _LEVELS)
        size = light.abs()
        bent = size * (1 + size / self.peak**2) / (1 + size)
        return _with_sign(bent.pow(1 / _GAMMA), light) * _LEVELS

    def kept(self, painted: Tensor, source: Tensor) -> Tensor:
        """The way back of `shown`, which needs nothing of the `source`."""
        shown = painted / _LEVELS
        bent = shown.abs().pow(_GAMMA).double()
        root = ((1 - bent).square() + 4 * bent / self.peak**2).sqrt()
        light = 2 * bent / (1 - bent + root)  # of the two ways to write it, the one that is exact in the dark
        return self.signal(_with_sign(light.to(painted.dtype), shown)) * _LEVELS


def _with_sign(size: Tensor, like: Tensor) -> Tensor:
    return torch.copysign(size, like)


def _pq_light(signal: Tensor) -> Tensor:
    power = signal.clamp(0, 1).pow(1 / _M2)
    return ((power - _C1).clamp_min(0) / (_C2 - _C3 * power)).pow(1 / _M1) * (_PQ_NITS / _WHITE_NITS)


def _pq_signal(light: Tensor) -> Tensor:
    power = (light * (_WHITE_NITS / _PQ_NITS)).clamp(0, 1).pow(_M1)
    return ((_C1 + _C2 * power) / (1 + _C3 * power)).pow(_M2)


def _hlg_light(signal: Tensor) -> Tensor:
    size = signal.abs()
    light = torch.where(size <= 0.5, size.square() / 3, (((size - _C) / _A).exp() + _B) / 12)
    return _with_sign(light / _HLG_WHITE, signal)


def _hlg_signal(light: Tensor) -> Tensor:
    size = light.abs() * _HLG_WHITE
    signal = torch.where(size <= 1 / 12, (3 * size).sqrt(), _A * (12 * size - _B).clamp_min(1e-6).log() + _C)
    return _with_sign(signal, light)


@dataclass(frozen=True, slots=True)
class _Log:
    """signal = c · log10(a · light + b) + d above `cut`, slope · light + offset below; `coded` where the
    maker counts codes of 10 bits and not the signal's share between black and white."""

    a: float
    b: float
    c: float
    d: float
    cut: float
    slope: float
    offset: float
    coded: bool

    def light(self, signal: Tensor) -> Tensor:
        value = (signal * 876 + 64) / 1023 if self.coded else signal
        high = (10 ** ((value - self.d) / self.c) - self.b) / self.a
        low = (value - self.offset) / self.slope
        return torch.where(value >= self.slope * self.cut + self.offset, high, low)

    def signal(self, light: Tensor) -> Tensor:
        high = self.c * (self.a * light + self.b).clamp_min(1e-9).log10() + self.d
        value = torch.where(light >= self.cut, high, self.slope * light + self.offset)
        return (value * 1023 - 64) / 876 if self.coded else value


_SLOG3_SLOPE = (171.2102946929 - 95) / 0.01125 / 1023
_LOGS = {
    "slog3": _Log(
        1 / 0.19, 0.01 / 0.19, 261.5 / 1023, 420 / 1023, 0.01125, _SLOG3_SLOPE, 95 / 1023, coded=True
    ),
    "logc3": _Log(5.555556, 0.052272, 0.247190, 0.385537, 0.010591, 5.367655, 0.092809, coded=False),
    "vlog": _Log(1, 0.00873, 0.241514, 0.598206, 0.01, 5.6, 0.125, coded=True),
}
_LOG_PEAK = 8.0  # three stops above white paper
CURVES: dict[str, Curve] = {
    "pq": Curve(_pq_light, _pq_signal, 1000 / _WHITE_NITS),
    "hlg": Curve(_hlg_light, _hlg_signal, 1 / _HLG_WHITE),
    **{name: Curve(log.light, log.signal, _LOG_PEAK) for name, log in _LOGS.items()},
}
BY_TAG = {16: "pq", 18: "hlg"}  # the H.273 codes of a source's transfer
