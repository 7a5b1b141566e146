"""A display's signal as linear light, and back: what OpenEXR files hold, 1 for white both ways.

The curve is BT.709's, with the digits that FFmpeg has it in. Knows numbers alone: nothing of files.
"""

import numpy as np

_ALPHA, _BETA = 1.09929682680944, 0.018053968510807
_MOST = 65504.0


def light_of_signal(signal: np.ndarray) -> np.ndarray:
    """Signal, 0 … 1 and beyond, as light, float32; what lies below black goes on in a straight line."""
    values = signal.astype(np.float64)
    bright = np.maximum((values + _ALPHA - 1) / _ALPHA, 0) ** (1 / 0.45)
    return np.where(values < 4.5 * _BETA, values / 4.5, bright).astype(np.float32)


def signal_of_light(light: np.ndarray) -> np.ndarray:
    """The way back, float32; what is no number is black, and what has no end as bright as half floats go."""
    values = np.nan_to_num(light.astype(np.float64), posinf=_MOST, neginf=-_MOST)
    bright = _ALPHA * np.maximum(values, _BETA) ** 0.45 - (_ALPHA - 1)
    return np.where(values < _BETA, values * 4.5, bright).astype(np.float32)
