"""The contact sheet shows the pictures it is given, where it says, and the ramps below them."""

import numpy as np
import pytest
from stylereel.cli.demo.sheet import Curve, Moment, contact_sheet

RED, GREEN = np.full((64, 128, 3), (200, 0, 0), np.uint8), np.full((64, 128, 3), (0, 200, 0), np.uint8)


def test_source_stands_above_styled() -> None:
    sheet = contact_sheet([Moment(0, RED, GREEN, "00:00"), Moment(9, RED, GREEN)], [], 800)
    red = np.argwhere((sheet == (200, 0, 0)).all(axis=-1))
    green = np.argwhere((sheet == (0, 200, 0)).all(axis=-1))
    assert len(red) == len(green) > 50_000
    assert red[:, 0].max() < green[:, 0].min()
    assert sheet.shape[1] == 800


def test_more_moments_than_columns_go_on_below() -> None:
    one = contact_sheet([Moment(0, RED, GREEN)] * 4, [], 800)
    two = contact_sheet([Moment(0, RED, GREEN)] * 4 + [Moment(9, GREEN, RED)], [], 800)
    fifth = two[(two.shape[0] - one.shape[0]) :, :150]
    assert two.shape[0] > one.shape[0] and two.shape[1] == one.shape[1]
    assert ((fifth == (0, 200, 0)).all(axis=-1)).any() and ((fifth == (200, 0, 0)).all(axis=-1)).any()


def test_a_heavier_weight_is_drawn_higher() -> None:
    def top(weight: float) -> int:
        plain = contact_sheet([Moment(0, RED, GREEN)], [Curve(0, (0.0,) * 10)], 800)
        inked = contact_sheet([Moment(0, RED, GREEN)], [Curve(0, (weight,) * 10)], 800)
        return int(np.argwhere((plain != inked).any(axis=(1, 2))).min())

    assert top(1e11) < top(1e10) < top(1e9) < top(5e8)


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one moment"):
        contact_sheet([], [])
