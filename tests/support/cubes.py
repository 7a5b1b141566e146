"""LUTs as `.cube` files: how they are written, some that footage is shown through, and plain lookups.

Knows nothing of StyleReel: formulas and lookups are plain numpy in float64.
"""

from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np

Look = Callable[[np.ndarray], np.ndarray]
"""Codes (N, 3) to colours (N, 3), both 0 … 1."""

# S-Gamut3.Cine to BT.709, about
_TO_709 = np.array([[1.8779, -0.7942, -0.0837], [-0.1768, 1.3510, -0.1742], [-0.0262, -0.1484, 1.1746]])


def slog3_light(codes: np.ndarray) -> np.ndarray:
    """Sony's S-Log3 as it is published, of codes between black and white."""
    code = codes * 876 + 64
    high = 10 ** ((code - 420) / 261.5) * (0.18 + 0.01) - 0.01
    return np.where(code >= 171.2102946929, high, (code - 95) * 0.01125 / (171.2102946929 - 95))


def log_to_709(codes: np.ndarray) -> np.ndarray:
    """S-Log3 to a display: what is brighter than white paper clips, and so does what is too colourful."""
    return (slog3_light(codes) @ _TO_709.T).clip(0, 1) ** (1 / 2.4)


def filmic(codes: np.ndarray) -> np.ndarray:
    """S-Log3 to a display, rolled off to white."""
    light = (slog3_light(codes) @ _TO_709.T).clip(0, None)
    return (light / (light + 0.155) * 1.019).clip(0, 1)


def mild(codes: np.ndarray) -> np.ndarray:
    """A grade: more colour, warm lights, cool shadows."""
    grey = codes.mean(1, keepdims=True)
    rich = grey + 1.15 * (codes - grey)
    return (rich + 0.05 * np.sin(2 * np.pi * rich) * (1, 0, -1)).clip(0, 1)


def negative(codes: np.ndarray) -> np.ndarray:
    """White for black."""
    return 1 - codes


def grey(codes: np.ndarray) -> np.ndarray:
    """No colour at all: most codes look like others."""
    return np.repeat(codes @ np.array([[0.2126], [0.7152], [0.0722]]), 3, 1)


def posters(codes: np.ndarray) -> np.ndarray:
    """Flat everywhere: four levels."""
    return (codes * 4).clip(0, 3.999).astype(int) / 3


LOOKS: dict[str, Look] = {one.__name__: one for one in (log_to_709, filmic, mild, negative, grey, posters)}


def nodes(size: int, low: Sequence[float] = (0, 0, 0), high: Sequence[float] = (1, 1, 1)) -> np.ndarray:
    """The codes of a box's nodes, red fastest."""
    axes = [np.linspace(*ends, size) for ends in zip(low, high, strict=True)]
    blue, green, red = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    return np.stack([red, green, blue], -1).reshape(-1, 3)


def box_text(look: Look, size: int = 17, head: str = "", **box: Sequence[float]) -> str:
    """A `.cube` file of three dimensions."""
    return "\n".join(['TITLE "a test"', f"LUT_3D_SIZE {size}", head, *_rows(look(nodes(size, **box)))])


def curve_text(look: Look, size: int = 64, head: str = "", low: float = 0.0, high: float = 1.0) -> str:
    """A `.cube` file of one dimension: what a look does to greys."""
    greys = np.repeat(np.linspace(low, high, size)[:, None], 3, 1)
    return "\n".join([f"LUT_1D_SIZE {size}", head, *_rows(look(greys))])


def _rows(colours: np.ndarray) -> list[str]:
    return [" ".join(f"{value:.7f}" for value in row) for row in colours] + [""]


def write_cube(path: Path, text: str) -> Path:
    """Text as a file."""
    path.write_text(text, "utf-8")
    return path


def by_tetrahedra(colours: np.ndarray, size: int, codes: np.ndarray) -> np.ndarray:
    """Colours of codes in a box of 0 … 1, each by the one of six tetrahedra that it lies in."""
    found = np.empty((len(codes), 3))
    table = colours.reshape(size, size, size, 3)
    for row, code in enumerate(codes):
        place = np.clip(code, 0, 1) * (size - 1)
        corner = np.minimum(place.astype(int), size - 2)
        share = place - corner
        order = next(way for way in permutations(range(3)) if share[way[0]] >= share[way[1]] >= share[way[2]])
        corners, at = [corner], corner
        for axis in order:
            at = at + np.eye(3, dtype=int)[axis]
            corners.append(at)
        ends = [1.0, *(share[axis] for axis in order), 0.0]
        weights = [ends[number] - ends[number + 1] for number in range(4)]
        found[row] = sum(weight * table[b, g, r] for weight, (r, g, b) in zip(weights, corners, strict=True))
    return found
