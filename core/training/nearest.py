"""Which style is the best to start from: the one whose picture is most like the new one."""

from collections.abc import Sequence

from torch import Tensor

from ..nets.dialled import Style


def nearest(styles: Sequence[Style], target: Sequence[Tensor]) -> Style:
    """The style whose manner is the nearest to Gram matrices, (1, C, C) each, by their style distance.

    Of styles without a manner the first, where no other is there.
    """
    known = [style for style in styles if style.manner]
    return min(known, key=lambda style: _distance(style.manner, target)) if known else styles[0]


def _distance(manner: Sequence[Tensor], target: Sequence[Tensor]) -> float:
    pairs = ((ours.cpu(), theirs.cpu()) for ours, theirs in zip(manner, target, strict=True))
    return sum(float((theirs - ours).square().sum() / ours.square().sum()) for theirs, ours in pairs)
