"""Writes drawn pictures as a small H.264 film with timecode, reel and a quiet tone: the demo's footage.

For the demo alone; styled media is the writer's. Knows nothing of what the pictures show.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer

from .files import publishing
from .tags import BT709, LIMITED

_SOUND_RATE = 48_000
_OPTIONS = {"crf": "14", "preset": "veryfast", "x264-params": "keyint=24:bframes=2:threads=2"}


def write_rgb(
    path: Path, frames: Iterator[np.ndarray], rate: Fraction, *, timecode: str, reel: str, tone_hz: float
) -> int:
    """Writes `frames` (uint8 RGB, height x width x 3, even sides) to a .mov; returns how many there were.

    `timecode` is the first frame's (`01:00:00:00`). The sound is a stereo fifth above `tone_hz`, as
    long as the picture. Raises ValueError where there are no frames, OutputError where the file
    cannot be written.
    """
    first = next(frames, None)
    if first is None:
        raise ValueError(f"{path.name}: a film needs at least one frame")
    options = {"movie_timescale": str(rate.numerator)}
    with publishing(path) as part, av.open(str(part), "w", format="mov", options=options) as container:
        video = container.add_stream("libx264", rate=rate, options=_OPTIONS)
        video.height, video.width = first.shape[:2]
        video.pix_fmt = "yuv420p"
        video.codec_context.time_base = 1 / rate
        video.metadata["timecode"], video.metadata["reel_name"] = timecode, reel
        context = video.codec_context
        context.colorspace = context.color_trc = context.color_primaries = BT709
        context.color_range = LIMITED
        sound = container.add_stream("aac", rate=_SOUND_RATE)
        sound.layout = "stereo"
        count = 0
        for count, picture in enumerate(chain([first], frames), 1):
            container.mux(video.encode(_frame(picture, count - 1, rate)))
        container.mux(video.encode())
        _add_tone(container, sound, round(count / rate * _SOUND_RATE), tone_hz)
    return count


def _frame(picture: np.ndarray, index: int, rate: Fraction) -> av.VideoFrame:
    drawn = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame = drawn.reformat(format="yuv420p", dst_colorspace=BT709, src_color_range=2, dst_color_range=1)
    frame.colorspace = frame.color_trc = frame.color_primaries = BT709
    frame.color_range = LIMITED
    frame.pts, frame.time_base = index, 1 / rate
    return frame


def _add_tone(container: OutputContainer, stream: AudioStream, samples: int, tone_hz: float) -> None:
    seconds = np.arange(samples) / _SOUND_RATE
    swell = 0.04 * np.minimum(1, np.minimum(seconds, seconds[::-1]) / 0.25)
    sides = [swell * np.sin(2 * np.pi * hertz * seconds) for hertz in (tone_hz, tone_hz * 1.5)]
    tone = np.stack(sides).astype(np.float32)
    for first in range(0, samples, 1024):
        block = np.ascontiguousarray(tone[:, first : first + 1024])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = _SOUND_RATE, first, Fraction(1, _SOUND_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
