"""What spheres promise: `python tests/bench/sphere.py [--out FOLDER] [PANORAMA…]`.

Per panorama: how far strokes run in rings or rays around the zenith, with and without pole caps, beside the
source; and how far a roll and painting are from commuting. Then film: steadied frames against those of the
film rolled by half a circle, and the step over the edge where the sphere closes against the same step when
it lies in the middle; the same of the sky's mattes of the panoramas. Needs the folder of sample files
(STYLEREEL_SAMPLES), or panoramas. `--out` writes the pictures to look at.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from steady import frames_of, painted
from stylereel import presets
from stylereel.core.mattes.matting import sharpened
from stylereel.core.mattes.sky import SkyEye, small
from stylereel.core.nets.as_worn import with_poles
from stylereel.core.nets.dialled import Painter
from stylereel.core.nets.files import load_painter
from stylereel.core.nets.poles import face_of
from stylereel.core.nets.stroke_scale import StrokeScale
from stylereel.core.preset import Stability
from stylereel.core.training.crops import as_tensor
from stylereel.core.training.pictures import read_picture
from torch import Tensor

SHELF = Path(presets.__file__).parent
SAMPLES = Path(os.environ.get("STYLEREEL_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
MOST_PINCH, MOST_ROLL = 1.1, 1e-3  # over the source's; on 0 … 255
MOST_APART, SEAM = 1.0, (0.95, 1.05)  # on 0 … 255; over the inner step
FRAMES = 6
WEIGHT = 3e10
_INNER = 0.35  # of half a face: 23° around the zenith


def pinch(sphere: Tensor) -> float:
    """How much structure runs around the zenith of (1, 3, H, W), or towards it: 1 is neither.

    In the view straight up, the energy of gradients around the zenith over that of gradients towards it
    (rays), or the other way round (rings), whichever is more.
    """
    grey = face_of(sphere).mean(1)[0]
    down, across = (part.double() for part in torch.gradient(grey))
    along = torch.linspace(-1, 1, grey.shape[0], dtype=torch.float64)
    y, x = torch.meshgrid(along, along, indexing="ij")
    far = torch.hypot(x, y).clamp(min=1e-6)
    inside = (far < _INNER) & (far > 0.03)
    radial, tangential = (across * x + down * y) / far, (down * x - across * y) / far
    rays = float((tangential[inside] ** 2).sum() / (radial[inside] ** 2).sum())
    return max(rays, 1 / rays)


def judged(path: Path, style: str, out: Path | None) -> bool:
    """Prints what one panorama shows; whether all of it is kept."""
    source = as_tensor(read_picture(path))[None]
    painter = load_painter(SHELF / f"{style}.safetensors", (SHELF,))
    plain, capped = (one.paint(source, WEIGHT, sphere=True) for one in (painter, with_poles(painter)))
    turned = source.roll(source.shape[3] // 2, 3)
    rolled = painter.paint(turned, WEIGHT, sphere=True)
    apart = float((rolled - plain.roll(source.shape[3] // 2, 3)).abs().max())
    own, without, caps = (pinch(one) for one in (source, plain, capped))
    limit = MOST_PINCH * own
    print(f"{path.stem}: zenith {own:.2f} in the source, {without:.2f} painted, ", end="")
    print(f"{caps:.2f} with poles (at most {limit:.2f}); roll {apart:.1e} (at most {MOST_ROLL})", flush=True)
    if out:
        big = StrokeScale(painter, 2.0).paint(source, WEIGHT, sphere=True)
        faces = [face_of(one) for one in (source, plain, capped)]
        write(out / f"{path.stem}.png", [source, plain, capped, big, rolled])
        write(out / f"{path.stem}_zenith.png", faces)
    return caps <= limit and apart <= MOST_ROLL


def judged_film(path: Path, painter: Painter) -> bool:
    """Prints what steadying leaves of a roll on a film; whether all of it is kept."""
    frames = frames_of(path, FRAMES, 640)
    half = frames[0].shape[3] // 2
    rolled = [one.roll(half, 3) for one in frames]
    ways = [painted(one, painter, WEIGHT, Stability(), sphere=True) for one in (frames, rolled)]
    pairs = [(one, other.roll(-half, 3)) for one, other in zip(*ways, strict=True)]
    apart = max(float((one - other).abs().mean()) for one, other in pairs)
    edge, inner = (sum(_edge_step(pair[at]) for pair in pairs) for at in (0, 1))
    print(f"{path.stem}, steadied: roll {apart:.2f} on 0 … 255 (at most {MOST_APART:g}), ", end="")
    print(f"seam {edge / inner:.3f} of the same step inside (from {SEAM[0]} to {SEAM[1]})")
    return apart <= MOST_APART and SEAM[0] <= edge / inner <= SEAM[1]


def judged_mattes(paths: Sequence[Path]) -> bool:
    """Prints what a roll changes of the sky's mattes, all panoramas together; whether it is little enough."""
    eye, pairs = SkyEye(), []
    for path in paths:
        picture = read_picture(path)
        half = picture.shape[1] // 2
        turned = np.ascontiguousarray(np.roll(picture, half, 1))
        one, other = (sharpened(eye.see(small(view), True), view, True) for view in (picture, turned))
        pairs.append([torch.from_numpy(255 * matte) for matte in (one, np.roll(other, -half, 1))])
    apart = max(float((one - other).abs().mean()) for one, other in pairs)
    edge, inner = (sum(_edge_step(pair[at]) for pair in pairs) for at in (0, 1))
    print(
        f"sky mattes of {len(paths)} panoramas: roll {apart:.2f} on 0 … 255 (at most {MOST_APART:g}), ",
        end="",
    )
    print(f"seam {edge / inner:.3f} of the same step inside (from {SEAM[0]} to {SEAM[1]})")
    return apart <= MOST_APART and SEAM[0] <= edge / inner <= SEAM[1]


def _edge_step(sphere: Tensor) -> float:
    """The mean step over the edge where a sphere closes."""
    shown = sphere.clamp(0, 255)
    return float((shown[..., 0] - shown[..., -1]).abs().mean())


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
    kept = [judged_mattes(paths), *(judged(path, given.style, given.out) for path in paths)]
    painter = load_painter(SHELF / f"{given.style}.safetensors", (SHELF,))
    with torch.inference_mode():
        kept += [judged_film(path, painter) for path in (SAMPLES / "media" / "pano").glob("*.mp4")]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
