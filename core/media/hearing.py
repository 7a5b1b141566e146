"""The sound of a film file, sample by sample: what is heard between two moments of its own time.

What a decoder makes of a packet hangs on the packets before it, so that a seek lands well ahead and what
lies before is thrown away: the samples are those of a film that is played from its top (but for the noise
that decoders of AAC and AC-3 draw themselves). Knows nothing of pictures, or of how sound is written.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av import AudioFrame, AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from .files import decoding, open_media

BLOCK = 4096  # samples that are given at a time, at most
_RUN_UP = Fraction(1, 2)  # seconds that are decoded before what is asked for
_JITTER = Fraction(1, 50)  # seconds that a packet's time may differ from where the one before it ended


@dataclass(frozen=True, slots=True)
class Track:
    """One track of sound: its number among them, samples a second, channels, and their layout's name.

    Its samples come packed as `sample`: `s32` (where the file has fewer bits, in the upper ones), `flt`
    or `dbl`. `codec` is FFmpeg's name of what it is stored in.
    """

    number: int
    rate: int
    channels: int
    layout: str
    sample: str
    codec: str


def tracks_of(path: Path) -> list[Track]:
    """The tracks of sound in a film file, in their order. Raises MediaError where it cannot be read."""
    with decoding(path), open_media(path) as container:
        return [_track(number, stream) for number, stream in enumerate(container.streams.audio)]


def _track(number: int, stream: AudioStream) -> Track:
    sample = {"pcm_f32": "flt", "pcm_f64": "dbl"}.get(stream.codec.name[:7], "s32")
    layout = stream.layout
    return Track(number, stream.rate, layout.nb_channels, layout.name, sample, stream.codec.name)


def heard(path: Path, track: Track, begin: Fraction, seconds: Fraction) -> Generator[np.ndarray, None, None]:
    """The samples of a track from moment `begin` of the file, in seconds, on for `seconds`.

    Blocks of up to 4096 samples, (1, samples x channels); the first sample is that which is nearest to
    `begin`, and where the track has none there is silence. Raises MediaError where it cannot be decoded.
    """
    first, stop = round(begin * track.rate), round((begin + seconds) * track.rate)
    with closing(_from(path, track, first)) as blocks:
        at = first
        for place, samples in blocks:
            at = yield from _silence(track, at, min(place, stop))
            part = samples[:, (at - place) * track.channels : (stop - place) * track.channels]
            for cut in range(0, part.shape[1], BLOCK * track.channels):
                yield np.ascontiguousarray(part[:, cut : cut + BLOCK * track.channels])
            at = max(at, min(stop, place + samples.shape[1] // track.channels))
            if at >= stop:
                return
        yield from _silence(track, at, stop)


def _silence(track: Track, at: int, stop: int) -> Generator[np.ndarray, None, int]:
    """Nothing from sample `at` to `stop`; gives back where it ends."""
    kind = {"s32": np.int32, "flt": np.float32, "dbl": np.float64}[track.sample]
    for cut in range(at, stop, BLOCK):
        yield np.zeros((1, min(BLOCK, stop - cut) * track.channels), kind)
    return max(at, stop)


def _from(path: Path, track: Track, first: int) -> Generator[tuple[int, np.ndarray], None, None]:
    """Blocks with the numbers of their first samples, in order, from one at or before sample `first`.

    What ends before it is left out. From the top of the file where no seek leads so far back, or where
    packets' times are too coarse to count samples by (Matroska).
    """
    with decoding(path), open_media(path) as container:
        stream = container.streams.audio[track.number]
        tick = stream.time_base or Fraction(1)
        sought = Fraction(first, track.rate) - _RUN_UP
        if tick <= Fraction(1, track.rate) and sought > (stream.start_time or 0) * tick:
            container.seek(int(sought / tick), stream=stream, backward=True)
            blocks = _decoded(container, stream, track)
            place, samples = next(blocks, (first + 1, np.zeros((1, 0))))
            if place <= first:
                yield place, samples
                yield from blocks
                return
    with decoding(path), open_media(path) as container:
        yield from _decoded(container, container.streams.audio[track.number], track)


def _decoded(
    container: InputContainer, stream: AudioStream, track: Track
) -> Iterator[tuple[int, np.ndarray]]:
    packed = AudioResampler(track.sample, track.layout, track.rate)
    at: int | None = None
    for frame in container.decode(stream):
        place = _place(frame, track.rate)
        if at is None or (place is not None and abs(place - at) > _JITTER * track.rate):
            at = place or 0
        for part in packed.resample(frame):
            samples = part.to_ndarray()
            yield at, samples
            at += part.samples


def _place(frame: AudioFrame, rate: int) -> int | None:
    """The number of a frame's first sample by its own time."""
    return None if frame.pts is None else round(frame.pts * Fraction(frame.time_base or 1) * rate)
