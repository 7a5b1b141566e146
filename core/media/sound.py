"""Sound that goes with a picture into its file, in step with it, track by track.

In MOV uncompressed, in 24 bits or as exactly as the source has it; in MXF in 24 bits and without the name of
its layout, so that its channels stay in the source's order; in Matroska as FLAC where that is as exact, since
there uncompressed sound loses its layout too; in MP4, which takes no uncompressed sound, as AAC.
Knows the samples that `hearing` gives; nothing of pictures.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Self

import numpy as np
from av import AudioFrame, Packet
from av.audio.stream import AudioStream
from av.container import OutputContainer

from ..errors import MediaError
from .hearing import Track, heard, listed, tracks_of

_AAC_BITS = 160_000  # a second and channel
_AAC_RATES = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
_AAC_LAYOUTS = {"mono", "stereo", "3.0", "4.0", "5.0", "5.1", "7.1", "quad"}
_FLAC_CHANNELS = 8
_MXF_RATE = 48000
_AT_THE_SIDE = "(side)"  # 5.1(side) of discs is 5.1 in AAC: the same channels in the same order
_STEREO = {"2 channels", "downmix"}  # what AAC has no other name for: two without names, and Lt/Rt


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard in a film file from moment `begin` of its own time, in seconds, on for `seconds`."""

    path: Path
    begin: Fraction
    seconds: Fraction


def coder_for(track: Track, suffix: str, path: Path) -> str:
    """FFmpeg's name of what a track of a file is written in, in a file of such a suffix.

    Raises MediaError where MP4 or MXF cannot hold it.
    """
    exact = {"pcm_f32": "pcm_f32le", "pcm_f64": "pcm_f64le", "pcm_s32": "pcm_s32le"}.get(track.codec[:7])
    if suffix == ".mp4":
        if _spoken(track) in _AAC_LAYOUTS and track.rate in _AAC_RATES:
            return "aac"
        what = f"MP4 cannot hold its sound, {track.layout} at {track.rate} Hz"
        raise MediaError(what, where=str(path), hint="Write prores, or leave the sound out.", code="E-SOUND")
    if suffix == ".mxf":
        if track.rate == _MXF_RATE:
            return "pcm_s24le"
        what = f"MXF cannot hold its sound at {track.rate} Hz, but at {_MXF_RATE} alone"
        hint = "Write the same in MOV, or leave the sound out."
        raise MediaError(what, where=str(path), hint=hint, code="E-SOUND")
    if suffix == ".mkv" and not exact and track.channels <= _FLAC_CHANNELS:
        return "flac"
    return exact or "pcm_s24le"


def check_sound(path: Path, suffix: str) -> None:
    """See that the sound of a film file can go into one of such a suffix.

    Raises MediaError as `coder_for` does, where it cannot be read, and where none of it can be decoded.
    """
    for track in _carried(path):
        coder_for(track, suffix, path)


def sound_doubt(path: Path, suffix: str) -> tuple[str, str] | None:
    """A code and words for what of a film file's sound cannot go into one of such a suffix, if anything.

    E-SOUND where that fails its shots, W-SOUND where tracks are left out. None for a file that cannot be
    read, which is told elsewhere.
    """
    try:
        check_sound(path, suffix)
        tracks = listed(path)
    except MediaError as error:
        return ("E-SOUND", f"{path.name}: {error.what}. {error.hint}") if error.code == "E-SOUND" else None
    lost = [str(number) for number, track in enumerate(tracks, 1) if track is None]
    if not lost:
        return None
    which = f"track {lost[0]}" if len(lost) == 1 else f"tracks {', '.join(lost)}"
    stays = "stays on its original" if len(lost) == 1 else "stay on their original"
    what = f"{which} of {len(tracks)} of its sound cannot be decoded here, and {stays}"
    return "W-SOUND", f"{path.name}: {what}"


def _carried(path: Path) -> list[Track]:
    """The tracks of a film file that go into another; there is one at least."""
    if tracks := tracks_of(path):
        return tracks
    hint = "Leave the sound out, or give the file a track of PCM or AAC."
    raise MediaError("none of its sound can be decoded here", where=str(path), hint=hint, code="E-SOUND")


def _spoken(track: Track) -> str:
    """The layout's name in AAC; a channel alone is mono, whatever it is called."""
    if track.channels == 1:
        return "mono"
    return "stereo" if track.layout in _STEREO else track.layout.removesuffix(_AT_THE_SIDE)


class SoundTracks:
    """The tracks of a sound in a file that is being written; made before the file's first packet.

    `suffix` is the file's. Raises MediaError as `check_sound` does.
    """

    def __init__(self, container: OutputContainer, sound: Sound | None, suffix: str) -> None:
        tracks = _carried(sound.path) if sound else []
        self._open = ExitStack()
        self._voices = [_Voice(container, track, sound, suffix) for track in tracks if sound]
        for voice in self._voices:
            self._open.enter_context(closing(voice.blocks))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def until(self, moment: Fraction) -> Iterator[Packet]:
        """The packets of all tracks up to a moment of the file, in seconds."""
        for voice in self._voices:
            yield from voice.until(moment)

    def rest(self) -> Iterator[Packet]:
        """The packets of all tracks to their ends."""
        for voice in self._voices:
            yield from voice.rest()


class _Voice:
    """A track on its way from one file to the other."""

    def __init__(self, container: OutputContainer, track: Track, sound: Sound, suffix: str) -> None:
        coder = coder_for(track, suffix, sound.path)
        if suffix == ".mxf" or (suffix == ".mkv" and coder != "flac"):
            track = replace(track, order=())  # without a layout, all that tells channels is where they were
        self.blocks = heard(sound.path, track, sound.begin, sound.seconds)
        self._track, self._at = track, 0
        self._layout = _spoken(track) if coder == "aac" else track.layout
        options = {"b": str(_AAC_BITS * track.channels)} if coder == "aac" else {}
        stream = container.add_stream(coder, rate=track.rate, options=options)
        assert isinstance(stream, AudioStream)
        stream.layout = self._layout
        if coder == "flac":
            stream.format = "s32"  # of 24 bits
        self._stream = stream

    def until(self, moment: Fraction) -> Iterator[Packet]:
        while self._at < moment * self._track.rate and (block := next(self.blocks, None)) is not None:
            yield from self._stream.encode(self._frame(block))

    def rest(self) -> Iterator[Packet]:
        for block in self.blocks:
            yield from self._stream.encode(self._frame(block))
        yield from self._stream.encode(None)

    def _frame(self, block: np.ndarray) -> AudioFrame:
        frame = AudioFrame.from_ndarray(block, format=self._track.sample, layout=self._layout)
        frame.sample_rate, frame.pts = self._track.rate, self._at
        frame.time_base = Fraction(1, self._track.rate)
        self._at += frame.samples
        return frame
