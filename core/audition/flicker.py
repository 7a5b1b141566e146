"""How much a painted clip flickers: what changes between two frames although nothing moved there.

Knows frames as (1, 3, H, W) float32 on 0 … 255; nothing of nets or files.
"""

from collections.abc import Sequence

from torch import Tensor

from ..steady.flow import Motion
from ..steady.measure import warping_error

_LEAST = 3.0  # of 255: the error of a clip with the grain of a clean camera, σ = 2, moved on


def flicker(
    painted: Sequence[Tensor], source: Sequence[Tensor], moved: Sequence[Motion], *, sphere: bool = False
) -> float:
    """Flicker: the warping error of the painted clip over the source's own, each at least 3 levels of 255.

    1 is as steady as the source, or as footage with the grain of a clean camera; from about 2 on paint
    boils visibly.
    """
    ours, own = (max(warping_error(clip, moved, sphere=sphere), _LEAST) for clip in (painted, source))
    return ours / own
