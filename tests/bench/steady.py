"""What steadying does to real film: `python tests/bench/steady.py`, some minutes on two cores.

For five clips: warping error (by Farnebäck's flow, which no steadying goes by; the source's own subtracted)
and sharpness (mean gradient of luma, and the variance of its Laplacian), each relative to the plain
picture: the style unsteadied, or `--unsteady FILE`, the same style trained without the stability loss,
unsteadied. Train one with the pull and the dial that the shipped one's record names:

    stylereel train presets/exam.png --name exam0 --full --base exam --steps 360 --pull 3 --dial 0.74 \
        --steadiness 0 --content FOLDER --vgg FILE --out FOLDER

The preset's defaults are held against a median blur of 3 of the painted pictures. One before the net,
`stability.median`, takes next to nothing of error or sharpness, so that nothing steadier stays as sharp: they
are held against its error alone.
`--set flow=0.7` tries other keys. `--sheet FILE.png` draws consecutive frames, one row a way: look at it.
Needs the folder of sample files (STYLEREEL_SAMPLES).
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import mean

import cv2
import numpy as np
import torch
from stylereel import presets
from stylereel.core.media.colour import to_rgb
from stylereel.core.media.reader import FrameReader
from stylereel.core.nets.dialled import Painter
from stylereel.core.nets.files import load_painter
from stylereel.core.preset import Stability
from stylereel.core.steady.flow import as_array, as_tensor, farneback, grey
from stylereel.core.steady.follow import Link
from stylereel.core.steady.measure import motions, sharpness, warping_error
from stylereel.core.steady.reach import reach
from stylereel.core.steady.steadying import Moving, steadied
from torch import Tensor

SHELF = Path(presets.__file__).parent
SAMPLES = Path(os.environ.get("STYLEREEL_SAMPLES", Path(__file__).resolve().parents[3] / "shared"))
FIRST = {"bbb_480p_5s": 90}  # that one fades in from black
LEAST_FALL, LEAST_SHARP = 0.45, 0.70
BLURRED, BEFORE = "median blur 3", "median blur 3 before"  # the net


@dataclass(frozen=True, slots=True)
class Figures:
    """Warping error with the source's own subtracted, in levels of 255, and sharpness, measured twice."""

    error: float
    sharpness: float
    laplacian: float

    @property
    def sharp(self) -> np.ndarray:
        """Both measures of sharpness, (2,)."""
        return np.array((self.sharpness, self.laplacian))

    def over(self, plain: "Figures") -> str:
        """All against the plain picture's."""
        gradient, laplacian = self.sharp / plain.sharp
        fall = self.error / plain.error - 1
        return f"error {fall:+5.0%}, sharpness {gradient:4.0%} (Laplacian {laplacian:4.0%})"


def frames_of(path: Path, count: int, width: int) -> list[Tensor]:
    """Consecutive frames from near the top of a clip, brought to a width."""
    first = FIRST.get(path.stem, 8)
    with FrameReader(path, Fraction(30)) as reader:
        pictures = [as_array(to_rgb(reader.read(first + number))) for number in range(count)]
    height = round(pictures[0].shape[0] * width / pictures[0].shape[1] / 4) * 4
    return [as_tensor(cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA)) for one in pictures]


def painted(
    frames: list[Tensor], painter: Painter, weight: float, wear: Stability, *, sphere: bool = False
) -> list[Tensor]:
    """The frames as a preset's stability has them, at full strength."""
    return [*_steady(frames, [*_full(frames, painter, weight, wear, sphere)], wear, sphere)]


def _full(
    frames: list[Tensor], painter: Painter, weight: float, wear: Stability, sphere: bool
) -> Iterator[Tensor]:
    for frame in frames:
        blurred = as_tensor(cv2.medianBlur(as_array(frame), wear.median)) if wear.median else frame
        yield painter.full(blurred, weight, sphere=sphere)


def _steady(frames: list[Tensor], pictures: list[Tensor], wear: Stability, sphere: bool) -> Iterator[Tensor]:
    reached = reach(wear.flow, wear.flow_median)
    if not reached:
        yield from pictures
        return
    pairs = pairwise(grey(as_array(frame)) for frame in frames)
    links = [(), *((Link(*pair, sphere=sphere, both=reached.radius > 0),) for pair in pairs)]
    clip = (Moving(at, None, links[at], picture) for at, picture in enumerate(pictures))
    found = steadied(clip, wear.flow, reached, wear.sharpen, sphere=sphere)
    yield from (one.picture for one in found if one.picture is not None)


def blurred(pictures: list[Tensor]) -> list[Tensor]:
    """Painted pictures through a median blur of 3."""
    return [as_tensor(cv2.medianBlur(levels(picture), 3).astype(np.float32)) for picture in pictures]


def levels(picture: Tensor) -> np.ndarray:
    """A picture as a display's levels, H x W x 3 uint8."""
    return as_array(picture).clip(0, 255).round().astype(np.uint8)


def laplacian(pictures: list[Tensor]) -> float:
    """The mean variance of the Laplacian of luma (Pech-Pacheco et al. 2000)."""
    lumas = [cv2.cvtColor(levels(picture), cv2.COLOR_RGB2GRAY) for picture in pictures]
    return mean(float(cv2.Laplacian(luma, cv2.CV_32F).var()) for luma in lumas)


def row_of(pictures: list[Tensor]) -> np.ndarray:
    """A row of a sheet: six frames in a row, the middle of each at full size."""
    shown = []
    for picture in map(levels, pictures[-6:]):
        top, left = (picture.shape[0] - 160) // 2, (picture.shape[1] - 240) // 2
        shown.append(picture[max(top, 0) :][:160, max(left, 0) :][:, :240])
    return np.hstack(shown)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--style", type=Path, default=SHELF / "exam.safetensors")
    parser.add_argument("--unsteady", type=Path, help="the same style, trained without the stability loss")
    parser.add_argument("--weight", type=float, default=3e10)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--clips", nargs="*", help="only these, by name")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="keys of stability")
    parser.add_argument("--sheet", type=Path)
    return parser.parse_args()


def ways(asked: argparse.Namespace) -> Mapping[str, tuple[Painter, Stability]]:
    """What is compared, the plain picture first."""
    own = load_painter(asked.style, (SHELF,))
    plain = load_painter(asked.unsteady, (asked.unsteady.parent, SHELF)) if asked.unsteady else own
    none = Stability(flow=0.0)
    wished = dict(map(_split, asked.set))
    return {
        "plain": (plain, none),
        **({"trained for it": (own, none)} if asked.unsteady else {}),
        BLURRED: (plain, none),
        BEFORE: (plain, Stability(flow=0.0, median=3)),
        "defaults": (own, Stability()),
        **({" ".join(asked.set): (own, Stability.model_validate(wished))} if wished else {}),
    }


def _split(text: str) -> tuple[str, float]:
    key, _, value = text.partition("=")
    return key, float(value)


def main() -> None:
    """Prints the table; exit code 1 where a promise is missed."""
    asked = parse()
    torch.set_num_threads(min(2, os.cpu_count() or 1))
    paths = sorted((SAMPLES / "media" / "video").glob("*.mp4"))
    paths = [path for path in paths if not asked.clips or path.stem in asked.clips]
    if not paths:
        sys.exit(f"no clips in {SAMPLES} (set STYLEREEL_SAMPLES)")
    falls, missed, rows = [], [], []
    compared = ways(asked)
    for path in paths:
        frames = frames_of(path, asked.frames, asked.width)
        moved = motions(frames, search=farneback)
        own = warping_error(frames, moved)
        found: dict[str, Figures] = {}
        for name, (painter, wear) in compared.items():
            with torch.inference_mode():
                pictures = painted(frames, painter, asked.weight, wear)
            pictures = blurred(pictures) if name == BLURRED else pictures
            error = warping_error(pictures, moved) - own
            found[name] = Figures(error, sharpness(pictures), laplacian(pictures))
            rows.append(row_of(pictures))
            print(f"{path.stem:24} {name:24} {found[name].over(found['plain'])}", flush=True)
        plain, defaults = found["plain"], found["defaults"]
        falls.append(1 - defaults.error / plain.error)
        if any(defaults.sharp < LEAST_SHARP * plain.sharp):
            missed.append(f"{path.stem}: not {LEAST_SHARP:.0%} of the plain sharpness")
        if defaults.error >= found[BLURRED].error or any(defaults.sharp < found[BLURRED].sharp):
            missed.append(f"{path.stem}: not better than {BLURRED} in both")
        if defaults.error >= found[BEFORE].error:
            missed.append(f"{path.stem}: no steadier than {BEFORE}")
        if falls[-1] < LEAST_FALL:
            missed.append(f"{path.stem}: the warping error falls by {falls[-1]:.0%}, not {LEAST_FALL:.0%}")
    print(f"defaults: the warping error falls by {mean(falls):.0%}, on the worst clip by {min(falls):.0%}")
    if asked.sheet:
        cv2.imwrite(str(asked.sheet), np.vstack(rows)[..., ::-1])
    print("\n".join(missed) or "every promise is kept")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
