"""Flashes of made clips, for which the limits say what they must be."""

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest
from stylereel.core.audition.flash import HEADSET, SCREEN, Flashes, measure_flashes

RATE = 25
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
RED, GREY = (200, 0, 0), (99, 99, 99)  # of one luminance
Colour = tuple[int, int, int]


def picture(colour: Sequence[int], size: tuple[int, int] = (48, 36)) -> np.ndarray:
    return np.full((size[1], size[0], 3), colour, np.uint8)


def wave(frame: int, hertz: float) -> bool:
    return int(2 * hertz * frame / RATE) % 2 == 1


def flicker(one: Colour, other: Colour, hertz: float, seconds: float = 2) -> Iterator[np.ndarray]:
    return (picture(other if wave(n, hertz) else one) for n in range(round(seconds * RATE)))


def patched(
    box: tuple[slice, slice | list[int]], hertz: float = 5, size: tuple[int, int] = (48, 36)
) -> list[np.ndarray]:
    """A grey film of which one box flickers."""
    clip = [picture((128, 128, 128), size) for _ in range(2 * RATE)]
    for number, frame in enumerate(clip):
        frame[box] = 255 * wave(number, hertz)
    return clip


def test_a_steady_film_has_no_flashes() -> None:
    still = np.random.default_rng(1).integers(0, 256, (36, 48, 3), np.uint8)
    assert measure_flashes([still] * 60, RATE) == Flashes(0, False, 0, 0)
    assert measure_flashes([], RATE).passes and measure_flashes([still], RATE).passes


@pytest.mark.parametrize(("hertz", "passes"), [(0.5, True), (2, True), (3, True), (4, False), (5, False)])
def test_more_than_three_flashes_a_second_are_too_many(hertz: float, passes: bool) -> None:
    found = measure_flashes(flicker(BLACK, WHITE, hertz), RATE)
    assert found.passes is passes and not found.red
    assert abs(found.per_second - hertz) <= 0.5
    assert found.area == 1


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
def test_a_second_is_a_second_at_every_rate(rate: Fraction) -> None:
    for hertz, passes in ((3, True), (4, False)):
        clip = [picture(WHITE if int(2 * hertz * n / rate) % 2 else BLACK) for n in range(int(3 * rate))]
        assert measure_flashes(clip, rate).passes is passes


def test_the_worst_second_is_found() -> None:
    dark = [picture(BLACK)] * 40
    found = measure_flashes([*dark, *flicker(BLACK, WHITE, 5, seconds=1), *dark], RATE)
    assert found.per_second >= 4 and 35 <= found.first <= 45


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ((237, 237, 237), WHITE, "the darker state is bright"),
        ((0, 0, 0), (84, 84, 84), "the change is below a tenth"),
        ((200, 150, 150), (126, 170, 126), "no state is a saturated red"),
    ],
)
def test_what_flickers_below_the_thresholds_is_no_flash(one: Colour, other: Colour, why: str) -> None:
    assert measure_flashes(flicker(one, other, 6), RATE).per_second == 0, why


def test_saturated_red_flashes_without_a_change_of_luminance() -> None:
    found = measure_flashes(flicker(RED, GREY, 5), RATE)
    assert found.red and not found.passes and found.area == 1
    assert measure_flashes(flicker(RED, GREY, 2), RATE).passes


@pytest.mark.parametrize("seconds", [1.2, 3.0])
def test_a_slow_fade_is_one_transition_however_many_frames_it_has(seconds: float) -> None:
    count = round(seconds * RATE)
    up = [picture((n * 255 // count,) * 3) for n in range(count + 1)]
    found = measure_flashes([*up, *reversed(up)], RATE)
    assert found.passes and 0.5 <= found.per_second <= 1


def test_flashes_in_a_corner_pass_until_they_take_a_quarter_of_ten_degrees() -> None:
    small, large = (slice(0, 4), slice(0, 6)), (slice(0, 8), slice(0, 10))  # of fields 12 x 16
    found = measure_flashes(patched(small), RATE)
    assert found.per_second == 0 and found.area == pytest.approx(24 / 192)
    found = measure_flashes(patched(large), RATE)
    assert not found.passes and found.area == pytest.approx(80 / 192)
    middle = (slice(15, 23), slice(21, 31))
    assert measure_flashes(patched(middle), RATE) == found


def test_places_that_flash_in_turn_do_not_hide_each_other() -> None:
    """Two halves in opposite phase: the mean of the picture is steady."""
    clip = list(flicker(BLACK, WHITE, 5))
    for frame in clip:
        frame[:, 24:] = 255 - frame[:, 24:]
    assert np.ptp([frame.mean() for frame in clip]) == 0
    assert not measure_flashes(clip, RATE).passes


def test_a_fine_balanced_pattern_passes() -> None:
    board = np.indices((300, 1200)).sum(0) % 2 == 0  # squares of a quarter of a cell
    clip = [np.repeat(255 * (board ^ (n % 2 == 1))[..., None], 3, 2).astype(np.uint8) for n in range(RATE)]
    assert measure_flashes(clip, RATE).per_second == 0


def test_places_that_flicker_each_in_its_own_time_make_no_flash_together() -> None:
    phases = np.random.default_rng(2).random((36, 48, 1))

    def shimmer(spread: float) -> Iterator[np.ndarray]:
        for number in range(60):
            lit = np.floor(3 * number / RATE + 2 * spread * phases) % 2
            yield np.broadcast_to(255 * lit, (36, 48, 3))

    assert measure_flashes(shimmer(spread=1), RATE).per_second == 0
    assert measure_flashes(shimmer(spread=0.02), RATE).per_second >= 1


def test_a_clip_flashes_as_much_backwards() -> None:
    for hertz in (1, 2.5, 4, 6):
        clip = list(flicker(BLACK, (140, 140, 140), hertz))
        assert measure_flashes(clip[::-1], RATE).per_second == measure_flashes(clip, RATE).per_second


def test_the_sphere_closes_at_its_edges() -> None:
    """A field of 360 x 180 is 90 x 90; half of the patch lies at either edge, too little alone."""
    columns = [*range(25), *range(335, 360)]
    clip = patched((slice(60, 120), columns), size=(360, 180))
    assert measure_flashes(clip, RATE, replace(HEADSET, wraps=False)).passes
    found = measure_flashes(clip, RATE, HEADSET)
    assert not found.passes and found.area == pytest.approx(3000 / 8100)


def test_floats_beyond_white_and_large_pictures_are_measured_alike() -> None:
    def as_floats(frame: np.ndarray) -> np.ndarray:
        return np.where(frame > 0, frame.astype(np.float32) + 40, -20)

    def larger(frame: np.ndarray) -> np.ndarray:
        return frame.repeat(10, 0).repeat(10, 1)

    plain = measure_flashes(flicker(BLACK, WHITE, 4), RATE)
    changes: tuple[Callable[[np.ndarray], np.ndarray], ...] = (as_floats, larger)
    for change in changes:
        assert measure_flashes(map(change, flicker(BLACK, WHITE, 4)), RATE) == plain


def test_frames_are_not_kept() -> None:
    alive: list[weakref.ref[np.ndarray]] = []
    most = 0

    def stream() -> Iterator[np.ndarray]:
        nonlocal most
        for number in range(60):
            frame = picture(WHITE if wave(number, 5) else BLACK)
            alive.append(weakref.ref(frame))
            most = max(most, sum(one() is not None for one in alive))
            yield frame

    assert not measure_flashes(stream(), RATE).passes
    assert most <= 2


@pytest.mark.parametrize("rate", [0, -25, float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="frame rate"):
        measure_flashes([], rate)


def test_calm_footage_passes(samples: Path) -> None:
    for name, view in (("flower_cc0.mp4", SCREEN), ("intel_car.mp4", SCREEN), ("intel_car.mp4", HEADSET)):
        with av.open(str(samples / "media" / "video" / name)) as film:
            clip = (frame.to_ndarray(format="rgb24") for frame in islice(film.decode(video=0), 30))
            assert measure_flashes(clip, RATE, view).passes, name
