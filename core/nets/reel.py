"""The reel net: picture → painted picture. Knows nothing of style files, weights of the dial or video.

Topology: Johnson, Alahi & Fei-Fei 2016 as `pytorch/examples` has it (reflection padding, two strided
convolutions, five residual blocks, nearest-neighbour upsampling, instance norm), with the affine
parameters of the fifteen norms handed in at every call: conditional instance norm, Dumoulin et al. 2016.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .frame import Affine, Frame, Look, Statistics, worn
from .memory import fits
from .strips import Pass, paint_in_strips, rows_of_a_strip
from .topology import BLOCKS, conv_shapes, norm_widths

_LIVE = 8  # full-size layers of `channels` in memory at once, copies for padding and convolution among them


class ReelNet(nn.Module):
    """Sixteen convolutions and fifteen norms without parameters of their own.

    `channels` is the width of the outermost layers: 8, 16 or 32. `squashed` nets (ours) scale their
    input and bound their output smoothly; the others (checkpoints of `pytorch/examples`) take and
    give 0 … 255 as they are.
    """

    def __init__(self, channels: int = 16, squashed: bool = True) -> None:
        super().__init__()
        self.channels, self.squashed = channels, squashed
        self.norm_widths = norm_widths(channels)
        self.convs = nn.ModuleList(nn.Conv2d(*shape) for shape in conv_shapes(channels))

    @property
    def affine_size(self) -> int:
        """How many γ (and as many β) the norms take together."""
        return sum(self.norm_widths)

    def forward(
        self,
        pixels: Tensor,
        affine: Affine,
        *,
        sphere: bool = False,
        statistics: Statistics | None = None,
        together: bool = False,
    ) -> Tensor:
        """Paints (B, 3, H, W) float pixels on the scale 0 … 255; any size from 16 × 16.

        On the sphere (equirectangular) left and right edge are neighbours, and statistics weigh each
        row by the cosine of its latitude; the picture commutes with rolls by multiples of 4.
        Sizes that 4 does not divide are padded, outside the statistics, and cropped back.
        `statistics` may be another picture's; `together` all pictures of a batch share theirs. Where
        nothing is trained and memory is short, the frame is painted in strips, with the same result.
        """
        frame = Frame(pixels.shape[2], pixels.shape[3], sphere, together)
        norms = tuple(self._norms(affine))
        own = statistics or Statistics()
        if not torch.is_grad_enabled() and not fits(self.bytes_for(pixels), pixels.device):
            way = Pass(frame, rows_of_a_strip(pixels, self.channels), norms, own)
            return paint_in_strips(self, pixels, way)
        return self._painted(pixels, frame, norms, own)

    def bytes_for(self, pixels: Tensor) -> int:
        """About how much memory painting a batch in one go takes."""
        batch, _, height, width = pixels.shape
        return 4 * batch * height * width * (_LIVE * self.channels + 6)

    def taken(self, pixels: Tensor) -> Tensor:
        """What the first convolution sees of pixels."""
        x = pixels.clamp(0, 255)
        return (x - 127.5) / 64 if self.squashed else x

    def given(self, x: Tensor) -> Tensor:
        """What the last convolution gives, as float32 pixels."""
        x = x.float()
        return 127.5 + 140 * torch.tanh(x / 3) if self.squashed else x

    def _painted(
        self, pixels: Tensor, frame: Frame, norms: tuple[Look, ...], statistics: Statistics
    ) -> Tensor:
        convs, numbered = iter(self.convs), iter(enumerate(norms))

        def norm(x: Tensor) -> Tensor:
            number, look = next(numbered)
            return worn(x, statistics.at(number, lambda: frame.moments(x)), look)

        x = self.taken(frame.padded(pixels))
        for stride in (1, 2, 2):
            x = F.relu(norm(frame.conv(next(convs), x, stride)))
        for _ in range(BLOCKS):
            y = F.relu(norm(frame.conv(next(convs), x)))
            x = x + norm(frame.conv(next(convs), y))
        for _ in range(2):
            x = F.relu(norm(frame.conv(next(convs), F.interpolate(x, scale_factor=2.0, mode="nearest"))))
        return self.given(frame.conv(next(convs), x)[..., : frame.height, : frame.width])

    def _norms(self, affine: Affine) -> Iterator[Look]:
        parts = (part.split(self.norm_widths, dim=1) for part in (affine.gamma, affine.beta))
        for gamma, beta in zip(*parts, strict=True):
            yield gamma[:, :, None, None], beta[:, :, None, None]
