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
from av import AudioFrame, AudioLayout, AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from .files import decoding, open_media

BLOCK = 4096  # samples that are given at a time, at most
_RUN_UP = Fraction(1, 2)  # seconds that are decoded before what is asked for
_JITTER = Fraction(1, 50)  # seconds that a packet's time may differ from where the one before it ended
_ORDERED = [channel.name for channel in AudioLayout(hex(2**64 - 1)).channels]  # as FFmpeg orders them


@dataclass(frozen=True, slots=True)
class Track:
    """One track of sound: its number among them, samples a second, channels, and their layout's name.

    Its samples come packed as `sample`: `s32` (where the file has fewer bits, in the upper ones), `flt`
    or `dbl`. `codec` is FFmpeg's name of what it is stored in. Where a file has its channels in another order
    than the layout, `order` says for each of the layout's which of the file's it is.
    """

    number: int
    rate: int
    channels: int
    layout: str
    sample: str
    codec: str
    order: tuple[int, ...] = ()


def tracks_of(path: Path) -> list[Track]:
    """The tracks of sound in a film file that can be heard, in their order. Raises as `listed` does."""
    return [track for track in listed(path) if track]


def listed(path: Path) -> list[Track | None]:
    """All tracks of sound in a film file, in their order; None for one that FFmpeg has no decoder for (the
    spatial sound of telephones), or of which nothing is known. Raises MediaError where it cannot be read."""
    with decoding(path), open_media(path) as container:
        return [_track(number, stream) for number, stream in enumerate(container.streams.audio)]


def _track(number: int, stream: AudioStream) -> Track | None:
    if not (known := _settled(stream)) or not stream.rate:
        return None
    codec, (layout, order) = stream.codec.name, known
    sample = {"pcm_f32": "flt", "pcm_f64": "dbl"}.get(codec[:7], "s32")
    # other decoders have FFmpeg's order, whatever the file says
    order = order if codec.startswith("pcm_") else ()
    return Track(number, stream.rate, AudioLayout(layout).nb_channels, layout, sample, codec, order)


def _settled(stream: AudioStream) -> tuple[str, tuple[int, ...]] | None:
    """Gives an unopened decoder a layout in FFmpeg's order; its name, and the order of the file's channels.

    None where there is no decoder, or no channel. A layout in an order of its own has it in memory that PyAV
    shares between a decoder, its frames and all that `layout` gives, and that each of them frees: the process
    dies of it. So `layout` is asked for once, here alone, and the decoder has another before that is freed.
    """
    context = stream.codec_context
    if context is None or not (layout := context.layout).nb_channels:
        return None
    name, order = _in_order(layout)
    context.layout = name
    return name, order


def _in_order(layout: AudioLayout) -> tuple[str, tuple[int, ...]]:
    """The name of the layout of the same channels in FFmpeg's order, and where in the given one they are."""
    names = [channel.name for channel in layout.channels]
    if len({*names}.intersection(_ORDERED)) == len(names):
        bits = [_ORDERED.index(name) for name in names]
        order = sorted(range(len(bits)), key=bits.__getitem__)
        own = AudioLayout(hex(sum(1 << bit for bit in bits))).name
        return own, () if order == [*range(len(order))] else tuple(order)
    if layout.name.startswith("ambisonic") and "(" not in layout.name:
        return layout.name, ()
    return f"{len(names)} channels", ()  # that have no names


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
    _settled(stream)
    packed = AudioResampler(track.sample, track.layout, track.rate)
    at: int | None = None
    for frame in container.decode(stream):
        place = _place(frame, track.rate)
        if at is None or (place is not None and abs(place - at) > _JITTER * track.rate):
            at = place or 0
        for part in packed.resample(frame):
            yield at, _reordered(part.to_ndarray(), track)
            at += part.samples


def _reordered(samples: np.ndarray, track: Track) -> np.ndarray:
    if not track.order:
        return samples
    return samples.reshape(-1, track.channels)[:, track.order].reshape(1, -1)


def _place(frame: AudioFrame, rate: int) -> int | None:
    """The number of a frame's first sample by its own time."""
    return None if frame.pts is None else round(frame.pts * Fraction(frame.time_base or 1) * rate)
