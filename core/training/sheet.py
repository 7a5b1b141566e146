"""A sheet to look at: pictures from left to right along the dial, one row a style and picture."""

from pathlib import Path

import cv2
import numpy as np
import torch

from ..nets.dialled import Style
from ..whole import write_whole
from .crops import as_tensor

TILE = 256
_WEIGHTS = (1e9, 1e10, 3e10, 1e11)


def draw_sheet(path: Path, styles: list[Style], pictures: list[np.ndarray]) -> None:
    """Writes each picture, then painted at 1e9, 1e10, 3e10 and 1e11, for every style; 256 pixels a tile.

    `pictures` are (H, W, 3) uint8 RGB. Raises OutputError.
    """
    rows = []
    for style in styles:
        for picture in pictures:
            pixels = as_tensor(picture[:TILE, :TILE])[None].to(style.gamma.device)
            pixels = torch.nn.functional.pad(pixels, (0, TILE - pixels.shape[3], 0, TILE - pixels.shape[2]))
            tiles = [pixels] + [style.paint(pixels, weight).clamp(0, 255) for weight in _WEIGHTS]
            rows.append(torch.cat(tiles, 3)[0])
    sheet = torch.cat(rows, 1).permute(1, 2, 0).round().byte().cpu().numpy()
    done, content = cv2.imencode(".png", np.ascontiguousarray(sheet[:, :, ::-1]))
    write_whole(path, content.tobytes() if done else b"", "the sheet")
