"""The demo's before and after: frames of the cut and of its styled twin, read back as an editor would."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ...core.cut import Cut, Shot, Use
from ...core.media.colour import to_rgb
from ...core.media.reader import FrameReader
from ...core.whole import write_whole
from ...otio_adapters.timelines import read_cut
from ..desk import Desk
from .sheet import Curve, Moment, contact_sheet

_MOMENTS = 8


def draw_before_after(desk: Desk, styled_timeline: Path, path: Path) -> Path:
    """Writes the contact sheet of a rendered cut to `path` (JPEG). Raises OutputError where it cannot."""
    styled = read_cut(styled_timeline, paths=desk.film.paths)
    shots = {use.id: shot for shot in desk.plan.shots for use in shot.uses}
    curves = [
        Curve(use.visible.first, _weights(use, shots[use.id])) for use in desk.cut.uses if use.id in shots
    ]
    sheet = contact_sheet(list(_moments(desk.cut, styled, shots)), curves)
    done, content = cv2.imencode(
        ".jpg", np.ascontiguousarray(sheet[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 92]
    )
    write_whole(path, content.tobytes() if done else b"", "the picture")
    return path


def _moments(cut: Cut, styled: Cut, shots: dict[str, Shot]) -> Iterator[Moment]:
    after = {use.id: use for use in styled.uses}
    for number in range(_MOMENTS):
        record = (2 * number + 1) * cut.frames // (2 * _MOMENTS)
        use = next((use for use in cut.uses if record in use.record), None)
        if use and use.id in shots:
            caption = f"{cut.timecode(record)}  {shots[use.id].preset}"
            yield Moment(record, _picture(use, record), _picture(after[use.id], record), caption)


def _picture(use: Use, record: int) -> np.ndarray:
    with FrameReader(use.media.path) as reader:
        rgb = to_rgb(reader.read(use.time.frame(record - use.record.first)))
    return rgb[0].permute(1, 2, 0).round().clamp(0, 255).byte().numpy()


def _weights(use: Use, shot: Shot) -> tuple[float, ...]:
    frames = (
        use.time.frame(offset) - shot.frames.first for offset in range(use.offsets.first, use.offsets.stop)
    )
    return tuple(shot.weights[min(max(frame, 0), len(shot.weights) - 1)] for frame in frames)
