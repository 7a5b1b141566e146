"""The thumbnail of a style: pictures side by side, as its preset paints them. Knows nothing of shelves."""

from collections.abc import Sequence

import cv2
import numpy as np
from torch import Tensor

from ..nets.dialled import Style
from .crops import as_tensor

_QUALITY = 88  # of the JPEG


def thumbnail(style: Style, scene: Sequence[np.ndarray], style_weight: float) -> bytes:
    """A JPEG of the pictures of `scene`, (H, W, 3) uint8 RGB and all of one height, painted at a weight."""
    painted = [_painted(style, as_tensor(picture)[None], style_weight) for picture in scene]
    pixels = np.ascontiguousarray(np.concatenate(painted, 1)[:, :, ::-1])
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _painted(style: Style, pixels: Tensor, style_weight: float) -> np.ndarray:
    after = style.paint(pixels.to(style.gamma.device), style_weight).clamp(0, 255).round()
    return after[0].permute(1, 2, 0).byte().cpu().numpy()
