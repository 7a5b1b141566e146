"""A relinked timeline held against the cut it came from. Knows cuts; reads and writes no document.

Every clip must stand where it stood and show, at every record frame, the moment of its source that it
showed. Moments are exact fractions of a second; documents hold them to less than two millionths of a
frame.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from ..core.cut import Cut, StyledMedia, Use
from ..core.errors import VerifyError
from ..core.exchange import Delivery
from ..core.rates import timecode
from .compare_clips import Difference, check_markers, check_time

FAULT = "Nothing was published. This is a fault of StyleReel: please report it with the timeline."
_STYLED = re.compile(r" \(styled(?: \d+)?\)$")


def compare(
    cut: Cut,
    again: Cut,
    styled: Mapping[str, StyledMedia],
    delivery: Delivery = Delivery(),  # noqa: B008
    timecodes: bool = True,
) -> None:
    """Holds `again`, the relinked document as it reads, against `cut`, what it was made from.

    `timecodes` says whether the document tells the timecode of the styled files. Clips go by their
    order: those of a sequence that was copied have new ids. Raises VerifyError where a clip has moved, shows
    another frame of its source or is on other media than was promised.
    """
    stacked = delivery.manner != "replace"
    told = {(note.code, note.record) for note in cut.notes}
    expect(cut, "warnings", {note for note in again.notes if (note.code, note.record) not in told}, set())
    for what in ("rate", "frames", "start", "drop_frame", "markers"):
        expect(cut, f"the sequence's {what}", getattr(again, what), getattr(cut, what))
    skipped = ([replace(each, track="") if stacked else each for each in one.skipped] for one in (again, cut))
    expect(cut, "the clips it passes by", *skipped)
    if stacked:
        _compare_stacked(cut, again, styled, timecodes)
        return
    expect(cut, "how many clips it has", len(again.uses), len(cut.uses))
    for old, new in zip(cut.uses, again.uses, strict=True):
        _compare_use(cut, old, new, styled.get(old.id), timecodes)


def expect(cut: Cut, what: str, found: object, expected: object) -> None:
    """Raises VerifyError where the relinked timeline says `found` of `what` and not `expected`."""
    if found != expected:
        message = (
            f"the relinked timeline does not say what it should of {what}: {found} instead of {expected}"
        )
        raise VerifyError(message, where=str(cut.path), hint=FAULT)


def _name(cut: Cut, use: Use) -> str:
    return f"{use.clip} on {use.track} at {cut.timecode(use.record.first)}"


def _compare_use(cut: Cut, old: Use, new: Use, media: StyledMedia | None, timecodes: bool) -> None:
    what = _name(cut, old)
    for field in ("track", "record", "head", "tail"):
        expect(cut, f"{what}: its {field}", getattr(new, field), getattr(old, field))
    _compare_clip(cut, what, old, new)
    if media is None:
        _compare_original(cut, what, old, new)
    else:
        _compare_styled(cut, what, old, new, media, timecodes)


def _compare_clip(cut: Cut, what: str, old: Use, new: Use) -> None:
    expect(cut, f"{what}: its label", new.label, old.label)
    nests = ([_STYLED.sub("", name) for name in use.nests] for use in (new, old))
    expect(cut, f"{what}: its nests", *nests)
    if old.clip != old.media.name:  # a clip without a name is called after its media
        expect(cut, f"{what}: its name", new.clip, old.clip)


def _compare_original(cut: Cut, what: str, old: Use, new: Use) -> None:
    expect(cut, f"{what}: its frames", new.time, old.time)
    expect(cut, f"{what}: its media", new.media, replace(old.media, path=new.media.path))
    expect(cut, f"{what}: its markers", new.markers, old.markers)


def _compare_styled(
    cut: Cut, what: str, old: Use, new: Use, media: StyledMedia, timecodes: bool, copied: bool = False
) -> None:
    path = unicodedata.normalize("NFC", media.editor_path)
    expect(cut, f"{what}: its media", new.media.editor_path, path)
    try:
        check_time(old, new, media, copied)
        check_markers(old, new, media)
    except Difference as difference:
        expect(cut, f"{what}: {difference.what}", difference.found, difference.wanted)
    if media.kind == "still":
        return
    expect(cut, f"{what}: its kind of media", new.media.kind, media.kind)
    counted = new.media.plays or new.media.rate
    if counted == media.rate:
        expect(cut, f"{what}: its length", new.media.frames, media.frames)
    if timecodes and counted == media.rate:  # an .otio counts from what it said of the original
        starts = (timecode(start, media.rate, media.drop_frame) for start in (new.media.start, media.start))
        expect(cut, f"{what}: its timecode", *starts)


def _compare_stacked(cut: Cut, again: Cut, styled: Mapping[str, StyledMedia], timecodes: bool) -> None:
    """The originals are all there and unchanged, and above each styled one stands its copy."""
    originals: list[Use] = []
    copies: list[Use] = []
    for use in again.uses:
        wanted = cut.uses[len(originals)] if len(originals) < len(cut.uses) else None
        (originals if wanted and _is_original(wanted, use) else copies).append(use)
    expect(cut, "how many originals it has", len(originals), len(cut.uses))
    lanes: dict[tuple[str, str], str] = {}
    for old, new in zip(cut.uses, originals, strict=True):
        expect(cut, f"{_name(cut, old)}: its track", new.track, lanes.setdefault(_lane(old), new.track))
        _compare_clip(cut, _name(cut, old), old, new)
    above: dict[str, list[Use]] = {}
    for use in reversed(copies):
        above.setdefault(use.track, []).append(use)
    expect(cut, "how many styled copies it has", len(copies), sum(use.id in styled for use in cut.uses))
    for old in (use for use in cut.uses if use.id in styled):
        what, track = f"the copy of {_name(cut, old)}", _above(lanes[_lane(old)])
        expect(cut, f"{what}: whether it stands on {track}", bool(above.get(track)), True)
        new, media = above[track].pop(), styled[old.id]
        expect(cut, f"{what}: where it is seen", new.visible, old.visible)  # a dissolve may be a fade there
        _compare_clip(cut, what, old, new)
        _compare_styled(cut, what, old, new, media, timecodes, copied=True)


def _lane(use: Use) -> tuple[str, str]:
    """The track of one nest, or of the sequence itself."""
    return use.id.rpartition("/")[0], use.track


def _is_original(old: Use, new: Use) -> bool:
    unchanged = ("record", "head", "tail", "time", "label", "markers")
    same = all(getattr(old, field) == getattr(new, field) for field in unchanged)
    return same and old.media.editor_path == new.media.editor_path


def _above(track: str) -> str:
    """`V2/V1` → `V2/V2`: a copy stands in the sequence of its original."""
    nests, slash, own = track.rpartition("/")
    return f"{nests}{slash}V{int(own[1:]) + 1}"
