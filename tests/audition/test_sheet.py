"""The contact sheet: everything is on it where it belongs, and words in any script do no harm."""

from dataclasses import replace

import numpy as np
import torch
from stylereel.core.audition.judging import Candidate, Take
from stylereel.core.audition.sheet import WIDTH, Entry, draw_sheet, png
from stylereel.core.audition.verdict import Marks, judged
from torch import Tensor

MARKS = Marks(1e10, kept={"a": 0.9, "b": 0.9}, noise_gain=1.0, style_distance=0.2, flicker=1.0)
RED = np.array((196, 44, 36))


class Plain:
    """A painter that does nothing."""

    def paint(self, pixels: Tensor, style_weight: float, *, sphere: bool = False) -> Tensor:
        return pixels

    def on(self, device: torch.device) -> "Plain":
        return self


def flat(colour: tuple[int, int, int], wide: int = 256) -> np.ndarray:
    return np.full((256, wide, 3), colour, np.uint8)


def entry(name: str, marks: Marks, colour: tuple[int, int, int]) -> Entry:
    takes = (Take(marks, (flat(colour), flat(colour, 512))),)
    candidate = Candidate(name, Plain(), (marks.style_weight,), picture=flat((1, 2, 3), 300))
    return Entry(candidate, takes, judged(name, [marks]))


def sheet(*entries: Entry) -> np.ndarray:
    return draw_sheet(["still", "wide"], [flat((9, 99, 9)), flat((9, 99, 9), 512)], entries, "two")


def rows_with(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.flatnonzero((picture == colour).all(2).sum(1) > 400)


def test_source_and_candidates_stand_below_one_another_in_the_order_given() -> None:
    drawn = sheet(entry("one", MARKS, (10, 20, 200)), entry("two", MARKS, (200, 20, 10)))
    assert drawn.shape[1] == WIDTH and drawn.dtype == np.uint8
    source, first, second = (rows_with(drawn, c) for c in ((9, 99, 9), (10, 20, 200), (200, 20, 10)))
    assert len(source) == len(first) == len(second) > 100
    assert source[-1] < first[0] and first[-1] < second[0]


def test_tiles_keep_their_shape_and_fill_the_row() -> None:
    row = sheet(entry("one", MARKS, (10, 20, 200)))[rows_with(sheet(), (9, 99, 9))[5]]
    columns = np.flatnonzero((row == (9, 99, 9)).all(1))
    (gap,) = np.flatnonzero(np.diff(columns) > 1)
    assert abs((len(columns) - gap - 1) - 2 * (gap + 1)) <= 2, "the second is twice as wide"


def test_only_what_breaks_a_limit_is_red() -> None:
    def reds(marks: Marks) -> int:
        return int((np.abs(sheet(entry("one", marks, (10, 20, 200))).astype(int) - RED).sum(2) < 9).sum())

    assert reds(MARKS) == 0
    assert reds(replace(MARKS, flicker=9.0)) > 50


def test_names_in_any_script_are_drawn() -> None:
    odd = [entry(name, MARKS, (10, 20, 200)) for name in ("Étude Nº 3", "北斎", "x" * 200, "")]
    plain = sheet(entry("plain", MARKS, (10, 20, 200)))
    assert sheet(*odd).shape[0] > plain.shape[0]
    assert png(plain).startswith(b"\x89PNG")
