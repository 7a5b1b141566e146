"""The media of an OTIO clip: its file, still or image sequence, and where the clip's time begins in it.

Opens no file. A clip that names no path is looked for in the footage that was searched.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from ...core.cut import MediaRef
from ...core.exchange import Footage
from ...core.paths import PathMap, is_windows
from ...core.placing import Untold
from ..pathurls import on_disk, to_path
from ..xmeml.media import STILLS
from ..xmeml.values import Passed
from .links import Linked, Wanted, find, placed, shelf_of
from .times import clock_at, counted_at, exact_rate, frames_at, nearest

_SEARCH = "it names no media file; say where its footage lies with --search FOLDER"


@dataclass(frozen=True, slots=True)
class Places:
    """Where media is: beside the timeline in `folder`, where `paths` leads, in searched `footage`.

    `known` remembers what each URL was found to be: clips share their files.
    """

    folder: Path
    paths: PathMap
    footage: tuple[Footage, ...] = ()
    known: dict[str, tuple[str, Path, str]] = field(default_factory=dict)

    def of(self, url: str) -> tuple[str, Path, str]:
        """A URL as a path of the editor's machine and of this one, and its suffix. Raises Passed."""
        if url not in self.known:
            editor_path = to_path(url)
            if "://" in editor_path:
                advice = f"its media is not a file: {url!r}"
                raise Passed(f"unsupported: {advice}", "W-URL", advice)
            local = local_path(editor_path, self.folder, self.paths)
            self.known[url] = editor_path, local, PurePosixPath(editor_path).suffix.lower()
        return self.known[url]


@dataclass(frozen=True, slots=True)
class Found:
    """A clip's media. `begins` is the media frame, from 0 in the file, that the clip's range begins on.

    `doubt` is what the document leaves open of it.
    """

    media: MediaRef
    begins: Fraction
    doubt: str = ""


def named_media(timeline: otio.schema.Timeline) -> list[str]:
    """The paths of the editor's machine that a timeline itself names for media, relative ones too."""
    references = [clip.media_reference for clip in timeline.find_clips()]
    urls = [one.target_url for one in references if isinstance(one, otio.schema.ExternalReference)]
    urls += [one.target_url_base for one in references if isinstance(one, otio.schema.ImageSequenceReference)]
    return [to_path(url) for url in urls if url]


def called(footage: tuple[Footage, ...], paths: PathMap) -> tuple[Footage, ...]:
    """Footage with the paths that the editor's machine calls it by; those that are said already stay."""
    return tuple(
        replace(one, editor_path=one.editor_path or normalize("NFC", paths.to_editor(one.path)))
        for one in footage
    )


def media_of(clip: otio.schema.Clip, rate: Fraction, places: Places) -> Found:
    """What a clip is made from; a still counts at the timeline's `rate`. Raises Passed."""
    reference = clip.media_reference
    if isinstance(reference, otio.schema.GeneratorReference):
        raise Passed("a generator: it has no media file")
    if isinstance(reference, otio.schema.ImageSequenceReference):
        return _sequence(clip, reference, places)
    if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
        return _searched(clip, places)
    editor_path, path, suffix = places.of(reference.target_url)
    name = reference.name or editor_path.rpartition("/")[2]
    if suffix in STILLS and not _is_animated(suffix, reference):
        return Found(MediaRef(name, editor_path, path, rate, frames=1, kind="still"), Fraction(0))
    path = _elsewhere(clip, path, places) if places.footage else path
    media = Untold(name, editor_path, path, rate, reel=_reel(clip))
    if reference.available_range is not None:
        return _ranged(clip, media, reference.available_range)
    return _unplaced(clip, media, places)


def _is_animated(suffix: str, reference: otio.schema.ExternalReference) -> bool:
    """Whether it is a GIF of more than one picture, as far as its range says."""
    span = reference.available_range
    return (
        suffix == ".gif" and span is not None and frames_at(span.duration, exact_rate(span.duration.rate)) > 1
    )


def wanted_by(clip: otio.schema.Clip) -> Wanted | None:
    """What footage must have to be this clip's; None where the clip has no range."""
    span = clip.source_range
    if span is None:
        return None
    rate = exact_rate(span.start_time.rate)
    first = counted_at(span.start_time, rate)
    # a retimed clip may use more or less of it: its first frame must be there
    stop = first + (1 if len(clip.effects) else frames_at(span.duration, rate))
    reference = clip.media_reference
    names = (clip.name, reference.name if reference else "")
    return Wanted(tuple(name for name in names if name), _reel(clip), first, stop, rate)


def is_absolute(editor_path: str) -> bool:
    """Whether a path of any system does not depend on where its document stands."""
    return is_windows(editor_path) or editor_path.startswith("/")


def local_path(editor_path: str, folder: Path, paths: PathMap) -> Path:
    """Where this machine finds a path of a document that stands in `folder`.

    Bundles write relative paths with `%20`, others as they are: what exists is taken.
    """
    if is_absolute(editor_path):
        return on_disk(paths.to_local(editor_path))
    path = on_disk(folder / editor_path)
    decoded = on_disk(folder / unquote(editor_path))
    return decoded if decoded.exists() and not path.exists() else path


def _ranged(clip: otio.schema.Clip, media: MediaRef, available: TimeRange) -> Found:
    """Media whose first frame and length the document tells, at the rate of its length."""
    rate = exact_rate(available.duration.rate)
    start = frames_at(available.start_time, rate)
    frames = nearest(frames_at(available.duration, rate))
    media = replace(media, rate=rate, plays=rate, start=nearest(start), frames=frames if frames > 0 else None)
    begins = _begin(clip)
    return Found(media, frames_at(begins, rate) - start if begins else Fraction(0))


def _unplaced(clip: otio.schema.Clip, media: MediaRef, places: Places) -> Found:
    """Media of which only the path is known: where it begins is its header's to say."""
    begins, wanted = _begin(clip), wanted_by(clip)
    if begins is None or wanted is None:
        raise Passed("it has no range, and neither has its media")
    known = shelf_of(places.footage).by_path.get(str(media.path))
    if known and (linked := placed(known, wanted)):
        return _linked(media, linked, begins)
    rate = exact_rate(begins.rate)
    doubt = f"{clip.name or media.name} does not say where its media begins"
    return Found(replace(media, rate=rate), frames_at(begins, rate), doubt)


def _elsewhere(clip: otio.schema.Clip, path: Path, places: Places) -> Path:
    """The path of a clip's file; where it is not there, the one of the same name that was searched."""
    wanted = wanted_by(clip) if not path.exists() else None
    linked = find(replace(wanted, names=(path.name,), reel=""), places.footage) if wanted else None
    same = isinstance(linked, Linked) and linked.footage.name.casefold() == path.name.casefold()
    return linked.footage.path if isinstance(linked, Linked) and same else path


def _searched(clip: otio.schema.Clip, places: Places) -> Found:
    """The media of a clip without a path, from the footage that was searched."""
    begins, wanted = _begin(clip), wanted_by(clip)
    if not places.footage or begins is None or wanted is None:
        raise Passed("the timeline names no media file for it", "E-OFFLINE", _SEARCH)
    linked = find(wanted, places.footage)
    if isinstance(linked, str):
        raise Passed(linked, "E-OFFLINE", linked)
    one = linked.footage
    media = Untold(one.name, one.editor_path or one.path.as_posix(), one.path, linked.rate)
    return _linked(media, linked, begins)


def _linked(media: MediaRef, linked: Linked, begins: RationalTime) -> Found:
    footage = linked.footage
    media = replace(
        media,
        rate=linked.rate,
        plays=linked.rate,
        start=linked.start,
        frames=footage.frames,
        drop_frame=footage.drop_frame,
        reel=footage.reel,
    )
    start = clock_at(linked.start, linked.rate, exact_rate(begins.rate))
    return Found(media, frames_at(begins, linked.rate) - start)


def _sequence(clip: otio.schema.Clip, reference: otio.schema.ImageSequenceReference, places: Places) -> Found:
    """An image sequence: its path is that of the first picture, picture 0 stands at the range's start."""
    if reference.frame_step != 1:
        raise Passed(f"unsupported: an image sequence with a picture every {reference.frame_step} frames")
    if not reference.target_url_base and not reference.name_prefix and not reference.name_suffix:
        raise Passed("the timeline names no media file for it", "E-OFFLINE", _SEARCH)
    editor_path, path, _ = places.of(_first_picture(reference))
    name = reference.name or PurePosixPath(editor_path).name
    available = reference.available_range
    rate = exact_rate(available.duration.rate if available else reference.rate)
    media = MediaRef(name, editor_path, path, rate, plays=rate, kind="sequence")
    if available:
        return _ranged(clip, media, available)
    begins = _begin(clip)
    if begins is None:
        raise Passed("it has no range, and neither has its media")
    return Found(media, frames_at(begins, rate), f"{clip.name or name} does not say how long its media is")


def _first_picture(reference: otio.schema.ImageSequenceReference) -> str:
    base = reference.target_url_base
    number = str(abs(reference.start_frame)).zfill(reference.frame_zero_padding)
    sign = "-" if reference.start_frame < 0 else ""
    slash = "" if not base or base.endswith("/") else "/"
    return f"{base}{slash}{reference.name_prefix}{sign}{number}{reference.name_suffix}"


def _begin(clip: otio.schema.Clip) -> RationalTime | None:
    return clip.source_range.start_time if clip.source_range else None


def _reel(clip: otio.schema.Clip) -> str:
    """The reel that an EDL's clip names, where it names one."""
    noted = clip.metadata.get("cmx_3600")
    reel = noted.get("reel", "") if hasattr(noted, "get") else ""
    return reel if isinstance(reel, str) else ""
