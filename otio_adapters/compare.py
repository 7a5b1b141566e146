"""A relinked timeline held against the cut it came from. Knows cuts; reads and writes no document.

Every clip must stand where it stood and show the frames of its source that it showed.
"""

import unicodedata
from collections.abc import Mapping

from ..core.cut import Cut, StyledMedia, Use
from ..core.errors import VerifyError
from ..core.exchange import Delivery
from ..core.rates import timecode

FAULT = "Nothing was published. This is a fault of StyleReel: please report it with the timeline."


def compare(
    cut: Cut,
    again: Cut,
    styled: Mapping[str, StyledMedia],
    delivery: Delivery = Delivery(),  # noqa: B008
    timecodes: bool = True,
) -> None:
    """Holds `again`, the relinked document as it reads, against `cut`, what it was made from.

    `timecodes` says whether the document tells the timecode of the styled files. Raises VerifyError
    where a clip has moved, shows another frame of its source or is on other media than was promised.
    """
    expect(cut, "warnings", set(again.notes) - set(cut.notes), set())
    for what in ("rate", "frames", "start", "drop_frame", "markers", "skipped"):
        expect(cut, f"the sequence's {what}", getattr(again, what), getattr(cut, what))
    found = {use.id: use for use in again.uses}
    expect(cut, "the clips", list(found), [use.id for use in cut.uses])
    for use in cut.uses:
        _compare_use(cut, use, found[use.id], styled.get(use.id), timecodes)


def expect(cut: Cut, what: str, found: object, expected: object) -> None:
    """Raises VerifyError where the relinked timeline says `found` of `what` and not `expected`."""
    if found != expected:
        message = (
            f"the relinked timeline does not say what it should of {what}: {found} instead of {expected}"
        )
        raise VerifyError(message, where=str(cut.path), hint=FAULT)


def _compare_use(cut: Cut, old: Use, new: Use, styled: StyledMedia | None, timecodes: bool) -> None:
    what = f"{old.clip} on {old.track} at {cut.timecode(old.record.first)}"
    for field in ("track", "record", "head", "tail", "label"):
        expect(cut, f"{what}: its {field}", getattr(new, field), getattr(old, field))
    if old.clip != old.media.name:  # a clip without a name is called after its media
        expect(cut, f"{what}: its name", new.clip, old.clip)
    shift = styled.first_frame if styled else 0
    expect(cut, f"{what}: its first frame", new.time.frame(0) + shift, old.time.frame(0))
    if styled is None:
        expect(cut, f"{what}: its media", new.media.editor_path, old.media.editor_path)
        expect(cut, f"{what}: its markers", new.markers, old.markers)
        return
    path = unicodedata.normalize("NFC", styled.editor_path)
    expect(cut, f"{what}: its media", new.media.editor_path, path)
    expect(cut, f"{what}: its length", new.media.frames, styled.frames)
    if timecodes:
        starts = (timecode(start, cut.rate, styled.drop_frame) for start in (new.media.start, styled.start))
        expect(cut, f"{what}: its timecode", *starts)
