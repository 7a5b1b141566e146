"""The media linker `stylereel_search`: finds the footage of clips that name no file, for any OTIO program.

A folder's headers are read once in a process. Clips that name a file, and those that none or several
files could be, stay as they are.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import opentimelineio as otio
from opentimelineio.opentime import TimeRange
from opentimelineio.schema import Clip, ExternalReference

from ...core.errors import StyleReelError
from ...core.exchange import Footage
from ..pathurls import to_pathurl
from .dialect import OURS
from .links import Linked, find
from .media import wanted_by
from .times import clock_at, exact_rate, time_of

_FOLDER = "folder"


def link_media_reference(
    in_clip: Clip, media_linker_argument_map: Mapping[str, object] | None = None
) -> otio.core.MediaReference | None:
    """The file that a clip means, among the films in the folder that the argument `folder` names.

    None where the clip names a file itself, or where no file or more than one could be meant. Raises
    OTIOError where no folder is given, or it cannot be read.
    """
    folder = (media_linker_argument_map or {}).get(_FOLDER)
    if not isinstance(folder, str) or not folder:
        raise otio.exceptions.OTIOError(f"stylereel_search needs the argument {_FOLDER}: where footage lies")
    wanted = wanted_by(in_clip)
    if wanted is None or not _is_open(in_clip.media_reference):
        return None
    linked = find(wanted, _footage(folder))
    return _reference(in_clip, linked) if isinstance(linked, Linked) else None


def _is_open(reference: otio.core.MediaReference | None) -> bool:
    if reference is not None and isinstance(reference, ExternalReference):
        return not reference.target_url
    return reference is None or isinstance(reference, otio.schema.MissingReference)


def _reference(clip: Clip, linked: Linked) -> ExternalReference:
    footage, rate, like, start = linked.footage, linked.rate, None, Fraction(linked.start)
    if clip.source_range is not None:
        like = clip.source_range.duration.rate
        start = clock_at(start, rate, exact_rate(clip.source_range.start_time.rate))
    return ExternalReference(
        target_url=to_pathurl(footage.path.resolve().as_posix(), like="file:///"),
        available_range=TimeRange(time_of(start, rate, like), time_of(footage.frames, rate, like)),
        metadata={OURS: {"reel": footage.reel}} if footage.reel else {},
    )


@lru_cache(maxsize=16)
def _footage(folder: str) -> tuple[Footage, ...]:
    from ...core.media.search import footage_in

    try:
        return footage_in((Path(folder),))
    except StyleReelError as error:
        raise otio.exceptions.OTIOError(str(error)) from error
