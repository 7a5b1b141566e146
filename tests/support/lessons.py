"""What a training needs, small: style pictures, content, a VGG-19 of random weights, and orders on them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from stylereel.core.training.order import Order, Recipe

from support.vgg import write_vgg

NEW_BASE = Recipe(steps=2, affine_rate=1e-2, net_rate=2e-3, batch=1, size=64)
NEW_STYLE = replace(NEW_BASE, net_rate=0.0)


def write_lessons(folder: Path) -> Path:
    """`red.png` and `blue.png`, six pictures in `content`, `vgg.safetensors`; returns the folder."""
    write_vgg(folder / "vgg.safetensors")
    noise = np.random.default_rng(1)
    (folder / "content").mkdir()
    for number in range(6):
        draw(folder / "content" / f"{number}.png", noise.integers(0, 255, (12, 16, 3), np.uint8))
    draw(folder / "red.png", noise.integers(0, 255, (9, 9, 3), np.uint8) // np.array([1, 9, 9], np.uint8))
    draw(folder / "blue.png", noise.integers(0, 255, (20, 20, 3), np.uint8) // np.array([9, 9, 1], np.uint8))
    return folder


def draw(path: Path, pixels: np.ndarray) -> None:
    """Writes RGB pixels at 256 × 192."""
    cv2.imwrite(str(path), cv2.resize(pixels, (256, 192), interpolation=cv2.INTER_CUBIC)[:, :, ::-1])


def ordered(place: Path, out: Path, **changes: Any) -> Order:
    """A new base over both pictures, or what `changes` make of it; every picture pulls alike."""
    order = Order(
        pictures={"red": place / "red.png", "blue": place / "blue.png"},
        content=(place / "content",),
        out=out,
        recipe=NEW_BASE,
        licences=(),
        new_base="base",
        vgg=place / "vgg.safetensors",
    )
    order = replace(order, **changes)
    order = replace(order, licences=("CC0-1.0",) * len(order.pictures))
    return order if "pulls" in changes else replace(order, pulls=(1.0,) * len(order.pictures))
