"""What spheres promise, on panoramas: `python tests/bench/sphere.py [--out FOLDER] [PANORAMA…]`.

Per panorama: how far strokes are pinched at the zenith, with and without pole caps, over the source's; the
seam where the panorama closes; and how far a roll and painting are from commuting. Needs the folder of
sample files (STYLEREEL_SAMPLES), or panoramas. `--out` writes the pictures to look at.
"""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
import torch
from stylereel import presets
from stylereel.core.audition.measures import seam
from stylereel.core.nets.as_worn import with_poles
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.poles import face_of
from stylereel.core.nets.stroke_scale import StrokeScale
from stylereel.core.training.crops import as_tensor
from stylereel.core.training.pictures import read_picture
from torch import Tensor

SHELF = Path(presets.__file__).parent
SAMPLES = Path(os.environ.get("STYLEREEL_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
MOST_PINCH, MOST_ROLL = 1.1, 1e-3  # over the source's; on 0 … 255
WEIGHT = 3e10
_INNER = 0.35  # of half a face: 23° around the zenith


def pinch(sphere: Tensor) -> float:
    """How structure runs around the zenith of (1, 3, H, W): 1 where it has no direction.

    In the view straight up, the energy of gradients around the zenith over that of gradients towards it:
    above 1 for rays, below it for rings.
    """
    grey = face_of(sphere).mean(1)[0]
    down, across = (part.double() for part in torch.gradient(grey))
    along = torch.linspace(-1, 1, grey.shape[0], dtype=torch.float64)
    y, x = torch.meshgrid(along, along, indexing="ij")
    far = torch.hypot(x, y).clamp(min=1e-6)
    inside = (far < _INNER) & (far > 0.03)
    radial, tangential = (across * x + down * y) / far, (down * x - across * y) / far
    return float((tangential[inside] ** 2).sum() / (radial[inside] ** 2).sum())


def judged(path: Path, style: str, out: Path | None) -> bool:
    """Prints what one panorama shows; whether all of it is kept."""
    source = as_tensor(read_picture(path))[None]
    painter = load_painter(SHELF / f"{style}.safetensors", (SHELF,))
    plain, capped = (one.paint(source, WEIGHT, sphere=True) for one in (painter, with_poles(painter)))
    turned = source.roll(source.shape[3] // 2, 3)
    rolled = painter.paint(turned, WEIGHT, sphere=True)
    apart = float((rolled - plain.roll(source.shape[3] // 2, 3)).abs().max())
    own, without, caps = (pinch(one) for one in (source, plain, capped))
    off = [max(one / own, own / one) for one in (without, caps)]
    print(f"{path.stem}: zenith {own:.2f} in the source, {without:.2f} painted, {caps:.2f} with poles")
    print(f"  off the source's by {off[0]:.2f}, with poles {off[1]:.2f} (at most {MOST_PINCH})")
    print(f"  seam {seam(plain):.3f}; roll {apart:.1e} on 0 … 255 (at most {MOST_ROLL})")
    if out:
        big = StrokeScale(painter, 2.0).paint(source, WEIGHT, sphere=True)
        faces = [face_of(one) for one in (source, plain, capped)]
        write(out / f"{path.stem}.png", [source, plain, capped, big, rolled])
        write(out / f"{path.stem}_zenith.png", faces)
    return off[1] <= MOST_PINCH and apart <= MOST_ROLL


def write(path: Path, pictures: list[Tensor]) -> None:
    """Pictures under each other."""
    import cv2

    rows = [one[0].clamp(0, 255).round().byte().permute(1, 2, 0).numpy()[..., ::-1] for one in pictures]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.concatenate(rows))


def main() -> int:
    """0 where everything is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panoramas", nargs="*", type=Path)
    parser.add_argument("--style", default="exam")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    paths = given.panoramas or sorted((SAMPLES / "media" / "pano").glob("*.jpg"))
    if not paths:
        parser.error("no panoramas: give some, or set STYLEREEL_SAMPLES")
    return 0 if all([judged(path, given.style, given.out) for path in paths]) else 1


if __name__ == "__main__":
    sys.exit(main())
