"""The sky of a picture, by the net that ships. Knows one picture at a time."""

from pathlib import Path

import cv2
import numpy as np
import torch

from .content import SKY_NET
from .refine import scaled_to
from .sky_net import STEP, load_sky_net
from .spread import spread

LONGEST = 640  # pixels of the longer side that the net looks at
_AGAIN = 384  # … and once more: from afar it knows better what is large
_NODE = 4  # pixels of the larger look along each side of what is decided at once
_LEAST = 3  # steps of the net that a side has at least
_LEAN = 1.0  # added to its logits: it misses more sky than it sees where there is none


class SkyEye:
    """Sees sky in small pictures, on a device."""

    def __init__(self, path: Path = SKY_NET, device: torch.device | str = "cpu") -> None:
        self._device = torch.device(device)
        self._net = load_sky_net(path).to(self._device).to(memory_format=torch.channels_last)

    @torch.inference_mode()
    def see(self, picture: np.ndarray, sphere: bool) -> np.ndarray:
        """How much each pixel of a small RGB picture (h, w, 3), 0 … 255, is sky: (h, w) float32, 0 … 1.

        Seen at two sizes; what the net is sure of decides for what looks alike. 32 divides both sides.
        """
        height, width = picture.shape[:2]
        nodes = (width // _NODE, height // _NODE)
        views, how = (picture, small(picture, _AGAIN)), cv2.INTER_AREA
        near, far = (cv2.resize(self._seen(one, sphere), nodes, interpolation=how) for one in views)
        whole = cv2.resize(picture, nodes, interpolation=how)
        return scaled_to(spread((near + far) / 2, whole, sphere), width, height, sphere)

    def _seen(self, picture: np.ndarray, sphere: bool) -> np.ndarray:
        """How likely each second pixel is sky, as it is and mirrored, so that neither side is preferred.

        One by one, which takes less time than both at once.
        """
        return (self._look(picture, sphere) + self._look(picture[:, ::-1], sphere)[:, ::-1]) / 2

    def _look(self, picture: np.ndarray, sphere: bool) -> np.ndarray:
        pixels = torch.from_numpy(picture.astype(np.float32).transpose(2, 0, 1)[None].copy())
        seen = self._net(pixels.to(self._device, memory_format=torch.channels_last), sphere)
        return torch.sigmoid(seen[0, 0].float() + _LEAN).cpu().numpy()


def small(picture: np.ndarray, longest: int = LONGEST, step: int = STEP) -> np.ndarray:
    """A picture (H, W, 3) at about `longest` pixels of its longer side, both sides multiples of `step`."""
    height, width = picture.shape[:2]
    scale = longest / max(height, width)
    sides = [max(_LEAST * step, round(side * scale / step) * step) for side in (width, height)]
    smaller = sides[0] < width or sides[1] < height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return cv2.resize(picture, sides, interpolation=how)
