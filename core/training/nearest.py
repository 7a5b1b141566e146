"""Which of several styles a picture is nearest to: the one that a fit of it starts from.

Knows Gram matrices, nothing of nets or files.
"""

from collections.abc import Sequence
from math import inf

from torch import Tensor


def nearest(target: list[Tensor], manners: Sequence[list[Tensor]]) -> int:
    """The number of the manner that is the nearest to `target`, as style distances are measured.

    Both are Gram matrices of all layers; a manner that is not known is [], and nearest only where it is
    alone.
    """

    def far(number: int) -> float:
        manner = manners[number]
        if not manner:
            return inf
        pairs = zip(manner, target, strict=True)
        return sum(float((theirs - ours).square().sum() / ours.square().sum()) for theirs, ours in pairs)

    return min(range(len(manners)), key=far)
