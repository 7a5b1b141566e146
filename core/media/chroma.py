"""Chroma at another resolution than it is stored at.

Knows where stored samples lie in the picture. Knows nothing of frames or what the numbers mean.
"""

import torch


def fitted(chroma: torch.Tensor, whole: tuple[int, int], size: tuple[int, int]) -> torch.Tensor:
    """Chroma, 1 x n x h x w, of a picture of `whole` rows and columns, at `size` rows and columns.

    What has them already is not touched. Stored lines lie midway between those that they stand for, stored
    columns on the first of theirs.
    """
    if chroma.shape[2] != size[0]:
        chroma = _shorter(_taller(chroma, whole[0]), size[0])
    if chroma.shape[3] != size[1]:
        chroma = _narrower(_wider(chroma, whole[1]), size[1])
    return chroma


def _taller(chroma: torch.Tensor, height: int) -> torch.Tensor:
    if chroma.shape[2] == height:
        return chroma
    chroma = _taller(chroma, -(-height // 2)) if chroma.shape[2] < height // 2 else chroma
    above = torch.cat([chroma[:, :, :1], chroma[:, :, :-1]], dim=2)
    below = torch.cat([chroma[:, :, 1:], chroma[:, :, -1:]], dim=2)
    pairs = torch.stack([0.75 * chroma + 0.25 * above, 0.75 * chroma + 0.25 * below], dim=3)
    return pairs.flatten(2, 3)[:, :, :height]


def _wider(chroma: torch.Tensor, width: int) -> torch.Tensor:
    if chroma.shape[3] == width:
        return chroma
    chroma = _wider(chroma, -(-width // 2)) if chroma.shape[3] < width // 2 else chroma
    right = torch.cat([chroma[..., 1:], chroma[..., -1:]], dim=3)
    return torch.stack([chroma, 0.5 * (chroma + right)], dim=4).flatten(3, 4)[..., :width]


def _shorter(chroma: torch.Tensor, height: int) -> torch.Tensor:
    """Half of the lines, as often as it takes: each the mean of two."""
    while chroma.shape[2] > height:
        if chroma.shape[2] % 2:
            chroma = torch.cat([chroma, chroma[:, :, -1:]], dim=2)
        chroma = 0.5 * (chroma[:, :, 0::2] + chroma[:, :, 1::2])
    return chroma


def _narrower(chroma: torch.Tensor, width: int) -> torch.Tensor:
    """Half of the columns, as often as it takes: filtered 1-2-1 around the even ones."""
    while chroma.shape[3] > width:
        if chroma.shape[3] % 2:
            chroma = torch.cat([chroma, chroma[..., -1:]], dim=3)
        left = torch.cat([chroma[..., :1], chroma[..., 1:-1:2]], dim=3)
        chroma = 0.25 * left + 0.5 * chroma[..., 0::2] + 0.25 * chroma[..., 1::2]
    return chroma
