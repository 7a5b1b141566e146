"""Media as a stranger decodes it: every frame in order, the packets, the numbers, the distance of two."""

from pathlib import Path

import av
import numpy as np
from av import VideoFrame
from stylereel.core.media.colour import to_rgb

from support.burnin import read_number


def frames_of(path: Path) -> list[VideoFrame]:
    """All frames as they are shown, decoded from the top without a seek."""
    with av.open(str(path)) as container:
        return list(container.decode(video=0))


def packets_of(path: Path) -> list[bytes]:
    """The coded frames."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def number_in(frame: VideoFrame) -> int:
    """The number burnt into a frame."""
    return read_number(frame.to_ndarray(format="rgb24"))


def luma(frame: VideoFrame) -> np.ndarray:
    """Luma of a limited-range planar frame, height x width, 0 … 1, straight from its plane."""
    bits = frame.format.components[0].bits
    plane = np.frombuffer(frame.planes[0], np.uint8 if bits == 8 else np.uint16)
    lines = plane.reshape(frame.height, -1)[:, : frame.width].astype(np.float64)
    return (lines / 2 ** (bits - 8) - 16) / 219


def psnr(first: np.ndarray, second: np.ndarray, peak: float) -> float:
    """Peak signal to noise in dB."""
    error = float(np.mean((first.astype(np.float64) - second) ** 2))
    return float("inf") if error == 0 else 10 * np.log10(peak**2 / error)


def rgb_psnr(first: VideoFrame, second: VideoFrame) -> float:
    """How far two frames are apart in RGB, in dB."""
    return psnr(to_rgb(first).numpy(), to_rgb(second).numpy(), 255)
